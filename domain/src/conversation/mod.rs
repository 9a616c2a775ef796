//! Conversations: one exchange with a visitor, from the request to the end. One file per use case, and its line in each
//! table here: what can be asked, what is decided, what changes, what follows, what falls due. Who is served next when a
//! conversation moves is in `livechat/react.rs`. The rules of the timers are `unanswered.rs`, `auto_transfer.rs`, `follow_up.rs`,
//! `search_notice.rs` and `inactivity.rs`, which [`timer_rules`] calls at each turn of a conversation.
//!
//! `requested → refused | waiting | assigned`; `waiting → assigned | left | released`; `assigned → picked
//! up`; `assigned | picked up → transferred → assigned`; `→ ended → (kept open → requested again) | closed`
//! (spec.md §The life of a conversation).
//!
//! The state of a conversation holds no message text.

pub mod assign;
pub mod auto_transfer;
pub mod call_manager;
pub mod end;
pub mod file;
pub mod follow_up;
pub mod hold;
pub mod inactivity;
pub mod keep_open;
pub mod leave;
pub mod mail_copy;
pub mod mark_important;
pub mod pick_up;
mod queue_closing;
pub mod queue_progress;
pub mod release;
pub mod request;
pub mod request_again;
pub(crate) mod roles;
pub mod search_notice;
pub mod send_article;
pub mod timer_rules;
pub mod transfer;
pub mod typing;
pub mod unanswered;
mod visitor_card;
pub mod visitor_page;
pub mod write;
pub mod write_internally;

use crate::Timestamp;
use crate::actor::Actor;
use crate::event::{
    Attention, Closing, ConversationFact, Exchange, Fact, File, Flow, Notice, Page, Presence, Request,
    SurveyStep, Visit,
};
use crate::id::{ArticleId, ConversationId, OperatorId, SurveyId};
use crate::personal::Personal;
use crate::settings::Phrase;
use crate::settings::surveys::Answers;
use crate::state::timers::TimerKind;
use crate::state::{Livechat, Phase};
use crate::survey::{self, SurveyRef};
use crate::text::{Note, Received, Text};

use self::assign::ManualAssignment;
use self::transfer::Transfer;

pub use crate::rejection::ConversationRejection as Rejection;

/// What can be asked of a conversation. One line per use case; each is explained and decided in its file.
#[derive(Clone, Debug)]
pub enum ConversationAction {
    /// Begin it. See [`request`].
    Request(Box<Request>),
    /// See [`request_again`].
    RequestAgain(Box<Request>),
    /// See [`leave`].
    LeaveQueue,
    /// See [`pick_up`].
    PickUp,
    /// See [`write`](mod@write).
    Write(Text),
    /// See [`write_internally`].
    WriteInternally(Text),
    /// See [`visitor_page`].
    NotePresence(Presence),
    /// See [`visitor_page`].
    ChangePage(Page),
    /// See [`typing`].
    Type,
    /// See [`send_article`].
    SendArticle(ArticleId),
    /// See [`mark_important`].
    MarkImportant(bool),
    /// See [`call_manager`].
    CallManager(Option<Personal<Note>>),
    /// See [`call_manager`].
    TakeCall,
    /// See [`call_manager`].
    SettleCall,
    /// See [`hold`].
    Hold,
    /// See [`hold`].
    TakeBack,
    /// See [`mod@file`].
    RequestFile(Option<Personal<Note>>),
    /// See [`mod@file`].
    SendFile(File),
    /// See [`mail_copy`].
    MailCopy,
    /// See [`assign`].
    Assign(ManualAssignment),
    /// See [`transfer`].
    Transfer(Transfer),
    /// See [`end`].
    End,
    /// See [`keep_open`].
    Close,
    /// See [`survey::ask`].
    SendSurvey(SurveyId),
    /// See [`survey::open`].
    OpenSurvey(SurveyRef),
    /// See [`survey::cancel`]; the segment as in [`SurveyRef::segment`].
    CancelSurvey(Option<u32>),
    /// See [`survey::answer`].
    AnswerSurvey(SurveyRef, Box<Answers>),
    /// See [`survey::close`].
    CloseSurvey(SurveyRef),
}

/// May this be done, and what then happened?
pub(crate) fn decide(
    livechat: &Livechat,
    at: Timestamp,
    by: &Actor,
    id: ConversationId,
    action: &ConversationAction,
) -> Result<Vec<Fact>, crate::Rejection> {
    use ConversationAction as Do;
    match action {
        Do::Request(request) => request::decide(livechat, by, id, request),
        Do::RequestAgain(request) => request_again::decide(livechat, by, id, request),
        Do::LeaveQueue => leave::decide(livechat, by, id),
        Do::PickUp => pick_up::decide(livechat, by, id),
        Do::Write(text) => write::decide(livechat, by, id, text),
        Do::WriteInternally(text) => write_internally::decide(livechat, by, id, text),
        Do::NotePresence(presence) => visitor_page::note(livechat, by, id, *presence),
        Do::ChangePage(page) => visitor_page::change(livechat, by, id, page),
        Do::Type => typing::decide(livechat, at, by, id),
        Do::SendArticle(article) => send_article::decide(livechat, by, id, article),
        Do::MarkImportant(important) => mark_important::decide(livechat, by, id, *important),
        Do::CallManager(note) => call_manager::call(livechat, by, id, note.as_ref()),
        Do::TakeCall => call_manager::take(livechat, by, id),
        Do::SettleCall => call_manager::done(livechat, by, id),
        Do::Hold => hold::put(livechat, by, id),
        Do::TakeBack => hold::take_back(livechat, by, id),
        Do::RequestFile(note) => file::ask(livechat, by, id, note.as_ref()),
        Do::SendFile(file) => file::send(livechat, by, id, file),
        Do::MailCopy => mail_copy::decide(livechat, by, id),
        Do::Assign(assignment) => assign::decide(livechat, by, id, assignment),
        Do::Transfer(transfer) => transfer::decide(livechat, by, id, transfer),
        Do::End => end::decide(livechat, by, id),
        Do::Close => keep_open::close(livechat, by, id),
        Do::SendSurvey(survey) => survey::ask::by_hand(livechat, by, id, survey),
        Do::OpenSurvey(which) => survey::open::decide(livechat, by, id, *which),
        Do::CancelSurvey(segment) => survey::cancel::decide(livechat, by, id, *segment),
        Do::AnswerSurvey(which, answers) => survey::answer::decide(livechat, by, id, *which, answers),
        Do::CloseSurvey(which) => survey::close::decide(livechat, by, id, *which),
    }
}

/// What makes the first timer of a conversation that has fallen due happen.
pub(crate) fn due(livechat: &Livechat, id: ConversationId, now: Timestamp) -> Option<Fact> {
    let conversation = livechat.conversation(id)?;
    let (_, kind) = conversation.next_timer()?;
    match kind {
        TimerKind::Unanswered => Some(release::unanswered(id, conversation)),
        TimerKind::AutoTransfer => auto_transfer::due(livechat, id, conversation),
        TimerKind::FollowUp => Some(follow_up::due(id, conversation)),
        TimerKind::SearchNotice => Some(search_notice::due(livechat, id, conversation, now)),
        TimerKind::HoldPhrase => Some(hold::due(id, conversation)),
        TimerKind::TimeoutReminder => Some(inactivity::remind(id, conversation)),
        TimerKind::VisitorInactivity => Some(inactivity::end(id, conversation)),
    }
}

/// What a conversation's event says besides its fact.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About<'a> {
    pub(crate) at: Timestamp,
    pub(crate) by: &'a Actor,
    pub(crate) id: ConversationId,
    /// Who is in charge once it has happened.
    pub(crate) operator: Option<&'a OperatorId>,
}

/// What is the state after this event?
pub(crate) fn evolve(livechat: &mut Livechat, about: About<'_>, fact: &ConversationFact) {
    let About { at, by, id, operator } = about;
    match fact {
        ConversationFact::Flow(fact) => evolve_flow(livechat, about, fact),
        ConversationFact::Exchange(fact) => evolve_exchange(livechat, at, id, fact),
        ConversationFact::Notice(fact) => evolve_notice(livechat, at, id, fact),
        ConversationFact::Visit(fact) => livechat.change_conversation(id, |conversation, _| match fact {
            Visit::VisitorPresence { presence } => conversation.presence = *presence,
            Visit::PageChanged { .. } => conversation.pages += 1,
        }),
        ConversationFact::Attention(fact) => match fact {
            Attention::ImportanceMarked { important } => mark_important::evolve(livechat, id, *important),
            Attention::HelpCalled { note } => call_manager::called(livechat, at, id, note.as_ref()),
            Attention::HelpTaken => call_manager::taken(livechat, id, by),
            Attention::HelpDone => call_manager::settled(livechat, id),
            Attention::PutOnHold => livechat.change_conversation(id, |conversation, settings| {
                hold::was_put(conversation, &settings.timeouts, at);
            }),
            Attention::TakenBack => {
                let searching = livechat.operator_searches(id);
                livechat.change_conversation(id, |conversation, settings| {
                    hold::was_taken_back(conversation, &settings.timeouts, at, searching);
                });
            }
        },
        ConversationFact::Survey(fact) => survey::evolve(livechat, at, id, operator, fact),
    }
}

fn evolve_flow(livechat: &mut Livechat, about: About<'_>, fact: &Flow) {
    let About { at, id, operator, .. } = about;
    match (fact, operator) {
        (Flow::Requested(request), _) => request::evolve(livechat, at, id, request),
        (Flow::RequestedAgain(request), _) => request_again::evolve(livechat, at, id, request),
        (Flow::Queued { position }, _) => livechat.change_conversation(id, |conversation, _| {
            conversation.phase = Phase::Waiting;
            conversation.announced_position = Some(*position);
        }),
        (Flow::QueueAdvanced { position }, _) => livechat.change_conversation(id, |conversation, _| {
            conversation.announced_position = Some(*position);
        }),
        (Flow::Assigned | Flow::AssignedByHand { .. }, Some(operator)) => {
            assign::evolve(livechat, at, id, operator);
        }
        (Flow::PickedUp, _) => pick_up::evolve(livechat, at, id),
        (Flow::Transferred { from, target, .. }, Some(to)) => {
            transfer::evolve(livechat, at, id, from, to, target);
        }
        (Flow::AutoTransferred { from, cause, hidden }, Some(to)) => {
            auto_transfer::evolve(livechat, at, id, from, to, (*cause, *hidden));
        }
        // Nothing comes to a desk without saying whose.
        (
            Flow::Assigned
            | Flow::AssignedByHand { .. }
            | Flow::Transferred { .. }
            | Flow::AutoTransferred { .. },
            None,
        ) => {}
        (Flow::AutoTransferFailed { again_at }, _) => livechat.change_conversation(id, |conversation, _| {
            auto_transfer::stayed(conversation, at, *again_at);
        }),
        (Flow::ReturnedToQueue { from, position }, _) => {
            auto_transfer::returned(livechat, id, from, *position);
        }
        (Flow::Refused { .. } | Flow::Left | Flow::Released { .. } | Flow::Ended { .. }, _) => {
            end::evolve(livechat, at, id);
        }
        (Flow::KeptOpen { until }, _) => livechat.keep(id, *until),
        (Flow::Closed, _) => {
            livechat.no_longer_kept(id);
        }
    }
}

fn evolve_exchange(livechat: &mut Livechat, at: Timestamp, id: ConversationId, fact: &Exchange) {
    match fact {
        Exchange::MessagePosted { number, voice, source, phrase, .. } => {
            livechat.recently_ended.said(id, *number);
            if let Some(phrase) = *phrase {
                livechat.change_conversation(id, |conversation, _| pick_up::introduced(conversation, phrase));
            }
            write::evolve(livechat, at, id, *number, write::speaker(*voice, source.as_ref()));
        }
        Exchange::OperatorTyped => livechat.change_conversation(id, |conversation, settings| {
            timer_rules::operator_typed(conversation, &settings.timeouts, at);
        }),
        Exchange::Typing { voice, until } => typing::evolve(livechat, at, id, *voice, *until),
        Exchange::FileRequested { note } => file::asked(livechat, at, id, note.as_ref()),
        Exchange::FileSent { voice, .. } => file::sent(livechat, at, id, *voice),
        Exchange::InternalMessagePosted { .. } | Exchange::CopyMailed { .. } => {}
    }
}

fn evolve_notice(livechat: &mut Livechat, at: Timestamp, id: ConversationId, fact: &Notice) {
    livechat.change_conversation(id, |conversation, settings| match fact {
        Notice::FollowedUp => follow_up::evolve(conversation),
        Notice::SearchNoticed { again_at } => {
            search_notice::evolve(conversation, &settings.timeouts, at, *again_at);
        }
        Notice::StillOnHold => hold::await_phrase(conversation, &settings.timeouts, at),
        Notice::OperatorSearches { searching } => conversation.searching = *searching,
        Notice::TimeoutAnnounced { .. } => inactivity::reminded(conversation),
    });
}

/// What follows from this event within the conversation; when it moves ([`Flow`]), more does, and that is in
/// `livechat/react.rs`.
pub(crate) fn follow(livechat: &Livechat, id: ConversationId, fact: &ConversationFact) -> Option<Fact> {
    let phrase = |phrase| write::phrase_message(livechat, id, phrase, None);
    match fact {
        ConversationFact::Notice(fact) => match fact {
            Notice::FollowedUp => phrase(Phrase::FollowUp),
            Notice::SearchNoticed { .. } => phrase(Phrase::StillSearching),
            Notice::StillOnHold => phrase(Phrase::OnHold),
            Notice::TimeoutAnnounced { .. } => phrase(Phrase::TimeoutWarning),
            Notice::OperatorSearches { .. } => None,
        },
        ConversationFact::Visit(Visit::VisitorPresence { presence }) => {
            visitor_page::left_while_waiting(livechat, id, *presence)
        }
        ConversationFact::Attention(Attention::PutOnHold) => phrase(Phrase::OnHold),
        ConversationFact::Exchange(fact) => hold::ended_by(livechat, id, fact),
        ConversationFact::Visit(Visit::PageChanged { .. })
        | ConversationFact::Flow(_)
        | ConversationFact::Attention(_)
        | ConversationFact::Survey(_) => None,
    }
}

impl ConversationAction {
    /// Tidies and checks the texts that this brings.
    pub(crate) fn read_texts(&mut self, texts: &mut Received) {
        match self {
            Self::Request(request) | Self::RequestAgain(request) => request.read_texts(texts),
            Self::Write(text) | Self::WriteInternally(text) => texts.read("text", text),
            Self::ChangePage(page) => page.read_texts(texts),
            Self::CallManager(note) | Self::RequestFile(note) => texts.read_if_any("note", note),
            Self::SendFile(file) => file.read_texts(texts),
            Self::Transfer(transfer) => texts.read_if_any("note", &mut transfer.note),
            Self::AnswerSurvey(_, answers) => answers.read_texts(texts),
            Self::LeaveQueue
            | Self::PickUp
            | Self::NotePresence(_)
            | Self::Type
            | Self::SendArticle(_)
            | Self::MarkImportant(_)
            | Self::TakeCall
            | Self::SettleCall
            | Self::Hold
            | Self::TakeBack
            | Self::MailCopy
            | Self::Assign(_)
            | Self::End
            | Self::Close
            | Self::SendSurvey(_)
            | Self::OpenSurvey(_)
            | Self::CancelSurvey(_)
            | Self::CloseSurvey(_) => {}
        }
    }

    /// Could `fact` be the first event of this? See [`Action::is_recorded_as`](crate::Action::is_recorded_as).
    pub(crate) fn is_recorded_as(&self, fact: &ConversationFact, operator: Option<&OperatorId>) -> bool {
        match fact {
            ConversationFact::Flow(fact) => self.is_recorded_in_flow(fact, operator),
            ConversationFact::Exchange(fact) => self.is_recorded_in_exchange(fact),
            ConversationFact::Survey(fact) => self.is_recorded_in_survey(fact),
            ConversationFact::Attention(fact) => match (self, fact) {
                (Self::MarkImportant(new), Attention::ImportanceMarked { important }) => new == important,
                (Self::CallManager(note), Attention::HelpCalled { note: called }) => note == called,
                (Self::TakeCall, Attention::HelpTaken)
                | (Self::SettleCall, Attention::HelpDone)
                | (Self::Hold, Attention::PutOnHold)
                | (Self::TakeBack, Attention::TakenBack) => true,
                _ => false,
            },
            ConversationFact::Visit(fact) => match (self, fact) {
                (Self::NotePresence(new), Visit::VisitorPresence { presence }) => new == presence,
                (Self::ChangePage(new), Visit::PageChanged { page }) => new == page,
                _ => false,
            },
            ConversationFact::Notice(_) => false,
        }
    }

    fn is_recorded_in_flow(&self, fact: &Flow, operator: Option<&OperatorId>) -> bool {
        match (self, fact) {
            (Self::Request(new), Flow::Requested(request))
            | (Self::RequestAgain(new), Flow::RequestedAgain(request)) => new == request,
            (Self::Assign(new), Flow::AssignedByHand { .. }) => operator == Some(&new.operator),
            (Self::Transfer(new), Flow::Transferred { target, .. }) => new.to == *target,
            (Self::LeaveQueue | Self::End, Flow::Left)
            | (Self::PickUp, Flow::PickedUp)
            | (Self::Close, Flow::Closed)
            | (Self::End, Flow::Ended { .. }) => true,
            _ => false,
        }
    }

    fn is_recorded_in_exchange(&self, fact: &Exchange) -> bool {
        match (self, fact) {
            (Self::Write(new), Exchange::MessagePosted { text, source: None, .. })
            | (Self::WriteInternally(new), Exchange::InternalMessagePosted { text }) => new == text.reveal(),
            (Self::SendArticle(new), Exchange::MessagePosted { source: Some(source), .. }) => {
                *new == source.chosen
            }
            (Self::RequestFile(new), Exchange::FileRequested { note }) => new == note,
            (Self::SendFile(new), Exchange::FileSent { file, .. }) => new == file,
            (Self::Type, Exchange::OperatorTyped | Exchange::Typing { .. })
            | (Self::MailCopy, Exchange::CopyMailed { .. }) => true,
            _ => false,
        }
    }

    fn is_recorded_in_survey(&self, fact: &SurveyStep) -> bool {
        match (self, fact) {
            (Self::SendSurvey(new), SurveyStep::Asked { survey, .. }) => new == survey,
            // Opened before the end, it is asked first, and takes the place of one left by the operator before.
            (
                Self::OpenSurvey(which),
                SurveyStep::Opened { audience, segment }
                | SurveyStep::Asked { audience, segment, .. }
                | SurveyStep::Closed { audience, segment, closing: Closing::Replaced, .. },
            )
            | (Self::CloseSurvey(which), SurveyStep::Closed { audience, segment, .. }) => {
                which.may_be(*audience, *segment)
            }
            (Self::AnswerSurvey(which, new), SurveyStep::Answered { audience, segment, answers, .. }) => {
                which.may_be(*audience, *segment) && **new == *answers
            }
            (Self::CancelSurvey(which), SurveyStep::Cancelled { segment, .. }) => {
                which.is_none_or(|which| which == *segment)
            }
            _ => false,
        }
    }
}
