//! What events carry besides author and time: reasons, causes and references. Like the names of the events, these are
//! the storage format.

use serde::{Deserialize, Serialize};

use crate::id::{ArticleId, OperatorId, SkillId};

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// Nobody connected may receive this conversation.
    NoOperator,
    /// The queue is full.
    QueueFull,
    /// The service ends soon, and nobody new enters the queue.
    QueueClosed,
    /// Outside the opening hours.
    OutsideHours,
    /// An administrator has closed the livechat.
    LivechatClosed,
}

/// Why a waiting visitor is released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReleaseReason {
    /// Nobody picked up in time.
    Unanswered,
    /// Closing time came first.
    Closing,
    /// An administrator closed the livechat.
    LivechatClosed,
}

/// Why a livechat ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The visitor ended it.
    Visitor,
    /// The operator ended it.
    Operator,
    /// A supervisor ended it.
    Supervisor,
    /// The visitor was silent for too long.
    Timeout,
}

/// Why a conversation is moved by rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The operator did not pick up or answer in time.
    Inactive,
    /// The operator was disconnected.
    Disconnected,
}

/// Who should get the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// This operator.
    Operator(OperatorId),
    /// The next operator with this skill by the rules of choice. From then on the conversation asks for this skill.
    Skill(SkillId),
}

/// The article that a message was taken from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = ArticleSource))]
pub struct Source {
    /// The article that was chosen.
    pub chosen: ArticleId,
    /// The article whose text was sent: another one after a redirection.
    pub sent: ArticleId,
}

/// How a survey was closed without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// By hand.
    ByHand,
    /// Its time was over.
    Expired,
    /// The operator who has the conversation now is asked in place of the previous one.
    Replaced,
}

/// Why an operator is no longer connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisconnectReason {
    /// The operator left on purpose.
    SignedOut,
    /// The connection was lost and did not come back in time.
    ConnectionLost,
}

/// In whose voice a message is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Voice {
    /// The visitor's.
    Visitor,
    /// The operator's (a supervisor may borrow it).
    Operator,
    /// Pupitre's.
    System,
}
