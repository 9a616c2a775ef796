//! Databases to test on: SQLite always, PostgreSQL when there is one.

use projections::audit::{AuditSubjects, Deed};
use projections::board::{BoardConversations, BoardLivechats, BoardOperators};
use projections::conversations::Conversations;
use projections::outbox::Outbox;
use projections::projection::{Kind, Table};
use projections::settings::Settings;
use projections::survey_answers::SurveyAnswers;
use projections::transcript::Transcript;
use projections::{Database, Memory, Projection, Trace};
use pupitre_tests::postgres;
/// An empty database of one kind.
pub(crate) struct Scratch {
    pub(crate) kind: &'static str,
    pub(crate) url: String,
    _folder: Option<tempfile::TempDir>,
    _postgres: Option<postgres::Scratch>,
}

impl Scratch {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("projections.db").display());
        Self { kind: "SQLite", url, _folder: Some(folder), _postgres: None }
    }

    /// One of each kind that there is.
    pub(crate) async fn each() -> Vec<Self> {
        let mut all = vec![Self::sqlite()];
        if let Some(database) = postgres::scratch().await {
            let url = database.url().to_owned();
            all.push(Self { kind: "PostgreSQL", url, _folder: None, _postgres: Some(database) });
        }
        all
    }

    pub(crate) async fn open(&self) -> Database {
        Database::open(&self.url).await.unwrap()
    }

    /// Everything in the tables, by a way of its own: each row as JSON text of its columns, sorted.
    pub(crate) async fn dump(&self) -> Dump {
        Dump {
            livechats: self.table::<BoardLivechats>().await,
            operators: self.table::<BoardOperators>().await,
            board: self.table::<BoardConversations>().await,
            conversations: self.table::<Conversations>().await,
            transcript: self.table::<Transcript>().await,
            audit: self.left::<Deed>().await,
            audit_subjects: self.table::<AuditSubjects>().await,
            settings: self.table::<Settings>().await,
            outbox: self.table::<Outbox>().await,
            survey_answers: self.table::<SurveyAnswers>().await,
            checkpoints: self.checkpoints().await,
        }
    }

    async fn table<P: Projection>(&self) -> Vec<P::Row> {
        let mut keyed: Vec<(P::Key, P::Row)> = self
            .rows(P::TABLE)
            .await
            .iter()
            .map(|row| (serde_json::from_str(row).unwrap(), serde_json::from_str(row).unwrap()))
            .collect();
        keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
        keyed.into_iter().map(|(_, row)| row).collect()
    }

    /// What rows have left behind.
    async fn left<T: Trace>(&self) -> Vec<T> {
        let rows = self.rows(T::TABLE).await;
        sorted(rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect())
    }

    async fn rows(&self, table: Table) -> Vec<String> {
        let name = table.name;
        if self.kind == "SQLite" {
            let columns: Vec<String> = table
                .columns
                .iter()
                .map(|column| match column.kind {
                    Kind::Json => {
                        format!("'{0}', json({0})", column.name)
                    }
                    Kind::Flag => format!("'{0}', json(iif({0}, 'true', 'false'))", column.name),
                    Kind::Text | Kind::Integer | Kind::Time => format!("'{0}', {0}", column.name),
                })
                .collect();
            self.fetch(&format!("SELECT json_object({}) FROM {name}", columns.join(", "))).await
        } else {
            self.fetch(&format!("SELECT row_to_json({name})::text FROM projections.{name}")).await
        }
    }

    async fn checkpoints(&self) -> Vec<String> {
        let schema = if self.kind == "SQLite" { "" } else { "projections." };
        self.fetch(&format!("SELECT livechat || ' ' || position FROM {schema}checkpoints ORDER BY livechat"))
            .await
    }

    /// Changes the tables behind the back of the runner.
    pub(crate) async fn execute(&self, sql: &str) {
        if self.kind == "SQLite" {
            let pool = sqlx::SqlitePool::connect(&self.url).await.unwrap();
            sqlx::query(sql).execute(&pool).await.unwrap();
            pool.close().await;
        } else {
            let pool = sqlx::PgPool::connect(&self.url).await.unwrap();
            sqlx::query(sql).execute(&pool).await.unwrap();
            pool.close().await;
        }
    }

    async fn fetch(&self, sql: &str) -> Vec<String> {
        if self.kind == "SQLite" {
            let pool = sqlx::SqlitePool::connect(&self.url).await.unwrap();
            let rows = sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
            pool.close().await;
            rows
        } else {
            let pool = sqlx::PgPool::connect(&self.url).await.unwrap();
            let rows = sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
            pool.close().await;
            rows
        }
    }
}

/// What is in the tables.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Dump {
    pub(crate) livechats: Vec<<BoardLivechats as Projection>::Row>,
    pub(crate) operators: Vec<<BoardOperators as Projection>::Row>,
    pub(crate) board: Vec<<BoardConversations as Projection>::Row>,
    pub(crate) conversations: Vec<<Conversations as Projection>::Row>,
    pub(crate) transcript: Vec<<Transcript as Projection>::Row>,
    pub(crate) audit: Vec<Deed>,
    pub(crate) audit_subjects: Vec<<AuditSubjects as Projection>::Row>,
    pub(crate) settings: Vec<<Settings as Projection>::Row>,
    pub(crate) outbox: Vec<<Outbox as Projection>::Row>,
    pub(crate) survey_answers: Vec<<SurveyAnswers as Projection>::Row>,
    pub(crate) checkpoints: Vec<String>,
}

impl Dump {
    /// What should be in the tables after these events.
    pub(crate) fn expected(events: &[std::sync::Arc<journal::Recorded>]) -> Self {
        let mut checkpoints = std::collections::BTreeMap::new();
        for event in events {
            checkpoints.insert(event.livechat.clone(), event.position);
        }
        Self {
            livechats: folded::<BoardLivechats>(events),
            operators: folded::<BoardOperators>(events),
            board: folded::<BoardConversations>(events),
            conversations: folded::<Conversations>(events),
            transcript: folded::<Transcript>(events),
            audit: sorted(
                [left::<Conversations, Deed>(events), left::<AuditSubjects, Deed>(events)].concat(),
            ),
            audit_subjects: folded::<AuditSubjects>(events),
            settings: folded::<Settings>(events),
            outbox: folded::<Outbox>(events),
            survey_answers: folded::<SurveyAnswers>(events),
            checkpoints: checkpoints.iter().map(|(id, position)| format!("{id} {position}")).collect(),
        }
    }
}

fn folded<P: Projection>(events: &[std::sync::Arc<journal::Recorded>]) -> Vec<P::Row> {
    let mut memory = Memory::<P>::default();
    for event in events {
        memory.apply(event);
    }
    memory.rows().into_iter().cloned().collect()
}

fn left<P: Projection, T: Trace>(events: &[std::sync::Arc<journal::Recorded>]) -> Vec<T> {
    let mut memory = Memory::<P>::default();
    for event in events {
        memory.apply(event);
    }
    memory.traces().of()
}

/// In the order of their keys.
fn sorted<T: Trace>(mut rows: Vec<T>) -> Vec<T> {
    rows.sort_by_cached_key(|row| {
        let row = serde_json::to_value(row).unwrap();
        let key = T::TABLE.key.iter().map(|column| (row[*column].as_i64(), row[*column].to_string()));
        key.collect::<Vec<_>>()
    });
    rows
}
