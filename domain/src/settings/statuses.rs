//! Statuses (spec.md §Statuses): the optional ones, each of which can be enabled.
//!
//! `available` and `on_break` are always there. When a status in use is disabled, those in it move to
//! `on_break` (`operator/change_status.rs`).

use serde::{Deserialize, Serialize};
use strum::Display;

/// The statuses section: which optional statuses an operator may take.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "five independent choices, named as on the page")]
pub struct Statuses {
    /// In training; receives nothing new. Off by default.
    pub training: bool,
    /// On the phone; receives nothing new. Off by default.
    pub phone: bool,
    /// With the supervisor; receives nothing new. Off by default.
    pub with_supervisor: bool,
    /// No new conversation. Off by default.
    pub no_new_conversation: bool,
    /// Looking for information, which is shown to the visitor; receives as usual. Off by default.
    pub searching: bool,
}

impl Statuses {
    /// May operators take this status?
    pub const fn enabled(&self, status: Status) -> bool {
        match status {
            Status::Available | Status::OnBreak => true,
            Status::Training => self.training,
            Status::Phone => self.phone,
            Status::WithSupervisor => self.with_supervisor,
            Status::NoNewConversation => self.no_new_conversation,
            Status::Searching => self.searching,
        }
    }
}

/// What an operator is doing (spec.md §Statuses). No status touches running conversations.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display,
)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// Receives new conversations.
    #[default]
    Available,
    /// Does not receive new conversations.
    OnBreak,
    /// Optional; does not receive new conversations.
    Training,
    /// Optional; does not receive new conversations.
    Phone,
    /// Optional; does not receive new conversations.
    WithSupervisor,
    /// Optional; does not receive new conversations.
    NoNewConversation,
    /// Optional; receives new conversations, and the visitors are shown that the operator is looking for
    /// information.
    Searching,
}

impl Status {
    /// Every status, in the order of the settings page.
    pub const ALL: [Self; 7] = [
        Self::Available,
        Self::OnBreak,
        Self::Training,
        Self::Phone,
        Self::WithSupervisor,
        Self::NoNewConversation,
        Self::Searching,
    ];

    /// May an operator in this status be given a new conversation?
    pub const fn receives(self) -> bool {
        match self {
            Self::Available | Self::Searching => true,
            Self::OnBreak | Self::Training | Self::Phone | Self::WithSupervisor | Self::NoNewConversation => {
                false
            }
        }
    }
}
