//! What happens to an operator.

use serde::{Deserialize, Serialize};

use super::payload::DisconnectReason;
use super::profile::Profile;
use crate::Timestamp;
use crate::settings::Status;

/// What happens to an operator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorFact {
    /// An administrator registered the operator, or changed the profile.
    Registered {
        /// The whole profile.
        profile: Box<Profile>,
    },
    /// The operator's desk is open.
    Connected,
    /// The last desk was lost without a sign-out: nothing new is assigned until it is back.
    ConnectionLost {
        /// When the operator counts as disconnected, if no desk is back by then.
        #[serde(with = "crate::timestamp")]
        until: Timestamp,
    },
    /// A desk came back in time: nobody noticed.
    Reconnected,
    /// The operator left, or a lost desk did not come back in time.
    Disconnected {
        /// Why.
        reason: DisconnectReason,
    },
    /// The operator, a supervisor, or the rule that a status was switched off, changed the status.
    StatusChanged {
        /// The new status.
        status: Status,
    },
    /// The operator's own working hours begin.
    ShiftStarted,
    /// The operator's own working hours are over: nothing new is assigned, what runs goes on.
    ShiftEnded,
    /// An administrator suspended the operator, who may neither connect nor be given anything.
    Suspended,
    /// An administrator took the suspension back.
    Reinstated,
    /// An administrator removed the operator. What is on the desk goes on by the events that follow.
    Removed,
}

impl OperatorFact {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Registered { .. } => "operator.registered",
            Self::Connected => "operator.connected",
            Self::ConnectionLost { .. } => "operator.connection_lost",
            Self::Reconnected => "operator.reconnected",
            Self::Disconnected { .. } => "operator.disconnected",
            Self::StatusChanged { .. } => "operator.status_changed",
            Self::ShiftStarted => "operator.shift_started",
            Self::ShiftEnded => "operator.shift_ended",
            Self::Suspended => "operator.suspended",
            Self::Reinstated => "operator.reinstated",
            Self::Removed => "operator.removed",
        }
    }

    pub(super) const fn version(&self) -> &'static str {
        match self {
            Self::Registered { profile } if profile.email.is_some() || profile.hours.is_some() => "1.1",
            Self::Registered { .. }
            | Self::Connected
            | Self::ConnectionLost { .. }
            | Self::Reconnected
            | Self::Disconnected { .. }
            | Self::StatusChanged { .. }
            | Self::ShiftStarted
            | Self::ShiftEnded
            | Self::Suspended
            | Self::Reinstated
            | Self::Removed => "1.0",
        }
    }
}
