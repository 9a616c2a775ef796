//! The address of a mail server in a file, so that its password is not in the list of processes.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::server::{MailServer, WrongServer};
use crate::auth::check_rights;

/// Bytes of such a file: beyond it, it is another file.
const FILE_BYTES_MAX: u64 = 4 * 1024;

/// Why the address of a mail server cannot be had from a file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("the file with the address of the mail server: {0}: {1}")]
    Unreadable(String, std::io::Error),
    /// Others may open it.
    #[error("others on this machine may open {0}, which has the password of the mail server: chmod 600 {0}")]
    Open(String),
    /// It holds something else.
    #[error(transparent)]
    Wrong(#[from] WrongServer),
}

impl MailServer {
    /// Reads the address from a file that nobody else may open.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn from_file(path: &Path) -> Result<Self, FileError> {
        let failed = |error| FileError::Unreadable(path.display().to_string(), error);
        let file = File::open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        check_rights(&about, path).map_err(|_| FileError::Open(path.display().to_string()))?;
        let mut text = String::new();
        file.take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(failed)?;
        Ok(text.parse()?)
    }
}
