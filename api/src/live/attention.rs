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
    /// The operator put the conversation on hold, or took it back.
    OnHold {
        /// Which conversation.
        conversation: Uuid,
        /// Whether it is on hold.
        on_hold: bool,
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
            Attention::PutOnHold => Self::OnHold { conversation, on_hold: true },
            Attention::TakenBack => Self::OnHold { conversation, on_hold: false },
        }
    }

    /// The frame for the page of the visitor, who is shown neither importance nor calls for help.
    pub(super) const fn for_visitor(conversation: ConversationId, fact: &Attention) -> Option<Self> {
        match fact {
            Attention::PutOnHold | Attention::TakenBack => Some(Self::for_desk(conversation, fact)),
            Attention::ImportanceMarked { .. }
            | Attention::HelpCalled { .. }
            | Attention::HelpTaken
            | Attention::HelpDone => None,
        }
    }
}

/// The marks on a conversation, as its desk shows them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a light of its own on the desk")]
pub struct Marks {
    /// Marked as important.
    important: bool,
    /// The manager was called and the call is not settled.
    help_called: bool,
    /// A supervisor takes care of that call.
    help_taken: bool,
    /// The operator has put it on hold.
    on_hold: bool,
}

impl Marks {
    /// Goes on with the next change.
    pub(super) const fn apply(&mut self, fact: &Attention) {
        match fact {
            Attention::ImportanceMarked { important } => self.important = *important,
            Attention::HelpCalled { .. } => (self.help_called, self.help_taken) = (true, false),
            Attention::HelpTaken => (self.help_called, self.help_taken) = (true, true),
            Attention::HelpDone => (self.help_called, self.help_taken) = (false, false),
            Attention::PutOnHold => self.on_hold = true,
            Attention::TakenBack => self.on_hold = false,
        }
    }

    /// It has left the desk: whoever has it next has nothing on hold.
    pub(super) const fn moved(&mut self) {
        self.on_hold = false;
    }
}
