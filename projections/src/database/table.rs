//! What a table is: its name, its key and its columns, the same in both databases.

/// A table as both databases have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// The names of the columns of its primary key.
    pub key: &'static [&'static str],
    /// All its columns.
    pub columns: &'static [Column],
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, which is also the field of the row.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A 64-bit integer.
    Integer,
    /// A time, to the millisecond: RFC 3339 text of fixed width in SQLite, `timestamptz` in PostgreSQL.
    Time,
    /// Yes or no: 0 or 1 in SQLite, `boolean` in PostgreSQL.
    Flag,
    /// JSON: text in SQLite, `jsonb` in PostgreSQL.
    Json,
}

impl Table {
    /// The columns of the key.
    pub(super) fn key_columns(&self) -> Vec<Column> {
        self.columns.iter().filter(|column| self.key.contains(&column.name)).copied().collect()
    }

    /// A whole row, in the order of the columns.
    pub(super) fn row(&self) -> String {
        let column = |column: &Column| format!("{}.{}", self.name, column.name);
        self.columns.iter().map(column).collect::<Vec<_>>().join(", ")
    }
}

/// The names of these columns, in a list.
pub(super) fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
}

impl Column {
    /// A column of text.
    pub const fn text(name: &'static str) -> Self {
        Self { name, kind: Kind::Text }
    }

    /// A column of integers.
    pub const fn integer(name: &'static str) -> Self {
        Self { name, kind: Kind::Integer }
    }

    /// A column of times.
    pub const fn time(name: &'static str) -> Self {
        Self { name, kind: Kind::Time }
    }

    /// A column of yes or no, never empty.
    pub const fn flag(name: &'static str) -> Self {
        Self { name, kind: Kind::Flag }
    }

    /// A column of JSON.
    pub const fn json(name: &'static str) -> Self {
        Self { name, kind: Kind::Json }
    }
}
