//! Whatever was made of a log and is not what the log says is found, and named with its place.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use api::server::views_beside;
use domain::{ConversationFact, Exchange, Fact, LivechatId};
use journal::entry::{Entry, GENESIS, WakeUp};
use journal::eviction::Limits;
use journal::{Journal, ManualClock, Options, Position, Record};
use projections::{Database, Runner, maintenance};
use pupitre_tests::patience::soon;
use pupitre_tests::process::{Done, run};
use pupitre_tests::server::{Server, seconds};
use pupitre_tests::store::{Sql, StoreUnderTest, each_store, sqlite};
use replay::invariants::Invariant;
use replay::snapshots::{Pace, content, create};
use replay::verify::{Finding, Subject, Verified};
use replay::{AsOf, verify};
use serde_json::json;
use sqlx::SqlitePool;

use super::support;
const PROGRAM: &str = env!("CARGO_BIN_EXE_pupitre-under-test");

/// Stones close to each other.
const NEAR: Pace = Pace { events_min: 40, in_background: false };

/// What a server has written: conversations of two livechats.
async fn log() -> Vec<Vec<Arc<Record>>> {
    let server = Server::start().await;
    let mut logs = vec![];
    for name in ["support", "ventes"] {
        let livechat = server.livechat(name).await;
        let mut alice = livechat.operator("alice").await;
        for number in 0..12 {
            let mut visitor = livechat.visitor(&format!("v{number}")).await;
            alice.picks_up(&visitor).await;
            for text in ["un", "deux", "trois"] {
                server.clock.advance(seconds(9));
                visitor.says(text).await;
                alice.says(&visitor, text).await;
            }
            alice.ends(&visitor).await;
        }
        let livechat = LivechatId::parse(name).unwrap();
        logs.push(server.app().journal.read(&livechat, 0, usize::MAX).await.unwrap());
    }
    logs
}

/// Writes these logs, after a change to one event of the first, and all that is made of a log: rows, and, of one
/// without a change, a snapshot and stones. Tells where it was changed.
async fn make(
    place: &StoreUnderTest,
    logs: &[Vec<Arc<Record>>],
    change: impl Fn(&mut Record) -> bool,
) -> Option<Position> {
    let store = place.open().await;
    let mut changed = None;
    let mut told: Vec<Arc<Record>> = vec![];
    for log in logs {
        let (mut hash, mut entries) = (GENESIS, vec![]);
        for record in log {
            let mut record = Record::clone(record);
            if changed.is_none() && change(&mut record) {
                changed = Some(record.position);
            }
            let entry = Entry::seal(&record, &hash, WakeUp::UNKNOWN).unwrap();
            hash = entry.hash;
            entries.push(entry);
            told.push(Arc::new(record));
        }
        store.append(&entries).await.unwrap();
    }
    let database = Database::open(&views_beside(place.url())).await.unwrap();
    Runner::new(database.clone()).apply(&told).await.unwrap();
    database.close().await;
    if changed.is_none() {
        // No earlier than any log: a clock that was set back would be recorded.
        let last = logs.iter().filter_map(|log| log.last()).map(|record| record.event.at).max().unwrap();
        let clock = Arc::new(ManualClock::at(last));
        let memory = Limits { idle: Duration::ZERO, ..Limits::default() };
        let journal = Journal::over(store.clone(), Options { memory, clock, ..Options::default() });
        // One that is being woken stays in memory for a moment.
        soon(async {
            while store.read().snapshot(&support()).await.unwrap().is_none() {
                journal.peek(&support(), |_| ()).await.unwrap();
                journal.tidy().await;
            }
        })
        .await;
        create(&store, &support(), NEAR, |_| {}).await.unwrap();
    }
    store.close().await;
    changed
}

async fn verified(place: &StoreUnderTest) -> Verified {
    let store = place.open().await;
    let views = maintenance::open_read_only(&views_beside(place.url())).await.unwrap();
    let verified = verify(&store, Some(&views), None, &|_, _| {}).await.unwrap();
    views.close().await;
    store.close().await;
    verified
}

/// The one thing that is wrong.
#[track_caller]
fn only(verified: &Verified) -> (LivechatId, Position, Subject, String) {
    let [finding] = &verified.found.findings[..] else { panic!("{:?}", verified.found) };
    let Finding { livechat, position, subject, what, .. } = finding.clone();
    (livechat, position, subject, what)
}

async fn program(place: &StoreUnderTest, arguments: &[&str]) -> Done {
    let all = ["--log", "warn", "replay", "verify", "--database", place.url()];
    let all: Vec<&str> = all.iter().chain(arguments).copied().collect();
    run(Path::new(PROGRAM), &all, "").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_and_all_that_was_made_of_it_are_right() {
    let logs = log().await;
    each_store(async |place| {
        make(&place, &logs, |_| false).await;
        let verified = verified(&place).await;
        assert_eq!(verified.found.findings, []);
        let all: usize = logs.iter().map(Vec::len).sum();
        assert_eq!(verified.events, all as u64);
        assert_eq!((verified.livechats, verified.floors), (2, 2), "{verified:?}");
        // The other livechat may have been woken by a timer, and have left memory too.
        assert!(verified.snapshots >= 1 && verified.state_snapshots >= 2, "{verified:?}");

        let done = program(&place, &[]).await.ended(0);
        assert!(done.printed.contains("everything is as the log says"), "{}", done.printed);
        let found = program(&place, &["--json", "--livechat", "support"]).await.ended(0).json();
        assert_eq!(
            (&found["right"], &found["livechats"], &found["findings"]),
            (&json!(true), &json!(1), &json!([]))
        );
        let nobody = program(&place, &["--livechat", "nobody"]).await.ended(1);
        assert!(nobody.complaint.contains("there is no log of nobody"), "{}", nobody.complaint);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_cannot_have_happened_is_found_though_its_hash_is_right() {
    let logs = log().await;
    each_store(async |place| {
        let skips = |record: &mut Record| match &mut record.event.fact {
            Fact::Conversation {
                fact: ConversationFact::Exchange(Exchange::MessagePosted { number, .. }),
                ..
            } if record.position > 60 => {
                *number += 1;
                true
            }
            Fact::Livechat(_) | Fact::Operator { .. } | Fact::Conversation { .. } => false,
        };
        let position = make(&place, &logs, skips).await.unwrap();
        let verified = verified(&place).await;
        let [group] = &verified.found.groups[..] else { panic!("{:?}", verified.found) };
        assert_eq!((group.subject, group.invariant), (Subject::Invariant, Some(Invariant::Messages)));
        let first = &verified.found.findings[0];
        assert_eq!((&first.livechat, first.position), (&support(), position), "{first}");
        let all: usize = logs.iter().map(Vec::len).sum();
        assert_eq!(verified.events, all as u64, "both logs are followed to their ends");
        let done = program(&place, &[]).await.ended(1);
        assert!(done.printed.contains(&format!("support at {position}, an invariant")), "{}", done.printed);
        let found = program(&place, &["--json"]).await.ended(1).json();
        assert_eq!((&found["right"], &found["findings"][0]["position"]), (&json!(false), &json!(position)));
        assert_eq!(found["findings"][0]["subject"], "invariant");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_of_the_board_that_was_changed_is_found() {
    let logs = log().await;
    each_store(async |place| {
        make(&place, &logs, |_| false).await;
        let statement =
            "floor_operators SET load = load + 7 WHERE livechat = 'support' AND operator = 'alice'";
        match place.sql().await {
            Sql::Sqlite(_) => {
                let views = SqlitePool::connect(&views_beside(place.url())).await.unwrap();
                sqlx::query(&format!("UPDATE {statement}")).execute(&views).await.unwrap();
                views.close().await;
            }
            postgres @ Sql::Postgres(_) => {
                postgres.execute(&format!("UPDATE projections.{statement}")).await.unwrap();
            }
        }
        let (livechat, position, subject, what) = only(&verified(&place).await);
        let head = place.open().await.read().head(&support()).await.unwrap().unwrap().position;
        assert_eq!((livechat, position, subject), (support(), head, Subject::Floor));
        assert!(what.contains("floor.operators[0].load"), "{what}");
        program(&place, &[]).await.ended(1);
        program(&place, &["--log-only"]).await.ended(0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_or_a_stone_that_is_damaged_or_of_another_state_is_found() {
    let logs = log().await;
    let place = sqlite();
    make(&place, &logs, |_| false).await;
    let store = place.open().await;
    let snapshot = store.read().snapshot(&support()).await.unwrap().unwrap();
    let stones = store.state_snapshots().unwrap();
    let positions: Vec<Position> =
        stones.all(&support()).await.unwrap().iter().map(|stone| stone.position).collect();
    let second = stones.at(&support(), positions[1]).await.unwrap().unwrap();

    let mut damaged = snapshot.clone();
    damaged.state[100] ^= 1;
    store.save_snapshot(&support(), &damaged).await.unwrap();
    let (_, at, subject, what) = only(&verified(&place).await);
    assert_eq!((at, subject), (snapshot.position, Subject::Snapshot), "{what}");

    // Whole, and yet of another moment.
    let mut moved = snapshot.clone();
    moved.position -= 1;
    moved.record_hash = store.read().page(&support(), moved.position - 1, 1).await.unwrap()[0].hash.clone();
    store.save_snapshot(&support(), &moved).await.unwrap();
    let (_, at, subject, what) = only(&verified(&place).await);
    assert_eq!((at, subject), (moved.position, Subject::Snapshot), "{what}");
    assert!(what.contains("should be"), "{what}");
    store.save_snapshot(&support(), &snapshot).await.unwrap();

    let mut damaged = second.clone();
    damaged.content[20] ^= 1;
    stones.save(&support(), &damaged).await.unwrap();
    let (_, at, subject, what) = only(&verified(&place).await);
    assert_eq!((at, subject, &*what), (second.position, Subject::StateSnapshot, "it is damaged"));

    // Progress by somebody who knows how, of a past that never was.
    let mut past =
        replay::as_of::in_store(&store, &support(), AsOf::Position(second.position)).await.unwrap();
    past.livechat = replay::as_of::in_store(&store, &support(), AsOf::Position(second.position - 1))
        .await
        .unwrap()
        .livechat;
    let wrong = content::serialize(&past, second.record_hash.clone()).unwrap();
    stones.save(&support(), &wrong).await.unwrap();
    let (_, at, subject, what) = only(&verified(&place).await);
    assert_eq!((at, subject), (second.position, Subject::StateSnapshot), "{what}");
    stones.save(&support(), &second).await.unwrap();

    let mut beyond = second.clone();
    beyond.position = 1_000_000;
    stones.save(&support(), &beyond).await.unwrap();
    let (_, at, subject, _) = only(&verified(&place).await);
    assert_eq!((at, subject), (1_000_000, Subject::StateSnapshot));
    stones.remove(&support(), beyond.position).await.unwrap();

    let mut before = second.clone();
    before.position = 0;
    stones.save(&support(), &before).await.unwrap();
    let (_, at, subject, what) = only(&verified(&place).await);
    assert_eq!((at, subject, &*what), (0, Subject::StateSnapshot, "no record has this position"));
    store.close().await;
}
