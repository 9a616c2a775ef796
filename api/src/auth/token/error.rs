//! Why keys cannot be used or changed. No error tells anything of what a key file contains.

use std::path::Path;

use chrono::{DateTime, SecondsFormat, Utc};

use super::key::KeyId;
use crate::limits::{KEY_FILE_BYTES_MAX, KEYS_MAX};

/// Why keys cannot be used or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or created.
    #[error("the key file {0} cannot be read or created: {1}")]
    File(String, std::io::Error),
    /// The file cannot be replaced by another with the same owner and rights.
    #[error("the key file {0} cannot be replaced, and is as it was: {1}")]
    Replace(String, std::io::Error),
    /// Others may read it, or replace it.
    #[error(
        "others on this machine may open the key file {0} (mode {1:04o}), and who has the key is whoever they like to \
         be: chmod 600 {0}; one that root hands out, and nobody else writes, may be readable"
    )]
    Open(String, u32),
    /// Too few bytes to be safe.
    #[error("the key file {0} has a key of fewer than 32 bytes")]
    Short(String),
    /// Too many bytes to be keys.
    #[error("the key file {0} has, or would have, more than {KEY_FILE_BYTES_MAX} bytes")]
    Long(String),
    /// It begins as several keys do, and goes on otherwise.
    #[error("the key file {0} is damaged at line {1}, column {2}")]
    Damaged(String, usize, usize),
    /// It is in a form that this version does not know.
    #[error("the key file {0} was written by another version of this program")]
    OtherVersion(String),
    /// It is a pipe or the like, which is read once.
    #[error("{0} is not a regular file: change the keys where it comes from")]
    NotAFile(String),
    /// It has as many keys as it may have.
    #[error("there are {KEYS_MAX} keys already: retire one first, and keep fewer with a lower --keep-hours")]
    Full,
    /// No key has this id.
    #[error("there is no key {0}")]
    Unknown(KeyId),
    /// The key signs.
    #[error("the key {0} signs: rotate first")]
    Signs(KeyId),
    /// Tokens that the key signed may be good still.
    #[error(
        "the key {0} checks tokens until {until}: with --now, whoever has one is signed out",
        until = .1.to_rfc3339_opts(SecondsFormat::Secs, true)
    )]
    Checks(KeyId, DateTime<Utc>),
    /// A token could not be signed.
    #[error("the token could not be signed: {0}")]
    Signing(#[from] jsonwebtoken::errors::Error),
}

impl KeyError {
    /// The file at `path` cannot be read or created.
    pub(super) fn file(path: &Path) -> impl Fn(std::io::Error) -> Self {
        move |error| Self::File(path.display().to_string(), error)
    }

    /// The file at `path` cannot be replaced.
    pub(super) fn replace(path: &Path) -> impl Fn(std::io::Error) -> Self {
        move |error| Self::Replace(path.display().to_string(), error)
    }
}
