//! The frame that an event makes for the visitor, if it makes one.

use std::sync::Arc;

use domain::id::SurveyId;
use domain::settings::surveys::{Audience, Survey};
use domain::{ConversationFact, Exchange, Fact, Flow, Notice, OperatorId, SurveyStep};
use journal::Record;

use super::frames::VisitorFrame;
use super::snapshot::WaitingSurvey;
use crate::app::App;
use crate::live::frame::Frame;

/// A record of the log as the frame that the visitor is sent, if there is one.
pub(super) async fn frame(
    app: App,
    record: Result<Arc<Record>, journal::Error>,
) -> Option<Result<Frame, journal::Error>> {
    match record {
        Ok(record) => frame_of(&app, &record).await.map(Ok),
        Err(error) => Some(Err(error)),
    }
}

async fn frame_of(app: &App, record: &Record) -> Option<Frame> {
    let Fact::Conversation { conversation, operator, fact } = &record.event.fact else { return None };
    let what = match fact {
        ConversationFact::Flow(fact) => flow(app, record, operator.as_ref(), fact).await?,
        ConversationFact::Exchange(fact) => exchanged(record, fact)?,
        ConversationFact::Notice(Notice::TimeoutAnnounced { ends_at }) => {
            VisitorFrame::TimeoutAnnounced { ends_at: *ends_at }
        }
        ConversationFact::Notice(Notice::OperatorSearches { searching }) => {
            VisitorFrame::Searching { searching: *searching }
        }
        ConversationFact::Notice(_) | ConversationFact::Visit(_) => return None,
        ConversationFact::Attention(fact) => {
            return Some(Frame::of_event(record, &fact.for_visitor(*conversation)?));
        }
        ConversationFact::Survey(step) => survey(app, record, step).await?,
    };
    Some(Frame::of_event(record, &what))
}

async fn flow(
    app: &App,
    record: &Record,
    operator: Option<&OperatorId>,
    fact: &Flow,
) -> Option<VisitorFrame> {
    Some(match fact {
        Flow::Refused { reason } => VisitorFrame::RequestRefused { reason: *reason },
        Flow::Released { reason } => VisitorFrame::Released { reason: *reason },
        Flow::Queued { position } => VisitorFrame::Queued {
            queue_position: *position,
            wait_minutes: wait(app, record, *position).await,
        },
        Flow::QueueAdvanced { position } | Flow::ReturnedToQueue { position, .. } => {
            VisitorFrame::QueueAdvanced {
                queue_position: *position,
                wait_minutes: wait(app, record, *position).await,
            }
        }
        Flow::Assigned | Flow::AssignedByHand { .. } => VisitorFrame::Assigned,
        Flow::Left => VisitorFrame::Left,
        Flow::PickedUp => VisitorFrame::PickedUp { operator: name(app, record, operator).await },
        Flow::Transferred { .. } | Flow::AutoTransferred { .. } => {
            VisitorFrame::Transferred { operator: name(app, record, operator).await }
        }
        Flow::Ended { reason } => {
            VisitorFrame::Ended { reason: *reason, kept_open: keeps_open(app, record).await }
        }
        Flow::KeptOpen { until } => VisitorFrame::KeptOpen { until: *until },
        Flow::Closed => VisitorFrame::Closed,
        Flow::Requested(_) | Flow::RequestedAgain(_) | Flow::AutoTransferFailed { .. } => return None,
    })
}

fn exchanged(record: &Record, fact: &Exchange) -> Option<VisitorFrame> {
    Some(match fact {
        Exchange::MessagePosted { number, voice, text, .. } => VisitorFrame::Message {
            number: *number,
            from: (*voice).into(),
            text: text.reveal().clone(),
            command: record.command.0,
        },
        Exchange::FileRequested { note } => {
            VisitorFrame::FileRequested { note: note.as_ref().map(|note| note.reveal().to_string()) }
        }
        Exchange::FileSent { voice, file } => {
            VisitorFrame::File { from: (*voice).into(), file: file.clone() }
        }
        Exchange::InternalMessagePosted { .. }
        | Exchange::OperatorTyped
        | Exchange::Typing { .. }
        | Exchange::CopyMailed { .. } => return None,
    })
}

async fn survey(app: &App, record: &Record, step: &SurveyStep) -> Option<VisitorFrame> {
    match step {
        SurveyStep::Asked { audience: Audience::Visitor, segment, survey, version } => {
            let survey = Box::new(definition(app, record, survey, *version).await?);
            Some(VisitorFrame::Survey(WaitingSurvey { segment: *segment, survey }))
        }
        SurveyStep::Answered { audience: Audience::Visitor, segment, .. }
        | SurveyStep::Closed { audience: Audience::Visitor, segment, .. } => {
            Some(VisitorFrame::SurveyClosed { segment: *segment })
        }
        SurveyStep::Asked { audience: Audience::Operator, .. }
        | SurveyStep::Answered { audience: Audience::Operator, .. }
        | SurveyStep::Closed { audience: Audience::Operator, .. }
        | SurveyStep::Opened { .. }
        | SurveyStep::Cancelled { .. } => None,
    }
}

/// The name of an operator that visitors see.
async fn name(app: &App, record: &Record, operator: Option<&OperatorId>) -> Option<String> {
    let operator = operator?;
    let name = app.journal.peek(&record.livechat, |state| {
        state.operator(operator).map(|operator| operator.profile.name.to_string())
    });
    name.await.ok().flatten()
}

/// How long a visitor at this position waits, as far as can be estimated.
async fn wait(app: &App, record: &Record, position: usize) -> Option<u32> {
    let id = record.event.fact.conversation_id()?;
    let wait = app.journal.peek(&record.livechat, |state| {
        let skill = state.conversation(id).and_then(|live| live.skill.clone());
        state.wait_minutes(position, skill.as_ref())
    });
    wait.await.ok().flatten()
}

/// Does the conversation stay open after an end, by the present settings?
async fn keeps_open(app: &App, record: &Record) -> bool {
    let keeps = app.journal.peek(&record.livechat, |state| state.settings().behaviour.keep_open);
    keeps.await.unwrap_or_default()
}

/// The survey that waits; `None` when it does not any more.
async fn definition(app: &App, record: &Record, survey: &SurveyId, version: u32) -> Option<Survey> {
    app.journal.peek(&record.livechat, |state| state.survey(survey, version).cloned()).await.ok().flatten()
}
