//! Signing in, staying so, and signing out (spec.md §Privacy and security).

use accounts::Account;
use accounts::password::SecretString;
use accounts::sessions::{EndReason, ProgramTokens, Session, SessionKind, Tokens, csrf_token};
use accounts::sign_in::Credentials;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Anybody, Person};
use crate::http::problem::Problem;
use crate::http::request::{EmptyBody, Json};

/// On what somebody signs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum On {
    /// A page: the answer sets a cookie.
    #[default]
    Page,
    /// A program: the answer has tokens.
    Program,
}

/// What somebody sends to sign in.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// The e-mail address.
    #[schema(example = "zoe@example.org")]
    address: String,
    /// The password.
    #[schema(format = Password)]
    password: String,
    /// A code of the authenticator or a recovery code, of an account that has them.
    #[serde(default)]
    #[schema(example = "287082")]
    code: Option<String>,
    /// On what.
    #[serde(default)]
    on: On,
}

/// The session of the caller.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SignedIn {
    /// The session.
    session: SessionInfo,
    /// Whose it is.
    account: Account,
    /// Has the account still to set up a second factor before it may do anything else?
    second_factor_required: bool,
    /// Of a page: to be sent as `X-CSRF-Token` with every request that changes something.
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf_token: Option<String>,
    /// Of a program that has just signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<TokenPair>,
}

/// The tokens of a program.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenPair {
    /// To be sent as `Authorization: Bearer …`.
    access_token: String,
    /// When that expires.
    access_token_expires: DateTime<Utc>,
    /// To be exchanged for the next pair, once.
    refresh_token: String,
}

/// A session.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionInfo {
    /// Its identifier.
    id: Uuid,
    /// On what.
    on: On,
    /// What the browser or the program said of itself.
    device: String,
    /// Where it was signed in or refreshed from, last.
    #[serde(skip_serializing_if = "Option::is_none")]
    network_address: Option<String>,
    /// Since when.
    created: DateTime<Utc>,
    /// When it was last used, to a minute.
    last_used: DateTime<Utc>,
    /// When it ends if it is not used any more.
    expires: DateTime<Utc>,
    /// Whether the second factor was passed.
    second_factor: bool,
    /// Whether it is the one of this request.
    current: bool,
}

/// A refresh token.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// As it came with the last pair.
    refresh_token: String,
}

impl SessionInfo {
    pub(super) fn of(app: &App, session: &Session, current: bool) -> Self {
        Self {
            id: session.id.uuid(),
            on: match session.kind {
                SessionKind::Page => On::Page,
                SessionKind::Program => On::Program,
            },
            device: session.device.clone(),
            network_address: session.network_address.map(|address| address.to_string()),
            created: session.created_at,
            last_used: session.last_used_at,
            expires: session.expires_at(app.accounts.sessions().options()),
            second_factor: session.second_factor,
            current,
        }
    }
}

impl From<ProgramTokens> for TokenPair {
    fn from(tokens: ProgramTokens) -> Self {
        Self {
            access_token: tokens.access.reveal(),
            access_token_expires: tokens.access_expires_at,
            refresh_token: tokens.refresh.reveal(),
        }
    }
}

impl SignedIn {
    pub(super) fn of(app: &App, account: Account, session: &Session) -> Result<Self, Problem> {
        let is_page = session.kind == SessionKind::Page;
        let csrf = is_page.then(|| csrf_token(app.accounts.keys(), session.id)).transpose()?;
        Ok(Self {
            second_factor_required: app.accounts.lacks_second_factor(&account, session),
            session: SessionInfo::of(app, session, true),
            account,
            csrf_token: csrf,
            tokens: None,
        })
    }
}

/// The answer to whoever has just signed in.
pub(super) fn answer(
    app: &App,
    cookie: crate::auth::Cookie,
    status: StatusCode,
    (account, session, tokens): (Account, Session, Tokens),
) -> Result<Response, Problem> {
    let mut signed_in = SignedIn::of(app, account, &session)?;
    let set = match tokens {
        Tokens::Page(token) => cookie.with(&token),
        Tokens::Program(tokens) => {
            signed_in.tokens = Some(tokens.into());
            None
        }
    };
    let set = set.map(|line| (header::SET_COOKIE, line));
    Ok((status, AppendHeaders(set), axum::Json(signed_in)).into_response())
}

/// Sign in. A wrong password is refused as one of an address that has no account, in the same time; after some of them
/// the next has to wait. An account with a second factor is asked for its code once the password is right.
#[utoipa::path(
    post, path = "/api/v1/session", tag = "session", operation_id = "sign_in", request_body = NewSession,
    responses(
        (status = 201, body = SignedIn, description = "Signed in; a page is given its cookie"),
        (status = 401, body = Problem, description = "`wrong_credentials`; `code_needed`; or `wrong_code`"),
        (status = 429, body = Problem, description = "`too_many_guesses`: `Retry-After` says when the next is looked at")
    )
)]
pub async fn create(caller: Anybody, Json(asked): Json<NewSession>) -> Result<Response, Problem> {
    let accounts = &caller.app.accounts;
    let password = SecretString::from(asked.password);
    let credentials = Credentials {
        address: &asked.address,
        password: &password,
        code: asked.code.as_deref(),
        kind: match asked.on {
            On::Page => SessionKind::Page,
            On::Program => SessionKind::Program,
        },
        user_agent: &caller.user_agent,
        from: caller.address,
        at: accounts.now(),
    };
    let signed_in = accounts.sign_in().sign_in(credentials).await?;
    answer(&caller.app, caller.cookie, StatusCode::CREATED, signed_in)
}

/// The session of the caller, and whose it is.
#[utoipa::path(
    get, path = "/api/v1/session", tag = "session", operation_id = "read_session",
    responses((status = 200, body = SignedIn))
)]
pub async fn read(caller: Person) -> Result<axum::Json<SignedIn>, Problem> {
    let account = caller.own_account().await?;
    Ok(axum::Json(SignedIn::of(&caller.app, account, &caller.session)?))
}

/// Sign out: the session ends, and its live connections with it.
#[utoipa::path(
    delete, path = "/api/v1/session", tag = "session", operation_id = "sign_out",
    responses((status = 204, description = "Signed out; the cookie of a page is taken away"))
)]
pub async fn end(caller: Person, _: EmptyBody) -> Result<Response, Problem> {
    let sessions = caller.app.accounts.sessions();
    sessions.end(caller.account.id, caller.session.id, EndReason::SignedOut, &caller.by()).await?;
    let none = caller.cookie.none().map(|line| (header::SET_COOKIE, line));
    Ok((StatusCode::NO_CONTENT, AppendHeaders(none)).into_response())
}

/// Exchange the refresh token of a program for its next pair of tokens. Repeated within ten seconds, the answer is the
/// same; used again later, the session ends, since one of the two who have the token stole it.
#[utoipa::path(
    post, path = "/api/v1/session/refresh", tag = "session", operation_id = "refresh_session", request_body = Refresh,
    responses(
        (status = 200, body = TokenPair),
        (status = 401, body = Problem, description = "`token_not_valid`; or `session_ended`, with the reason")
    )
)]
pub async fn refresh(caller: Anybody, Json(asked): Json<Refresh>) -> Result<axum::Json<TokenPair>, Problem> {
    let accounts = &caller.app.accounts;
    let refreshed =
        accounts.sessions().refresh(&asked.refresh_token, Some(caller.address), accounts.now()).await;
    if refreshed.is_err() {
        caller.app.rates.wrong_token(caller.address)?;
    }
    Ok(axum::Json(refreshed?.1.into()))
}
