//! From the token of a request to its caller: checked against the livechat of the path, counted, and refused where the
//! operator is gone or suspended.

use std::net::{IpAddr, SocketAddr};

use axum::RequestPartsExt;
use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Path, Query};
use axum::http::request::Parts;
use axum::http::{Method, header};
use chrono::DateTime;
use domain::bilingual::both;
use domain::{Livechat, OperatorId, Rejection};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::rights::Operation;
use super::{Caller, Claims, Role, Verified};
use crate::app::App;
use crate::http::problem::Problem;
use crate::http::{cross_origin, parameters};
use crate::rates::Counted;

/// Every path below a livechat begins with its name.
#[derive(Deserialize)]
struct InLivechat {
    livechat: String,
}

/// Browsers cannot send headers with a WebSocket or an event stream. Everywhere else a token in the address would only
/// end up in logs.
#[derive(Deserialize)]
struct AccessToken {
    access_token: Option<String>,
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Path(InLivechat { livechat }) =
            parts.extract::<Path<InLivechat>>().await.map_err(|_| Problem::nothing_here())?;
        let token = match bearer(parts) {
            Some(token) => Some(token.to_owned()),
            None if is_live(parts) => {
                parts.extract::<Query<AccessToken>>().await.ok().and_then(|Query(query)| query.access_token)
            }
            None => None,
        };
        let caller = Self::of(app, parts, token, Some(&livechat)).await?;
        // For the extractors of the body.
        parts.extensions.insert(caller.role);
        parts.extensions.insert(caller.livechat.clone());
        Ok(caller)
    }
}

impl Caller {
    /// The bearer of a token; where the path names a livechat, the one of the token. The request is counted before it
    /// is answered: for the caller, or, if the token is not valid, for its address.
    ///
    /// # Errors
    /// 401 without a valid token, 403 when it is for another livechat, 429 when there were too many requests.
    pub(crate) async fn of(
        app: &App,
        parts: &Parts,
        token: Option<String>,
        livechat: Option<&str>,
    ) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address = peer.map(|ConnectInfo(peer)| app.proxies.client(peer.ip(), &parts.headers));
        Counted::note(&parts.extensions);
        // Only after some wrong tokens, and never for a caller with a valid one.
        let wrong = |detail| match address.map(|address| app.rates.wrong_token(address)) {
            Some(Err(too_many)) => too_many,
            Some(Ok(())) | None => Problem::unauthorized(detail),
        };
        let token = token.ok_or_else(|| {
            wrong(both("a bearer token is required", "un jeton est requis (Authorization: Bearer)"))
        })?;
        let Verified { claims, key_retired } = app.key.check(&token).ok_or_else(|| {
            wrong(both("the token is not valid, or has expired", "le jeton n’est pas valable ou a expiré"))
        })?;
        let mut caller = Self::named(&claims, address, parts.method == Method::HEAD);
        caller.key_retired = key_retired;
        app.rates.request(&caller, is_live(parts))?;
        // A livechat name that cannot exist is another livechat too.
        if livechat.is_some_and(|livechat| caller.livechat.as_str() != livechat) {
            return Err(Problem::forbidden(both(
                "the token is for another livechat",
                "le jeton vaut pour un autre livechat",
            )));
        }
        if is_live(parts) {
            cross_origin::check_live(app, &caller.livechat, parts).await?;
        }
        caller.revoked = app.admit(&claims).await?;
        parameters::check(parts, is_live(parts))?;
        caller.roles =
            Operation::of(&parts.method, &parts.extensions).map_or(&[], |operation| operation.roles);
        Ok(caller)
    }

    /// The bearer that a good token names.
    fn named(claims: &Claims, address: Option<IpAddr>, only_head: bool) -> Self {
        Self {
            livechat: claims.livechat.clone(),
            role: claims.role,
            subject: claims.sub.clone(),
            expires_at: DateTime::from_timestamp(claims.exp, 0).unwrap_or_default(),
            conversation: claims.conversation,
            authenticated: claims.authenticated,
            first_issued: claims.first_issued(),
            address,
            revoked: CancellationToken::new(),
            key_retired: CancellationToken::new(),
            only_head,
            roles: &[],
        }
    }
}

impl App {
    /// Lets a registered, not suspended operator pass whose token was issued since; all other roles
    /// pass with the token alone. Returns what ends the live connections of this caller.
    ///
    /// # Errors
    /// 401 when the operator is not registered (any more) or the token is from before, 403 when suspended.
    async fn admit(&self, claims: &Claims) -> Result<CancellationToken, Problem> {
        if claims.role != Role::Operator {
            return Ok(CancellationToken::new());
        }
        let operator = OperatorId::parse(&claims.sub)?;
        let revoked = self.revocations.watch(&claims.livechat, &operator);
        let look = |state: &Livechat| {
            let known = state.operator(&operator).map(|known| (known.suspended, known.tokens));
            state.identity().map(|_| known)
        };
        match self.journal.peek(&claims.livechat, look).await? {
            Some(None) => Err(Problem::unauthorized(both(
                "the operator of this token is not registered",
                "l’opérateur de ce jeton n’est pas enregistré",
            ))),
            Some(Some((true, _))) => Err(Rejection::OperatorSuspended(operator).into()),
            Some(Some((false, since))) if claims.staff.is_some_and(|staff| staff < since) => {
                Err(Problem::unauthorized(both(
                    "the token was issued before the operator was suspended or removed",
                    "le jeton date d’avant la suspension ou le retrait de l’opérateur",
                )))
            }
            None | Some(Some((false, _))) => Ok(revoked),
        }
    }
}

/// The paths below a livechat that are sockets or event streams.
pub const LIVE: [&str; 8] = [
    "/visitor",
    "/desk",
    "/floor",
    "/floor/replay",
    "/queue/live",
    "/colleagues",
    "/conversations/{conversation}/live",
    "/conversations/{conversation}/replay",
];

/// Is this a socket or an event stream? The matched route decides, not the path: a livechat may have any name.
fn is_live(parts: &Parts) -> bool {
    let route =
        parts.extensions.get::<MatchedPath>().and_then(|route| route.as_str().split_once("{livechat}"));
    route.is_some_and(|(_, below)| LIVE.contains(&below))
}

/// The token in the `Authorization` header.
pub fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
