//! Keys with which programs call the API: named, for one livechat, with a role that may be limited to some scopes, shown
//! once and kept as a hash (spec.md §Privacy and security).
//!
//! A key that is revoked loses its hash and stays in the list: who made it and who took it back is known for ever.
//! Every change counts in one number ([`ApiKeys::changes`]), by which a server notices what other programs changed.

mod row;
mod secret;
mod table;

use domain::Timestamp;
use domain::event::{ApiKeyTerms, ProgramRole};
use domain::id::ApiKeyId;
use domain::{LivechatId, text::Name};
use ipnet::IpNet;

pub use secret::{Hash, PREFIX, Secret};
pub use table::ApiKeys;

/// Keys of a livechat that are not revoked: a hundred programs with some each. Whoever needs more makes them for each
/// visitor, which is what visitors' tokens are for.
pub const LIVE_KEYS_MAX: i64 = 2_000;

/// A key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its place in the order in which keys were made; pages go by it.
    pub number: i64,
    /// The only livechat that it is good for.
    pub livechat: LivechatId,
    /// Its identifier.
    pub id: ApiKeyId,
    /// The first characters of its secret.
    pub start: String,
    /// What it may do, and until when.
    pub grant: Grant,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it was last used, to the minute; never without it.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked and by whom, if it was.
    pub revoked: Option<(Timestamp, String)>,
    /// Counts its changes.
    pub revision: i64,
}

/// What a key may do, from where, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What it is called. The names of the keys of a livechat that are not revoked differ in more than their case.
    pub name: Name,
    /// The role that it gives.
    pub role: ProgramRole,
    /// The scopes that it is limited to, if it is.
    pub scopes: Option<Vec<String>>,
    /// Until when it is good: from then on it is refused. Without it, until it is revoked.
    pub expires_at: Option<Timestamp>,
    /// The networks that it may be used from; everywhere if there are none.
    pub networks: Vec<IpNet>,
}

impl Grant {
    /// What may be changed later.
    pub fn terms(&self) -> ApiKeyTerms {
        ApiKeyTerms {
            expires_at: self.expires_at,
            networks: self.networks.iter().map(ToString::to_string).collect(),
        }
    }

    /// Is it over at this time?
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

/// What became of a key that was to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// It was made.
    New(ApiKey),
    /// The same command had made it before: its secret was shown then.
    Before(ApiKey),
    /// Another key of the livechat has this name.
    NameTaken,
    /// The livechat has [`LIVE_KEYS_MAX`] already.
    TooMany,
}

/// What became of a key that was to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It is so now.
    Done(Box<ApiKey>),
    /// There is no such key in the livechat.
    Unknown,
    /// It was revoked.
    Revoked,
    /// Another key of the livechat has this name.
    NameTaken,
}
