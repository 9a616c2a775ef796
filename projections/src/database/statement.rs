//! A query that one table and equalities cannot express: text from the code, values as arguments, and the few
//! expressions that differ between the databases.

use domain::Timestamp;

use super::argument::Argument;
use super::dialect::Dialect;
use crate::encoding;

/// A query being written. Its text is put together from words that stand in the code; values are always
/// arguments.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    dialect: Dialect,
    pub(super) sql: String,
    pub(super) arguments: Vec<Argument>,
}

impl Statement {
    /// An empty query.
    pub(super) const fn new(dialect: Dialect) -> Self {
        Self { dialect, sql: String::new(), arguments: vec![] }
    }

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
        self.push_sql(match self.dialect {
            Dialect::Sqlite => "instr(",
            Dialect::Postgres => "strpos(",
        });
        self.push_sql(expression);
        self.push_sql(", ");
        self.text(part);
        self.push_sql(") > 0");
    }

    /// Adds: the answer to a field, in a column of answers, is a rating in this range.
    pub(crate) fn rated(&mut self, answers: &str, field: &str, from: i64, to: i64) {
        match self.dialect {
            Dialect::Sqlite => {
                self.push_sql(&format!("json_extract({answers}, "));
                self.text(&format!("$.\"{field}\".rating"));
                self.push_sql(") BETWEEN ");
            }
            Dialect::Postgres => {
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
        match self.dialect {
            Dialect::Sqlite => {
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
            Dialect::Postgres => {
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
        self.push_sql(match self.dialect {
            Dialect::Sqlite => sqlite,
            Dialect::Postgres => postgres,
        });
    }

    /// Adds one of two values.
    pub(crate) fn dialect_text(&mut self, sqlite: &str, postgres: &str) {
        match self.dialect {
            Dialect::Sqlite => self.text(sqlite),
            Dialect::Postgres => self.text(postgres),
        }
    }

    fn argument(&mut self, argument: Argument, kind: &str) {
        self.arguments.push(argument);
        self.sql.push('$');
        self.sql.push_str(&self.arguments.len().to_string());
        if self.dialect == Dialect::Postgres {
            self.sql.push_str(kind);
        }
    }
}
