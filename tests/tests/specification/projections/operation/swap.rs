//! Another place is read, without a gap, and never one that lacks anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use projections::{Error, Slot, maintenance};

use super::super::fake_log::{FakeLog, Following};
use super::super::scratch::{Dump, Scratch};
use super::super::story::{Story, slug};
use super::place;

#[tokio::test]
async fn whoever_follows_moves_and_no_reader_sees_a_position_go_back() {
    let events = Story::of(61, 4_000).events;
    for scratch in Scratch::each().await {
        let log = FakeLog::new(10_000);
        log.commit(&events[..1_000]);
        let following = Following::start(&scratch, &log).await;
        following.caught_up(&events[..1_000]).await;
        let stop = Arc::new(AtomicBool::new(false));
        let reading = {
            let (views, stop) = (following.views.clone(), stop.clone());
            tokio::spawn(async move {
                let (mut last, mut reads) = (0, 0_u64);
                while !stop.load(Ordering::Relaxed) {
                    let board = views.floor(&slug("support")).await.unwrap().unwrap();
                    assert!(board.position >= last, "{} after {last}", board.position);
                    (last, reads) = (board.position, reads + 1);
                    tokio::task::yield_now().await;
                }
                reads
            })
        };
        maintenance::rebuild(&scratch.url, &log.shared(), &|_, _| {}).await.unwrap();
        let mut rest = events[1_000..].chunks(11);
        for colour in [Slot::Green, Slot::Blue, Slot::Green] {
            maintenance::swap(&scratch.url, &log.shared(), "test", &|_, _| {}).await.unwrap();
            // Events are written and projected all the time until it has moved.
            while following.database.slot() != Some(colour) {
                if let Some(batch) = rest.next() {
                    log.commit(batch);
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        }
        for batch in rest {
            log.commit(batch);
        }
        following.caught_up(&events).await;
        stop.store(true, Ordering::Relaxed);
        assert!(reading.await.unwrap() > 10);
        following.stop().await;
        assert!(scratch.dump_of(Slot::Green).await == Dump::expected(&events), "{}", scratch.kind);
        assert!(scratch.dump().await != Dump::expected(&events), "the place that was left stays as it was");
    }
}

#[tokio::test]
async fn a_place_that_is_not_there_or_lacks_something_is_not_read() {
    let events = Story::of(62, 800).events;
    for scratch in Scratch::each().await {
        let log = FakeLog::new(1);
        log.commit(&events[..400]);
        let following = Following::start(&scratch, &log).await;
        following.caught_up(&events[..400]).await;
        let refused = maintenance::swap(&scratch.url, &log.shared(), "test", &|_, _| {}).await;
        assert!(matches!(refused, Err(Error::Missing(Slot::Green))), "{}: {refused:?}", scratch.kind);

        maintenance::rebuild(&scratch.url, &log.shared(), &|_, _| {}).await.unwrap();
        place::poisons(&scratch, Slot::Green, 350).await;
        log.commit(&events[400..]);
        following.caught_up(&events).await;
        let refused = maintenance::swap(&scratch.url, &log.shared(), "test", &|_, _| {}).await;
        assert!(
            matches!(&refused, Err(Error::Behind { livechat, reached: 349, .. }) if *livechat == slug("support")),
            "{}: {refused:?}",
            scratch.kind
        );
        assert_eq!(following.database.slot(), Some(Slot::Blue));
        place::heals(&scratch, Slot::Green).await;
        maintenance::swap(&scratch.url, &log.shared(), "test", &|_, _| {}).await.unwrap();
        following.stop().await;
        assert!(scratch.dump_of(Slot::Green).await == Dump::expected(&events), "{}", scratch.kind);
    }
}

#[tokio::test]
async fn a_place_that_is_broken_can_be_moved_away_from() {
    let events = Story::of(63, 600).events;
    for scratch in Scratch::each().await {
        let log = FakeLog::new(100);
        log.commit(&events[..300]);
        let following = Following::start(&scratch, &log).await;
        following.caught_up(&events[..300]).await;
        // No content is to blame, so it is tried for ever.
        let lose = format!("ALTER TABLE {}audit RENAME TO lost", scratch.schema(Slot::Blue));
        scratch.execute(&lose).await;
        log.commit(&events[300..]);
        maintenance::rebuild(&scratch.url, &log.shared(), &|_, _| {}).await.unwrap();
        assert_eq!(following.database.slot(), Some(Slot::Blue));
        maintenance::swap(&scratch.url, &log.shared(), "test", &|_, _| {}).await.unwrap();
        following.caught_up(&events).await;
        assert_eq!(following.database.slot(), Some(Slot::Green), "{}", scratch.kind);
        following.stop().await;
        assert!(scratch.dump_of(Slot::Green).await == Dump::expected(&events), "{}", scratch.kind);
    }
}
