//! The desk's view of one conversation (a *tab* on the wire): everything about it that its operator needs, built from
//! the log up to a position, so that a desk that resumes is sent the same.

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use domain::event::{File, Marks, MarksOnDesk, Presence, Voice};
use domain::id::SurveyId;
use domain::settings::VisitorCard;
use domain::settings::surveys::Audience;
use domain::text::{Language, Text};
use domain::{
    ConversationFact, ConversationId, Exchange, Fact, Flow, Livechat, LivechatId, Notice, OperatorId,
    SkillId, SurveyStep, Visit,
};
use journal::{Position, Record};
use projections::{RequestedBy, SkillNames};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::live::newest::Newest;
use crate::live::signals::Sender;
use crate::visible_to_operator;

/// A conversation on a desk.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Tab)]
#[expect(clippy::struct_excessive_bools, reason = "each is a light of its own on the desk")]
pub struct ConversationView {
    /// Which one.
    conversation: Uuid,
    /// What operators are shown of the request: language, skill, the visitor card as the settings list it,
    /// history with the bot.
    #[serde(flatten)]
    request: Box<visible_to_operator::Request>,
    /// What the skill that was asked for is called, in the language of the reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    skill_name: Option<String>,
    /// When it was requested.
    requested_at: DateTime<Utc>,
    /// Flashing until then.
    picked_up: bool,
    /// The operator who transferred it here, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    from: Option<OperatorId>,
    /// That operator's note for this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// The marks of the staff.
    #[serde(flatten, serialize_with = "on_desk")]
    #[schema(value_type = MarksOnDesk)]
    marks: Marks,
    /// The visitor was asked for a file and has not sent it.
    file_requested: bool,
    /// The visitor is shown that the operator is looking for information.
    searching: bool,
    /// When the conversation ends if the visitor stays silent, once that was announced.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<DateTime<Utc>>,
    /// Since when the visitor waits for an answer, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    unanswered_since: Option<DateTime<Utc>>,
    /// The surveys that wait for answers.
    surveys: Vec<TabSurvey>,
    /// What was said so far, in order: the newest messages, at most 200, or fewer where they are long. The transcript has
    /// all, page by page.
    #[schema(value_type = Vec<TabMessage>)]
    messages: Newest<TabMessage>,
    /// How many messages before these are left out here.
    earlier_messages: u32,
    /// The internal messages so far, which the visitor never sees: the newest, as for `messages`.
    #[schema(value_type = Vec<TabInternalMessage>)]
    internal_messages: Newest<TabInternalMessage>,
    /// How many internal messages before these are left out here.
    earlier_internal_messages: u32,
    /// The files sent so far: the newest, as for `messages`.
    #[schema(value_type = Vec<TabFile>)]
    files: Newest<TabFile>,
    /// How many files before these are left out here.
    earlier_files: u32,
    /// Whether the visitor is typing: within the last ten seconds, and has said nothing since.
    typing: bool,
    /// Where the visitor is.
    presence: Presence,
    /// The page that the visitor is on, as far as it is known and the visitor card lists it.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<visible_to_operator::Page>,
}

/// A survey that waits for answers.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TabSurvey {
    /// The number of the segment of the conversation that it is about, from 1.
    segment: u32,
    /// The audience of the survey.
    audience: Audience,
    /// Which survey.
    #[schema(value_type = String)]
    survey: SurveyId,
    /// In which version.
    version: u32,
    /// Whether it is on the respondent's screen.
    opened: bool,
}

/// A file on a view.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TabFile {
    position: Position,
    at: DateTime<Utc>,
    from: Sender,
    file: File,
}

/// A message on a view.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TabMessage {
    position: Position,
    at: DateTime<Utc>,
    number: u32,
    from: Sender,
    #[schema(value_type = String)]
    text: Text,
}

/// An internal message on a view.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TabInternalMessage {
    position: Position,
    at: DateTime<Utc>,
    /// The role of the author: `operator` or `supervisor`.
    role: String,
    /// The author, within the role.
    author: String,
    #[schema(value_type = String)]
    text: Text,
}

fn on_desk<S: Serializer>(marks: &Marks, serializer: S) -> Result<S::Ok, S::Error> {
    marks.on_desk().serialize(serializer)
}

fn requested_by(request: &Record) -> RequestedBy {
    RequestedBy::author(&request.event.by)
}

impl TabSurvey {
    fn is_of(&self, audience: Audience, segment: u32) -> bool {
        self.audience == audience && self.segment == segment
    }
}

impl ConversationView {
    /// The view of a conversation as it was at a position, with the visitor card as the settings list it now.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn at(
        app: &App,
        livechat: &LivechatId,
        conversation: ConversationId,
        position: Position,
        language: Language,
    ) -> Result<Option<Self>, journal::Error> {
        let look = |state: &Livechat| {
            let settings = state.settings();
            (settings.visitor_card.clone(), SkillNames::new(&settings.skills, language))
        };
        let (card, skills) = app.journal.peek(livechat, look).await?;
        let mut view: Option<Self> = None;
        let step = |record: Record| {
            if record.position > position {
                return ControlFlow::Break(());
            }
            match &mut view {
                Some(view) => view.apply(&record, &card),
                None => view = Self::opened(&record, &card),
            }
            if view.is_some() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        app.journal.each_of_conversation(livechat, conversation, 0, step).await?;
        let Some(mut view) = view else { return Ok(None) };
        view.earlier_messages = view.messages.earlier();
        view.earlier_internal_messages = view.internal_messages.earlier();
        view.earlier_files = view.files.earlier();
        let said = view.messages.latest(|message| message.from == Sender::Visitor);
        let last_said = said.map_or(0, |message| message.number);
        view.typing = app.signals.is_typing(livechat, conversation, Sender::Visitor, last_said);
        view.skill_name = skills.of(view.request.skill.as_ref().map(SkillId::as_str));
        Ok(Some(view))
    }

    fn opened(record: &Record, card: &VisitorCard) -> Option<Self> {
        let Fact::Conversation {
            conversation, fact: ConversationFact::Flow(Flow::Requested(request)), ..
        } = &record.event.fact
        else {
            return None;
        };
        Some(Self {
            conversation: conversation.0,
            request: Box::new(visible_to_operator::Request::of(request, requested_by(record), card)),
            skill_name: None,
            requested_at: record.event.at,
            picked_up: false,
            from: None,
            note: None,
            marks: Marks::default(),
            file_requested: false,
            searching: false,
            ends_at: None,
            unanswered_since: None,
            surveys: vec![],
            messages: Newest::default(),
            earlier_messages: 0,
            internal_messages: Newest::default(),
            earlier_internal_messages: 0,
            files: Newest::default(),
            earlier_files: 0,
            typing: false,
            presence: Presence::Here,
            page: visible_to_operator::Page::of_request(request, card),
        })
    }

    fn apply(&mut self, record: &Record, card: &VisitorCard) {
        let Fact::Conversation { fact, .. } = &record.event.fact else { return };
        if fact.taken_from().is_some() || fact.is_end() {
            self.marks.moved();
        }
        match fact {
            ConversationFact::Flow(fact) => self.goes_on(fact, record, card),
            ConversationFact::Exchange(fact) => self.exchanges(fact, record),
            ConversationFact::Notice(Notice::OperatorSearches { searching }) => self.searching = *searching,
            ConversationFact::Notice(Notice::TimeoutAnnounced { ends_at }) => self.ends_at = Some(*ends_at),
            ConversationFact::Notice(_) => {}
            ConversationFact::Attention(fact) => self.marks.apply(record.event.at, &record.event.by, fact),
            ConversationFact::Visit(Visit::VisitorPresence { presence }) => self.presence = *presence,
            ConversationFact::Visit(Visit::PageChanged { page }) => {
                self.page = visible_to_operator::Page::of(page, card);
            }
            ConversationFact::Survey(step) => self.surveys_go_on(step),
        }
    }

    fn goes_on(&mut self, fact: &Flow, record: &Record, card: &VisitorCard) {
        match fact {
            Flow::RequestedAgain(request) => {
                *self.request = visible_to_operator::Request::of(request, requested_by(record), card);
                self.presence = Presence::Here;
                self.page = visible_to_operator::Page::of_request(request, card);
                self.requested_at = record.event.at;
                self.picked_up = false;
                self.from = None;
                self.note = None;
            }
            Flow::PickedUp => self.picked_up = true,
            Flow::Transferred { from, note, .. } => {
                self.picked_up = false;
                self.from = Some(from.clone());
                self.note = note.as_ref().map(|note| note.reveal().to_string());
            }
            Flow::AutoTransferred { from, .. } => {
                self.picked_up = false;
                self.from = Some(from.clone());
                self.note = None;
            }
            Flow::ReturnedToQueue { .. } => self.picked_up = false,
            Flow::Requested(_)
            | Flow::Refused { .. }
            | Flow::Queued { .. }
            | Flow::QueueAdvanced { .. }
            | Flow::Assigned
            | Flow::AssignedByHand { .. }
            | Flow::Left
            | Flow::Released { .. }
            | Flow::AutoTransferFailed { .. }
            | Flow::Ended { .. }
            | Flow::KeptOpen { .. }
            | Flow::Closed => {}
        }
    }

    fn exchanges(&mut self, fact: &Exchange, record: &Record) {
        let (position, at) = (record.position, record.event.at);
        match fact {
            Exchange::MessagePosted { number, voice, text, .. } => {
                self.heard((*voice).into(), at);
                let text = text.reveal().clone();
                let bytes = text.as_str().len();
                let message = TabMessage { position, at, number: *number, from: (*voice).into(), text };
                self.messages.push(message, bytes);
            }
            Exchange::InternalMessagePosted { text } => {
                let text = text.reveal().clone();
                let bytes = text.as_str().len();
                let role = record.event.by.role().to_owned();
                let author = record.event.by.subject().to_owned();
                let message = TabInternalMessage { position, at, role, author, text };
                self.internal_messages.push(message, bytes);
            }
            Exchange::FileRequested { .. } => {
                self.file_requested = true;
                self.heard(Sender::Operator, at);
            }
            Exchange::FileSent { voice, file } => {
                self.file_requested &= (*voice) != Voice::Visitor;
                self.heard((*voice).into(), at);
                self.files.push(TabFile { position, at, from: (*voice).into(), file: file.clone() }, 0);
            }
            Exchange::OperatorTyped | Exchange::Typing { .. } | Exchange::CopyMailed { .. } => {}
        }
    }

    fn surveys_go_on(&mut self, step: &SurveyStep) {
        match step {
            SurveyStep::Asked { audience, segment, survey, version } => {
                self.surveys.retain(|other| !other.is_of(*audience, *segment));
                let (audience, segment, survey, version) = (*audience, *segment, survey.clone(), *version);
                self.surveys.push(TabSurvey { segment, audience, survey, version, opened: false });
            }
            SurveyStep::Opened { audience, segment } => self.survey_is_open(*audience, *segment, true),
            SurveyStep::Cancelled { audience, segment } => self.survey_is_open(*audience, *segment, false),
            SurveyStep::Answered { audience, segment, .. } | SurveyStep::Closed { audience, segment, .. } => {
                self.surveys.retain(|survey| !survey.is_of(*audience, *segment));
            }
        }
    }

    /// A message was sent: which side owes the answer, and whether the end is still near.
    const fn heard(&mut self, from: Sender, at: DateTime<Utc>) {
        match from {
            Sender::Visitor => {
                self.ends_at = None;
                if self.unanswered_since.is_none() {
                    self.unanswered_since = Some(at);
                }
            }
            Sender::Operator => self.unanswered_since = None,
            Sender::System => {}
        }
    }

    /// At most one survey of each segment and audience waits at a time.
    fn survey_is_open(&mut self, of: Audience, segment: u32, is_open: bool) {
        for survey in self.surveys.iter_mut().filter(|survey| survey.is_of(of, segment)) {
            survey.opened = is_open;
        }
    }
}
