//! What the journal is compared with: `CqrsFramework` over the stock repositories, the same aggregate and
//! the same commands.
//!
//! A stock store reads the whole stream of an aggregate for each command. To be fair to it, no livechat
//! gets more than [`COMMANDS_EACH`] commands here, and all were made beforehand.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use cqrs_es::persist::{PersistedEventRepository, PersistedEventStore};
use cqrs_es::{CqrsFramework, EventStore};
use domain::text::Text;
use domain::{Action, Command, ConversationAction, Livechat};
use futures::future::join_all;
use postgres_es::PostgresEventRepository;
use sqlite_es::SqliteEventRepository;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::database::Database;
use crate::floors::{Exchange, TEXT};

/// Commands that one livechat gets.
pub const COMMANDS_EACH: usize = 20;

/// Commands at once, and connections to the database.
pub const TASKS: u32 = 32;

/// Writes [`COMMANDS_EACH`] messages in each conversation, [`TASKS`] conversations at a time, each message
/// after the acknowledgement of the one before. Tells how long all of it took.
pub async fn write(database: &Database, exchanges: Vec<Exchange>) -> Duration {
    match database {
        Database::Postgres(server) => {
            let pool = sqlx::postgres::PgPoolOptions::new().max_connections(TASKS).min_connections(TASKS);
            let pool = pool.connect(server.url()).await.expect("PostgreSQL");
            run(PersistedEventStore::new_event_store(PostgresEventRepository::new(pool)), exchanges).await
        }
        Database::Sqlite(_) => {
            // One writer at a time is what SQLite can do; more connections only wait for each other.
            let options: SqliteConnectOptions = database.url().parse().expect("an address");
            let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
            let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options);
            let pool = pool.await.expect("SQLite");
            run(PersistedEventStore::new_event_store(SqliteEventRepository::new(pool)), exchanges).await
        }
    }
}

async fn run<R: PersistedEventRepository + 'static>(
    store: PersistedEventStore<R, Livechat>,
    exchanges: Vec<Exchange>,
) -> Duration
where
    PersistedEventStore<R, Livechat>: EventStore<Livechat, AC: Send> + 'static,
{
    let framework = Arc::new(CqrsFramework::new(store, vec![], ()));
    let text = Text::parse(TEXT).expect("a text");
    let share = exchanges.len().div_ceil(TASKS as usize);
    let started = Instant::now();
    let tasks = exchanges.chunks(share).map(|exchanges| {
        let (framework, text, exchanges) = (framework.clone(), text.clone(), exchanges.to_vec());
        tokio::spawn(async move {
            for exchange in exchanges {
                for _ in 0..COMMANDS_EACH {
                    let action =
                        Action::Conversation(exchange.conversation, ConversationAction::Write(text.clone()));
                    let command = Command { at: Utc::now(), by: exchange.visitor.clone(), action };
                    framework.execute(exchange.livechat.as_str(), command).await.expect("it is done");
                }
            }
        })
    });
    for done in join_all(tasks).await {
        done.expect("a writer writes");
    }
    started.elapsed()
}
