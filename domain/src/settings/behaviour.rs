//! Behaviour (spec.md §Behaviour): what becomes of answers, ends and disconnections.

use serde::{Deserialize, Serialize};

/// The behaviour section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Behaviour {
    /// An answer that results from a redirection by a knowledge article is shown, and recorded, as coming
    /// from the operator: no by default. See `conversation/send_article.rs`.
    pub redirects_as_operator: bool,
    /// The end of the livechat does not close the conversation; a new escalation goes to the previous
    /// operator, if possible: no by default. See `conversation/keep_open.rs`.
    pub keep_open: bool,
    /// The conversations of an operator who is disconnected go to others: yes by default. See
    /// `conversation/auto_transfer.rs`.
    pub transfer_on_disconnect: bool,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self { redirects_as_operator: false, keep_open: false, transfer_on_disconnect: true }
    }
}
