//! The common parts of the statements that create the views on both databases.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::catalogue::{Column, View};
use crate::database::Dialect;

/// The name of a view in a database.
pub(super) fn name(view: &View, dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => format!("analytics.{}", view.name),
        Dialect::Sqlite => format!("analytics_{}", view.name),
    }
}

/// The version of these statements: it changes when one of them does.
pub(super) fn version(statements: &str) -> String {
    let mut version = String::new();
    for byte in &Sha256::digest(statements)[..8] {
        // Writing to a string cannot fail.
        let _ = write!(version, "{byte:02x}");
    }
    version
}

pub(super) fn select(view: &View, dialect: Dialect, restriction: Option<&str>) -> String {
    let columns: Vec<String> = view.columns.iter().map(|column| selected(column, dialect)).collect();
    let only = view.only.map(|only| only.on(dialect));
    let conditions: Vec<&str> = only.as_deref().into_iter().chain(restriction).collect();
    let filter =
        if conditions.is_empty() { String::new() } else { format!("\nWHERE {}", conditions.join(" AND ")) };
    format!("SELECT {}\nFROM {}{filter}", columns.join(", "), view.source.on(dialect))
}

/// Names are quoted: other programs read a file of SQLite by their own grammar, in which `at` is a word.
fn selected(column: &Column, dialect: Dialect) -> String {
    match (column.expression(dialect), dialect) {
        (None, Dialect::Postgres) => column.name.to_owned(),
        (None, Dialect::Sqlite) => format!("\"{}\"", column.name),
        (Some(expression), Dialect::Postgres) => format!("{expression} AS {}", column.name),
        (Some(expression), Dialect::Sqlite) => format!("{expression} AS \"{}\"", column.name),
    }
}

pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
