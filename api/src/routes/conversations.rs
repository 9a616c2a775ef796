//! Conversations: find them, read how one went. To request one is in `requests.rs`; what was said is in
//! `transcript.rs`.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use domain::settings::VisitorCard;
use domain::settings::visitor_card::CardField;
use domain::{ConversationId, OperatorId};
use journal::Position;
use projections::conversations::{Conversation, Filter, State as Stand};
use projections::{PAGE_MAX, Page};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{AtLeast, must_exist, query, views};
use crate::auth::{Caller, Role};
use crate::live::visitor::must_be_own;
use crate::problem::Problem;
use crate::request::ConversationInPath;
use crate::server::App;

/// Which conversations.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only those that stand here.
    #[param(value_type = Option<String>)]
    state: Option<Stand>,
    /// Only those of which this operator is in charge, or last was.
    #[param(value_type = Option<String>)]
    operator: Option<OperatorId>,
    /// Where the page before said the next one starts.
    cursor: Option<Position>,
    /// Rows in the page: 1 to 200, 50 by default.
    limit: Option<usize>,
}

/// All conversations, newest request first.
#[utoipa::path(
    get, path = "/conversations", tag = "conversations", params(Which, AtLeast),
    responses((status = 200, body = Page<Conversation>), (status = 404, body = Problem))
)]
pub async fn list(
    caller: Caller,
    State(app): State<App>,
    which: Result<Query<Which>, QueryRejection>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
) -> Result<axum::Json<Page<Conversation>>, Problem> {
    caller.must_be(&[Role::Supervisor, Role::Analyst])?;
    let Query(which) = which.map_err(query)?;
    at_least.map_err(query)?.0.reached(&app, &caller.livechat).await?;
    must_exist(&app, &caller.livechat).await?;
    let limit = page_limit(which.limit)?;
    let over_only = caller.role == Role::Analyst;
    let filter = Filter { state: which.state, operator: which.operator, over_only };
    Ok(axum::Json(
        app.views.conversations(&caller.livechat, &filter, which.cursor, limit).await.map_err(views)?,
    ))
}

/// The rows asked for in a page.
pub fn page_limit(asked: Option<usize>) -> Result<usize, Problem> {
    match asked.unwrap_or(50) {
        limit if (1..=PAGE_MAX).contains(&limit) => Ok(limit),
        _ => Err(Problem::field("limit", format!("1 to {PAGE_MAX}"))),
    }
}

/// One conversation.
#[utoipa::path(
    get, path = "/conversations/{conversation}", tag = "conversations", params(AtLeast),
    responses((status = 200, body = Conversation), (status = 404, body = Problem))
)]
pub async fn read(
    caller: Caller,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
) -> Result<axum::Json<Conversation>, Problem> {
    at_least.map_err(query)?.0.reached(&app, &caller.livechat).await?;
    Ok(axum::Json(readable(&app, &caller, id).await?))
}

async fn visitor_card(app: &App, caller: &Caller) -> Result<VisitorCard, Problem> {
    Ok(app.journal.peek(&caller.livechat, |state| state.settings().visitor_card.clone()).await?)
}

/// A conversation that the caller may read: supervisors and administrators any, analysts those that
/// are over, operators those they are or were last in charge of, visitors their own.
///
/// # Errors
/// 404 when there is none, 403 when it is not for the caller.
pub(super) async fn readable(
    app: &App,
    caller: &Caller,
    id: ConversationId,
) -> Result<Conversation, Problem> {
    if caller.role == Role::Visitor {
        must_be_own(app, caller, id).await?;
    }
    let found = app.views.conversation(&caller.livechat, id).await.map_err(views)?;
    let found = found.ok_or_else(|| crate::live::frame::unknown(id))?;
    let may = match caller.role {
        Role::Supervisor | Role::Administrator | Role::Visitor => true,
        Role::Integration => false,
        Role::Operator => found.operator.as_deref() == Some(&caller.subject),
        Role::Analyst => found.ended_at.is_some(),
    };
    if !may {
        return Err(Problem::forbidden("this conversation is not for you to read"));
    }
    Ok(match caller.role {
        Role::Visitor => Conversation { operator: None, ..found },
        Role::Operator if !visitor_card(app, caller).await?.0.contains(&CardField::Name) => {
            Conversation { visitor_name: None, ..found }
        }
        Role::Operator | Role::Supervisor | Role::Administrator | Role::Analyst | Role::Integration => found,
    })
}
