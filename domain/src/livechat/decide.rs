//! May this command be done, and what then happened?

use super::{access, change_settings, create, issue_token, rename, shut};
use crate::Timestamp;
use crate::actor::Actor;
use crate::bilingual::{Bilingual, both};
use crate::command::{Action, Command};
use crate::conversation::{
    assign, call_manager, end, file, keep_open, leave, mail_copy, mark_important, pick_up, request,
    request_again, send_article, transfer, typing, visitor_page, write, write_internally,
};
use crate::event::{Event, Fact};
use crate::operator::{change_status, connect, disconnect, lose_connection, register, remove, suspend};
use crate::rejection::Rejection;
use crate::state::Livechat;
use crate::survey;

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

        Action::RequestConversation(id, request) => request::decide(livechat, by, *id, request),
        Action::RequestAgain(id, request) => request_again::decide(livechat, by, *id, request),
        Action::LeaveQueue(id) => leave::decide(livechat, by, *id),
        Action::PickUp(id) => pick_up::decide(livechat, by, *id),
        Action::Write(id, text) => write::decide(livechat, by, *id, text),
        Action::WriteInternally(id, text) => write_internally::decide(livechat, by, *id, text),
        Action::NotePresence(id, presence) => visitor_page::note(livechat, by, *id, *presence),
        Action::ChangePage(id, page) => visitor_page::change(livechat, by, *id, page),
        Action::Type(id) => typing::decide(livechat, at, by, *id),
        Action::SendArticle(id, article) => send_article::decide(livechat, by, *id, article),
        Action::MarkImportant(id, important) => mark_important::decide(livechat, by, *id, *important),
        Action::CallManager(id, note) => call_manager::call(livechat, by, *id, note.as_ref()),
        Action::TakeCall(id) => call_manager::take(livechat, by, *id),
        Action::SettleCall(id) => call_manager::done(livechat, by, *id),
        Action::RequestFile(id, note) => file::ask(livechat, by, *id, note.as_ref()),
        Action::SendFile(id, file) => file::send(livechat, by, *id, file),
        Action::MailCopy(id) => mail_copy::decide(livechat, by, *id),
        Action::Assign(id, assignment) => assign::decide(livechat, by, *id, assignment),
        Action::Transfer(id, transfer) => transfer::decide(livechat, by, *id, transfer),
        Action::End(id) => end::decide(livechat, by, *id),
        Action::Close(id) => keep_open::close(livechat, by, *id),

        Action::SendSurvey(id, survey) => survey::ask::by_hand(livechat, by, *id, survey),
        Action::OpenSurvey(id, which) => survey::open::decide(livechat, by, *id, *which),
        Action::CancelSurvey(id, segment) => survey::cancel::decide(livechat, by, *id, *segment),
        Action::AnswerSurvey(id, which, answers) => {
            survey::answer::decide(livechat, by, *id, *which, answers)
        }
        Action::CloseSurvey(id, which) => survey::close::decide(livechat, by, *id, *which),
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
