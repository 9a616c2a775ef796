//! Each event counts once: not twice when delivered twice, not at all when one before it is missing,
//! and never in half when something crashes in between.

use std::sync::Arc;

use projections::{Error, Runner};

use super::scratch::{Dump, Scratch};
use super::story::{Story, slug};

#[tokio::test]
async fn a_second_delivery_changes_nothing() {
    let story = Story::of(11, 600);
    for scratch in Scratch::each().await {
        let runner = Runner::new(scratch.open().await);
        runner.apply(&story.events[..400]).await.unwrap();
        assert!(runner.apply(&story.events[..400]).await.unwrap().is_empty(), "nothing new to tell");
        runner.apply(&story.events[200..]).await.unwrap();
        assert!(scratch.dump().await == Dump::expected(&story.events), "{}", scratch.kind);
    }
}

#[tokio::test]
async fn a_hole_is_refused_and_nothing_is_written() {
    let story = Story::of(12, 600);
    for scratch in Scratch::each().await {
        let runner = Runner::new(scratch.open().await);
        runner.apply(&story.events[..100]).await.unwrap();
        let mut batch = story.events[100..300].to_vec();
        let missing = batch.remove(120);
        let refused = runner.apply(&batch).await;
        let next = batch[120..].iter().find(|event| event.livechat == missing.livechat).unwrap();
        assert!(
            matches!(&refused, Err(Error::Hole { livechat, expected, found })
                if *livechat == missing.livechat && *expected == missing.position && *found == next.position),
            "{refused:?}"
        );
        assert!(scratch.dump().await == Dump::expected(&story.events[..100]), "{}", scratch.kind);
        runner.apply(&story.events[100..300]).await.unwrap();
        assert!(scratch.dump().await == Dump::expected(&story.events[..300]), "{}", scratch.kind);
    }
}

#[tokio::test]
async fn a_crash_before_the_commit_leaves_rows_and_checkpoint_as_they_were() {
    let story = Story::of(13, 600);
    for scratch in Scratch::each().await {
        let runner = Runner::new(scratch.open().await);
        runner.apply(&story.events[..300]).await.unwrap();
        drop(runner.write(&story.events[300..]).await.unwrap().unwrap());
        assert!(scratch.dump().await == Dump::expected(&story.events[..300]), "{}", scratch.kind);
        // Another process starts over.
        let runner = Runner::new(scratch.open().await);
        runner.apply(&story.events[300..]).await.unwrap();
        assert!(scratch.dump().await == Dump::expected(&story.events), "{}", scratch.kind);
    }
}

#[tokio::test]
async fn two_runners_on_one_database_count_each_event_once() {
    let story = Arc::new(Story::of(14, 800).events);
    for scratch in Scratch::each().await {
        let mut tasks = tokio::task::JoinSet::new();
        for size in [7, 30] {
            let runner = Runner::new(scratch.open().await);
            let story = story.clone();
            tasks.spawn(async move {
                for batch in story.chunks(size) {
                    runner.apply(batch).await.unwrap();
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        assert!(scratch.dump().await == Dump::expected(&story), "{}", scratch.kind);
    }
}

#[tokio::test]
async fn rows_of_a_newer_version_are_left_alone() {
    let story = Story::of(15, 200);
    let scratch = Scratch::sqlite();
    let runner = Runner::new(scratch.open().await);
    runner.apply(&story.events[..100]).await.unwrap();
    let pool = sqlx::SqlitePool::connect(&scratch.url).await.unwrap();
    let other = "UPDATE checkpoints SET version = 99 WHERE livechat = 'support'";
    sqlx::query(other).execute(&pool).await.unwrap();
    let refused = runner.apply(&story.events[100..]).await;
    assert!(
        matches!(&refused, Err(Error::Version { livechat, found: 99, .. }) if *livechat == slug("support"))
    );
}

#[tokio::test]
async fn rows_of_an_older_version_are_computed_again() {
    let story = Story::of(16, 400);
    for scratch in Scratch::each().await {
        Runner::new(scratch.open().await).apply(&story.events).await.unwrap();
        let schema = if scratch.kind == "SQLite" { "" } else { "projections." };
        for statement in [
            format!("UPDATE {schema}checkpoints SET version = 1 WHERE livechat = 'support'"),
            format!("UPDATE {schema}floor_operators SET name = 'as it was computed then'"),
        ] {
            scratch.execute(&statement).await;
        }
        let runner = Runner::new(scratch.open().await);
        let kept: Vec<_> = runner.checkpoints().await.unwrap().into_keys().collect();
        assert_eq!(kept, [slug("ventes")], "the other is of this version");
        let left = scratch.dump().await;
        assert!(left.audit.iter().all(|entry| entry.livechat == "ventes"), "nothing is left of it");
        assert!(left.outbox.iter().all(|mail| mail.livechat == "ventes"));
        runner.apply(&story.events).await.unwrap();
        let (now, expected) = (scratch.dump().await, Dump::expected(&story.events));
        assert!(
            now.operators[..4] == expected.operators[..4],
            "{}: `support` is computed again",
            scratch.kind
        );
        assert!(now.transcript == expected.transcript && now.checkpoints == expected.checkpoints);
    }
}
