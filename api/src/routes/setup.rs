//! The first server administrator (spec.md §Privacy and security).

use accounts::account::Draft;
use accounts::password::{SecretString, create_first};
use accounts::{Account, Error};
use axum::http::StatusCode;
use domain::text::Language;
use serde::Deserialize;
use utoipa::ToSchema;

use super::links::counted;
use crate::auth::Anybody;
use crate::http::problem::Problem;
use crate::http::request::Json;

/// Who is to be the first server administrator.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstAdministrator {
    /// The secret after the `#` of the address that the server printed when it started.
    secret: String,
    /// The e-mail address: one mailbox, at most 254 characters.
    #[schema(example = "zoe@example.org")]
    address: String,
    /// The name: 1 to 100 characters on one line.
    name: String,
    /// The language of its pages and mails.
    #[serde(default)]
    language: Language,
    /// The password: 12 to 256 characters, and not easily guessed.
    #[schema(format = Password)]
    password: String,
}

/// Make the first server administrator, as long as there is none, with the secret that the server printed when it started.
/// It is good once, and until the server stops. Sign in afterwards.
#[utoipa::path(
    post, path = "/api/v1/setup", tag = "session", operation_id = "make_first_administrator",
    request_body = FirstAdministrator,
    responses(
        (status = 201, body = Account),
        (status = 422, body = Problem, description = "`link_not_valid`: there is an administrator, or it is another secret")
    )
)]
pub async fn make_first(
    caller: Anybody,
    Json(asked): Json<FirstAdministrator>,
) -> Result<(StatusCode, axum::Json<Account>), Problem> {
    let (accounts, setup) = (&caller.app.accounts, &caller.app.links.setup);
    if !setup.is(&asked.secret) {
        return Err(counted(&caller, Error::Link));
    }
    let draft = Draft {
        address: asked.address,
        name: asked.name,
        language: asked.language,
        server_administrator: true,
        roles: vec![],
    };
    let password = SecretString::from(asked.password);
    let made = create_first(accounts.database(), accounts.hasher(), &caller.by(), draft, &password).await;
    // Used up, or useless.
    if matches!(made, Ok(_) | Err(Error::Link)) {
        setup.close();
    }
    Ok((StatusCode::CREATED, axum::Json(made?)))
}
