//! The details of an audit entry beside its changes. No personal text: no messages, names, cards or notes.

use chrono::{DateTime, Utc};
use domain::{
    Actor, Attention, ConversationFact, Event, Exchange, Fact, Flow, LivechatFact, Notice, OperatorFact,
    OperatorId, SurveyStep, Visit,
};
use serde_json::{Value, json};

use crate::encoding;
use crate::requested_by::RequestedBy;

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
        LivechatFact::ApiKeyChanged { key, change } => json!({ "key": key, "change": change }),
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
    match fact {
        ConversationFact::Flow(fact) => of_flow(by, operator, fact),
        ConversationFact::Exchange(fact) => of_exchange(operator, fact),
        ConversationFact::Notice(fact) => of_notice(operator, fact),
        ConversationFact::Visit(Visit::VisitorPresence { presence }) => {
            json!({ "operator": operator, "presence": presence })
        }
        ConversationFact::Attention(Attention::ImportanceMarked { important }) => {
            json!({ "operator": operator, "important": important })
        }
        ConversationFact::Visit(Visit::PageChanged { .. }) | ConversationFact::Attention(_) => {
            json!({ "operator": operator })
        }
        ConversationFact::Survey(fact) => of_survey(operator, fact),
    }
}

fn of_flow(by: &Actor, operator: Option<&OperatorId>, fact: &Flow) -> Value {
    match fact {
        Flow::Requested(request) | Flow::RequestedAgain(request) => json!({
            "visitor": request.visitor.id,
            "requested_by": RequestedBy::author(by),
            "language": request.language,
            "skill": request.skill,
            "history_lines": request.history.len(),
        }),
        Flow::Refused { reason } => json!({ "reason": reason }),
        Flow::Queued { position } | Flow::QueueAdvanced { position } => json!({ "position": position }),
        Flow::Assigned | Flow::PickedUp => json!({ "operator": operator }),
        Flow::AssignedByHand { forced } => json!({ "operator": operator, "forced": forced }),
        Flow::Left | Flow::Closed => json!({}),
        Flow::Released { reason } => json!({ "operator": operator, "reason": reason }),
        Flow::Transferred { from, target, forced, .. } => {
            json!({ "operator": operator, "from": from, "target": target, "forced": forced })
        }
        Flow::AutoTransferred { from, cause, .. } => {
            json!({ "operator": operator, "from": from, "cause": cause })
        }
        Flow::AutoTransferFailed { again_at } => {
            json!({ "operator": operator, "again_at": time(again_at.as_ref()) })
        }
        Flow::ReturnedToQueue { from, position } => json!({ "from": from, "position": position }),
        Flow::Ended { reason } => json!({ "operator": operator, "reason": reason }),
        Flow::KeptOpen { until } => json!({ "until": encoding::millis::text(until) }),
    }
}

fn of_exchange(operator: Option<&OperatorId>, fact: &Exchange) -> Value {
    match fact {
        Exchange::MessagePosted { number, voice, phrase, source, .. } => json!({
            "operator": operator, "number": number, "voice": voice, "phrase": phrase, "source": source,
        }),
        Exchange::FileSent { voice, file } => json!({
            "operator": operator, "voice": voice, "bytes": file.bytes, "media_type": file.media_type,
        }),
        Exchange::InternalMessagePosted { .. }
        | Exchange::OperatorTyped
        | Exchange::Typing { .. }
        | Exchange::FileRequested { .. }
        | Exchange::CopyMailed { .. } => json!({ "operator": operator }),
    }
}

/// All that a notice says, since it holds nothing personal.
fn of_notice(operator: Option<&OperatorId>, fact: &Notice) -> Value {
    let mut details = json!({ "operator": operator });
    if let (Some(details), Value::Object(tagged)) = (details.as_object_mut(), encoding::json(fact)) {
        for (_, content) in tagged {
            if let Value::Object(content) = content {
                details.extend(content);
            }
        }
    }
    details
}

fn of_survey(operator: Option<&OperatorId>, fact: &SurveyStep) -> Value {
    match fact {
        SurveyStep::Asked { audience, segment, survey, version }
        | SurveyStep::Answered { audience, segment, survey, version, .. } => json!({
            "operator": operator, "audience": audience, "segment": segment, "survey": survey, "version": version,
        }),
        SurveyStep::Opened { audience, segment } | SurveyStep::Cancelled { audience, segment } => {
            json!({ "operator": operator, "audience": audience, "segment": segment })
        }
        SurveyStep::Closed { audience, segment, survey, version, closing } => json!({
            "operator": operator,
            "audience": audience,
            "segment": segment,
            "survey": survey,
            "version": version,
            "closing": closing,
        }),
    }
}

fn time(at: Option<&DateTime<Utc>>) -> Option<String> {
    at.map(encoding::millis::text)
}
