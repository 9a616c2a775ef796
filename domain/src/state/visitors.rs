//! Which conversation is whose (spec.md §Privacy and security).
//!
//! Anybody may claim an identifier, and whoever claims it is not the visitor whom the integration vouched for: those
//! are two, and neither stands in the way of the other.

use foldhash::HashMap;
use serde::{Deserialize, Serialize};

use crate::id::{ConversationId, VisitorId};

/// One conversation of each visitor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Visitors {
    #[serde(serialize_with = "crate::sorted_map::serialize")]
    claimed: HashMap<VisitorId, ConversationId>,
    #[serde(serialize_with = "crate::sorted_map::serialize")]
    vouched: HashMap<VisitorId, ConversationId>,
}

impl Visitors {
    pub(crate) fn get(&self, visitor: &VisitorId, vouched: bool) -> Option<ConversationId> {
        let conversations = if vouched { &self.vouched } else { &self.claimed };
        conversations.get(visitor).copied()
    }

    pub(crate) fn insert(&mut self, visitor: VisitorId, vouched: bool, id: ConversationId) {
        self.all(vouched).insert(visitor, id);
    }

    pub(crate) fn remove(&mut self, visitor: &VisitorId, vouched: bool) {
        self.all(vouched).remove(visitor);
    }

    const fn all(&mut self, vouched: bool) -> &mut HashMap<VisitorId, ConversationId> {
        if vouched { &mut self.vouched } else { &mut self.claimed }
    }
}
