//! Tokens: JSON Web Tokens signed with keys that stay on the server (HMAC-SHA-256).
//!
//! Read [`claims`] (what a token says), [`key`] (one key: it signs and checks), [`ring`] (the keys that check, of which
//! one signs), [`file`] with [`document`] and [`file_rights`] (where the ring is kept, and who may open it), then [`keys`]
//! (the ring that a running server uses, which follows the file).
//!
//! Invariant: a secret leaves these files as a signature or as the content of the key file, never in a log or an error.

mod claims;
mod document;
mod error;
mod file;
mod file_rights;
mod key;
mod keys;
mod ring;

pub use claims::{Claims, VisitorPass};
pub use error::KeyError;
pub use file::KeyFile;
pub(crate) use file_rights::check_rights;
pub use key::{Key, KeyId};
pub use keys::{Keys, Verified};
pub use ring::{Former, Ring, Rotation};
