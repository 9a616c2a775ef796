//! Which other users may open a key file, by the rules of OpenSSH and PostgreSQL.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::error::KeyError;

/// Checks that no other user of this machine may open a file with a key in it, and warns of one that root has handed
/// out to all of them.
///
/// # Errors
/// When others may open it.
pub(crate) fn check_rights(about: &Metadata, path: &Path) -> Result<(), KeyError> {
    match FileRights::of(about) {
        FileRights::Private => Ok(()),
        FileRights::HandedOut(mode) => {
            tracing::warn!(
                file = %path.display(),
                mode = %format_args!("{mode:04o}"),
                "every user of this machine may read this key; that is right only on a machine without other users"
            );
            Ok(())
        }
        FileRights::Open(mode) => Err(KeyError::Open(path.display().to_string(), mode)),
    }
}

/// Which other users may open a key file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileRights {
    /// Its owner; or, for a file of root, a group that root has let read it. What is not a regular file (a pipe) is
    /// private too.
    Private,
    /// A file of root that everybody may read and only root may write: the secret of a container, whose only user is
    /// this one.
    HandedOut(u32),
    /// Anything else.
    Open(u32),
}

impl FileRights {
    fn of(file: &Metadata) -> Self {
        if file.is_file() { Self::given(file.mode() & 0o777, file.uid()) } else { Self::Private }
    }

    const fn given(mode: u32, owner: u32) -> Self {
        let is_of_root = owner == 0;
        match mode & 0o077 {
            0o000 => Self::Private,
            0o040 if is_of_root => Self::Private,
            0o004 | 0o044 if is_of_root => Self::HandedOut(mode),
            _ => Self::Open(mode),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_others_may_open_is_no_secret_but_where_root_hands_it_out() {
        const SOMEBODY: u32 = 1_000;
        for mode in [0o600, 0o400, 0o700] {
            assert_eq!(
                (FileRights::given(mode, 0), FileRights::given(mode, SOMEBODY)),
                (FileRights::Private, FileRights::Private)
            );
        }
        for mode in [0o640, 0o440] {
            assert_eq!(FileRights::given(mode, 0), FileRights::Private, "{mode:o}");
            assert_eq!(FileRights::given(mode, SOMEBODY), FileRights::Open(mode), "{mode:o}");
        }
        for mode in [0o644, 0o444, 0o404] {
            assert_eq!(FileRights::given(mode, 0), FileRights::HandedOut(mode), "{mode:o}");
            assert_eq!(FileRights::given(mode, SOMEBODY), FileRights::Open(mode), "{mode:o}");
        }
        for mode in [0o666, 0o660, 0o620, 0o602, 0o646, 0o777, 0o650] {
            assert_eq!(FileRights::given(mode, 0), FileRights::Open(mode), "{mode:o}");
            assert_eq!(FileRights::given(mode, SOMEBODY), FileRights::Open(mode), "{mode:o}");
        }
    }
}
