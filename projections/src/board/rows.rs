//! The floor as rows in memory and nothing else: the cheapest way to fold it, and the form in which it is kept.
//!
//! Unlike [`LiveBoard`](super::LiveBoard) it does not remember what changed, so that an event costs a lookup
//! and a row is never copied: for the past, where millions of events are folded to look at one moment.

use std::collections::{BTreeMap, HashMap};

use domain::{ConversationId, LivechatId, OperatorId};
use foldhash::HashMap as QuickMap;
use journal::{Position, Record};
use serde::{Deserialize, Serialize};

use super::{
    Board, BoardConversation, BoardConversations, BoardLivechat, BoardLivechats, BoardOperators, HelpCall,
    HelpStep, OperatorRow,
};
use crate::projection::Projection;

/// The floor of one livechat. Events come in their order, each once, from just after [`Floor::position`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Floor {
    livechat: LivechatId,
    position: Position,
    about: Option<Box<BoardLivechat>>,
    /// Each row in its place, from which it is taken while it is folded; no place stays empty.
    operators: BTreeMap<OperatorId, Option<Box<OperatorRow>>>,
    #[serde(serialize_with = "domain::sorted_map::serialize")]
    conversations: QuickMap<ConversationId, Option<Box<BoardConversation>>>,
    /// The notes of the calls for help that are not settled.
    #[serde(serialize_with = "domain::sorted_map::serialize")]
    notes: HashMap<ConversationId, Option<String>>,
}

impl Floor {
    /// A floor on which nothing has happened.
    pub fn empty(livechat: LivechatId) -> Self {
        Self {
            livechat,
            position: 0,
            about: None,
            operators: BTreeMap::new(),
            conversations: QuickMap::default(),
            notes: HashMap::new(),
        }
    }

    /// Whose floor.
    pub const fn livechat(&self) -> &LivechatId {
        &self.livechat
    }

    /// The position in the log that all of this is as of.
    pub const fn position(&self) -> Position {
        self.position
    }

    /// How many rows there are: a measure of what it takes to keep it.
    pub fn rows(&self) -> usize {
        self.operators.len() + self.conversations.len()
    }

    /// Folds the next event.
    pub fn apply(&mut self, event: &Record) {
        for key in BoardLivechats::keys(event) {
            self.about = BoardLivechats::fold(self.about.take(), &key, event);
        }
        for key in BoardOperators::keys(event) {
            let place = self.operators.entry(key.operator.clone()).or_default();
            *place = BoardOperators::fold(place.take(), &key, event);
            if place.is_none() {
                self.operators.remove(&key.operator);
            }
        }
        for key in BoardConversations::keys(event) {
            let id = key.conversation;
            let place = self.conversations.entry(id).or_default();
            *place = BoardConversations::fold(place.take(), &key, event);
            let calls = place.as_ref().is_some_and(|row| row.help_called_at.is_some());
            if place.is_none() {
                self.conversations.remove(&id);
            }
            if let Some(HelpStep::Called(note)) = HelpStep::of(event) {
                self.notes.insert(id, note);
            }
            if !calls && !self.notes.is_empty() {
                self.notes.remove(&id);
            }
        }
        self.position = event.position;
    }

    /// The whole floor, as it is shown; nothing when there is no such livechat.
    pub fn board(&self) -> Option<Board> {
        let about = *self.about.clone()?;
        let mut conversations: Vec<_> =
            self.conversations.values().flatten().map(|row| BoardConversation::clone(row)).collect();
        conversations.sort_unstable_by_key(|row| row.requested_position);
        let operators = self.operators.values().flatten().map(|row| OperatorRow::clone(row));
        Some(Board::of(self.position, about, operators, conversations))
    }

    /// The calls for help that are not settled, oldest first.
    pub fn help(&self) -> Vec<HelpCall> {
        let call = |(id, note): (&ConversationId, &Option<String>)| {
            HelpCall::of(self.conversations.get(id)?.as_ref()?, note.clone())
        };
        let mut calls: Vec<_> = self.notes.iter().filter_map(call).collect();
        HelpCall::sort(&mut calls);
        calls
    }

    /// What operators wrote with the calls for help that are not settled, which no row has.
    pub const fn notes(&self) -> &HashMap<ConversationId, Option<String>> {
        &self.notes
    }
}
