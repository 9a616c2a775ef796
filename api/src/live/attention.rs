//! What the staff marks on a conversation that goes on all the same: the one place in the live feeds that knows which
//! marks there are.

use domain::{Attention, ConversationId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A mark was set or taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AttentionFrame {
    /// Marked as important, or not any more.
    Importance {
        /// Which conversation.
        conversation: Uuid,
        /// Whether it is.
        important: bool,
    },
    /// The state of the call for help.
    Help {
        /// In which conversation.
        conversation: Uuid,
        /// The state of it.
        help: HelpState,
    },
}

/// The state of a call for help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HelpState {
    /// Nobody has taken it yet.
    Called,
    /// A supervisor takes care of it.
    Taken,
    /// It is settled.
    Done,
}

impl AttentionFrame {
    /// The frame for the desk of the operator in charge.
    pub(super) const fn for_desk(ConversationId(conversation): ConversationId, fact: &Attention) -> Self {
        match fact {
            Attention::ImportanceMarked { important } => {
                Self::Importance { conversation, important: *important }
            }
            Attention::HelpCalled { .. } => Self::Help { conversation, help: HelpState::Called },
            Attention::HelpTaken => Self::Help { conversation, help: HelpState::Taken },
            Attention::HelpDone => Self::Help { conversation, help: HelpState::Done },
        }
    }

    /// The frame for the page of the visitor, who is shown neither importance nor calls for help.
    pub(super) const fn for_visitor(_: ConversationId, fact: &Attention) -> Option<Self> {
        match fact {
            Attention::ImportanceMarked { .. }
            | Attention::HelpCalled { .. }
            | Attention::HelpTaken
            | Attention::HelpDone => None,
        }
    }
}

/// The marks on a conversation, as its desk shows them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Marks {
    /// Marked as important.
    important: bool,
    /// The manager was called and the call is not settled.
    help_called: bool,
    /// A supervisor takes care of that call.
    help_taken: bool,
}

impl Marks {
    /// Goes on with the next change.
    pub(super) const fn apply(&mut self, fact: &Attention) {
        match fact {
            Attention::ImportanceMarked { important } => self.important = *important,
            Attention::HelpCalled { .. } => (self.help_called, self.help_taken) = (true, false),
            Attention::HelpTaken => (self.help_called, self.help_taken) = (true, true),
            Attention::HelpDone => (self.help_called, self.help_taken) = (false, false),
        }
    }
}
