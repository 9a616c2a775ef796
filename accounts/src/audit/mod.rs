//! The audit trail of accounts: when, who, what, which account, from which address (spec.md §Privacy and security).
//!
//! An entry is written in the transaction of its change. It names people by the ids of their accounts alone and holds
//! no secrets, so it stays as it is when an account is deleted; both databases refuse to change or delete one.

mod list;
mod record;

pub use list::{Entry, Filter, list};
pub use record::{Action, record};
