//! Databases to test on: SQLite always, PostgreSQL when there is one.

use projections::assignments::Assignment;
use projections::audit::{AuditEntry, AuditSubjects};
use projections::contacts::Contact;
use projections::conversations::Conversations;
use projections::floor::{FloorConversations, FloorLivechats, FloorOperators};
use projections::operator_names::OperatorName;
use projections::operator_time::OperatorTime;
use projections::outbox::Outbox;
use projections::projection::{EventKey, Kind, Table};
use projections::search::SearchLines;
use projections::settings::Settings;
use projections::survey_answers::{PendingSurveys, SurveyAnswer};
use projections::transcript::Transcript;
use projections::{Database, HistoryRow, Memory, Projection, Slot};
use pupitre_tests::postgres;
use serde::de::DeserializeOwned;

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
        self.dump_of(Slot::Blue).await
    }

    /// The same of one of the two places.
    pub(crate) async fn dump_of(&self, slot: Slot) -> Dump {
        Dump {
            livechats: self.table_of::<FloorLivechats>(slot).await,
            operators: self.table_of::<FloorOperators>(slot).await,
            board: self.table_of::<FloorConversations>(slot).await,
            conversations: self.table_of::<Conversations>(slot).await,
            transcript: self.table_of::<Transcript>(slot).await,
            audit: self.left_of::<AuditEntry>(slot).await,
            audit_subjects: self.table_of::<AuditSubjects>(slot).await,
            settings: self.table_of::<Settings>(slot).await,
            outbox: self.table_of::<Outbox>(slot).await,
            search_lines: self.table_of::<SearchLines>(slot).await,
            pending_surveys: self.table_of::<PendingSurveys>(slot).await,
            contacts: self.left_of::<Contact>(slot).await,
            stays: self.left_of::<Assignment>(slot).await,
            operator_time: self.left_of::<OperatorTime>(slot).await,
            operator_names: self.left_of::<OperatorName>(slot).await,
            survey_answers: self.left_of::<SurveyAnswer>(slot).await,
            checkpoints: self.checkpoints(slot).await,
        }
    }

    pub(crate) async fn table<P: Projection>(&self) -> Vec<P::Row> {
        self.table_of::<P>(Slot::Blue).await
    }

    async fn table_of<P: Projection>(&self, slot: Slot) -> Vec<P::Row> {
        self.rows::<P::Key, P::Row>(slot, P::TABLE).await
    }

    pub(crate) async fn left<T: HistoryRow>(&self) -> Vec<T> {
        self.left_of::<T>(Slot::Blue).await
    }

    async fn left_of<T: HistoryRow>(&self, slot: Slot) -> Vec<T> {
        self.rows::<EventKey, T>(slot, T::TABLE).await
    }

    async fn rows<K: DeserializeOwned + Ord, R: DeserializeOwned>(&self, slot: Slot, table: Table) -> Vec<R> {
        let name = table.name;
        let rows: Vec<String> = if self.kind == "SQLite" {
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
            self.fetch(slot, &format!("SELECT json_object({}) FROM {name}", columns.join(", "))).await
        } else {
            let schema = self.schema(slot);
            self.fetch(slot, &format!("SELECT row_to_json({name})::text FROM {schema}{name}")).await
        };
        let mut keyed: Vec<(K, R)> = rows
            .iter()
            .map(|row| (serde_json::from_str(row).unwrap(), serde_json::from_str(row).unwrap()))
            .collect();
        keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
        keyed.into_iter().map(|(_, row)| row).collect()
    }

    async fn checkpoints(&self, slot: Slot) -> Vec<String> {
        let schema = self.schema(slot);
        let checkpoints =
            format!("SELECT livechat || ' ' || position FROM {schema}checkpoints ORDER BY livechat");
        self.fetch(slot, &checkpoints).await
    }

    /// What is written before the name of a table in one of the two places.
    pub(crate) fn schema(&self, slot: Slot) -> &'static str {
        match (self.kind, slot) {
            ("SQLite", _) => "",
            (_, Slot::Blue) => "projections.",
            (_, Slot::Green) => "projections_green.",
        }
    }

    /// The address of one of the two places.
    fn at(&self, slot: Slot) -> String {
        match (self.kind, slot) {
            ("SQLite", Slot::Green) => self.url.replace(".db", "-green.db"),
            _ => self.url.clone(),
        }
    }

    /// Changes the tables behind the back of the runner.
    pub(crate) async fn execute(&self, sql: &str) {
        self.execute_in(Slot::Blue, sql).await;
    }

    /// The same in one of the two places.
    pub(crate) async fn execute_in(&self, slot: Slot, sql: &str) {
        let url = self.at(slot);
        if self.kind == "SQLite" {
            let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
            sqlx::query(sql).execute(&pool).await.unwrap();
            pool.close().await;
        } else {
            let pool = sqlx::PgPool::connect(&url).await.unwrap();
            sqlx::query(sql).execute(&pool).await.unwrap();
            pool.close().await;
        }
    }

    async fn fetch(&self, slot: Slot, sql: &str) -> Vec<String> {
        let url = self.at(slot);
        if self.kind == "SQLite" {
            let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
            let rows = sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
            pool.close().await;
            rows
        } else {
            let pool = sqlx::PgPool::connect(&url).await.unwrap();
            let rows = sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
            pool.close().await;
            rows
        }
    }
}

/// What is in the tables.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Dump {
    pub(crate) livechats: Vec<<FloorLivechats as Projection>::Row>,
    pub(crate) operators: Vec<<FloorOperators as Projection>::Row>,
    pub(crate) board: Vec<<FloorConversations as Projection>::Row>,
    pub(crate) conversations: Vec<<Conversations as Projection>::Row>,
    pub(crate) transcript: Vec<<Transcript as Projection>::Row>,
    pub(crate) audit: Vec<AuditEntry>,
    pub(crate) audit_subjects: Vec<<AuditSubjects as Projection>::Row>,
    pub(crate) settings: Vec<<Settings as Projection>::Row>,
    pub(crate) outbox: Vec<<Outbox as Projection>::Row>,
    pub(crate) search_lines: Vec<<SearchLines as Projection>::Row>,
    pub(crate) pending_surveys: Vec<<PendingSurveys as Projection>::Row>,
    pub(crate) contacts: Vec<Contact>,
    pub(crate) stays: Vec<Assignment>,
    pub(crate) operator_time: Vec<OperatorTime>,
    pub(crate) operator_names: Vec<OperatorName>,
    pub(crate) survey_answers: Vec<SurveyAnswer>,
    pub(crate) checkpoints: Vec<String>,
}

impl Dump {
    /// What should be in the tables after these events.
    pub(crate) fn expected(events: &[std::sync::Arc<journal::Record>]) -> Self {
        let mut checkpoints = std::collections::BTreeMap::new();
        for event in events {
            checkpoints.insert(event.livechat.clone(), event.position);
        }
        Self {
            livechats: folded::<FloorLivechats>(events),
            operators: folded::<FloorOperators>(events),
            board: folded::<FloorConversations>(events),
            conversations: folded::<Conversations>(events),
            transcript: folded::<Transcript>(events),
            audit: {
                let of_conversations = memory::<Conversations>(events).history().of::<AuditEntry>();
                let of_others = memory::<AuditSubjects>(events).history().of::<AuditEntry>();
                let mut all = [of_conversations, of_others].concat();
                all.sort_by_key(|row| key(&row.livechat, row.position));
                all
            },
            audit_subjects: folded::<AuditSubjects>(events),
            settings: folded::<Settings>(events),
            outbox: folded::<Outbox>(events),
            search_lines: folded::<SearchLines>(events),
            pending_surveys: folded::<PendingSurveys>(events),
            contacts: left::<FloorConversations, Contact>(events, |row| key(&row.livechat, row.position)),
            stays: left::<FloorConversations, Assignment>(events, |row| key(&row.livechat, row.position)),
            operator_time: left::<FloorOperators, OperatorTime>(events, |row| {
                key(&row.livechat, row.position)
            }),
            operator_names: left::<FloorOperators, OperatorName>(events, |row| {
                key(&row.livechat, row.position)
            }),
            survey_answers: left::<PendingSurveys, SurveyAnswer>(events, |row| {
                key(&row.livechat, row.position)
            }),
            checkpoints: checkpoints.iter().map(|(id, position)| format!("{id} {position}")).collect(),
        }
    }
}

fn folded<P: Projection>(events: &[std::sync::Arc<journal::Record>]) -> Vec<P::Row> {
    memory::<P>(events).rows().into_iter().cloned().collect()
}

fn left<P: Projection, T: HistoryRow>(
    events: &[std::sync::Arc<journal::Record>],
    key: impl Fn(&T) -> (String, i64),
) -> Vec<T> {
    let mut rows = memory::<P>(events).history().of::<T>();
    rows.sort_by_key(key);
    rows
}

fn key(livechat: &str, position: i64) -> (String, i64) {
    (livechat.to_owned(), position)
}

fn memory<P: Projection>(events: &[std::sync::Arc<journal::Record>]) -> Memory<P> {
    let mut memory = Memory::with_history();
    for event in events {
        memory.apply(event);
    }
    memory
}
