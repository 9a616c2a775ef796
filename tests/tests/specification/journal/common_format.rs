//! The log is in the common format: the event repositories of postgres-es and sqlite-es read it as
//! their own.

use cqrs_es::persist::{PersistedEventRepository, PersistedEventStore};
use cqrs_es::{AggregateContext, EventStore};
use domain::{Action, ConversationAction, Livechat};
use postgres_es::PostgresEventRepository;
use pupitre_tests::store::{Sql, each_store};
use sqlite_es::SqliteEventRepository;

use super::floor::Floor;
use super::story::{by_operator, write};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stock_repository_reads_the_log_and_folds_it_to_the_same_state() {
    each_store(async |under_test| {
        let floor = Floor::over(under_test.open().await).await;
        let zoe = floor.conversation("zoe").await;
        floor.conversation("yann").await;
        floor.says("zoe", zoe, "l'été 🙂\n\"\\\u{1}").await.unwrap();
        floor.does(by_operator("alice"), write(zoe, "bonjour")).await.unwrap();
        floor.does(by_operator("alice"), Action::Conversation(zoe, ConversationAction::End)).await.unwrap();
        let neighbour = floor.neighbour("sales");
        neighbour.open().await;

        for floor in [floor, neighbour] {
            match under_test.sql().await {
                Sql::Sqlite(pool) => assert_stock_agrees(SqliteEventRepository::new(pool), &floor).await,
                Sql::Postgres(pool) => assert_stock_agrees(PostgresEventRepository::new(pool), &floor).await,
            }
        }
    })
    .await;
}

async fn assert_stock_agrees(repository: impl PersistedEventRepository, floor: &Floor) {
    let stock = PersistedEventStore::<_, Livechat>::new_event_store(repository);
    let events = stock.load_events(floor.livechat.as_str()).await.unwrap();
    let log = floor.log().await;
    assert!(!log.is_empty());
    assert_eq!(events.len(), log.len());
    for (event, record) in events.iter().zip(&log) {
        assert_eq!(event.aggregate_id, record.livechat.as_str());
        assert_eq!(event.sequence as u64, record.position);
        assert_eq!(event.payload, record.event);
        assert_eq!(event.metadata["command"], record.command.to_string());
    }
    let mut context = stock.load_aggregate(floor.livechat.as_str()).await.unwrap();
    assert_eq!(context.current_sequence as u64, log.last().unwrap().position);
    assert_eq!(*context.aggregate(), floor.state().await);
}
