//! The floor as rows in memory and nothing else: the cheapest way to fold it, and the form in which it is stored.
//!
//! Unlike [`LiveFloor`](super::LiveFloor) it does not remember what changed, so that an event costs a lookup
//! and a row is never copied: for the past, where millions of events are folded to look at one position.

use std::collections::{BTreeMap, HashMap};

use domain::{ConversationId, LivechatId, OperatorId};
use foldhash::HashMap as QuickMap;
use journal::{Position, Record};
use serde::{Deserialize, Serialize};

use super::{
    FloorConversation, FloorConversations, FloorLivechat, FloorLivechats, FloorOperators, FloorView,
    HelpCall, HelpStep, OperatorRow,
};
use crate::projection::Projection;

/// The floor of one livechat. Events come in their order, each once, from just after [`FloorState::position`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FloorState {
    livechat: LivechatId,
    position: Position,
    about: Option<Box<FloorLivechat>>,
    /// A row is taken out while it is folded; no entry stays empty.
    operators: BTreeMap<OperatorId, Option<Box<OperatorRow>>>,
    #[serde(serialize_with = "domain::sorted_map::serialize")]
    conversations: QuickMap<ConversationId, Option<Box<FloorConversation>>>,
    /// The notes of the calls for help that are not settled.
    #[serde(serialize_with = "domain::sorted_map::serialize")]
    notes: HashMap<ConversationId, Option<String>>,
}

impl FloorState {
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
        for key in FloorLivechats::keys(event) {
            self.about = FloorLivechats::fold(self.about.take(), &key, event);
        }
        for key in FloorOperators::keys(event) {
            let row = self.operators.entry(key.operator.clone()).or_default();
            *row = FloorOperators::fold(row.take(), &key, event);
            if row.is_none() {
                self.operators.remove(&key.operator);
            }
        }
        for key in FloorConversations::keys(event) {
            let id = key.conversation;
            let row = self.conversations.entry(id).or_default();
            *row = FloorConversations::fold(row.take(), &key, event);
            let calls = row.as_ref().is_some_and(|row| row.help_called_at.is_some());
            if row.is_none() {
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
    pub fn view(&self) -> Option<FloorView> {
        let about = *self.about.clone()?;
        let mut conversations: Vec<_> =
            self.conversations.values().flatten().map(|row| FloorConversation::clone(row)).collect();
        conversations.sort_unstable_by_key(|row| row.requested_position);
        let operators = self.operators.values().flatten().map(|row| OperatorRow::clone(row));
        Some(FloorView::of(self.position, about, operators, conversations))
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
