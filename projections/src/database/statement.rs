//! A query that one table and equalities do not say: text from the code, values as arguments, and the few
//! expressions that differ between the databases.

use domain::Instant;
use serde::de::DeserializeOwned;
use sqlx::Row as _;

use super::{Argument, Transaction};
use crate::error::Error;
use crate::format;
use crate::projection::Table;

/// A query being written. Its text is put together from words that stand in the code; values are always
/// arguments.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    speech: Speech,
    sql: String,
    arguments: Vec<Argument>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speech {
    Sqlite,
    Postgres,
}

impl Statement {
    /// Adds to the text.
    pub(crate) fn say(&mut self, sql: &str) {
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
    pub(crate) fn moment(&mut self, value: &Instant) {
        self.argument(Argument::Text(format::millis::text(value)), "::text::timestamptz");
    }

    /// What is added is one of several values.
    pub(crate) fn list(&mut self, values: &[String]) {
        for (index, value) in values.iter().enumerate() {
            self.say(if index == 0 { "" } else { ", " });
            self.text(value);
        }
    }

    /// Adds: this text is in that one.
    pub(crate) fn contains(&mut self, expression: &str, part: &str) {
        self.say(match self.speech {
            Speech::Sqlite => "instr(",
            Speech::Postgres => "strpos(",
        });
        self.say(expression);
        self.say(", ");
        self.text(part);
        self.say(") > 0");
    }

    /// Adds: the answer to a field, in a column of answers, is a rating in this range.
    pub(crate) fn rated(&mut self, answers: &str, field: &str, from: i64, to: i64) {
        match self.speech {
            Speech::Sqlite => {
                self.say(&format!("json_extract({answers}, "));
                self.text(&format!("$.\"{field}\".rating"));
                self.say(") BETWEEN ");
            }
            Speech::Postgres => {
                self.say(&format!("({answers} -> "));
                self.text(field);
                self.say(" ->> 'rating')::bigint BETWEEN ");
            }
        }
        self.integer(from);
        self.say(" AND ");
        self.integer(to);
    }

    /// Adds: the answer to a field, in a column of answers, is this choice, or has it among others.
    pub(crate) fn chosen(&mut self, answers: &str, field: &str, choice: &str) {
        match self.speech {
            Speech::Sqlite => {
                self.say(&format!("(json_extract({answers}, "));
                self.text(&format!("$.\"{field}\".choice"));
                self.say(") = ");
                self.text(choice);
                self.say(&format!(" OR EXISTS (SELECT 1 FROM json_each({answers}, "));
                self.text(&format!("$.\"{field}\".choices"));
                self.say(") WHERE value = ");
                self.text(choice);
                self.say("))");
            }
            Speech::Postgres => {
                self.say(&format!("({answers} -> "));
                self.text(field);
                self.say(" ->> 'choice' = ");
                self.text(choice);
                self.say(&format!(" OR {answers} -> "));
                self.text(field);
                self.say(" -> 'choices' ? ");
                self.text(choice);
                self.say(")");
            }
        }
    }

    /// Adds one of two texts.
    pub(crate) fn dialect(&mut self, sqlite: &str, postgres: &str) {
        self.say(match self.speech {
            Speech::Sqlite => sqlite,
            Speech::Postgres => postgres,
        });
    }

    /// Adds one of two values.
    pub(crate) fn dialect_text(&mut self, sqlite: &str, postgres: &str) {
        match self.speech {
            Speech::Sqlite => self.text(sqlite),
            Speech::Postgres => self.text(postgres),
        }
    }

    fn argument(&mut self, argument: Argument, kind: &str) {
        self.arguments.push(argument);
        self.sql.push('$');
        self.sql.push_str(&self.arguments.len().to_string());
        if self.speech == Speech::Postgres {
            self.sql.push_str(kind);
        }
    }
}

impl Transaction {
    /// An empty query.
    pub(crate) const fn statement(&self) -> Statement {
        let speech = match self {
            Self::Sqlite(_) => Speech::Sqlite,
            Self::Postgres(_) => Speech::Postgres,
        };
        Statement { speech, sql: String::new(), arguments: vec![] }
    }

    /// A stored row of a table as a JSON object, as an expression.
    pub(crate) fn row_of(&self, table: Table) -> String {
        (self.dialect().row)(table)
    }

    /// The rows that a query finds: its one column is a JSON object.
    pub(crate) async fn find<R: DeserializeOwned>(
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
