//! Timers fire when their time has come, and once per arming.

use domain::event::Cause;
use domain::event::Closing;
use domain::event::EndReason;
use domain::event::ReleaseReason;
use domain::state::survey::SurveyKey;
use domain::state::timers::{TimerKind, TimerOwner};
use domain::{Actor, ConversationFact, ConversationId, Event, Instant, Livechat};

use super::violation::{Broken, Invariant, must};

/// The first timer of all.
type Due = (Instant, TimerOwner);

/// An event that a timer makes happen comes when that timer is the first of all and its time has come.
pub(super) fn fires_in_time(
    due: Option<&Due>,
    event: &Event,
    id: ConversationId,
    fact: &ConversationFact,
) -> Result<(), Broken> {
    let whose = if kind(fact).is_some() {
        TimerOwner::Conversation(id)
    } else if matches!(fact, ConversationFact::Closed) && event.by == Actor::System {
        TimerOwner::Kept(id)
    } else if let ConversationFact::SurveyClosed { audience, segment, closing: Closing::Expired, .. } = fact {
        TimerOwner::Survey(SurveyKey { conversation: id, segment: *segment, audience: *audience })
    } else {
        return Ok(());
    };
    let in_time = due.is_some_and(|(at, first)| *at <= event.at && *first == whose);
    must(in_time, Invariant::TimerEarly, || format!("{whose:?} fires, and the first timer is {due:?}"))
}

/// A timer that has fired does not fire again by the same arming.
pub(super) fn is_disarmed(
    after: &Livechat,
    at: Instant,
    id: ConversationId,
    fact: &ConversationFact,
) -> Result<(), Broken> {
    let Some(kind) = kind(fact) else { return Ok(()) };
    let next = after.conversation(id).and_then(|live| live.timers.deadline(kind));
    must(next.is_none_or(|next| next > at), Invariant::TimerEarly, || format!("{kind:?} will fire again"))
}

/// The timer of a conversation that makes this happen, if one does.
const fn kind(fact: &ConversationFact) -> Option<TimerKind> {
    match fact {
        ConversationFact::Released { reason: ReleaseReason::Unanswered } => Some(TimerKind::Unanswered),
        ConversationFact::AutoTransferred { cause: Cause::Inactive, .. }
        | ConversationFact::AutoTransferFailed { .. } => Some(TimerKind::AutoTransfer),
        ConversationFact::FollowedUp => Some(TimerKind::FollowUp),
        ConversationFact::SearchNoticed { .. } => Some(TimerKind::SearchNotice),
        ConversationFact::TimeoutAnnounced { .. } => Some(TimerKind::TimeoutReminder),
        ConversationFact::Ended { reason: EndReason::Timeout } => Some(TimerKind::VisitorInactivity),
        ConversationFact::Requested(_)
        | ConversationFact::RequestedAgain(_)
        | ConversationFact::Refused { .. }
        | ConversationFact::Queued { .. }
        | ConversationFact::QueueAdvanced { .. }
        | ConversationFact::Assigned
        | ConversationFact::AssignedByHand { .. }
        | ConversationFact::Left
        | ConversationFact::Released { reason: ReleaseReason::Closing | ReleaseReason::LivechatClosed }
        | ConversationFact::PickedUp
        | ConversationFact::MessagePosted { .. }
        | ConversationFact::InternalMessagePosted { .. }
        | ConversationFact::VisitorPresence { .. }
        | ConversationFact::PageChanged { .. }
        | ConversationFact::OperatorTyped
        | ConversationFact::Typing { .. }
        | ConversationFact::Transferred { .. }
        | ConversationFact::AutoTransferred { cause: Cause::Disconnected, .. }
        | ConversationFact::ReturnedToQueue { .. }
        | ConversationFact::OperatorSearches { .. }
        | ConversationFact::ImportanceMarked { .. }
        | ConversationFact::HelpCalled { .. }
        | ConversationFact::HelpTaken
        | ConversationFact::HelpDone
        | ConversationFact::FileRequested { .. }
        | ConversationFact::FileSent { .. }
        | ConversationFact::CopyMailed { .. }
        | ConversationFact::SurveyAsked { .. }
        | ConversationFact::SurveyOpened { .. }
        | ConversationFact::SurveyCancelled { .. }
        | ConversationFact::SurveyAnswered { .. }
        | ConversationFact::SurveyClosed { .. }
        | ConversationFact::Ended {
            reason: EndReason::Visitor | EndReason::Operator | EndReason::Supervisor,
        }
        | ConversationFact::KeptOpen { .. }
        | ConversationFact::Closed => None,
    }
}
