//! What a failure of the database does, and does not do.

use std::pin::pin;
use std::task::Poll;

use chrono::TimeDelta;
use domain::id::CommandId;
use domain::{Action, ConversationAction, ConversationId};
use futures::StreamExt;
use futures::future::join_all;
use journal::{Error, ManualClock, Receipt, Scope};
use pupitre_tests::faulty::{Fate, FaultyStore};
use pupitre_tests::patience::soon;
use pupitre_tests::postgres::PrivateServer;
use pupitre_tests::store::each_store;
use uuid::Uuid;

use super::floor::{Floor, assert_gapless};
use super::story::{administrator, beginning, by_operator, by_visitor, register, request, words, write};

fn a_new_id() -> CommandId {
    CommandId(Uuid::now_v7())
}

/// Sends a command until it is done, as a client does.
async fn insists(floor: &Floor, id: CommandId, conversation: ConversationId, text: &str) -> Receipt {
    soon(async {
        loop {
            match Box::pin(floor.does_as(id, by_visitor("zoe"), write(conversation, text))).await {
                Ok(receipt) => return receipt,
                Err(Error::NotDurable(_) | Error::Store(_)) => {}
                Err(other) => panic!("{other}"),
            }
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_batch_fails_with_all_that_was_decided_on_it_and_the_livechat_goes_on() {
    for fate in [Fate::NotWritten, Fate::WrittenButFails] {
        each_store(async |under_test| {
            let store = FaultyStore::over(under_test.open().await);
            let floor = Floor::over(store.clone()).await;
            let neighbour = floor.neighbour("sales");
            neighbour.open().await;
            let zoe = floor.conversation("zoe").await;
            let before = floor.log().await;
            let begun = store.begun();
            store.hold();
            store.plan([fate]);
            let (first, second) = (a_new_id(), a_new_id());
            let mut failed = Box::pin(floor.does_as(first, by_visitor("zoe"), write(zoe, "un")));
            assert!(futures::poll!(&mut failed).is_pending());
            soon(store.has_begun(begun + 1)).await;
            let mut on_top = Box::pin(floor.does_as(second, by_visitor("zoe"), write(zoe, "deux")));
            let mut refused = Box::pin(floor.says("yann", zoe, "coucou"));
            let mut elsewhere = Box::pin(neighbour.does(administrator(), register("bob")));
            assert!(futures::poll!(&mut on_top).is_pending());
            assert!(futures::poll!(&mut refused).is_pending());
            assert!(futures::poll!(&mut elsewhere).is_pending());
            store.release();

            for outcome in [failed.await, on_top.await, refused.await] {
                assert!(matches!(outcome, Err(Error::NotDurable(_))), "{outcome:?}");
            }
            elsewhere.await.unwrap();
            let written = usize::from(fate == Fate::WrittenButFails);
            assert_eq!(floor.log().await.len(), before.len() + written);

            // Sent again, in the other order: what was written after all is answered as written.
            let two = floor.does_as(second, by_visitor("zoe"), write(zoe, "deux")).await.unwrap();
            let one = floor.does_as(first, by_visitor("zoe"), write(zoe, "un")).await.unwrap();
            let log = floor.log().await;
            assert_gapless(&log, 1);
            let said: Vec<&str> = log.iter().filter_map(|record| words(record)).collect();
            assert_eq!(said, if fate == Fate::NotWritten { ["deux", "un"] } else { ["un", "deux"] });
            for (receipt, text) in [(one, "un"), (two, "deux")] {
                assert_eq!(words(&receipt.records[0]), Some(text));
                assert_eq!(log[usize::try_from(receipt.position).unwrap() - 1], receipt.records[0]);
            }
            assert_eq!(floor.state().await, floor.folded().await);
            assert_eq!(neighbour.state().await, neighbour.folded().await);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_fails_each_command_is_done_once_and_seen_once() {
    each_store(async |under_test| {
        let store = FaultyStore::over(under_test.open().await);
        let floor = Floor::over(store.clone()).await;
        let zoe = floor.conversation("zoe").await;
        let before = floor.log().await.len() as u64;
        let mut batches = floor.journal.batches();
        let feeds = [Scope::Livechat, Scope::Conversation(zoe)]
            .map(|scope| floor.journal.follow(&floor.livechat, scope, before));
        let fates = [Fate::Done, Fate::NotWritten, Fate::WrittenButFails, Fate::WrittenButFails, Fate::Done];
        store.plan(fates.into_iter().cycle().take(100));
        let tasks: Vec<_> = (0..100)
            .map(|n| {
                let floor = floor.clone();
                tokio::spawn(async move { insists(&floor, a_new_id(), zoe, &n.to_string()).await })
            })
            .collect();
        let receipts: Vec<Receipt> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();

        let log = floor.log().await;
        assert_gapless(&log, 1);
        let new = &log[usize::try_from(before).unwrap()..];
        assert_eq!(new.len(), 100);
        for (n, receipt) in receipts.iter().enumerate() {
            assert_eq!(words(&receipt.records[0]), Some(n.to_string().as_str()));
            assert_eq!(log[usize::try_from(receipt.position).unwrap() - 1], receipt.records[0]);
        }
        for feed in feeds {
            let seen: Vec<_> = soon(feed.take(100).map(Result::unwrap).collect()).await;
            assert_eq!(seen, new);
        }
        let mut seen = Vec::new();
        while seen.len() < new.len() {
            seen.extend(soon(batches.recv()).await.unwrap().iter().cloned());
        }
        assert_eq!(seen, new);
        assert!(batches.try_recv().is_err());
        assert_eq!(floor.state().await, floor.folded().await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_reported_lost_but_stored_still_reaches_the_followers() {
    each_store(async |under_test| {
        let store = FaultyStore::over(under_test.open().await);
        let floor = Floor::over(store.clone()).await;
        let zoe = floor.conversation("zoe").await;
        let before = floor.log().await.len() as u64;
        let mut batches = floor.journal.batches();
        let mut feed = pin!(floor.journal.follow(&floor.livechat, Scope::Livechat, before));
        // The feed has caught up with the log.
        assert!(futures::poll!(feed.next()).is_pending());
        store.plan([Fate::WrittenButFails]);
        assert!(matches!(floor.says("zoe", zoe, "perdu ?").await, Err(Error::NotDurable(_))));
        // Nobody sends anything.
        floor.passes(TimeDelta::seconds(1));
        let record = soon(feed.next()).await.unwrap().unwrap();
        assert_eq!(words(&record), Some("perdu ?"));
        assert_eq!(*soon(batches.recv()).await.unwrap(), [record]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_timer_that_only_a_failed_batch_cancelled_fires() {
    each_store(async |under_test| {
        let store = FaultyStore::over(under_test.open().await);
        let floor = Floor::over(store.clone()).await;
        floor.has_one_clock().await;
        let zoe = floor.conversation("zoe").await;
        let asked = floor.does(by_operator("alice"), write(zoe, "vous êtes là ?")).await.unwrap();
        let mut feed = pin!(floor.journal.follow(&floor.livechat, Scope::Conversation(zoe), asked.position));
        store.plan([Fate::NotWritten]);
        assert!(matches!(floor.says("zoe", zoe, "oui").await, Err(Error::NotDurable(_))));
        // Nobody sends anything: for all that the log tells, the visitor is silent.
        floor.passes(TimeDelta::minutes(10));
        let next = soon(feed.next()).await.unwrap().unwrap();
        assert_eq!(next.event.fact.name(), "conversation.timeout_announced");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_timer_that_cannot_be_written_is_tried_again_once_a_second() {
    each_store(async |under_test| {
        let store = FaultyStore::over(under_test.open().await);
        let floor = Floor::over(store.clone()).await;
        floor.has_one_clock().await;
        let zoe = floor.conversation("zoe").await;
        let asked = floor.does(by_operator("alice"), write(zoe, "vous êtes là ?")).await.unwrap();
        let mut feed = pin!(floor.journal.follow(&floor.livechat, Scope::Conversation(zoe), asked.position));
        store.plan([Fate::NotWritten; 5]);
        let begun = store.begun();
        floor.passes(TimeDelta::minutes(10));
        let mut pauses = 0;
        let next = soon(async {
            loop {
                match futures::poll!(feed.next()) {
                    Poll::Ready(next) => return next.unwrap().unwrap(),
                    Poll::Pending => {
                        floor.passes(TimeDelta::seconds(1));
                        pauses += 1;
                        tokio::task::yield_now().await;
                    }
                }
            }
        })
        .await;
        assert_eq!(next.event.fact.name(), "conversation.timeout_announced");
        assert_eq!(store.begun(), begun + 6);
        assert!(pauses >= 5, "it hammers on a database that is down");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_writer_fences_the_first_which_reloads_and_goes_on() {
    // Boxed: two journals and their people are a large future.
    Box::pin(each_store(async |under_test| {
        let stale = Floor::over(under_test.open().await).await;
        let zoe = stale.conversation("zoe").await;
        let before = stale.log().await.len() as u64;
        let mut feed = pin!(stale.journal.follow(&stale.livechat, Scope::Conversation(zoe), before));
        assert!(futures::poll!(feed.next()).is_pending());
        let mut batches = stale.journal.batches();
        let other = Floor::again(under_test.open().await);
        other.says("zoe", zoe, "par ici").await.unwrap();

        let id = a_new_id();
        let fenced = stale.does_as(id, by_visitor("zoe"), write(zoe, "par là")).await;
        assert!(matches!(fenced, Err(Error::NotDurable(_))), "{fenced:?}");
        assert_eq!(stale.log().await.len() as u64, before + 1);
        let receipt = stale.does_as(id, by_visitor("zoe"), write(zoe, "par là")).await.unwrap();
        assert_eq!(receipt.position, before + 2);
        assert_eq!(stale.state().await, stale.folded().await);

        // Now the other is stale.
        insists(&other, a_new_id(), zoe, "et encore ici").await;
        assert_gapless(&stale.log().await, 1);
        // Subscribers of the first have missed nothing of what it learnt.
        for expected in ["par ici", "par là"] {
            assert_eq!(words(&soon(feed.next()).await.unwrap().unwrap()), Some(expected));
            assert_eq!(words(&soon(batches.recv()).await.unwrap()[0]), Some(expected));
        }
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_another_writer_recorded_is_answered_as_done_and_not_as_refused() {
    // Boxed: two journals and their people are a large future.
    Box::pin(each_store(async |under_test| {
        let stale = Floor::over(under_test.open().await).await;
        let other = Floor::again(under_test.open().await);
        let (conversation, by, action) = request("zoe");
        let id = CommandId(conversation.0);
        let receipt = other.does_as(id, by.clone(), action.clone()).await.unwrap();
        // As when a visitor's request is sent again through another server.
        let first = stale.does_as(id, by.clone(), action.clone()).await;
        assert!(matches!(first, Err(Error::NotDurable(_))), "{first:?}");
        let again = stale.does_as(id, by, action).await.unwrap();
        assert_eq!((again.position, again.records), (receipt.position, receipt.records));
        // Another conversation of that name is refused: now both know the first.
        let (_, by, action) = request("yann");
        let Action::Conversation(_, ConversationAction::Request(asked)) = action else { unreachable!() };
        let taken =
            stale.does(by, Action::Conversation(conversation, ConversationAction::Request(asked))).await;
        assert!(matches!(taken, Err(Error::Rejected(_))), "{taken:?}");
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_journals_that_fight_over_a_livechat_do_each_command_once() {
    each_store(async |under_test| {
        let one = Floor::over(under_test.open().await).await;
        let zoe = one.conversation("zoe").await;
        let before = one.log().await.len();
        let other = Floor::again(under_test.open().await);
        let fight = async |floor: &Floor, name: &str| {
            for n in 0..20 {
                insists(floor, a_new_id(), zoe, &format!("{name} {n}")).await;
            }
        };
        tokio::join!(Box::pin(fight(&one, "one")), Box::pin(fight(&other, "other")));
        let log = one.log().await;
        assert_gapless(&log, 1);
        let said: Vec<&str> = log[before..].iter().filter_map(|record| words(record)).collect();
        assert_eq!(said.len(), 40);
        for name in ["one", "other"] {
            let of_one: Vec<&str> = said.iter().copied().filter(|text| text.starts_with(name)).collect();
            assert_eq!(of_one, (0..20).map(|n| format!("{name} {n}")).collect::<Vec<_>>());
        }
        assert_eq!(one.log().await, other.log().await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journal_goes_on_when_postgresql_is_killed_and_restarted() {
    let Some(server) = PrivateServer::start_or_skip().await else { return };
    let store = journal::store::open(server.url()).await.unwrap();
    let floor = Floor::with(store, 10_000, ManualClock::at(beginning()));
    floor.open().await;
    let zoe = floor.conversation("zoe").await;
    let before = floor.log().await.len();
    let (acknowledged, mut count) = tokio::sync::mpsc::unbounded_channel();
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let (floor, acknowledged) = (floor.clone(), acknowledged.clone());
            tokio::spawn(async move {
                for n in 0..50 {
                    let receipt = insists(&floor, a_new_id(), zoe, &format!("{task}-{n}")).await;
                    acknowledged.send(receipt).unwrap();
                }
            })
        })
        .collect();
    drop(acknowledged);
    let mut receipts = Vec::new();
    while receipts.len() < 100 {
        receipts.push(soon(count.recv()).await.unwrap());
    }
    tokio::task::block_in_place(|| server.kill());
    server.restart().await;
    while let Some(receipt) = soon(count.recv()).await {
        receipts.push(receipt);
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(receipts.len(), 400);
    // Connections that were idle meanwhile are found dead one by one.
    let log = soon(async {
        loop {
            match floor.journal.read(&floor.livechat, 0, 1_000).await {
                Ok(log) => return log,
                Err(Error::Store(_)) => {}
                Err(other) => panic!("{other}"),
            }
        }
    })
    .await;
    assert_gapless(&log, 1);
    assert_eq!(log.len(), before + 400);
    for receipt in receipts {
        assert_eq!(log[usize::try_from(receipt.position).unwrap() - 1], receipt.records[0]);
    }
    floor.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_at_the_birth_of_a_livechat_leaves_it_unborn() {
    each_store(async |under_test| {
        let store = FaultyStore::over(under_test.open().await);
        let floor = Floor::again(store.clone());
        store.plan([Fate::NotWritten]);
        let (by, create) = super::story::opening().remove(0);
        assert!(matches!(floor.does(by.clone(), create.clone()).await, Err(Error::NotDurable(_))));
        assert!(matches!(
            floor.does(by_operator("alice"), Action::Tick).await.map(|receipt| receipt.position),
            Ok(0)
        ));
        assert!(floor.state().await.identity().is_none());
        assert_eq!(floor.does(by, create).await.unwrap().position, 1);
    })
    .await;
}
