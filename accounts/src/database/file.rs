//! The SQLite file of the accounts: for its user alone, and brought up to date by one program at a time.

use std::fs::{File, OpenOptions};
use std::io;
use std::str::FromStr;

use sqlx::sqlite::SqliteConnectOptions;

use crate::error::Error;

/// Creates the file if it is missing, readable and writable by its user alone whatever the umask; SQLite gives its
/// journals the same rights. Returns the lock that keeps other programs from changing the tables meanwhile, which is
/// a file of its own: SQLite drops its locks when any code in the process closes its file.
pub(super) async fn prepare(url: &str) -> Result<File, Error> {
    let path = SqliteConnectOptions::from_str(url)?.get_filename().to_owned();
    let prepared = tokio::task::spawn_blocking(move || -> io::Result<File> {
        let mut lock = path.clone().into_os_string();
        lock.push(".lock");
        let lock = private().open(lock)?;
        lock.lock()?;
        // Opened only where it is missing: see above.
        if !path.exists() {
            private().open(&path)?;
        }
        journal::permissions::warn_if_shared(&path);
        Ok(lock)
    });
    Ok(prepared.await.map_err(io::Error::other)??)
}

/// The path of the file, if it is missing.
pub(super) fn missing(url: &str) -> Result<Option<String>, Error> {
    let path = SqliteConnectOptions::from_str(url)?.get_filename().to_owned();
    Ok((!path.is_file()).then(|| path.display().to_string()))
}

fn private() -> OpenOptions {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
