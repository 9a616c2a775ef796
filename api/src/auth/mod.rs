//! Callers: bearer tokens signed by the server, checked on every route.
//!
//! A token names one livechat, one role and one subject, that of a visitor one conversation besides. A livechat is
//! an island: a token of one is refused on every path of another. [`rights`] is the table of which role may call what.

mod authenticate;
mod caller;
mod network;
mod proxies;
mod revocations;
pub mod rights;
mod role;
mod token;
mod visitor_access;

pub use authenticate::{LIVE, bearer};
pub(crate) use caller::not_for;
pub use caller::{Caller, CallerIdentity};
pub use network::network_of;
pub use proxies::{Proxies, ProxyHeader};
pub use revocations::Revocations;
pub use role::Role;
pub(crate) use token::check_rights;
pub use token::{Claims, Former, Key, KeyError, KeyFile, KeyId, Keys, Ring, Rotation, Verified, VisitorPass};
pub use visitor_access::asker;
