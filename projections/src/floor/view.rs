//! The whole floor at one position, as it is shown.

use journal::Position;
use serde::Serialize;
use utoipa::ToSchema;

use super::{FloorConversation, FloorLivechat, FloorOperator, OperatorRow};
use crate::queue::{self, QueuePlace};

/// The floor of one livechat.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FloorView {
    /// The position in the log at which all of this holds.
    pub position: Position,
    /// The livechat itself.
    pub livechat: FloorLivechat,
    /// Every registered operator, by identifier.
    pub operators: Vec<FloorOperator>,
    /// Every live conversation, oldest request first.
    pub conversations: Vec<FloorConversation>,
    /// The visitors who wait, in the order in which they will be served.
    pub queue: Vec<QueuePlace>,
}

impl FloorView {
    /// The floor of these rows, each in the order in which it is shown.
    pub(super) fn of(
        position: Position,
        livechat: FloorLivechat,
        operators: impl Iterator<Item = OperatorRow>,
        conversations: Vec<FloorConversation>,
    ) -> Self {
        Self {
            position,
            operators: operators
                .filter(|row| row.removed_at.is_none())
                .map(|row| FloorOperator::new(row, &livechat))
                .collect(),
            queue: queue::places(&conversations),
            conversations,
            livechat,
        }
    }
}
