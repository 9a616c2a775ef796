//! Moving the content of the write-ahead log into the file: one connection of one process does it.
//!
//! SQLite before 3.51.3 (and 3.50.7) has a fault that can lose what was committed: while one connection begins to move
//! the content of a write-ahead log that another has just moved whole, a third may begin that log anew, and the first
//! then takes what comes after for moved. The version that `sqlx` brings has it. It takes two connections that move:
//! one that moves only after what it has committed itself always finds something to move, and until it has done so
//! nobody begins the log anew. So only the connection that writes does so, and only in the process that holds a lock
//! beside the file; all others leave it alone. SQLite itself moves the rest when the last connection is closed, which
//! it does alone.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// What is added to the name of the file to name the one that is locked. It is a file of its own: SQLite forgets its
/// locks when somebody else in the process closes its file.
const LOCK: &str = "-checkpoints";

/// Held by the process that moves.
#[derive(Debug)]
pub(super) struct Checkpoints(#[expect(dead_code, reason = "held for what its end means")] File);

impl Checkpoints {
    /// Takes the right to move; nothing when another has it, or when it cannot be had.
    pub(super) fn take(database: &Path) -> Option<Self> {
        let mut name = database.to_owned().into_os_string();
        name.push(LOCK);
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let locked = options.open(&name).map_err(TryLockError::Error);
        match locked.and_then(|file| file.try_lock().map(|()| file)) {
            Ok(file) => Some(Self(file)),
            Err(error) => {
                tracing::warn!(
                    %error,
                    file = %name.display(),
                    "another process has this log open; its write-ahead log grows until that process checkpoints it"
                );
                None
            }
        }
    }
}
