//! Callers: bearer tokens signed by the server and keys of programs, checked on every route.
//!
//! A token or a key names one livechat, one role and one subject, that of a visitor one conversation besides. A livechat is
//! an island: a token of one is refused on every path of another. [`rights`] is the table of which role may call what.

pub mod account_rights;
pub mod accounts;
mod api_keys;
mod authenticate;
mod bearer;
mod caller;
mod live_routes;
mod network;
mod proxies;
mod revocations;
pub mod rights;
mod role;
mod said;
mod shown;
mod tickets;
mod token;
mod visitor_access;

pub use accounts::{
    AccountOptions, Accounts, Anybody, CSRF_HEADER, Cookie, Person, ROLE_HEADER, SessionWatch,
};
pub use api_keys::{ApiKeys, KnownKey};
pub(crate) use caller::not_for;
pub use caller::{Caller, CallerIdentity};
pub use live_routes::LIVE;
pub use network::network_of;
pub(crate) use proxies::peer_of;
pub use proxies::{Proxies, ProxyHeader};
pub use revocations::Revocations;
pub use role::Role;
pub(crate) use said::Said;
pub use shown::Shown;
pub use tickets::Tickets;
pub(crate) use token::check_rights;
pub use token::{Claims, Former, Key, KeyError, KeyFile, KeyId, Keys, Ring, Rotation, Verified, VisitorPass};
pub use visitor_access::asker;
