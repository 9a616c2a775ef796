//! How others follow the log: committed events, in order, each once.

use std::pin::pin;
use std::sync::Arc;

use domain::conversation::transfer::Transfer;
use domain::event::Target;
use domain::{Action, ConversationAction, Fact};
use futures::StreamExt;
use futures::future::join_all;
use journal::{Error, Position, Record, Scope};
use pupitre_tests::faulty::FaultyStore;
use pupitre_tests::patience::soon;
use pupitre_tests::store::each_store;

use super::floor::{Floor, assert_gapless};
use super::story::{administrator, by_operator, by_visitor, one_clock, operator, register, write};

/// The next records of a feed, up to a position.
async fn up_to(
    last: Position,
    feed: impl futures::Stream<Item = Result<Arc<Record>, Error>>,
) -> Vec<Arc<Record>> {
    let mut feed = pin!(feed);
    let mut seen: Vec<Arc<Record>> = Vec::new();
    while seen.last().is_none_or(|record| record.position < last) {
        seen.push(soon(feed.next()).await.expect("a feed has no end").unwrap());
    }
    seen
}

/// A message, sent so many times, from so many tasks.
async fn chatter(floor: &Floor, conversation: domain::ConversationId, messages: usize) {
    let tasks = (0..messages).map(|n| {
        let floor = floor.clone();
        tokio::spawn(async move { floor.says("zoe", conversation, &n.to_string()).await.unwrap() })
    });
    for task in join_all(tasks).await {
        task.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_are_published_in_order_and_each_once() {
    each_store(async |under_test| {
        let floor = Floor::again(under_test.open().await);
        let neighbour = floor.neighbour("sales");
        let mut batches = floor.journal.batches();
        floor.open().await;
        neighbour.open().await;
        let (zoe, zoe_there) = (floor.conversation("zoe").await, neighbour.conversation("zoe").await);
        tokio::join!(chatter(&floor, zoe, 100), chatter(&neighbour, zoe_there, 100));

        let (log, log_there) = (floor.log().await, neighbour.log().await);
        let (mut seen, mut seen_there) = (Vec::new(), Vec::new());
        while seen.len() + seen_there.len() < log.len() + log_there.len() {
            for record in soon(batches.recv()).await.unwrap().iter() {
                let seen = if record.livechat == floor.livechat { &mut seen } else { &mut seen_there };
                seen.push(record.clone());
            }
        }
        assert_eq!(seen, log);
        assert_eq!(seen_there, log_there);
        assert!(batches.try_recv().is_err());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_published_before_it_is_durable() {
    each_store(async |under_test| {
        let store = FaultyStore::over(under_test.open().await);
        let floor = Floor::over(store.clone()).await;
        let zoe = floor.conversation("zoe").await;
        let last = floor.log().await.len() as u64;
        let mut batches = floor.journal.batches();
        let mut feed = pin!(floor.journal.follow(&floor.livechat, Scope::Livechat, last));
        store.hold();
        let begun = store.begun();
        let mut command = Box::pin(floor.says("zoe", zoe, "bonjour"));
        assert!(futures::poll!(&mut command).is_pending());
        soon(store.has_begun(begun + 1)).await;
        for _ in 0..100 {
            assert!(futures::poll!(feed.next()).is_pending());
            assert!(batches.try_recv().is_err());
            tokio::task::yield_now().await;
        }
        store.release();
        let receipt = command.await.unwrap();
        // An answered caller can read it in the feeds already.
        assert_eq!(*batches.try_recv().unwrap(), receipt.records);
        assert_eq!(soon(feed.next()).await.unwrap().unwrap(), receipt.records[0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_beginning_while_others_write_each_event_is_seen_once_in_order() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let zoe = floor.conversation("zoe").await;
        let last = floor.log().await.len() as u64 + 300;
        let writing = tokio::spawn({
            let floor = floor.clone();
            async move { chatter(&floor, zoe, 300).await }
        });
        let followers: Vec<_> = [0, 0, 3]
            .map(|after| {
                let feed = floor.journal.follow(&floor.livechat, Scope::Livechat, after);
                tokio::spawn(async move { (after, up_to(last, feed).await) })
            })
            .into();
        writing.await.unwrap();
        let log = floor.log().await;
        for follower in followers {
            let (after, seen) = follower.await.unwrap();
            assert_gapless(&seen, after + 1);
            assert_eq!(seen, log[usize::try_from(after).unwrap()..]);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_of_a_conversation_or_of_a_desk_has_exactly_what_concerns_it() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        floor.does(administrator(), register("bob")).await.unwrap();
        let zoe = floor.conversation("zoe").await;
        let early = floor.log().await.len() as u64;
        // Each is followed from the beginning, out of the log and then live; and from here on, all live.
        let follow = |scope: Scope, after| {
            let live_from_now_on = floor.journal.follow(&floor.livechat, scope.clone(), after);
            (scope, after, live_from_now_on)
        };
        let scopes = [
            Scope::Livechat,
            Scope::Conversation(zoe),
            Scope::Operator(operator("alice")),
            Scope::Operator(operator("bob")),
        ];
        let feeds: Vec<_> =
            scopes.into_iter().flat_map(|scope| [follow(scope.clone(), 0), follow(scope, early)]).collect();

        let yann = floor.conversation("yann").await;
        floor.does(by_operator("bob"), Action::ConnectOperator(operator("bob"))).await.unwrap();
        floor.says("zoe", zoe, "bonjour").await.unwrap();
        floor.does(administrator(), one_clock()).await.unwrap();
        floor.says("yann", yann, "bonjour aussi").await.unwrap();
        let to_bob = Transfer { to: Target::Operator(operator("bob")), note: None, force: false };
        floor
            .does(by_operator("alice"), Action::Conversation(zoe, ConversationAction::Transfer(to_bob)))
            .await
            .unwrap();
        floor.says("zoe", zoe, "bonjour Bob").await.unwrap();
        floor.does(by_operator("bob"), Action::Conversation(zoe, ConversationAction::PickUp)).await.unwrap();
        floor.does(by_operator("alice"), write(yann, "oui ?")).await.unwrap();
        floor.does(by_visitor("yann"), Action::Conversation(yann, ConversationAction::End)).await.unwrap();
        floor.does(by_operator("bob"), Action::Conversation(zoe, ConversationAction::End)).await.unwrap();
        let signed_out = domain::event::DisconnectReason::SignedOut;
        for who in ["alice", "bob"] {
            let action = Action::DisconnectOperator(operator(who), signed_out);
            floor.does(by_operator(who), action).await.unwrap();
        }

        let log = floor.log().await;
        for (scope, after, feed) in feeds {
            let expected: Vec<Arc<Record>> = log
                .iter()
                .filter(|record| record.position > after && concerns(&scope, &record.event.fact))
                .cloned()
                .collect();
            assert!(expected.len() > 5, "{scope:?} after {after}");
            let last = expected.last().unwrap().position;
            assert_eq!(up_to(last, feed).await, expected, "{scope:?} after {after}");
        }
    })
    .await;
}

/// Said in other words than those of the journal.
fn concerns(scope: &Scope, fact: &Fact) -> bool {
    match scope {
        Scope::Livechat => true,
        Scope::Conversation(id) => fact.conversation_id() == Some(*id),
        Scope::Operator(id) => {
            let told = serde_json::to_value(fact).unwrap();
            let id = id.as_str();
            // A desk shows what the settings say, for every operator.
            told.pointer("/livechat/settings_changed").is_some()
                || ["/operator/operator", "/conversation/operator", "/conversation/fact/transferred/from"]
                    .iter()
                    .any(|path| told.pointer(path).is_some_and(|operator| operator == id))
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_too_slow_for_its_channel_misses_nothing() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let (zoe, yann) = (floor.conversation("zoe").await, floor.conversation("yann").await);
        let start = floor.log().await.len() as u64;
        let scopes = [Scope::Livechat, Scope::Conversation(zoe), Scope::Operator(operator("alice"))];
        let mut feeds: Vec<_> = scopes
            .into_iter()
            .map(|scope| (scope.clone(), Box::pin(floor.journal.follow(&floor.livechat, scope, start))))
            .collect();
        // Each has caught up with the log and waits; then far more happens than its channel holds.
        for (_, feed) in &mut feeds {
            let first = floor.says("zoe", zoe, "vous me suivez ?");
            let (_, seen) = tokio::join!(first, soon(feed.next()));
            assert!(seen.unwrap().is_ok());
        }
        chatter(&floor, zoe, 1_500).await;
        floor.says("yann", yann, "et moi ?").await.unwrap();
        chatter(&floor, zoe, 1_500).await;
        let log = floor.log().await;
        for (scope, feed) in feeds {
            let seen = up_to(log.len() as u64, feed).await;
            let expected: Vec<_> = log
                .iter()
                .filter(|record| record.position > start + 1 && concerns(&scope, &record.event.fact))
                .cloned()
                .collect();
            assert_eq!(seen, expected, "{scope:?}");
        }
    })
    .await;
}
