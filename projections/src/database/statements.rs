//! The statements of every table, the same on both databases but for what [`Dialect`] says.

use std::fmt::Write as _;

use super::dialect::Dialect;
use super::table::{Column, Table, names};

impl Dialect {
    pub(crate) fn load(self, table: Table, rows: usize) -> String {
        let keys = table.key_columns();
        // SQLite takes a cross join in the order it is written: keys first, then rows by index.
        format!(
            "SELECT {} FROM ({}) AS wanted CROSS JOIN {name} WHERE {}",
            table.row(),
            self.incoming(&keys, rows),
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
            table.row()
        )
    }

    pub(crate) fn delete(self, table: Table, columns: &[Column], rows: usize) -> String {
        format!("DELETE FROM {} WHERE ({}) IN ({})", table.name, names(columns), self.incoming(columns, rows))
    }

    /// For rows that are new for sure: half the price of an upsert on PostgreSQL.
    pub(crate) fn insert(self, table: Table, rows: usize) -> String {
        // `WHERE true` shows SQLite that an ON CONFLICT that follows is not part of a join.
        format!(
            "INSERT INTO {} ({}) {} WHERE true",
            table.name,
            names(table.columns),
            self.incoming(table.columns, rows),
        )
    }
}

fn on_conflict(table: Table) -> String {
    format!("ON CONFLICT ({})", table.key.join(", "))
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
