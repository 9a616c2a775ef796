//! What the staff marks on a conversation that goes on all the same.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

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
}
