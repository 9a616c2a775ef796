//! How far each livechat is projected. The checkpoint moves in the transaction that writes the rows:
//! both or none.

use std::collections::{BTreeMap, BTreeSet};

use domain::LivechatId;
use journal::Position;
use serde::{Deserialize, Serialize};

use crate::database::{Rows, Select, Transaction};
use crate::encoding;
use crate::error::Error;
use crate::projection::{LivechatKey, Table};
use crate::slot::Slot;

/// The version of the folds. Raise it when a fold changes what it computes: rows of another version
/// are never added to. Those of an older version are deleted when the database is opened (see [`older`])
/// and computed again; those of a newer one are left to the program that knows it.
pub const VERSION: i64 = 9;

row! {
    table "checkpoints", key [livechat];

    #[derive(Debug, Serialize, Deserialize)]
    struct Checkpoint {
        livechat: LivechatId,
        position: i64,
        version: i64,
    }
}

pub(crate) const TABLE: Table = Checkpoint::TABLE;

/// The checkpoints of some livechats, locked until the end of the transaction: a second runner waits
/// here, then sees what the first one did.
pub(crate) async fn claim(
    transaction: &mut Transaction,
    livechats: &BTreeSet<&LivechatId>,
) -> Result<BTreeMap<LivechatId, Position>, Error> {
    let rows = rows(livechats.iter().map(|livechat| (*livechat, 0)))?;
    let mut checkpoints = BTreeMap::new();
    for row in transaction.claim(rows).await?.decode::<Checkpoint>()? {
        if row.version != VERSION {
            return Err(Error::Version { livechat: row.livechat, expected: VERSION, found: row.version });
        }
        checkpoints.insert(row.livechat, encoding::log_position(row.position));
    }
    Ok(checkpoints)
}

/// The livechats whose rows an older version of the folds has computed.
pub(crate) async fn older(transaction: &mut Transaction) -> Result<Vec<LivechatKey>, Error> {
    let all: Vec<Checkpoint> = transaction.select(Select::from(TABLE)).await?;
    let older = all.into_iter().filter(|row| row.version < VERSION);
    Ok(older.map(|row| LivechatKey { livechat: row.livechat }).collect())
}

pub(crate) async fn store(
    transaction: &mut Transaction,
    checkpoints: &BTreeMap<LivechatId, Position>,
) -> Result<(), Error> {
    let rows = rows(checkpoints.iter().map(|(livechat, position)| (livechat, *position)))?;
    transaction.upsert(rows).await
}

fn rows<'a>(checkpoints: impl Iterator<Item = (&'a LivechatId, Position)>) -> Result<Rows, Error> {
    let checkpoint = |(livechat, position): (&LivechatId, Position)| Checkpoint {
        livechat: livechat.clone(),
        position: encoding::position(position),
        version: VERSION,
    };
    Rows::of(TABLE).with(checkpoints.map(checkpoint))
}

pub(crate) async fn all(transaction: &mut Transaction) -> Result<BTreeMap<LivechatId, Position>, Error> {
    let rows: Vec<Checkpoint> = transaction.select(Select::from(TABLE)).await?;
    Ok(rows.into_iter().map(|row| (row.livechat, encoding::log_position(row.position))).collect())
}

/// The versions of the folds that the rows were computed with.
pub(crate) async fn versions(transaction: &mut Transaction) -> Result<BTreeSet<i64>, Error> {
    let rows: Vec<Checkpoint> = transaction.select(Select::from(TABLE)).await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

pub(crate) async fn position(
    transaction: &mut Transaction,
    livechat: &LivechatId,
) -> Result<Position, Error> {
    let rows: Vec<Checkpoint> = transaction.select(Select::from(TABLE).equal("livechat", livechat)).await?;
    Ok(rows.first().map(|row| encoding::log_position(row.position)).unwrap_or_default())
}

/// Ensures that a slot has everything that readers may have seen so far.
///
/// # Errors
/// [`Error::Behind`].
pub(crate) fn ensure_complete(
    slot: Slot,
    reached: &BTreeMap<LivechatId, Position>,
    read: &BTreeMap<LivechatId, Position>,
) -> Result<(), Error> {
    let reached = |livechat: &LivechatId| reached.get(livechat).copied().unwrap_or_default();
    match read.iter().find(|(livechat, read)| reached(livechat) < **read) {
        None => Ok(()),
        Some((livechat, read)) => {
            Err(Error::Behind { slot, livechat: livechat.clone(), reached: reached(livechat), read: *read })
        }
    }
}
