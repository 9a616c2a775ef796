//! The livechat: one aggregate that holds everything which must be true at once, namely capacity,
//! the order of the queue, exclusive assignment, the life of each conversation and the settings.
//!
//! Read [`decide`], [`evolve`], [`react`] and [`due`] as four tables: each line names a rule and the
//! file that holds it. Invariant: the indexes (roster, queue, deadlines) are functions of the rest of
//! the state, because operators and conversations change only through the two methods that keep them.

mod aggregate;
pub mod change_settings;
pub mod create;
mod decide;
mod due;
mod evolve;
mod over;
mod react;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::conversation::{Conversation, Rejection as ConversationRejection};
use crate::id::{ConversationId, OperatorId, VisitorId};
use crate::operator::Operator;
use crate::queue::Queue;
use crate::rejection::Rejection;
use crate::routing::Roster;
use crate::settings::phrases::Variables;
use crate::settings::{Phrase, SectionName, Settings};
use crate::text::{Language, Name};
use crate::timer::Deadlines;

pub use decide::decide;
pub use due::due;
pub use evolve::evolve;
pub use over::RecentlyOver;
pub use react::{happen, react};

/// The version of the state, for those who keep it: to be raised with every change of what a state holds
/// or of how an event changes it. A golden in `domain/tests/states` notices most changes.
pub const STATE_VERSION: i32 = 2;

/// The state of one livechat, a fold of its events.
///
/// Decisions never depend on the iteration order of a `HashMap`: those are only looked up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Livechat {
    identity: Option<Identity>,
    /// The time of the last event.
    pub(crate) clock: Instant,
    pub(crate) settings: Settings,
    /// How many times each section was changed; a section that never was is not in it.
    pub(crate) revisions: BTreeMap<SectionName, u64>,
    pub(crate) operators: BTreeMap<OperatorId, Operator>,
    /// How many of them are connected.
    pub(crate) connected: usize,
    pub(crate) conversations: HashMap<ConversationId, Conversation>,
    pub(crate) visitors: HashMap<VisitorId, ConversationId>,
    /// How many conversations were ever requested.
    pub(crate) requests: u64,
    pub(crate) queue: Queue,
    pub(crate) roster: Roster,
    pub(crate) deadlines: Deadlines,
    pub(crate) over: RecentlyOver,
}

/// What a livechat is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Its name.
    pub name: Name,
    /// The language phrases fall back to.
    pub language: Language,
}

/// What is needed to speak to a visitor, also right after the end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpeakingTo<'a> {
    pub(crate) language: Language,
    pub(crate) operator: Option<&'a OperatorId>,
    pub(crate) messages: u32,
}

impl Livechat {
    /// Its name and language, once created.
    pub const fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// The time of the last event.
    pub const fn clock(&self) -> Instant {
        self.clock
    }

    /// The settings in force.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The revision of a section: how many times it was changed, 0 for the ready-made one.
    pub fn revision(&self, section: SectionName) -> u64 {
        self.revisions.get(&section).copied().unwrap_or_default()
    }

    /// All registered operators.
    pub const fn operators(&self) -> &BTreeMap<OperatorId, Operator> {
        &self.operators
    }

    /// One registered operator.
    pub fn operator(&self, id: &OperatorId) -> Option<&Operator> {
        self.operators.get(id)
    }

    /// Is an operator connected?
    pub const fn is_attended(&self) -> bool {
        self.connected > 0
    }

    /// How many things the state holds, whoever they concern: a measure of the memory it takes.
    pub fn entries(&self) -> usize {
        self.operators.len() + self.conversations.len() + self.over.len()
    }

    /// One live conversation.
    pub fn conversation(&self, id: ConversationId) -> Option<&Conversation> {
        self.conversations.get(&id)
    }

    /// All live conversations, in no particular order.
    pub fn conversations(&self) -> impl Iterator<Item = (&ConversationId, &Conversation)> {
        self.conversations.iter()
    }

    /// The live conversation of a visitor.
    pub fn conversation_of(&self, visitor: &VisitorId) -> Option<ConversationId> {
        self.visitors.get(visitor).copied()
    }

    /// Who waits.
    pub const fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Who may receive.
    pub const fn roster(&self) -> &Roster {
        &self.roster
    }

    /// Conversations that ended a short time ago.
    pub const fn over(&self) -> &RecentlyOver {
        &self.over
    }

    /// The next deadline of every conversation that has one.
    pub const fn deadlines(&self) -> &Deadlines {
        &self.deadlines
    }

    /// When the first timer fires.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(at, _)| at)
    }

    pub(crate) fn known_operator(&self, id: &OperatorId) -> Result<&Operator, Rejection> {
        self.operator(id).ok_or_else(|| Rejection::UnknownOperator(id.clone()))
    }

    pub(crate) fn live_conversation(
        &self,
        id: ConversationId,
    ) -> Result<&Conversation, ConversationRejection> {
        self.conversation(id).ok_or_else(|| {
            if self.over.contains(id) {
                ConversationRejection::Over(id)
            } else {
                ConversationRejection::Unknown(id)
            }
        })
    }

    /// A phrase as it is said now.
    pub(crate) fn say(
        &self,
        phrase: Phrase,
        language: Language,
        operator: Option<&OperatorId>,
        position: Option<usize>,
    ) -> Option<crate::text::Text> {
        let operator =
            operator.and_then(|id| self.operator(id)).map(|operator| operator.profile.name.as_str());
        let fallback = self.identity.as_ref().map(|identity| identity.language).unwrap_or_default();
        let text = self.settings.phrases.say(
            phrase,
            language,
            fallback,
            Variables { operator, position, visitor: None },
        )?;
        crate::text::Text::parse(text).ok()
    }

    /// Who is spoken to in a conversation that is live or was a moment ago.
    pub(crate) fn speaking_to(&self, id: ConversationId) -> Option<SpeakingTo<'_>> {
        self.conversation(id)
            .map(|live| SpeakingTo {
                language: live.language,
                operator: live.operator(),
                messages: live.messages,
            })
            .or_else(|| self.over.speaking_to(id))
    }

    /// Changes one operator and keeps the roster.
    pub(crate) fn change_operator(&mut self, id: &OperatorId, change: impl FnOnce(&mut Operator)) {
        if let Some(operator) = self.operators.get_mut(id) {
            self.roster.remove(id, operator, &self.settings);
            let before = operator.connected_since.is_some();
            change(operator);
            self.connected =
                self.connected + usize::from(operator.connected_since.is_some()) - usize::from(before);
            self.roster.add(id, operator, &self.settings);
        }
    }

    /// Changes the settings and indexes every operator anew under them.
    pub(crate) fn change_settings(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings);
        self.roster = Roster::default();
        for (id, operator) in &self.operators {
            self.roster.add(id, operator, &self.settings);
        }
    }

    /// Changes one live conversation and keeps the queue and the deadlines.
    pub(crate) fn change_conversation(
        &mut self,
        id: ConversationId,
        change: impl FnOnce(&mut Conversation, &Settings),
    ) {
        if let Some(conversation) = self.conversations.get_mut(&id) {
            let deadline = conversation.timers.next().map(|(at, _)| at);
            let waited = conversation.is_waiting();
            let skill = if waited { conversation.skill.clone() } else { None };
            change(conversation, &self.settings);
            if waited {
                self.queue.exit(&conversation.place(id), skill.as_ref());
            }
            if conversation.is_waiting() {
                self.queue.enter(conversation.place(id), conversation.skill.as_ref());
            }
            self.deadlines.moved(id, deadline, conversation.timers.next().map(|(at, _)| at));
        }
    }

    /// Takes one conversation out of everything: it is over.
    pub(crate) fn close(&mut self, id: ConversationId) {
        let Some(conversation) = self.conversations.remove(&id) else { return };
        self.deadlines.moved(id, conversation.timers.next().map(|(at, _)| at), None);
        self.visitors.remove(&conversation.visitor);
        if conversation.is_waiting() {
            self.queue.exit(&conversation.place(id), conversation.skill.as_ref());
        }
        if let Some(operator) = conversation.operator() {
            self.change_operator(operator, |operator| {
                operator.conversations.remove(&id);
            });
        }
        self.over.push(id, &conversation);
    }
}
