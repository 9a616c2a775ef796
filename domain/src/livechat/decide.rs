//! May this command be done, and what happens then?

use super::{access, api_key, change_settings, create, issue_token, rename, shut};
use crate::Timestamp;
use crate::actor::Actor;
use crate::bilingual::{Bilingual, both};
use crate::command::{Action, Command};
use crate::conversation;
use crate::event::{Event, Fact};
use crate::operator::{change_status, connect, disconnect, lose_connection, register, remove, suspend};
use crate::rejection::Rejection;
use crate::state::Livechat;

/// Validates the whole command, then says what happened. Changes nothing.
///
/// # Errors
/// The rule that refuses the command; nothing is to be recorded then.
pub fn decide(livechat: &Livechat, command: &Command) -> Result<Vec<Event>, Rejection> {
    let at = command.at.max(livechat.clock);
    if matches!(command.action, Action::Tick) {
        return Ok(super::due(livechat, at));
    }
    let facts = facts(livechat, at, &command.by, &command.action)?;
    Ok(facts.into_iter().map(|fact| Event { at, by: command.by.clone(), fact }).collect())
}

fn facts(livechat: &Livechat, at: Timestamp, by: &Actor, action: &Action) -> Result<Vec<Fact>, Rejection> {
    if livechat.identity().is_none() && !matches!(action, Action::CreateLivechat { .. }) {
        return Err(Rejection::UnknownLivechat);
    }
    match action {
        Action::Tick => Ok(vec![]),

        Action::CreateLivechat { name, language } => {
            administrator(by, both("create a livechat", "créer un livechat"))?;
            create::decide(livechat, name, *language)
        }
        Action::ChangeSettings { section, expected } => {
            administrator(by, both("change settings", "modifier les réglages"))?;
            change_settings::decide(livechat, section, *expected)
        }
        Action::PatchSettings { section, expected, .. } => {
            administrator(by, both("change settings", "modifier les réglages"))?;
            change_settings::decide(livechat, section, Some(*expected))
        }
        Action::RenameLivechat(renaming) => {
            administrator(by, both("rename a livechat", "renommer un livechat"))?;
            rename::decide(livechat, renaming)
        }
        Action::CloseLivechat => {
            administrator(by, both("close a livechat", "fermer un livechat"))?;
            Ok(shut::shut(livechat))
        }
        Action::ReopenLivechat => {
            administrator(by, both("reopen a livechat", "rouvrir un livechat"))?;
            Ok(shut::reopen(livechat))
        }

        Action::RecordAccess(access) => access::decide(by, access),
        Action::IssueToken(bearer) => issue_token::decide(livechat, by, bearer),
        Action::RecordApiKey(key, change) => {
            administrator(by, both("manage the keys of programs", "gérer les clés des programmes"))?;
            Ok(api_key::decide(*key, change))
        }

        Action::RegisterOperator(id, profile) => {
            administrator(by, both("register operators", "enregistrer des opérateurs"))?;
            register::decide(livechat, id, profile)
        }
        Action::ChangeProfile { operator, profile, expected, .. } => {
            administrator(by, both("change profiles", "modifier des profils"))?;
            register::change(livechat, operator, profile, *expected)
        }
        Action::SuspendOperator(id) => {
            administrator(by, both("suspend operators", "suspendre des opérateurs"))?;
            suspend::suspend(livechat, id)
        }
        Action::ReinstateOperator(id) => {
            administrator(by, both("reinstate operators", "rétablir des opérateurs"))?;
            suspend::reinstate(livechat, id)
        }
        Action::RemoveOperator(id, expected) => {
            administrator(by, both("remove operators", "retirer des opérateurs"))?;
            remove::decide(livechat, id, *expected)
        }
        Action::ConnectOperator(id) => connect::decide(livechat, by, id),
        Action::LoseConnection(id) => lose_connection::decide(livechat, at, by, id),
        Action::DisconnectOperator(id, reason) => disconnect::decide(livechat, by, id, *reason),
        Action::ChangeStatus(id, status) => change_status::decide(livechat, by, id, *status),

        Action::Conversation(id, action) => conversation::decide(livechat, at, by, *id, action),
    }
}

fn administrator(by: &Actor, action: Bilingual) -> Result<(), Rejection> {
    match by {
        Actor::Administrator(_) => Ok(()),
        Actor::Visitor(_)
        | Actor::Operator(_)
        | Actor::Supervisor(_)
        | Actor::Analyst(_)
        | Actor::Integration(_)
        | Actor::System => Err(Rejection::Forbidden { role: by.role(), action }),
    }
}
