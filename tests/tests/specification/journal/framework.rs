//! Commands through `CqrsFramework`: the journal is an event store of cqrs-es.

use std::collections::HashMap;

use cqrs_es::{AggregateContext, AggregateError, CqrsFramework, EventStore};
use domain::id::CommandId;
use domain::{Action, Actor, Command, ConversationAction, Livechat, Rejection};
use journal::Journal;
use pupitre_tests::faulty::FaultyStore;
use pupitre_tests::patience::soon;
use pupitre_tests::store::each_store;
use uuid::Uuid;

use super::floor::{Floor, assert_gapless};
use super::story::{administrator, beginning, by_visitor, opening, register, request, write};

fn framework(journal: &Journal) -> CqrsFramework<Livechat, Journal> {
    CqrsFramework::new(journal.clone(), vec![], ())
}

fn command(by: Actor, action: Action) -> Command {
    Command { at: beginning(), by, action }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_executes_commands() {
    each_store(async |under_test| {
        let floor = Floor::again(under_test.open().await);
        let framework = framework(&floor.journal);
        for (by, action) in opening() {
            soon(framework.execute("support", command(by, action))).await.unwrap();
        }
        let (zoe, by, action) = request("zoe");
        soon(framework.execute("support", command(by, action))).await.unwrap();
        soon(framework.execute("support", command(by_visitor("zoe"), write(zoe, "bonjour")))).await.unwrap();

        let log = floor.log().await;
        assert_gapless(&log, 1);
        assert!(floor.state().await.conversation(zoe).is_some());
        assert_eq!(floor.state().await, floor.folded().await);
        let events = floor.journal.load_events("support").await.unwrap();
        assert_eq!(events.len(), log.len());
        for (event, record) in events.iter().zip(&log) {
            assert_eq!(event.aggregate_id, "support");
            assert_eq!(event.sequence as u64, record.position);
            assert_eq!(event.payload, record.event);
        }
        // And the livechat goes on in the other way.
        assert_eq!(floor.says("zoe", zoe, "encore").await.unwrap().position, log.len() as u64 + 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_command_leaves_everything_unchanged() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let (log, state) = (floor.log().await, floor.state().await);
        let refused =
            framework(&floor.journal).execute("support", command(by_visitor("zoe"), register("zoe"))).await;
        assert!(matches!(refused, Err(AggregateError::UserError(Rejection::Forbidden { .. }))));
        assert_eq!(floor.log().await, log);
        assert_eq!(floor.state().await, state);
        floor.does(administrator(), register("bob")).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_is_given_up_halfway_leaves_everything_unchanged() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let (log, state) = (floor.log().await, floor.state().await);
        let mut context = floor.journal.load_aggregate("support").await.unwrap();
        context.aggregate().handle_command(&command(administrator(), register("bob"))).unwrap();
        drop(context);
        assert_eq!(floor.log().await, log);
        assert_eq!(floor.state().await, state);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_waits_for_what_is_being_written_and_harms_nobody() {
    each_store(async |under_test| {
        let store = FaultyStore::over(under_test.open().await);
        let floor = Floor::over(store.clone()).await;
        let zoe = floor.conversation("zoe").await;
        let framework = framework(&floor.journal);
        let before = floor.log().await.len();
        store.hold();
        let begun = store.begun();
        let mut first =
            Box::pin(floor.does(by_visitor("zoe"), Action::Conversation(zoe, ConversationAction::End)));
        assert!(futures::poll!(&mut first).is_pending());
        soon(store.has_begun(begun + 1)).await;
        // Refused because of the end that is being written.
        let mut refused =
            Box::pin(framework.execute("support", command(by_visitor("zoe"), write(zoe, "trop tard"))));
        assert!(futures::poll!(&mut refused).is_pending());
        let mut second = Box::pin(floor.does(administrator(), register("bob")));
        assert!(futures::poll!(&mut second).is_pending());
        store.release();
        let (first, refused, second) = soon(async { tokio::join!(first, refused, second) }).await;
        assert!(first.is_ok());
        assert!(matches!(refused, Err(AggregateError::UserError(Rejection::Conversation(_)))));
        assert_eq!(second.unwrap().records.len(), 1);
        let log = floor.log().await;
        assert_gapless(&log, 1);
        assert_eq!(log.len(), before + 2);
        assert_eq!(floor.state().await, floor.folded().await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_id_of_a_command_travels_in_the_metadata() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let id = CommandId(Uuid::now_v7());
        let metadata = HashMap::from([("command".to_owned(), id.to_string())]);
        framework(&floor.journal)
            .execute_with_metadata("support", command(administrator(), register("bob")), metadata)
            .await
            .unwrap();
        let log = floor.log().await;
        assert_eq!(log.last().unwrap().command, id);
        let repeated = floor.does_as(id, administrator(), register("bob")).await.unwrap();
        assert_eq!(repeated.records, [log.last().unwrap().clone()]);
    })
    .await;
}
