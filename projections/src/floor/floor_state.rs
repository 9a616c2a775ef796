//! The floor as rows in memory and nothing else: the cheapest way to fold it, and the form in which it is stored.
//!
//! It does not remember what changed, so that an event costs one lookup and a row is never copied: this serves the
//! past, where millions of events are folded to look at one position. [`LiveFloor`](super::LiveFloor) adds a log of the
//! changes.

use std::collections::{BTreeMap, HashMap};

use domain::{ConversationId, LivechatId, OperatorId};
use foldhash::HashMap as QuickMap;
use journal::{Position, Record};
use serde::{Deserialize, Serialize};

use super::{
    FloorConversation, FloorConversations, FloorLivechat, FloorLivechats, FloorOperator, FloorOperators,
    FloorView, HelpCall, HelpStep, OperatorRow,
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

    /// A floor as it is stored, with the notes of its calls for help, which no table has.
    pub(super) fn of(
        livechat: LivechatId,
        view: FloorView,
        notes: HashMap<ConversationId, Option<String>>,
    ) -> Self {
        let operator = |operator: FloorOperator| {
            Some((OperatorId::stored(&operator.row.operator).ok()?, Some(Box::new(operator.row))))
        };
        let conversation = |row: FloorConversation| {
            let id = serde_json::from_value(row.conversation.clone().into()).ok()?;
            Some((id, Some(Box::new(row))))
        };
        Self {
            livechat,
            position: view.position,
            about: Some(Box::new(view.livechat)),
            operators: view.operators.into_iter().filter_map(operator).collect(),
            conversations: view.conversations.into_iter().filter_map(conversation).collect(),
            notes,
        }
    }

    /// Whose floor.
    pub const fn livechat(&self) -> &LivechatId {
        &self.livechat
    }

    /// The position in the log at which all of this holds.
    pub const fn position(&self) -> Position {
        self.position
    }

    /// The livechat itself; nothing when there is no such livechat.
    pub(super) fn about(&self) -> Option<&FloorLivechat> {
        self.about.as_deref()
    }

    /// Every operator, by identifier.
    pub(super) fn operators(&self) -> impl Iterator<Item = &OperatorRow> {
        self.operators.values().flatten().map(|row| &**row)
    }

    /// One live conversation.
    pub(super) fn conversation(&self, id: ConversationId) -> Option<&FloorConversation> {
        self.conversations.get(&id)?.as_deref()
    }

    /// Every live conversation.
    pub(super) fn conversations(&self) -> impl Iterator<Item = (ConversationId, &FloorConversation)> {
        self.conversations.iter().filter_map(|(id, row)| Some((*id, row.as_deref()?)))
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
        let mut conversations: Vec<_> = self.conversations().map(|(_, row)| row.clone()).collect();
        conversations.sort_unstable_by_key(|row| row.requested_position);
        Some(FloorView::of(self.position, about, self.operators().cloned(), conversations))
    }

    /// The calls for help that are not settled, oldest first.
    pub fn help(&self) -> Vec<HelpCall> {
        let call = |(id, note): (&ConversationId, &Option<String>)| {
            HelpCall::of(self.conversation(*id)?, note.clone())
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
