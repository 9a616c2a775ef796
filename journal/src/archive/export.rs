//! From the log to a file: a line per record, livechat after livechat.
//!
//! Invariant: what is in the file stays as it is but for an incomplete last line. An export that is repeated
//! adds what is missing, and only to a file that holds the beginning of the same log.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufReader, Seek, SeekFrom, Write};
use std::path::PathBuf;

use domain::LivechatId;
use tokio::task::spawn_blocking;

use super::checks::Tails;
use super::error::Error;
use super::file_reader::FileReader;
use super::pages::{holds, pages};
use super::progress::Progress;
use super::record_line;
use crate::log::chain::{Defect, Problem};
use crate::log::store::{Head, Read, Store, StoredRecord};
use crate::permissions::warn_if_shared_file;

/// Where an export goes.
pub enum Target {
    /// A file, new or with what an export wrote before.
    File(PathBuf),
    /// Anything that takes bytes. It gets the whole log.
    Stream(Box<dyn Write + Send>),
}

/// What an export did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Records that were in the file before.
    pub found: u64,
    /// Records that were added.
    pub written: u64,
}

/// Writes every record of the log that is not in the target yet, and makes a file durable.
///
/// # Errors
/// When the log or the target cannot be read or written, when a record of either does not follow the one
/// before or cannot be carried exactly, when a livechat has no head, or when they hold different histories.
/// What was written before stays, and the export can be repeated.
pub async fn export(store: &dyn Store, target: Target, progress: Progress<'_>) -> Result<Exported, Error> {
    let log = store.read();
    let mut sink = spawn_blocking(|| Sink::open(target)).await??;
    // The names first: a livechat that begins in between has a head, and is exported.
    let livechats = log.logs().await?;
    let heads = log.heads().await?;
    let is_headed = |livechat: &LivechatId| heads.iter().any(|head| head.livechat == *livechat);
    if let Some(livechat) = livechats.into_iter().find(|livechat| !is_headed(livechat)) {
        return Err(Problem { livechat, position: 1, defect: Defect::Headless }.into());
    }
    agree(log, &sink.tails, &heads).await?;
    let found = sink.tails.iter().map(|(_, tail)| tail.position).sum();
    let all = heads.iter().map(|head| head.position).sum();
    let mut done = found;
    progress(done, Some(all));
    for head in heads {
        let after = sink.tails.of(&head.livechat).position;
        let count = |records| {
            done += records;
            progress(done, Some(all));
        };
        let written = pages(log, &head.livechat, (after, head.position), sink, Sink::page, count).await?;
        sink = written.0;
        written.1?;
        let end = sink.tails.of(&head.livechat).position;
        if end < head.position {
            let defect = Defect::Missing(head.position);
            return Err(Problem { livechat: head.livechat, position: end + 1, defect }.into());
        }
    }
    spawn_blocking(move || sink.close()).await??;
    Ok(Exported { found, written: done - found })
}

/// Does the log go on from what is in the file?
async fn agree(log: &dyn Read, tails: &Tails, heads: &[Head]) -> Result<(), Error> {
    for (livechat, tail) in tails.iter() {
        // A record beyond the head is not in the log, whatever is in the table.
        if !heads.iter().any(|head| head.livechat == *livechat && tail.position <= head.position) {
            return Err(Error::AnotherHistory { livechat: livechat.clone(), position: tail.position });
        }
        holds(log, livechat, tail).await?;
    }
    Ok(())
}

/// A target being written, and where each livechat ends in it.
struct Sink {
    out: Out,
    tails: Tails,
    buffer: Vec<u8>,
}

enum Out {
    // Locked while it is open.
    File(File),
    Stream(Box<dyn Write + Send>),
}

impl Sink {
    fn open(target: Target) -> Result<Self, Error> {
        let (out, tails) = match target {
            Target::Stream(stream) => (Out::Stream(stream), Tails::default()),
            Target::File(path) => {
                let mut file =
                    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
                warn_if_shared_file(&path, &file.metadata()?);
                file.try_lock().map_err(|error| match error {
                    TryLockError::WouldBlock => Error::Busy,
                    TryLockError::Error(error) => error.into(),
                })?;
                let mut lines = FileReader::of(BufReader::new(&file));
                while lines.next_whole()?.is_some() {}
                let (tails, bytes) = lines.into_tails();
                file.set_len(bytes)?;
                file.seek(SeekFrom::Start(bytes))?;
                (Out::File(file), tails)
            }
        };
        Ok(Self { out, tails, buffer: Vec::new() })
    }

    /// Writes the records up to the first that cannot be.
    fn page(&mut self, page: &[StoredRecord]) -> Result<(), Error> {
        self.buffer.clear();
        let lines = page.iter().try_for_each(|stored| {
            // Followed first, so that a line of a record that does not belong there is never written.
            self.tails.follow(stored)?;
            record_line::write(stored, &mut self.buffer)
        });
        match &mut self.out {
            Out::File(file) => file.write_all(&self.buffer)?,
            Out::Stream(stream) => stream.write_all(&self.buffer)?,
        }
        Ok(lines?)
    }

    fn close(self) -> Result<(), Error> {
        match self.out {
            Out::File(file) => file.sync_all()?,
            Out::Stream(mut stream) => stream.flush()?,
        }
        Ok(())
    }
}
