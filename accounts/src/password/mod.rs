//! Passwords: Argon2id, at a cost that the settings say, and none that is easily guessed (spec.md §Privacy and
//! security).
//!
//! The form of a password is NFC, so that it is the same from every keyboard. It is in a type that prints itself nowhere
//! and is wiped from memory.

mod create_first;
mod create_with;
mod hasher;
mod parameters;
mod set;
mod strength;
mod verify;

pub use create_first::create_first;
pub use create_with::create_with;
pub use hasher::Hasher;
pub use parameters::Parameters;
pub use set::set;
pub(crate) use set::store;
pub(crate) use strength::Words;
pub use verify::{Right, check, is_right};

pub use secrecy::SecretString;
