//! Which command made this happen? The way back from the first event of a command to the command; the other
//! way is `domain::decide`, and `Action::is_told_by` checks the two against each other.

use domain::conversation::assign::ManualAssignment;
use domain::conversation::transfer::Transfer;
use domain::event::Closing;
use domain::livechat::rename::Renaming;
use domain::settings::Section;
use domain::settings::surveys::Audience;
use domain::survey::SurveyRef;
use domain::{
    Action, Actor, Attention, ConversationFact, ConversationId, Event, Exchange, Fact, Flow, Livechat,
    LivechatFact, Notice, OperatorFact, SurveyStep, Visit,
};

/// The action whose first event this is; `None` when a timer made it happen. `state` is the livechat before.
///
/// The system itself gives a few commands: it watches the connections of operators. Those are observed, whatever
/// [`Event::is_observed`] says of their author.
pub(super) fn action(event: &Event, state: &Livechat) -> Option<Action> {
    match &event.fact {
        Fact::Livechat(fact) => of_livechat(fact),
        Fact::Operator { operator, fact } => match fact {
            OperatorFact::Registered { profile } => {
                Some(Action::RegisterOperator(operator.clone(), profile.clone()))
            }
            OperatorFact::Connected | OperatorFact::Reconnected => {
                Some(Action::ConnectOperator(operator.clone()))
            }
            OperatorFact::ConnectionLost { .. } => Some(Action::LoseConnection(operator.clone())),
            OperatorFact::Disconnected { reason } => {
                let was_lost = state.operator(operator).and_then(|operator| operator.lost_until);
                let is_timer = event.by == Actor::System && was_lost.is_some_and(|until| until <= event.at);
                (!is_timer).then(|| Action::DisconnectOperator(operator.clone(), *reason))
            }
            // By the system it follows from a setting, which is never the first event of its command.
            OperatorFact::StatusChanged { status } => Some(Action::ChangeStatus(operator.clone(), *status)),
            OperatorFact::Suspended => Some(Action::SuspendOperator(operator.clone())),
            OperatorFact::Reinstated => Some(Action::ReinstateOperator(operator.clone())),
            OperatorFact::Removed => Some(Action::RemoveOperator(operator.clone(), None)),
            OperatorFact::ShiftStarted | OperatorFact::ShiftEnded => None,
        },
        Fact::Conversation { .. } if event.by == Actor::System => None,
        Fact::Conversation {
            conversation,
            operator: Some(to),
            fact: ConversationFact::Flow(Flow::AssignedByHand { forced }),
        } => {
            let assignment = ManualAssignment { operator: to.clone(), force: *forced };
            Some(Action::Assign(*conversation, assignment))
        }
        Fact::Conversation { conversation, fact, .. } => of_conversation(*conversation, fact),
    }
}

fn of_livechat(fact: &LivechatFact) -> Option<Action> {
    match fact {
        LivechatFact::Created { name, language } => {
            Some(Action::CreateLivechat { name: name.clone(), language: *language })
        }
        LivechatFact::SettingsChanged { section } => {
            Some(Action::ChangeSettings { section: section.clone(), expected: None })
        }
        LivechatFact::IdentityChanged { name, language } => Some(Action::RenameLivechat(Renaming {
            name: Some(name.clone()),
            language: Some(*language),
            time_zone: None,
        })),
        LivechatFact::Shut => Some(Action::CloseLivechat),
        LivechatFact::Reopened => Some(Action::ReopenLivechat),
        LivechatFact::Accessed { access } => Some(Action::RecordAccess(access.clone())),
        LivechatFact::TokenIssued { bearer } => Some(Action::IssueToken(bearer.clone())),
        LivechatFact::Opened { .. }
        | LivechatFact::Closed { .. }
        | LivechatFact::ClockSetBack { .. }
        | LivechatFact::Interrupted { .. } => None,
    }
}

fn of_conversation(id: ConversationId, fact: &ConversationFact) -> Option<Action> {
    Some(match fact {
        ConversationFact::Flow(Flow::Requested(request)) => Action::RequestConversation(id, request.clone()),
        ConversationFact::Flow(Flow::RequestedAgain(request)) => Action::RequestAgain(id, request.clone()),
        ConversationFact::Flow(Flow::Left) => Action::LeaveQueue(id),
        ConversationFact::Flow(Flow::PickedUp) => Action::PickUp(id),
        ConversationFact::Exchange(Exchange::MessagePosted { source: Some(source), .. }) => {
            Action::SendArticle(id, source.chosen.clone())
        }
        ConversationFact::Exchange(Exchange::MessagePosted { text, source: None, .. }) => {
            Action::Write(id, text.reveal().clone())
        }
        ConversationFact::Exchange(Exchange::InternalMessagePosted { text }) => {
            Action::WriteInternally(id, text.reveal().clone())
        }
        ConversationFact::Visit(Visit::VisitorPresence { presence }) => Action::NotePresence(id, *presence),
        ConversationFact::Visit(Visit::PageChanged { page }) => Action::ChangePage(id, page.clone()),
        ConversationFact::Exchange(Exchange::OperatorTyped | Exchange::Typing { .. }) => Action::Type(id),
        ConversationFact::Flow(Flow::Transferred { target, note, forced, .. }) => {
            Action::Transfer(id, Transfer { to: target.clone(), note: note.clone(), force: *forced })
        }
        ConversationFact::Attention(Attention::ImportanceMarked { important }) => {
            Action::MarkImportant(id, *important)
        }
        ConversationFact::Attention(Attention::HelpCalled { note }) => Action::CallManager(id, note.clone()),
        ConversationFact::Attention(Attention::HelpTaken) => Action::TakeCall(id),
        ConversationFact::Attention(Attention::HelpDone) => Action::SettleCall(id),
        ConversationFact::Exchange(Exchange::FileRequested { note }) => Action::RequestFile(id, note.clone()),
        ConversationFact::Exchange(Exchange::FileSent { file, .. }) => Action::SendFile(id, file.clone()),
        ConversationFact::Exchange(Exchange::CopyMailed { .. }) => Action::MailCopy(id),
        ConversationFact::Survey(SurveyStep::Asked { audience: Audience::Visitor, survey, .. }) => {
            Action::SendSurvey(id, survey.clone())
        }
        // Opened before the end, it is asked first, and takes the place of one left by the operator before.
        ConversationFact::Survey(
            SurveyStep::Asked { audience: audience @ Audience::Operator, segment, .. }
            | SurveyStep::Closed { audience, segment, closing: Closing::Replaced, .. }
            | SurveyStep::Opened { audience, segment },
        ) => Action::OpenSurvey(id, which(*audience, *segment)),
        ConversationFact::Survey(SurveyStep::Cancelled { segment, .. }) => {
            Action::CancelSurvey(id, Some(*segment))
        }
        ConversationFact::Survey(SurveyStep::Answered { audience, segment, answers, .. }) => {
            Action::AnswerSurvey(id, which(*audience, *segment), Box::new(answers.clone()))
        }
        ConversationFact::Survey(SurveyStep::Closed {
            audience, segment, closing: Closing::ByHand, ..
        }) => Action::CloseSurvey(id, which(*audience, *segment)),
        ConversationFact::Flow(Flow::Ended { .. }) => Action::End(id),
        ConversationFact::Flow(Flow::Closed) => Action::Close(id),
        ConversationFact::Flow(
            Flow::Refused { .. }
            | Flow::Queued { .. }
            | Flow::QueueAdvanced { .. }
            | Flow::Assigned
            | Flow::AssignedByHand { .. }
            | Flow::Released { .. }
            | Flow::AutoTransferred { .. }
            | Flow::AutoTransferFailed { .. }
            | Flow::ReturnedToQueue { .. }
            | Flow::KeptOpen { .. },
        )
        | ConversationFact::Notice(
            Notice::FollowedUp
            | Notice::SearchNoticed { .. }
            | Notice::OperatorSearches { .. }
            | Notice::TimeoutAnnounced { .. },
        )
        | ConversationFact::Survey(SurveyStep::Closed { closing: Closing::Expired, .. }) => return None,
    })
}

const fn which(audience: Audience, segment: u32) -> SurveyRef {
    SurveyRef { audience, segment: Some(segment) }
}

/// What an action told besides, in the event after its first: whoever renames a livechat may move it to another time
/// zone with the same command.
pub(super) fn complete(action: &mut Action, second: Option<&Fact>) {
    if let Action::RenameLivechat(renaming) = action
        && let Some(Fact::Livechat(LivechatFact::SettingsChanged { section })) = second
        && let Section::OpeningHours(hours) = &**section
    {
        renaming.time_zone = Some(hours.time_zone.clone());
    }
}

/// The same action about another conversation; one that is about none is as it was.
pub(super) fn about(action: &Action, id: ConversationId) -> Action {
    match action.clone() {
        Action::Tick => Action::Tick,
        action @ (Action::CreateLivechat { .. }
        | Action::ChangeSettings { .. }
        | Action::RecordAccess(_)
        | Action::IssueToken(_)
        | Action::PatchSettings { .. }
        | Action::RenameLivechat(_)
        | Action::CloseLivechat
        | Action::ReopenLivechat
        | Action::RegisterOperator(..)
        | Action::ChangeProfile { .. }
        | Action::SuspendOperator(_)
        | Action::ReinstateOperator(_)
        | Action::RemoveOperator(..)
        | Action::ConnectOperator(_)
        | Action::LoseConnection(_)
        | Action::DisconnectOperator(..)
        | Action::ChangeStatus(..)) => action,
        Action::RequestConversation(_, request) => Action::RequestConversation(id, request),
        Action::RequestAgain(_, request) => Action::RequestAgain(id, request),
        Action::LeaveQueue(_) => Action::LeaveQueue(id),
        Action::PickUp(_) => Action::PickUp(id),
        Action::Write(_, text) => Action::Write(id, text),
        Action::WriteInternally(_, text) => Action::WriteInternally(id, text),
        Action::NotePresence(_, presence) => Action::NotePresence(id, presence),
        Action::ChangePage(_, page) => Action::ChangePage(id, page),
        Action::Type(_) => Action::Type(id),
        Action::SendArticle(_, article) => Action::SendArticle(id, article),
        Action::MarkImportant(_, important) => Action::MarkImportant(id, important),
        Action::CallManager(_, note) => Action::CallManager(id, note),
        Action::TakeCall(_) => Action::TakeCall(id),
        Action::SettleCall(_) => Action::SettleCall(id),
        Action::RequestFile(_, note) => Action::RequestFile(id, note),
        Action::SendFile(_, file) => Action::SendFile(id, file),
        Action::MailCopy(_) => Action::MailCopy(id),
        Action::Assign(_, assignment) => Action::Assign(id, assignment),
        Action::Transfer(_, transfer) => Action::Transfer(id, transfer),
        Action::End(_) => Action::End(id),
        Action::Close(_) => Action::Close(id),
        Action::SendSurvey(_, survey) => Action::SendSurvey(id, survey),
        Action::OpenSurvey(_, which) => Action::OpenSurvey(id, which),
        Action::CancelSurvey(_, segment) => Action::CancelSurvey(id, segment),
        Action::AnswerSurvey(_, which, answers) => Action::AnswerSurvey(id, which, answers),
        Action::CloseSurvey(_, which) => Action::CloseSurvey(id, which),
    }
}
