//! Sessions: who is signed in, on what, and until when (spec.md §Privacy and security).
//!
//! Read `session.rs` (what a session is), `rules.rs` (how long it lives, what a refresh token means), then a file for
//! each thing that is done: `start.rs`, `check.rs`, `refresh.rs`, `raise.rs`, `list.rs`, `end.rs`, `clean_up.rs`.
//!
//! Invariant: a token is in the clear only on its way to or from its holder. Tables hold hashes of tokens that are
//! as long as the hash, and nothing from which a token can be had without both its predecessor and a key of the server.

mod cache;
mod check;
mod clean_up;
mod csrf;
mod device;
mod elsewhere;
mod end;
mod feed;
mod handle;
mod kind;
mod list;
mod live;
mod options;
mod raise;
mod refresh;
mod refusal;
mod rules;
mod session;
mod start;
mod stored;
mod successor;
mod token;

pub use clean_up::CleanedUp;
pub use csrf::{csrf_token, csrf_token_is_valid};
pub use device::device_label;
pub use end::end_all;
pub use feed::{EndedFeed, EndedSession, Notice};
pub use handle::Sessions;
pub use kind::SessionKind;
pub use list::SessionPage;
pub use live::Ended;
pub use options::{BadOption, SessionOptions};
pub use refusal::{Error, Refusal};
pub use session::{EndReason, Session, SessionId};
pub use start::{NewSession, ProgramTokens, Started, Tokens};
pub use token::{Token, TokenKind};

pub(crate) use live::Live;
pub(crate) use token::random;
