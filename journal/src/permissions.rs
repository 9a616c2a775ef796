//! Which other users of this machine may open a file (spec.md §Privacy and security).
//!
//! What the program creates is for its user alone. What is there already keeps the rights that somebody gave it, which
//! may be meant: a backup reads through a group. More than that is hardly meant, and is reported.

use std::fs::Metadata;
use std::path::Path;

/// The rights that a file should not give: any to everybody, and to its group the one to write.
#[cfg(unix)]
const TOO_MUCH: u32 = 0o027;

/// Warns when a file may be opened by others than its owner, or written by its group.
pub fn warn_if_shared(path: &Path) {
    if let Ok(metadata) = std::fs::metadata(path) {
        warn_if_shared_file(path, &metadata);
    }
}

/// The same of a file that is open.
pub fn warn_if_shared_file(path: &Path, metadata: &Metadata) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = metadata.permissions().mode() & 0o777;
        if metadata.is_file() && mode & TOO_MUCH != 0 {
            tracing::warn!(
                file = %path.display(),
                mode = %format_args!("{mode:04o}"),
                "other users of this machine may open this file, which holds what people wrote; chmod 600 makes it private"
            );
        }
    }
    #[cfg(not(unix))]
    let _ = (path, metadata);
}
