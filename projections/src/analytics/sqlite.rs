//! The statements that create the views on SQLite: names begin with `analytics_`, and comments are rows of a table.

use std::fmt::Write as _;

use super::definition::{self, name, quoted, select};
use super::views::VIEWS;
use crate::database::{Dialect, Kind};

/// The version of the views.
pub(super) fn version() -> String {
    definition::version(&views())
}

pub(super) fn views() -> String {
    let mut sql = String::from(
        "DROP TABLE IF EXISTS analytics_columns;
CREATE TABLE analytics_columns (
    view    TEXT NOT NULL,
    \"column\" TEXT NOT NULL,
    type    TEXT NOT NULL,
    comment TEXT NOT NULL,
    PRIMARY KEY (view, \"column\")
) STRICT;
",
    );
    for view in VIEWS {
        let name = name(view, Dialect::Sqlite);
        let select = select(view, Dialect::Sqlite, None);
        let _ = writeln!(sql, "DROP VIEW IF EXISTS {name};\nCREATE VIEW {name} AS\n{select};");
        let view_row = (name.as_str(), "", "", view.comment);
        let columns = view
            .columns
            .iter()
            .map(|column| (name.as_str(), column.name, type_name(column.kind), column.comment));
        for (view, column, kind, comment) in [view_row].into_iter().chain(columns) {
            let values = [view, column, kind, comment].map(quoted).join(", ");
            let _ = writeln!(sql, "INSERT INTO analytics_columns VALUES ({values});");
        }
    }
    sql
}

const fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Integer => "integer",
        Kind::Time => "text (RFC 3339, UTC)",
        Kind::Flag => "integer (0 or 1)",
        Kind::Json => "text (JSON)",
    }
}
