//! The two databases, and the expressions that they write differently.

use super::table::{Column, Kind, Table, names};
use crate::error::Error;

/// Which database it is, and so which SQL it understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// That of the database with this address.
    pub(super) fn of(url: &str) -> Result<Self, Error> {
        if url.starts_with("sqlite:") {
            Ok(Self::Sqlite)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Ok(Self::Postgres)
        } else {
            Err(Error::Address)
        }
    }

    /// A stored row as a JSON object, in text, for queries that return more than a row.
    pub(super) fn json_row(self, table: Table) -> String {
        let name = table.name;
        let plain = |column: &str| format!("'{column}', {name}.{column}");
        let field = |column: &Column| match (self, column.kind) {
            (Self::Postgres, _) | (Self::Sqlite, Kind::Text | Kind::Integer | Kind::Time) => {
                plain(column.name)
            }
            (Self::Sqlite, Kind::Flag) => {
                format!("'{0}', json(iif({name}.{0}, 'true', 'false'))", column.name)
            }
            (Self::Sqlite, Kind::Json) => format!("'{0}', json({name}.{0})", column.name),
        };
        let fields = table.columns.iter().map(field).collect::<Vec<_>>().join(", ");
        match self {
            Self::Sqlite => format!("json_object({fields})"),
            Self::Postgres => format!("json_build_object({fields})::text"),
        }
    }

    /// A query that returns the given number of rows of these columns, bound as arguments of the statement: on
    /// PostgreSQL an array per column, however many rows there are.
    pub(super) fn incoming(self, columns: &[Column], rows: usize) -> String {
        match self {
            Self::Sqlite => {
                let name = |(column, number): (&Column, usize)| format!("column{number} AS {}", column.name);
                let names: Vec<String> = columns.iter().zip(1..).map(name).collect();
                let row = format!("({})", vec!["?"; columns.len()].join(", "));
                format!("SELECT {} FROM (VALUES {})", names.join(", "), vec![row; rows].join(", "))
            }
            Self::Postgres => {
                let names = names(columns);
                let array = |(column, number): (&Column, usize)| {
                    format!("${number}::{}[]", postgres_type(column.kind))
                };
                let arrays: Vec<String> = columns.iter().zip(1..).map(array).collect();
                format!("SELECT {names} FROM unnest({}) AS incoming ({names})", arrays.join(", "))
            }
        }
    }

    /// The suffix that casts a text argument to a time.
    pub(super) const fn time_cast(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "::timestamptz",
        }
    }
}

const fn postgres_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Integer => "bigint",
        Kind::Time => "timestamptz",
        Kind::Flag => "boolean",
        Kind::Json => "jsonb",
    }
}
