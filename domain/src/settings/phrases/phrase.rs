//! The phrases there are, and when each is said.

use serde::{Deserialize, Serialize};

/// When a phrase is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Phrase {
    /// At pick-up.
    Welcome,
    /// On entering the queue.
    Queued,
    /// While waiting, when the position has become 1, 2, 3, 5, 10, 20, 50 or 100.
    QueueProgress,
    /// After a manual transfer.
    Transferred,
    /// After a transfer by rule.
    AutoTransferred,
    /// The visitor has not replied for a while.
    FollowUp,
    /// The operator is still looking for information.
    StillSearching,
    /// Shortly before the end by inactivity.
    TimeoutWarning,
    /// The operator's connection is lost.
    OperatorDisconnected,
    /// The operator ended the livechat.
    EndedByOperator,
    /// The livechat ended by inactivity.
    EndedAutomatically,
    /// The livechat ended, and the conversation goes on with the bot (`behaviour.keep_open`): in place of the two
    /// before, and when the visitor ended it.
    KeptOpen,
    /// Nobody may receive conversations, or nobody answered.
    NoOperator,
    /// The queue is full.
    QueueFull,
    /// Outside the opening hours, or closing time.
    OutsideHours,
    /// The service closes soon, and nobody new enters the queue.
    QueueClosed,
    /// An administrator has closed the livechat: those who ask are refused, those who wait are released.
    LivechatClosed,
}

impl Phrase {
    /// Every phrase, in the order of the settings page.
    pub const ALL: [Self; 17] = [
        Self::Welcome,
        Self::Queued,
        Self::QueueProgress,
        Self::Transferred,
        Self::AutoTransferred,
        Self::FollowUp,
        Self::StillSearching,
        Self::TimeoutWarning,
        Self::OperatorDisconnected,
        Self::EndedByOperator,
        Self::EndedAutomatically,
        Self::KeptOpen,
        Self::NoOperator,
        Self::QueueFull,
        Self::OutsideHours,
        Self::QueueClosed,
        Self::LivechatClosed,
    ];

    /// Its key in the settings.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Queued => "queued",
            Self::QueueProgress => "queue_progress",
            Self::Transferred => "transferred",
            Self::AutoTransferred => "auto_transferred",
            Self::FollowUp => "follow_up",
            Self::StillSearching => "still_searching",
            Self::TimeoutWarning => "timeout_warning",
            Self::OperatorDisconnected => "operator_disconnected",
            Self::EndedByOperator => "ended_by_operator",
            Self::EndedAutomatically => "ended_automatically",
            Self::KeptOpen => "kept_open",
            Self::NoOperator => "no_operator",
            Self::QueueFull => "queue_full",
            Self::OutsideHours => "outside_hours",
            Self::QueueClosed => "queue_closed",
            Self::LivechatClosed => "livechat_closed",
        }
    }
}
