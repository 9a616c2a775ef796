//! What can be asked of a livechat. One line per use case; each is explained and decided in its file.

use crate::Timestamp;
use crate::actor::Actor;
use crate::conversation::assign::ManualAssignment;
use crate::conversation::transfer::Transfer;
use crate::event::Access;
use crate::event::Bearer;
use crate::event::Closing;
use crate::event::DisconnectReason;
use crate::event::File;
use crate::event::Profile;
use crate::event::Request;
use crate::event::{
    Attention, ConversationFact, Exchange, Fact, Flow, LivechatFact, OperatorFact, SurveyStep, Visit,
};
use crate::event::{Page, Presence};
use crate::id::{ArticleId, ConversationId, OperatorId, SurveyId};
use crate::livechat::rename::Renaming;
use crate::patch::Patch;
use crate::personal::Personal;
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::settings::Section;
use crate::settings::Status;
use crate::settings::surveys::Answers;
use crate::survey::SurveyRef;
use crate::text::{Language, Name, Note, Text};

/// A request to change something: when, by whom, what.
#[derive(Clone, Debug)]
pub struct Command {
    /// When it is asked. A clock that was set back is held at the time of the last event.
    pub at: Timestamp,
    /// Who asks.
    pub by: Actor,
    /// What is asked.
    pub action: Action,
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Action {
    /// Time has passed: fire what is due. See [`crate::timer`].
    Tick,

    /// See [`crate::livechat::create`].
    CreateLivechat {
        /// Its name.
        name: Name,
        /// The language phrases fall back to.
        language: Language,
    },
    /// See [`crate::livechat::change_settings`].
    ChangeSettings {
        /// The whole new section.
        section: Box<Section>,
        /// The revision that is to be replaced, when its author knows it. Another one in force refuses the
        /// change, so that nobody overwrites what they have not seen.
        expected: Option<u64>,
    },

    /// Change some fields of a section. See [`crate::livechat::change_settings`].
    PatchSettings {
        /// The whole section as it is with the patch.
        section: Box<Section>,
        /// The revision that was patched.
        expected: u64,
        /// What was asked for.
        patch: Patch,
    },
    /// See [`crate::livechat::rename`].
    RenameLivechat(Renaming),
    /// See `livechat/shut.rs`.
    CloseLivechat,
    /// See `livechat/shut.rs`.
    ReopenLivechat,

    /// See [`crate::livechat::access`].
    RecordAccess(Access),
    /// See [`crate::livechat::issue_token`].
    IssueToken(Bearer),

    /// See [`crate::operator::register`].
    RegisterOperator(OperatorId, Box<Profile>),
    /// Change the profile of an operator who is registered. See [`crate::operator::register`].
    ChangeProfile {
        /// Whose.
        operator: OperatorId,
        /// The whole profile.
        profile: Box<Profile>,
        /// The revision that is to be replaced, when its author knows it.
        expected: Option<u64>,
        /// What was asked for, when that was only some fields.
        patch: Option<Patch>,
    },
    /// See [`crate::operator::suspend`].
    SuspendOperator(OperatorId),
    /// See [`crate::operator::suspend`].
    ReinstateOperator(OperatorId),
    /// See [`crate::operator::remove`]: whom, and at which revision of the profile, when its author knows it.
    RemoveOperator(OperatorId, Option<u64>),
    /// See [`crate::operator::connect`].
    ConnectOperator(OperatorId),
    /// See [`crate::operator::lose_connection`].
    LoseConnection(OperatorId),
    /// See [`crate::operator::disconnect`].
    DisconnectOperator(OperatorId, DisconnectReason),
    /// See [`crate::operator::change_status`].
    ChangeStatus(OperatorId, Status),

    /// See [`crate::conversation::request`].
    RequestConversation(ConversationId, Box<Request>),
    /// See [`crate::conversation::request_again`].
    RequestAgain(ConversationId, Box<Request>),
    /// See [`crate::conversation::leave`].
    LeaveQueue(ConversationId),
    /// See [`crate::conversation::pick_up`].
    PickUp(ConversationId),
    /// See [`crate::conversation::write`].
    Write(ConversationId, Text),
    /// See [`crate::conversation::write_internally`].
    WriteInternally(ConversationId, Text),
    /// See [`crate::conversation::visitor_page`].
    NotePresence(ConversationId, Presence),
    /// See [`crate::conversation::visitor_page`].
    ChangePage(ConversationId, Page),
    /// See [`crate::conversation::typing`].
    Type(ConversationId),
    /// See [`crate::conversation::send_article`].
    SendArticle(ConversationId, ArticleId),
    /// See [`crate::conversation::mark_important`].
    MarkImportant(ConversationId, bool),
    /// See [`crate::conversation::call_manager`].
    CallManager(ConversationId, Option<Personal<Note>>),
    /// See [`crate::conversation::call_manager`].
    TakeCall(ConversationId),
    /// See [`crate::conversation::call_manager`].
    SettleCall(ConversationId),
    /// See [`crate::conversation::file`].
    RequestFile(ConversationId, Option<Personal<Note>>),
    /// See [`crate::conversation::file`].
    SendFile(ConversationId, File),
    /// See [`crate::conversation::mail_copy`].
    MailCopy(ConversationId),
    /// See [`crate::conversation::assign`].
    Assign(ConversationId, ManualAssignment),
    /// See [`crate::conversation::transfer`].
    Transfer(ConversationId, Transfer),
    /// See [`crate::conversation::end`].
    End(ConversationId),
    /// See [`crate::conversation::keep_open`].
    Close(ConversationId),

    /// See [`crate::survey::ask`].
    SendSurvey(ConversationId, SurveyId),
    /// See [`crate::survey::open`].
    OpenSurvey(ConversationId, SurveyRef),
    /// See [`crate::survey::cancel`]; the segment as in [`SurveyRef::segment`].
    CancelSurvey(ConversationId, Option<u32>),
    /// See [`crate::survey::answer`].
    AnswerSurvey(ConversationId, SurveyRef, Box<Answers>),
    /// See [`crate::survey::close`].
    CloseSurvey(ConversationId, SurveyRef),
}

/// Lines of the exchange with the bot that a short request has at most.
const SHORT_HISTORY_LINES: usize = 20;

impl Action {
    /// May it hold so much that it takes milliseconds to work with it? A section may have a mebibyte, and what
    /// follows from one may concern everybody who waits; a request has the exchange with the bot.
    pub fn is_long(&self) -> bool {
        if let Self::RequestConversation(_, request) | Self::RequestAgain(_, request) = self {
            return request.history.len() > SHORT_HISTORY_LINES;
        }
        matches!(self, Self::ChangeSettings { .. } | Self::PatchSettings { .. })
    }

    /// The conversation that this begins, whose id must not be in the log, and the refusal when it is. The state
    /// remembers ids only for a while, so the caller has to look in the log.
    pub fn must_be_new(&self) -> Option<(ConversationId, Rejection)> {
        let Self::RequestConversation(id, _) = self else { return None };
        Some((*id, ConversationRejection::Exists(*id).into()))
    }

    /// The conversation that is to change; none for a request, which begins a new one.
    pub const fn conversation(&self) -> Option<ConversationId> {
        match self {
            Self::Tick
            | Self::CreateLivechat { .. }
            | Self::ChangeSettings { .. }
            | Self::PatchSettings { .. }
            | Self::RenameLivechat(_)
            | Self::CloseLivechat
            | Self::ReopenLivechat
            | Self::RecordAccess(_)
            | Self::IssueToken(_)
            | Self::RegisterOperator(..)
            | Self::ChangeProfile { .. }
            | Self::SuspendOperator(_)
            | Self::ReinstateOperator(_)
            | Self::RemoveOperator(..)
            | Self::ConnectOperator(_)
            | Self::LoseConnection(_)
            | Self::DisconnectOperator(..)
            | Self::ChangeStatus(..)
            | Self::RequestConversation(..) => None,
            Self::RequestAgain(id, _)
            | Self::LeaveQueue(id)
            | Self::PickUp(id)
            | Self::Write(id, _)
            | Self::WriteInternally(id, _)
            | Self::NotePresence(id, _)
            | Self::ChangePage(id, _)
            | Self::Type(id)
            | Self::SendArticle(id, _)
            | Self::MarkImportant(id, _)
            | Self::CallManager(id, _)
            | Self::TakeCall(id)
            | Self::SettleCall(id)
            | Self::RequestFile(id, _)
            | Self::SendFile(id, _)
            | Self::MailCopy(id)
            | Self::Assign(id, _)
            | Self::Transfer(id, _)
            | Self::End(id)
            | Self::Close(id)
            | Self::SendSurvey(id, _)
            | Self::OpenSurvey(id, _)
            | Self::CancelSurvey(id, _)
            | Self::AnswerSurvey(id, ..)
            | Self::CloseSurvey(id, _) => Some(*id),
        }
    }

    /// Could `fact` be the first event of this action? A repeated command has to be the same one: a client that reuses
    /// an idempotency key for something else must not get its success.
    pub fn is_recorded_as(&self, fact: &Fact) -> bool {
        match (self, fact) {
            (
                Self::CreateLivechat { name, language },
                Fact::Livechat(LivechatFact::Created { name: n, language: l }),
            ) => (name, language) == (n, l),
            (
                Self::ChangeSettings { section: new, .. },
                Fact::Livechat(LivechatFact::SettingsChanged { section }),
            ) => match (&**new, &**section) {
                // The rules gave each survey its version.
                (Section::Surveys(new), Section::Surveys(told)) => new.content_equals(told),
                (new, told) => new == told,
            },
            (
                Self::PatchSettings { section, patch, .. },
                Fact::Livechat(LivechatFact::SettingsChanged { section: told }),
            ) => section.name() == told.name() && patch.holds_in(told),
            (Self::RenameLivechat(new), Fact::Livechat(fact)) => new.is_recorded_as(fact),
            (Self::CloseLivechat, Fact::Livechat(LivechatFact::Shut))
            | (Self::ReopenLivechat, Fact::Livechat(LivechatFact::Reopened)) => true,
            (Self::RecordAccess(new), Fact::Livechat(LivechatFact::Accessed { access })) => new == access,
            (Self::IssueToken(new), Fact::Livechat(LivechatFact::TokenIssued { bearer })) => new == bearer,
            (
                Self::ChangeProfile { operator: id, profile: new, patch, .. },
                Fact::Operator { operator, fact: OperatorFact::Registered { profile } },
            ) => id == operator && patch.as_ref().map_or(new == profile, |patch| patch.holds_for(profile)),
            (Self::SuspendOperator(id), Fact::Operator { operator, fact: OperatorFact::Suspended })
            | (Self::ReinstateOperator(id), Fact::Operator { operator, fact: OperatorFact::Reinstated })
            | (Self::RemoveOperator(id, _), Fact::Operator { operator, fact: OperatorFact::Removed }) => {
                id == operator
            }
            (
                Self::RegisterOperator(id, new),
                Fact::Operator { operator, fact: OperatorFact::Registered { profile } },
            ) => id == operator && new == profile,
            (
                Self::ConnectOperator(id),
                Fact::Operator { operator, fact: OperatorFact::Connected | OperatorFact::Reconnected },
            )
            | (
                Self::LoseConnection(id),
                Fact::Operator { operator, fact: OperatorFact::ConnectionLost { .. } },
            )
            | (
                Self::DisconnectOperator(id, _),
                Fact::Operator { operator, fact: OperatorFact::Disconnected { .. } },
            ) => id == operator,
            (
                Self::ChangeStatus(id, new),
                Fact::Operator { operator, fact: OperatorFact::StatusChanged { status } },
            ) => id == operator && new == status,
            (
                Self::Assign(id, new),
                Fact::Conversation {
                    conversation,
                    operator,
                    fact: ConversationFact::Flow(Flow::AssignedByHand { .. }),
                },
            ) => id == conversation && operator.as_ref() == Some(&new.operator),
            (_, Fact::Conversation { conversation, fact, .. }) => self.is_recorded_about(*conversation, fact),
            (_, Fact::Livechat(_) | Fact::Operator { .. }) => false,
        }
    }

    fn is_recorded_about(&self, conversation: ConversationId, fact: &ConversationFact) -> bool {
        match (self, fact) {
            (Self::RequestConversation(id, request), ConversationFact::Flow(Flow::Requested(told)))
            | (Self::RequestAgain(id, request), ConversationFact::Flow(Flow::RequestedAgain(told))) => {
                *id == conversation && request == told
            }
            (
                Self::Write(id, text),
                ConversationFact::Exchange(Exchange::MessagePosted { text: told, source: None, .. }),
            )
            | (
                Self::WriteInternally(id, text),
                ConversationFact::Exchange(Exchange::InternalMessagePosted { text: told }),
            ) => *id == conversation && text == told.reveal(),
            (Self::NotePresence(id, new), ConversationFact::Visit(Visit::VisitorPresence { presence })) => {
                *id == conversation && new == presence
            }
            (Self::ChangePage(id, new), ConversationFact::Visit(Visit::PageChanged { page })) => {
                *id == conversation && new == page
            }
            (
                Self::SendArticle(id, article),
                ConversationFact::Exchange(Exchange::MessagePosted { source: Some(told), .. }),
            ) => *id == conversation && *article == told.chosen,
            (Self::Transfer(id, transfer), ConversationFact::Flow(Flow::Transferred { target, .. })) => {
                *id == conversation && transfer.to == *target
            }
            (
                Self::MarkImportant(id, new),
                ConversationFact::Attention(Attention::ImportanceMarked { important }),
            ) => *id == conversation && new == important,
            (
                Self::CallManager(id, note),
                ConversationFact::Attention(Attention::HelpCalled { note: told }),
            )
            | (
                Self::RequestFile(id, note),
                ConversationFact::Exchange(Exchange::FileRequested { note: told }),
            ) => *id == conversation && note == told,
            (Self::SendFile(id, file), ConversationFact::Exchange(Exchange::FileSent { file: told, .. })) => {
                *id == conversation && file == told
            }
            (Self::SendSurvey(id, new), ConversationFact::Survey(SurveyStep::Asked { survey, .. })) => {
                *id == conversation && new == survey
            }
            // Opened before the end, it is asked first, and takes the place of one left by the operator before.
            (
                Self::OpenSurvey(id, which),
                ConversationFact::Survey(
                    SurveyStep::Opened { audience, segment }
                    | SurveyStep::Asked { audience, segment, .. }
                    | SurveyStep::Closed { audience, segment, closing: Closing::Replaced, .. },
                ),
            )
            | (
                Self::CloseSurvey(id, which),
                ConversationFact::Survey(SurveyStep::Closed { audience, segment, .. }),
            ) => *id == conversation && which.may_be(*audience, *segment),
            (
                Self::AnswerSurvey(id, which, given),
                ConversationFact::Survey(SurveyStep::Answered { audience, segment, answers, .. }),
            ) => *id == conversation && which.may_be(*audience, *segment) && **given == *answers,
            (
                Self::CancelSurvey(id, which),
                ConversationFact::Survey(SurveyStep::Cancelled { segment, .. }),
            ) => *id == conversation && which.is_none_or(|which| which == *segment),
            (Self::LeaveQueue(id) | Self::End(id), ConversationFact::Flow(Flow::Left))
            | (Self::PickUp(id), ConversationFact::Flow(Flow::PickedUp))
            | (
                Self::Type(id),
                ConversationFact::Exchange(Exchange::OperatorTyped | Exchange::Typing { .. }),
            )
            | (Self::TakeCall(id), ConversationFact::Attention(Attention::HelpTaken))
            | (Self::SettleCall(id), ConversationFact::Attention(Attention::HelpDone))
            | (Self::MailCopy(id), ConversationFact::Exchange(Exchange::CopyMailed { .. }))
            | (Self::Close(id), ConversationFact::Flow(Flow::Closed))
            | (Self::End(id), ConversationFact::Flow(Flow::Ended { .. })) => *id == conversation,
            _ => false,
        }
    }
}
