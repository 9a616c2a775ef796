//! The caller: what the token of a request says of its bearer.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use domain::bilingual::Bilingual;
use domain::conversation::Rejection as ConversationRejection;
use domain::{Action, Actor, ConversationId, LivechatId, OperatorId, Rejection, StaffId, VisitorId};
use journal::Author;
use tokio_util::sync::CancellationToken;

use super::accounts::SessionWatch;
use super::role::Role;
use super::{Shown, network_of};
use crate::http::problem::Problem;

/// The caller, and for which livechat.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The livechat of the path, which is the livechat of the token.
    pub livechat: LivechatId,
    /// What the caller is.
    pub role: Role,
    /// The identifier of the caller, within the role.
    pub subject: String,
    /// Until when the token is good: a live connection is closed then.
    pub expires_at: DateTime<Utc>,
    /// For a visitor: the only conversation that the token opens.
    pub conversation: Option<ConversationId>,
    /// For a visitor: the integration vouches for the identity.
    pub authenticated: bool,
    /// When the first of the tokens was issued that the token renews.
    pub first_issued: DateTime<Utc>,
    /// The address the request came from, as far as [`Proxies`](super::Proxies) are trusted.
    pub address: Option<IpAddr>,
    /// Cancelled when live connections of this caller have to end before the token does.
    pub revoked: CancellationToken,
    /// Cancelled when the key that signed the token is retired.
    pub key_retired: CancellationToken,
    /// Ends with the session of a caller who is signed in.
    pub session: SessionWatch,
    /// What the caller has shown, for a ticket that stands for it.
    pub shown: Shown,
    /// Whether only the head of the answer is asked for (`HEAD`): then nothing is shown, and nothing may be recorded.
    pub only_head: bool,
    /// The roles that may call the operation of this request ([`rights`](super::rights)).
    pub roles: &'static [Role],
}

/// Which callers are counted as one (spec.md §Privacy and security).
///
/// Anybody may claim a visitor's identifier, so that it alone would let a stranger use up another visitor's limits.
/// Visitors are therefore distinguished by the conversation of their tokens; as long as they have none, by the
/// identifier they claim and the address they claim it from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CallerIdentity {
    livechat: LivechatId,
    role: Role,
    subject: String,
    conversation: Option<ConversationId>,
    network: Option<IpAddr>,
}

impl Caller {
    /// Which callers are counted as this one.
    pub fn identity(&self) -> CallerIdentity {
        let is_visitor = self.role == Role::Visitor;
        let conversation = self.conversation.filter(|_| is_visitor);
        CallerIdentity {
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
        tokio::select! {
            () = tokio::time::sleep(left) => {}
            () = self.revoked.cancelled() => {}
            () = self.key_retired.cancelled() => {}
            () = self.session.ended() => {}
        }
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

    /// Lets only those roles pass that may call this operation, by the table of [`rights`](super::rights).
    ///
    /// # Errors
    /// As [`Caller::must_be`].
    pub fn may_call(&self) -> Result<(), Problem> {
        self.must_be(self.roles)
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

    /// Lets a visitor change no conversation but the one of the token; everybody else is judged by the rules.
    ///
    /// # Errors
    /// 403 when it is another one.
    pub fn may_change(&self, action: &Action) -> Result<(), Problem> {
        action.conversation().map_or(Ok(()), |id| self.must_hold(id))
    }

    /// Lets a visitor see no conversation live but the one of the token.
    ///
    /// # Errors
    /// 403 when it is another one, whether that exists or not.
    pub fn must_hold(&self, id: ConversationId) -> Result<(), Problem> {
        if self.role != Role::Visitor || self.conversation == Some(id) { Ok(()) } else { Err(not_yours(id)) }
    }
}

/// The refusal of a role that is not allowed.
pub(crate) fn not_for(role: Role, roles: &[Role]) -> Problem {
    let allowed: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    Problem::forbidden(Bilingual::new(
        format!("this takes the role {}; your token has the role {}", allowed.join(" or "), role.name()),
        format!("il faut le rôle {}\u{202f}; votre jeton a le rôle {}", allowed.join(" ou "), role.name()),
    ))
}

pub(super) fn not_yours(id: ConversationId) -> Problem {
    Rejection::from(ConversationRejection::NotYours(id)).into()
}
