//! State snapshots: the past is the same with them and without, whatever becomes of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{Livechat, LivechatId};
use journal::entry::{GENESIS, WakeUp};
use journal::store::SnapshotInfo;
use journal::{Position, Record, Store};
use projections::{FloorState, FloorView, HelpCall, LiveFloor};
use pupitre_tests::log::append;
use pupitre_tests::store::{each_store, sqlite};
use replay::AsOf;
use replay::as_of::in_store;
use replay::snapshots::create::BYTES_PER_EVENT;
use replay::snapshots::{Pace, Progress, content, create, last, version};

use crate::projections::story::{Dice, Story};

/// What was live at a position.
#[derive(Clone, Debug, PartialEq)]
struct Then {
    livechat: Livechat,
    board: Option<FloorView>,
    help: Vec<HelpCall>,
}

/// A log, and what was live at some of its positions: folded as a followed floor is.
struct RecordedLog {
    livechat: LivechatId,
    log: Vec<Arc<Record>>,
    then: BTreeMap<Position, Then>,
}

/// Events between two snapshots here, unless the state is large.
const EVENTS_MIN: Position = 400;

/// Snapshots as near to each other as their size lets them.
const NEAR: Pace = Pace { events_min: EVENTS_MIN, in_background: false };

/// Events in a log: some snapshots.
const EVENTS: usize = 2_500;

impl RecordedLog {
    fn story() -> Self {
        let mut story = Story::begin(61);
        while story.islands[0].log.len() < EVENTS {
            story.step();
        }
        let island = story.islands.swap_remove(0);
        let (mut state, mut live) = (Livechat::default(), LiveFloor::empty(island.id.clone()));
        let mut dice = Dice::new(62);
        let mut then = BTreeMap::new();
        for record in &island.log {
            domain::evolve(&mut state, &record.event);
            live.apply(record);
            let is_first = record.position < 3;
            let is_by_a_snapshot = record.position % EVENTS_MIN < 2;
            if is_first || is_by_a_snapshot || dice.roll(200) == 0 {
                let (board, help) = (live.view(), live.help());
                then.insert(record.position, Then { livechat: state.clone(), board, help });
            }
        }
        Self { livechat: island.id, log: island.log, then }
    }

    async fn all_in(&self, store: &dyn Store) {
        append(store, &self.log, &mut GENESIS.clone(), WakeUp::UNKNOWN).await;
    }

    /// Checks every position that was noted, and its time.
    async fn is_read_from(&self, store: &Arc<dyn Store>) {
        self.is_read_between(store, 0..Position::MAX).await;
    }

    async fn is_read_between(&self, store: &Arc<dyn Store>, positions: std::ops::Range<Position>) {
        for (position, then) in self.then.range(positions) {
            let past = in_store(store, &self.livechat, AsOf::Position(*position)).await.unwrap();
            assert_eq!(past.position, *position);
            assert_eq!(past.livechat, then.livechat, "at {position}");
            assert_eq!(past.floor.view(), then.board, "at {position}");
            assert_eq!(past.floor.help(), then.help, "at {position}");

            let time = then.livechat.clock();
            let at_that_time = |record: &&Arc<Record>| record.event.at <= time;
            let last = self.log.iter().rev().find(at_that_time).unwrap().position;
            let past = in_store(store, &self.livechat, AsOf::Time(time)).await.unwrap();
            assert_eq!(past.position, last, "at {time}");
        }
    }

    async fn snapshots(&self, store: &Arc<dyn Store>) -> Vec<SnapshotInfo> {
        store.state_snapshots().unwrap().all(&self.livechat).await.unwrap()
    }

    async fn create(&self, store: &Arc<dyn Store>) -> Progress {
        create(store, &self.livechat, NEAR, |_| {}).await.unwrap()
    }
}

#[tokio::test]
async fn past_floors_are_read_as_they_were_with_and_without_snapshots() {
    let recorded = RecordedLog::story();
    each_store(async |database| {
        let store = database.open().await;
        recorded.all_in(&*store).await;
        recorded.is_read_from(&store).await;
        let created = recorded.create(&store).await;
        assert!(created.snapshots >= 3, "{created:?}");
        recorded.is_read_from(&store).await;
        let near = last(&store, &recorded.livechat, AsOf::Position(EVENTS_MIN + 10)).await.unwrap().unwrap();
        assert_eq!(near.position, EVENTS_MIN, "an answer begins at a snapshot");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_same_state_is_the_same_snapshot_to_the_byte() {
    let recorded = RecordedLog::story();
    let (database, bare) = (sqlite(), sqlite());
    let (store, bare) = (database.open().await, bare.open().await);
    recorded.all_in(&*store).await;
    recorded.all_in(&*bare).await;
    recorded.create(&store).await;
    let mut conversations = 0;
    for snapshot in recorded.snapshots(&store).await {
        let created = store
            .state_snapshots()
            .unwrap()
            .at(&recorded.livechat, snapshot.position)
            .await
            .unwrap()
            .unwrap();
        // Folded from the first event on: the maps in it were filled in another order.
        let past = in_store(&bare, &recorded.livechat, AsOf::Position(snapshot.position)).await.unwrap();
        assert_eq!(content::serialize(&past, created.record_hash.clone()).unwrap(), created);
        conversations = conversations.max(past.livechat.conversations().count());
    }
    assert!(conversations > 2, "too few to be out of order");
    store.close().await;
    bare.close().await;
}

#[tokio::test]
async fn a_damaged_foreign_or_stray_snapshot_is_ignored() {
    let recorded = RecordedLog::story();
    each_store(async |database| {
        let store = database.open().await;
        recorded.all_in(&*store).await;
        recorded.create(&store).await;
        let snapshots = store.state_snapshots().unwrap();
        let positions: Vec<Position> =
            recorded.snapshots(&store).await.iter().map(|snapshot| snapshot.position).collect();
        let whole = snapshots.at(&recorded.livechat, positions[1]).await.unwrap().unwrap();

        let mut damaged = whole.clone();
        let middle = damaged.content.len() / 2;
        damaged.content[middle] ^= 1;
        let mut moved = whole.clone();
        moved.at += chrono::TimeDelta::hours(1);
        let mut foreign = whole.clone();
        foreign.version.push_str(".another");
        // A well-formed snapshot is put where it does not belong.
        let mut stray = whole.clone();
        stray.record_hash[0] ^= 1;
        stray.checksum = stray.expected_checksum(&recorded.livechat);
        let mut elsewhere = whole.clone();
        elsewhere.position += 1;
        elsewhere.checksum = elsewhere.expected_checksum(&recorded.livechat);

        for wrong in [damaged, moved, foreign, stray, elsewhere] {
            snapshots.remove(&recorded.livechat, positions[1]).await.unwrap();
            snapshots.save(&recorded.livechat, &wrong).await.unwrap();
            let until = AsOf::Position(positions[1] + 5);
            let used = last(&store, &recorded.livechat, until).await.unwrap().unwrap();
            assert_eq!(used.position, positions[0], "the one before is used");
            recorded.is_read_between(&store, positions[1]..positions[2]).await;
            snapshots.remove(&recorded.livechat, wrong.position).await.unwrap();
        }
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn creation_resumes_where_it_was_cut_off() {
    let recorded = RecordedLog::story();
    let database = sqlite();
    let store = database.open().await;
    let mut hash = GENESIS;
    append(&*store, &recorded.log[..600], &mut hash, WakeUp::UNKNOWN).await;
    let first = recorded.create(&store).await;
    assert_eq!((first.snapshots, first.next), (1, 2 * EVENTS_MIN));
    assert_eq!(recorded.create(&store).await.snapshots, 0, "nothing is due");

    append(&*store, &recorded.log[600..], &mut hash, WakeUp::UNKNOWN).await;
    // Cut off in the middle, as by a kill: what was created is there, and nothing else.
    let (reached, mut cut) = tokio::sync::watch::channel(0);
    let creation = create(&store, &recorded.livechat, NEAR, |position| {
        reached.send_replace(position);
    });
    tokio::select! {
        _ = creation => panic!("it was to be cut off"),
        _ = cut.wait_for(|position| *position >= 2 * EVENTS_MIN) => {}
    }
    let second = recorded.create(&store).await;
    assert!(second.events < recorded.log.len() as u64 - EVENTS_MIN + 1, "it does not begin anew: {second:?}");
    let positions: Vec<Position> =
        recorded.snapshots(&store).await.iter().map(|snapshot| snapshot.position).collect();
    assert_eq!(positions[..3], [EVENTS_MIN, 2 * EVENTS_MIN, 3 * EVENTS_MIN]);
    recorded.is_read_from(&store).await;
}

#[tokio::test]
async fn snapshots_of_other_versions_make_room_and_all_of_them_are_small() {
    let recorded = RecordedLog::story();
    let database = sqlite();
    let store = database.open().await;
    recorded.all_in(&*store).await;
    recorded.create(&store).await;
    let snapshots = store.state_snapshots().unwrap();
    let mut old = snapshots.at(&recorded.livechat, EVENTS_MIN).await.unwrap().unwrap();
    old.position = 17;
    old.version = "an older one".to_owned();
    snapshots.save(&recorded.livechat, &old).await.unwrap();
    recorded.create(&store).await;
    let all = recorded.snapshots(&store).await;
    assert!(all.iter().all(|snapshot| snapshot.version == version()), "{all:?}");
    let bytes: u64 = all.iter().map(|snapshot| snapshot.bytes).sum();
    assert!(bytes <= recorded.log.len() as u64 * BYTES_PER_EVENT, "{bytes} bytes");
}

#[test]
fn the_floor_of_the_past_folds_as_the_live_one() {
    let story = Story::of(63, 3_000);
    let island = &story.islands[0];
    let (mut floor, mut live) = (FloorState::empty(island.id.clone()), LiveFloor::empty(island.id.clone()));
    for record in &island.log {
        floor.apply(record);
        live.apply(record);
        if record.position % 50 == 0 {
            assert_eq!((floor.view(), floor.help()), (live.view(), live.help()));
            let seeded = LiveFloor::seeded(island.id.clone(), floor.view().unwrap(), floor.notes().clone());
            assert_eq!((seeded.view(), seeded.help()), (live.view(), live.help()));
        }
    }
}
