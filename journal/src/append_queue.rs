//! From applied events to the writer's queue, and the answer that comes back.

use std::net::IpAddr;
use std::sync::Arc;

use domain::id::CommandId;
use domain::{Event, LivechatId};
use tokio::sync::{mpsc, oneshot};

use crate::entry::{Entry, WakeUp};
use crate::error::Error;
use crate::record::Record;
use crate::resident::Resident;
use crate::writer::Pending;

/// The right to put one command into the writer's queue.
pub(crate) type Permit = mpsc::OwnedPermit<Pending>;

/// Gives applied events their positions in the log, and their stored form.
pub(crate) fn seal(
    resident: &mut Resident,
    livechat: &LivechatId,
    (command, address): (CommandId, Option<IpAddr>),
    story: Vec<Event>,
    records: &mut Vec<Arc<Record>>,
    entries: &mut Vec<Entry>,
) -> Result<(), Error> {
    let wake_up = WakeUp::of(&resident.livechat);
    for event in story {
        let (livechat, position) = (livechat.clone(), resident.position + 1);
        let record = Record { livechat, position, command, address, event };
        let entry = Entry::seal(&record, &resident.hash, wake_up).map_err(|error| {
            resident.generation.invalidate();
            Error::Damaged { livechat: record.livechat.clone(), problem: error.to_string() }
        })?;
        resident.position = record.position;
        resident.hash = entry.hash;
        entries.push(entry);
        records.push(Arc::new(record));
    }
    Ok(())
}

/// Queues events, or, without any, an answer that depends on events still being written. Returns what
/// to wait for; nothing when everything is durable already.
pub(crate) fn enqueue(
    permit: Permit,
    resident: &Resident,
    entries: Vec<Entry>,
    records: Vec<Arc<Record>>,
) -> Option<oneshot::Receiver<Result<(), Error>>> {
    if entries.is_empty() && resident.generation.durable() >= resident.position {
        return None;
    }
    let (done, answer) = oneshot::channel();
    permit.send(Pending { entries, records, generation: resident.generation.clone(), done });
    Some(answer)
}

/// Waits until what was queued is durable.
pub(crate) async fn until_durable(answer: Option<oneshot::Receiver<Result<(), Error>>>) -> Result<(), Error> {
    match answer {
        None => Ok(()),
        Some(answer) => answer.await.unwrap_or(Err(Error::Closed)),
    }
}
