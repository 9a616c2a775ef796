//! What the staff marks on a conversation that goes on all the same: the events, the marks that they leave, and what the
//! operator's desk and the visitor's page are shown of them. A further mark is added here; the floor's row of a
//! conversation keeps those that supervisors see in columns.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use crate::Timestamp;
use crate::actor::Actor;
use crate::bilingual::{Bilingual, both};
use crate::id::{ConversationId, StaffId};
use crate::personal::Personal;
use crate::text::Note;

/// What the staff marks on a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", prefix = "conversation.", const_into_str)]
pub enum Attention {
    /// Marked as important, or not any more.
    ImportanceMarked {
        /// Whether it is.
        important: bool,
    },
    /// The operator asks the manager for help.
    HelpCalled {
        /// What it is about.
        note: Option<Personal<Note>>,
    },
    /// A supervisor takes care of the call for help.
    HelpTaken,
    /// The call for help is settled.
    HelpDone,
    /// The operator in charge put the conversation on hold.
    PutOnHold,
    /// The conversation is not on hold any more: the operator in charge took it back, or, by the system, can no longer
    /// do so.
    TakenBack,
}

impl Attention {
    #[expect(clippy::unused_self, reason = "every group is asked alike")]
    pub(super) const fn version(&self) -> &'static str {
        "1.0"
    }

    /// What happened, in the words of a transcript.
    pub const fn sentence(&self) -> Bilingual {
        match self {
            Self::ImportanceMarked { important: true } => {
                both("Conversation marked as important", "Conversation marquée comme importante")
            }
            Self::ImportanceMarked { important: false } => {
                both("Conversation not important any more", "La conversation n’est plus importante")
            }
            Self::HelpCalled { .. } => both("Call for help", "Appel au superviseur"),
            Self::HelpTaken => both("Call for help taken", "Appel au superviseur pris en charge"),
            Self::HelpDone => both("Call for help settled", "Appel au superviseur réglé"),
            Self::PutOnHold => both("Put on hold", "Mise en attente"),
            Self::TakenBack => both("Taken off hold", "Fin de la mise en attente"),
        }
    }

    /// What the author wrote beside it, for the staff.
    pub const fn note(&self) -> Option<&Personal<Note>> {
        match self {
            Self::HelpCalled { note } => note.as_ref(),
            Self::ImportanceMarked { .. }
            | Self::HelpTaken
            | Self::HelpDone
            | Self::PutOnHold
            | Self::TakenBack => None,
        }
    }

    /// What the desk of the operator in charge is told of it.
    pub const fn for_desk(&self, conversation: ConversationId) -> MarkChange {
        match self {
            Self::ImportanceMarked { important } => {
                MarkChange::Importance { conversation, important: *important }
            }
            Self::HelpCalled { .. } => MarkChange::Help { conversation, help: HelpState::Called },
            Self::HelpTaken => MarkChange::Help { conversation, help: HelpState::Taken },
            Self::HelpDone => MarkChange::Help { conversation, help: HelpState::Done },
            Self::PutOnHold => MarkChange::OnHold { conversation, on_hold: true },
            Self::TakenBack => MarkChange::OnHold { conversation, on_hold: false },
        }
    }

    /// What the visitor's page is told of it: neither importance nor calls for help.
    pub const fn for_visitor(&self, conversation: ConversationId) -> Option<MarkChange> {
        match self {
            Self::PutOnHold | Self::TakenBack => Some(self.for_desk(conversation)),
            Self::ImportanceMarked { .. } | Self::HelpCalled { .. } | Self::HelpTaken | Self::HelpDone => {
                None
            }
        }
    }
}

/// The marks on a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// Marked as important.
    pub important: bool,
    /// The call for help that is not settled.
    pub help: Option<Help>,
    /// Since when the operator in charge has it on hold.
    pub on_hold_since: Option<Timestamp>,
}

/// A call for help that is not settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Help {
    /// Since when.
    pub called_at: Timestamp,
    /// Which supervisor takes care of it.
    pub taken_by: Option<StaffId>,
    /// What the operator needs.
    pub note: Option<Personal<Note>>,
}

impl Marks {
    /// Goes on with the next event.
    pub fn apply(&mut self, at: Timestamp, by: &Actor, fact: &Attention) {
        match (fact, by) {
            (Attention::ImportanceMarked { important }, _) => self.important = *important,
            (Attention::HelpCalled { note }, _) => {
                self.help = Some(Help { called_at: at, taken_by: None, note: note.clone() });
            }
            (Attention::HelpTaken, Actor::Supervisor(taker)) => {
                if let Some(help) = &mut self.help {
                    help.taken_by = Some(taker.clone());
                }
            }
            (Attention::HelpTaken, _) => {}
            (Attention::HelpDone, _) => self.help = None,
            (Attention::PutOnHold, _) => self.on_hold_since = Some(at),
            (Attention::TakenBack, _) => self.on_hold_since = None,
        }
    }

    /// The conversation leaves the desk: whoever has it next has nothing on hold.
    pub const fn moved(&mut self) {
        self.on_hold_since = None;
    }

    /// The times that it remembers.
    pub(crate) fn times(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        let called_at = self.help.as_mut().map(|help| &mut help.called_at);
        called_at.into_iter().chain(&mut self.on_hold_since)
    }

    /// As the desk shows them.
    pub fn on_desk(&self) -> MarksOnDesk {
        MarksOnDesk {
            important: self.important,
            help_called: self.help.is_some(),
            help_taken: self.help.as_ref().is_some_and(|help| help.taken_by.is_some()),
            on_hold: self.on_hold_since.is_some(),
        }
    }

    /// As the visitor's page shows them.
    pub const fn on_page(&self) -> MarksOnPage {
        MarksOnPage { on_hold: self.on_hold_since.is_some() }
    }
}

/// The marks on a conversation, as its desk shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Marks))]
#[expect(clippy::struct_excessive_bools, reason = "each is a light of its own on the desk")]
pub struct MarksOnDesk {
    /// Marked as important.
    important: bool,
    /// The manager was called and the call is not settled.
    help_called: bool,
    /// A supervisor takes care of that call.
    help_taken: bool,
    /// The operator has put it on hold.
    on_hold: bool,
}

/// The marks on a conversation that the visitor's page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MarksOnPage {
    /// Whether the operator has put the conversation on hold.
    on_hold: bool,
}

/// A mark was set or taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = AttentionFrame))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum MarkChange {
    /// Marked as important, or not any more.
    Importance {
        /// Which conversation.
        #[cfg_attr(feature = "schema", schema(value_type = uuid::Uuid))]
        conversation: ConversationId,
        /// Whether it is.
        important: bool,
    },
    /// The state of the call for help.
    Help {
        /// In which conversation.
        #[cfg_attr(feature = "schema", schema(value_type = uuid::Uuid))]
        conversation: ConversationId,
        /// The state of it.
        help: HelpState,
    },
    /// The operator put the conversation on hold, or took it back.
    OnHold {
        /// Which conversation.
        #[cfg_attr(feature = "schema", schema(value_type = uuid::Uuid))]
        conversation: ConversationId,
        /// Whether it is on hold.
        on_hold: bool,
    },
}

/// The state of a call for help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HelpState {
    /// Nobody has taken it yet.
    Called,
    /// A supervisor takes care of it.
    Taken,
    /// It is settled.
    Done,
}
