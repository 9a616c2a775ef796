//! Conversations that ended a short time ago, bounded: enough to answer a late message with "over",
//! and to say the last phrase.

use std::collections::VecDeque;

use foldhash::HashMap;
use serde::{Deserialize, Serialize};

use super::SpeakingTo;
use crate::conversation::{AboutVisitor, Conversation};
use crate::id::{ConversationId, OperatorId, SkillId, VisitorId};
use crate::limits::RECENTLY_OVER_MAX;
use crate::text::Language;

/// The last conversations that ended, at most [`RECENTLY_OVER_MAX`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RecentlyOver {
    order: VecDeque<ConversationId>,
    what: HashMap<ConversationId, Remains>,
}

/// What is left of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Remains {
    pub(crate) visitor: VisitorId,
    about: AboutVisitor,
    language: Language,
    skill: Option<SkillId>,
    pub(crate) operator: Option<OperatorId>,
    previous: Option<OperatorId>,
    pub(crate) messages: u32,
    pub(crate) answered: bool,
    pub(crate) operator_survey_done: bool,
    pub(crate) visitor_survey_sent: bool,
}

impl Remains {
    /// Who was in charge at the end, or before if nobody was.
    pub(crate) fn last_operator(&self) -> Option<&OperatorId> {
        self.operator.as_ref().or(self.previous.as_ref())
    }
}

impl RecentlyOver {
    pub(crate) fn push(&mut self, id: ConversationId, conversation: &Conversation) {
        let remains = Remains {
            visitor: conversation.visitor.clone(),
            about: conversation.about.clone(),
            language: conversation.language,
            skill: conversation.skill.clone(),
            operator: conversation.operator().cloned(),
            previous: conversation.previous.clone(),
            messages: conversation.messages,
            answered: conversation.answered,
            operator_survey_done: conversation.operator_survey_done,
            visitor_survey_sent: conversation.visitor_survey_sent,
        };
        if self.what.insert(id, remains).is_none() {
            self.order.push_back(id);
        }
        while self.order.len() > RECENTLY_OVER_MAX {
            if let Some(oldest) = self.order.pop_front() {
                self.what.remove(&oldest);
            }
        }
    }

    /// Forgets a conversation that goes on.
    pub(crate) fn forget(&mut self, id: ConversationId) {
        if self.what.remove(&id).is_some() {
            self.order.retain(|other| *other != id);
        }
    }

    pub(crate) fn remains(&self, id: ConversationId) -> Option<&Remains> {
        self.what.get(&id)
    }

    /// Did this conversation end a short time ago?
    pub fn contains(&self, id: ConversationId) -> bool {
        self.what.contains_key(&id)
    }

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Is none remembered?
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    pub(crate) fn said(&mut self, id: ConversationId, number: u32) {
        if let Some(remains) = self.what.get_mut(&id) {
            remains.messages = number;
        }
    }

    pub(crate) fn speaking_to(&self, id: ConversationId) -> Option<SpeakingTo<'_>> {
        self.what.get(&id).map(|remains| SpeakingTo {
            about: &remains.about,
            skill: remains.skill.as_ref(),
            language: remains.language,
            operator: remains.operator.as_ref(),
            messages: remains.messages,
        })
    }
}
