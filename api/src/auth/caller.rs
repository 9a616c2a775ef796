//! The caller of a request: its token, checked against the livechat of the path.

use std::net::{IpAddr, SocketAddr};

use axum::RequestPartsExt;
use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Path, Query};
use axum::http::header;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use domain::bilingual::{Bilingual, both};
use domain::{Actor, ConversationId, LivechatId, OperatorId, StaffId, VisitorId};
use journal::Author;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::server::App;

/// What the bearer of a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[clap(rename_all = "snake_case")]
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
    const fn name(self) -> &'static str {
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
}

impl Caller {
    /// Returns when the token is no longer good.
    pub async fn expired(&self) {
        let left = (self.expires_at - Utc::now()).to_std().unwrap_or_default();
        tokio::time::sleep(left).await;
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
        let allowed: Vec<&str> = roles.iter().map(|role| role.name()).collect();
        Err(Problem::forbidden(Bilingual::new(
            format!(
                "this takes the role {}; your token has the role {}",
                allowed.join(" or "),
                self.role.name()
            ),
            format!(
                "il faut le rôle {}\u{202f}; votre jeton a le rôle {}",
                allowed.join(" ou "),
                self.role.name()
            ),
        )))
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
        let token = token.ok_or_else(|| {
            Problem::unauthorized(both(
                "a bearer token is required",
                "un jeton est requis (Authorization: Bearer)",
            ))
        })?;
        let claims = app.key.check(&token).ok_or_else(|| {
            Problem::unauthorized(both(
                "the token is not valid, or has expired",
                "le jeton n’est pas valable ou a expiré",
            ))
        })?;
        // A livechat name that cannot exist is somebody else's livechat too.
        if claims.livechat.as_str() != livechat {
            return Err(Problem::forbidden(both(
                "the token is for another livechat",
                "le jeton vaut pour un autre livechat",
            )));
        }
        let expires_at = DateTime::from_timestamp(claims.exp, 0).unwrap_or_default();
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address = peer.map(|ConnectInfo(peer)| app.proxies.client(peer.ip(), &parts.headers));
        Ok(Self {
            first_issued: claims.first_issued(),
            livechat: claims.livechat,
            role: claims.role,
            subject: claims.sub,
            expires_at,
            conversation: claims.conversation,
            authenticated: claims.authenticated,
            address,
        })
    }
}

/// What is live below a livechat.
const LIVE: [&str; 7] = [
    "/visitor",
    "/desk",
    "/floor",
    "/floor/replay",
    "/queue/live",
    "/conversations/{conversation}/live",
    "/conversations/{conversation}/replay",
];

/// Is this a socket or an event stream? The route tells, and not the path: a livechat may have any name.
fn is_live(parts: &Parts) -> bool {
    let route =
        parts.extensions.get::<MatchedPath>().and_then(|route| route.as_str().split_once("{livechat}"));
    route.is_some_and(|(_, below)| LIVE.contains(&below))
}

fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
