//! What the catalogue is made of: views, their columns, and expressions that both databases understand.

use crate::projection::Kind;

/// A view for analysts.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Its name; it never changes.
    pub name: &'static str,
    /// What one row of it is.
    pub comment: &'static str,
    /// Holds names or words of visitors: not for everybody who may read the others.
    pub personal: bool,
    /// Where the rows come from: what follows FROM, up to WHERE.
    pub(super) source: Sql,
    /// Which of those rows; all without it.
    pub(super) only: Option<Sql>,
    /// Its columns, the new ones at the end.
    pub columns: &'static [Column],
}

/// A column of a view.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name; it never changes.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What it means, with its unit.
    pub comment: &'static str,
    /// How it is computed; by default the column of this name.
    expression: Option<Sql>,
}

/// A piece of SQL.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sql {
    /// The same on both databases.
    Same(&'static str),
    /// Different ones.
    Each {
        /// On PostgreSQL.
        postgres: &'static str,
        /// On SQLite.
        sqlite: &'static str,
    },
}

/// The databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Postgres,
    Sqlite,
}

impl Sql {
    pub(super) const fn on(self, dialect: Dialect) -> &'static str {
        match (self, dialect) {
            (Self::Same(sql), _)
            | (Self::Each { postgres: sql, .. }, Dialect::Postgres)
            | (Self::Each { sqlite: sql, .. }, Dialect::Sqlite) => sql,
        }
    }
}

impl Column {
    const fn new(name: &'static str, kind: Kind, comment: &'static str) -> Self {
        Self { name, kind, comment, expression: None }
    }

    pub(super) const fn text(name: &'static str, comment: &'static str) -> Self {
        Self::new(name, Kind::Text, comment)
    }

    pub(super) const fn integer(name: &'static str, comment: &'static str) -> Self {
        Self::new(name, Kind::Integer, comment)
    }

    pub(super) const fn time(name: &'static str, comment: &'static str) -> Self {
        Self::new(name, Kind::Time, comment)
    }

    pub(super) const fn flag(name: &'static str, comment: &'static str) -> Self {
        Self::new(name, Kind::Flag, comment)
    }

    pub(super) const fn json(name: &'static str, comment: &'static str) -> Self {
        Self::new(name, Kind::Json, comment)
    }

    /// Computed, in the same way on both databases.
    pub(super) const fn is(self, sql: &'static str) -> Self {
        self.computed(Sql::Same(sql))
    }

    /// Computed.
    pub(super) const fn computed(self, sql: Sql) -> Self {
        Self { expression: Some(sql), ..self }
    }

    /// Its expression, or nothing when it is the column of its own name.
    pub(super) fn expression(&self, dialect: Dialect) -> Option<&'static str> {
        self.expression.map(|sql| sql.on(dialect))
    }
}

/// Milliseconds from one column to another: 0 where the clock was set back between the two.
macro_rules! elapsed_ms {
    ($from:literal, $to:literal) => {
        $crate::analytics::catalogue::Sql::Each {
            postgres: concat!(
                "CASE WHEN ",
                $to,
                " < ",
                $from,
                " THEN 0 ELSE CAST(round(extract(epoch FROM ",
                $to,
                " - ",
                $from,
                ") * 1000) AS bigint) END"
            ),
            sqlite: concat!(
                "CASE WHEN ",
                $to,
                " < ",
                $from,
                " THEN 0 ELSE CAST(round((julianday(",
                $to,
                ") - julianday(",
                $from,
                ")) * 86400000) AS INTEGER) END"
            ),
        }
    };
}

pub(super) use elapsed_ms;
