//! Whatever was made of a log and is not what the log says is found, and named with its place.

use std::path::Path;

use api::server::views_beside;
use domain::{ConversationFact, Exchange, Fact, LivechatId};
use journal::{Position, Record};
use projections::maintenance;
use pupitre_tests::log::Log;
use pupitre_tests::process::{Finished, run};
use pupitre_tests::store::{Sql, StoreUnderTest, each_store, sqlite};
use replay::invariants::Invariant;
use replay::snapshots::{Pace, content};
use replay::verify::{Finding, Subject, Verified};
use replay::{AsOf, verify};
use serde_json::json;
use sqlx::SqlitePool;

use super::support;
const PROGRAM: &str = env!("CARGO_BIN_EXE_pupitre-under-test");

/// Snapshots close to each other.
const NEAR: Pace = Pace { events_min: 40, in_background: false };

/// What a server has written: conversations of two livechats.
async fn log() -> Log {
    Log::of_conversations(12, &["support", "ventes"]).await
}

async fn verified(database: &StoreUnderTest) -> Verified {
    let store = database.open().await;
    let views = maintenance::open_read_only(&views_beside(database.url())).await.unwrap();
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

async fn program(database: &StoreUnderTest, arguments: &[&str]) -> Finished {
    let all = ["--log", "warn", "replay", "verify", "--database", database.url()];
    let all: Vec<&str> = all.iter().chain(arguments).copied().collect();
    run(Path::new(PROGRAM), &all, "").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_and_all_that_was_made_of_it_are_right() {
    let log = log().await;
    each_store(async |database| {
        log.write_with_snapshots(&database, &support(), NEAR).await;
        let verified = verified(&database).await;
        assert_eq!(verified.found.findings, []);
        assert_eq!(verified.events, log.events());
        assert_eq!((verified.livechats, verified.floors), (2, 2), "{verified:?}");
        // The other livechat may have been woken by a timer, and have left memory too.
        assert!(verified.snapshots >= 1 && verified.state_snapshots >= 2, "{verified:?}");

        let done = program(&database, &[]).await.ended(0);
        assert!(done.stdout.contains("everything is as the log says"), "{}", done.stdout);
        let found = program(&database, &["--json", "--livechat", "support"]).await.ended(0).json();
        assert_eq!(
            (&found["right"], &found["livechats"], &found["findings"]),
            (&json!(true), &json!(1), &json!([]))
        );
        let nobody = program(&database, &["--livechat", "nobody"]).await.ended(1);
        assert!(nobody.stderr.contains("there is no log of nobody"), "{}", nobody.stderr);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_cannot_have_happened_is_found_though_its_hash_is_right() {
    let log = log().await;
    each_store(async |database| {
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
        let (log, position) = log.with_change(skips);
        log.write_with_rows(&database).await;
        let verified = verified(&database).await;
        let [group] = &verified.found.groups[..] else { panic!("{:?}", verified.found) };
        assert_eq!((group.subject, group.invariant), (Subject::Invariant, Some(Invariant::Messages)));
        let first = &verified.found.findings[0];
        assert_eq!((&first.livechat, first.position), (&support(), position), "{first}");
        assert_eq!(verified.events, log.events(), "both logs are followed to their ends");
        let done = program(&database, &[]).await.ended(1);
        assert!(done.stdout.contains(&format!("support at {position}, an invariant")), "{}", done.stdout);
        let found = program(&database, &["--json"]).await.ended(1).json();
        assert_eq!((&found["right"], &found["findings"][0]["position"]), (&json!(false), &json!(position)));
        assert_eq!(found["findings"][0]["subject"], "invariant");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_of_the_board_that_was_changed_is_found() {
    let log = log().await;
    each_store(async |database| {
        log.write_with_snapshots(&database, &support(), NEAR).await;
        let statement =
            "floor_operators SET load = load + 7 WHERE livechat = 'support' AND operator = 'alice'";
        match database.sql().await {
            Sql::Sqlite(_) => {
                let views = SqlitePool::connect(&views_beside(database.url())).await.unwrap();
                sqlx::query(&format!("UPDATE {statement}")).execute(&views).await.unwrap();
                views.close().await;
            }
            postgres @ Sql::Postgres(_) => {
                postgres.execute(&format!("UPDATE projections.{statement}")).await.unwrap();
            }
        }
        let (livechat, position, subject, what) = only(&verified(&database).await);
        let head = database.open().await.read().head(&support()).await.unwrap().unwrap().position;
        assert_eq!((livechat, position, subject), (support(), head, Subject::Floor));
        assert!(what.contains("floor.operators[0].load"), "{what}");
        program(&database, &[]).await.ended(1);
        program(&database, &["--log-only"]).await.ended(0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_memory_or_state_snapshot_that_is_damaged_or_of_another_state_is_found() {
    let log = log().await;
    let database = sqlite();
    log.write_with_snapshots(&database, &support(), NEAR).await;
    let store = database.open().await;
    let snapshot = store.read().snapshot(&support()).await.unwrap().unwrap();
    let snapshots = store.state_snapshots().unwrap();
    let positions: Vec<Position> =
        snapshots.all(&support()).await.unwrap().iter().map(|snapshot| snapshot.position).collect();
    let second = snapshots.at(&support(), positions[1]).await.unwrap().unwrap();

    let mut damaged = snapshot.clone();
    damaged.content[100] ^= 1;
    store.save_snapshot(&support(), &damaged).await.unwrap();
    let (_, at, subject, what) = only(&verified(&database).await);
    assert_eq!((at, subject), (snapshot.position, Subject::Snapshot), "{what}");

    // Intact, and yet of another position.
    let mut moved = snapshot.clone();
    moved.position -= 1;
    moved.record_hash = store.read().page(&support(), moved.position - 1, 1).await.unwrap()[0].hash.clone();
    moved.checksum = moved.expected_checksum(&support());
    store.save_snapshot(&support(), &moved).await.unwrap();
    let (_, at, subject, what) = only(&verified(&database).await);
    assert_eq!((at, subject), (moved.position, Subject::Snapshot), "{what}");
    assert!(what.contains("should be"), "{what}");
    store.save_snapshot(&support(), &snapshot).await.unwrap();

    let mut damaged = second.clone();
    damaged.content[20] ^= 1;
    snapshots.save(&support(), &damaged).await.unwrap();
    let (_, at, subject, what) = only(&verified(&database).await);
    assert_eq!((at, subject, &*what), (second.position, Subject::StateSnapshot, "it is damaged"));

    // Well formed, and of a past that never was.
    let mut past =
        replay::as_of::in_store(&store, &support(), AsOf::Position(second.position)).await.unwrap();
    past.livechat = replay::as_of::in_store(&store, &support(), AsOf::Position(second.position - 1))
        .await
        .unwrap()
        .livechat;
    let wrong = content::serialize(&past, second.record_hash.clone()).unwrap();
    snapshots.save(&support(), &wrong).await.unwrap();
    let (_, at, subject, what) = only(&verified(&database).await);
    assert_eq!((at, subject), (second.position, Subject::StateSnapshot), "{what}");
    snapshots.save(&support(), &second).await.unwrap();

    let mut beyond = second.clone();
    beyond.position = 1_000_000;
    snapshots.save(&support(), &beyond).await.unwrap();
    let (_, at, subject, _) = only(&verified(&database).await);
    assert_eq!((at, subject), (1_000_000, Subject::StateSnapshot));
    snapshots.remove(&support(), beyond.position).await.unwrap();

    let mut before = second.clone();
    before.position = 0;
    snapshots.save(&support(), &before).await.unwrap();
    let (_, at, subject, what) = only(&verified(&database).await);
    assert_eq!((at, subject, &*what), (0, Subject::StateSnapshot, "no record has this position"));
    store.close().await;
}
