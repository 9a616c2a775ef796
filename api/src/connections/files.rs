//! How many connections fit into the files that the process may open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::limits::CONNECTIONS_MAX;

/// Files kept back for the databases, for files written on the side, and for clients that are being turned away: the
/// pools have some twenty connections, each with up to three files.
const KEPT_BACK_MIN: u64 = 96;

/// Asks the system for as many files as this process may have at all.
pub fn raise() {
    let limit = getrlimit(Resource::Nofile);
    if limit.current == limit.maximum {
        return;
    }
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })
    {
        tracing::warn!(%error, "cannot raise the limit of open files");
    }
}

/// The number of connections that fit: the files that are left when an eighth of them, and at least 96, is kept back.
/// At least 16, at most [`CONNECTIONS_MAX`].
pub fn connections_that_fit() -> usize {
    getrlimit(Resource::Nofile).current.map_or(CONNECTIONS_MAX, that_fit)
}

fn that_fit(files: u64) -> usize {
    let left = files.saturating_sub((files / 8).clamp(KEPT_BACK_MIN, 4_096));
    usize::try_from(left).unwrap_or(CONNECTIONS_MAX).clamp(16, CONNECTIONS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_files_are_kept_back_for_the_databases() {
        assert_eq!(that_fit(0), 16);
        assert_eq!(that_fit(100), 16);
        assert_eq!(that_fit(256), 160);
        assert_eq!(that_fit(1_024), 896);
        assert_eq!(that_fit(20_000), 17_500);
        assert_eq!(that_fit(u64::MAX), CONNECTIONS_MAX);
    }
}
