//! An account: a person who signs in, with roles per livechat (spec.md §Privacy and security).
//!
//! One file per use case. What is stored is read in `rows.rs`, what is typed is checked in `draft.rs`.

mod any_administrator;
mod change;
mod create;
mod delete;
mod disable;
mod draft;
mod find;
mod keys;
mod last_administrator;
mod list;
mod members;
mod person;
mod role;
mod rows;
mod sign_in;
mod write;

pub use crate::account_id::AccountId;
pub(crate) use any_administrator::any;
pub use any_administrator::has_administrator;
pub use change::{Change, change};
pub use create::create;
pub(crate) use create::insert;
pub use delete::delete;
pub use disable::{disable, enable};
pub use draft::Draft;
pub use find::{by_address, find};
pub(crate) use find::{found, in_transaction};
pub(crate) use keys::address_key;
pub use list::{Filter, list};
pub use members::{
    Added, Administrator, Member, MemberRole, NewMember, add_member, change_member, members, remove_member,
};
pub use person::Account;
pub use role::{Grant, Role};
pub use sign_in::signed_in;
