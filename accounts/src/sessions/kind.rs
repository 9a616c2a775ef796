//! The kinds of sessions.

use strum::{EnumString, IntoStaticStr};

/// On what somebody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum SessionKind {
    /// A page in a browser: one token in a cookie.
    Page,
    /// A program: short access tokens, and a refresh token that is replaced at each use.
    Program,
}
