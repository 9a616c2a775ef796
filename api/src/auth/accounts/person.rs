//! The callers of the routes that are not of one livechat: somebody who is signed in, or anybody.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use accounts::account;
use accounts::sessions::{Session, TokenKind};
use accounts::{Account, Actor, By};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use domain::bilingual::both;

use super::cookie::Cookie;
use super::csrf;
use super::known::{Accounts, SignedIn};
use crate::app::App;
use crate::auth::account_rights::{AccountOperation, Who};
use crate::auth::bearer::bearer;
use crate::http::parameters;
use crate::http::problem::Problem;
use crate::rates::Counted;

/// Somebody who is signed in and may call this route. Extract it before anything else.
#[derive(Clone)]
pub struct Person {
    /// Who: what the account may do is up to date.
    pub account: Arc<Account>,
    /// Their session.
    pub session: Session,
    /// Where the request comes from.
    pub address: Option<IpAddr>,
    /// What the browser or the program says of itself.
    pub user_agent: String,
    /// How the cookie of the page is set.
    pub cookie: Cookie,
    /// The server.
    pub app: App,
}

/// Whoever calls a route that needs no session. Extract it before anything else.
#[derive(Clone)]
pub struct Anybody {
    /// Where the request comes from.
    pub address: IpAddr,
    /// What the browser or the program says of itself.
    pub user_agent: String,
    /// How the cookie of the page is set.
    pub cookie: Cookie,
    /// The server.
    pub app: App,
}

impl Person {
    /// As whom, when and from where a change is made.
    pub fn by(&self) -> By {
        By {
            actor: Actor::Account(self.account.id),
            at: self.app.accounts.now(),
            network_address: self.address,
        }
    }
}

impl Person {
    /// Their account as it is now.
    ///
    /// # Errors
    /// The database; 401 when it was deleted meanwhile.
    pub async fn own_account(&self) -> Result<Account, Problem> {
        let found = account::find(self.app.accounts.database(), self.account.id).await?;
        found.ok_or_else(|| Problem::unauthorized(both("sign in first", "connectez-vous d’abord")))
    }
}

impl Anybody {
    /// When and from where a change is made.
    pub fn by(&self) -> By {
        By { actor: Actor::Anybody, at: self.app.accounts.now(), network_address: Some(self.address) }
    }
}

impl FromRequestParts<App> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let cookie = Cookie::of(app, parts);
        let address = client_of(app, parts);
        Counted::note(&parts.extensions);
        let SignedIn { session, account, .. } = signed_in(app, parts, cookie, address).await?;
        app.rates.person(account.id)?;
        let operation = AccountOperation::of(&parts.method, &parts.extensions);
        let may = match operation.map(|operation| operation.who) {
            Some(Who::SignedIn | Who::Anybody) => true,
            Some(Who::ServerAdministrator) => account.server_administrator,
            // What is not named is refused.
            None => false,
        };
        if !may {
            return Err(Problem::forbidden(both(
                "this is for server administrators",
                "ceci est réservé aux administrateurs du serveur",
            )));
        }
        let waits = operation.is_some_and(|operation| !operation.is_of_second_factor);
        if waits && app.accounts.lacks_second_factor(&account, &session) {
            return Err(second_factor_required());
        }
        parameters::check(parts, false)?;
        Ok(Self { account, session, address, user_agent: user_agent(parts), cookie, app: app.clone() })
    }
}

impl FromRequestParts<App> for Anybody {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let address = client_of(app, parts).unwrap_or(IpAddr::from([0, 0, 0, 0]));
        Counted::note(&parts.extensions);
        app.rates.anonymous(address)?;
        csrf::must_be_from_own_page(parts)?;
        parameters::check(parts, false)?;
        Ok(Self { address, user_agent: user_agent(parts), cookie: Cookie::of(app, parts), app: app.clone() })
    }
}

/// The session of this request.
///
/// # Errors
/// 401 without one, 403 `forged_request`, 429 after many wrong tokens.
async fn signed_in(
    app: &App,
    parts: &Parts,
    cookie: Cookie,
    address: Option<IpAddr>,
) -> Result<SignedIn, Problem> {
    let wrong = |detail| match address.map(|address| app.rates.wrong_token(address)) {
        Some(Err(too_many)) => too_many,
        Some(Ok(())) | None => Problem::unauthorized(detail),
    };
    let (text, by_cookie) = match (bearer(parts), cookie.read(&parts.headers)) {
        (Some(text), _) => (text, false),
        (None, Some(text)) => (text, true),
        (None, None) => {
            return Err(wrong(both("sign in first", "connectez-vous d’abord")));
        }
    };
    let kind = if by_cookie { TokenKind::Page } else { TokenKind::Access };
    let signed_in = match Accounts::token(text, kind) {
        Some(token) => app.accounts.check(&token).await?,
        None => None,
    };
    let signed_in = signed_in.ok_or_else(|| {
        wrong(both(
            "there is no session with this token (any more): sign in",
            "il n’y a pas (ou plus) de session avec ce jeton\u{a0}: connectez-vous",
        ))
    })?;
    if by_cookie {
        csrf::check(&app.accounts, signed_in.session.id, parts, false)?;
    }
    Ok(signed_in)
}

/// The refusal of a session that has to pass a second factor first.
pub(in crate::auth) fn second_factor_required() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "second_factor_required",
        both(
            "this account has to have a second factor: set up an authenticator first",
            "ce compte doit avoir un second facteur\u{a0}: configurez d’abord une application d’authentification",
        ),
    )
}

fn client_of(app: &App, parts: &Parts) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map(|ConnectInfo(peer)| app.proxies.client(peer.ip(), &parts.headers))
}

fn user_agent(parts: &Parts) -> String {
    let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    agent.unwrap_or_default().to_owned()
}
