//! Following the log: from wherever the rows are, through lost live events and failures, without a
//! sleep; what cannot go on is parked alone.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use domain::ConversationId;
use domain::settings::SectionName;
use journal::Record;
use projections::{Error, EventSource, Queries, Runner, audit};

use super::fake_log::{FakeLog, Following, PATIENCE};
use super::scratch::{Dump, Scratch};
use super::story::{Story, slug};

#[tokio::test]
async fn it_catches_up_then_goes_on_live_and_resumes_after_a_restart() {
    let events = Story::of(41, 4_000).events;
    for scratch in Scratch::each().await {
        let log = FakeLog::new(1_000);
        log.commit(&events[..2_500]);
        log.failures.store(2, Ordering::Relaxed);
        let following = Following::start(&scratch, &log).await;
        following.caught_up(&events[..2_500]).await;
        for batch in events[2_500..3_000].chunks(3) {
            log.commit(batch);
        }
        following.caught_up(&events[..3_000]).await;
        following.stop().await;
        assert!(scratch.dump().await == Dump::expected(&events[..3_000]), "{}", scratch.kind);

        log.commit(&events[3_000..3_500]);
        let following = Following::start(&scratch, &log).await;
        log.commit(&events[3_500..]);
        following.caught_up(&events).await;
        following.stop().await;
        assert!(scratch.dump().await == Dump::expected(&events), "{}", scratch.kind);
    }
}

#[tokio::test]
async fn a_reader_too_slow_for_the_live_events_reads_the_log() {
    let events = Story::of(42, 2_000).events;
    let (lost, other): (Vec<_>, Vec<_>) =
        events.iter().cloned().partition(|event| event.livechat == slug("support"));
    for scratch in Scratch::each().await {
        let log = FakeLog::new(2);
        log.commit(&other[..100]);
        let following = Following::start(&scratch, &log).await;
        following.caught_up(&other[..100]).await;
        // Many commits without giving the reader its turn: all but the last two are lost to it. What is
        // left is of the other livechat and goes on without a gap, so nothing else tells of the loss.
        for batch in lost.chunks(10) {
            log.commit(batch);
        }
        log.commit(&other[100..110]);
        log.commit(&other[110..]);
        following.caught_up(&events).await;
        following.stop().await;
        assert!(scratch.dump().await == Dump::expected(&events), "{}", scratch.kind);
    }
}

#[tokio::test]
async fn a_live_event_that_never_came_is_read_from_the_log() {
    let events = Story::of(43, 1_000).events;
    let scratch = Scratch::sqlite();
    let log = FakeLog::new(100);
    let following = Following::start(&scratch, &log).await;
    log.commit(&events[..500]);
    following.caught_up(&events[..500]).await;
    log.commit_silently(&events[500..700]);
    log.commit(&events[700..]);
    following.caught_up(&events).await;
    following.stop().await;
    assert!(scratch.dump().await == Dump::expected(&events));
}

#[tokio::test]
async fn a_hole_in_the_log_parks_its_livechat_and_no_other() {
    let events = Story::of(44, 1_000).events;
    for scratch in Scratch::each().await {
        let mut damaged = events.clone();
        let is_victim = |event: &Arc<Record>| event.livechat == slug("support") && event.position == 60;
        let victim = damaged.iter().position(is_victim).unwrap();
        damaged.remove(victim);
        let log = FakeLog::new(100);
        log.commit(&damaged[..700]);
        let following = Following::start(&scratch, &log).await;
        log.commit(&damaged[700..]);
        let others: Vec<_> = events.iter().filter(|e| e.livechat == slug("ventes")).cloned().collect();
        following.caught_up(&others).await;
        // The two may be computed side by side.
        assert!(following.views.wait_for(&slug("support"), 59, PATIENCE).await.unwrap());
        assert_eq!(following.views.position(&slug("support")).await.unwrap(), 59, "up to the hole");
        following.stop().await;
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_stored_parks_its_livechat_and_no_other() {
    let events = Story::of(45, 800).events;
    let scratch = Scratch::sqlite();
    scratch.open().await.close().await;
    let pool = sqlx::SqlitePool::connect(&scratch.url).await.unwrap();
    let poison = "CREATE TRIGGER poison BEFORE INSERT ON audit
        WHEN NEW.livechat = 'support' AND NEW.position = 150
        BEGIN SELECT RAISE(ABORT, 'poison'); END";
    sqlx::query(poison).execute(&pool).await.unwrap();
    let log = FakeLog::new(100);
    log.commit(&events[..400]);
    let following = Following::start(&scratch, &log).await;
    log.commit(&events[400..]);
    let others: Vec<_> = events.iter().filter(|e| e.livechat == slug("ventes")).cloned().collect();
    following.caught_up(&others).await;
    assert_eq!(following.views.position(&slug("support")).await.unwrap(), 149, "up to the poison");
    following.stop().await;
}

#[tokio::test]
async fn rows_of_another_log_are_left_as_they_are() {
    let scratch = Scratch::sqlite();
    let (old, new) = (Story::of(48, 900).events, Story::of(49, 900).events);
    Runner::new(scratch.open().await).apply(&old).await.unwrap();
    let before = scratch.dump().await;

    // The log was replaced by one whose `support` is shorter; `ventes` begins anew, and is not there yet.
    let log = FakeLog::new(1_000);
    let shorter: Vec<_> =
        new.iter().filter(|event| event.livechat == slug("support")).take(20).cloned().collect();
    log.commit(&shorter);
    let following = Following::start(&scratch, &log).await;
    // Another livechat tells what has been looked at.
    let tells = async |position| {
        let mut island = (*shorter[0]).clone();
        (island.livechat, island.position) = (slug("ailleurs"), position);
        log.commit(&[Arc::new(island)]);
        assert!(following.views.wait_for(&slug("ailleurs"), position, PATIENCE).await.unwrap());
    };
    tells(1).await;
    for event in new.iter().filter(|event| event.livechat == slug("support")).skip(20) {
        log.commit(std::slice::from_ref(event));
    }
    tells(2).await;
    following.stop().await;
    let of_support = |dump: &Dump| dump.audit.iter().filter(|entry| entry.livechat == "support").count();
    assert_eq!(of_support(&scratch.dump().await), of_support(&before));
}

#[tokio::test]
async fn nothing_is_read_of_a_part_of_what_the_log_had_at_the_start() {
    let events = Story::of(45, 600).events;
    for scratch in Scratch::each().await {
        let log = FakeLog::new(100);
        log.commit(&events);
        let database = scratch.open().await;
        database.expect(log.heads().await.unwrap()).await.unwrap();
        let views = Queries::new(database.clone());
        let runner = Runner::new(database.clone());
        runner.apply(&events[..200]).await.unwrap();
        let all = views.catching_up().unwrap();
        assert_eq!((all.livechats, all.done, all.total), (2, 200, events.len() as u64), "{}", scratch.kind);
        let support = slug("support");
        let head = log.heads().await.unwrap().into_iter().find(|(id, _)| *id == support).unwrap().1;
        let time = events[0].event.at;
        let conversation = ConversationId(uuid::Uuid::nil());
        let refusals = [
            views.conversation(&support, conversation).await.map(drop),
            views.transcript(&support, conversation, 0).await.map(drop),
            views.audit(&support, &audit::Filter::default(), None, 10).await.map(drop),
            views.settings_at(&support, SectionName::Capacity, time).await.map(drop),
            views.settings_history(&support, SectionName::Capacity, None, 10).await.map(drop),
            views.outbox(&support, 0, 10).await.map(drop),
            views.today(&support, time).await.map(drop),
        ];
        for refusal in refusals {
            assert!(
                matches!(&refusal, Err(Error::CatchingUp { livechat, total, .. }) if *livechat == support && *total == head),
                "{}: {refusal:?}",
                scratch.kind
            );
        }
        views.complete(&slug("unheard-of")).await.unwrap();
        runner.apply(&events[200..]).await.unwrap();
        assert_eq!(views.catching_up(), None);
        views.audit(&support, &audit::Filter::default(), None, 10).await.unwrap();
        // What is written from here on is a matter of milliseconds, and waited for by those who ask for it.
        database.close().await;
        let again = scratch.open().await;
        again.expect(log.heads().await.unwrap()).await.unwrap();
        assert_eq!(Queries::new(again.clone()).catching_up(), None, "everything was there");
        again.close().await;
    }
}
