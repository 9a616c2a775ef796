//! Logs that tests write straight into a store, and all that is made of a log.

use std::sync::Arc;
use std::time::Duration;

use api::server::views_beside;
use domain::LivechatId;
use journal::entry::{Entry, GENESIS, Hash, WakeUp};
use journal::eviction::Limits;
use journal::{Journal, ManualClock, Options, Position, Record, Store};
use projections::{Database, Runner};
use replay::snapshots::{Pace, create};

use crate::patience::eventually;
use crate::server::{Server, seconds};
use crate::store::StoreUnderTest;

/// Records that are appended at once.
const BATCH: usize = 1_000;

/// The records of some livechats.
#[derive(Clone)]
pub struct Log(Vec<Vec<Arc<Record>>>);

impl Log {
    /// What a server writes when each of these livechats has so many conversations of six messages.
    pub async fn of_conversations(count: usize, livechats: &[&str]) -> Self {
        let server = Server::start().await;
        let mut logs = vec![];
        for name in livechats {
            let livechat = server.livechat(name).await;
            let mut alice = livechat.operator("alice").await;
            for number in 0..count {
                let mut visitor = livechat.visitor(&format!("v{number}")).await;
                alice.picks_up(&visitor).await;
                for text in ["un", "deux", "trois"] {
                    server.clock.advance(seconds(9));
                    visitor.says(text).await;
                    alice.says(&visitor, text).await;
                }
                alice.ends(&visitor).await;
            }
            let livechat = LivechatId::parse(name).expect("an identifier");
            logs.push(server.app().journal.read(&livechat, 0, usize::MAX).await.expect("the log is read"));
        }
        Self(logs)
    }

    /// How many records there are.
    pub fn events(&self) -> u64 {
        self.0.iter().map(|log| log.len() as u64).sum()
    }

    /// The same log, but for the first record that `change` changes, which it says by returning true; and the
    /// position of that record.
    pub fn with_change(&self, change: impl Fn(&mut Record) -> bool) -> (Self, Position) {
        let mut log = self.clone();
        for record in log.0.iter_mut().flatten() {
            let mut changed = Record::clone(record);
            if change(&mut changed) {
                let position = changed.position;
                *record = Arc::new(changed);
                return (log, position);
            }
        }
        panic!("there is a record to change");
    }

    /// Appends every record, chained to the one before.
    pub async fn write(&self, store: &dyn Store) {
        for log in &self.0 {
            append(store, log, &mut GENESIS.clone(), WakeUp::UNKNOWN).await;
        }
    }

    /// Writes it, and computes its read models.
    pub async fn write_with_rows(&self, database: &StoreUnderTest) {
        let store = database.open().await;
        self.write(&*store).await;
        store.close().await;
        let views = Database::open(&views_beside(database.url())).await.expect("the read models open");
        let records: Vec<Arc<Record>> = self.0.iter().flatten().cloned().collect();
        Runner::new(views.clone()).apply(&records).await.expect("the rows are written");
        views.close().await;
    }

    /// Writes it, and makes all that a server makes of a log: the read models, and of one livechat the snapshot with
    /// which it leaves memory, and state snapshots at this pace.
    pub async fn write_with_snapshots(&self, database: &StoreUnderTest, livechat: &LivechatId, pace: Pace) {
        self.write_with_rows(database).await;
        let store = database.open().await;
        // No earlier than any log: a clock that was set back would be recorded.
        let last = self.0.iter().filter_map(|log| log.last()).map(|record| record.event.at).max();
        let clock = Arc::new(ManualClock::at(last.expect("a record")));
        let memory = Limits { idle: Duration::ZERO, ..Limits::default() };
        let journal = Journal::over(store.clone(), Options { memory, clock, ..Options::default() });
        // One that is being woken stays in memory for a while.
        eventually("the livechat has left memory with a snapshot", async || {
            journal.peek(livechat, |_| ()).await.expect("the livechat is loaded");
            journal.tidy().await;
            store.read().snapshot(livechat).await.expect("snapshots are read").is_some()
        })
        .await;
        create(&store, livechat, pace, |_| {}).await.expect("the state snapshots are created");
        store.close().await;
    }
}

/// Appends records of one livechat, chained to one with this hash, which becomes that of the last of them.
pub async fn append(store: &dyn Store, records: &[Arc<Record>], hash: &mut Hash, wake_up: WakeUp) {
    for batch in records.chunks(BATCH) {
        let seal = |record: &Arc<Record>| {
            let entry = Entry::seal(record, hash, wake_up).expect("the record is sealed");
            *hash = entry.hash;
            entry
        };
        let entries: Vec<Entry> = batch.iter().map(seal).collect();
        store.append(&entries).await.expect("the log takes its records");
    }
}
