//! A repeated command is answered as the first time, and writes nothing.

use domain::id::CommandId;
use domain::{Action, ConversationAction, Rejection};
use futures::future::join_all;
use journal::{Error, Receipt};
use pupitre_tests::store::each_store;
use uuid::Uuid;

use super::floor::{Floor, assert_gapless};
use super::story::{administrator, by_operator, by_visitor, operator, register, request, write};

#[track_caller]
fn assert_same(repeated: &Receipt, first: &Receipt) {
    assert_eq!(repeated.position, first.position);
    assert_eq!(repeated.records, first.records);
}

fn a_new_id() -> CommandId {
    CommandId(Uuid::now_v7())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_answered_as_the_first_time_also_after_reopening() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let (id, (_, by, action)) = (a_new_id(), request("zoe"));
        let first = floor.does_as(id, by.clone(), action.clone()).await.unwrap();
        // The request and what followed from it.
        assert!(first.records.len() > 1);
        floor.conversation("yann").await;
        let log = floor.log().await;

        assert_same(&floor.does_as(id, by.clone(), action.clone()).await.unwrap(), &first);
        assert_eq!(floor.log().await, log);
        floor.close().await;

        let again = Floor::again(under_test.open().await);
        assert_same(&again.does_as(id, by, action).await.unwrap(), &first);
        assert_eq!(again.log().await, log);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_done_once_when_sent_a_hundred_times_at_once() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let zoe = floor.conversation("zoe").await;
        let before = floor.log().await.len();
        let id = a_new_id();
        let tasks: Vec<_> = (0..100)
            .map(|_| {
                let floor = floor.clone();
                tokio::spawn(async move {
                    floor.does_as(id, by_visitor("zoe"), write(zoe, "bonjour")).await.unwrap()
                })
            })
            .collect();
        let receipts: Vec<Receipt> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(receipts[0].records.len(), 1);
        for receipt in &receipts {
            assert_same(receipt, &receipts[0]);
        }
        let log = floor.log().await;
        assert_gapless(&log, 1);
        assert_eq!(log.len(), before + 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_changes_nothing_when_the_first_changed_nothing() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let id = a_new_id();
        let connect = || floor.does_as(id, by_operator("alice"), Action::ConnectOperator(operator("alice")));
        let first = connect().await.unwrap();
        assert!(first.records.is_empty());
        floor.conversation("zoe").await;
        let signed_out = domain::event::DisconnectReason::SignedOut;
        let disconnect = Action::DisconnectOperator(operator("alice"), signed_out);
        floor.does(by_operator("alice"), disconnect).await.unwrap();
        let log = floor.log().await;
        // Anew it would connect her.
        assert_same(&connect().await.unwrap(), &first);
        assert_eq!(floor.log().await, log);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_command_is_decided_anew() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let id = a_new_id();
        let connect = || floor.does_as(id, by_operator("bob"), Action::ConnectOperator(operator("bob")));
        assert!(connect().await.is_err());
        floor.does(administrator(), register("bob")).await.unwrap();
        assert_eq!(connect().await.unwrap().records.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_id_in_another_livechat_is_another_command() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let neighbour = floor.neighbour("sales");
        neighbour.open().await;
        let id = a_new_id();
        for floor in [floor, neighbour] {
            let receipt = floor.does_as(id, administrator(), register("bob")).await.unwrap();
            assert_eq!(receipt.records.len(), 1);
            assert_eq!(receipt.records[0].livechat, floor.livechat);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_id_for_another_command_or_by_somebody_else_is_refused() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let zoe = floor.conversation("zoe").await;
        let id = a_new_id();
        floor.does_as(id, by_visitor("zoe"), write(zoe, "bonjour")).await.unwrap();
        let log = floor.log().await;
        for (by, action) in [
            (by_visitor("zoe"), write(zoe, "autre chose")),
            (by_visitor("zoe"), Action::Conversation(zoe, ConversationAction::End)),
            (by_visitor("mallory"), write(zoe, "bonjour")),
            (administrator(), register("bob")),
        ] {
            let refused = floor.does_as(id, by, action).await;
            assert!(matches!(refused, Err(Error::Rejected(Rejection::KeyUsed))), "{refused:?}");
        }
        assert_eq!(floor.log().await, log);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_that_everybody_has_forgotten_is_not_begun_again() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let (conversation, by, action) = request("zoe");
        floor.does(by, action.clone()).await.unwrap();
        floor
            .does(by_operator("alice"), Action::Conversation(conversation, ConversationAction::PickUp))
            .await
            .unwrap();
        floor
            .does(by_operator("alice"), Action::Conversation(conversation, ConversationAction::End))
            .await
            .unwrap();
        let log = floor.log().await;
        let Action::Conversation(id, ConversationAction::Request(mut request)) = action else {
            panic!("a request")
        };
        request.visitor.id = domain::VisitorId::parse("mallory").unwrap();
        let again = Action::Conversation(id, ConversationAction::Request(request));
        assert!(floor.does(by_visitor("mallory"), again).await.is_err());
        assert_eq!(floor.log().await, log);
    })
    .await;
}
