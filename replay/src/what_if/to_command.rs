//! Which command caused this? The way back from the first event of a command to the command; the other
//! way is `domain::decide`, and `Action::is_recorded_as` checks the two against each other.

use domain::livechat::rename::Renaming;
use domain::settings::Section;
use domain::{
    Action, Actor, ConversationAction, ConversationId, Event, Fact, Livechat, LivechatFact, OperatorFact,
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
        Fact::Conversation { conversation, operator, fact } => {
            let action = ConversationAction::recorded_as(fact, operator.as_ref())?;
            Some(Action::Conversation(*conversation, action))
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
        LivechatFact::ApiKeyChanged { key, change } => Some(Action::RecordApiKey(*key, change.clone())),
        LivechatFact::Opened { .. }
        | LivechatFact::Closed { .. }
        | LivechatFact::ClockSetBack { .. }
        | LivechatFact::Interrupted { .. } => None,
    }
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
        | Action::RecordApiKey(..)
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
