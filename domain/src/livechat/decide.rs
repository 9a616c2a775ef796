//! May this command be done, and what then happened?

use super::{Livechat, change_settings, create};
use crate::actor::Actor;
use crate::command::{Action, Command};
use crate::conversation::{end, leave, pick_up, request, transfer, write};
use crate::event::{Event, Fact};
use crate::operator::{change_status, connect, disconnect, register};
use crate::rejection::Rejection;

/// Validates the whole command, then says what happened. Changes nothing.
///
/// # Errors
/// The rule that refuses the command; nothing is to be recorded then.
pub fn decide(livechat: &Livechat, command: &Command) -> Result<Vec<Event>, Rejection> {
    let at = command.at.max(livechat.clock);
    if matches!(command.action, Action::Tick) {
        return Ok(super::due(livechat, at));
    }
    let facts = facts(livechat, &command.by, &command.action)?;
    Ok(facts.into_iter().map(|fact| Event { at, by: command.by.clone(), fact }).collect())
}

fn facts(livechat: &Livechat, by: &Actor, action: &Action) -> Result<Vec<Fact>, Rejection> {
    if livechat.identity().is_none() && !matches!(action, Action::CreateLivechat { .. }) {
        return Err(Rejection::UnknownLivechat);
    }
    match action {
        Action::Tick => Ok(vec![]),

        Action::CreateLivechat { name, language } => {
            administrator(by, "create a livechat")?;
            create::decide(livechat, name, *language)
        }
        Action::ChangeSettings { section, expected } => {
            administrator(by, "change settings")?;
            change_settings::decide(livechat, section, *expected)
        }

        Action::RegisterOperator(id, profile) => {
            administrator(by, "register operators")?;
            register::decide(livechat, id, profile)
        }
        Action::ConnectOperator(id) => connect::decide(livechat, by, id),
        Action::DisconnectOperator(id, reason) => disconnect::decide(livechat, by, id, *reason),
        Action::ChangeStatus(id, status) => change_status::decide(livechat, by, id, *status),

        Action::RequestConversation(id, request) => request::decide(livechat, by, *id, request),
        Action::LeaveQueue(id) => leave::decide(livechat, by, *id),
        Action::PickUp(id) => pick_up::decide(livechat, by, *id),
        Action::Write(id, text) => write::decide(livechat, by, *id, text),
        Action::Transfer(id, transfer) => transfer::decide(livechat, by, *id, transfer),
        Action::End(id) => end::decide(livechat, by, *id),
    }
}

fn administrator(by: &Actor, action: &'static str) -> Result<(), Rejection> {
    match by {
        Actor::Administrator(_) => Ok(()),
        Actor::Visitor(_)
        | Actor::Operator(_)
        | Actor::Supervisor(_)
        | Actor::Integration(_)
        | Actor::System => Err(Rejection::Forbidden { role: by.role(), action }),
    }
}
