//! The caller of a request: its token, checked against the livechat of the path.

use std::net::{IpAddr, SocketAddr};

use axum::RequestPartsExt;
use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Path, Query};
use axum::http::request::Parts;
use axum::http::{Extensions, Method, header};
use chrono::{DateTime, Utc};
use domain::bilingual::{Bilingual, both};
use domain::{Actor, ConversationId, Livechat, LivechatId, OperatorId, Rejection, StaffId, VisitorId};
use journal::Author;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use super::Claims;
use crate::app::App;
use crate::cross_origin;
use crate::parameters;
use crate::problem::Problem;
use crate::rates::{Counted, network_of};

/// What the bearer of a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The end user: own conversation only.
    Visitor,
    /// Own conversations and the desk.
    Operator,
    /// The whole floor.
    Supervisor,
    /// Projections and exports, never a live conversation.
    Analyst,
    /// Settings and accounts.
    Administrator,
    /// A trusted program that hands visitors over.
    Integration,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::Visitor,
        Self::Operator,
        Self::Supervisor,
        Self::Analyst,
        Self::Administrator,
        Self::Integration,
    ];

    /// Its name in tokens and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Operator => "operator",
            Self::Supervisor => "supervisor",
            Self::Analyst => "analyst",
            Self::Administrator => "administrator",
            Self::Integration => "integration",
        }
    }
}

/// Who calls, for which livechat.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The livechat of the path, which is the livechat of the token.
    pub livechat: LivechatId,
    /// What the caller is.
    pub role: Role,
    /// Who the caller is, within the role.
    pub subject: String,
    /// Until when the token is good: a live connection is closed then.
    pub expires_at: DateTime<Utc>,
    /// Of a visitor: the only conversation that the token opens.
    pub conversation: Option<ConversationId>,
    /// Of a visitor: the integration has made sure who it is.
    pub authenticated: bool,
    /// When the first of the tokens was issued that the token renews.
    pub first_issued: DateTime<Utc>,
    /// The address the request came from, as far as [`Proxies`](super::Proxies) are to be believed.
    pub address: Option<IpAddr>,
    /// Cancelled when live connections of this caller have to end before the token does.
    pub revoked: CancellationToken,
    /// Whether only the head of the answer is asked for (`HEAD`): then nothing is shown, and nothing may come of it.
    pub only_head: bool,
}

/// Who is counted as one (spec.md §Privacy and security).
///
/// Anybody may claim a visitor's identifier, so that it alone would let a stranger use up what is somebody else's. A
/// visitor is therefore who has tokens of the same conversation; as long as there is none, who claims the same
/// identifier from the same address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Who {
    livechat: LivechatId,
    role: Role,
    subject: String,
    conversation: Option<ConversationId>,
    network: Option<IpAddr>,
}

impl Caller {
    /// As whom the caller is counted.
    pub fn who(&self) -> Who {
        let is_visitor = self.role == Role::Visitor;
        let conversation = self.conversation.filter(|_| is_visitor);
        Who {
            livechat: self.livechat.clone(),
            role: self.role,
            subject: self.subject.clone(),
            conversation,
            network: self.address.filter(|_| is_visitor && conversation.is_none()).map(network_of),
        }
    }

    /// Returns when the token is no longer good.
    pub async fn expired(&self) {
        let left = (self.expires_at - Utc::now()).to_std().unwrap_or_default();
        // Timed out or not, the token is no longer good.
        let _ = tokio::time::timeout(left, self.revoked.cancelled()).await;
    }

    /// The caller as the author of a command.
    ///
    /// # Errors
    /// When the role only reads, or the subject cannot be an identifier.
    pub fn actor(&self) -> Result<Actor, Problem> {
        let staff = || StaffId::parse(&self.subject);
        Ok(match self.role {
            Role::Visitor => Actor::Visitor(VisitorId::parse(&self.subject)?),
            Role::Operator => Actor::Operator(OperatorId::parse(&self.subject)?),
            Role::Supervisor => Actor::Supervisor(staff()?),
            Role::Administrator => Actor::Administrator(staff()?),
            Role::Integration => Actor::Integration(staff()?),
            Role::Analyst => Actor::Analyst(staff()?),
        })
    }

    /// The caller as the author of a command, with the address that the audit keeps: a visitor's is not kept.
    ///
    /// # Errors
    /// As [`Caller::actor`].
    pub fn author(&self) -> Result<Author, Problem> {
        let address = self.address.filter(|_| self.role != Role::Visitor);
        Ok(Author { by: self.actor()?, address })
    }

    /// Lets only some roles pass.
    ///
    /// # Errors
    /// [`Problem::forbidden`], naming the roles that may.
    pub fn must_be(&self, roles: &[Role]) -> Result<(), Problem> {
        if roles.contains(&self.role) {
            return Ok(());
        }
        Err(not_for(self.role, roles))
    }
}

fn not_for(role: Role, roles: &[Role]) -> Problem {
    let allowed: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    Problem::forbidden(Bilingual::new(
        format!("this takes the role {}; your token has the role {}", allowed.join(" or "), role.name()),
        format!("il faut le rôle {}\u{202f}; votre jeton a le rôle {}", allowed.join(" ou "), role.name()),
    ))
}

/// Who may send a body to a route at all: looked at before any of it is read. What exactly each may do there, the
/// route and the rules decide.
#[derive(Clone, Copy, Debug)]
pub struct Senders(pub &'static [Role]);

impl Senders {
    /// Lets the caller of a request send its body, if there is one who may.
    ///
    /// # Errors
    /// As [`Caller::must_be`].
    pub fn check(extensions: &Extensions) -> Result<(), Problem> {
        let (Some(Self(roles)), Some(role)) = (extensions.get(), extensions.get::<Role>()) else {
            return Ok(());
        };
        if roles.contains(role) { Ok(()) } else { Err(not_for(*role, roles)) }
    }
}

/// Every path below a livechat begins with its name.
#[derive(Deserialize)]
struct InLivechat {
    livechat: String,
}

/// Browsers cannot send headers with a WebSocket or an event stream. Everywhere else a token in the
/// address would only end up in somebody's log.
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
        // For those who read the body.
        parts.extensions.insert(caller.role);
        parts.extensions.insert(caller.livechat.clone());
        Ok(caller)
    }
}

impl Caller {
    /// The bearer of a token; where the path names a livechat, the one of the token. The request is counted, before
    /// anything else is said of it: as the caller's, or, where the token is no good, as one of its address.
    ///
    /// # Errors
    /// 401 without a token that is good, 403 when it is for another livechat, 429 when there were too many.
    pub(crate) async fn of(
        app: &App,
        parts: &Parts,
        token: Option<String>,
        livechat: Option<&str>,
    ) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address = peer.map(|ConnectInfo(peer)| app.proxies.client(peer.ip(), &parts.headers));
        Counted::note(&parts.extensions);
        // Told only after some wrong ones, and never to whoever has a good one.
        let wrong = |detail| match address.map(|address| app.rates.wrong_token(address)) {
            Some(Err(too_many)) => too_many,
            Some(Ok(())) | None => Problem::unauthorized(detail),
        };
        let token = token.ok_or_else(|| {
            wrong(both("a bearer token is required", "un jeton est requis (Authorization: Bearer)"))
        })?;
        let claims = app.key.check(&token).ok_or_else(|| {
            wrong(both("the token is not valid, or has expired", "le jeton n’est pas valable ou a expiré"))
        })?;
        let mut caller = Self::named(&claims, address, parts.method == Method::HEAD);
        app.rates.request(&caller, is_live(parts))?;
        // A livechat name that cannot exist is somebody else's livechat too.
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
        Ok(caller)
    }

    /// Whom a good token names.
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
            only_head,
        }
    }
}

impl App {
    /// Lets an operator pass who is registered and not suspended, with a token that was issued since; everybody
    /// else passes with the token alone. Returns what ends the live connections of this caller.
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

/// What is live below a livechat.
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

/// Is this a socket or an event stream? The route tells, and not the path: a livechat may have any name.
fn is_live(parts: &Parts) -> bool {
    let route =
        parts.extensions.get::<MatchedPath>().and_then(|route| route.as_str().split_once("{livechat}"));
    route.is_some_and(|(_, below)| LIVE.contains(&below))
}

pub(crate) fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
