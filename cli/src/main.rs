//! The `pupitre` program.

use std::process::ExitCode;

/// Commands make and free many small values on every core; the system's allocator makes them wait for each
/// other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
