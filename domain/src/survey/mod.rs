//! The surveys of a conversation (spec.md §Operator survey, §Visitor survey): asked, opened, answered, or
//! closed without an answer. One file per use case; the contents of a survey are in `settings/surveys`.
//!
//! A survey belongs to one segment of the conversation: it is about the operator who picked that segment up last, and a
//! conversation that was kept open and asked for again has the surveys of each segment beside each other. At most
//! one survey per segment and audience waits at a time, in the version it was asked in.

pub mod answer;
pub mod ask;
pub mod cancel;
pub mod close;
pub mod open;
mod pending;

use crate::Timestamp;
use crate::event::SurveyStep;
use crate::id::{ConversationId, OperatorId};
use crate::state::Livechat;
use crate::state::survey::SurveyKey;

pub use pending::SurveyRef;

/// What an event about a survey changes.
pub(crate) fn evolve(
    livechat: &mut Livechat,
    at: Timestamp,
    conversation: ConversationId,
    operator: Option<&OperatorId>,
    fact: &SurveyStep,
) {
    let key = SurveyKey { conversation, segment: fact.segment(), audience: fact.audience() };
    match fact {
        SurveyStep::Asked { survey, version, .. } => {
            ask::evolve(livechat, at, key, operator, (survey, *version));
        }
        SurveyStep::Opened { .. } => open::evolve(livechat, at, key),
        SurveyStep::Cancelled { .. } => cancel::evolve(livechat, key),
        SurveyStep::Answered { .. } => answer::evolve(livechat, key),
        SurveyStep::Closed { .. } => close::evolve(livechat, key),
    }
}
