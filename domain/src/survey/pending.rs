//! Which of the waiting surveys a command means.

use crate::actor::Actor;
use crate::id::ConversationId;
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::settings::surveys::Audience;
use crate::state::Livechat;
use crate::state::survey::Pending;
use crate::state::survey::SurveyKey;

/// Which of the surveys of a conversation a command means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SurveyRef {
    /// Who is asked.
    pub audience: Audience,
    /// About which segment; optional while only one survey waits for the actor.
    pub segment: Option<u32>,
}

impl From<Audience> for SurveyRef {
    fn from(audience: Audience) -> Self {
        Self { audience, segment: None }
    }
}

impl SurveyRef {
    /// Could this be the one that is meant?
    pub(crate) fn may_be(self, known: Self) -> bool {
        self.audience == known.audience && (self.segment.is_none() || self.segment == known.segment)
    }
}

/// The survey of this conversation that waits for `by`. Where several do, the command has to say which: a repeated
/// command must not answer two surveys.
pub(super) fn pending_for<'a>(
    livechat: &'a Livechat,
    by: &Actor,
    id: ConversationId,
    which: SurveyRef,
) -> Result<(SurveyKey, &'a Pending), Rejection> {
    let pending = livechat.pending_surveys_of(id, which.audience);
    let mut mine = pending.filter(|(key, pending)| {
        let known = SurveyRef { audience: key.audience, segment: Some(key.segment) };
        which.may_be(known) && is_for(pending, key.audience, by)
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
