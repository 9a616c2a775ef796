//! Idle livechats leave memory and come back on demand.

use std::pin::pin;

use chrono::TimeDelta;
use domain::Action;
use domain::id::CommandId;
use domain::settings::{Section, Timeouts};
use futures::StreamExt;
use futures::future::join_all;
use journal::Scope;
use journal::eviction::{Limits, Usage};
use pupitre_tests::faulty::FaultyStore;
use pupitre_tests::patience::soon;
use pupitre_tests::store::each_store;
use uuid::Uuid;

use super::floor::{Floor, assert_gapless};
use super::story::{administrator, by_operator, by_visitor, words, write};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_livechat_leaves_memory_and_goes_on_when_it_is_asked_for() {
    each_store(async |under_test| {
        let floor = Floor::forgetful(under_test.open().await);
        floor.open().await;
        let zoe = floor.conversation("zoe").await;
        let before = floor.state().await;
        assert_eq!(soon(floor.journal.tidy()).await, Usage { livechats: 0, entries: 0 });
        assert_eq!(floor.state().await, before);
        floor.says("zoe", zoe, "toujours là ?").await.unwrap();
        assert_gapless(&floor.log().await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_is_bounded_whatever_the_number_of_livechats() {
    const ENTRIES_MAX: usize = 200;
    each_store(async |under_test| {
        let limits = Limits { entries_max: ENTRIES_MAX, ..Limits::default() };
        let floor = Floor::limited(under_test.open().await, limits);
        let floors: Vec<Floor> = (0..100).map(|n| floor.neighbour(&format!("livechat-{n}"))).collect();
        for floor in &floors {
            floor.open().await;
            floor.conversation("zoe").await;
        }
        let usage = soon(floor.journal.tidy()).await;
        assert!(usage.entries <= ENTRIES_MAX && usage.livechats > 0, "{usage:?}");
        // The last ones used are those that stayed, and all of them answer.
        for floor in &floors {
            assert_eq!(floor.state().await, floor.folded().await);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_livechat_that_waits_for_the_disk_stays() {
    each_store(async |under_test| {
        let store = FaultyStore::over(under_test.open().await);
        let floor = Floor::forgetful(store.clone());
        floor.open().await;
        let zoe = floor.conversation("zoe").await;
        let begun = store.begun();
        store.hold();
        let mut saying = Box::pin(floor.says("zoe", zoe, "bonjour"));
        assert!(futures::poll!(&mut saying).is_pending());
        soon(store.has_begun(begun + 1)).await;
        assert_eq!(soon(floor.journal.tidy()).await.livechats, 1);
        store.release();
        saying.await.unwrap();
        assert_eq!(soon(floor.journal.tidy()).await.livechats, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_livechat_may_be_evicted_at_any_time_and_each_command_is_done_once() {
    each_store(async |under_test| {
        let floor = Floor::forgetful(under_test.open().await);
        floor.open().await;
        let zoe = floor.conversation("zoe").await;
        let before = floor.log().await.len();
        let tasks = (0..8).map(|task| {
            let floor = floor.clone();
            tokio::spawn(async move {
                for n in 0..25 {
                    let id = CommandId(Uuid::now_v7());
                    let text = format!("{task}-{n}");
                    let first = floor.does_as(id, by_visitor("zoe"), write(zoe, &text)).await.unwrap();
                    let again = floor.does_as(id, by_visitor("zoe"), write(zoe, &text)).await.unwrap();
                    assert_eq!(first.position, again.position);
                }
            })
        });
        let mut done = pin!(join_all(tasks));
        let outcomes = soon(async {
            loop {
                tokio::select! {
                    outcomes = &mut done => return outcomes,
                    _ = floor.journal.tidy() => tokio::task::yield_now().await,
                }
            }
        })
        .await;
        assert!(outcomes.iter().all(Result::is_ok));
        let log = floor.log().await;
        assert_gapless(&log, 1);
        assert_eq!(log[before..].iter().filter(|record| words(record).is_some()).count(), 200);
        assert_eq!(floor.state().await, floor.folded().await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_timers_of_a_livechat_that_left_memory_fire_on_time_near_and_far() {
    for visitor_inactivity in [2, 60] {
        each_store(async |under_test| {
            let floor = Floor::forgetful(under_test.open().await);
            floor.open().await;
            let timeouts =
                Timeouts { visitor_inactivity, timeout_reminder: 30, follow_up: 0, ..Timeouts::default() };
            let change =
                Action::ChangeSettings { section: Box::new(Section::Timeouts(timeouts)), expected: None };
            floor.does(administrator(), change).await.unwrap();
            let zoe = floor.conversation("zoe").await;
            let asked = floor.does(by_operator("alice"), write(zoe, "vous êtes là ?")).await.unwrap();
            let asked_at = asked.records[0].event.at;
            assert_eq!(soon(floor.journal.tidy()).await.livechats, 0);
            let scope = Scope::Conversation(zoe);
            let mut feed = pin!(floor.journal.follow(&floor.livechat, scope, asked.position));
            // Minute by minute, as clocks go; the log is asked meanwhile.
            let mut ticks = tokio::time::interval(std::time::Duration::from_millis(20));
            let announced = soon(async {
                loop {
                    tokio::select! {
                        biased;
                        record = feed.next() => return record.unwrap().unwrap(),
                        _ = ticks.tick() => floor.passes(TimeDelta::seconds(30)),
                    }
                }
            })
            .await;
            assert_eq!(announced.event.fact.name(), "conversation.timeout_announced");
            let due = asked_at + TimeDelta::minutes(visitor_inactivity) - TimeDelta::seconds(30);
            assert!(announced.event.at >= due, "{announced:?}");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_knows_which_livechats_have_somebody_connected() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let empty = floor.neighbour("empty");
        let (by, create) = super::story::opening().remove(0);
        empty.does(by, create).await.unwrap();
        assert_eq!(floor.journal.attended().await.unwrap(), std::slice::from_ref(&floor.livechat));
        let reason = domain::event::DisconnectReason::SignedOut;
        let leave = Action::DisconnectOperator(super::story::operator("alice"), reason);
        floor.does(by_operator("alice"), leave).await.unwrap();
        assert!(floor.journal.attended().await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_knows_nothing_is_corrected_once_the_livechat_is_loaded() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let store = under_test.open().await;
        let before = store.read().head(&floor.livechat).await.unwrap().unwrap();
        floor.close().await;
        let unknown = journal::entry::WakeUp::UNKNOWN;
        store.update_wake_up(&floor.livechat, before.position, unknown).await.unwrap();
        // A head that has moved on is left alone.
        store.update_wake_up(&floor.livechat, before.position - 1, before.wake_up).await.unwrap();
        assert_eq!(store.read().head(&floor.livechat).await.unwrap().unwrap().wake_up, unknown);
        let again = Floor::again(under_test.open().await);
        again.state().await;
        assert_eq!(store.read().head(&floor.livechat).await.unwrap().unwrap(), before);
    })
    .await;
}
