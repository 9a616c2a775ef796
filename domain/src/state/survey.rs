//! The state of a survey that waits for its answers.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::id::{ConversationId, OperatorId, SurveyId, VisitorId};
use crate::settings::surveys::Audience;

/// Which survey: at most one of each waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SurveyKey {
    /// About which conversation.
    pub conversation: ConversationId,
    /// About which of its segments, from 1.
    pub segment: u32,
    /// Who is asked.
    pub audience: Audience,
}

/// A survey that waits for its answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Which survey.
    pub survey: SurveyId,
    /// In which version.
    pub version: u32,
    /// Who had picked the segment up: who is asked, when the survey is for operators, and who is rated.
    pub operator: Option<OperatorId>,
    /// Who chats: who is asked, when the survey is for visitors.
    pub visitor: VisitorId,
    /// Since when it is on the screen, if it is.
    pub opened_at: Option<Timestamp>,
    /// When it is closed unanswered; `None` while the conversation lasts, or when only by hand.
    pub closes_at: Option<Timestamp>,
}
