//! Livechats whose rows stop before an event that cannot be stored, and why.
//!
//! The row is written after the transaction that failed, and outside of it. Deleting it has the livechat retried:
//! by a running server, which looks for rows that are gone, or at the next start, which retries all.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::LivechatId;
use serde::{Deserialize, Serialize};

use super::coordination::Coordination;
use super::lag::every_second;
use crate::database::{Database, Rows, Select, Transaction};
use crate::encoding;
use crate::error::Error;
use crate::projection::{LivechatKey, Table};

/// Characters of an error that are kept: a database may quote what it refused.
const ERROR_CHARS: usize = 1_000;

row! {
    table "parked", key [livechat];

    /// A livechat whose rows stop.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct Parked {
        /// Whose rows stop.
        pub livechat: LivechatId,
        /// The position in the log of the event that cannot be stored.
        pub position: i64,
        /// The name of the event; none if no event is the cause.
        pub event: Option<String>,
        /// Why it cannot be stored, at most 1,000 characters.
        pub error: String,
        /// When that was first noticed.
        #[serde(with = "encoding::millis")]
        pub since: DateTime<Utc>,
    }
}

pub(crate) const TABLE: Table = Parked::TABLE;

impl Parked {
    pub(crate) fn new(
        livechat: &LivechatId,
        position: i64,
        event: Option<&str>,
        error: &Error,
        since: DateTime<Utc>,
    ) -> Self {
        // The error may quote the value that was refused, and PostgreSQL stores no NUL.
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

/// Every parked livechat, by name.
pub(crate) async fn all_parked(transaction: &mut Transaction) -> Result<Vec<Parked>, Error> {
    transaction.select(Select::from(TABLE).order("livechat")).await
}

/// Stores that a livechat is parked; `since` stays as long as it is parked at the same position.
pub(super) async fn note(database: &Database, mut parked: Parked) -> Result<(), Error> {
    let mut transaction = database.write().await?;
    let before: Vec<Parked> =
        transaction.select(Select::from(TABLE).equal("livechat", &parked.livechat)).await?;
    if let Some(before) = before.first().filter(|before| before.position == parked.position) {
        parked.since = before.since;
    }
    transaction.upsert(Rows::of(TABLE).with([&parked])?).await?;
    transaction.commit().await
}

/// Has one parked livechat retried, or all. Returns how many.
pub(crate) async fn release_parked(database: &Database, only: Option<&LivechatId>) -> Result<usize, Error> {
    release_if(database, |parked| only.is_none_or(|only| parked.livechat == *only)).await
}

/// Deletes the rows of livechats that are no longer parked.
pub(super) async fn retain<T>(database: &Database, parked: &BTreeMap<LivechatId, T>) -> Result<(), Error> {
    release_if(database, |row| !parked.contains_key(&row.livechat)).await.map(drop)
}

async fn release_if(database: &Database, condition: impl Fn(&Parked) -> bool) -> Result<usize, Error> {
    if all_parked(&mut database.read().await?).await?.is_empty() {
        return Ok(0);
    }
    let mut transaction = database.write().await?;
    let all = all_parked(&mut transaction).await?;
    let gone: Vec<&Parked> = all.iter().filter(|parked| condition(parked)).collect();
    if !gone.is_empty() {
        transaction.delete(Rows::keys(TABLE).with(gone.iter().map(|parked| parked.key()))?).await?;
    }
    transaction.commit().await?;
    Ok(gone.len())
}

/// Has livechats retried whose row was deleted, forever.
pub(super) async fn retry_released(database: &Database, coordination: &Coordination) {
    let mut ticks = every_second();
    loop {
        ticks.tick().await;
        // In this order: the row is written before the livechat is parked.
        let noted: Vec<LivechatId> =
            coordination.parked().into_iter().filter_map(|(id, noted)| noted.then_some(id)).collect();
        let location = database.location();
        if noted.is_empty() {
            continue;
        }
        let Ok(mut transaction) = database.read().await else { continue };
        let Ok(rows) = all_parked(&mut transaction).await else { continue };
        if database.location() == location {
            let is_gone = |livechat: &LivechatId| !rows.iter().any(|row| row.livechat == *livechat);
            coordination.retry(noted.into_iter().filter(is_gone).collect());
        }
    }
}
