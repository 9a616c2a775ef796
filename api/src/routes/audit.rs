//! The audit trail.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use journal::Position;
use projections::Page;
use projections::audit::{Deed, Entity, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::conversations::page_limit;
use super::{AtLeast, must_exist, query, views};
use crate::auth::{Caller, Role};
use crate::problem::Problem;
use crate::server::App;

/// Bytes in a filter: an identifier or the name of an event fits.
const FILTER_BYTES_MAX: usize = 64;

/// Which deeds.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only those to this kind of thing: livechat, operator or conversation.
    #[param(value_type = Option<String>)]
    entity: Option<Entity>,
    /// Only those to the thing with this identifier.
    entity_id: Option<String>,
    /// Only those by somebody in this role.
    role: Option<String>,
    /// Only those by whoever has this identifier.
    actor: Option<String>,
    /// Only events of this name, such as `conversation.transferred`.
    action: Option<String>,
    /// Where the page before said the next one starts.
    cursor: Option<Position>,
    /// Rows in the page: 1 to 200, 50 by default.
    limit: Option<usize>,
}

/// Who did what, when, on what, newest first.
#[utoipa::path(
    get, path = "/audit", tag = "audit", params(Which, AtLeast),
    responses((status = 200, body = Page<Deed>), (status = 404, body = Problem))
)]
pub async fn list(
    caller: Caller,
    State(app): State<App>,
    which: Result<Query<Which>, QueryRejection>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
) -> Result<axum::Json<Page<Deed>>, Problem> {
    caller.must_be(&[Role::Supervisor, Role::Administrator])?;
    let Query(which) = which.map_err(query)?;
    at_least.map_err(query)?.0.reached(&app, &caller.livechat).await?;
    must_exist(&app, &caller.livechat).await?;
    let limit = page_limit(which.limit)?;
    let texts = [
        ("entity_id", &which.entity_id),
        ("role", &which.role),
        ("actor", &which.actor),
        ("action", &which.action),
    ];
    for (field, text) in texts {
        if text.as_ref().is_some_and(|text| text.len() > FILTER_BYTES_MAX || text.contains('\0')) {
            return Err(Problem::field(field, format!("at most {FILTER_BYTES_MAX} bytes, without NUL")));
        }
    }
    let filter = Filter {
        entity: which.entity,
        entity_id: which.entity_id,
        role: which.role,
        actor: which.actor,
        action: which.action,
    };
    Ok(axum::Json(app.views.audit(&caller.livechat, &filter, which.cursor, limit).await.map_err(views)?))
}
