//! What a session is.

use std::fmt;
use std::net::IpAddr;

use domain::Timestamp;
use strum::{EnumString, IntoStaticStr};
use uuid::{NoContext, Uuid};

use crate::account_id::AccountId;

use super::kind::SessionKind;
use super::options::SessionOptions;
use super::rules::expiry;

/// The id of a session. It is no secret: it opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(Uuid);

impl SessionId {
    /// A new one. Ids follow the time at which their holders signed in.
    pub(crate) fn at(now: Timestamp) -> Self {
        let secs = u64::try_from(now.timestamp()).unwrap_or_default();
        Self(Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, secs, now.timestamp_subsec_nanos())))
    }

    /// One that somebody named.
    pub const fn of(id: Uuid) -> Self {
        Self(id)
    }

    /// As a UUID.
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a session ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum EndReason {
    /// Its holder signed out.
    SignedOut,
    /// It was revoked from the list.
    Revoked,
    /// The password of the account was changed.
    PasswordChanged,
    /// The roles of the account were changed.
    RolesChanged,
    /// The account was disabled.
    AccountDisabled,
    /// The account was deleted.
    AccountDeleted,
    /// The second factor of the account was removed by an administrator.
    SecondFactorRemoved,
    /// A refresh token that had been used was used again: one of its two holders stole it.
    TokenReused,
    /// The account had too many sessions, and this one was not used for longest.
    MadeRoom,
}

/// A session (spec.md §Privacy and security).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// On what.
    pub kind: SessionKind,
    /// When its holder signed in.
    pub created_at: Timestamp,
    /// When it was last used, to a minute.
    pub last_used_at: Timestamp,
    /// Where its holder signed in or refreshed from, last.
    pub network_address: Option<IpAddr>,
    /// What the browser or the program says of itself, at most 200 characters: to be shown, not to be trusted.
    pub device: String,
    /// Was the second factor passed?
    pub second_factor: bool,
}

impl Session {
    /// When it ends if it is not used any more.
    pub fn expires_at(&self, options: &SessionOptions) -> Timestamp {
        expiry(options, self.kind, self.created_at, self.last_used_at)
    }
}
