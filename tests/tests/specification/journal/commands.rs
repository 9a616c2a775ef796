//! What becomes of a command.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::conversation::Rejection as ConversationRejection;
use domain::{Action, ConversationAction, Rejection};
use futures::future::join_all;
use journal::{Error, ManualClock};
use pupitre_tests::faulty::FaultyStore;
use pupitre_tests::patience::{eventually, soon};
use pupitre_tests::store::each_store;

use super::floor::{Floor, assert_gapless};
use super::story::{administrator, beginning, by_operator, by_visitor, operator, register, words, write};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acknowledged_command_is_in_the_log_after_reopening() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let zoe = floor.conversation("zoe").await;
        let receipt = floor.says("zoe", zoe, "bonjour").await.unwrap();
        assert_eq!(receipt.records.len(), 1);
        let (log, state) = (floor.log().await, floor.state().await);
        assert_gapless(&log, 1);
        assert_eq!(log.last().unwrap(), &receipt.records[0]);
        assert_eq!(receipt.position, log.len() as u64);
        floor.close().await;

        let again = Floor::again(under_test.open().await);
        assert_eq!(again.log().await, log);
        assert_eq!(again.state().await, state);
        assert_eq!(again.says("zoe", zoe, "encore moi").await.unwrap().position, receipt.position + 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_state_in_memory_is_a_fold_of_the_log() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let zoe = floor.conversation("zoe").await;
        floor.conversation("yann").await;
        floor.does(by_operator("alice"), write(zoe, "je regarde")).await.unwrap();
        floor.does(administrator(), register("bob")).await.unwrap();
        floor.does(by_operator("alice"), Action::Conversation(zoe, ConversationAction::End)).await.unwrap();
        assert_eq!(floor.state().await, floor.folded().await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_commands_at_once_on_one_livechat_are_each_answered_once() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let zoe = floor.conversation("zoe").await;
        let before = floor.log().await.len();
        let tasks: Vec<_> = (0..200)
            .map(|n| {
                let floor = floor.clone();
                tokio::spawn(async move { floor.says("zoe", zoe, &n.to_string()).await.unwrap() })
            })
            .collect();
        let receipts: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
        let log = floor.log().await;
        assert_gapless(&log, 1);
        assert_eq!(log.len(), before + 200);
        for (n, receipt) in receipts.iter().enumerate() {
            assert_eq!(receipt.records.len(), 1);
            assert_eq!(words(&receipt.records[0]), Some(n.to_string().as_str()));
            assert_eq!(receipt.records[0].position, receipt.position);
            assert_eq!(log[usize::try_from(receipt.position).unwrap() - 1], receipt.records[0]);
        }
        let distinct: BTreeSet<u64> = receipts.iter().map(|receipt| receipt.position).collect();
        assert_eq!(distinct.len(), 200);
        assert_eq!(floor.state().await, floor.folded().await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_commands_at_once_on_fifty_livechats_are_each_answered_once() {
    each_store(async |under_test| {
        let first = Floor::again(under_test.open().await);
        let floors: Vec<Floor> = (0..50).map(|n| first.neighbour(&format!("livechat-{n}"))).collect();
        join_all(floors.iter().map(Floor::open)).await;
        let tasks: Vec<_> = (0..200)
            .map(|n| {
                let floor = floors[n % 50].clone();
                let action = register(&format!("operator-{n}"));
                tokio::spawn(async move { (n, floor.does(administrator(), action).await.unwrap()) })
            })
            .collect();
        for task in tasks {
            let (n, receipt) = task.await.unwrap();
            assert_eq!(receipt.records.len(), 1);
            assert_eq!(receipt.records[0].livechat, floors[n % 50].livechat);
        }
        for floor in &floors {
            let log = floor.log().await;
            assert_gapless(&log, 1);
            assert_eq!(log.len(), 4 + 4);
            assert_eq!(floor.state().await, floor.folded().await);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_command_writes_nothing() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let zoe = floor.conversation("zoe").await;
        let (log, state) = (floor.log().await, floor.state().await);
        let refused = floor.says("yann", zoe, "coucou").await;
        assert!(
            matches!(
                &refused,
                Err(Error::Rejected(Rejection::Conversation(ConversationRejection::NotYours(id)))) if *id == zoe
            ),
            "{refused:?}"
        );
        let unknown = floor.neighbour("nobody").does(administrator(), register("bob")).await;
        assert!(matches!(unknown, Err(Error::Rejected(Rejection::UnknownLivechat))));
        assert_eq!(floor.log().await, log);
        assert_eq!(floor.state().await, state);
        assert_eq!(under_test.sql().await.count().await, log.len() as u64);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_answered_before_what_the_answer_depends_on_is_durable() {
    each_store(async |under_test| {
        let store = FaultyStore::over(under_test.open().await);
        let floor = Floor::over(store.clone()).await;
        let zoe = floor.conversation("zoe").await;
        let before = floor.log().await.len();
        store.hold();
        let begun = store.begun();

        let mut done =
            Box::pin(floor.does(by_visitor("zoe"), Action::Conversation(zoe, ConversationAction::End)));
        assert!(futures::poll!(&mut done).is_pending());
        soon(store.has_begun(begun + 1)).await;
        // Both depend on the end that is being written: one is refused because of it, the other changes
        // nothing because of what came before it.
        let mut refused = Box::pin(floor.says("zoe", zoe, "trop tard"));
        let mut unchanged =
            Box::pin(floor.does(by_operator("alice"), Action::ConnectOperator(operator("alice"))));
        for _ in 0..100 {
            assert!(futures::poll!(&mut done).is_pending());
            assert!(futures::poll!(&mut refused).is_pending());
            assert!(futures::poll!(&mut unchanged).is_pending());
            tokio::task::yield_now().await;
        }
        assert_eq!(floor.log().await.len(), before);

        store.release();
        let position = done.await.unwrap().position;
        assert!(matches!(refused.await, Err(Error::Rejected(Rejection::Conversation(_)))));
        let unchanged = unchanged.await.unwrap();
        assert_eq!((unchanged.position, unchanged.records), (position, vec![]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_sheds_load_and_loses_nothing() {
    each_store(async |under_test| {
        let store = FaultyStore::over(under_test.open().await);
        let floor = Floor::with(store.clone(), 8, ManualClock::at(beginning()));
        floor.open().await;
        let zoe = floor.conversation("zoe").await;
        let before = floor.log().await.len();
        store.hold();
        let begun = store.begun();
        // One is being written, which leaves the whole queue to those after it.
        let first = tokio::spawn({
            let floor = floor.clone();
            async move { floor.says("zoe", zoe, "0").await }
        });
        soon(store.has_begun(begun + 1)).await;
        let texts: Vec<String> = (1..=20).map(|n| n.to_string()).collect();
        let mut others: Vec<_> = texts.iter().map(|text| Box::pin(floor.says("zoe", zoe, text))).collect();
        let mut shed = BTreeSet::new();
        // The timekeeper may hold the livechat briefly: then all of them wait for that first.
        eventually("twelve commands are refused", async || {
            for (n, other) in
                others.iter_mut().enumerate().filter(|(n, _)| !shed.contains(n)).collect::<Vec<_>>()
            {
                if let std::task::Poll::Ready(answer) = futures::poll!(other) {
                    assert!(matches!(answer, Err(Error::Overloaded)), "{answer:?}");
                    shed.insert(n);
                }
            }
            shed.len() >= 12
        })
        .await;
        assert_eq!(shed.into_iter().collect::<Vec<_>>(), (8..20).collect::<Vec<_>>());
        store.release();
        first.await.unwrap().unwrap();
        for accepted in others.drain(..8) {
            accepted.await.unwrap();
        }
        let log = floor.log().await;
        assert_gapless(&log, 1);
        let written: Vec<&str> = log[before..].iter().filter_map(|record| words(record)).collect();
        assert_eq!(written, ["0", "1", "2", "3", "4", "5", "6", "7", "8"]);
        floor.says("zoe", zoe, "again").await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_writes_what_was_accepted_and_refuses_the_rest() {
    each_store(async |under_test| {
        let store = FaultyStore::over(under_test.open().await);
        let floor = Floor::over(store.clone()).await;
        let zoe = floor.conversation("zoe").await;
        store.hold();
        let texts: Vec<String> = (0..50).map(|n| n.to_string()).collect();
        let mut accepted: Vec<_> = texts.iter().map(|text| Box::pin(floor.says("zoe", zoe, text))).collect();
        for command in &mut accepted {
            assert!(futures::poll!(command).is_pending());
        }
        let mut closing = Box::pin(floor.close());
        assert!(futures::poll!(&mut closing).is_pending());
        assert!(matches!(floor.says("zoe", zoe, "trop tard").await, Err(Error::Closed)));
        store.release();
        closing.await;
        for command in accepted {
            command.await.unwrap();
        }
        let again = Floor::again(under_test.open().await);
        let log = again.log().await;
        let written: Vec<&str> = log.iter().filter_map(|record| words(record)).collect();
        assert_eq!(written, texts);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_twice_at_once_loses_nothing_either() {
    each_store(async |under_test| {
        let store = FaultyStore::over(under_test.open().await);
        let floor = Floor::over(store.clone()).await;
        let zoe = floor.conversation("zoe").await;
        store.hold();
        let begun = store.begun();
        let mut accepted = Box::pin(floor.says("zoe", zoe, "bonjour"));
        assert!(futures::poll!(&mut accepted).is_pending());
        soon(store.has_begun(begun + 1)).await;
        let mut closing = Box::pin(floor.close());
        let mut again = Box::pin(floor.close());
        assert!(futures::poll!(&mut closing).is_pending());
        assert!(futures::poll!(&mut again).is_pending());
        store.release();
        accepted.await.unwrap();
        closing.await;
        again.await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_that_is_let_go_of_still_writes_what_it_accepted() {
    each_store(async |under_test| {
        let store = FaultyStore::over(under_test.open().await);
        let floor = Floor::over(store.clone()).await;
        let zoe = floor.conversation("zoe").await;
        store.hold();
        let mut accepted = Box::pin(floor.says("zoe", zoe, "bonjour"));
        assert!(futures::poll!(&mut accepted).is_pending());
        // The caller is gone, and so is the journal.
        drop(accepted);
        drop(floor);
        store.release();
        eventually("the journal is gone", async || Arc::strong_count(&store) == 1).await;
        let log = Floor::again(under_test.open().await).log().await;
        assert_eq!(words(log.last().unwrap()), Some("bonjour"));
    })
    .await;
}
