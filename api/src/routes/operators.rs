//! Operators: register, read, change some fields of the profile, suspend, reinstate, remove, issue a token, change
//! the status.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use domain::bilingual::both;
use domain::event::Bearer;
use domain::event::Profile;
use domain::settings::Status;
use domain::{Action, Livechat, OperatorId, Rejection};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::bodies::Receipt;
use super::patch::{patch_of, patched};
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::conditional::{IfMatch, IfNoneMatch, Revision};
use crate::limits::OPERATOR_TOKEN_HOURS;
use crate::problem::Problem;
use crate::request::{EmptyBody, IdempotencyKey, Json, OperatorInPath, parse};

/// Register an operator, or change the whole profile.
///
/// With `If-Match` the operator has to be registered, and the profile to be at that revision. The identifier of an
/// operator who was removed stays that operator's, who can be reinstated.
#[utoipa::path(
    put, path = "/operators/{operator}", tag = "operators", request_body = Profile,
    params((
        "If-Match" = Option<String>, Header,
        description = "The `ETag` of the profile that this replaces; another one in force refuses the change (412)."
    )),
    responses(
        (status = 200, body = Receipt),
        (status = 404, body = Problem, description = "With `If-Match`: not registered"),
        (status = 409, body = Problem, description = "`identifier_taken`: of an operator who was removed"),
        (status = 412, body = Problem, description = "It was changed meanwhile: the revision in force is told"),
        (status = 422, body = Problem)
    )
)]
pub async fn register(
    caller: Caller,
    key: IdempotencyKey,
    OperatorInPath(operator): OperatorInPath,
    IfMatch(expected): IfMatch,
    State(app): State<App>,
    Json(profile): Json<Profile>,
) -> Result<axum::Json<Receipt>, Problem> {
    let profile = Box::new(profile);
    let action = match expected {
        None => Action::RegisterOperator(operator, profile),
        expected => Action::ChangeProfile { operator, profile, expected, patch: None },
    };
    Ok(axum::Json(app.command(&caller, key, action).await?.into()))
}

/// The whole profile of an operator: for administrators, supervisors, and the operator. As it is, it can be sent
/// back with `PUT`.
#[utoipa::path(
    get, path = "/operators/{operator}", tag = "operators",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of what the reader has already.")),
    responses(
        (status = 200, body = Profile, headers(("ETag" = String, description = "The revision, in quotes."))),
        (status = 304, description = "The reader has this revision already"),
        (status = 403, body = Problem), (status = 404, body = Problem)
    )
)]
pub async fn read(
    caller: Caller,
    OperatorInPath(operator): OperatorInPath,
    known: IfNoneMatch,
    State(app): State<App>,
) -> Result<Response, Problem> {
    caller.must_be(&[Role::Administrator, Role::Supervisor, Role::Operator])?;
    if caller.role == Role::Operator && caller.subject != operator.as_str() {
        return Err(Problem::forbidden(both(
            "operators may read only their own profile",
            "un opérateur ne lit que son propre profil",
        )));
    }
    let (profile, revision) = in_force(&app, &caller, &operator).await?;
    Ok(known.answer(Revision(revision), axum::Json(profile)))
}

/// The profile of an operator and its revision.
async fn in_force(app: &App, caller: &Caller, operator: &OperatorId) -> Result<(Profile, u64), Problem> {
    let look = |state: &Livechat| {
        state.identity().ok_or(Rejection::UnknownLivechat)?;
        let known = state.operator(operator).ok_or_else(|| Rejection::UnknownOperator(operator.clone()))?;
        Ok::<_, Rejection>((known.profile.clone(), known.revision))
    };
    Ok(app.journal.snapshot(&caller.livechat, look).await?.1?)
}

/// Change some fields of a profile: a JSON merge patch (RFC 7396). A field that is absent stays as it is; `null`
/// takes one away.
#[utoipa::path(
    patch, path = "/operators/{operator}", tag = "operators", operation_id = "change_profile",
    request_body(content = Value, content_type = "application/merge-patch+json"),
    params((
        "If-Match" = Option<String>, Header,
        description = "The `ETag` of the profile that was seen; another one in force refuses the change (412)."
    )),
    responses(
        (status = 200, body = Receipt), (status = 404, body = Problem),
        (status = 412, body = Problem, description = "It was changed meanwhile: the revision in force is told"),
        (status = 422, body = Problem)
    )
)]
pub async fn change(
    caller: Caller,
    key: IdempotencyKey,
    OperatorInPath(operator): OperatorInPath,
    IfMatch(asked): IfMatch,
    State(app): State<App>,
    Json(patch): Json<Value>,
) -> Result<axum::Json<Receipt>, Problem> {
    caller.must_be(&[Role::Administrator])?;
    let patch = patch_of(patch)?;
    let done = patched(asked, || async {
        let (profile, revision) = in_force(&app, &caller, &operator).await?;
        let content = serde_json::to_value(profile).map_err(|error| Problem::internal(&error))?;
        let profile = parse(patch.apply(content).to_string().as_bytes())?;
        let (operator, expected) = (operator.clone(), Some(asked.unwrap_or(revision)));
        let action = Action::ChangeProfile { operator, profile, expected, patch: Some(patch.clone()) };
        app.command(&caller, key, action).await
    });
    Ok(axum::Json(done.await?.into()))
}

/// Suspend an operator: may neither connect nor be given anything until reinstated. Open desks end, the
/// conversations go to others or back to the queue, and tokens issued so far are no longer good.
#[utoipa::path(
    post, path = "/operators/{operator}/suspend", tag = "operators", operation_id = "suspend_operator",
    responses((status = 200, body = Receipt), (status = 404, body = Problem))
)]
pub async fn suspend(
    caller: Caller,
    key: IdempotencyKey,
    OperatorInPath(operator): OperatorInPath,
    State(app): State<App>,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    let done = app.command(&caller, key, Action::SuspendOperator(operator.clone())).await?;
    app.revocations.revoke(&caller.livechat, &operator);
    Ok(axum::Json(done.into()))
}

/// Reinstate an operator who was suspended, or who was removed: the same person, with the same past and the last profile,
/// without skills that are gone meanwhile. Tokens are issued anew.
#[utoipa::path(
    post, path = "/operators/{operator}/reinstate", tag = "operators", operation_id = "reinstate_operator",
    responses((status = 200, body = Receipt), (status = 404, body = Problem))
)]
pub async fn reinstate(
    caller: Caller,
    key: IdempotencyKey,
    OperatorInPath(operator): OperatorInPath,
    State(app): State<App>,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    Ok(axum::Json(app.command(&caller, key, Action::ReinstateOperator(operator)).await?.into()))
}

/// Remove an operator, as one who is suspended and for good; surveys that wait for the operator are closed. What
/// happened keeps the name, and nobody else is given the identifier.
#[utoipa::path(
    delete, path = "/operators/{operator}", tag = "operators", operation_id = "remove_operator",
    params((
        "If-Match" = Option<String>, Header,
        description = "The `ETag` of the profile that was seen; another one in force refuses the removal (412)."
    )),
    responses(
        (status = 200, body = Receipt), (status = 404, body = Problem),
        (status = 412, body = Problem, description = "It was changed meanwhile: the revision in force is told")
    )
)]
pub async fn remove(
    caller: Caller,
    key: IdempotencyKey,
    OperatorInPath(operator): OperatorInPath,
    IfMatch(expected): IfMatch,
    State(app): State<App>,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    let done = app.command(&caller, key, Action::RemoveOperator(operator.clone(), expected)).await?;
    app.revocations.revoke(&caller.livechat, &operator);
    Ok(axum::Json(done.into()))
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
    responses(
        (status = 201, body = Token),
        (status = 403, body = Problem, description = "`operator_suspended`"),
        (status = 404, body = Problem)
    )
)]
pub async fn issue_token(
    caller: Caller,
    key: IdempotencyKey,
    OperatorInPath(operator): OperatorInPath,
    State(app): State<App>,
    _: EmptyBody,
) -> Result<(StatusCode, axum::Json<Token>), Problem> {
    caller.must_be(&[Role::Administrator])?;
    let look = |state: &Livechat| state.operator(&operator).map(|known| (known.suspended, known.tokens));
    let staff = match app.journal.snapshot(&caller.livechat, look).await?.1 {
        None => return Err(Rejection::UnknownOperator(operator).into()),
        Some((true, _)) => return Err(Rejection::OperatorSuspended(operator).into()),
        Some((false, staff)) => staff,
    };
    let issue = Action::IssueToken(Bearer::Operator(operator.clone()));
    let receipt = app.command(&caller, key, issue).await?;
    // A command that is repeated is answered as the first time: it gains no time.
    let lifetime = app.done_at(&receipt) + TimeDelta::hours(OPERATOR_TOKEN_HOURS) - Utc::now();
    let (token, expires_at) = app
        .key
        .issue_to_operator(&caller.livechat, &operator, lifetime, staff)
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
    responses((status = 200, body = Receipt), (status = 404, body = Problem))
)]
pub async fn change_status(
    caller: Caller,
    key: IdempotencyKey,
    OperatorInPath(operator): OperatorInPath,
    State(app): State<App>,
    Json(NewStatus { status }): Json<NewStatus>,
) -> Result<axum::Json<Receipt>, Problem> {
    caller.must_be(&[Role::Operator, Role::Supervisor])?;
    Ok(axum::Json(app.command(&caller, key, Action::ChangeStatus(operator, status)).await?.into()))
}
