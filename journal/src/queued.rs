//! From applied events to the writer's queue, and the answer that comes back.

use std::net::IpAddr;
use std::sync::Arc;

use domain::id::CommandId;
use domain::{Event, LivechatId};
use tokio::sync::{mpsc, oneshot};

use crate::entry::{Entry, Outlook};
use crate::error::Error;
use crate::loaded::Loaded;
use crate::recorded::Recorded;
use crate::writer::Pending;

/// A place in the writer's queue.
pub(crate) type Place = mpsc::OwnedPermit<Pending>;

/// Gives applied events their place in the log, and their stored form.
pub(crate) fn seal(
    loaded: &mut Loaded,
    livechat: &LivechatId,
    (command, address): (CommandId, Option<IpAddr>),
    story: Vec<Event>,
    records: &mut Vec<Arc<Recorded>>,
    entries: &mut Vec<Entry>,
) -> Result<(), Error> {
    let outlook = Outlook::of(&loaded.livechat);
    for event in story {
        let (livechat, position) = (livechat.clone(), loaded.position + 1);
        let record = Recorded { livechat, position, command, address, event };
        let entry = Entry::seal(&record, &loaded.hash, outlook).map_err(|error| {
            loaded.fate.break_off();
            Error::Damaged { livechat: record.livechat.clone(), problem: error.to_string() }
        })?;
        loaded.position = record.position;
        loaded.hash = entry.hash;
        entries.push(entry);
        records.push(Arc::new(record));
    }
    Ok(())
}

/// Queues events, or, without any, an answer that depends on events still being written. Returns what
/// to wait for; nothing when everything is durable already.
pub(crate) fn enqueue(
    place: Place,
    loaded: &Loaded,
    entries: Vec<Entry>,
    records: Vec<Arc<Recorded>>,
) -> Option<oneshot::Receiver<Result<(), Error>>> {
    if entries.is_empty() && loaded.fate.durable() >= loaded.position {
        return None;
    }
    let (done, answer) = oneshot::channel();
    place.send(Pending { entries, records, fate: loaded.fate.clone(), done });
    Some(answer)
}

/// Waits until what was queued is durable.
pub(crate) async fn settle(answer: Option<oneshot::Receiver<Result<(), Error>>>) -> Result<(), Error> {
    match answer {
        None => Ok(()),
        Some(answer) => answer.await.unwrap_or(Err(Error::Closed)),
    }
}
