//! TLS: the certificate that the server shows, which can be renewed while it runs (spec.md §Privacy and security).
//!
//! Read [`pair`] (a certificate and its key, as read from two files), then [`current`] (the pair in force, and when
//! another takes its place). How an encrypted connection is served is in `connections`.
//!
//! What always holds: there is a pair in force. One that cannot be used never replaces it, and connections made with an
//! earlier one go on.

pub mod current;
pub mod pair;

pub use current::Tls;
pub use pair::{Error, Files};
