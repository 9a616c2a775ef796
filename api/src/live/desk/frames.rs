//! The frames of the desk: what it is told, and what it may say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::event::EndReason;
use domain::event::File;
use domain::event::Presence;
use domain::event::Target;
use domain::id::SurveyId;
use domain::personal::Personal;
use domain::settings::SectionName;
use domain::settings::Status;
use domain::settings::surveys::Audience;
use domain::text::{Language, Note, Text};
use domain::{
    Actor, Attention, ConversationFact, ConversationId, Exchange, Fact, Flow, Livechat, LivechatFact, Notice,
    OperatorFact, OperatorId, SkillId, SurveyStep, Visit,
};
use journal::{Position, Record};
use projections::SkillNames;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::live::signals::Sender;
use crate::live::socket_frames::Logged;
use crate::live::stream::Frame;
use crate::live::tab::Tab;
use crate::routes::desk::DeskOptions;
use crate::visible_to_operator;

/// What a desk is told.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DeskFrame {
    /// A conversation was assigned or transferred here.
    Opened {
        /// Everything about it.
        tab: Box<Tab>,
    },
    /// A conversation is no longer here.
    Closed {
        /// Which one.
        conversation: Uuid,
        /// Why.
        reason: ClosedReason,
    },
    /// The operator, on this desk or another, picked it up.
    PickedUp {
        /// Which one.
        conversation: Uuid,
    },
    /// Somebody said something; the operator's own messages are told as well.
    Message {
        /// Where.
        conversation: Uuid,
        /// Its number in the conversation, from 1 without gaps.
        number: u32,
        /// In whose voice.
        from: Sender,
        /// What was said.
        #[schema(value_type = String)]
        text: Text,
        /// The id of the command that sent it.
        command: Uuid,
    },
    /// A supervisor, or the operator, said something that the visitor never sees.
    InternalMessage {
        /// Where.
        conversation: Uuid,
        /// The role of whoever said it: `operator` or `supervisor`.
        role: String,
        /// Who said it, within the role.
        author: String,
        /// What was said.
        #[schema(value_type = String)]
        text: Text,
        /// The id of the command that sent it.
        command: Uuid,
    },
    /// The visitor went away from the page, came back, or left the site.
    VisitorPresence {
        /// In which conversation.
        conversation: Uuid,
        /// Where the visitor is now.
        presence: Presence,
    },
    /// The visitor went to another page.
    PageChanged {
        /// In which conversation.
        conversation: Uuid,
        /// Which page, as far as the visitor card lists it.
        page: visible_to_operator::Page,
    },
    /// The conversation ends soon if the visitor stays silent.
    TimeoutAnnounced {
        /// Which one.
        conversation: Uuid,
        /// When.
        ends_at: DateTime<Utc>,
    },
    /// Marked as important, or not any more.
    Importance {
        /// Which one.
        conversation: Uuid,
        /// Whether it is.
        important: bool,
    },
    /// How the call for help stands.
    Help {
        /// In which conversation.
        conversation: Uuid,
        /// How it stands.
        help: HelpState,
    },
    /// The visitor was asked for a file.
    FileRequested {
        /// Where.
        conversation: Uuid,
    },
    /// A file was sent.
    File {
        /// Where.
        conversation: Uuid,
        /// By whom.
        from: Sender,
        /// What is known of it.
        file: File,
    },
    /// A survey waits for answers: the operator's own, or the visitor's.
    SurveyAsked {
        /// About which conversation.
        conversation: Uuid,
        /// The number of the segment of it that it is about, from 1.
        segment: u32,
        /// Who is asked.
        audience: Audience,
        /// Which survey.
        #[schema(value_type = String)]
        survey: SurveyId,
        /// In which version.
        version: u32,
    },
    /// The survey does not wait any more.
    SurveyClosed {
        /// About which conversation.
        conversation: Uuid,
        /// The number of the segment of it that it is about, from 1.
        segment: u32,
        /// Who was asked.
        audience: Audience,
    },
    /// The operator's status changed.
    Status {
        /// The new one.
        status: Status,
    },
    /// What the desk may show has changed: its options, statuses, surveys or skills.
    Options {
        /// All of it, as it is now.
        options: Box<DeskOptions>,
    },
    /// The operator's own profile or capacity has changed.
    Profile {
        /// The operator, as now.
        operator: DeskOperator,
    },
}

/// How a call for help stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HelpState {
    /// Nobody has taken it yet.
    Called,
    /// A supervisor takes care of it.
    Taken,
    /// It is settled.
    Done,
}

/// Why a conversation left a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClosedReason {
    /// The visitor ended it.
    Visitor,
    /// The operator ended it.
    Operator,
    /// A supervisor ended it.
    Supervisor,
    /// The visitor was silent for too long.
    Timeout,
    /// Another operator has it now.
    Transferred,
    /// The operator was disconnected and the visitor waits again.
    ReturnedToQueue,
    /// Nobody picked it up in time.
    Released,
    /// The visitor gave up waiting before it was picked up.
    GaveUp,
    /// The visitor has left the site: before it was picked up, or the operator was disconnected and nobody else had
    /// room.
    LeftSite,
}

/// The first frame of a desk that does not resume.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename = "snapshot")]
pub struct Snapshot {
    /// Up to where the log is told.
    pub(super) position: Position,
    /// The operator.
    pub(super) operator: DeskOperator,
    /// What the desk may show.
    pub(super) options: Box<DeskOptions>,
    /// The conversations on the desk.
    pub(super) tabs: Vec<Tab>,
    /// Visitors in the queue.
    pub(super) waiting: usize,
}

/// The operator of a desk.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeskOperator {
    #[schema(value_type = String)]
    pub(super) id: OperatorId,
    pub(super) name: String,
    /// What the operator can be asked about.
    pub(super) skills: Vec<SkillId>,
    /// What these skills are called, by identifier, in the language of the reader.
    pub(super) skill_names: BTreeMap<String, String>,
    pub(super) status: Status,
    /// Conversations at once.
    pub(super) capacity: usize,
    /// Conversations now.
    pub(super) load: usize,
}

impl DeskOperator {
    /// As the livechat knows the operator.
    pub(super) fn of(state: &Livechat, me: &OperatorId, language: Language) -> Self {
        let known = state.operator(me);
        let names = SkillNames::new(&state.settings().skills, language);
        let skills = known.iter().flat_map(|known| known.profile.skills.iter().map(SkillId::as_str));
        Self {
            id: me.clone(),
            name: known.map(|known| known.profile.name.to_string()).unwrap_or_default(),
            skills: known.map(|known| known.profile.skills.iter().cloned().collect()).unwrap_or_default(),
            skill_names: names.all(skills),
            status: known.map(|known| known.status).unwrap_or_default(),
            capacity: known.map_or(0, |known| known.capacity(&state.settings().capacity)),
            load: known.map_or(0, domain::state::Operator::load),
        }
    }
}

/// What a desk may say. Each command has an id; repeated with the same id, it is done once.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum DeskCommand {
    /// Open a flashing tab.
    PickUp { id: Uuid, conversation: Uuid },
    /// Write to the visitor: 1 to 5,000 characters.
    Message {
        id: Uuid,
        conversation: Uuid,
        #[schema(value_type = String)]
        text: Text,
    },
    /// Write what the visitor never sees, to the supervisors: 1 to 5,000 characters.
    InternalMessage {
        id: Uuid,
        conversation: Uuid,
        #[schema(value_type = String)]
        text: Text,
    },
    /// Pass the conversation on, with a note for the receiver.
    Transfer {
        id: Uuid,
        conversation: Uuid,
        to: Target,
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        note: Option<Personal<Note>>,
        #[serde(default)]
        force: bool,
    },
    /// End the conversation.
    End { id: Uuid, conversation: Uuid },
    /// Change the own status.
    Status { id: Uuid, status: Status },
    /// The operator is typing.
    Typing { conversation: Uuid },
    /// The messages up to this number are on the screen.
    Delivered { conversation: Uuid, number: u32 },
    /// The operator has looked at the messages up to this number.
    Read { conversation: Uuid, number: u32 },
    /// Leave on purpose: no grace is given.
    SignOut { id: Uuid },
}

/// What is still an operator's when the desk resumes.
pub(super) struct Kept {
    /// Up to where the log is told again.
    pub(super) head: Position,
    /// The conversations that the operator is in charge of.
    pub(super) conversations: BTreeSet<ConversationId>,
    /// The language of whoever reads.
    pub(super) language: Language,
}

impl Kept {
    /// Is it about a conversation that is not the operator's any more, and more than that its tab is closed?
    fn leaves_out(&self, record: &Record) -> bool {
        let Fact::Conversation { conversation, fact, .. } = &record.event.fact else { return false };
        record.position <= self.head && !self.conversations.contains(conversation) && !closes(fact)
    }
}

/// Does it only tell that a tab is closed, or that a survey is to be filled in?
fn closes(fact: &ConversationFact) -> bool {
    let survey = matches!(
        fact,
        ConversationFact::Survey(
            SurveyStep::Asked { .. } | SurveyStep::Answered { .. } | SurveyStep::Closed { .. }
        )
    );
    survey || fact.is_end() || fact.taken_from().is_some()
}

/// A record of the log as the frame that tells it, if it is told at all.
pub(super) async fn frame(
    app: App,
    me: OperatorId,
    kept: Arc<Kept>,
    record: Result<Arc<Record>, journal::Error>,
) -> Option<Result<Frame, journal::Error>> {
    let record = match record {
        Ok(record) => record,
        Err(error) => return Some(Err(error)),
    };
    if kept.leaves_out(&record) {
        return None;
    }
    let language = kept.language;
    let what = match &record.event.fact {
        Fact::Livechat(LivechatFact::SettingsChanged { section }) => {
            let told =
                app.journal.peek(&record.livechat, |state| settings(state, &me, language, section.name()));
            match told.await {
                Ok(told) => told?,
                Err(error) => return Some(Err(error)),
            }
        }
        Fact::Livechat(_) => return None,
        Fact::Operator { fact: OperatorFact::Registered { .. }, .. } => {
            match app.journal.peek(&record.livechat, |state| DeskOperator::of(state, &me, language)).await {
                Ok(operator) => DeskFrame::Profile { operator },
                Err(error) => return Some(Err(error)),
            }
        }
        Fact::Operator { fact, .. } => match fact {
            OperatorFact::StatusChanged { status } => DeskFrame::Status { status: *status },
            OperatorFact::Registered { .. }
            | OperatorFact::Connected
            | OperatorFact::ConnectionLost { .. }
            | OperatorFact::Reconnected
            | OperatorFact::Disconnected { .. }
            | OperatorFact::ShiftStarted
            | OperatorFact::ShiftEnded
            | OperatorFact::Suspended
            | OperatorFact::Reinstated
            | OperatorFact::Removed => return None,
        },
        Fact::Conversation { conversation, operator, fact } => {
            let here = operator.as_ref() == Some(&me);
            let is_kept = record.position > kept.head || kept.conversations.contains(conversation);
            if here && is_kept && arrives(fact) {
                match Tab::at(&app, &record.livechat, *conversation, record.position, language).await {
                    Ok(tab) => DeskFrame::Opened { tab: Box::new(tab?) },
                    Err(error) => return Some(Err(error)),
                }
            } else if let ConversationFact::Visit(Visit::PageChanged { page }) = fact {
                let card = app.journal.peek(&record.livechat, |state| state.settings().visitor_card.clone());
                match card.await {
                    Ok(card) => DeskFrame::PageChanged {
                        conversation: conversation.0,
                        page: visible_to_operator::Page::of(page, &card)?,
                    },
                    Err(error) => return Some(Err(error)),
                }
            } else {
                about(conversation.0, here, fact, &record)?
            }
        }
    };
    let logged = Logged { position: record.position, at: record.event.at, what };
    Some(Ok(Frame::tagged(Some(&*record), &logged)))
}

/// What a desk is told of a section that has changed, as it is now.
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
    matches!(
        fact,
        ConversationFact::Flow(
            Flow::Assigned
                | Flow::AssignedByHand { .. }
                | Flow::Transferred { .. }
                | Flow::AutoTransferred { .. }
        )
    )
}

fn about(conversation: Uuid, here: bool, fact: &ConversationFact, record: &Record) -> Option<DeskFrame> {
    Some(match fact {
        ConversationFact::Flow(Flow::Transferred { .. } | Flow::AutoTransferred { .. }) if !here => {
            DeskFrame::Closed { conversation, reason: ClosedReason::Transferred }
        }
        ConversationFact::Flow(Flow::ReturnedToQueue { .. }) => {
            DeskFrame::Closed { conversation, reason: ClosedReason::ReturnedToQueue }
        }
        ConversationFact::Flow(Flow::Released { .. }) => {
            DeskFrame::Closed { conversation, reason: ClosedReason::Released }
        }
        ConversationFact::Flow(Flow::Left) if record.event.by == Actor::System => {
            DeskFrame::Closed { conversation, reason: ClosedReason::LeftSite }
        }
        ConversationFact::Flow(Flow::Left) => {
            DeskFrame::Closed { conversation, reason: ClosedReason::GaveUp }
        }
        ConversationFact::Attention(Attention::ImportanceMarked { important }) => {
            DeskFrame::Importance { conversation, important: *important }
        }
        ConversationFact::Attention(Attention::HelpCalled { .. }) => {
            DeskFrame::Help { conversation, help: HelpState::Called }
        }
        ConversationFact::Attention(Attention::HelpTaken) => {
            DeskFrame::Help { conversation, help: HelpState::Taken }
        }
        ConversationFact::Attention(Attention::HelpDone) => {
            DeskFrame::Help { conversation, help: HelpState::Done }
        }
        ConversationFact::Exchange(Exchange::FileRequested { .. }) => {
            DeskFrame::FileRequested { conversation }
        }
        ConversationFact::Exchange(Exchange::FileSent { voice, file }) => {
            DeskFrame::File { conversation, from: (*voice).into(), file: file.clone() }
        }
        ConversationFact::Survey(SurveyStep::Asked { audience, segment, survey, version }) => {
            DeskFrame::SurveyAsked {
                conversation,
                segment: *segment,
                audience: *audience,
                survey: survey.clone(),
                version: *version,
            }
        }
        ConversationFact::Survey(
            SurveyStep::Answered { audience, segment, .. } | SurveyStep::Closed { audience, segment, .. },
        ) => DeskFrame::SurveyClosed { conversation, segment: *segment, audience: *audience },
        ConversationFact::Flow(Flow::PickedUp) => DeskFrame::PickedUp { conversation },
        ConversationFact::Exchange(Exchange::MessagePosted { number, voice, text, .. }) => {
            DeskFrame::Message {
                conversation,
                number: *number,
                from: (*voice).into(),
                text: text.reveal().clone(),
                command: record.command.0,
            }
        }
        ConversationFact::Exchange(Exchange::InternalMessagePosted { text }) => DeskFrame::InternalMessage {
            conversation,
            role: record.event.by.role().to_owned(),
            author: record.event.by.subject().to_owned(),
            text: text.reveal().clone(),
            command: record.command.0,
        },
        ConversationFact::Visit(Visit::VisitorPresence { presence }) => {
            DeskFrame::VisitorPresence { conversation, presence: *presence }
        }
        ConversationFact::Notice(Notice::TimeoutAnnounced { ends_at }) => {
            DeskFrame::TimeoutAnnounced { conversation, ends_at: *ends_at }
        }
        ConversationFact::Flow(Flow::Ended { reason }) => {
            DeskFrame::Closed { conversation, reason: closed(*reason) }
        }
        ConversationFact::Flow(
            Flow::Requested(_)
            | Flow::Refused { .. }
            | Flow::Queued { .. }
            | Flow::Assigned
            | Flow::AssignedByHand { .. }
            | Flow::RequestedAgain(_)
            | Flow::QueueAdvanced { .. }
            | Flow::AutoTransferred { .. }
            | Flow::AutoTransferFailed { .. }
            | Flow::KeptOpen { .. }
            | Flow::Closed
            | Flow::Transferred { .. },
        )
        | ConversationFact::Visit(Visit::PageChanged { .. })
        | ConversationFact::Exchange(
            Exchange::OperatorTyped | Exchange::Typing { .. } | Exchange::CopyMailed { .. },
        )
        | ConversationFact::Notice(
            Notice::FollowedUp | Notice::SearchNoticed { .. } | Notice::OperatorSearches { .. },
        )
        | ConversationFact::Survey(SurveyStep::Opened { .. } | SurveyStep::Cancelled { .. }) => return None,
    })
}

const fn closed(reason: EndReason) -> ClosedReason {
    match reason {
        EndReason::Visitor => ClosedReason::Visitor,
        EndReason::Operator => ClosedReason::Operator,
        EndReason::Supervisor => ClosedReason::Supervisor,
        EndReason::Timeout => ClosedReason::Timeout,
    }
}
