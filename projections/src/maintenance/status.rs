//! How far behind both slots are, and which of them is active.

use std::collections::BTreeMap;

use domain::LivechatId;
use journal::Position;
use serde::Serialize;

use crate::database::{Database, active_slot};
use crate::error::Error;
use crate::event_source::EventSource;
use crate::runner::checkpoint::{self, VERSION};
use crate::slot::{ActiveSlot, Slot};
use crate::subscription::{Parked, all_parked};

/// The status of the projections.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Status {
    /// The version of the folds of this program.
    pub version: i64,
    /// Which slot is active.
    pub active: ActiveSlot,
    /// The slots that exist.
    pub slots: Vec<SlotStatus>,
}

/// One slot.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SlotStatus {
    /// Which.
    pub slot: Slot,
    /// Is it the active one?
    pub is_active: bool,
    /// The versions of the folds that its rows were computed with; none when it is empty.
    pub versions: Vec<i64>,
    /// Could this program go on with it?
    pub fits: bool,
    /// Every livechat that has a log or rows.
    pub livechats: Vec<Behind>,
    /// Events that are in the log and not projected.
    pub lag_events: u64,
    /// The age of the oldest of them, in seconds; 0 when there is none.
    pub lag_seconds: f64,
    /// What could not be stored.
    pub parked: Vec<Parked>,
}

/// How far one livechat is behind its log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Behind {
    /// Which livechat.
    pub livechat: LivechatId,
    /// How far it is projected.
    pub position: Position,
    /// Where its log ends.
    pub head: Position,
    /// The age of the oldest event that is not projected, in seconds; 0 when there is none.
    pub lag_seconds: f64,
}

/// Looks at both slots without changing anything.
///
/// # Errors
/// [`Error::Missing`] when there is none; the database; the log.
pub async fn status(url: &str, log: &impl EventSource) -> Result<Status, Error> {
    let mut slots = vec![];
    let mut opened = vec![];
    for slot in Slot::ALL {
        if let Some(database) = Database::existing(url, slot).await? {
            opened.push((slot, database));
        }
    }
    if opened.is_empty() {
        return Err(Error::Missing(Slot::Blue));
    }
    let active = active_slot(url).await?;
    for (slot, database) in opened {
        slots.push(status_of(slot, &database, slot == active.slot, log).await?);
        database.close().await;
    }
    Ok(Status { version: VERSION, active, slots })
}

async fn status_of(
    slot: Slot,
    database: &Database,
    is_active: bool,
    log: &impl EventSource,
) -> Result<SlotStatus, Error> {
    let has_known_tables = database.has_known_tables().await?;
    let mut transaction = database.read().await?;
    let checkpoints = checkpoint::all(&mut transaction).await?;
    let versions: Vec<i64> = checkpoint::versions(&mut transaction).await?.into_iter().collect();
    let parked = match all_parked(&mut transaction).await {
        // Older ones have no such table.
        Err(_) if !has_known_tables => vec![],
        parked => parked?,
    };
    drop(transaction);
    // In this order: rows are never ahead of the log.
    let heads = log.heads().await.map_err(Error::Log)?.into_iter().collect::<BTreeMap<_, _>>();
    let mut livechats = vec![];
    for livechat in heads.keys().chain(checkpoints.keys().filter(|livechat| !heads.contains_key(livechat))) {
        let of = |positions: &BTreeMap<LivechatId, Position>| positions.get(livechat).copied();
        let (position, head) = (of(&checkpoints).unwrap_or_default(), of(&heads).unwrap_or_default());
        let lag_seconds = if position < head { age(log, livechat, position).await? } else { 0.0 };
        livechats.push(Behind { livechat: livechat.clone(), position, head, lag_seconds });
    }
    Ok(SlotStatus {
        slot,
        is_active,
        fits: has_known_tables && versions.iter().all(|version| *version == VERSION),
        versions,
        lag_events: livechats.iter().map(|livechat| livechat.head.saturating_sub(livechat.position)).sum(),
        lag_seconds: livechats.iter().map(|livechat| livechat.lag_seconds).fold(0.0, f64::max),
        livechats,
        parked,
    })
}

/// How long ago the event after a position was, in seconds.
async fn age(log: &impl EventSource, livechat: &LivechatId, position: Position) -> Result<f64, Error> {
    let next = log.read(livechat, position, 1).await.map_err(Error::Log)?;
    let age = next.first().and_then(|event| (log.now() - event.event.at).to_std().ok());
    Ok(age.unwrap_or_default().as_secs_f64())
}
