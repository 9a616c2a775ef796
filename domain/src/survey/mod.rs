//! The surveys of a conversation (spec.md §Operator survey, §Visitor survey): asked, opened, answered, or
//! closed without an answer. One file per use case; what a survey is made of is in `settings/surveys`.
//!
//! At most one survey per conversation and audience waits at a time, in the version it was asked in.

pub mod answer;
pub mod ask;
pub mod cancel;
pub mod close;
pub mod open;

use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::actor::Actor;
use crate::conversation::Rejection as ConversationRejection;
use crate::id::{ConversationId, OperatorId, SurveyId, VisitorId};
use crate::livechat::Livechat;
use crate::rejection::Rejection;
use crate::settings::surveys::Audience;

/// A survey that waits for its answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Which survey.
    pub survey: SurveyId,
    /// In which version.
    pub version: u32,
    /// Who was in charge: who is asked, when the survey is for operators.
    pub operator: Option<OperatorId>,
    /// Who chats: who is asked, when the survey is for visitors.
    pub visitor: VisitorId,
    /// Since when it is on the screen, if it is.
    pub opened_at: Option<Instant>,
    /// When it is closed unanswered; `None` while the conversation lasts, or when only by hand.
    pub closes_at: Option<Instant>,
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
    /// The operator who has the conversation now is asked in the place of the one before.
    Replaced,
}

/// The survey of this conversation that waits for `by`.
fn pending_for<'a>(
    livechat: &'a Livechat,
    by: &Actor,
    id: ConversationId,
    audience: Audience,
) -> Result<&'a Pending, Rejection> {
    let pending = livechat.pending_survey(id, audience);
    let pending = pending.ok_or(ConversationRejection::NoSurvey(id))?;
    let mine = match (by, audience) {
        (Actor::Operator(me), Audience::Operator) => pending.operator.as_ref() == Some(me),
        (Actor::Visitor(me), Audience::Visitor) => pending.visitor == *me,
        (Actor::Integration(_), Audience::Visitor) => true,
        (
            Actor::Operator(_)
            | Actor::Visitor(_)
            | Actor::Integration(_)
            | Actor::Supervisor(_)
            | Actor::Administrator(_)
            | Actor::Analyst(_)
            | Actor::System,
            Audience::Operator | Audience::Visitor,
        ) => false,
    };
    if mine { Ok(pending) } else { Err(ConversationRejection::NoSurvey(id).into()) }
}
