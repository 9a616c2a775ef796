//! From a file to a log: every hash is computed again, every record read, and what is not there is added.
//!
//! Invariant: a record is appended only after everything before it in the file was found to be in order, and
//! to be in the log or on its way there. An import that is repeated goes on where it stopped.

use std::collections::HashMap;
use std::io::BufRead;

use domain::LivechatId;
use tokio::task::spawn_blocking;

use super::chain::{Problem, read};
use super::lines::Lines;
use super::pages::holds;
use super::{Error, Progress};
use crate::entry::{Entry, Hash, Outlook};
use crate::recorded::Position;
use crate::store::{Store, Stored};

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

/// Appends the records of a file that the log does not have yet. While a batch is written, the next is read
/// and checked. A server that runs on the same database does not notice: import before it starts.
///
/// # Errors
/// When the file cannot be read or the log not written, when a line is no record or does not follow those
/// before it, or when the log holds another history of a livechat. What comes before a bad line is imported,
/// and the import can be repeated.
pub async fn import(
    store: &dyn Store,
    file: Box<dyn BufRead + Send>,
    progress: Progress<'_>,
) -> Result<Imported, Error> {
    let log = store.read();
    let heads = log.heads().await?.into_iter().map(|head| (head.livechat, (head.position, head.hash)));
    let source = Source { lines: Lines::of(file), heads: heads.collect() };
    let mut done = Imported::default();
    let (mut source, mut batch) = spawn_blocking(|| source.gather()).await?;
    while batch.end.is_none() {
        let (gathered, appended) =
            tokio::join!(spawn_blocking(|| source.gather()), append(store, &batch, &mut done));
        appended?;
        progress(done.found + done.written, None);
        (source, batch) = gathered?;
    }
    append(store, &batch, &mut done).await?;
    progress(done.found + done.written, None);
    batch.end.unwrap_or(Ok(()))?;
    for (livechat, tail) in source.lines.tails().iter() {
        // Where the file goes as far as the log, it was compared there.
        if source.heads.get(livechat).is_some_and(|(position, _)| *position > tail.position) {
            holds(log, livechat, tail).await?;
        }
    }
    Ok(done)
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
struct Source {
    lines: Lines<Box<dyn BufRead + Send>>,
    heads: HashMap<LivechatId, (Position, Hash)>,
}

impl Source {
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
        if let Some((position, hash)) = self.heads.get(&stored.livechat) {
            if stored.position == *position && stored.hash != hash {
                return Err(Error::AnotherHistory { livechat: stored.livechat, position: stored.position });
            }
            if stored.position <= *position {
                return Ok(Some(Next::Found));
            }
        }
        let hash = self.lines.tails().of(&stored.livechat).hash;
        let entry = entry(stored, hash).map_err(|problem| self.lines.wrong(problem.to_string()))?;
        Ok(Some(Next::New(Box::new(entry))))
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
fn entry(stored: Stored, hash: Hash) -> Result<Entry, Problem> {
    let event = read(&stored)?.event;
    Ok(Entry {
        livechat: stored.livechat,
        position: stored.position,
        event_type: stored.event_type.into(),
        event_version: stored.event_version.into(),
        payload: stored.payload,
        metadata: stored.metadata,
        recorded_at: event.at,
        conversation: event.fact.conversation_id(),
        hash,
        outlook: Outlook::UNKNOWN,
    })
}
