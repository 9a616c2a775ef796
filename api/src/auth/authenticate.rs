//! From the token, the key, the session or the ticket of a request to its caller: checked against the livechat of the path,
//! counted, and refused where the operator is gone or suspended.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use accounts::account::Role as AccountRole;
use accounts::sessions::TokenKind;
use axum::RequestPartsExt;
use axum::extract::{ConnectInfo, FromRequestParts, Path};
use axum::http::Method;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use domain::bilingual::both;
use domain::{Livechat, LivechatId, OperatorId, Rejection};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::accounts::{
    Accounts, SessionWatch, SignedIn, csrf_check, role_asked, role_in, second_factor_required,
};
use super::live_routes::is_live;
use super::rights::Operation;
use super::said::{Said, not_valid, ticket_not_valid, token_in_address, token_required};
use super::{ApiKeys, Caller, Claims, KnownKey, Role, Shown, Verified};
use crate::app::App;
use crate::http::problem::Problem;
use crate::http::{cross_origin, parameters};
use crate::rates::Counted;

/// Every path below a livechat begins with its name.
#[derive(Deserialize)]
struct InLivechat {
    livechat: String,
}

/// What shows who the caller is, and is good.
enum Proof {
    /// A token that this server signed.
    Token(Arc<Verified>),
    /// A key of a program, and what ends its live connections.
    Key(Arc<KnownKey>, CancellationToken),
    /// A session of somebody with an account, and the role that the request names.
    Session(Box<SignedIn>, Option<AccountRole>),
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Path(InLivechat { livechat }) =
            parts.extract::<Path<InLivechat>>().await.map_err(|_| Problem::nothing_here())?;
        let caller = Self::of(app, parts, Said::in_request(app, parts), Some(&livechat)).await?;
        tracing::Span::current().record("livechat", caller.livechat.as_str());
        // For the extractors of the body.
        parts.extensions.insert(caller.role);
        parts.extensions.insert(caller.livechat.clone());
        Ok(caller)
    }
}

impl Caller {
    /// The bearer of a token, a key or a ticket; where the path names a livechat, the one of the token. The request is
    /// counted before it is answered: for the caller, or, if the token is not valid, for its address.
    ///
    /// # Errors
    /// 401 without a valid token, 403 when it is for another livechat, or a key for other networks or other operations,
    /// 429 when there were too many requests.
    pub(crate) async fn of(
        app: &App,
        parts: &Parts,
        said: Said,
        livechat: Option<&str>,
    ) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address = peer.map(|ConnectInfo(peer)| app.proxies.client(peer.ip(), &parts.headers));
        Counted::note(&parts.extensions);
        // Only after some wrong tokens, and never for a caller with a valid one.
        let wrong = |problem| match address.map(|address| app.rates.wrong_token(address)) {
            Some(Err(too_many)) => too_many,
            Some(Ok(())) | None => problem,
        };
        let by_cookie = matches!(said, Said::Cookie(_));
        let asked = role_asked(&parts.headers)?;
        let (shown, refusal) = app.shown(said, livechat.unwrap_or_default(), asked);
        let shown = shown.ok_or_else(|| wrong(refusal()))?;
        // Unknown, revoked, over or mistyped: all the same to whoever tries.
        let proof = app.proof(&shown, is_live(parts)).await?.ok_or_else(|| wrong(refusal()))?;
        if let (Proof::Session(signed_in, _), true) = (&proof, by_cookie) {
            csrf_check(&app.accounts, signed_in.session.id, parts, is_live(parts))?;
        }
        let only_head = parts.method == Method::HEAD;
        let operation = Operation::of(&parts.method, &parts.extensions);
        let mut caller = match &proof {
            Proof::Token(verified) => Self {
                key_retired: verified.key_retired.clone(),
                ..Self::named(&verified.claims, shown, address, only_head)
            },
            Proof::Key(key, _) => Self::with_key(app, key, shown, address, only_head),
            Proof::Session(signed_in, asked) => {
                let livechat = LivechatId::parse(livechat.unwrap_or_default())?;
                let (role, subject) = role_in(&signed_in.account, &livechat, *asked, operation)?;
                Self::signed_in(app, signed_in, (livechat, role, subject), shown, address, only_head)?
            }
        };
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
        caller.revoked = match proof {
            Proof::Token(verified) => app.admit(&caller, verified.claims.staff).await?,
            Proof::Session(..) => app.admit(&caller, None).await?,
            Proof::Key(key, revoked) => {
                if !key.may_come_from(address) {
                    return Err(Problem::forbidden(both(
                        "this key may not be used from your address",
                        "cette clé ne peut pas être utilisée depuis votre adresse",
                    )));
                }
                app.api_keys.note_use(&key);
                key.may_call(operation)?;
                revoked
            }
        };
        parameters::check(parts, is_live(parts))?;
        caller.roles = operation.map_or(&[], |operation| operation.roles);
        Ok(caller)
    }

    /// The bearer that a good token names.
    fn named(claims: &Claims, shown: Shown, address: Option<IpAddr>, only_head: bool) -> Self {
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
            session: SessionWatch::default(),
            shown,
            only_head,
            roles: &[],
        }
    }

    /// Somebody who is signed in, in one of the roles that they have in the livechat of the path.
    fn signed_in(
        app: &App,
        signed_in: &SignedIn,
        (livechat, role, subject): (LivechatId, Role, String),
        shown: Shown,
        address: Option<IpAddr>,
        only_head: bool,
    ) -> Result<Self, Problem> {
        let SignedIn { session, account, watch } = signed_in;
        if app.accounts.lacks_second_factor(account, session) {
            return Err(second_factor_required());
        }
        // By the clock that judges the session; an open connection counts as its use.
        let left = app.accounts.sessions().ends_at(session) - app.accounts.now();
        Ok(Self {
            livechat,
            role,
            subject,
            expires_at: Utc::now() + left,
            conversation: None,
            authenticated: false,
            first_issued: session.created_at,
            address,
            revoked: CancellationToken::new(),
            key_retired: CancellationToken::new(),
            session: watch.clone(),
            shown,
            only_head,
            roles: &[],
        })
    }

    /// The program that has a good key.
    fn with_key(app: &App, known: &KnownKey, shown: Shown, address: Option<IpAddr>, only_head: bool) -> Self {
        let (key, now) = (known.key(), Utc::now());
        // By the clock that judges the key; the live connections of one without an end last as long as it does.
        let left = key.grant.expires_at.map(|end| end - app.journal.clock().now());
        Self {
            livechat: key.livechat.clone(),
            role: key.grant.role.into(),
            subject: known.subject(),
            expires_at: left.map_or(DateTime::<Utc>::MAX_UTC, |left| now + left),
            conversation: None,
            authenticated: false,
            first_issued: now,
            address,
            revoked: CancellationToken::new(),
            key_retired: CancellationToken::new(),
            session: SessionWatch::default(),
            shown,
            only_head,
            roles: &[],
        }
    }
}

impl App {
    /// What a request shows, and the refusal if that is nothing or not good. `asked` is the role that it names.
    fn shown(
        &self,
        said: Said,
        livechat: &str,
        asked: Option<AccountRole>,
    ) -> (Option<Shown>, fn() -> Problem) {
        match said {
            Said::Bearer(text) if ApiKeys::is_one(&text) => (ApiKeys::hash(&text).map(Shown::Key), not_valid),
            Said::Bearer(text) if Accounts::is_one(&text) => (
                Accounts::token(&text, TokenKind::Access).map(|token| Shown::Session(token, asked)),
                not_valid,
            ),
            Said::Bearer(text) => {
                (self.key.check(&text).map(|verified| Shown::Token(Arc::new(verified))), not_valid)
            }
            Said::Cookie(text) => {
                (Accounts::token(&text, TokenKind::Page).map(|token| Shown::Session(token, asked)), not_valid)
            }
            Said::Ticket(text) => {
                let taken = self.tickets.take(&text, livechat, self.journal.clock().now());
                (taken, ticket_not_valid)
            }
            Said::TokenInAddress => (None, token_in_address),
            Said::Nothing => (None, token_required),
        }
    }

    /// Who shows this, if it is good: a program with a key, somebody who is signed in, or the bearer of a token.
    ///
    /// # Errors
    /// When the database has to be asked and does not answer.
    async fn proof(&self, shown: &Shown, is_live: bool) -> Result<Option<Proof>, Problem> {
        Ok(match shown {
            Shown::Token(verified) => {
                verified.is_good(Utc::now()).then(|| Proof::Token(Arc::clone(verified)))
            }
            Shown::Key(hash) => {
                let known = self.api_keys.check(hash, is_live).await?;
                known.map(|(key, revoked)| Proof::Key(key, revoked))
            }
            Shown::Session(token, asked) => {
                let signed_in = self.accounts.check(token).await?;
                signed_in.map(|signed_in| Proof::Session(Box::new(signed_in), *asked))
            }
        })
    }

    /// Lets a registered, not suspended operator pass whose token was issued since the change of the staff `staff`; all
    /// other roles pass with what they have shown alone. Returns what ends the live connections of this caller.
    ///
    /// # Errors
    /// 401 when the operator is not registered (any more) or the token is from before, 403 when suspended.
    async fn admit(&self, caller: &Caller, staff: Option<u64>) -> Result<CancellationToken, Problem> {
        if caller.role != Role::Operator {
            return Ok(CancellationToken::new());
        }
        let operator = OperatorId::parse(&caller.subject)?;
        let revoked = self.revocations.watch(&caller.livechat, &operator);
        let look = |state: &Livechat| {
            let known = state.operator(&operator).map(|known| (known.suspended, known.tokens));
            state.identity().map(|_| known)
        };
        match self.journal.peek(&caller.livechat, look).await? {
            Some(None) => Err(Problem::unauthorized(both(
                "the operator of this token is not registered",
                "l’opérateur de ce jeton n’est pas enregistré",
            ))),
            Some(Some((true, _))) => Err(Rejection::OperatorSuspended(operator).into()),
            Some(Some((false, since))) if staff.is_some_and(|staff| staff < since) => {
                Err(Problem::unauthorized(both(
                    "the token was issued before the operator was suspended or removed",
                    "le jeton date d’avant la suspension ou le retrait de l’opérateur",
                )))
            }
            None | Some(Some((false, _))) => Ok(revoked),
        }
    }
}
