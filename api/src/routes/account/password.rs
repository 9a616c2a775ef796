//! One's own password.

use accounts::account;
use accounts::password::{self, SecretString};
use accounts::sessions::NewSession;
use axum::http::StatusCode;
use axum::response::Response;
use domain::bilingual::both;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::Person;
use crate::http::problem::{Problem, too_many_guesses};
use crate::http::request::Json;
use crate::routes::session::{self, SignedIn};

/// A password in place of another.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The present password.
    #[schema(format = Password)]
    current: String,
    /// The new one: 12 to 256 characters, and not easily guessed.
    #[schema(format = Password)]
    new: String,
}

/// Change one's own password. All sessions of the account end; the answer has a new one for the caller.
#[utoipa::path(
    put, path = "/api/v1/account/password", tag = "account", operation_id = "change_own_password",
    request_body = NewPassword,
    responses(
        (status = 200, body = SignedIn, description = "Changed; a page is given its new cookie"),
        (status = 429, body = Problem, description = "`too_many_guesses` at the present password")
    )
)]
pub async fn change(caller: Person, Json(asked): Json<NewPassword>) -> Result<Response, Problem> {
    let accounts = &caller.app.accounts;
    prove(&caller, &SecretString::from(asked.current), "current").await?;
    let new = SecretString::from(asked.new);
    let by = caller.by();
    let set = password::set(accounts.database(), accounts.hasher(), &by, caller.account.id, &new);
    set.await.map_err(named_new)?;
    let session = NewSession {
        account: caller.account.id,
        kind: caller.session.kind,
        network_address: caller.address,
        user_agent: &caller.user_agent,
        second_factor: caller.session.second_factor,
    };
    let (session, tokens) = accounts.sessions().start(session, accounts.now()).await?;
    let account = account::find(accounts.database(), session.account).await?;
    let account = account.ok_or_else(Problem::nothing_here)?;
    session::answer(&caller.app, caller.cookie, StatusCode::OK, (account, session, tokens))
}

/// Lets whoever holds the session go on only if they know the password too, where the account has one: an open page that
/// somebody left is not enough.
///
/// # Errors
/// 422 naming the field; `too_many_guesses`.
pub(super) async fn prove(caller: &Person, password: &SecretString, field: &str) -> Result<(), Problem> {
    let accounts = &caller.app.accounts;
    if !caller.account.has_password {
        return Ok(());
    }
    let from = caller.address.unwrap_or(std::net::IpAddr::from([0, 0, 0, 0]));
    let address = caller.account.address.reveal();
    let guess = accounts.throttle().guess(accounts.now(), address, from);
    let guess = guess.map_err(|too_soon| too_many_guesses(too_soon.retry_after))?;
    let right = password::is_right(accounts.database(), accounts.hasher(), caller.account.id, password).await;
    match right {
        Ok(true) => accounts.throttle().was_right(&guess),
        Ok(false) => {
            return Err(Problem::field(field, both("the present password", "le mot de passe actuel")));
        }
        Err(error) => {
            accounts.throttle().was_not_made(&guess);
            return Err(error.into());
        }
    }
    Ok(())
}

/// What is wrong with the new password is said of its field here.
fn named_new(mut error: accounts::Error) -> accounts::Error {
    if let accounts::Error::Wrong(fields) = &mut error {
        for field in fields {
            "new".clone_into(&mut field.field);
        }
    }
    error
}
