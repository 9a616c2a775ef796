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
    Flow, Livechat, LivechatFact, Notice, OperatorFact, SurveyStep, Visit,
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
        Fact::Conversation { conversation, fact, .. } => of_conversation(*conversation, fact),
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

fn of_conversation(id: ConversationId, fact: &ConversationFact) -> Option<Action> {
    Some(match fact {
        ConversationFact::Flow(Flow::Requested(request)) => {
            Action::Conversation(id, ConversationAction::Request(request.clone()))
        }
        ConversationFact::Flow(Flow::RequestedAgain(request)) => {
            Action::Conversation(id, ConversationAction::RequestAgain(request.clone()))
        }
        ConversationFact::Flow(Flow::Left) => Action::Conversation(id, ConversationAction::LeaveQueue),
        ConversationFact::Flow(Flow::PickedUp) => Action::Conversation(id, ConversationAction::PickUp),
        ConversationFact::Exchange(Exchange::MessagePosted { source: Some(source), .. }) => {
            Action::Conversation(id, ConversationAction::SendArticle(source.chosen.clone()))
        }
        ConversationFact::Exchange(Exchange::MessagePosted { text, source: None, .. }) => {
            Action::Conversation(id, ConversationAction::Write(text.reveal().clone()))
        }
        ConversationFact::Exchange(Exchange::InternalMessagePosted { text }) => {
            Action::Conversation(id, ConversationAction::WriteInternally(text.reveal().clone()))
        }
        ConversationFact::Visit(Visit::VisitorPresence { presence }) => {
            Action::Conversation(id, ConversationAction::NotePresence(*presence))
        }
        ConversationFact::Visit(Visit::PageChanged { page }) => {
            Action::Conversation(id, ConversationAction::ChangePage(page.clone()))
        }
        ConversationFact::Exchange(Exchange::OperatorTyped | Exchange::Typing { .. }) => {
            Action::Conversation(id, ConversationAction::Type)
        }
        ConversationFact::Flow(Flow::Transferred { target, note, forced, .. }) => Action::Conversation(
            id,
            ConversationAction::Transfer(Transfer { to: target.clone(), note: note.clone(), force: *forced }),
        ),
        ConversationFact::Attention(Attention::ImportanceMarked { important }) => {
            Action::Conversation(id, ConversationAction::MarkImportant(*important))
        }
        ConversationFact::Attention(Attention::HelpCalled { note }) => {
            Action::Conversation(id, ConversationAction::CallManager(note.clone()))
        }
        ConversationFact::Attention(Attention::HelpTaken) => {
            Action::Conversation(id, ConversationAction::TakeCall)
        }
        ConversationFact::Attention(Attention::HelpDone) => {
            Action::Conversation(id, ConversationAction::SettleCall)
        }
        ConversationFact::Exchange(Exchange::FileRequested { note }) => {
            Action::Conversation(id, ConversationAction::RequestFile(note.clone()))
        }
        ConversationFact::Exchange(Exchange::FileSent { file, .. }) => {
            Action::Conversation(id, ConversationAction::SendFile(file.clone()))
        }
        ConversationFact::Exchange(Exchange::CopyMailed { .. }) => {
            Action::Conversation(id, ConversationAction::MailCopy)
        }
        ConversationFact::Survey(SurveyStep::Asked { audience: Audience::Visitor, survey, .. }) => {
            Action::Conversation(id, ConversationAction::SendSurvey(survey.clone()))
        }
        // Opened before the end, it is asked first, and replaces one left by the previous operator.
        ConversationFact::Survey(
            SurveyStep::Asked { audience: audience @ Audience::Operator, segment, .. }
            | SurveyStep::Closed { audience, segment, closing: Closing::Replaced, .. }
            | SurveyStep::Opened { audience, segment },
        ) => Action::Conversation(id, ConversationAction::OpenSurvey(which(*audience, *segment))),
        ConversationFact::Survey(SurveyStep::Cancelled { segment, .. }) => {
            Action::Conversation(id, ConversationAction::CancelSurvey(Some(*segment)))
        }
        ConversationFact::Survey(SurveyStep::Answered { audience, segment, answers, .. }) => {
            Action::Conversation(
                id,
                ConversationAction::AnswerSurvey(which(*audience, *segment), Box::new(answers.clone())),
            )
        }
        ConversationFact::Survey(SurveyStep::Closed {
            audience, segment, closing: Closing::ByHand, ..
        }) => Action::Conversation(id, ConversationAction::CloseSurvey(which(*audience, *segment))),
        ConversationFact::Flow(Flow::Ended { .. }) => Action::Conversation(id, ConversationAction::End),
        ConversationFact::Flow(Flow::Closed) => Action::Conversation(id, ConversationAction::Close),
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
        Action::Conversation(_, ConversationAction::Request(request)) => {
            Action::Conversation(id, ConversationAction::Request(request))
        }
        Action::Conversation(_, ConversationAction::RequestAgain(request)) => {
            Action::Conversation(id, ConversationAction::RequestAgain(request))
        }
        Action::Conversation(_, ConversationAction::LeaveQueue) => {
            Action::Conversation(id, ConversationAction::LeaveQueue)
        }
        Action::Conversation(_, ConversationAction::PickUp) => {
            Action::Conversation(id, ConversationAction::PickUp)
        }
        Action::Conversation(_, ConversationAction::Write(text)) => {
            Action::Conversation(id, ConversationAction::Write(text))
        }
        Action::Conversation(_, ConversationAction::WriteInternally(text)) => {
            Action::Conversation(id, ConversationAction::WriteInternally(text))
        }
        Action::Conversation(_, ConversationAction::NotePresence(presence)) => {
            Action::Conversation(id, ConversationAction::NotePresence(presence))
        }
        Action::Conversation(_, ConversationAction::ChangePage(page)) => {
            Action::Conversation(id, ConversationAction::ChangePage(page))
        }
        Action::Conversation(_, ConversationAction::Type) => {
            Action::Conversation(id, ConversationAction::Type)
        }
        Action::Conversation(_, ConversationAction::SendArticle(article)) => {
            Action::Conversation(id, ConversationAction::SendArticle(article))
        }
        Action::Conversation(_, ConversationAction::MarkImportant(important)) => {
            Action::Conversation(id, ConversationAction::MarkImportant(important))
        }
        Action::Conversation(_, ConversationAction::CallManager(note)) => {
            Action::Conversation(id, ConversationAction::CallManager(note))
        }
        Action::Conversation(_, ConversationAction::TakeCall) => {
            Action::Conversation(id, ConversationAction::TakeCall)
        }
        Action::Conversation(_, ConversationAction::SettleCall) => {
            Action::Conversation(id, ConversationAction::SettleCall)
        }
        Action::Conversation(_, ConversationAction::RequestFile(note)) => {
            Action::Conversation(id, ConversationAction::RequestFile(note))
        }
        Action::Conversation(_, ConversationAction::SendFile(file)) => {
            Action::Conversation(id, ConversationAction::SendFile(file))
        }
        Action::Conversation(_, ConversationAction::MailCopy) => {
            Action::Conversation(id, ConversationAction::MailCopy)
        }
        Action::Conversation(_, ConversationAction::Assign(assignment)) => {
            Action::Conversation(id, ConversationAction::Assign(assignment))
        }
        Action::Conversation(_, ConversationAction::Transfer(transfer)) => {
            Action::Conversation(id, ConversationAction::Transfer(transfer))
        }
        Action::Conversation(_, ConversationAction::End) => Action::Conversation(id, ConversationAction::End),
        Action::Conversation(_, ConversationAction::Close) => {
            Action::Conversation(id, ConversationAction::Close)
        }
        Action::Conversation(_, ConversationAction::SendSurvey(survey)) => {
            Action::Conversation(id, ConversationAction::SendSurvey(survey))
        }
        Action::Conversation(_, ConversationAction::OpenSurvey(which)) => {
            Action::Conversation(id, ConversationAction::OpenSurvey(which))
        }
        Action::Conversation(_, ConversationAction::CancelSurvey(segment)) => {
            Action::Conversation(id, ConversationAction::CancelSurvey(segment))
        }
        Action::Conversation(_, ConversationAction::AnswerSurvey(which, answers)) => {
            Action::Conversation(id, ConversationAction::AnswerSurvey(which, answers))
        }
        Action::Conversation(_, ConversationAction::CloseSurvey(which)) => {
            Action::Conversation(id, ConversationAction::CloseSurvey(which))
        }
    }
}
