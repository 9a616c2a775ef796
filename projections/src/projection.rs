//! What a projection is: rows by key, a pure fold, and the table that keeps them.

use std::fmt::Debug;
use std::hash::Hash;

use domain::{ConversationId, LivechatId, OperatorId};
use foldhash::{HashMap, HashMapExt};
use journal::Record;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::database::Rows;
use crate::error::Error;
use crate::format;

/// One table computed from the log.
pub trait Projection: 'static {
    /// A row. It serialises to one flat JSON object with exactly the columns of the table.
    type Row: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync;
    /// What names a row. It serialises to a JSON object with exactly the key columns.
    type Key: Serialize + DeserializeOwned + Clone + Ord + Hash + Debug + Send + Sync;

    /// Where the rows are kept.
    const TABLE: Table;

    /// Each event makes its own row, which no other event changes.
    const APPEND_ONLY: bool = false;

    /// The rows that the event concerns. No other row may change by it.
    fn keys(event: &Record) -> impl IntoIterator<Item = Self::Key>;

    /// Whether the event makes the row, whatever was there before: then what was stored need not be read.
    fn makes(_event: &Record) -> bool {
        false
    }

    /// The row after the event; `None` when there is no such row (any more). A row has several hundred bytes
    /// and changes with most events: in its box it stays where it is.
    fn fold(row: Option<Box<Self::Row>>, key: &Self::Key, event: &Record) -> Option<Box<Self::Row>>;

    /// What the event makes of the row as it was before for ever: a conversation that is over leaves how it
    /// went, a status that changes leaves how long it was. Most rows leave nothing.
    fn leave(_before: Option<&Self::Row>, _key: &Self::Key, _event: &Record, _traces: &mut Traces) {}
}

/// A row that is left behind by a row of a projection (see [`Projection::leave`]): written once, never
/// changed. Like any row it is a function of the events that name the key of the row that left it.
pub trait Trace: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync + 'static {
    /// Where such rows are kept.
    const TABLE: Table;
}

/// Rows that were left behind, table by table, in the order in which they were.
#[derive(Debug)]
pub struct Traces(Result<Left, Error>);

/// For a database they are encoded as they come; in memory they are kept to be looked at, if anybody wants to.
#[derive(Debug)]
enum Left {
    Encoded(Vec<Rows>),
    InMemory(Vec<(Table, Vec<Value>)>),
    Unwanted,
}

impl Default for Traces {
    fn default() -> Self {
        Self(Ok(Left::Encoded(vec![])))
    }
}

impl Traces {
    const fn in_memory() -> Self {
        Self(Ok(Left::InMemory(vec![])))
    }

    /// Whether it makes a difference that a row is left behind.
    const fn are_wanted(&self) -> bool {
        !matches!(self.0, Ok(Left::Unwanted))
    }

    /// Leaves a row behind.
    pub fn leave<T: Trace>(&mut self, row: &T) {
        let Ok(left) = &mut self.0 else { return };
        match left {
            Left::Encoded(tables) => {
                let mut rows = tables
                    .iter()
                    .position(|rows| rows.table().name == T::TABLE.name)
                    .map_or_else(|| Rows::of(T::TABLE), |index| tables.swap_remove(index));
                match rows.push(row) {
                    Ok(()) => tables.push(rows),
                    Err(error) => self.0 = Err(error),
                }
            }
            Left::InMemory(tables) => {
                let row = format::json(row);
                match tables.iter_mut().find(|(table, _)| table.name == T::TABLE.name) {
                    Some((_, rows)) => rows.push(row),
                    None => tables.push((T::TABLE, vec![row])),
                }
            }
            Left::Unwanted => {}
        }
    }

    /// All rows of one table so far, of those that are kept in memory.
    pub fn of<T: Trace>(&self) -> Vec<T> {
        let Ok(Left::InMemory(tables)) = &self.0 else { return vec![] };
        let rows = tables.iter().filter(|(table, _)| table.name == T::TABLE.name).flat_map(|(_, rows)| rows);
        rows.filter_map(|row| serde_json::from_value(row.clone()).ok()).collect()
    }

    /// All rows of one table so far, of those that are kept in memory, read as something that needs fewer columns.
    pub(crate) fn seen<T: DeserializeOwned>(&self, table: Table) -> Vec<T> {
        let Ok(Left::InMemory(tables)) = &self.0 else { return vec![] };
        let rows = tables.iter().filter(|(of, _)| of.name == table.name).flat_map(|(_, rows)| rows);
        rows.filter_map(|row| T::deserialize(row).ok()).collect()
    }

    /// Every row for a database, table by table.
    pub(crate) fn encoded(self) -> Result<Vec<Rows>, Error> {
        match self.0? {
            Left::Encoded(tables) => Ok(tables),
            Left::InMemory(_) | Left::Unwanted => Ok(vec![]),
        }
    }
}

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
    /// A moment, to the millisecond: RFC 3339 text of fixed width in SQLite, `timestamptz` in PostgreSQL.
    Time,
    /// Yes or no: 0 or 1 in SQLite, `boolean` in PostgreSQL.
    Flag,
    /// JSON: text in SQLite, `jsonb` in PostgreSQL.
    Json,
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

    /// A column of moments.
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

/// The key of a row about a whole livechat.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LivechatKey {
    /// Which livechat.
    pub livechat: LivechatId,
}

/// The key of a row about one operator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OperatorKey {
    /// In which livechat.
    pub livechat: LivechatId,
    /// Which operator.
    pub operator: OperatorId,
}

/// The key of a row about one conversation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ConversationKey {
    /// In which livechat.
    pub livechat: LivechatId,
    /// Which conversation.
    pub conversation: ConversationId,
}

impl ConversationKey {
    /// The conversation an event is about, if any.
    pub fn of(event: &Record) -> Option<Self> {
        let conversation = event.event.fact.conversation_id()?;
        Some(Self { livechat: event.livechat.clone(), conversation })
    }
}

/// The key of a row that is one event of a livechat.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventKey {
    /// In which livechat.
    pub livechat: LivechatId,
    /// The position of the event in the log.
    pub position: i64,
}

impl EventKey {
    /// The key of an event.
    pub fn of(event: &Record) -> Self {
        Self { livechat: event.livechat.clone(), position: format::position(event.position) }
    }
}

/// The rows of a projection in memory, without any database: for time travel, checks of a rebuild,
/// and tests. What rows leave behind is not kept, unless it is asked for ([`Memory::with_traces`]).
#[derive(Debug)]
pub struct Memory<P: Projection> {
    rows: HashMap<P::Key, Box<P::Row>>,
    traces: Traces,
}

impl<P: Projection> Default for Memory<P> {
    fn default() -> Self {
        Self { rows: HashMap::new(), traces: Traces(Ok(Left::Unwanted)) }
    }
}

impl<P: Projection> Memory<P> {
    /// No rows yet; what they will leave behind is kept.
    pub fn with_traces() -> Self {
        Self { rows: HashMap::new(), traces: Traces::in_memory() }
    }

    /// Folds one event. Events of a livechat come in their order, each once.
    pub fn apply(&mut self, event: &Record) {
        for key in P::keys(event) {
            let row = self.rows.remove(&key);
            if self.traces.are_wanted() {
                P::leave(row.as_deref(), &key, event, &mut self.traces);
            }
            if let Some(row) = P::fold(row, &key, event) {
                self.rows.insert(key, row);
            }
        }
    }

    /// The same rows, which have left nothing behind yet: to go on from here in another way.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self { rows: self.rows.clone(), traces: Traces::in_memory() }
    }

    /// Forgets what the rows have left behind so far; what they will is kept.
    pub fn forget_traces(&mut self) {
        self.traces = Traces::in_memory();
    }

    /// What the rows have left behind.
    pub const fn traces(&self) -> &Traces {
        &self.traces
    }

    /// One row.
    pub fn get(&self, key: &P::Key) -> Option<&P::Row> {
        self.rows.get(key).map(AsRef::as_ref)
    }

    /// All rows, in the order of their keys.
    pub fn rows(&self) -> Vec<&P::Row> {
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_unstable_by_key(|(key, _)| *key);
        rows.into_iter().map(|(_, row)| &**row).collect()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Is there no row?
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}
