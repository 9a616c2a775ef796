//! The statements of every table, the same on both databases but for three expressions.

use std::fmt::Write as _;

use crate::projection::{Column, Table};

/// What differs between the databases.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dialect {
    /// A stored row as a JSON object, in text, for queries that return more than a row.
    pub(crate) row: fn(Table) -> String,
    /// A query that gives so many rows of these columns, which come as the arguments of the statement.
    pub(crate) incoming: fn(&[Column], usize) -> String,
    /// What makes a time of an argument that is text, written after it.
    pub(crate) time_cast: &'static str,
}

impl Dialect {
    pub(crate) fn load(self, table: Table, rows: usize) -> String {
        let keys = key_columns(table);
        // SQLite takes a cross join in the order it is written: keys first, then rows by index.
        format!(
            "SELECT {} FROM ({}) AS wanted CROSS JOIN {name} WHERE {}",
            row(table),
            (self.incoming)(&keys, rows),
            same_key(table),
            name = table.name,
        )
    }

    pub(crate) fn upsert(self, table: Table, rows: usize) -> String {
        let changes: Vec<String> = table
            .columns
            .iter()
            .filter(|column| !table.key.contains(&column.name))
            .map(|column| format!("{0} = excluded.{0}", column.name))
            .collect();
        format!("{} {} DO UPDATE SET {}", self.insert(table, rows), on_conflict(table), changes.join(", "))
    }

    pub(crate) fn claim(self, table: Table, rows: usize) -> String {
        let first = table.key.first().copied().unwrap_or_default();
        // An update that changes nothing takes the lock and lets the row be returned.
        format!(
            "{} {} DO UPDATE SET {first} = excluded.{first} RETURNING {}",
            self.insert(table, rows),
            on_conflict(table),
            row(table)
        )
    }

    pub(crate) fn delete(self, table: Table, columns: &[Column], rows: usize) -> String {
        format!(
            "DELETE FROM {} WHERE ({}) IN ({})",
            table.name,
            names(columns).join(", "),
            (self.incoming)(columns, rows)
        )
    }

    /// For rows that are new for sure: half the price of an upsert on PostgreSQL.
    pub(crate) fn insert(self, table: Table, rows: usize) -> String {
        // `WHERE true` tells SQLite that the ON CONFLICT that may follow is not part of a join.
        format!(
            "INSERT INTO {} ({}) {} WHERE true",
            table.name,
            names(table.columns).join(", "),
            (self.incoming)(table.columns, rows),
        )
    }
}

pub(super) fn names(columns: &[Column]) -> Vec<&'static str> {
    columns.iter().map(|column| column.name).collect()
}

/// A whole row, in the order of the columns.
pub(super) fn row(table: Table) -> String {
    let columns: Vec<String> =
        names(table.columns).into_iter().map(|column| format!("{}.{column}", table.name)).collect();
    columns.join(", ")
}

fn on_conflict(table: Table) -> String {
    format!("ON CONFLICT ({})", table.key.join(", "))
}

fn key_columns(table: Table) -> Vec<Column> {
    table.columns.iter().filter(|column| table.key.contains(&column.name)).copied().collect()
}

fn same_key(table: Table) -> String {
    let mut condition = String::new();
    for (index, key) in table.key.iter().enumerate() {
        let and = if index == 0 { "" } else { " AND " };
        // Writing to a string cannot fail.
        let _ = write!(condition, "{and}{}.{key} = wanted.{key}", table.name);
    }
    condition
}
