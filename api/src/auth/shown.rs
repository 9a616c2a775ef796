//! What shows who a caller is, as it may be kept: without the token or the secret that was sent.

use std::sync::Arc;

use accounts::account::Role;
use accounts::api_keys::Hash;
use accounts::sessions::Token;

use super::Verified;

/// What a caller has shown. Whether it is good is asked each time that it is used.
#[derive(Clone, Debug)]
pub enum Shown {
    /// A token that this server signed.
    Token(Arc<Verified>),
    /// The key of a program, by the hash of its secret.
    Key(Hash),
    /// The token of a session, and the role in which its holder calls, where that is said.
    Session(Token, Option<Role>),
}
