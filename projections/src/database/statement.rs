//! A query that one table and equalities do not say: text from the code, values as arguments, and the few
//! expressions that differ between the databases.

use domain::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::Row as _;

use super::{Argument, Transaction};
use crate::encoding;
use crate::error::Error;
use crate::projection::Table;

/// A query being written. Its text is put together from words that stand in the code; values are always
/// arguments.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    syntax: Syntax,
    sql: String,
    arguments: Vec<Argument>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Syntax {
    Sqlite,
    Postgres,
}

impl Statement {
    /// Adds to the text.
    pub(crate) fn push_sql(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    /// Adds a value.
    pub(crate) fn text(&mut self, value: &(impl ToString + ?Sized)) {
        self.argument(Argument::Text(value.to_string()), "::text");
    }

    /// Adds a value.
    pub(crate) fn integer(&mut self, value: i64) {
        self.argument(Argument::Integer(value), "::bigint");
    }

    /// Adds a value.
    pub(crate) fn time(&mut self, value: &Timestamp) {
        self.argument(Argument::Text(encoding::millis::text(value)), "::text::timestamptz");
    }

    /// What is added is one of several values.
    pub(crate) fn list(&mut self, values: &[String]) {
        for (index, value) in values.iter().enumerate() {
            self.push_sql(if index == 0 { "" } else { ", " });
            self.text(value);
        }
    }

    /// Adds: this text is in that one.
    pub(crate) fn contains(&mut self, expression: &str, part: &str) {
        self.push_sql(match self.syntax {
            Syntax::Sqlite => "instr(",
            Syntax::Postgres => "strpos(",
        });
        self.push_sql(expression);
        self.push_sql(", ");
        self.text(part);
        self.push_sql(") > 0");
    }

    /// Adds: the answer to a field, in a column of answers, is a rating in this range.
    pub(crate) fn rated(&mut self, answers: &str, field: &str, from: i64, to: i64) {
        match self.syntax {
            Syntax::Sqlite => {
                self.push_sql(&format!("json_extract({answers}, "));
                self.text(&format!("$.\"{field}\".rating"));
                self.push_sql(") BETWEEN ");
            }
            Syntax::Postgres => {
                self.push_sql(&format!("({answers} -> "));
                self.text(field);
                self.push_sql(" ->> 'rating')::bigint BETWEEN ");
            }
        }
        self.integer(from);
        self.push_sql(" AND ");
        self.integer(to);
    }

    /// Adds: the answer to a field, in a column of answers, is this choice, or has it among others.
    pub(crate) fn chosen(&mut self, answers: &str, field: &str, choice: &str) {
        match self.syntax {
            Syntax::Sqlite => {
                self.push_sql(&format!("(json_extract({answers}, "));
                self.text(&format!("$.\"{field}\".choice"));
                self.push_sql(") = ");
                self.text(choice);
                self.push_sql(&format!(" OR EXISTS (SELECT 1 FROM json_each({answers}, "));
                self.text(&format!("$.\"{field}\".choices"));
                self.push_sql(") WHERE value = ");
                self.text(choice);
                self.push_sql("))");
            }
            Syntax::Postgres => {
                self.push_sql(&format!("({answers} -> "));
                self.text(field);
                self.push_sql(" ->> 'choice' = ");
                self.text(choice);
                self.push_sql(&format!(" OR {answers} -> "));
                self.text(field);
                self.push_sql(" -> 'choices' ? ");
                self.text(choice);
                self.push_sql(")");
            }
        }
    }

    /// Adds one of two texts.
    pub(crate) fn dialect(&mut self, sqlite: &str, postgres: &str) {
        self.push_sql(match self.syntax {
            Syntax::Sqlite => sqlite,
            Syntax::Postgres => postgres,
        });
    }

    /// Adds one of two values.
    pub(crate) fn dialect_text(&mut self, sqlite: &str, postgres: &str) {
        match self.syntax {
            Syntax::Sqlite => self.text(sqlite),
            Syntax::Postgres => self.text(postgres),
        }
    }

    fn argument(&mut self, argument: Argument, kind: &str) {
        self.arguments.push(argument);
        self.sql.push('$');
        self.sql.push_str(&self.arguments.len().to_string());
        if self.syntax == Syntax::Postgres {
            self.sql.push_str(kind);
        }
    }
}

impl Transaction {
    /// An empty query.
    pub(crate) const fn statement(&self) -> Statement {
        let syntax = match self {
            Self::Sqlite(_) => Syntax::Sqlite,
            Self::Postgres(_) => Syntax::Postgres,
        };
        Statement { syntax, sql: String::new(), arguments: vec![] }
    }

    /// A stored row of a table as a JSON object, as an expression.
    pub(crate) fn row_of(&self, table: Table) -> String {
        (self.dialect().row)(table)
    }

    /// The rows that a query finds: its one column is a JSON object.
    pub(crate) async fn query_json<R: DeserializeOwned>(
        &mut self,
        of: Table,
        statement: Statement,
    ) -> Result<Vec<R>, Error> {
        let rows = self.fetch(&statement.sql, statement.arguments).await?;
        rows.iter()
            .map(|row| serde_json::from_str(row).map_err(|source| Error::Row { table: of.name, source }))
            .collect()
    }

    /// The number that a query finds: its one column is a number as text.
    pub(crate) async fn number(&mut self, statement: Statement) -> Result<u64, Error> {
        let rows = self.fetch(&statement.sql, statement.arguments).await?;
        Ok(rows.first().and_then(|number| number.parse().ok()).unwrap_or_default())
    }

    /// What the database does to answer a query: the text, then one line per step.
    pub(crate) async fn explain(&mut self, statement: Statement) -> Result<Vec<String>, Error> {
        let mut lines = vec![statement.sql.clone()];
        macro_rules! explained {
            ($transaction:expr, $explain:literal, $column:literal) => {{
                let sql = format!("{} {}", $explain, statement.sql);
                let mut query = sqlx::query(&sql);
                for argument in statement.arguments {
                    query = match argument {
                        Argument::Text(text) => query.bind(text),
                        Argument::Integer(integer) => query.bind(integer),
                    };
                }
                for row in query.fetch_all(&mut **$transaction).await? {
                    lines.push(row.try_get::<String, _>($column)?);
                }
            }};
        }
        match self {
            Self::Sqlite(transaction) => explained!(transaction, "EXPLAIN QUERY PLAN", "detail"),
            Self::Postgres(transaction) => explained!(transaction, "EXPLAIN", "QUERY PLAN"),
        }
        Ok(lines)
    }
}
