//! A tab of the desk: everything about a conversation that its operator needs, built from the log up
//! to a position, so that a desk that resumes is told the same.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::conversation::Presence;
use domain::conversation::file::File;
use domain::event::Voice;
use domain::id::SurveyId;
use domain::settings::VisitorCard;
use domain::settings::surveys::Audience;
use domain::text::{Language, Text};
use domain::{ConversationFact, ConversationId, Fact, Livechat, LivechatId, OperatorId, SkillId};
use journal::{Position, Recorded};
use projections::{SkillNames, ToldBy};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::frame::From;
use crate::server::App;
use crate::shown;

/// A conversation on a desk.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a light of its own on the tab")]
pub struct Tab {
    /// Which one.
    conversation: Uuid,
    /// What operators are shown of the request: language, skill, the visitor card as the settings list it,
    /// history with the bot.
    #[serde(flatten)]
    request: Box<shown::Request>,
    /// What the skill that was asked for is called, in the language of the reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    skill_name: Option<String>,
    /// When it was requested.
    requested_at: DateTime<Utc>,
    /// Flashing until then.
    picked_up: bool,
    /// Who transferred it here, if somebody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    from: Option<OperatorId>,
    /// What that operator wrote for this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// Marked as important.
    important: bool,
    /// The manager was called and the call is not settled.
    help_called: bool,
    /// A supervisor takes care of that call.
    help_taken: bool,
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
    /// Everything said so far.
    messages: Vec<TabMessage>,
    /// Everything said so far that the visitor never sees.
    internal_messages: Vec<TabInternalMessage>,
    /// The files sent so far.
    files: Vec<TabFile>,
    /// Whether the visitor is typing: within the last ten seconds, and has said nothing since.
    typing: bool,
    /// Where the visitor is.
    presence: Presence,
    /// The page that the visitor is on, as far as it is known and the visitor card lists it.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<shown::Page>,
}

/// A survey that waits for answers.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TabSurvey {
    /// About the how-manieth segment of the conversation, from 1.
    segment: u32,
    /// Who is asked.
    audience: Audience,
    /// Which survey.
    #[schema(value_type = String)]
    survey: SurveyId,
    /// In which version.
    version: u32,
    /// Whether it is on the screen of whoever is asked.
    opened: bool,
}

/// A file on a tab.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TabFile {
    position: Position,
    at: DateTime<Utc>,
    from: From,
    file: File,
}

/// A message on a tab.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TabMessage {
    position: Position,
    at: DateTime<Utc>,
    number: u32,
    from: From,
    #[schema(value_type = String)]
    text: Text,
}

/// An internal message on a tab.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TabInternalMessage {
    position: Position,
    at: DateTime<Utc>,
    /// The role of whoever said it: `operator` or `supervisor`.
    role: String,
    /// Who said it, within the role.
    author: String,
    #[schema(value_type = String)]
    text: Text,
}

fn told_by(request: &Recorded) -> ToldBy {
    ToldBy::author(&request.event.by)
}

impl TabSurvey {
    fn is_of(&self, audience: Audience, segment: u32) -> bool {
        self.audience == audience && self.segment == segment
    }
}

impl Tab {
    /// The tab of a conversation as it was at a position, with the visitor card as the settings list it now.
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
        let records = app.journal.read_conversation(livechat, conversation, 0).await?;
        let mut past = records.iter().take_while(|record| record.position <= position);
        let Some(mut tab) = past.next().and_then(|record| Self::opened(record, &card)) else {
            return Ok(None);
        };
        for record in past {
            tab.apply(record, &card);
        }
        let said = tab.messages.iter().rev().find(|message| message.from == From::Visitor);
        let last_said = said.map_or(0, |message| message.number);
        tab.typing = app.signals.is_typing(livechat, conversation, From::Visitor, last_said);
        tab.skill_name = skills.of(tab.request.skill.as_ref().map(SkillId::as_str));
        Ok(Some(tab))
    }

    fn opened(record: &Arc<Recorded>, card: &VisitorCard) -> Option<Self> {
        let Fact::Conversation { conversation, fact: ConversationFact::Requested(request), .. } =
            &record.event.fact
        else {
            return None;
        };
        Some(Self {
            conversation: conversation.0,
            request: Box::new(shown::Request::of(request, told_by(record), card)),
            skill_name: None,
            requested_at: record.event.at,
            picked_up: false,
            from: None,
            note: None,
            important: false,
            help_called: false,
            help_taken: false,
            file_requested: false,
            searching: false,
            ends_at: None,
            unanswered_since: None,
            surveys: vec![],
            messages: vec![],
            internal_messages: vec![],
            files: vec![],
            typing: false,
            presence: Presence::Here,
            page: shown::Page::of_request(request, card),
        })
    }

    fn apply(&mut self, record: &Recorded, card: &VisitorCard) {
        let Fact::Conversation { fact, .. } = &record.event.fact else { return };
        match fact {
            ConversationFact::PickedUp => self.picked_up = true,
            ConversationFact::MessagePosted { number, voice, text, .. } => {
                self.heard((*voice).into(), record.event.at);
                self.messages.push(TabMessage {
                    position: record.position,
                    at: record.event.at,
                    number: *number,
                    from: (*voice).into(),
                    text: text.reveal().clone(),
                });
            }
            ConversationFact::InternalMessagePosted { text } => {
                self.internal_messages.push(TabInternalMessage {
                    position: record.position,
                    at: record.event.at,
                    role: record.event.by.role().to_owned(),
                    author: record.event.by.subject().to_owned(),
                    text: text.reveal().clone(),
                });
            }
            ConversationFact::VisitorPresence { presence } => self.presence = *presence,
            ConversationFact::PageChanged { page } => self.page = shown::Page::of(page, card),
            ConversationFact::Transferred { from, note, .. } => {
                self.picked_up = false;
                self.from = Some(from.clone());
                self.note = note.as_ref().map(|note| note.reveal().to_string());
            }
            ConversationFact::RequestedAgain(request) => {
                *self.request = shown::Request::of(request, told_by(record), card);
                self.presence = Presence::Here;
                self.page = shown::Page::of_request(request, card);
                self.requested_at = record.event.at;
                self.picked_up = false;
                self.from = None;
                self.note = None;
            }
            ConversationFact::AutoTransferred { from, .. } => {
                self.picked_up = false;
                self.from = Some(from.clone());
                self.note = None;
            }
            ConversationFact::ReturnedToQueue { .. } => self.picked_up = false,
            ConversationFact::ImportanceMarked { important } => self.important = *important,
            ConversationFact::HelpCalled { .. } => (self.help_called, self.help_taken) = (true, false),
            ConversationFact::HelpTaken => (self.help_called, self.help_taken) = (true, true),
            ConversationFact::HelpDone => (self.help_called, self.help_taken) = (false, false),
            ConversationFact::FileRequested { .. } => {
                self.file_requested = true;
                self.heard(From::Operator, record.event.at);
            }
            ConversationFact::FileSent { voice, file } => {
                self.file_requested &= (*voice) != Voice::Visitor;
                self.heard((*voice).into(), record.event.at);
                self.files.push(TabFile {
                    position: record.position,
                    at: record.event.at,
                    from: (*voice).into(),
                    file: file.clone(),
                });
            }
            ConversationFact::OperatorSearches { searching } => self.searching = *searching,
            ConversationFact::TimeoutAnnounced { ends_at } => self.ends_at = Some(*ends_at),
            ConversationFact::SurveyAsked { audience, segment, survey, version } => {
                self.surveys.retain(|other| !other.is_of(*audience, *segment));
                let (audience, segment, survey, version) = (*audience, *segment, survey.clone(), *version);
                self.surveys.push(TabSurvey { segment, audience, survey, version, opened: false });
            }
            ConversationFact::SurveyOpened { audience, segment } => {
                self.survey_is_open(*audience, *segment, true);
            }
            ConversationFact::SurveyCancelled { audience, segment } => {
                self.survey_is_open(*audience, *segment, false);
            }
            ConversationFact::SurveyAnswered { audience, segment, .. }
            | ConversationFact::SurveyClosed { audience, segment, .. } => {
                self.surveys.retain(|survey| !survey.is_of(*audience, *segment));
            }
            ConversationFact::Requested(_)
            | ConversationFact::QueueAdvanced { .. }
            | ConversationFact::Released { .. }
            | ConversationFact::OperatorTyped
            | ConversationFact::Typing { .. }
            | ConversationFact::AutoTransferFailed { .. }
            | ConversationFact::FollowedUp
            | ConversationFact::SearchNoticed { .. }
            | ConversationFact::CopyMailed { .. }
            | ConversationFact::KeptOpen { .. }
            | ConversationFact::Closed
            | ConversationFact::Refused { .. }
            | ConversationFact::Queued { .. }
            | ConversationFact::Assigned
            | ConversationFact::AssignedByHand { .. }
            | ConversationFact::Left
            | ConversationFact::Ended { .. } => {}
        }
    }

    /// Somebody has said something: who owes the answer, and whether the end is still near.
    const fn heard(&mut self, from: From, at: DateTime<Utc>) {
        match from {
            From::Visitor => {
                self.ends_at = None;
                if self.unanswered_since.is_none() {
                    self.unanswered_since = Some(at);
                }
            }
            From::Operator => self.unanswered_since = None,
            From::System => {}
        }
    }

    /// At most one survey of each segment and audience waits at a time.
    fn survey_is_open(&mut self, of: Audience, segment: u32, is_open: bool) {
        for survey in self.surveys.iter_mut().filter(|survey| survey.is_of(of, segment)) {
            survey.opened = is_open;
        }
    }
}
