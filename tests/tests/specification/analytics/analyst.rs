//! Somebody with SQL and nothing else.

use std::str::FromStr;

use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::sqlite::SqliteRow;
use sqlx::{Column, Connection, PgConnection, Row, SqliteConnection, TypeInfo, ValueRef};

/// Someone who may sign in to a PostgreSQL.
pub(crate) struct Analyst {
    login: String,
    url: String,
    connection: PgConnection,
}

impl Analyst {
    /// A new login that may take this role.
    pub(crate) async fn with_role(url: &str, role: &str) -> Self {
        let login = format!("analyst_{}", uuid::Uuid::now_v7().simple());
        administrator(url, &format!("CREATE ROLE {login} LOGIN PASSWORD 'secret'")).await;
        administrator(url, &format!("GRANT {role} TO {login}")).await;
        let options = PgConnectOptions::from_str(url).unwrap().username(&login).password("secret");
        let connection = PgConnection::connect_with(&options).await.unwrap();
        Self { login, url: url.to_owned(), connection }
    }

    /// Is granted a livechat, or all with `*`.
    pub(crate) async fn may_read(self, livechat: &str) -> Self {
        self.grant(livechat).await;
        self
    }

    pub(crate) async fn grant(&self, livechat: &str) {
        let grant = format!("INSERT INTO analytics.grants VALUES ('{}', '{livechat}')", self.login);
        administrator(&self.url, &grant).await;
    }

    /// What a query answers, each row an object.
    pub(crate) async fn asks(&mut self, sql: &str) -> Vec<Value> {
        self.tries(sql).await.unwrap_or_else(|error| panic!("{error}\n{sql}"))
    }

    pub(crate) async fn tries(&mut self, sql: &str) -> Result<Vec<Value>, sqlx::Error> {
        let sql = format!("SELECT to_jsonb(answer) FROM ({sql}) AS answer");
        sqlx::query_scalar(&sql).fetch_all(&mut self.connection).await
    }

    /// Runs a statement, whatever it is.
    pub(crate) async fn does(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(sql).execute(&mut self.connection).await.map(|_| ())
    }

    /// Is refused for want of a right, and for nothing else.
    pub(crate) async fn may_not(&mut self, sql: &str) {
        const INSUFFICIENT_PRIVILEGE: &str = "42501";
        let error = self.does(sql).await.expect_err(sql);
        let code = error.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
        assert_eq!(code.as_deref(), Some(INSUFFICIENT_PRIVILEGE), "{sql}: {error}");
    }

    pub(crate) async fn leaves(self) {
        self.connection.close().await.unwrap();
        administrator(&self.url, &format!("DROP ROLE {}", self.login)).await;
    }
}

/// The owner of the database runs a statement.
pub(crate) async fn administrator(url: &str, sql: &str) {
    let pool = PgPool::connect(url).await.unwrap();
    sqlx::raw_sql(sql).execute(&pool).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
    pool.close().await;
}

/// What SQLite answers, each row an object.
pub(crate) async fn sqlite(url: &str, sql: &str) -> Vec<Value> {
    let mut connection = SqliteConnection::connect(url).await.unwrap();
    let rows = sqlx::query(sql).fetch_all(&mut connection).await;
    let rows = rows.unwrap_or_else(|error| panic!("{error}\n{sql}"));
    connection.close().await.unwrap();
    rows.iter().map(object).collect()
}

fn object(row: &SqliteRow) -> Value {
    let value = |index| {
        let raw = row.try_get_raw(index).unwrap();
        match raw.type_info().name() {
            "INTEGER" => json!(row.get::<Option<i64>, _>(index)),
            "REAL" => json!(row.get::<Option<f64>, _>(index)),
            "NULL" => Value::Null,
            _ => json!(row.get::<Option<String>, _>(index)),
        }
    };
    row.columns().iter().map(|column| (column.name().to_owned(), value(column.ordinal()))).collect()
}
