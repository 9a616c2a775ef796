//! Which livechats stop before something that cannot be stored, and why.
//!
//! A row is written after the transaction that failed, and outside of it. Deleting it has the livechat tried
//! again: by a server that runs, which looks for rows that are gone, or at the next start, which tries all.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::LivechatId;
use serde::{Deserialize, Serialize};

use crate::database::{Database, Rows, Select, Transaction};
use crate::error::Error;
use crate::format;
use crate::projection::{Column, LivechatKey, Table};

pub(crate) const TABLE: Table = Table {
    name: "parked",
    key: &["livechat"],
    columns: &[
        Column::text("livechat"),
        Column::integer("position"),
        Column::text("event"),
        Column::text("error"),
        Column::time("since"),
    ],
};

/// Characters of an error that are kept: a database may quote what it refused.
const ERROR_CHARS: usize = 1_000;

/// A livechat whose rows stop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parked {
    /// Whose rows stop.
    pub livechat: LivechatId,
    /// The position in the log of what cannot be stored.
    pub position: i64,
    /// The name of the event; none when it is not an event that is to blame.
    pub event: Option<String>,
    /// Why it cannot be stored, at most 1,000 characters.
    pub error: String,
    /// When that was first noticed.
    #[serde(with = "format::millis")]
    pub since: DateTime<Utc>,
}

impl Parked {
    pub(crate) fn new(
        livechat: &LivechatId,
        position: i64,
        event: Option<&str>,
        error: &Error,
        since: DateTime<Utc>,
    ) -> Self {
        // What cannot be stored may be quoted in why it cannot: PostgreSQL has no place for NUL.
        let error = error.to_string().replace('\0', "\u{fffd}");
        Self {
            livechat: livechat.clone(),
            position,
            event: event.map(str::to_owned),
            error: error.chars().take(ERROR_CHARS).collect(),
            since,
        }
    }

    fn key(&self) -> LivechatKey {
        LivechatKey { livechat: self.livechat.clone() }
    }
}

/// Every livechat that is parked, by its name.
pub(crate) async fn all(transaction: &mut Transaction) -> Result<Vec<Parked>, Error> {
    transaction.select(Select::from(TABLE).order("livechat")).await
}

/// Notes that a livechat is parked; since when stays, as long as it is for the same.
pub(crate) async fn note(database: &Database, mut parked: Parked) -> Result<(), Error> {
    let mut transaction = database.write().await?;
    let before: Vec<Parked> =
        transaction.select(Select::from(TABLE).equal("livechat", &parked.livechat)).await?;
    if let Some(before) = before.first().filter(|before| before.position == parked.position) {
        parked.since = before.since;
    }
    transaction.upsert(Rows::of(TABLE).with([&parked])?).await?;
    transaction.commit().await
}

/// Has a livechat tried again, or all. Tells how many.
pub(crate) async fn release(database: &Database, only: Option<&LivechatId>) -> Result<usize, Error> {
    release_if(database, |parked| only.is_none_or(|only| parked.livechat == *only)).await
}

/// Deletes the rows of livechats that are not parked any more.
pub(crate) async fn keep<T>(database: &Database, parked: &BTreeMap<LivechatId, T>) -> Result<(), Error> {
    release_if(database, |row| !parked.contains_key(&row.livechat)).await.map(drop)
}

async fn release_if(database: &Database, condition: impl Fn(&Parked) -> bool) -> Result<usize, Error> {
    if all(&mut database.read().await?).await?.is_empty() {
        return Ok(0);
    }
    let mut transaction = database.write().await?;
    let all = all(&mut transaction).await?;
    let gone: Vec<&Parked> = all.iter().filter(|parked| condition(parked)).collect();
    if !gone.is_empty() {
        transaction.delete(Rows::keys(TABLE).with(gone.iter().map(|parked| parked.key()))?).await?;
    }
    transaction.commit().await?;
    Ok(gone.len())
}
