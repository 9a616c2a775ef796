//! Rows as lines of CSV (see [`crate::csv`]): a header, then a line per row. Nothing is written for null, times are RFC
//! 3339 in UTC with three decimals, yes and no are `true` and `false`.

use std::borrow::Cow;

use axum::body::Bytes;
use chrono::SecondsFormat;
use projections::export::ExportKind;
use projections::projection::{Column, Kind};
use serde_json::Value;

use super::row::{Cut, Row, time};
use crate::csv::{Separator, beginning, json, lines, text};

/// Writes lines.
pub(super) struct Encoder {
    columns: Vec<Column>,
    separator: Separator,
    has_header: bool,
}

impl Encoder {
    pub(super) fn new(rows: ExportKind, separator: Separator) -> Self {
        Self { columns: rows.columns(), separator, has_header: false }
    }

    pub(super) fn add(&mut self, rows: &[Row]) -> Result<Bytes, Cut> {
        let mut table: Vec<Vec<Cow<'_, str>>> = vec![];
        for row in rows {
            let cells = self.columns.iter().map(|column| cell(*column, row.get(column.name)));
            table.push(cells.collect::<Result<_, _>>()?);
        }
        let table = table.iter().map(|line| line.iter().map(|cell| cell.as_bytes()));
        let lines = lines(self.separator, table)?;
        if self.has_header {
            return Ok(lines);
        }
        self.has_header = true;
        let beginning = beginning(self.separator, self.columns.iter().map(|column| column.name))?;
        Ok([beginning, lines].concat().into())
    }

    pub(super) fn end(mut self) -> Result<Bytes, Cut> {
        self.add(&[])
    }
}

fn cell(column: Column, value: Option<&Value>) -> Result<Cow<'_, str>, Cut> {
    let value = value.unwrap_or(&Value::Null);
    Ok(match (column.kind, value) {
        (_, Value::Null) => Cow::Borrowed(""),
        (Kind::Text, Value::String(value)) => text(value),
        (Kind::Time, Value::String(value)) => {
            time(value)?.to_rfc3339_opts(SecondsFormat::Millis, true).into()
        }
        (Kind::Integer, Value::Number(number)) => number.to_string().into(),
        (Kind::Flag, Value::Bool(flag)) => if *flag { "true" } else { "false" }.into(),
        (Kind::Json, value) => json(value).into(),
        (Kind::Text | Kind::Time | Kind::Integer | Kind::Flag, _) => return Err(Cut::Type(column.name)),
    })
}
