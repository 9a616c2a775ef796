//! From a file to a log: every hash is computed again, every record read, and what is not there is added.
//!
//! The file is read twice: once to find out whether all of it is in order and goes on from the log, and once to
//! append it. What is appended can never be taken back.
//!
//! Invariant: a record is appended only after the whole file was found to be what a verification of the log finds
//! no fault with. An import that was interrupted by the database and is repeated goes on where it stopped.

use std::collections::HashMap;
use std::io::{BufRead, Seek};

use domain::LivechatId;
use tokio::task::spawn_blocking;

use super::checks::ContentCheck;
use super::error::Error;
use super::file_reader::FileReader;
use super::pages::holds;
use super::progress::Progress;
use crate::log::entry::{Entry, Hash, WakeUp};
use crate::log::record::{Position, Record};
use crate::log::store::{Read, Store, StoredRecord};

/// Records in a batch, one transaction each.
const BATCH: u64 = 4_000;

/// Bytes of JSON after which a batch is large enough, however few its records are.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Records that were in the log before.
    pub found: u64,
    /// Records that were added.
    pub written: u64,
}

/// Appends the records of a file, read from its beginning, that the log does not have yet. While a batch is written,
/// the next is read and checked. A server that runs on the same database does not notice: import before it starts.
///
/// # Errors
/// When the file cannot be read or has no records, when a line is no record, does not follow those before it, or is
/// what [`verify`](super::verify()) would complain of, or when the log holds another history of a livechat: nothing
/// is written then. When the log cannot be written, or the file is changed meanwhile, what was written stays, and the
/// import can be repeated.
pub async fn import<F: BufRead + Seek + Send + 'static>(
    store: &dyn Store,
    file: F,
    progress: Progress<'_>,
) -> Result<Imported, Error> {
    let log = store.read();
    let heads = log.heads().await?.into_iter().map(|head| (head.livechat, (head.position, head.hash)));
    let (checked, all) = check(log, Source::of(file, heads.collect()), progress).await?;
    let source = checked.rewind()?;
    let mut done = Imported::default();
    let (mut source, mut batch) = spawn_blocking(|| source.gather()).await?;
    while batch.end.is_none() {
        let (gathered, appended) =
            tokio::join!(spawn_blocking(|| source.gather()), append(store, &batch, &mut done));
        appended?;
        progress(done.found + done.written, Some(all));
        (source, batch) = gathered?;
    }
    append(store, &batch, &mut done).await?;
    progress(done.found + done.written, Some(all));
    batch.end.unwrap_or(Ok(()))?;
    Ok(done)
}

/// Reads the whole file, and returns how many records it has.
async fn check<F: BufRead + Seek + Send + 'static>(
    log: &dyn Read,
    mut source: Source<F>,
    progress: Progress<'_>,
) -> Result<(Source<F>, u64), Error> {
    let mut records = 0;
    loop {
        let batch: Batch;
        (source, batch) = spawn_blocking(|| source.gather()).await?;
        records += batch.found + batch.entries.len() as u64;
        progress(records, None);
        if let Some(end) = batch.end {
            end?;
            break;
        }
    }
    if records == 0 {
        return Err(Error::Empty);
    }
    for (livechat, tail) in source.lines.tails().iter() {
        // Where the file goes as far as the log, it was compared there.
        if source.heads.get(livechat).is_some_and(|(position, _)| *position > tail.position) {
            holds(log, livechat, tail).await?;
        }
    }
    Ok((source, records))
}

async fn append(store: &dyn Store, batch: &Batch, done: &mut Imported) -> Result<(), Error> {
    if !batch.entries.is_empty() {
        store.append(&batch.entries).await?;
    }
    done.found += batch.found;
    done.written += batch.entries.len() as u64;
    Ok(())
}

/// Records to append at once.
#[derive(Default)]
struct Batch {
    entries: Vec<Entry>,
    /// Records of the file that the log has.
    found: u64,
    /// Is it the last one, and why?
    end: Option<Result<(), Error>>,
}

/// A file being read, and where the log ended before.
struct Source<F> {
    lines: FileReader<F>,
    heads: HashMap<LivechatId, (Position, Hash)>,
    content_checks: HashMap<LivechatId, ContentCheck>,
}

impl<F: BufRead + Seek> Source<F> {
    fn of(file: F, heads: HashMap<LivechatId, (Position, Hash)>) -> Self {
        Self { lines: FileReader::of(file), heads, content_checks: HashMap::new() }
    }

    /// The same, from the beginning.
    fn rewind(self) -> Result<Self, Error> {
        let mut file = self.lines.into_file();
        file.rewind()?;
        Ok(Self::of(file, self.heads))
    }

    fn gather(mut self) -> (Self, Batch) {
        let mut batch = Batch::default();
        let mut bytes = 0;
        while batch.found + (batch.entries.len() as u64) < BATCH && bytes < BATCH_BYTES {
            match self.next() {
                Ok(Some(Next::Found)) => batch.found += 1,
                Ok(Some(Next::New(entry))) => {
                    bytes += entry.payload.len() + entry.metadata.len();
                    batch.entries.push(*entry);
                }
                Ok(None) => {
                    batch.end = Some(Ok(()));
                    break;
                }
                Err(error) => {
                    batch.end = Some(Err(error));
                    break;
                }
            }
        }
        (self, batch)
    }

    fn next(&mut self) -> Result<Option<Next>, Error> {
        let Some(stored) = self.lines.next()? else { return Ok(None) };
        let content = self.content_checks.entry(stored.livechat.clone()).or_default();
        let record = content.follow(&stored).map_err(|problem| self.lines.wrong(problem.to_string()))?;
        if let Some((position, hash)) = self.heads.get(&stored.livechat) {
            if stored.position == *position && stored.hash != hash {
                return Err(Error::AnotherHistory { livechat: stored.livechat, position: stored.position });
            }
            if stored.position <= *position {
                return Ok(Some(Next::Found));
            }
        }
        let hash = self.lines.tails().of(&stored.livechat).hash;
        Ok(Some(Next::New(Box::new(entry(stored, &record, hash)))))
    }
}

/// What to do with a record of the file.
enum Next {
    /// The log has it.
    Found,
    /// It is to be appended.
    New(Box<Entry>),
}

/// A record with the columns that repeat what is in its payload.
fn entry(stored: StoredRecord, Record { event, .. }: &Record, hash: Hash) -> Entry {
    Entry {
        livechat: stored.livechat,
        position: stored.position,
        event_type: stored.event_type.into(),
        event_version: stored.event_version.into(),
        payload: stored.payload,
        metadata: stored.metadata,
        recorded_at: event.at,
        conversation: event.fact.conversation_id(),
        hash,
        wake_up: WakeUp::UNKNOWN,
    }
}
