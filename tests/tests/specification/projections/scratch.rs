//! Databases to test on: SQLite always, PostgreSQL when there is one.

use projections::audit::Audit;
use projections::board::{BoardConversations, BoardLivechats, BoardOperators};
use projections::conversations::Conversations;
use projections::outbox::Outbox;
use projections::projection::Kind;
use projections::settings::Settings;
use projections::survey_answers::SurveyAnswers;
use projections::transcript::Transcript;
use projections::{Colour, Database, Memory, Projection};
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
        self.dump_of(Colour::Blue).await
    }

    /// The same of one of the two places.
    pub(crate) async fn dump_of(&self, colour: Colour) -> Dump {
        Dump {
            livechats: self.table::<BoardLivechats>(colour).await,
            operators: self.table::<BoardOperators>(colour).await,
            board: self.table::<BoardConversations>(colour).await,
            conversations: self.table::<Conversations>(colour).await,
            transcript: self.table::<Transcript>(colour).await,
            audit: self.table::<Audit>(colour).await,
            settings: self.table::<Settings>(colour).await,
            outbox: self.table::<Outbox>(colour).await,
            survey_answers: self.table::<SurveyAnswers>(colour).await,
            checkpoints: self.checkpoints(colour).await,
        }
    }

    async fn table<P: Projection>(&self, colour: Colour) -> Vec<P::Row> {
        let name = P::TABLE.name;
        let rows: Vec<String> = if self.kind == "SQLite" {
            let columns: Vec<String> = P::TABLE
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
            self.fetch(colour, &format!("SELECT json_object({}) FROM {name}", columns.join(", "))).await
        } else {
            let schema = self.schema(colour);
            self.fetch(colour, &format!("SELECT row_to_json({name})::text FROM {schema}{name}")).await
        };
        let mut keyed: Vec<(P::Key, P::Row)> = rows
            .iter()
            .map(|row| (serde_json::from_str(row).unwrap(), serde_json::from_str(row).unwrap()))
            .collect();
        keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
        keyed.into_iter().map(|(_, row)| row).collect()
    }

    async fn checkpoints(&self, colour: Colour) -> Vec<String> {
        let schema = self.schema(colour);
        let checkpoints =
            format!("SELECT livechat || ' ' || position FROM {schema}checkpoints ORDER BY livechat");
        self.fetch(colour, &checkpoints).await
    }

    /// What is written before the name of a table in one of the two places.
    pub(crate) fn schema(&self, colour: Colour) -> &'static str {
        match (self.kind, colour) {
            ("SQLite", _) => "",
            (_, Colour::Blue) => "projections.",
            (_, Colour::Green) => "projections_green.",
        }
    }

    /// The address of one of the two places.
    fn at(&self, colour: Colour) -> String {
        match (self.kind, colour) {
            ("SQLite", Colour::Green) => self.url.replace(".db", "-green.db"),
            _ => self.url.clone(),
        }
    }

    /// Changes the tables behind the back of the runner.
    pub(crate) async fn execute(&self, sql: &str) {
        self.execute_in(Colour::Blue, sql).await;
    }

    /// The same in one of the two places.
    pub(crate) async fn execute_in(&self, colour: Colour, sql: &str) {
        let url = self.at(colour);
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

    async fn fetch(&self, colour: Colour, sql: &str) -> Vec<String> {
        let url = self.at(colour);
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
    pub(crate) livechats: Vec<<BoardLivechats as Projection>::Row>,
    pub(crate) operators: Vec<<BoardOperators as Projection>::Row>,
    pub(crate) board: Vec<<BoardConversations as Projection>::Row>,
    pub(crate) conversations: Vec<<Conversations as Projection>::Row>,
    pub(crate) transcript: Vec<<Transcript as Projection>::Row>,
    pub(crate) audit: Vec<<Audit as Projection>::Row>,
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
            audit: folded::<Audit>(events),
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
