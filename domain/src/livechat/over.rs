//! Conversations that ended a short time ago, bounded: enough to answer a late message with "over",
//! and to say the last phrase.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::SpeakingTo;
use crate::conversation::Conversation;
use crate::id::{ConversationId, OperatorId};
use crate::limits::RECENTLY_OVER_MAX;
use crate::text::Language;

/// The last conversations that ended, at most [`RECENTLY_OVER_MAX`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RecentlyOver {
    order: VecDeque<ConversationId>,
    what: HashMap<ConversationId, Remains>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Remains {
    language: Language,
    operator: Option<OperatorId>,
    messages: u32,
}

impl RecentlyOver {
    pub(crate) fn push(&mut self, id: ConversationId, conversation: &Conversation) {
        let remains = Remains {
            language: conversation.language,
            operator: conversation.operator().cloned(),
            messages: conversation.messages,
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
            language: remains.language,
            operator: remains.operator.as_ref(),
            messages: remains.messages,
        })
    }
}
