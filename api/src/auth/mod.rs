//! Who calls: bearer tokens signed by the server, checked on every route.
//!
//! A token names one livechat, one role and one subject, that of a visitor one conversation besides. A livechat is
//! an island: a token of one is refused on every path of another.

mod caller;
mod own;
mod proxies;
mod revocations;
mod token;

pub(crate) use caller::bearer;
pub use caller::{Caller, LIVE, Role, Senders, Who};
pub use own::asker;
pub use proxies::{Proxies, ProxyHeader};
pub use revocations::Revocations;
pub use token::{Claims, Key, KeyError, VisitorPass};
