//! The desk's frame for an event, if there is one.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::event::EndReason;
use domain::settings::SectionName;
use domain::text::Language;
use domain::{
    Actor, ConversationFact, ConversationId, Exchange, Fact, Flow, Livechat, LivechatFact, Notice,
    OperatorFact, OperatorId, SurveyStep, Visit,
};
use journal::{Position, Record};
use uuid::Uuid;

use super::conversation_view::ConversationView;
use super::frames::{ClosedReason, DeskFrame};
use super::operator::DeskOperator;
use super::options::DeskOptions;
use crate::app::App;
use crate::live::frame::Frame;
use crate::visible_to_operator;

/// The conversations that an operator still has when the desk resumes.
pub(super) struct Kept {
    /// Up to where the log is sent again.
    pub(super) head: Position,
    /// The conversations that the operator is in charge of.
    pub(super) conversations: BTreeSet<ConversationId>,
    /// The language of the reader.
    pub(super) language: Language,
}

impl Kept {
    /// Is it about a conversation that the operator no longer has, and more than the closing of its tab?
    fn leaves_out(&self, record: &Record) -> bool {
        let Fact::Conversation { conversation, fact, .. } = &record.event.fact else { return false };
        record.position <= self.head && !self.conversations.contains(conversation) && !closes(fact)
    }
}

/// Does it only close a tab, or ask for a survey?
const fn closes(fact: &ConversationFact) -> bool {
    let survey = matches!(
        fact,
        ConversationFact::Survey(
            SurveyStep::Asked { .. } | SurveyStep::Answered { .. } | SurveyStep::Closed { .. }
        )
    );
    survey || fact.is_end() || fact.taken_from().is_some()
}

/// A record of the log as the frame that the desk is sent, if there is one.
pub(super) async fn frame(
    app: App,
    me: OperatorId,
    kept: Arc<Kept>,
    record: Result<Arc<Record>, journal::Error>,
) -> Option<Result<Frame, journal::Error>> {
    match record {
        Ok(record) if kept.leaves_out(&record) => None,
        Ok(record) => frame_of(&app, &me, &kept, &record).await.transpose(),
        Err(error) => Some(Err(error)),
    }
}

async fn frame_of(
    app: &App,
    me: &OperatorId,
    kept: &Kept,
    record: &Record,
) -> Result<Option<Frame>, journal::Error> {
    let (livechat, language) = (&record.livechat, kept.language);
    let what = match &record.event.fact {
        Fact::Livechat(LivechatFact::SettingsChanged { section, .. }) => {
            app.journal.peek(livechat, |state| settings(state, me, language, section.name())).await?
        }
        Fact::Operator { fact: OperatorFact::Registered { .. }, .. } => {
            let operator = app.journal.peek(livechat, |state| DeskOperator::of(state, me, language)).await?;
            Some(DeskFrame::Profile { operator })
        }
        Fact::Operator { fact: OperatorFact::StatusChanged { status }, .. } => {
            Some(DeskFrame::Status { status: *status })
        }
        Fact::Livechat(_) | Fact::Operator { .. } => None,
        Fact::Conversation { conversation, operator, fact } => {
            let here = operator.as_ref() == Some(me);
            let is_kept = record.position > kept.head || kept.conversations.contains(conversation);
            if here && is_kept && arrives(fact) {
                let (conversation, position) = (*conversation, record.position);
                let view = ConversationView::at(app, livechat, conversation, position, language).await?;
                view.map(|view| DeskFrame::Opened { tab: Box::new(view) })
            } else if let ConversationFact::Visit(Visit::PageChanged { page }) = fact {
                let card = app.journal.peek(livechat, |state| state.settings().visitor_card.clone()).await?;
                let page = visible_to_operator::Page::of(page, &card);
                page.map(|page| DeskFrame::PageChanged { conversation: conversation.0, page })
            } else {
                return Ok(about(*conversation, here, fact, record));
            }
        }
    };
    Ok(what.map(|what| Frame::of_event(record, &what)))
}

/// What a desk shows of a section that has changed, as it is now.
fn settings(
    state: &Livechat,
    me: &OperatorId,
    language: Language,
    section: SectionName,
) -> Option<DeskFrame> {
    match section {
        SectionName::Desk
        | SectionName::Statuses
        | SectionName::OperatorSurvey
        | SectionName::VisitorSurvey
        | SectionName::Surveys
        | SectionName::Skills => {
            Some(DeskFrame::Options { options: Box::new(DeskOptions::of(state.settings(), language)) })
        }
        SectionName::Capacity => Some(DeskFrame::Profile { operator: DeskOperator::of(state, me, language) }),
        SectionName::Timeouts
        | SectionName::Behaviour
        | SectionName::OpeningHours
        | SectionName::Phrases
        | SectionName::VisitorCard
        | SectionName::Knowledge
        | SectionName::CannedReplies
        | SectionName::Figures
        | SectionName::Origins => None,
    }
}

/// Does a conversation come to the desk of the operator in charge by this?
const fn arrives(fact: &ConversationFact) -> bool {
    fact.is_assignment()
        || matches!(fact, ConversationFact::Flow(Flow::Transferred { .. } | Flow::AutoTransferred { .. }))
}

/// The frame of an event of a conversation that was on the desk before, or is no longer `here`.
fn about(
    conversation: ConversationId,
    here: bool,
    fact: &ConversationFact,
    record: &Record,
) -> Option<Frame> {
    let id = conversation.0;
    let what = match fact {
        ConversationFact::Flow(Flow::PickedUp) => DeskFrame::PickedUp { conversation: id },
        ConversationFact::Flow(fact) => {
            DeskFrame::Closed { conversation: id, reason: closed(fact, here, &record.event.by)? }
        }
        ConversationFact::Exchange(fact) => exchanged(id, fact, record)?,
        ConversationFact::Notice(Notice::TimeoutAnnounced { ends_at }) => {
            DeskFrame::TimeoutAnnounced { conversation: id, ends_at: *ends_at }
        }
        ConversationFact::Visit(Visit::VisitorPresence { presence }) => {
            DeskFrame::VisitorPresence { conversation: id, presence: *presence }
        }
        ConversationFact::Notice(_) | ConversationFact::Visit(_) => return None,
        ConversationFact::Attention(fact) => {
            return Some(Frame::of_event(record, &fact.for_desk(conversation)));
        }
        ConversationFact::Survey(step) => survey(id, step)?,
    };
    Some(Frame::of_event(record, &what))
}

fn exchanged(conversation: Uuid, fact: &Exchange, record: &Record) -> Option<DeskFrame> {
    Some(match fact {
        Exchange::MessagePosted { number, voice, text, .. } => DeskFrame::Message {
            conversation,
            number: *number,
            from: (*voice).into(),
            text: text.reveal().clone(),
            command: record.command.0,
        },
        Exchange::InternalMessagePosted { text } => DeskFrame::InternalMessage {
            conversation,
            role: record.event.by.role().to_owned(),
            author: record.event.by.subject().to_owned(),
            text: text.reveal().clone(),
            command: record.command.0,
        },
        Exchange::FileRequested { .. } => DeskFrame::FileRequested { conversation },
        Exchange::FileSent { voice, file } => {
            DeskFrame::File { conversation, from: (*voice).into(), file: file.clone() }
        }
        Exchange::OperatorTyped | Exchange::Typing { .. } | Exchange::CopyMailed { .. } => return None,
    })
}

fn survey(conversation: Uuid, step: &SurveyStep) -> Option<DeskFrame> {
    match step {
        SurveyStep::Asked { audience, segment, survey, version } => Some(DeskFrame::SurveyAsked {
            conversation,
            segment: *segment,
            audience: *audience,
            survey: survey.clone(),
            version: *version,
        }),
        SurveyStep::Answered { audience, segment, .. } | SurveyStep::Closed { audience, segment, .. } => {
            Some(DeskFrame::SurveyClosed { conversation, segment: *segment, audience: *audience })
        }
        SurveyStep::Opened { .. } | SurveyStep::Cancelled { .. } => None,
    }
}

/// Why a conversation leaves the desk by this, if it does: it is no longer `here`, or over.
fn closed(fact: &Flow, here: bool, by: &Actor) -> Option<ClosedReason> {
    match fact {
        Flow::Transferred { .. } | Flow::AutoTransferred { .. } => {
            (!here).then_some(ClosedReason::Transferred)
        }
        Flow::ReturnedToQueue { .. } => Some(ClosedReason::ReturnedToQueue),
        Flow::Released { .. } => Some(ClosedReason::Released),
        Flow::Left if *by == Actor::System => Some(ClosedReason::LeftSite),
        Flow::Left => Some(ClosedReason::GaveUp),
        Flow::Ended { reason } => Some(match reason {
            EndReason::Visitor => ClosedReason::Visitor,
            EndReason::Operator => ClosedReason::Operator,
            EndReason::Supervisor => ClosedReason::Supervisor,
            EndReason::Timeout => ClosedReason::Timeout,
        }),
        Flow::Requested(_)
        | Flow::RequestedAgain(_)
        | Flow::Refused { .. }
        | Flow::Queued { .. }
        | Flow::QueueAdvanced { .. }
        | Flow::Assigned
        | Flow::AssignedByHand { .. }
        | Flow::PickedUp
        | Flow::AutoTransferFailed { .. }
        | Flow::KeptOpen { .. }
        | Flow::Closed => None,
    }
}
