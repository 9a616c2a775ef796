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
use crate::encoding;
use crate::error::Error;

pub use crate::database::{Column, Kind, Table};

/// One table computed from the log.
pub trait Projection: 'static {
    /// A row. It serializes to one flat JSON object with exactly the columns of the table.
    type Row: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync;
    /// The key of a row. It serializes to a JSON object with exactly the key columns.
    type Key: Serialize + DeserializeOwned + Clone + Ord + Hash + Debug + Send + Sync;

    /// Where the rows are kept.
    const TABLE: Table;

    /// Each event makes its own row, which no other event changes.
    const APPEND_ONLY: bool = false;

    /// The rows that the event concerns. No other row may change by it.
    fn keys(event: &Record) -> impl IntoIterator<Item = Self::Key>;

    /// Whether the event creates the row, whatever was there before: then the stored row need not be read.
    fn creates(_event: &Record) -> bool {
        false
    }

    /// The row after the event; `None` when there is no such row (any more). A row has several hundred bytes
    /// and changes with most events: it is boxed so that it is not moved.
    fn fold(row: Option<Box<Self::Row>>, key: &Self::Key, event: &Record) -> Option<Box<Self::Row>>;

    /// The history rows that the event adds, given the row before it: when a conversation ends, its outcome; when a
    /// status changes, how long it lasted. Most events add none.
    fn emit(_before: Option<&Self::Row>, _key: &Self::Key, _event: &Record, _history: &mut HistoryRows) {}
}

/// A row that a projection emits when something ends (see [`Projection::emit`]): written once, never changed. Like any
/// row it is a function of the events that name the key of the row that emitted it.
pub trait HistoryRow:
    Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync + 'static
{
    /// Where such rows are kept.
    const TABLE: Table;
}

/// History rows, table by table, in the order in which they were emitted.
#[derive(Debug)]
pub struct HistoryRows(Result<Buffer, Error>);

/// For a database they are encoded at once; in memory they are kept as they are, or dropped.
#[derive(Debug)]
enum Buffer {
    Encoded(Vec<Rows>),
    InMemory(Vec<(Table, Vec<Value>)>),
    Dropped,
}

impl Default for HistoryRows {
    fn default() -> Self {
        Self(Ok(Buffer::Encoded(vec![])))
    }
}

impl HistoryRows {
    const fn in_memory() -> Self {
        Self(Ok(Buffer::InMemory(vec![])))
    }

    /// Whether rows are kept at all.
    const fn are_kept(&self) -> bool {
        !matches!(self.0, Ok(Buffer::Dropped))
    }

    /// Adds a row.
    pub fn push<T: HistoryRow>(&mut self, row: &T) {
        let Ok(buffer) = &mut self.0 else { return };
        match buffer {
            Buffer::Encoded(tables) => {
                let mut rows = tables
                    .iter()
                    .position(|rows| rows.table().name == T::TABLE.name)
                    .map_or_else(|| Rows::of(T::TABLE), |index| tables.swap_remove(index));
                match rows.push(row) {
                    Ok(()) => tables.push(rows),
                    Err(error) => self.0 = Err(error),
                }
            }
            Buffer::InMemory(tables) => {
                let row = encoding::json(row);
                match tables.iter_mut().find(|(table, _)| table.name == T::TABLE.name) {
                    Some((_, rows)) => rows.push(row),
                    None => tables.push((T::TABLE, vec![row])),
                }
            }
            Buffer::Dropped => {}
        }
    }

    /// All rows of one table so far, of those that are kept in memory.
    pub fn of<T: HistoryRow>(&self) -> Vec<T> {
        let Ok(Buffer::InMemory(tables)) = &self.0 else { return vec![] };
        let rows = tables.iter().filter(|(table, _)| table.name == T::TABLE.name).flat_map(|(_, rows)| rows);
        rows.filter_map(|row| serde_json::from_value(row.clone()).ok()).collect()
    }

    /// All rows of one table so far, of those that are kept in memory, read as a type that has fewer columns.
    pub(crate) fn read_as<T: DeserializeOwned>(&self, table: Table) -> Vec<T> {
        let Ok(Buffer::InMemory(tables)) = &self.0 else { return vec![] };
        let rows = tables.iter().filter(|(of, _)| of.name == table.name).flat_map(|(_, rows)| rows);
        rows.filter_map(|row| T::deserialize(row).ok()).collect()
    }

    /// Every row for a database, table by table.
    pub(crate) fn encoded(self) -> Result<Vec<Rows>, Error> {
        match self.0? {
            Buffer::Encoded(tables) => Ok(tables),
            Buffer::InMemory(_) | Buffer::Dropped => Ok(vec![]),
        }
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
        Self { livechat: event.livechat.clone(), position: encoding::position(event.position) }
    }
}

/// The rows of a projection in memory, without any database: for time travel, checks of a rebuild,
/// and tests. History rows are dropped, unless they are asked for ([`Memory::with_history`]).
#[derive(Debug)]
pub struct Memory<P: Projection> {
    rows: HashMap<P::Key, Box<P::Row>>,
    history: HistoryRows,
}

impl<P: Projection> Default for Memory<P> {
    fn default() -> Self {
        Self { rows: HashMap::new(), history: HistoryRows(Ok(Buffer::Dropped)) }
    }
}

impl<P: Projection> Memory<P> {
    /// No rows yet; their history rows are kept.
    pub fn with_history() -> Self {
        Self { rows: HashMap::new(), history: HistoryRows::in_memory() }
    }

    /// Folds one event. Events of a livechat come in their order, each once.
    pub fn apply(&mut self, event: &Record) {
        for key in P::keys(event) {
            let row = self.rows.remove(&key);
            if self.history.are_kept() {
                P::emit(row.as_deref(), &key, event, &mut self.history);
            }
            if let Some(row) = P::fold(row, &key, event) {
                self.rows.insert(key, row);
            }
        }
    }

    /// The same rows without their history, to branch off from here.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self { rows: self.rows.clone(), history: HistoryRows::in_memory() }
    }

    /// Forgets the history rows so far; those to come are kept.
    pub fn forget_history(&mut self) {
        self.history = HistoryRows::in_memory();
    }

    /// The history rows.
    pub const fn history(&self) -> &HistoryRows {
        &self.history
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
