//! Are the rows what the log says? The log is folded again, aside, and compared row by row at one position.
//!
//! One livechat after the other: it is folded up to where its rows are, and both sides are read in one transaction
//! each, so a server may go on meanwhile. Memory holds a page of events or two pages of rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::LivechatId;
use journal::Position;
use serde::Serialize;
use serde_json::{Map, Value};

use super::catch_up::Progress;
use super::compare::{self, Mismatch, Mismatches};
use super::open::existing_active_slot;
use crate::database::{Claim, Database, Select};
use crate::error::Error;
use crate::event_source::EventSource;
use crate::runner::tables::Tables;
use crate::runner::{Runner, checkpoint};
use crate::slot::{Location, Slot};
use crate::subscription::BATCH_EVENTS;

/// Rows without a checkpoint that are reported of each table.
const STRAYS_MAX: usize = 100;

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verified {
    /// The slot that was verified.
    pub slot: Slot,
    /// How many livechats were compared.
    pub livechats: u64,
    /// How many events they were computed from.
    pub events: u64,
    /// How many rows there should be.
    pub rows: u64,
    /// How many rows or columns disagree with the log.
    pub mismatches: u64,
    /// The first of them.
    pub first: Vec<Mismatch>,
}

impl Verified {
    /// Does everything agree with the log?
    pub const fn is_right(&self) -> bool {
        self.mismatches == 0
    }
}

/// Compares the active slot, or the given one, with the log; reports at most `limit` mismatches.
///
/// # Errors
/// [`Error::Missing`], [`Error::Inactive`] and [`Error::OtherVersion`] when there is nothing to compare,
/// [`Error::Busy`] when another process compares; the database; the log.
pub async fn verify(
    url: &str,
    log: &impl EventSource,
    slot: Option<Slot>,
    only: Option<&LivechatId>,
    limit: usize,
    progress: Progress<'_>,
) -> Result<Verified, Error> {
    let slot = match slot {
        Some(slot) => slot,
        None => existing_active_slot(url).await?,
    };
    let held = Claim::shared(url, Location::Slot(slot)).await?;
    let live = Database::open_fitting(url, slot).await?;
    let claim = Claim::exclusive(url, Location::Scratch).await?;
    claim.wipe(url, Location::Scratch).await?;
    let scratch = Database::at(url, Location::Scratch).await?;
    // It is read in the order of the keys, and then removed.
    scratch.defer_indexes().await?;
    let mut comparison = Comparison {
        log,
        live: &live,
        runner: Runner::new(scratch.clone()),
        scratch: &scratch,
        mismatches: Mismatches { limit, ..Mismatches::default() },
        verified: Verified { slot, livechats: 0, events: 0, rows: 0, mismatches: 0, first: vec![] },
    };
    let done = comparison.all(only, progress).await;
    let Comparison { mismatches, mut verified, .. } = comparison;
    scratch.close().await;
    live.close().await;
    claim.remove(url, Location::Scratch).await?;
    drop(held);
    done?;
    (verified.mismatches, verified.first) = (mismatches.count, mismatches.first);
    Ok(verified)
}

struct Comparison<'a, L> {
    log: &'a L,
    live: &'a Database,
    scratch: &'a Database,
    runner: Runner,
    mismatches: Mismatches,
    verified: Verified,
}

impl<L: EventSource> Comparison<'_, L> {
    async fn all(&mut self, only: Option<&LivechatId>, progress: Progress<'_>) -> Result<(), Error> {
        let asked = |livechat: &LivechatId| only.is_none_or(|only| only == livechat);
        let mut checkpoints = checkpoint::all(&mut self.live.read().await?).await?;
        checkpoints.retain(|livechat, _| asked(livechat));
        // In this order: rows are never ahead of the log.
        let heads = self.log.heads().await.map_err(Error::Log)?.into_iter().collect::<BTreeMap<_, _>>();
        let all = checkpoints.values().sum::<Position>().max(1);
        for livechat in checkpoints.keys() {
            let head = heads.get(livechat).copied().unwrap_or_default();
            self.livechat(livechat, head, &|done| progress(done.min(all), all)).await?;
        }
        if only.is_none() {
            self.strays().await?;
        }
        progress(all, all);
        Ok(())
    }

    async fn livechat(
        &mut self,
        livechat: &LivechatId,
        head: Position,
        progress: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<(), Error> {
        let position = checkpoint::position(&mut self.live.read().await?, livechat).await?;
        let reached = self.fold(livechat, 0, position, progress).await?;
        // The few events that were projected meanwhile.
        let mut found = self.live.read().await?;
        let position = checkpoint::position(&mut found, livechat).await?;
        let reached = self.fold(livechat, reached, position, progress).await?;
        if reached != position {
            let key = Map::from_iter([("livechat".to_owned(), Value::from(livechat.as_str()))]);
            self.mismatches.add(Mismatch {
                livechat: livechat.to_string(),
                table: checkpoint::TABLE.name,
                key,
                column: Some("position".to_owned()),
                expected: Value::from(reached.max(head)),
                found: Value::from(position),
            });
        }
        let mut expected = self.scratch.read().await?;
        for table in Tables::all() {
            let rows =
                compare::rows(table, livechat, &mut expected, &mut found, &mut self.mismatches).await?;
            self.verified.rows += rows;
        }
        self.verified.livechats += 1;
        Ok(())
    }

    /// Folds the events after a position up to another; returns the last position there was.
    async fn fold(
        &mut self,
        livechat: &LivechatId,
        mut reached: Position,
        position: Position,
        progress: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<Position, Error> {
        while reached < position {
            let limit = usize::try_from(position - reached).unwrap_or(usize::MAX).min(BATCH_EVENTS);
            let events = self.log.read(livechat, reached, limit).await.map_err(Error::Log)?;
            let Some(last) = events.last().map(Arc::clone) else { break };
            self.runner.apply(&events).await?;
            reached = last.position;
            self.verified.events += events.len() as u64;
            progress(self.verified.events);
        }
        Ok(reached)
    }

    /// Rows of livechats that have no checkpoint.
    async fn strays(&mut self) -> Result<(), Error> {
        let mut found = self.live.read().await?;
        for table in Tables::all() {
            let strays = Select::from(table).not_in("livechat", checkpoint::TABLE).limit(STRAYS_MAX);
            let strays: Vec<Map<String, Value>> = found.select(strays).await?;
            for mut row in strays {
                compare::format_times(table, &mut row);
                let livechat = row.get("livechat").and_then(Value::as_str).unwrap_or_default().to_owned();
                let key = row.iter().filter(|(name, _)| table.key.contains(&name.as_str()));
                let key = key.map(|(name, value)| (name.clone(), value.clone())).collect();
                let found = Value::Object(row.clone());
                let (column, expected) = (None, Value::Null);
                self.mismatches.add(Mismatch { livechat, table: table.name, key, column, expected, found });
            }
        }
        Ok(())
    }
}
