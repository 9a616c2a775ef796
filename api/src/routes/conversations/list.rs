//! Find conversations.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use domain::OperatorId;
use journal::Position;
use projections::conversations::{Conversation, Filter, State as Stand};
use projections::{PAGE_MAX, Page};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::auth::{Caller, Role};
use crate::problem::Problem;
use crate::routes::{AtLeast, must_exist, query, views};
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
