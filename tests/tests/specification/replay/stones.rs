//! Stepping stones: the past is the same with them and without, whatever becomes of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{Livechat, LivechatId};
use journal::entry::{Entry, GENESIS, Hash, WakeUp};
use journal::store::SnapshotInfo;
use journal::{Position, Record, Store};
use projections::{FloorState, FloorView, HelpCall, LiveFloor};
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
struct Told {
    livechat: LivechatId,
    log: Vec<Arc<Record>>,
    then: BTreeMap<Position, Then>,
}

/// Events between two stones here, unless the state is large.
const EVENTS_MIN: Position = 400;

/// Stones as near to each other as their size lets them.
const NEAR: Pace = Pace { events_min: EVENTS_MIN, in_background: false };

/// Events in a log: some stones.
const EVENTS: usize = 2_500;

impl Told {
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
            let is_by_a_stone = record.position % EVENTS_MIN < 2;
            if is_first || is_by_a_stone || dice.roll(200) == 0 {
                let (board, help) = (live.view(), live.help());
                then.insert(record.position, Then { livechat: state.clone(), board, help });
            }
        }
        Self { livechat: island.id, log: island.log, then }
    }

    /// Appends some of it, after a record with this hash.
    async fn write(&self, store: &dyn Store, records: std::ops::Range<usize>, hash: &mut Hash) {
        for batch in self.log[records].chunks(1_000) {
            let seal = |record: &Arc<Record>| {
                let entry = Entry::seal(record, hash, WakeUp::UNKNOWN).unwrap();
                *hash = entry.hash;
                entry
            };
            let entries: Vec<Entry> = batch.iter().map(seal).collect();
            store.append(&entries).await.unwrap();
        }
    }

    async fn all_in(&self, store: &dyn Store) {
        self.write(store, 0..self.log.len(), &mut GENESIS.clone()).await;
    }

    /// Looks at every position that was noted, and at the moment of it.
    async fn is_told_by(&self, store: &Arc<dyn Store>) {
        self.is_told_between(store, 0..Position::MAX).await;
    }

    async fn is_told_between(&self, store: &Arc<dyn Store>, positions: std::ops::Range<Position>) {
        for (position, then) in self.then.range(positions) {
            let past = in_store(store, &self.livechat, AsOf::Position(*position)).await.unwrap();
            assert_eq!(past.position, *position);
            assert_eq!(past.livechat, then.livechat, "at {position}");
            assert_eq!(past.floor.view(), then.board, "at {position}");
            assert_eq!(past.floor.help(), then.help, "at {position}");

            let moment = then.livechat.clock();
            let at_that_moment = |record: &&Arc<Record>| record.event.at <= moment;
            let last = self.log.iter().rev().find(at_that_moment).unwrap().position;
            let past = in_store(store, &self.livechat, AsOf::Time(moment)).await.unwrap();
            assert_eq!(past.position, last, "at {moment}");
        }
    }

    async fn stones(&self, store: &Arc<dyn Store>) -> Vec<SnapshotInfo> {
        store.state_snapshots().unwrap().all(&self.livechat).await.unwrap()
    }

    async fn lay(&self, store: &Arc<dyn Store>) -> Progress {
        create(store, &self.livechat, NEAR, |_| {}).await.unwrap()
    }
}

#[tokio::test]
async fn boards_that_were_live_are_told_as_they_were_with_stones_and_without() {
    let told = Told::story();
    each_store(async |place| {
        let store = place.open().await;
        told.all_in(&*store).await;
        told.is_told_by(&store).await;
        let laid = told.lay(&store).await;
        assert!(laid.snapshots >= 3, "{laid:?}");
        told.is_told_by(&store).await;
        let near = last(&store, &told.livechat, AsOf::Position(EVENTS_MIN + 10)).await.unwrap().unwrap();
        assert_eq!(near.position, EVENTS_MIN, "an answer begins at a stone");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_same_state_is_the_same_stone_to_the_byte() {
    let told = Told::story();
    let (place, bare) = (sqlite(), sqlite());
    let (store, bare) = (place.open().await, bare.open().await);
    told.all_in(&*store).await;
    told.all_in(&*bare).await;
    told.lay(&store).await;
    let mut conversations = 0;
    for stone in told.stones(&store).await {
        let laid =
            store.state_snapshots().unwrap().at(&told.livechat, stone.position).await.unwrap().unwrap();
        // Folded from the first event on: the maps in it were filled in another order.
        let past = in_store(&bare, &told.livechat, AsOf::Position(stone.position)).await.unwrap();
        assert_eq!(content::serialize(&past, laid.record_hash.clone()).unwrap(), laid);
        conversations = conversations.max(past.livechat.conversations().count());
    }
    assert!(conversations > 2, "too few to be out of order");
    store.close().await;
    bare.close().await;
}

#[tokio::test]
async fn a_damaged_foreign_or_stray_stone_is_ignored() {
    let told = Told::story();
    each_store(async |place| {
        let store = place.open().await;
        told.all_in(&*store).await;
        told.lay(&store).await;
        let stones = store.state_snapshots().unwrap();
        let positions: Vec<Position> = told.stones(&store).await.iter().map(|stone| stone.position).collect();
        let whole = stones.at(&told.livechat, positions[1]).await.unwrap().unwrap();

        let mut damaged = whole.clone();
        let middle = damaged.content.len() / 2;
        damaged.content[middle] ^= 1;
        let mut moved = whole.clone();
        moved.at += chrono::TimeDelta::hours(1);
        let mut foreign = whole.clone();
        foreign.version.push_str(".another");
        // Somebody who knows how stones are made puts one where it does not belong.
        let mut stray = whole.clone();
        stray.record_hash[0] ^= 1;
        stray.checksum = stray.expected_checksum(&told.livechat);
        let mut elsewhere = whole.clone();
        elsewhere.position += 1;
        elsewhere.checksum = elsewhere.expected_checksum(&told.livechat);

        for wrong in [damaged, moved, foreign, stray, elsewhere] {
            stones.remove(&told.livechat, positions[1]).await.unwrap();
            stones.save(&told.livechat, &wrong).await.unwrap();
            let until = AsOf::Position(positions[1] + 5);
            let used = last(&store, &told.livechat, until).await.unwrap().unwrap();
            assert_eq!(used.position, positions[0], "the one before is used");
            told.is_told_between(&store, positions[1]..positions[2]).await;
            stones.remove(&told.livechat, wrong.position).await.unwrap();
        }
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn laying_goes_on_where_it_was_left() {
    let told = Told::story();
    let place = sqlite();
    let store = place.open().await;
    let mut hash = GENESIS;
    told.write(&*store, 0..600, &mut hash).await;
    let first = told.lay(&store).await;
    assert_eq!((first.snapshots, first.next), (1, 2 * EVENTS_MIN));
    assert_eq!(told.lay(&store).await.snapshots, 0, "nothing is due");

    told.write(&*store, 600..told.log.len(), &mut hash).await;
    // Cut off in the middle, as by a kill: what was laid is there, and nothing else.
    let (reached, mut cut) = tokio::sync::watch::channel(0);
    let laying = create(&store, &told.livechat, NEAR, |position| {
        reached.send_replace(position);
    });
    tokio::select! {
        _ = laying => panic!("it was to be cut off"),
        _ = cut.wait_for(|position| *position >= 2 * EVENTS_MIN) => {}
    }
    let second = told.lay(&store).await;
    assert!(second.events < told.log.len() as u64 - EVENTS_MIN + 1, "it does not begin anew: {second:?}");
    let positions: Vec<Position> = told.stones(&store).await.iter().map(|stone| stone.position).collect();
    assert_eq!(positions[..3], [EVENTS_MIN, 2 * EVENTS_MIN, 3 * EVENTS_MIN]);
    told.is_told_by(&store).await;
}

#[tokio::test]
async fn stones_of_other_versions_make_room_and_all_of_them_are_small() {
    let told = Told::story();
    let place = sqlite();
    let store = place.open().await;
    told.all_in(&*store).await;
    told.lay(&store).await;
    let stones = store.state_snapshots().unwrap();
    let mut old = stones.at(&told.livechat, EVENTS_MIN).await.unwrap().unwrap();
    old.position = 17;
    old.version = "an older one".to_owned();
    stones.save(&told.livechat, &old).await.unwrap();
    told.lay(&store).await;
    let all = told.stones(&store).await;
    assert!(all.iter().all(|stone| stone.version == version()), "{all:?}");
    let bytes: u64 = all.iter().map(|stone| stone.bytes).sum();
    assert!(bytes <= told.log.len() as u64 * BYTES_PER_EVENT, "{bytes} bytes");
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
