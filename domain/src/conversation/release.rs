//! Release: no operator answered, and none will (spec.md §Timeouts, `unanswered` and `queue_closing`).
//!
//! Unanswered for too long since the request: whether in the queue or on a desk that flashes, with the
//! phrase `no_operator`. At closing time of the livechat, or of the skill asked for if that has hours of
//! its own: those who still wait, oldest first, with the phrase `outside_hours`. What an operator already
//! has on the desk goes on, until the operator is disconnected and nobody else is left
//! (`operator/disconnect.rs`). A visitor who came back to the queue after closing time waits as long as any operator may
//! receive, and is released when the last one goes.

use crate::Timestamp;
use crate::event::ReleaseReason;
use crate::event::{ConversationFact, Fact, Flow};
use crate::id::{ConversationId, SkillId};
use crate::settings::Phrase;
use crate::state::Conversation;
use crate::state::Livechat;
use crate::state::queue::Place;

impl ReleaseReason {
    /// The phrase the visitor is sent.
    pub(crate) const fn phrase(self) -> Phrase {
        match self {
            Self::Unanswered => Phrase::NoOperator,
            Self::Closing => Phrase::OutsideHours,
            Self::LivechatClosed => Phrase::LivechatClosed,
        }
    }
}

/// Nobody picked up in time.
pub(crate) fn unanswered(id: ConversationId, conversation: &Conversation) -> Fact {
    let fact = ConversationFact::Flow(Flow::Released { reason: ReleaseReason::Unanswered });
    Fact::conversation(id, conversation.operator().cloned(), fact)
}

/// The next visitor who waits for a service that is closed, now that nobody may receive any more.
pub(crate) fn next_left_alone(livechat: &Livechat) -> Option<Fact> {
    if livechat.roster().receiving(None) > 0 {
        return None;
    }
    next(livechat, |_, skill| livechat.has_closed(skill))
}

/// The next visitor who waits for a service whose closing has been recorded.
pub(crate) fn next_at_closing(livechat: &Livechat) -> Option<Fact> {
    next(livechat, |place, skill| livechat.service_hours().has_closed_on(skill, place.requested_at))
}

/// The next visitor who waits in a livechat that an administrator has closed.
pub(crate) fn next_at_shutting(livechat: &Livechat) -> Option<Fact> {
    if !livechat.is_shut() {
        return None;
    }
    let place = livechat.queue().iter().next()?;
    Some(of(place, ReleaseReason::LivechatClosed))
}

/// The next visitor who waits for a service that is closed by its hours, whether or not that has been recorded.
pub(crate) fn next_outside_hours(livechat: &Livechat, at: Timestamp) -> Option<Fact> {
    next(livechat, |_, skill| !livechat.is_open(skill, at))
}

fn next(livechat: &Livechat, waits_in_vain: impl Fn(&Place, Option<&SkillId>) -> bool) -> Option<Fact> {
    let mut heads = livechat.queue().heads().into_iter();
    let (place, _) = heads.find(|(place, skill)| waits_in_vain(place, *skill))?;
    Some(of(&place, ReleaseReason::Closing))
}

const fn of(place: &Place, reason: ReleaseReason) -> Fact {
    Fact::conversation(place.conversation, None, ConversationFact::Flow(Flow::Released { reason }))
}
