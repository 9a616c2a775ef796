//! The surveys of a conversation (spec.md §Operator survey, §Visitor survey): asked, opened, answered, or
//! closed without an answer. One file per use case; what a survey is made of is in `settings/surveys`.
//!
//! A survey belongs to one segment of the conversation: it is about whoever picked that segment up last, and a
//! conversation that was kept open and asked for again has the surveys of each segment beside each other. At most
//! one survey per segment and audience waits at a time, in the version it was asked in.

pub mod answer;
pub mod ask;
pub mod cancel;
pub mod close;
pub mod open;

use crate::Timestamp;
use crate::actor::Actor;
use crate::event::{ConversationFact, SurveyStep};
use crate::id::{ConversationId, OperatorId};
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::settings::surveys::Audience;
use crate::state::Livechat;
use crate::state::survey::Pending;
use crate::state::survey::SurveyKey;

/// Which of the surveys of a conversation somebody means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SurveyRef {
    /// Who is asked.
    pub audience: Audience,
    /// About which segment; it need not be said while one survey only waits for whoever acts.
    pub segment: Option<u32>,
}

impl From<Audience> for SurveyRef {
    fn from(audience: Audience) -> Self {
        Self { audience, segment: None }
    }
}

impl SurveyRef {
    /// Could this be the one that is meant?
    pub(crate) fn may_be(self, audience: Audience, segment: u32) -> bool {
        self.audience == audience && self.segment.is_none_or(|asked| asked == segment)
    }
}

/// What an event about a survey changes.
pub(crate) fn evolve(
    livechat: &mut Livechat,
    at: Timestamp,
    (conversation, segment, audience): (ConversationId, u32, Audience),
    operator: Option<&OperatorId>,
    fact: &ConversationFact,
) {
    let key = SurveyKey { conversation, segment, audience };
    if let ConversationFact::Survey(SurveyStep::Asked { survey, version, .. }) = fact {
        ask::evolve(livechat, at, key, operator, (survey, *version));
    } else if matches!(fact, ConversationFact::Survey(SurveyStep::Opened { .. })) {
        open::evolve(livechat, at, key);
    } else if matches!(fact, ConversationFact::Survey(SurveyStep::Cancelled { .. })) {
        cancel::evolve(livechat, key);
    } else if matches!(fact, ConversationFact::Survey(SurveyStep::Answered { .. })) {
        answer::evolve(livechat, key);
    } else {
        close::evolve(livechat, key);
    }
}

/// The survey of this conversation that waits for `by`. Where several do, it has to be said which: a word that is said
/// twice must not be taken for two.
fn pending_for<'a>(
    livechat: &'a Livechat,
    by: &Actor,
    id: ConversationId,
    which: SurveyRef,
) -> Result<(SurveyKey, &'a Pending), Rejection> {
    let pending = livechat.pending_surveys_of(id, which.audience);
    let mut mine = pending.filter(|(key, pending)| {
        which.may_be(key.audience, key.segment) && is_for(pending, key.audience, by)
    });
    let one = mine.next().ok_or(ConversationRejection::NoSurvey(id))?;
    if mine.next().is_some() { Err(ConversationRejection::SegmentNeeded(id).into()) } else { Ok(one) }
}

fn is_for(pending: &Pending, audience: Audience, by: &Actor) -> bool {
    match (by, audience) {
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
    }
}
