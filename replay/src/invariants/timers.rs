//! Timers fire when their time has come, and once per arming.

use domain::event::Cause;
use domain::event::Closing;
use domain::event::EndReason;
use domain::event::ReleaseReason;
use domain::state::survey::SurveyKey;
use domain::state::timers::{TimerKind, TimerOwner};
use domain::{Actor, ConversationFact, ConversationId, Event, Flow, Livechat, Notice, SurveyStep, Timestamp};

use super::violation::{Broken, Invariant, must};

/// The first timer of all.
type Due = (Timestamp, TimerOwner);

/// An event that a timer makes happen comes when that timer is the first of all and its time has come.
pub(super) fn fires_in_time(
    due: Option<&Due>,
    event: &Event,
    id: ConversationId,
    fact: &ConversationFact,
) -> Result<(), Broken> {
    let whose = if kind(fact).is_some() {
        TimerOwner::Conversation(id)
    } else if matches!(fact, ConversationFact::Flow(Flow::Closed)) && event.by == Actor::System {
        TimerOwner::Kept(id)
    } else if let ConversationFact::Survey(SurveyStep::Closed {
        audience,
        segment,
        closing: Closing::Expired,
        ..
    }) = fact
    {
        TimerOwner::Survey(SurveyKey { conversation: id, segment: *segment, audience: *audience })
    } else {
        return Ok(());
    };
    let in_time = due.is_some_and(|(at, first)| *at <= event.at && *first == whose);
    must(in_time, Invariant::TimerEarly, || format!("{whose:?} fires, and the first timer is {due:?}"))
}

/// A timer that has fired does not fire again without being armed again.
pub(super) fn is_disarmed(
    after: &Livechat,
    at: Timestamp,
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
        ConversationFact::Flow(Flow::Released { reason: ReleaseReason::Unanswered }) => {
            Some(TimerKind::Unanswered)
        }
        ConversationFact::Flow(
            Flow::AutoTransferred { cause: Cause::Inactive, .. } | Flow::AutoTransferFailed { .. },
        ) => Some(TimerKind::AutoTransfer),
        ConversationFact::Notice(Notice::FollowedUp) => Some(TimerKind::FollowUp),
        ConversationFact::Notice(Notice::SearchNoticed { .. }) => Some(TimerKind::SearchNotice),
        ConversationFact::Notice(Notice::StillOnHold) => Some(TimerKind::HoldPhrase),
        ConversationFact::Notice(Notice::TimeoutAnnounced { .. }) => Some(TimerKind::TimeoutReminder),
        ConversationFact::Flow(Flow::Ended { reason: EndReason::Timeout }) => {
            Some(TimerKind::VisitorInactivity)
        }
        ConversationFact::Flow(
            Flow::Requested(_)
            | Flow::RequestedAgain(_)
            | Flow::Refused { .. }
            | Flow::Queued { .. }
            | Flow::QueueAdvanced { .. }
            | Flow::Assigned
            | Flow::AssignedByHand { .. }
            | Flow::Left
            | Flow::Released { reason: ReleaseReason::Closing | ReleaseReason::LivechatClosed }
            | Flow::PickedUp
            | Flow::Transferred { .. }
            | Flow::AutoTransferred { cause: Cause::Disconnected, .. }
            | Flow::ReturnedToQueue { .. }
            | Flow::Ended { reason: EndReason::Visitor | EndReason::Operator | EndReason::Supervisor }
            | Flow::KeptOpen { .. }
            | Flow::Closed,
        )
        | ConversationFact::Notice(Notice::OperatorSearches { .. })
        | ConversationFact::Exchange(_)
        | ConversationFact::Visit(_)
        | ConversationFact::Attention(_)
        | ConversationFact::Survey(_) => None,
    }
}
