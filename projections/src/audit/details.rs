//! The details of an audit entry beside its changes. No personal text: no messages, names, cards or notes.

use chrono::{DateTime, Utc};
use domain::{
    Actor, Attention, ConversationFact, Event, Exchange, Fact, Flow, LivechatFact, Notice, OperatorFact,
    OperatorId, SurveyStep, Visit,
};
use serde_json::{Value, json};

use crate::encoding;
use crate::told_by::ToldBy;

pub(super) fn details(event: &Event) -> Value {
    match &event.fact {
        Fact::Livechat(fact) => of_livechat(fact),
        Fact::Operator { fact, .. } => of_operator(fact),
        Fact::Conversation { operator, fact, .. } => of_conversation(&event.by, operator.as_ref(), fact),
    }
}

fn of_livechat(fact: &LivechatFact) -> Value {
    match fact {
        LivechatFact::Created { language, .. } => json!({ "language": language }),
        LivechatFact::Accessed { access } => encoding::json(access),
        LivechatFact::TokenIssued { bearer } => encoding::json(bearer),
        LivechatFact::SettingsChanged { .. }
        | LivechatFact::IdentityChanged { .. }
        | LivechatFact::Shut
        | LivechatFact::Reopened => json!({}),
        LivechatFact::Opened { skill } | LivechatFact::Closed { skill } => json!({ "skill": skill }),
        LivechatFact::ClockSetBack { from, to } => {
            json!({ "from": encoding::millis::text(from), "to": encoding::millis::text(to) })
        }
        LivechatFact::Interrupted { since, until } => {
            json!({ "since": encoding::millis::text(since), "until": encoding::millis::text(until) })
        }
    }
}

fn of_operator(fact: &OperatorFact) -> Value {
    match fact {
        OperatorFact::ConnectionLost { until } => json!({ "until": encoding::millis::text(until) }),
        OperatorFact::Registered { .. }
        | OperatorFact::StatusChanged { .. }
        | OperatorFact::Connected
        | OperatorFact::Reconnected
        | OperatorFact::ShiftStarted
        | OperatorFact::ShiftEnded
        | OperatorFact::Suspended
        | OperatorFact::Reinstated
        | OperatorFact::Removed => json!({}),
        OperatorFact::Disconnected { reason } => json!({ "reason": reason }),
    }
}

fn of_conversation(by: &Actor, operator: Option<&OperatorId>, fact: &ConversationFact) -> Value {
    let time = |at: &Option<DateTime<Utc>>| at.as_ref().map(encoding::millis::text);
    match fact {
        ConversationFact::Flow(Flow::Requested(request) | Flow::RequestedAgain(request)) => json!({
            "visitor": request.visitor.id,
            "told_by": ToldBy::author(by),
            "language": request.language,
            "skill": request.skill,
            "history_lines": request.history.len(),
        }),
        ConversationFact::Flow(Flow::Refused { reason }) => json!({ "reason": reason }),
        ConversationFact::Flow(Flow::Queued { position } | Flow::QueueAdvanced { position }) => {
            json!({ "position": position })
        }
        ConversationFact::Visit(Visit::VisitorPresence { presence }) => {
            json!({ "operator": operator, "presence": presence })
        }
        ConversationFact::Flow(Flow::Assigned | Flow::PickedUp)
        | ConversationFact::Exchange(
            Exchange::InternalMessagePosted { .. }
            | Exchange::OperatorTyped
            | Exchange::Typing { .. }
            | Exchange::FileRequested { .. }
            | Exchange::CopyMailed { .. },
        )
        | ConversationFact::Visit(Visit::PageChanged { .. })
        | ConversationFact::Notice(Notice::FollowedUp)
        | ConversationFact::Attention(
            Attention::HelpCalled { .. } | Attention::HelpTaken | Attention::HelpDone,
        ) => json!({ "operator": operator }),
        ConversationFact::Flow(Flow::AssignedByHand { forced }) => {
            json!({ "operator": operator, "forced": forced })
        }
        ConversationFact::Flow(Flow::Left | Flow::Closed) => json!({}),
        ConversationFact::Flow(Flow::Released { reason }) => {
            json!({ "operator": operator, "reason": reason })
        }
        ConversationFact::Exchange(Exchange::MessagePosted { number, voice, phrase, source, .. }) => json!({
            "operator": operator, "number": number, "voice": voice, "phrase": phrase, "source": source,
        }),
        ConversationFact::Flow(Flow::Transferred { from, target, forced, .. }) => {
            json!({ "operator": operator, "from": from, "target": target, "forced": forced })
        }
        ConversationFact::Flow(Flow::AutoTransferred { from, cause, .. }) => {
            json!({ "operator": operator, "from": from, "cause": cause })
        }
        ConversationFact::Flow(Flow::AutoTransferFailed { again_at })
        | ConversationFact::Notice(Notice::SearchNoticed { again_at }) => {
            json!({ "operator": operator, "again_at": time(again_at) })
        }
        ConversationFact::Flow(Flow::ReturnedToQueue { from, position }) => {
            json!({ "from": from, "position": position })
        }
        ConversationFact::Notice(Notice::OperatorSearches { searching }) => {
            json!({ "operator": operator, "searching": searching })
        }
        ConversationFact::Notice(Notice::TimeoutAnnounced { ends_at }) => {
            json!({ "operator": operator, "ends_at": encoding::millis::text(ends_at) })
        }
        ConversationFact::Attention(Attention::ImportanceMarked { important }) => {
            json!({ "operator": operator, "important": important })
        }
        ConversationFact::Exchange(Exchange::FileSent { voice, file }) => json!({
            "operator": operator, "voice": voice, "bytes": file.bytes, "media_type": file.media_type,
        }),
        ConversationFact::Survey(
            SurveyStep::Asked { audience, segment, survey, version }
            | SurveyStep::Answered { audience, segment, survey, version, .. },
        ) => {
            json!({
                "operator": operator, "audience": audience, "segment": segment, "survey": survey, "version": version,
            })
        }
        ConversationFact::Survey(
            SurveyStep::Opened { audience, segment } | SurveyStep::Cancelled { audience, segment },
        ) => {
            json!({ "operator": operator, "audience": audience, "segment": segment })
        }
        ConversationFact::Survey(SurveyStep::Closed { audience, segment, survey, version, closing }) => {
            json!({
                "operator": operator,
                "audience": audience,
                "segment": segment,
                "survey": survey,
                "version": version,
                "closing": closing,
            })
        }
        ConversationFact::Flow(Flow::Ended { reason }) => json!({ "operator": operator, "reason": reason }),
        ConversationFact::Flow(Flow::KeptOpen { until }) => json!({ "until": encoding::millis::text(until) }),
    }
}
