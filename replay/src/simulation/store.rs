//! The store of a simulated process: what is durable is on the [`Disk`]; every operation may be slow, fail, or succeed
//! without acknowledgement.
//!
//! An append that was sent goes on when its sender has given up, or has crashed: it may be committed later, if
//! the fence lets it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::{ConversationId, LivechatId};
use journal::Position;
use journal::entry::{Entry, WakeUp};
use journal::store::Snapshot;
use journal::store::{Head, Linked, Read, Store, StoreError, StoredRecord};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use super::disk::Disk;
use super::faults::Faults;
use super::rng::SimRng;
use super::scheduler::{Group, Spawner};

/// A text that this database refuses to store.
pub(super) const POISON: &str = "poison";

/// A connection to the database.
pub(super) struct SimulatedStore {
    pub(super) disk: Disk,
    pub(super) faults: Faults,
    pub(super) rng: SimRng,
    pub(super) spawner: Spawner,
}

/// Milliseconds that a healthy database takes, at most.
const HEALTHY_MS: u64 = 4;

/// How long a lock is waited for.
const LOCK_MAX: Duration = Duration::from_secs(5);

/// The fate of an append.
#[derive(Clone, Copy)]
struct Fate {
    /// Before it is written.
    before: Duration,
    /// Whether it is written.
    written: bool,
    /// From then until it is acknowledged.
    after: Duration,
    /// Whether it is acknowledged.
    told: bool,
    faulty: bool,
}

fn failed(what: &str) -> StoreError {
    StoreError::Database(std::io::Error::other(what.to_owned()).into())
}

impl SimulatedStore {
    fn fate(&self) -> Fate {
        let rates = self.faults.rates();
        let quick = || self.rng.millis(0, HEALTHY_MS);
        let healthy = Fate { before: quick(), written: true, after: quick(), told: true, faulty: false };
        let faulty = Fate { faulty: true, ..healthy };
        if self.rng.chance(rates.append_fails) {
            Fate { written: false, told: false, ..faulty }
        } else if self.rng.chance(rates.append_unconfirmed) {
            Fate { told: false, ..faulty }
        } else if self.rng.chance(rates.append_slow) {
            Fate { before: self.rng.millis(100, 3_000), after: self.rng.millis(0, 3_000), ..faulty }
        } else if self.rng.chance(rates.append_silent) {
            // Longer than the writer waits, on one side of the commit or the other.
            let (early, late) = (self.rng.millis(0, 40_000), self.rng.millis(30_100, 90_000));
            let (before, after) = if self.rng.chance(500) { (early, late) } else { (late, early) };
            Fate { before, after, ..faulty }
        } else {
            healthy
        }
    }

    /// A read may be slow, and may fail.
    async fn ask(&self) -> Result<(), StoreError> {
        let rates = self.faults.rates();
        if self.rng.chance(rates.read_slow) {
            let _slow = self.faults.of_the_store();
            sleep(self.rng.millis(100, 6_000)).await;
        } else {
            sleep(self.rng.millis(0, HEALTHY_MS)).await;
        }
        if self.rng.chance(rates.read_fails) {
            self.faults.note(|counts| counts.store_faults += 1);
            return Err(failed("the reading failed"));
        }
        Ok(())
    }
}

#[async_trait]
impl Store for SimulatedStore {
    async fn append(&self, entries: &[Entry]) -> Result<(), StoreError> {
        if entries.iter().any(|entry| entry.payload.contains(POISON)) {
            sleep(self.rng.millis(0, HEALTHY_MS)).await;
            return Err(StoreError::Refused(std::io::Error::other("it does not hold that").into()));
        }
        let (answer, answered) = oneshot::channel();
        let (fate, disk, faults, entries) =
            (self.fate(), self.disk.clone(), self.faults.clone(), entries.to_vec());
        let locks = disk.begin(&entries);
        self.spawner.spawn(Group::Disk, async move {
            let _faulty = fate.faulty.then(|| faults.of_the_store());
            sleep(fate.before).await;
            let committed = fate.written && disk.commit(&entries);
            drop(locks);
            sleep(fate.after).await;
            let told = match (fate.written, committed, fate.told) {
                (true, false, _) => Err(StoreError::Conflict),
                (_, _, false) => Err(failed("the connection was lost")),
                (_, _, true) => Ok(()),
            };
            let unconfirmed = answer.send(told).is_err() || !fate.told;
            if committed && unconfirmed {
                faults.note(|counts| counts.commits_unconfirmed += 1);
            }
        });
        answered.await.unwrap_or_else(|_| Err(failed("the database has crashed")))
    }

    async fn update_wake_up(
        &self,
        livechat: &LivechatId,
        position: Position,
        wake_up: WakeUp,
    ) -> Result<(), StoreError> {
        self.ask().await?;
        if let Some(log) = self.disk.logs().get_mut(livechat)
            && log.head.position == position
        {
            log.head.wake_up = wake_up;
        }
        Ok(())
    }

    async fn save_snapshot(&self, livechat: &LivechatId, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.ask().await?;
        let mut snapshot = snapshot.clone();
        if self.rng.chance(self.faults.rates().snapshot_spoiled) {
            self.faults.note(|counts| counts.store_faults += 1);
            match self.rng.below(3) {
                0 => return Err(failed("the disk is full")),
                1 => snapshot.content.truncate(self.rng.below(snapshot.content.len())),
                _ => snapshot.position += 1,
            }
        }
        if let Some(log) = self.disk.logs().get_mut(livechat) {
            log.snapshot = Some(snapshot);
            self.faults.state().counts.snapshots += 1;
        }
        Ok(())
    }

    async fn record_heartbeat(&self, at: domain::Timestamp) -> Result<(), StoreError> {
        self.ask().await?;
        self.disk.beat(at);
        Ok(())
    }

    async fn settled_head(&self, livechat: &LivechatId) -> Result<Option<Head>, StoreError> {
        let given_up = Instant::now() + LOCK_MAX;
        while self.disk.is_locked(livechat) {
            if Instant::now() >= given_up {
                return Err(failed("another append takes too long"));
            }
            sleep(self.rng.millis(1, 100)).await;
        }
        self.head(livechat).await
    }

    fn read(&self) -> &dyn Read {
        self
    }

    async fn close(&self) {}
}

#[async_trait]
impl Read for SimulatedStore {
    async fn page(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<StoredRecord>, StoreError> {
        self.ask().await?;
        let logs = self.disk.logs();
        let rows = logs.get(livechat).map(|log| log.after(after, limit));
        Ok(rows.into_iter().flatten().map(|row| row.stored.clone()).collect())
    }

    async fn conversation(
        &self,
        livechat: &LivechatId,
        conversation: ConversationId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Linked>, StoreError> {
        self.ask().await?;
        let logs = self.disk.logs();
        let Some(log) = logs.get(livechat) else { return Ok(vec![]) };
        let of_it = log.after(after, usize::MAX).filter(|row| row.conversation == Some(conversation));
        let linked = |stored: &StoredRecord| {
            let before = stored.position.checked_sub(2).and_then(|after| log.after(after, 1).next());
            let previous = before.map(|row| row.stored.hash.clone()).unwrap_or_default();
            Linked { stored: stored.clone(), previous }
        };
        Ok(of_it.take(limit).map(|row| linked(&row.stored)).collect())
    }

    async fn head(&self, livechat: &LivechatId) -> Result<Option<Head>, StoreError> {
        self.ask().await?;
        Ok(self.disk.logs().get(livechat).map(|log| log.head.clone()))
    }

    async fn heads(&self) -> Result<Vec<Head>, StoreError> {
        self.ask().await?;
        Ok(self.disk.logs().values().map(|log| log.head.clone()).collect())
    }

    async fn logs(&self) -> Result<Vec<LivechatId>, StoreError> {
        self.ask().await?;
        Ok(self.disk.logs().keys().cloned().collect())
    }

    async fn waking(
        &self,
        until: domain::Timestamp,
    ) -> Result<Vec<(LivechatId, domain::Timestamp)>, StoreError> {
        self.ask().await?;
        let logs = self.disk.logs();
        let wakes = logs.iter().filter_map(|(id, log)| Some((id.clone(), log.head.wake_up.wake_at?)));
        Ok(wakes.filter(|(_, at)| *at <= until).collect())
    }

    async fn ahead(&self, of: domain::Timestamp) -> Result<Vec<LivechatId>, StoreError> {
        self.ask().await?;
        let logs = self.disk.logs();
        let ahead = logs.iter().filter(|(_, log)| log.head.wake_up.wake_at.is_some());
        let ahead = ahead.filter(|(_, log)| log.records.last().is_some_and(|row| row.at > of));
        Ok(ahead.map(|(id, _)| id.clone()).collect())
    }

    async fn set_backs(&self, livechat: &LivechatId) -> Result<Vec<StoredRecord>, StoreError> {
        self.ask().await?;
        let logs = self.disk.logs();
        let rows = logs.get(livechat).into_iter().flat_map(|log| &log.records);
        let told = rows.filter(|row| row.stored.event_type == "livechat.clock_set_back");
        Ok(told.map(|row| row.stored.clone()).collect())
    }

    async fn last_heartbeat(&self) -> Result<Option<domain::Timestamp>, StoreError> {
        self.ask().await?;
        Ok(self.disk.last_beat())
    }

    async fn attended(&self) -> Result<Vec<LivechatId>, StoreError> {
        self.ask().await?;
        let logs = self.disk.logs();
        Ok(logs.iter().filter(|(_, log)| log.head.wake_up.attended).map(|(id, _)| id.clone()).collect())
    }

    async fn snapshot(&self, livechat: &LivechatId) -> Result<Option<Snapshot>, StoreError> {
        self.ask().await?;
        Ok(self.disk.logs().get(livechat).and_then(|log| log.snapshot.clone()))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.ask().await
    }
}

/// A shared store.
pub(super) fn connect(store: SimulatedStore) -> Arc<dyn Store> {
    Arc::new(store)
}
