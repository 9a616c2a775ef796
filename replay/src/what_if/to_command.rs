//! Which command caused this? The way back from the first event of a command to the command; the other
//! way is `domain::decide`, and `Action::is_told_by` checks the two against each other.

use domain::conversation::assign::ManualAssignment;
use domain::conversation::transfer::Transfer;
use domain::event::Closing;
use domain::livechat::rename::Renaming;
use domain::settings::Section;
use domain::settings::surveys::Audience;
use domain::survey::SurveyRef;
use domain::{
    Action, Actor, Attention, ConversationAction, ConversationFact, ConversationId, Event, Exchange, Fact,
    Flow, Livechat, LivechatFact, OperatorFact, SurveyStep, Visit,
};

/// The action whose first event this is; `None` if a timer caused it. `state` is the livechat before.
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
            Some(Action::Conversation(*conversation, ConversationAction::Assign(assignment)))
        }
        Fact::Conversation { conversation, fact, .. } => {
            Some(Action::Conversation(*conversation, of_conversation(fact)?))
        }
    }
}

fn of_livechat(fact: &LivechatFact) -> Option<Action> {
    match fact {
        LivechatFact::Created { name, language } => {
            Some(Action::CreateLivechat { name: name.clone(), language: *language })
        }
        LivechatFact::SettingsChanged { section, .. } => {
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

fn of_conversation(fact: &ConversationFact) -> Option<ConversationAction> {
    use ConversationAction as Do;
    Some(match fact {
        ConversationFact::Flow(Flow::Requested(request)) => Do::Request(request.clone()),
        ConversationFact::Flow(Flow::RequestedAgain(request)) => Do::RequestAgain(request.clone()),
        ConversationFact::Flow(Flow::Left) => Do::LeaveQueue,
        ConversationFact::Flow(Flow::PickedUp) => Do::PickUp,
        ConversationFact::Exchange(Exchange::MessagePosted { source: Some(source), .. }) => {
            Do::SendArticle(source.chosen.clone())
        }
        ConversationFact::Exchange(Exchange::MessagePosted { text, source: None, .. }) => {
            Do::Write(text.reveal().clone())
        }
        ConversationFact::Exchange(Exchange::InternalMessagePosted { text }) => {
            Do::WriteInternally(text.reveal().clone())
        }
        ConversationFact::Visit(Visit::VisitorPresence { presence }) => Do::NotePresence(*presence),
        ConversationFact::Visit(Visit::PageChanged { page }) => Do::ChangePage(page.clone()),
        ConversationFact::Exchange(Exchange::OperatorTyped | Exchange::Typing { .. }) => Do::Type,
        ConversationFact::Flow(Flow::Transferred { target, note, forced, .. }) => {
            Do::Transfer(Transfer { to: target.clone(), note: note.clone(), force: *forced })
        }
        ConversationFact::Attention(Attention::ImportanceMarked { important }) => {
            Do::MarkImportant(*important)
        }
        ConversationFact::Attention(Attention::HelpCalled { note }) => Do::CallManager(note.clone()),
        ConversationFact::Attention(Attention::HelpTaken) => Do::TakeCall,
        ConversationFact::Attention(Attention::HelpDone) => Do::SettleCall,
        ConversationFact::Attention(Attention::PutOnHold) => Do::Hold,
        ConversationFact::Attention(Attention::TakenBack) => Do::TakeBack,
        ConversationFact::Exchange(Exchange::FileRequested { note }) => Do::RequestFile(note.clone()),
        ConversationFact::Exchange(Exchange::FileSent { file, .. }) => Do::SendFile(file.clone()),
        ConversationFact::Exchange(Exchange::CopyMailed { .. }) => Do::MailCopy,
        ConversationFact::Survey(SurveyStep::Asked { audience: Audience::Visitor, survey, .. }) => {
            Do::SendSurvey(survey.clone())
        }
        // Opened before the end, it is asked first, and replaces one left by the previous operator.
        ConversationFact::Survey(
            SurveyStep::Asked { audience: audience @ Audience::Operator, segment, .. }
            | SurveyStep::Closed { audience, segment, closing: Closing::Replaced, .. }
            | SurveyStep::Opened { audience, segment },
        ) => Do::OpenSurvey(which(*audience, *segment)),
        ConversationFact::Survey(SurveyStep::Cancelled { segment, .. }) => Do::CancelSurvey(Some(*segment)),
        ConversationFact::Survey(SurveyStep::Answered { audience, segment, answers, .. }) => {
            Do::AnswerSurvey(which(*audience, *segment), Box::new(answers.clone()))
        }
        ConversationFact::Survey(SurveyStep::Closed {
            audience, segment, closing: Closing::ByHand, ..
        }) => Do::CloseSurvey(which(*audience, *segment)),
        ConversationFact::Flow(Flow::Ended { .. }) => Do::End,
        ConversationFact::Flow(Flow::Closed) => Do::Close,
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
        | ConversationFact::Notice(_)
        | ConversationFact::Survey(SurveyStep::Closed { closing: Closing::Expired, .. }) => return None,
    })
}

const fn which(audience: Audience, segment: u32) -> SurveyRef {
    SurveyRef { audience, segment: Some(segment) }
}

/// What else an action changed, in the event after its first: a renaming of a livechat may also move it to another time
/// zone with the same command.
pub(super) fn complete(action: &mut Action, second: Option<&Fact>) {
    if let Action::RenameLivechat(renaming) = action
        && let Some(Fact::Livechat(LivechatFact::SettingsChanged { section, .. })) = second
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
        Action::Conversation(_, action) => Action::Conversation(id, action),
    }
}
