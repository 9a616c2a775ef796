//! What somebody does with a one-time link, and asks for one (spec.md §Privacy and security).

use accounts::link::{self, Kind};
use accounts::password::SecretString;
use axum::http::StatusCode;
use domain::both;
use domain::personal::Personal;
use domain::text::Language;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Anybody;
use crate::http::problem::Problem;
use crate::http::request::Json;
use crate::limits::TYPED_ADDRESS_CHARACTERS_MAX;
use crate::links;

/// What a link is for.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// To choose the first password.
    Invitation,
    /// To choose another password.
    Reset,
}

/// A link, as its address has it after the `#`.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkInHand {
    /// What it is for.
    kind: LinkKind,
    /// Its secret.
    secret: String,
}

/// A link, and the password that it is used to choose.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkUse {
    /// What it is for.
    kind: LinkKind,
    /// Its secret.
    secret: String,
    /// The new password: 12 to 256 characters, and not easily guessed.
    #[schema(format = Password)]
    password: String,
}

/// Whose link it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LinkHolder {
    /// The name.
    name: Personal<String>,
    /// The e-mail address, with which its holder signs in.
    address: Personal<String>,
    /// The language of the pages.
    language: Language,
}

/// Somebody who has forgotten their password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgottenPassword {
    /// The e-mail address.
    #[schema(example = "zoe@example.org")]
    address: String,
}

/// What is answered to whoever has forgotten their password, whether there is such an account or not.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ResetAsked {
    /// It was asked for.
    asked: bool,
}

impl From<LinkKind> for Kind {
    fn from(kind: LinkKind) -> Self {
        match kind {
            LinkKind::Invitation => Self::Invitation,
            LinkKind::Reset => Self::Reset,
        }
    }
}

/// Whose link it is, without using it. One that is not valid is refused alike, whatever the reason.
#[utoipa::path(
    post, path = "/api/v1/links/look", tag = "session", operation_id = "look_at_link", request_body = LinkInHand,
    responses((status = 200, body = LinkHolder), (status = 422, body = Problem, description = "`link_not_valid`"))
)]
pub async fn look(
    caller: Anybody,
    Json(LinkInHand { kind, secret }): Json<LinkInHand>,
) -> Result<axum::Json<LinkHolder>, Problem> {
    let accounts = &caller.app.accounts;
    let found = link::look(accounts.database(), accounts.now(), kind.into(), &secret).await;
    let account = found.map_err(|error| counted(&caller, error))?;
    Ok(axum::Json(LinkHolder { name: account.name, address: account.address, language: account.language }))
}

/// Choose a password with a link, which is used up by that. All sessions of the account end; its holder then signs in.
#[utoipa::path(
    post, path = "/api/v1/links/use", tag = "session", operation_id = "use_link", request_body = LinkUse,
    responses(
        (status = 204, description = "The password is in force"),
        (status = 422, body = Problem, description = "`link_not_valid`; or what is wrong with the password")
    )
)]
pub async fn redeem(caller: Anybody, Json(asked): Json<LinkUse>) -> Result<StatusCode, Problem> {
    let accounts = &caller.app.accounts;
    let password = SecretString::from(asked.password);
    let (kind, by) = (asked.kind.into(), caller.by());
    let used =
        link::redeem(accounts.database(), accounts.hasher(), &by, kind, &asked.secret, &password).await;
    used.map_err(|error| counted(&caller, error))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ask for a link to choose another password with, by mail. The answer is the same, and takes the same time, whether the
/// address has an account or not, and whether the server sends mails or not.
#[utoipa::path(
    post, path = "/api/v1/password-resets", tag = "session", operation_id = "ask_password_reset",
    request_body = ForgottenPassword, responses((status = 202, body = ResetAsked))
)]
pub async fn ask_reset(
    caller: Anybody,
    Json(ForgottenPassword { address }): Json<ForgottenPassword>,
) -> Result<(StatusCode, axum::Json<ResetAsked>), Problem> {
    let max = TYPED_ADDRESS_CHARACTERS_MAX;
    if address.chars().count() > max {
        return Err(Problem::field("address", both!("at most {max} characters", "{max} caractères au plus")));
    }
    links::ask_reset(&caller.app, caller.by(), address);
    Ok((StatusCode::ACCEPTED, axum::Json(ResetAsked { asked: true })))
}

/// The refusal of a link; a wrong one counts as a wrong token.
pub(super) fn counted(caller: &Anybody, error: accounts::Error) -> Problem {
    if matches!(error, accounts::Error::Link)
        && let Err(too_many) = caller.app.rates.wrong_token(caller.address)
    {
        return too_many;
    }
    error.into()
}
