//! Compares the rows of one livechat in two databases, table by table, in key order, page by page.

use std::collections::VecDeque;

use domain::{LivechatId, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::database::{Argument, Select, Transaction};
use crate::encoding;
use crate::error::Error;
use crate::projection::{Column, Kind, Table};

/// Rows read at once from each side.
const PAGE_ROWS: usize = 1_000;
/// The column that begins the key of every table.
const LIVECHAT: &str = "livechat";

/// A row or a value that disagrees with the log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mismatch {
    /// Whose rows.
    pub livechat: String,
    /// In which table.
    pub table: &'static str,
    /// The key of the row.
    pub key: Map<String, Value>,
    /// The column; absent when the whole row is missing or superfluous.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What the log says; null when there is no such row.
    pub expected: Value,
    /// What was found; null when there is no such row.
    pub found: Value,
}

/// The mismatches so far: how many, and the first of them.
#[derive(Debug, Default)]
pub(super) struct Mismatches {
    pub(super) count: u64,
    pub(super) first: Vec<Mismatch>,
    pub(super) limit: usize,
}

impl Mismatches {
    pub(super) fn add(&mut self, mismatch: Mismatch) {
        self.count += 1;
        if self.first.len() < self.limit {
            self.first.push(mismatch);
        }
    }
}

/// A value of a key, in the order of the databases.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cell {
    Integer(i64),
    Text(String),
}

struct Row {
    key: Vec<Cell>,
    columns: Map<String, Value>,
}

/// Compares the rows of one table and livechat. Returns how many were expected.
pub(super) async fn rows(
    table: Table,
    livechat: &LivechatId,
    expected: &mut Transaction,
    found: &mut Transaction,
    mismatches: &mut Mismatches,
) -> Result<u64, Error> {
    let mut expected = Rows::of(table, livechat, expected);
    let mut found = Rows::of(table, livechat, found);
    let (mut one, mut other) = (expected.next().await?, found.next().await?);
    let mut count = 0;
    loop {
        let order = match (&one, &other) {
            (None, None) => return Ok(count),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(one), Some(other)) => one.key.cmp(&other.key),
        };
        let missing = (order.is_le()).then(|| one.take()).flatten();
        let extra = (order.is_ge()).then(|| other.take()).flatten();
        differences(table, livechat, missing.as_ref(), extra.as_ref(), mismatches);
        if missing.is_some() {
            count += 1;
            one = expected.next().await?;
        }
        if extra.is_some() {
            other = found.next().await?;
        }
    }
}

fn differences(
    table: Table,
    livechat: &LivechatId,
    expected: Option<&Row>,
    found: Option<&Row>,
    mismatches: &mut Mismatches,
) {
    let whole = |row: Option<&Row>| row.map_or(Value::Null, |row| Value::Object(row.columns.clone()));
    let Some(named) = expected.or(found) else { return };
    let key = || {
        let key = named.columns.iter().filter(|(name, _)| table.key.contains(&name.as_str()));
        key.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let mut add = |column, expected, found| {
        let livechat = livechat.to_string();
        mismatches.add(Mismatch { livechat, table: table.name, key: key(), column, expected, found });
    };
    let (Some(expected), Some(found)) = (expected, found) else {
        return add(None, whole(expected), whole(found));
    };
    if expected.columns == found.columns {
        return;
    }
    for column in table.columns {
        let of = |row: &Row| row.columns.get(column.name).cloned().unwrap_or_default();
        if of(expected) != of(found) {
            add(Some(column.name.to_owned()), of(expected), of(found));
        }
    }
}

/// The rows of one livechat in one table, in the order of their keys.
struct Rows<'a> {
    table: Table,
    livechat: &'a LivechatId,
    transaction: &'a mut Transaction,
    page: VecDeque<Row>,
    last: Option<Vec<Cell>>,
    is_last_page: bool,
}

impl<'a> Rows<'a> {
    const fn of(table: Table, livechat: &'a LivechatId, transaction: &'a mut Transaction) -> Self {
        Self { table, livechat, transaction, page: VecDeque::new(), last: None, is_last_page: false }
    }

    async fn next(&mut self) -> Result<Option<Row>, Error> {
        if self.page.is_empty() && !self.is_last_page {
            self.read().await?;
        }
        Ok(self.page.pop_front())
    }

    async fn read(&mut self) -> Result<(), Error> {
        let key = columns_after_livechat(self.table);
        let mut select =
            Select::from(self.table).equal(LIVECHAT, self.livechat).in_key_order().limit(PAGE_ROWS);
        if let Some(last) = self.last.take() {
            let arguments = last.into_iter().map(|cell| match cell {
                Cell::Integer(integer) => Argument::Integer(integer),
                Cell::Text(text) => Argument::Text(text),
            });
            select = select.after_key(&key, arguments.collect());
        }
        let mut rows: Vec<Map<String, Value>> = self.transaction.select(select).await?;
        for columns in &mut rows {
            format_times(self.table, columns);
        }
        // A table with one row per livechat has no more.
        self.is_last_page = rows.len() < PAGE_ROWS || key.is_empty();
        self.page = rows.into_iter().map(|columns| Row { key: cells(&key, &columns), columns }).collect();
        self.last = self.page.back().map(|row| row.key.clone());
        Ok(())
    }
}

/// Writes times in the form that people read.
pub(super) fn format_times(table: Table, columns: &mut Map<String, Value>) {
    for column in table.columns.iter().filter(|column| column.kind == Kind::Time) {
        if let Some(value) = columns.get_mut(column.name)
            && let Some(at) = value.as_i64().and_then(Timestamp::from_timestamp_millis)
        {
            *value = encoding::millis::text(&at).into();
        }
    }
}

fn columns_after_livechat(table: Table) -> Vec<Column> {
    let column = |name: &&str| table.columns.iter().find(|column| column.name == *name).copied();
    table.key.iter().filter(|name| **name != LIVECHAT).filter_map(column).collect()
}

fn cells(key: &[Column], columns: &Map<String, Value>) -> Vec<Cell> {
    let cell = |column: &Column| {
        let value = columns.get(column.name).unwrap_or(&Value::Null);
        match column.kind {
            Kind::Integer => Cell::Integer(value.as_i64().unwrap_or_default()),
            Kind::Text | Kind::Time | Kind::Flag | Kind::Json => {
                Cell::Text(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            }
        }
    };
    key.iter().map(cell).collect()
}
