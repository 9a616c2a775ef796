//! Conversations: one exchange with a visitor, from the request to the end. One file per use case, and its line in each
//! table here: what can be asked, what is decided, what changes, what follows, what falls due. Who is served next when a
//! conversation moves is in `livechat/react.rs`. The rules of the timers are `unanswered.rs`, `auto_transfer/`, `follow_up.rs`,
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
    Attention, Cause, Closing, ConversationFact, EndReason, Exchange, Fact, File, Flow, Notice, Page,
    Presence, ReleaseReason, Request, SurveyStep, Visit,
};
use crate::id::{ArticleId, ConversationId, OperatorId, SurveyId};
use crate::personal::Personal;
use crate::settings::Phrase;
use crate::settings::surveys::{Answers, Audience};
use crate::state::timers::TimerKind;
use crate::state::{Livechat, Phase};
use crate::survey::{self, SurveyRef};
use crate::text::{Note, Received, Text};

use self::assign::ManualAssignment;
use self::transfer::Transfer;

pub use crate::rejection::ConversationRejection as Rejection;

/// What can be asked of a conversation. One line per use case; each is explained and decided in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    let (_, kind) = conversation.timers.next()?;
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

/// The timer that makes this happen, if one does: the other direction of the table above.
pub const fn timer_of(fact: &ConversationFact) -> Option<TimerKind> {
    match fact {
        ConversationFact::Notice(fact) => match fact {
            Notice::FollowedUp => Some(TimerKind::FollowUp),
            Notice::SearchNoticed { .. } => Some(TimerKind::SearchNotice),
            Notice::StillOnHold => Some(TimerKind::HoldPhrase),
            Notice::TimeoutAnnounced { .. } => Some(TimerKind::TimeoutReminder),
            Notice::OperatorSearches { .. } => None,
        },
        ConversationFact::Flow(fact) => match fact {
            Flow::Released { reason: ReleaseReason::Unanswered } => Some(TimerKind::Unanswered),
            Flow::AutoTransferred { cause: Cause::Inactive, .. } | Flow::AutoTransferFailed { .. } => {
                Some(TimerKind::AutoTransfer)
            }
            Flow::Ended { reason: EndReason::Timeout } => Some(TimerKind::VisitorInactivity),
            Flow::Requested(_)
            | Flow::RequestedAgain(_)
            | Flow::Refused { .. }
            | Flow::Queued { .. }
            | Flow::QueueAdvanced { .. }
            | Flow::Assigned
            | Flow::AssignedByHand { .. }
            | Flow::Left
            | Flow::Released { reason: ReleaseReason::Closing | ReleaseReason::LivechatClosed }
            | Flow::PickedUp
            | Flow::Transferred { .. }
            | Flow::AutoTransferred { cause: Cause::Disconnected, .. }
            | Flow::ReturnedToQueue { .. }
            | Flow::Ended { reason: EndReason::Visitor | EndReason::Operator | EndReason::Supervisor }
            | Flow::KeptOpen { .. }
            | Flow::Closed => None,
        },
        ConversationFact::Exchange(_)
        | ConversationFact::Visit(_)
        | ConversationFact::Attention(_)
        | ConversationFact::Survey(_) => None,
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
    let About { at, id, operator, .. } = about;
    match fact {
        ConversationFact::Flow(fact) => evolve_flow(livechat, about, fact),
        ConversationFact::Exchange(fact) => evolve_exchange(livechat, at, id, fact),
        ConversationFact::Notice(fact) => evolve_notice(livechat, at, id, fact),
        ConversationFact::Visit(fact) => livechat.change_conversation(id, |conversation, _| match fact {
            Visit::VisitorPresence { presence } => conversation.presence = *presence,
            Visit::PageChanged { .. } => conversation.pages += 1,
        }),
        ConversationFact::Attention(fact) => evolve_attention(livechat, about, fact),
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

fn evolve_attention(livechat: &mut Livechat, about: About<'_>, fact: &Attention) {
    let About { at, by, id, .. } = about;
    livechat.change_conversation(id, |conversation, _| conversation.marks.apply(at, by, fact));
    match fact {
        Attention::ImportanceMarked { important } => livechat.recently_ended.mark(id, *important),
        Attention::PutOnHold => livechat.change_conversation(id, |conversation, settings| {
            hold::was_put(conversation, &settings.timeouts, at);
        }),
        Attention::TakenBack => {
            let searching = livechat.operator_searches(id);
            livechat.change_conversation(id, |conversation, settings| {
                hold::was_taken_back(conversation, &settings.timeouts, at, searching);
            });
        }
        Attention::HelpCalled { .. } | Attention::HelpTaken | Attention::HelpDone => {}
    }
}

/// What follows for the conversations that stay with an operator who has gone: they are shown that nobody searches for
/// them any more, and nobody keeps them on hold.
pub(crate) fn stay_behind(livechat: &Livechat, operator: &OperatorId) -> Vec<Fact> {
    let shown = search_notice::shown(livechat, operator);
    shown.into_iter().chain(hold::left_behind(livechat, operator)).collect()
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

    /// The action whose first event this is, if one is: what happens by the system follows from something else. `operator`
    /// is in charge once it has happened.
    pub fn recorded_as(fact: &ConversationFact, operator: Option<&OperatorId>) -> Option<Self> {
        Some(match fact {
            ConversationFact::Flow(fact) => return Self::recorded_in_flow(fact, operator),
            ConversationFact::Exchange(fact) => match fact {
                Exchange::MessagePosted { source: Some(source), .. } => {
                    Self::SendArticle(source.chosen.clone())
                }
                Exchange::MessagePosted { text, source: None, .. } => Self::Write(text.reveal().clone()),
                Exchange::InternalMessagePosted { text } => Self::WriteInternally(text.reveal().clone()),
                Exchange::OperatorTyped | Exchange::Typing { .. } => Self::Type,
                Exchange::FileRequested { note } => Self::RequestFile(note.clone()),
                Exchange::FileSent { file, .. } => Self::SendFile(file.clone()),
                Exchange::CopyMailed { .. } => Self::MailCopy,
            },
            ConversationFact::Visit(fact) => match fact {
                Visit::VisitorPresence { presence } => Self::NotePresence(*presence),
                Visit::PageChanged { page } => Self::ChangePage(page.clone()),
            },
            ConversationFact::Attention(fact) => match fact {
                Attention::ImportanceMarked { important } => Self::MarkImportant(*important),
                Attention::HelpCalled { note } => Self::CallManager(note.clone()),
                Attention::HelpTaken => Self::TakeCall,
                Attention::HelpDone => Self::SettleCall,
                Attention::PutOnHold => Self::Hold,
                Attention::TakenBack => Self::TakeBack,
            },
            ConversationFact::Survey(step) => return Self::recorded_in_survey(step),
            ConversationFact::Notice(_) => return None,
        })
    }

    fn recorded_in_flow(fact: &Flow, operator: Option<&OperatorId>) -> Option<Self> {
        Some(match fact {
            Flow::Requested(request) => Self::Request(request.clone()),
            Flow::RequestedAgain(request) => Self::RequestAgain(request.clone()),
            Flow::Left => Self::LeaveQueue,
            Flow::AssignedByHand { forced } => {
                Self::Assign(ManualAssignment { operator: operator?.clone(), force: *forced })
            }
            Flow::PickedUp => Self::PickUp,
            Flow::Transferred { target, note, forced, .. } => {
                Self::Transfer(Transfer { to: target.clone(), note: note.clone(), force: *forced })
            }
            Flow::Ended { .. } => Self::End,
            Flow::Closed => Self::Close,
            Flow::Refused { .. }
            | Flow::Queued { .. }
            | Flow::QueueAdvanced { .. }
            | Flow::Assigned
            | Flow::Released { .. }
            | Flow::AutoTransferred { .. }
            | Flow::AutoTransferFailed { .. }
            | Flow::ReturnedToQueue { .. }
            | Flow::KeptOpen { .. } => return None,
        })
    }

    fn recorded_in_survey(step: &SurveyStep) -> Option<Self> {
        let which = SurveyRef { audience: step.audience(), segment: Some(step.segment()) };
        Some(match step {
            SurveyStep::Asked { audience: Audience::Visitor, survey, .. } => Self::SendSurvey(survey.clone()),
            // Opened before the end, it is asked first, and takes the place of one left by the operator before.
            SurveyStep::Asked { audience: Audience::Operator, .. }
            | SurveyStep::Closed { closing: Closing::Replaced, .. }
            | SurveyStep::Opened { .. } => Self::OpenSurvey(which),
            SurveyStep::Cancelled { .. } => Self::CancelSurvey(which.segment),
            SurveyStep::Answered { answers, .. } => Self::AnswerSurvey(which, Box::new(answers.clone())),
            SurveyStep::Closed { closing: Closing::ByHand, .. } => Self::CloseSurvey(which),
            SurveyStep::Closed { closing: Closing::Expired, .. } => return None,
        })
    }

    /// Could `fact` be the first event of this? See [`Action::is_recorded_as`](crate::Action::is_recorded_as).
    pub(crate) fn is_recorded_as(&self, fact: &ConversationFact, operator: Option<&OperatorId>) -> bool {
        let Some(recorded) = Self::recorded_as(fact, operator) else { return false };
        match (self, &recorded) {
            // Whether it was pushed past the rules is not asked.
            (Self::Assign(asked), Self::Assign(recorded)) => asked.operator == recorded.operator,
            (Self::Transfer(asked), Self::Transfer(recorded)) => asked.to == recorded.to,
            // Who ends it while waiting has left.
            (Self::End, Self::LeaveQueue) => true,
            (Self::OpenSurvey(asked), Self::OpenSurvey(recorded))
            | (Self::CloseSurvey(asked), Self::CloseSurvey(recorded)) => asked.may_be(*recorded),
            (Self::AnswerSurvey(asked, answers), Self::AnswerSurvey(recorded, given)) => {
                asked.may_be(*recorded) && answers == given
            }
            (Self::CancelSurvey(asked), Self::CancelSurvey(recorded)) => asked.is_none() || asked == recorded,
            (asked, recorded) => asked == recorded,
        }
    }
}
