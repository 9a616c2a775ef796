//! `pupitre log export` and `pupitre log import`: the log as a file, and back.

use std::fs::File;
use std::io::{BufReader, Seek};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use journal::archive::{self, Error, Target};
use journal::store::{open, open_existing};

use crate::commands::database::Database;
use crate::commands::failure::Failure;
use crate::commands::output::Bar;

/// The name of standard input and output.
const STANDARD: &str = "-";

/// Bytes read from a file at once.
const READ_BYTES: usize = 256 * 1024;

/// Options of `export`.
#[derive(Debug, clap::Args)]
pub(super) struct Export {
    #[command(flatten)]
    log: Database,
    /// The file, new or of an earlier export, to which the records it lacks are added; `-` prints all.
    #[arg(long)]
    file: PathBuf,
}

/// Options of `import`.
#[derive(Debug, clap::Args)]
pub(super) struct Import {
    #[command(flatten)]
    log: Database,
    /// The file of an export; `-` reads standard input, which is kept in a temporary file until all of it is checked.
    #[arg(long)]
    file: PathBuf,
}

/// Writes the log to a file.
pub(super) async fn export(options: Export) -> Result<ExitCode, Failure> {
    let store = open_existing(&options.log.database).await?;
    let is_printed = options.file.as_os_str() == STANDARD;
    let target = if is_printed {
        Target::Stream(Box::new(std::io::stdout()))
    } else {
        Target::File(options.file.clone())
    };
    let bar = Bar::of("records");
    let exported = archive::export(store.as_ref(), target, &|done, all| bar.reached(done, all)).await;
    drop(bar);
    store.close().await;
    let exported = exported.map_err(|error| with_file(error, &options.file))?;
    // The records may have taken standard output.
    eprintln!("{} records exported, {} were there", exported.written, exported.found);
    Ok(ExitCode::SUCCESS)
}

/// Appends a file to the log, when all of it is in order.
pub(super) async fn import(options: Import) -> Result<ExitCode, Failure> {
    let file = if options.file.as_os_str() == STANDARD {
        copied(std::io::stdin())?
    } else {
        let file =
            File::open(&options.file).map_err(|error| format!("{}: {error}", options.file.display()))?;
        // A pipe cannot be read twice.
        if file.metadata()?.is_file() { file } else { copied(file)? }
    };
    let source = BufReader::with_capacity(READ_BYTES, file);
    let store = open(&options.log.database).await?;
    let bar = Bar::of("records");
    let imported = archive::import(store.as_ref(), source, &|done, all| bar.reached(done, all)).await;
    drop(bar);
    store.close().await;
    let imported = imported.map_err(|error| with_file(error, &options.file))?;
    eprintln!("{} records imported, {} were there", imported.written, imported.found);
    Ok(ExitCode::SUCCESS)
}

/// What can be read once, in a file that nobody else can read and that is gone afterwards.
fn copied(mut source: impl std::io::Read) -> std::io::Result<File> {
    let mut file = tempfile::tempfile()?;
    std::io::copy(&mut source, &mut file)?;
    file.rewind()?;
    Ok(file)
}

/// Names the file where an error may be of its making.
fn with_file(error: Error, file: &Path) -> Failure {
    match error {
        Error::File(_) | Error::Line { .. } | Error::Empty | Error::AnotherHistory { .. } | Error::Busy => {
            format!("{}: {error}", file.display()).into()
        }
        Error::Store(_) | Error::NoLog(_) | Error::Defective(_) | Error::Interrupted(_) => error.into(),
    }
}
