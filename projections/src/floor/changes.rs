//! What changed on the floor of one livechat, for live feeds.

use domain::LivechatId;
use journal::Position;
use serde::Serialize;
use utoipa::ToSchema;

use super::{FloorConversation, FloorLivechat, FloorOperator, HelpCall};

/// The changes that bring a floor from any earlier position, no earlier than the previous changes, to this one.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Changes {
    /// Of which livechat.
    #[schema(value_type = String)]
    pub livechat: LivechatId,
    /// The position in the log of the previous rows: a reader who is not there yet has missed
    /// something.
    pub after: Position,
    /// The position in the log of these rows.
    pub position: Position,
    /// The livechat itself, if it changed.
    pub about: Option<FloorLivechat>,
    /// Operators who changed; all of them when the livechat changed, since their capacity may have.
    pub operators: Vec<FloorOperator>,
    /// Conversations that began or changed, or whose skill was renamed.
    pub conversations: Vec<FloorConversation>,
    /// Conversations that are over, UUIDs.
    pub removed: Vec<String>,
    /// All calls for help that are not settled, oldest first, if any of them changed; sent live only, since
    /// no table has their notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<Vec<HelpCall>>,
}
