//! Another place is read, without a gap, and never one that lacks anything.

use projections::{Error, Slot};
use pupitre_tests::patience::eventually;

use super::super::fake_log::Following;
use super::super::scratch::{Dump, Scratch};
use super::super::story::{Story, slug};
use super::refused_row;

#[tokio::test]
async fn subscriptions_move_to_the_new_slot_and_no_reader_sees_a_position_go_back() {
    let events = Story::of(61, 4_000).events;
    for scratch in Scratch::each().await {
        let (log, following) = Following::caught_up_with(&scratch, 10_000, &events[..1_000]).await;
        let reader = following.reads_the_floor();
        log.rebuild(&scratch).await.unwrap();
        // Some come last, so that the slot that is left in the end cannot have them.
        let (meanwhile, last) = events[1_000..].split_at(2_900);
        let mut meanwhile = meanwhile.chunks(11);
        for slot in [Slot::Green, Slot::Blue, Slot::Green] {
            log.swap(&scratch).await.unwrap();
            // Events are written and projected all the time until it has moved.
            eventually("the subscription has moved", async || {
                if let Some(batch) = meanwhile.next() {
                    log.commit(batch);
                }
                following.database.slot() == Some(slot)
            })
            .await;
        }
        for batch in meanwhile.chain(last.chunks(11)) {
            log.commit(batch);
        }
        following.caught_up(&events).await;
        assert!(reader.stop().await > 10);
        following.stop().await;
        assert!(scratch.dump_of(Slot::Green).await == Dump::expected(&events), "{}", scratch.kind);
        assert!(scratch.dump().await != Dump::expected(&events), "the place that was left stays as it was");
    }
}

#[tokio::test]
async fn a_slot_that_is_missing_or_incomplete_is_not_activated() {
    let events = Story::of(62, 800).events;
    for scratch in Scratch::each().await {
        let (log, following) = Following::caught_up_with(&scratch, 1, &events[..400]).await;
        let refused = log.swap(&scratch).await;
        assert!(matches!(refused, Err(Error::Missing(Slot::Green))), "{}: {refused:?}", scratch.kind);

        log.rebuild(&scratch).await.unwrap();
        refused_row::poisons(&scratch, Slot::Green, 350).await;
        log.commit(&events[400..]);
        following.caught_up(&events).await;
        let refused = log.swap(&scratch).await;
        assert!(
            matches!(&refused, Err(Error::Behind { livechat, reached: 349, .. }) if *livechat == slug("support")),
            "{}: {refused:?}",
            scratch.kind
        );
        assert_eq!(following.database.slot(), Some(Slot::Blue));
        refused_row::heals(&scratch, Slot::Green).await;
        log.swap(&scratch).await.unwrap();
        following.stop().await;
        assert!(scratch.dump_of(Slot::Green).await == Dump::expected(&events), "{}", scratch.kind);
    }
}

#[tokio::test]
async fn a_broken_slot_can_be_switched_away_from() {
    let events = Story::of(63, 600).events;
    for scratch in Scratch::each().await {
        let (log, following) = Following::caught_up_with(&scratch, 100, &events[..300]).await;
        // No content is to blame, so it is tried for ever.
        let lose = format!("ALTER TABLE {}audit RENAME TO lost", scratch.schema(Slot::Blue));
        scratch.execute(&lose).await;
        log.commit(&events[300..]);
        log.rebuild(&scratch).await.unwrap();
        assert_eq!(following.database.slot(), Some(Slot::Blue));
        log.swap(&scratch).await.unwrap();
        following.caught_up(&events).await;
        assert_eq!(following.database.slot(), Some(Slot::Green), "{}", scratch.kind);
        following.stop().await;
        assert!(scratch.dump_of(Slot::Green).await == Dump::expected(&events), "{}", scratch.kind);
    }
}
