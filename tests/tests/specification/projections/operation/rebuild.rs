//! The place that is not read is built from the log alone.

use std::sync::Arc;

use projections::{Error, Runner, Slot, maintenance};

use super::super::fake_log::{FakeLog, Following, PATIENCE};
use super::super::scratch::{Dump, Scratch};
use super::super::story::{Story, slug};

#[tokio::test]
async fn rows_that_are_built_anew_are_the_rows_that_are_read_in_both_directions() {
    let events = Story::of(51, 2_500).events;
    for scratch in Scratch::each().await {
        let log = FakeLog::new(1);
        log.commit(&events);
        let database = scratch.open().await;
        let runner = Runner::new(database.clone());
        for batch in events.chunks(170) {
            runner.apply(batch).await.unwrap();
        }
        database.close().await;
        let built = log.rebuild(&scratch).await.unwrap();
        assert_eq!((built.slot, built.livechats), (Slot::Green, 2));
        assert_eq!((built.events, built.parked), (events.len() as u64, vec![]));
        let (blue, green) = (scratch.dump().await, scratch.dump_of(Slot::Green).await);
        assert!(blue == green && blue == Dump::expected(&events), "{}", scratch.kind);

        // Now green is read, and blue, where the pointer is kept, is emptied and built.
        log.swap(&scratch).await.unwrap();
        let tamper = format!("UPDATE {}conversations SET language = 'xx'", scratch.schema(Slot::Blue));
        scratch.execute(&tamper).await;
        let built = log.rebuild(&scratch).await.unwrap();
        assert_eq!(built.slot, Slot::Blue);
        assert!(scratch.dump().await == green, "{}", scratch.kind);
        let status = maintenance::status(&scratch.url, &log).await.unwrap();
        assert_eq!(status.active.slot, Slot::Green);
        assert_eq!(status.active.program.as_deref(), Some("test"));
        assert!(status.slots.iter().all(|place| place.fits && place.lag_events == 0));
        assert_eq!(scratch.open().await.slot(), Some(Slot::Green), "what is read is what is opened");
    }
}

#[tokio::test]
async fn a_rebuild_includes_what_is_written_meanwhile() {
    let events = Arc::new(Story::of(52, 6_000).events);
    for scratch in Scratch::each().await {
        let log = FakeLog::new(10_000);
        log.commit(&events[..3_000]);
        scratch.open().await.close().await;
        let writing = {
            let (log, events) = (log.clone(), events.clone());
            tokio::spawn(async move {
                for batch in events[3_000..].chunks(20) {
                    log.commit(batch);
                    tokio::task::yield_now().await;
                }
            })
        };
        let progress = std::sync::Mutex::new(vec![]);
        let tell = |done, all| progress.lock().unwrap().push((done, all));
        let built = maintenance::rebuild(&scratch.url, &log.shared(), &tell).await.unwrap();
        writing.await.unwrap();
        assert!(built.events >= 3_000, "{} events", built.events);
        let told = progress.into_inner().unwrap();
        assert!(told.iter().all(|(done, all)| done <= all) && told.is_sorted_by_key(|(done, _)| *done));
        let swapped = log.swap(&scratch).await.unwrap();
        assert_eq!((swapped.from, swapped.to), (Slot::Blue, Slot::Green));
        assert!(scratch.dump_of(Slot::Green).await == Dump::expected(&events), "{}", scratch.kind);
    }
}

#[tokio::test]
async fn a_place_that_somebody_uses_is_not_emptied() {
    let events = Story::of(53, 600).events;
    for scratch in Scratch::each().await {
        let (log, following) = Following::caught_up_with(&scratch, 100, &events[..300]).await;
        log.rebuild(&scratch).await.unwrap();
        // Another program, whose folds are newer, has the other place read: this one stays where it is, and
        // nobody takes the place from under it.
        let newer = format!("UPDATE {}checkpoints SET version = 99", scratch.schema(Slot::Green));
        scratch.execute_in(Slot::Green, &newer).await;
        let at = "'2030-01-01T00:00:00Z', 'a newer one'";
        let point = format!(
            "INSERT INTO {}pointer (single, colour, swapped_at, program) VALUES (1, 'green', {at})",
            scratch.schema(Slot::Blue)
        );
        scratch.execute(&point).await;
        let refused = log.rebuild(&scratch).await;
        assert!(matches!(refused, Err(Error::Busy(_))), "{}: {refused:?}", scratch.kind);
        log.commit(&events[300..]);
        following.caught_up(&events).await;
        assert_eq!(following.database.slot(), Some(Slot::Blue));
        let last = events.iter().rfind(|event| event.livechat == slug("support")).unwrap();
        assert!(following.views.wait_for(&slug("support"), last.position, PATIENCE).await.unwrap());
        following.stop().await;
        assert!(scratch.dump().await == Dump::expected(&events), "{}", scratch.kind);

        // It is not its to have read, either, before it is built by this version.
        scratch.execute(&format!("DELETE FROM {}pointer", scratch.schema(Slot::Blue))).await;
        let refused = log.swap(&scratch).await;
        assert!(
            matches!(refused, Err(Error::OtherVersion { slot: Slot::Green, .. })),
            "{}: {refused:?}",
            scratch.kind
        );
    }
}

#[tokio::test]
async fn read_models_built_from_a_log_that_no_server_has_opened_can_be_read() {
    let events = Story::of(68, 500).events;
    for scratch in Scratch::each().await {
        let log = FakeLog::new(1);
        log.commit(&events);
        let nothing = maintenance::status(&scratch.url, &*log.shared()).await;
        assert!(matches!(nothing, Err(Error::Missing(Slot::Blue))), "{}: {nothing:?}", scratch.kind);
        let nothing = maintenance::verify(&scratch.url, &*log.shared(), None, None, 1, &|_, _| {}).await;
        assert!(matches!(nothing, Err(Error::Missing(Slot::Blue))), "{}: {nothing:?}", scratch.kind);

        log.rebuild(&scratch).await.unwrap();
        let unread = maintenance::verify(&scratch.url, &*log.shared(), None, None, 1, &|_, _| {}).await;
        let expected = Error::Inactive { missing: Slot::Blue, existing: Slot::Green }.to_string();
        assert_eq!(unread.unwrap_err().to_string(), expected, "{}", scratch.kind);
        let green = Some(Slot::Green);
        assert!(
            maintenance::verify(&scratch.url, &*log.shared(), green, None, 1, &|_, _| {})
                .await
                .unwrap()
                .is_right()
        );

        let swapped = log.swap(&scratch).await.unwrap();
        assert_eq!((swapped.from, swapped.to), (Slot::Blue, Slot::Green));
        assert!(
            maintenance::verify(&scratch.url, &*log.shared(), None, None, 1, &|_, _| {})
                .await
                .unwrap()
                .is_right()
        );
        let status = maintenance::status(&scratch.url, &*log.shared()).await.unwrap();
        assert!(status.slots.iter().any(|place| place.is_active && place.lag_events == 0), "{status:?}");
        let following = Following::start(&scratch, &log).await;
        assert_eq!(following.database.slot(), Some(Slot::Green), "{}", scratch.kind);
        following.caught_up(&events).await;
        following.stop().await;
        assert!(scratch.dump_of(Slot::Green).await == Dump::expected(&events), "{}", scratch.kind);
    }
}
