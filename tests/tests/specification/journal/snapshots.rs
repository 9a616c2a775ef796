//! Snapshots: a livechat is loaded from its last snapshot and the end of its log, and is the same as if
//! the whole log had been folded.

use chrono::TimeDelta;
use domain::id::CommandId;
use journal::Error;
use pupitre_tests::patience::{eventually, soon};
use pupitre_tests::store::{Sql, StoreUnderTest, each_store};
use uuid::Uuid;

use super::floor::{Floor, assert_gapless};
use super::story::{by_operator, by_visitor, write};

/// A floor that keeps nothing in memory once it is made to tidy, with a log long enough to be worth a
/// snapshot, and gone from memory.
async fn with_a_snapshot(under_test: &StoreUnderTest) -> Floor {
    let floor = Floor::forgetful(under_test.open().await);
    floor.open().await;
    let zoe = floor.conversation("zoe").await;
    for n in 0..120 {
        floor.says("zoe", zoe, &n.to_string()).await.unwrap();
    }
    assert_eq!(soon(floor.journal.tidy()).await.livechats, 0);
    floor
}

/// Changes what cannot be changed, as somebody with the password of the database might.
async fn tamper(sql: &Sql, statement: &str) {
    let open = match sql {
        Sql::Sqlite(_) => "DROP TRIGGER IF EXISTS events_are_never_updated",
        Sql::Postgres(_) => "DROP TRIGGER IF EXISTS events_are_append_only ON events",
    };
    sql.execute(open).await.unwrap();
    assert_eq!(sql.execute(statement).await.unwrap(), 1, "{statement}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_and_what_came_after_are_the_whole_log_wherever_it_was_taken() {
    each_store(async |under_test| {
        let floor = Floor::forgetful(under_test.open().await);
        floor.open().await;
        let mut conversations = Vec::new();
        // An order that looks random and is always the same (Knuth's linear congruence).
        let mut drawn = 1_u64;
        let mut draw = |below: usize| {
            drawn = drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(drawn >> 33).unwrap() % below
        };
        let mut left = 0;
        for n in 0..1_500 {
            match draw(10) {
                0 if conversations.len() < 8 => {
                    let visitor = format!("visitor-{n}");
                    let conversation = floor.conversation(&visitor).await;
                    conversations.push((visitor, conversation));
                }
                1 if conversations.len() > 4 => {
                    let (_, conversation) = conversations.swap_remove(draw(conversations.len()));
                    floor
                        .does(
                            by_operator("alice"),
                            domain::Action::Conversation(conversation, domain::ConversationAction::End),
                        )
                        .await
                        .unwrap();
                }
                2 if !conversations.is_empty() => {
                    let (_, conversation) = conversations[draw(conversations.len())];
                    floor.does(by_operator("alice"), write(conversation, "et vous ?")).await.unwrap();
                }
                _ if !conversations.is_empty() => {
                    let (visitor, conversation) = &conversations[draw(conversations.len())];
                    floor.says(visitor, *conversation, &n.to_string()).await.unwrap();
                }
                _ => floor.passes(TimeDelta::seconds(1)),
            }
            if draw(30) == 0 {
                assert_eq!(soon(floor.journal.tidy()).await.livechats, 0);
                left += 1;
                assert_eq!(floor.state().await, floor.folded().await, "after {n} steps");
            }
        }
        assert!(left > 30, "it left memory {left} times only");
        assert_gapless(&floor.log().await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_snapshot_holds_is_not_read_again() {
    each_store(async |under_test| {
        let floor = with_a_snapshot(&under_test).await;
        let whole = floor.folded().await;
        let sql = under_test.sql().await;
        tamper(&sql, "UPDATE events SET payload = '{\"nonsense\": 1}' WHERE sequence = 1").await;
        assert_eq!(floor.state().await, whole);
        sql.execute("DELETE FROM livechat_snapshots").await.unwrap();
        assert_eq!(soon(floor.journal.tidy()).await.livechats, 0);
        let folded = floor.journal.peek(&floor.livechat, |_| ()).await;
        assert!(matches!(folded, Err(Error::Damaged { .. })), "{folded:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_that_cannot_be_used_is_ignored_and_made_anew() {
    let damages = [
        ("another version of the code", "version = version || '.1'"),
        ("a damaged state", "content = checksum"),
        ("a damaged checksum", "checksum = record_hash"),
        ("another history", "record_hash = checksum"),
        ("a record that is not there", "sequence = sequence + 1000"),
        ("another record", "sequence = sequence - 1"),
        ("no record", "sequence = 0"),
    ];
    each_store(async |under_test| {
        let floor = with_a_snapshot(&under_test).await;
        let sql = under_test.sql().await;
        for (what, damage) in damages {
            let changed = sql.execute(&format!("UPDATE livechat_snapshots SET {damage}")).await.unwrap();
            assert_eq!(changed, 1, "{what}");
            let before = under_test.open().await.read().snapshot(&floor.livechat).await.unwrap();
            assert_eq!(floor.state().await, floor.folded().await, "{what}");
            assert_eq!(soon(floor.journal.tidy()).await.livechats, 0);
            let after = under_test.open().await.read().snapshot(&floor.livechat).await.unwrap();
            assert_ne!(before, after, "{what}");
            let head = under_test.open().await.read().head(&floor.livechat).await.unwrap().unwrap();
            assert_eq!(after.map(|snapshot| snapshot.position), Some(head.position), "{what}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_done_before_the_snapshot_is_remembered_after_it() {
    each_store(async |under_test| {
        let floor = Floor::forgetful(under_test.open().await);
        floor.open().await;
        let zoe = floor.conversation("zoe").await;
        let id = CommandId(Uuid::now_v7());
        let first = floor.does_as(id, by_visitor("zoe"), write(zoe, "bonjour")).await.unwrap();
        for n in 0..120 {
            floor.says("zoe", zoe, &n.to_string()).await.unwrap();
        }
        soon(floor.journal.tidy()).await;
        let again = floor.does_as(id, by_visitor("zoe"), write(zoe, "bonjour")).await.unwrap();
        assert_eq!((again.position, again.records), (first.position, first.records));
        assert_eq!(floor.state().await, floor.folded().await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_log_gets_its_snapshot_in_the_background() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let zoe = floor.conversation("zoe").await;
        let yann = floor.conversation("yann").await;
        let store = under_test.open().await;
        soon(async {
            for (visitor, conversation) in [("zoe", zoe), ("yann", yann)] {
                let saying = (0..6_000).map(|_| floor.says(visitor, conversation, "encore"));
                let said = futures::future::join_all(saying).await;
                assert!(said.iter().all(Result::is_ok));
            }
        })
        .await;
        eventually("there is a snapshot", async || {
            store.read().snapshot(&floor.livechat).await.unwrap().is_some()
        })
        .await;
        floor.close().await;
        let again = Floor::again(under_test.open().await);
        assert_eq!(again.state().await, again.folded().await);
    })
    .await;
}
