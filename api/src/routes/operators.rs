//! Operators: register, issue a token, change the status.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Action;
use domain::livechat::issue_token::Bearer;
use domain::operator::{Profile, Status};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Done;
use crate::auth::{Caller, Role};
use crate::limits::OPERATOR_TOKEN_HOURS;
use crate::problem::Problem;
use crate::request::{IdempotencyKey, Json, OperatorInPath};
use crate::server::App;

/// Register an operator, or change the profile.
#[utoipa::path(
    put, path = "/operators/{operator}", tag = "operators", request_body = Profile,
    responses((status = 200, body = Done), (status = 422, body = Problem))
)]
pub async fn register(
    caller: Caller,
    key: IdempotencyKey,
    OperatorInPath(operator): OperatorInPath,
    State(app): State<App>,
    Json(profile): Json<Profile>,
) -> Result<axum::Json<Done>, Problem> {
    let action = Action::RegisterOperator(operator, Box::new(profile));
    Ok(axum::Json(app.command(&caller, key, action).await?.into()))
}

/// A token.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Token {
    /// To be sent as `Authorization: Bearer …`.
    pub(super) token: String,
    /// Until when it is good.
    pub(super) expires_at: DateTime<Utc>,
}

/// Issue a token for an operator, good for 12 hours. That it was issued, by whom, is in the audit.
#[utoipa::path(
    post, path = "/operators/{operator}/tokens", tag = "operators",
    responses((status = 201, body = Token), (status = 404, body = Problem))
)]
pub async fn issue_token(
    caller: Caller,
    key: IdempotencyKey,
    OperatorInPath(operator): OperatorInPath,
    State(app): State<App>,
) -> Result<(StatusCode, axum::Json<Token>), Problem> {
    caller.must_be(&[Role::Administrator])?;
    app.command(&caller, key, Action::IssueToken(Bearer::Operator(operator.clone()))).await?;
    let lifetime = TimeDelta::hours(OPERATOR_TOKEN_HOURS);
    let (token, expires_at) = app
        .key
        .issue(&caller.livechat, Role::Operator, operator.as_str(), lifetime)
        .map_err(|error| Problem::internal(&error))?;
    Ok((StatusCode::CREATED, axum::Json(Token { token, expires_at })))
}

/// What an operator is doing.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStatus {
    /// The new status.
    status: Status,
}

/// Change the status: by the operator, or by a supervisor.
#[utoipa::path(
    put, path = "/operators/{operator}/status", tag = "operators", request_body = NewStatus,
    responses((status = 200, body = Done), (status = 404, body = Problem))
)]
pub async fn change_status(
    caller: Caller,
    key: IdempotencyKey,
    OperatorInPath(operator): OperatorInPath,
    State(app): State<App>,
    Json(NewStatus { status }): Json<NewStatus>,
) -> Result<axum::Json<Done>, Problem> {
    caller.must_be(&[Role::Operator, Role::Supervisor])?;
    Ok(axum::Json(app.command(&caller, key, Action::ChangeStatus(operator, status)).await?.into()))
}
