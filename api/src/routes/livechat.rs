//! The livechat itself.

use axum::extract::State;
use domain::text::{Language, Name};
use domain::{Action, Rejection};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Done;
use crate::auth::{Caller, Role};
use crate::problem::Problem;
use crate::request::{IdempotencyKey, Json};
use crate::server::App;

/// What a livechat is called.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// 1 to 100 characters.
    #[schema(value_type = String, example = "Support")]
    name: Name,
    /// The language phrases fall back to.
    language: Language,
}

/// Create the livechat, with the ready-made settings.
#[utoipa::path(
    put, path = "/", tag = "livechat", request_body = Identity,
    responses((status = 200, body = Done), (status = 409, body = Problem, description = "It exists as something else"))
)]
pub async fn create(
    caller: Caller,
    key: IdempotencyKey,
    State(app): State<App>,
    Json(identity): Json<Identity>,
) -> Result<axum::Json<Done>, Problem> {
    let action = Action::CreateLivechat { name: identity.name, language: identity.language };
    Ok(axum::Json(app.command(&caller, key, action).await?.into()))
}

/// What the livechat is called.
#[utoipa::path(
    get, path = "/", tag = "livechat",
    responses((status = 200, body = Identity), (status = 404, body = Problem, description = "Not created"))
)]
pub async fn read(caller: Caller, State(app): State<App>) -> Result<axum::Json<Identity>, Problem> {
    caller.must_be(&[
        Role::Operator,
        Role::Supervisor,
        Role::Analyst,
        Role::Administrator,
        Role::Integration,
    ])?;
    let identity = app.journal.snapshot(&caller.livechat, |state| state.identity().cloned()).await?.1;
    let identity = identity.ok_or(Rejection::UnknownLivechat)?;
    Ok(axum::Json(Identity { name: identity.name, language: identity.language }))
}
