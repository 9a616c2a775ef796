//! What a command tells the shell: 0, all is well; 1, something is wrong or was found; 2, the command line is wrong
//! (which clap says).

use std::io;
use std::process::ExitCode;

/// 0 when all is well, else 1.
pub(super) fn exit_code(is_well: bool) -> ExitCode {
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The exit code of a command whose reader has closed the pipe (`pupitre openapi | head`): that of a program which the
/// system stops with SIGPIPE.
pub(super) const READER_GONE: u8 = 128 + 13;

/// Did a command end because its reader has closed the pipe? Pipes to others (a database) break within errors of their
/// own.
pub(super) fn is_reader_gone(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
