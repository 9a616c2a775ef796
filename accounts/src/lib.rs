//! Accounts: the people who sign in, their roles, and how they prove who they are (spec.md §Privacy and security).
//!
//! They are kept in tables of their own beside the log, never in it: an account can be changed and erased, and what
//! proves who somebody is must not be in a log that is copied, exported and replayed.
//!
//! | module | what |
//! |---|---|
//! | [`database`] | where the tables are, and how they are read and changed |
//! | [`account`] | a person, with roles per livechat: created, changed, disabled, deleted, listed |
//! | [`password`] | how one is chosen, kept and checked |
//! | [`link`] | invitations and resets, used once |
//! | [`api_keys`] | keys of programs |
//! | [`sessions`] | who is signed in, on what, and until when |
//! | [`sign_in`] | a session for whoever knows the password and passes the second factor |
//! | [`second_factor`] | codes of an authenticator, and recovery codes |
//! | [`server_keys`] | what tokens are derived with and secrets encrypted |
//! | [`throttle`] | how guessing is slowed down |
//! | [`audit`] | what was done, by whom, from where |
//! | [`limits`] | every limit, with its reason |
//!
//! Invariant: a change and its entry in the audit trail are one transaction. Nothing here reads a clock: time comes in
//! with the request ([`By`]), and so does the network address that it came from.

#![warn(missing_docs)]

pub mod account;
mod account_id;
pub mod api_keys;
pub mod audit;
mod by;
pub mod database;
mod error;
pub mod limits;
pub mod link;
mod page;
pub mod password;
pub mod second_factor;
mod secret;
pub mod server_keys;
pub mod sessions;
pub mod sign_in;
pub mod throttle;

pub use account::{Account, AccountId};
pub use by::{Actor, By};
pub use database::{Database, Transaction};
pub use error::Error;
pub use page::Page;
pub use secret::{Secret, SecretHash};
pub use server_keys::{ServerKey, ServerKeys};
