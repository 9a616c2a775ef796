//! Read one conversation: how it went. What was said and done in it is in `transcript.rs`.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use domain::bilingual::both;
use domain::settings::VisitorCard;
use domain::settings::visitor_card::CardField;
use domain::{ConversationId, LivechatId, OperatorId};
use projections::Named;
use projections::conversations::Conversation;
use projections::participation::Part;

use crate::auth::{Caller, Role};
use crate::language::ReaderLanguage;
use crate::live::frame::unknown;
use crate::past::{self, When};
use crate::problem::Problem;
use crate::request::ConversationInPath;
use crate::routes::{AtLeast, query, views};
use crate::server::App;

/// One conversation: as it is, or, for supervisors and administrators, as it was at any moment of the past.
#[utoipa::path(
    get, path = "/conversations/{conversation}", tag = "conversations", params(When, AtLeast),
    responses(
        (status = 200, body = Conversation),
        (status = 404, body = Problem, description = "No such conversation, or not yet at that moment"),
        (status = 422, body = Problem, description = "A moment that is not in the past of this livechat")
    )
)]
pub async fn read(
    caller: Caller,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    when: Result<Query<When>, QueryRejection>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
    accepted: ReaderLanguage,
) -> Result<axum::Json<Conversation>, Problem> {
    let Query(when) = when.map_err(query)?;
    if when.is_past() {
        caller.must_be(&[Role::Supervisor, Role::Administrator])?;
    }
    let at_least = at_least.map_err(query)?.0.checked(&app, &caller.livechat).await?;
    if let Some(until) = when.of(&app, &caller.livechat).await? {
        let found = replay::conversation_at(app.journal.store(), &caller.livechat, id, until).await;
        let mut found = found.map_err(past::unknown)?.ok_or_else(|| unknown(id))?;
        found.name_skills(&accepted.skill_names(&app, &caller.livechat).await?);
        return Ok(axum::Json(found));
    }
    AtLeast { at_least }.reached(&app, &caller.livechat).await?;
    let mut found = readable(&app, &caller, id).await?.0;
    found.name_skills(&accepted.skill_names(&app, &caller.livechat).await?);
    Ok(axum::Json(found))
}

/// What operators are shown of a visitor.
///
/// # Errors
/// When the log cannot be read.
pub(in crate::routes) async fn visitor_card(app: &App, caller: &Caller) -> Result<VisitorCard, Problem> {
    Ok(app.journal.peek(&caller.livechat, |state| state.settings().visitor_card.clone()).await?)
}

/// The row of a conversation. One that was just requested has none yet: it is waited for, so that whoever was told
/// of a conversation finds it.
async fn row(app: &App, livechat: &LivechatId, id: ConversationId) -> Result<Conversation, Problem> {
    if let Some(found) = app.views.conversation(livechat, id).await.map_err(views)? {
        return Ok(found);
    }
    let first = app.journal.beginning(livechat, id).await?.ok_or_else(|| unknown(id))?;
    AtLeast::position(first.position).reached(app, livechat).await?;
    app.views.conversation(livechat, id).await.map_err(views)?.ok_or_else(|| unknown(id))
}

/// A conversation that the caller may read: supervisors and administrators any, analysts those that
/// are over, operators those they are in charge of and the segments of others that they took part in, visitors
/// their own. With the part of it that the caller may read.
///
/// # Errors
/// 404 when there is none, 403 when it is not for the caller.
pub(in crate::routes) async fn readable(
    app: &App,
    caller: &Caller,
    id: ConversationId,
) -> Result<(Conversation, Part), Problem> {
    if caller.role == Role::Visitor {
        caller.may_read_as_visitor(app, id).await?;
    }
    let found = row(app, &caller.livechat, id).await?;
    let part = match caller.role {
        Role::Supervisor | Role::Administrator | Role::Visitor => Part::whole(),
        Role::Integration => Part::default(),
        Role::Operator => {
            let own = OperatorId::parse(&caller.subject)?;
            app.views.part_of(&caller.livechat, &found, &own).await.map_err(views)?
        }
        Role::Analyst => found.ended_at.map_or_else(Part::default, |_| Part::whole()),
    };
    if part.is_empty() {
        return Err(Problem::forbidden(both(
            "this conversation is not for you to read",
            "il ne vous appartient pas de lire cette conversation",
        )));
    }
    let shown = match caller.role {
        Role::Visitor => Conversation { operator: None, ..found },
        Role::Operator if !visitor_card(app, caller).await?.0.contains(&CardField::Name) => {
            Conversation { visitor_name: None, ..found }
        }
        Role::Operator | Role::Supervisor | Role::Administrator | Role::Analyst | Role::Integration => found,
    };
    Ok((shown, part))
}
