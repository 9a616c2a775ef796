//! What the visitor's page shows when it opens: all of it in one frame, from which the socket goes on (spec.md §The
//! desk, the supervisor, the visitor).

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use domain::event::{EndReason, File, MarksOnPage, RefusalReason, ReleaseReason};
use domain::settings::surveys::{Audience, Survey};
use domain::text::Text;
use domain::{
    ConversationFact, ConversationId, Exchange, Fact, Flow, Livechat, LivechatId, Notice, OperatorId,
};
use journal::{Position, Record};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::hidden_transfers::HiddenTransfers;
use crate::app::App;
use crate::live::newest::Newest;
use crate::live::signals::Sender;

/// The visitor's page.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename = "snapshot")]
pub struct VisitorSnapshot {
    /// Up to where the log is included: frames go on from here.
    position: Position,
    /// The state of the conversation.
    state: VisitorState,
    /// The place in the queue, from 1, while waiting.
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_position: Option<usize>,
    /// The estimated wait in minutes, while waiting, if it can be estimated.
    #[serde(skip_serializing_if = "Option::is_none")]
    wait_minutes: Option<u32>,
    /// The name of the operator who has picked up.
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<String>,
    /// Whether the operator is looking for information.
    searching: bool,
    /// The marks of the staff that the visitor is shown.
    #[serde(flatten)]
    marks: MarksOnPage,
    /// When the conversation ends if the visitor stays silent, once that was announced.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<DateTime<Utc>>,
    /// The operator waits for a file, with the operator's note.
    #[serde(skip_serializing_if = "Option::is_none")]
    file_requested: Option<RequestedFile>,
    /// What was said so far, in order: the newest messages, at most 200, or fewer where they are long. The transcript has
    /// all, page by page.
    #[schema(value_type = Vec<VisitorMessage>)]
    messages: Newest<VisitorMessage>,
    /// How many messages before these are left out here.
    earlier_messages: u32,
    /// The files sent so far: the newest, as for `messages`.
    #[schema(value_type = Vec<VisitorFile>)]
    files: Newest<VisitorFile>,
    /// How many files before these are left out here.
    earlier_files: u32,
    /// Whether the operator is typing: within the last ten seconds, and has said nothing since.
    typing: bool,
    /// The surveys that wait for the visitor's answers, the newest last.
    surveys: Vec<WaitingSurvey>,
}

/// A survey that waits for the visitor's answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WaitingSurvey {
    /// The number of the segment of the conversation that it is about, from 1.
    pub(super) segment: u32,
    /// Which one.
    pub(super) survey: Box<Survey>,
}

/// The state of a conversation for its visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum VisitorState {
    /// In the queue.
    Waiting,
    /// An operator was found, but has not answered yet.
    Assigned,
    /// The operator is there.
    PickedUp,
    /// Nobody will answer.
    Refused {
        /// Why.
        reason: RefusalReason,
    },
    /// Nobody answered, and nobody will.
    Released {
        /// Why.
        reason: ReleaseReason,
    },
    /// The visitor left before anybody answered.
    Left,
    /// Over.
    Ended {
        /// Why.
        reason: EndReason,
    },
    /// Over, and kept open: the visitor may ask again.
    KeptOpen {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// Over, after it was kept open.
    Closed,
}

impl VisitorState {
    /// The state that this leads to, if it changes anything for the visitor.
    const fn after(fact: &Flow) -> Option<Self> {
        Some(match fact {
            Flow::Requested(_)
            | Flow::RequestedAgain(_)
            | Flow::Queued { .. }
            | Flow::ReturnedToQueue { .. } => Self::Waiting,
            Flow::Assigned | Flow::AssignedByHand { .. } => Self::Assigned,
            Flow::PickedUp => Self::PickedUp,
            Flow::Refused { reason } => Self::Refused { reason: *reason },
            Flow::Released { reason } => Self::Released { reason: *reason },
            Flow::Left => Self::Left,
            Flow::Ended { reason } => Self::Ended { reason: *reason },
            Flow::KeptOpen { until } => Self::KeptOpen { until: *until },
            Flow::Closed => Self::Closed,
            Flow::Transferred { .. }
            | Flow::AutoTransferred { .. }
            | Flow::AutoTransferFailed { .. }
            | Flow::QueueAdvanced { .. } => return None,
        })
    }
}

/// A file that the operator waits for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RequestedFile {
    /// Which one, in the operator's words.
    note: Option<String>,
}

/// A message on the visitor's page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VisitorMessage {
    position: Position,
    at: DateTime<Utc>,
    /// Its number in the conversation, from 1 without gaps.
    number: u32,
    from: Sender,
    #[schema(value_type = String)]
    text: Text,
    /// The id of the command that sent it.
    command: Uuid,
}

/// A file on the visitor's page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VisitorFile {
    position: Position,
    at: DateTime<Utc>,
    from: Sender,
    file: File,
}

impl VisitorSnapshot {
    /// The page as it is now; nothing for a conversation that the log does not have.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn now(
        app: &App,
        livechat: &LivechatId,
        id: ConversationId,
    ) -> Result<Option<Self>, journal::Error> {
        let journal = &app.journal;
        let (position, ()) = journal.snapshot(livechat, |_| ()).await?;
        let (mut page, mut is_there) = (Self::empty(position), false);
        let mut in_charge: Option<OperatorId> = None;
        let mut hidden = HiddenTransfers::default();
        let step = |record: Record| {
            if record.position > position {
                return ControlFlow::Break(());
            }
            is_there = true;
            if let Fact::Conversation { operator, fact, .. } = &record.event.fact {
                let is_hidden = hidden.hides(fact);
                if !hidden.is_changed() {
                    in_charge.clone_from(operator);
                }
                if !is_hidden {
                    page.apply(&record, fact);
                }
            }
            ControlFlow::Continue(())
        };
        journal.each_of_conversation(livechat, id, 0, step).await?;
        if !is_there {
            return Ok(None);
        }
        (page.earlier_messages, page.earlier_files) = (page.messages.earlier(), page.files.earlier());
        journal.peek(livechat, |state| page.complete(state, id, in_charge.as_ref())).await?;
        let said = page.messages.latest(|message| message.from == Sender::Operator);
        let last_said = said.map_or(0, |message| message.number);
        page.typing = app.signals.is_typing(livechat, id, Sender::Operator, last_said);
        Ok(Some(page))
    }

    /// The position that frames go on from.
    pub(super) const fn position(&self) -> Position {
        self.position
    }

    fn empty(position: Position) -> Self {
        Self {
            position,
            state: VisitorState::Waiting,
            queue_position: None,
            wait_minutes: None,
            operator: None,
            searching: false,
            marks: MarksOnPage::default(),
            ends_at: None,
            file_requested: None,
            messages: Newest::default(),
            earlier_messages: 0,
            files: Newest::default(),
            earlier_files: 0,
            typing: false,
            surveys: vec![],
        }
    }

    fn apply(&mut self, record: &Record, fact: &ConversationFact) {
        match fact {
            ConversationFact::Flow(fact) => self.state = VisitorState::after(fact).unwrap_or(self.state),
            ConversationFact::Exchange(fact) => self.exchanges(fact, record),
            ConversationFact::Notice(Notice::OperatorSearches { searching }) => self.searching = *searching,
            ConversationFact::Notice(Notice::TimeoutAnnounced { ends_at }) => self.ends_at = Some(*ends_at),
            ConversationFact::Notice(_)
            | ConversationFact::Attention(_)
            | ConversationFact::Visit(_)
            | ConversationFact::Survey(_) => {}
        }
    }

    fn exchanges(&mut self, fact: &Exchange, record: &Record) {
        let (position, at) = (record.position, record.event.at);
        match fact {
            Exchange::MessagePosted { number, voice, text, .. } => {
                let from: Sender = (*voice).into();
                if from == Sender::Visitor {
                    self.ends_at = None;
                }
                let (text, command) = (text.reveal().clone(), record.command.0);
                let bytes = text.as_str().len();
                let message = VisitorMessage { position, at, number: *number, from, text, command };
                self.messages.push(message, bytes);
            }
            Exchange::FileRequested { note } => {
                let note = note.as_ref().map(|note| note.reveal().to_string());
                self.file_requested = Some(RequestedFile { note });
            }
            Exchange::FileSent { voice, file } => {
                let from: Sender = (*voice).into();
                if from == Sender::Visitor {
                    (self.file_requested, self.ends_at) = (None, None);
                }
                self.files.push(VisitorFile { position, at, from, file: file.clone() }, 0);
            }
            Exchange::InternalMessagePosted { .. }
            | Exchange::OperatorTyped
            | Exchange::Typing { .. }
            | Exchange::CopyMailed { .. } => {}
        }
    }

    /// What the log of the conversation alone does not have: place, name, survey.
    fn complete(&mut self, state: &Livechat, id: ConversationId, in_charge: Option<&OperatorId>) {
        if let Some(live) = state.conversation(id).filter(|live| live.is_waiting()) {
            let place = state.queue().position_of(&live.place(id));
            self.queue_position = Some(place);
            self.wait_minutes = state.wait_minutes(place, live.skill.as_ref());
        }
        self.marks = state.conversation(id).map(|live| live.marks.on_page()).unwrap_or_default();
        if self.state == VisitorState::PickedUp {
            let known = in_charge.and_then(|id| state.operator(id));
            self.operator = known.map(|known| known.profile.name.to_string());
        }
        let pending = state.pending_surveys_of(id, Audience::Visitor);
        let surveys = pending.filter_map(|(key, pending)| {
            let survey = Box::new(state.survey(&pending.survey, pending.version)?.clone());
            Some(WaitingSurvey { segment: key.segment, survey })
        });
        self.surveys = surveys.collect();
        if state.conversation(id).is_none() {
            (self.searching, self.ends_at, self.file_requested) = (false, None, None);
        }
    }
}
