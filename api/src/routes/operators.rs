//! Operators: register, read, change some fields of the profile, suspend, reinstate, remove, issue a token, change
//! the status.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use domain::bilingual::both;
use domain::event::{Bearer, Profile};
use domain::settings::Status;
use domain::{Action, Livechat, OperatorId, Rejection};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::patch::{patch_of, patched};
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::commander::Commander;
use crate::http::conditional::{IfMatch, IfNoneMatch, Revision};
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::http::receipt::Receipt;
use crate::http::request::{EmptyBody, Json, OperatorInPath, parse};
use crate::limits::OPERATOR_TOKEN_HOURS;

/// Register an operator, or change the whole profile.
///
/// With `If-Match` the operator has to be registered, and the profile to be at that revision. The identifier of a
/// removed operator is never reused: the operator can be reinstated.
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
        (status = 412, body = Problem, description = "It was changed meanwhile: the revision in force is named")
    )
)]
pub async fn register(
    commander: Commander,
    OperatorInPath(operator): OperatorInPath,
    IfMatch(expected): IfMatch,
    Json(profile): Json<Profile>,
) -> Result<axum::Json<Receipt>, Problem> {
    let profile = Box::new(profile);
    let action = match expected {
        None => Action::RegisterOperator(operator, profile),
        expected => Action::ChangeProfile { operator, profile, expected, patch: None },
    };
    commander.run(action).await
}

/// The whole profile of an operator: for administrators, supervisors, and the operator. It can be sent back unchanged
/// with `PUT`.
#[utoipa::path(
    get, path = "/operators/{operator}", tag = "operators",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of what the reader has already.")),
    responses(
        (status = 200, body = Profile, headers(("ETag" = String, description = "The revision, in quotes."))),
        (status = 304, description = "The reader has this revision already")
    )
)]
pub async fn read(
    Reader { caller, app, .. }: Reader,
    OperatorInPath(operator): OperatorInPath,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    caller.may_call()?;
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
/// removes one.
#[utoipa::path(
    patch, path = "/operators/{operator}", tag = "operators", operation_id = "change_profile",
    request_body(content = Value, content_type = "application/merge-patch+json"),
    params((
        "If-Match" = Option<String>, Header,
        description = "The `ETag` of the profile that was seen; another one in force refuses the change (412)."
    )),
    responses(
        (status = 200, body = Receipt),
        (status = 412, body = Problem, description = "It was changed meanwhile: the revision in force is named")
    )
)]
pub async fn change(
    commander: Commander,
    OperatorInPath(operator): OperatorInPath,
    IfMatch(asked): IfMatch,
    Json(patch): Json<Value>,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.caller.may_call()?;
    let patch = patch_of(patch)?;
    let done = patched(asked, || async {
        let (profile, revision) = in_force(&commander.app, &commander.caller, &operator).await?;
        let content = serde_json::to_value(profile).map_err(|error| Problem::internal(&error))?;
        let profile = parse(patch.apply(content).to_string().as_bytes())?;
        let (operator, expected) = (operator.clone(), Some(asked.unwrap_or(revision)));
        let action = Action::ChangeProfile { operator, profile, expected, patch: Some(patch.clone()) };
        commander.record(action).await
    });
    Ok(axum::Json(done.await?.into()))
}

/// Suspend an operator, who may neither connect nor be given anything until reinstated. Open desks end, the
/// conversations go to others or back to the queue, and tokens issued so far are no longer valid.
#[utoipa::path(
    post, path = "/operators/{operator}/suspend", tag = "operators", operation_id = "suspend_operator",
    responses((status = 200, body = Receipt))
)]
pub async fn suspend(
    commander: Commander,
    OperatorInPath(operator): OperatorInPath,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    let done = commander.run(Action::SuspendOperator(operator.clone())).await?;
    commander.app.revocations.revoke(&commander.caller.livechat, &operator);
    Ok(done)
}

/// Reinstate a suspended or removed operator: the same person, with the same past and the last profile, without skills
/// that have since been deleted. New tokens have to be issued.
#[utoipa::path(
    post, path = "/operators/{operator}/reinstate", tag = "operators", operation_id = "reinstate_operator",
    responses((status = 200, body = Receipt))
)]
pub async fn reinstate(
    commander: Commander,
    OperatorInPath(operator): OperatorInPath,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.run(Action::ReinstateOperator(operator)).await
}

/// Remove an operator: like a suspension, but for good; surveys that wait for the operator are closed. History keeps
/// the name, and the identifier is never reused.
#[utoipa::path(
    delete, path = "/operators/{operator}", tag = "operators", operation_id = "remove_operator",
    params((
        "If-Match" = Option<String>, Header,
        description = "The `ETag` of the profile that was seen; another one in force refuses the removal (412)."
    )),
    responses(
        (status = 200, body = Receipt),
        (status = 412, body = Problem, description = "It was changed meanwhile: the revision in force is named")
    )
)]
pub async fn remove(
    commander: Commander,
    OperatorInPath(operator): OperatorInPath,
    IfMatch(expected): IfMatch,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    let done = commander.run(Action::RemoveOperator(operator.clone(), expected)).await?;
    commander.app.revocations.revoke(&commander.caller.livechat, &operator);
    Ok(done)
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
        (status = 403, body = Problem, description = "`operator_suspended`")
    )
)]
pub async fn issue_token(
    commander: Commander,
    OperatorInPath(operator): OperatorInPath,
    _: EmptyBody,
) -> Result<(StatusCode, axum::Json<Token>), Problem> {
    let Commander { caller, app, .. } = &commander;
    caller.may_call()?;
    let look = |state: &Livechat| state.operator(&operator).map(|known| (known.suspended, known.tokens));
    let staff = match app.journal.snapshot(&caller.livechat, look).await?.1 {
        None => return Err(Rejection::UnknownOperator(operator).into()),
        Some((true, _)) => return Err(Rejection::OperatorSuspended(operator).into()),
        Some((false, staff)) => staff,
    };
    let issue = Action::IssueToken(Bearer::Operator(operator.clone()));
    let receipt = commander.record(issue).await?;
    // A repeated command gets the answer of the first one: it gains no time.
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
    responses((status = 200, body = Receipt))
)]
pub async fn change_status(
    commander: Commander,
    OperatorInPath(operator): OperatorInPath,
    Json(NewStatus { status }): Json<NewStatus>,
) -> Result<axum::Json<Receipt>, Problem> {
    commander.caller.may_call()?;
    commander.run(Action::ChangeStatus(operator, status)).await
}
