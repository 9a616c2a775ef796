//! One's own second factor: set up, confirmed, removed, and the recovery codes.

use accounts::password::SecretString;
use accounts::second_factor::RecoveryCode;
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::password::prove;
use crate::auth::Person;
use crate::http::problem::Problem;
use crate::http::request::Json;

/// How authenticators name the server.
const ISSUER: &str = "Pupitre";

/// The second factor of an account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SecondFactor {
    /// Whether codes are asked for at sign-in.
    enrolled: bool,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<DateTime<Utc>>,
    /// How many recovery codes are left.
    recovery_codes_left: u32,
    /// Whether the account has to have one.
    required: bool,
}

/// Who sets up a second factor shows the password.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewSecondFactor {
    /// The present password, of an account that has one.
    #[schema(format = Password)]
    password: String,
}

/// What an authenticator is set up with. It is shown once.
#[derive(Clone, Serialize, ToSchema)]
pub struct Enrolment {
    /// The secret, as people type it.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// The same as an address, which a QR code holds.
    #[schema(
        example = "otpauth://totp/Pupitre:zoe%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Pupitre"
    )]
    url: String,
}

/// A code of the authenticator.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Six digits.
    #[schema(example = "287082")]
    code: String,
}

/// Recovery codes: each stands in for the authenticator once. They are shown once.
#[derive(Clone, Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// Ten of them.
    codes: Vec<String>,
}

/// One's own second factor.
#[utoipa::path(
    get, path = "/api/v1/account/second-factor", tag = "account", operation_id = "read_second_factor",
    responses((status = 200, body = SecondFactor))
)]
pub async fn read(caller: Person) -> Result<axum::Json<SecondFactor>, Problem> {
    let accounts = &caller.app.accounts;
    let status = accounts.second_factors().status(caller.account.id).await?;
    Ok(axum::Json(SecondFactor {
        enrolled: status.is_some(),
        since: status.map(|status| status.confirmed_at),
        recovery_codes_left: status.map_or(0, |status| status.recovery_codes),
        required: accounts.requires_second_factor(&caller.account),
    }))
}

/// Set up an authenticator: its secret is good once a first code of it is confirmed, within 15 minutes.
#[utoipa::path(
    post, path = "/api/v1/account/second-factor", tag = "account", operation_id = "enrol_second_factor",
    request_body = NewSecondFactor,
    responses(
        (status = 200, body = Enrolment),
        (status = 409, body = Problem, description = "`second_factor_already_enrolled`"),
        (status = 429, body = Problem, description = "`too_many_guesses` at the password")
    )
)]
pub async fn enrol(
    caller: Person,
    Json(asked): Json<NewSecondFactor>,
) -> Result<axum::Json<Enrolment>, Problem> {
    prove(&caller, &SecretString::from(asked.password), "password").await?;
    let factors = caller.app.accounts.second_factors();
    let label = caller.account.address.reveal();
    let enrolment = factors.enrol(caller.account.id, ISSUER, label, &caller.by()).await?;
    Ok(axum::Json(Enrolment { secret: enrolment.secret, url: enrolment.url }))
}

/// Confirm the authenticator with a first code. Codes are asked for from the next sign-in on; the session of the caller
/// counts as having passed it.
#[utoipa::path(
    post, path = "/api/v1/account/second-factor/confirm", tag = "account", operation_id = "confirm_second_factor",
    request_body = Code,
    responses(
        (status = 200, body = RecoveryCodes, description = "In force; a page is given a new cookie"),
        (status = 409, body = Problem, description = "`second_factor_not_enrolled`; or `second_factor_already_enrolled`"),
        (status = 422, body = Problem, description = "`wrong_code`")
    )
)]
pub async fn confirm(caller: Person, Json(Code { code }): Json<Code>) -> Result<Response, Problem> {
    let accounts = &caller.app.accounts;
    let codes = accounts.second_factors().confirm(caller.account.id, &code, &caller.by()).await?;
    let (account, session, now) = (caller.account.id, caller.session.id, accounts.now());
    let token = accounts.sessions().pass_second_factor(account, session, now).await?;
    let set = token.and_then(|token| caller.cookie.with(&token)).map(|line| (header::SET_COOKIE, line));
    Ok((AppendHeaders(set), axum::Json(RecoveryCodes::of(&codes))).into_response())
}

/// Remove one's own second factor, with a code of it. Where it is required, it has to be set up again.
#[utoipa::path(
    delete, path = "/api/v1/account/second-factor", tag = "account", operation_id = "remove_second_factor",
    request_body = Code,
    responses(
        (status = 200, body = SecondFactor),
        (status = 409, body = Problem, description = "`second_factor_not_enrolled`"),
        (status = 422, body = Problem, description = "`wrong_code`")
    )
)]
pub async fn remove(
    caller: Person,
    Json(Code { code }): Json<Code>,
) -> Result<axum::Json<SecondFactor>, Problem> {
    caller.app.accounts.second_factors().remove(caller.account.id, &code, &caller.by()).await?;
    read(caller).await
}

/// New recovery codes in place of all that there are, with a code of the authenticator.
#[utoipa::path(
    post, path = "/api/v1/account/recovery-codes", tag = "account", operation_id = "replace_recovery_codes",
    request_body = Code,
    responses(
        (status = 200, body = RecoveryCodes),
        (status = 409, body = Problem, description = "`second_factor_not_enrolled`"),
        (status = 422, body = Problem, description = "`wrong_code`")
    )
)]
pub async fn replace_recovery_codes(
    caller: Person,
    Json(Code { code }): Json<Code>,
) -> Result<axum::Json<RecoveryCodes>, Problem> {
    let factors = caller.app.accounts.second_factors();
    let codes = factors.new_recovery_codes(caller.account.id, &code, &caller.by()).await?;
    Ok(axum::Json(RecoveryCodes::of(&codes)))
}

impl RecoveryCodes {
    fn of(codes: &[RecoveryCode]) -> Self {
        Self { codes: codes.iter().map(RecoveryCode::reveal).collect() }
    }
}
