//! Close without an answer: the visitor by hand, the operator by hand while `closable_unanswered` is on
//! (otherwise the tab stays until the mandatory fields are filled), or when its time is over
//! (`pending_survey`; an operator survey after four days). What an operator left half done before a transfer is
//! closed when the next one is asked, since one survey per conversation waits at a time.

use super::Closing;
use crate::actor::Actor;
use crate::event::{ConversationFact, Fact};
use crate::id::ConversationId;
use crate::livechat::Livechat;
use crate::rejection::Rejection;
use crate::settings::surveys::Audience;

pub(crate) fn decide(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    audience: Audience,
) -> Result<Vec<Fact>, Rejection> {
    super::pending_for(livechat, by, id, audience)?;
    if audience == Audience::Operator && !livechat.settings().operator_survey.closable_unanswered {
        return Err(Rejection::OptionOff("operator_survey.closable_unanswered"));
    }
    Ok(closed(livechat, id, audience, Closing::ByHand).into_iter().collect())
}

/// Its time is over.
pub(crate) fn due(livechat: &Livechat, id: ConversationId, audience: Audience) -> Option<Fact> {
    closed(livechat, id, audience, Closing::Expired)
}

/// What still waits gives way to the survey that is asked next.
pub(super) fn replaced(livechat: &Livechat, id: ConversationId, audience: Audience) -> Option<Fact> {
    closed(livechat, id, audience, Closing::Replaced)
}

fn closed(livechat: &Livechat, id: ConversationId, audience: Audience, closing: Closing) -> Option<Fact> {
    let pending = livechat.pending_survey(id, audience)?;
    let (survey, version) = (pending.survey.clone(), pending.version);
    let fact = ConversationFact::SurveyClosed { audience, survey, version, closing };
    Some(Fact::conversation(id, pending.operator.clone(), fact))
}

pub(crate) fn evolve(livechat: &mut Livechat, id: ConversationId, audience: Audience) {
    livechat.change_survey(id, audience, |slot| *slot = None);
}
