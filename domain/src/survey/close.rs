//! Close without an answer: the visitor by hand, the operator by hand while `closable_unanswered` is on
//! (otherwise the tab stays until the mandatory fields are filled), or when its time is over
//! (`pending_survey`, `pending_hours`; see `ask.rs`). What an operator left half done before a transfer is closed when
//! the next one is asked, since one survey per segment waits at a time: the operator who had it last fills it in.

use super::SurveyRef;
use crate::actor::Actor;
use crate::event::Closing;
use crate::event::{ConversationFact, Fact, SurveyStep};
use crate::id::ConversationId;
use crate::rejection::Rejection;
use crate::settings::surveys::Audience;
use crate::state::Livechat;
use crate::state::survey::SurveyKey;

pub(crate) fn decide(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    which: SurveyRef,
) -> Result<Vec<Fact>, Rejection> {
    let (key, _) = super::pending::pending_for(livechat, by, id, which)?;
    if key.audience == Audience::Operator && !livechat.settings().operator_survey.closable_unanswered {
        return Err(Rejection::OptionOff("operator_survey.closable_unanswered"));
    }
    Ok(closed(livechat, key, Closing::ByHand).into_iter().collect())
}

/// Its time is over.
pub(crate) fn due(livechat: &Livechat, key: SurveyKey) -> Option<Fact> {
    closed(livechat, key, Closing::Expired)
}

/// What still waits gives way to the survey that is asked next.
pub(super) fn replaced(livechat: &Livechat, key: SurveyKey) -> Option<Fact> {
    closed(livechat, key, Closing::Replaced)
}

fn closed(livechat: &Livechat, key: SurveyKey, closing: Closing) -> Option<Fact> {
    let pending = livechat.pending_survey_of(key)?;
    let (survey, version) = (pending.survey.clone(), pending.version);
    let SurveyKey { conversation, segment, audience } = key;
    let fact = ConversationFact::Survey(SurveyStep::Closed { audience, segment, survey, version, closing });
    Some(Fact::conversation(conversation, pending.operator.clone(), fact))
}

pub(crate) fn evolve(livechat: &mut Livechat, key: SurveyKey) {
    livechat.change_survey(key, |slot| *slot = None);
}
