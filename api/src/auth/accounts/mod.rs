//! The accounts of a server as it works with them: who is signed in, as what in which livechat, and which live connections
//! end with a session (spec.md §Privacy and security).
//!
//! What accounts are and how they are kept is in the crate `accounts`.

mod cookie;
mod csrf;
mod keep_up;
mod known;
mod open_sessions;
mod options;
mod person;
mod role_in;

pub use cookie::Cookie;
pub use csrf::CSRF_HEADER;
pub(super) use csrf::check as csrf_check;
pub use known::{Accounts, SignedIn};
pub use open_sessions::SessionWatch;
pub use options::AccountOptions;
pub(super) use person::second_factor_required;
pub use person::{Anybody, Person};
pub use role_in::ROLE_HEADER;
pub(super) use role_in::{role_asked, role_in};
