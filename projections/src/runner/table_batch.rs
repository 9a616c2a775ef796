//! The rows of one table during one batch: loaded once, folded in memory, written once. Rows of append-only tables
//! are not even kept: each is written at once.

use std::collections::BTreeMap;

use journal::Record;

use crate::database::{Rows, Stored};
use crate::error::Error;
use crate::projection::{HistoryRows, Projection, Table};

/// The rows of one projection that a batch concerns.
#[derive(Debug)]
pub(crate) struct ProjectionBatch<P: Projection> {
    /// In the order of the keys, so that every batch locks rows in the same order.
    entries: BTreeMap<P::Key, Entry<P::Row>>,
    history: HistoryRows,
}

#[derive(Debug)]
struct Entry<R> {
    /// Whether the table may have the row before this batch; not if its first event in the batch creates it.
    wanted: bool,
    /// Whether the table had the row before this batch.
    stored: bool,
    row: Option<Box<R>>,
}

impl<R> Entry<R> {
    const fn new(wanted: bool) -> Self {
        Self { wanted, stored: false, row: None }
    }
}

/// The batch of any projection: the runner takes all of them through the same steps.
pub(crate) trait TableBatch: Send {
    fn table(&self) -> Table;
    /// Whether rows are only ever added: then [`TableBatch::append`] is called, otherwise the steps after it.
    fn is_append_only(&self) -> bool;
    /// Folds events into rows, each of which is new.
    fn append(&mut self, events: &[&Record], rows: &mut Rows) -> Result<(), Error>;
    /// Notes which rows the events concern.
    fn expect(&mut self, events: &[&Record]);
    /// The keys of the rows to load.
    fn wanted(&self) -> Result<Rows, Error>;
    /// Takes the stored rows.
    fn load(&mut self, rows: &Stored) -> Result<(), Error>;
    fn fold(&mut self, events: &[&Record]);
    /// The rows to write.
    fn changed(&self) -> Result<Rows, Error>;
    /// The keys of the rows to delete.
    fn deleted(&self) -> Result<Rows, Error>;
    /// Takes the history rows, table by table.
    fn history_rows(&mut self) -> Result<Vec<Rows>, Error>;
}

impl<P: Projection> Default for ProjectionBatch<P> {
    fn default() -> Self {
        Self { entries: BTreeMap::new(), history: HistoryRows::default() }
    }
}

impl<P: Projection> ProjectionBatch<P> {
    /// The rows that exist now.
    fn changed_rows(&self) -> impl Iterator<Item = &P::Row> {
        self.entries.values().filter_map(|entry| entry.row.as_deref())
    }

    /// The keys of rows that existed before and no longer do.
    fn deleted_keys(&self) -> impl Iterator<Item = &P::Key> {
        self.entries.iter().filter(|(_, entry)| entry.stored && entry.row.is_none()).map(|(key, _)| key)
    }
}

impl<P: Projection> TableBatch for ProjectionBatch<P> {
    fn table(&self) -> Table {
        P::TABLE
    }

    fn is_append_only(&self) -> bool {
        P::APPEND_ONLY
    }

    fn append(&mut self, events: &[&Record], rows: &mut Rows) -> Result<(), Error> {
        for event in events {
            for key in P::keys(event) {
                P::emit(None, &key, event, &mut self.history);
                if let Some(row) = P::fold(None, &key, event) {
                    rows.push(&*row)?;
                }
            }
        }
        Ok(())
    }

    fn expect(&mut self, events: &[&Record]) {
        for event in events {
            for key in P::keys(event) {
                self.entries.entry(key).or_insert_with(|| Entry::new(!P::creates(event)));
            }
        }
    }

    fn wanted(&self) -> Result<Rows, Error> {
        let wanted = self.entries.iter().filter(|(_, entry)| entry.wanted);
        Rows::keys(P::TABLE).with(wanted.map(|(key, _)| key))
    }

    fn load(&mut self, rows: &Stored) -> Result<(), Error> {
        // The same rows read twice: as a key one has only the columns of the key.
        for (key, row) in rows.decode::<P::Key>()?.iter().zip(rows.decode()?) {
            if let Some(entry) = self.entries.get_mut(key) {
                entry.stored = true;
                entry.row = Some(Box::new(row));
            }
        }
        Ok(())
    }

    fn fold(&mut self, events: &[&Record]) {
        for event in events {
            for key in P::keys(event) {
                if let Some(entry) = self.entries.get_mut(&key) {
                    P::emit(entry.row.as_deref(), &key, event, &mut self.history);
                    entry.row = P::fold(entry.row.take(), &key, event);
                }
            }
        }
    }

    fn changed(&self) -> Result<Rows, Error> {
        Rows::of(P::TABLE).with(self.changed_rows())
    }

    fn deleted(&self) -> Result<Rows, Error> {
        Rows::keys(P::TABLE).with(self.deleted_keys())
    }

    fn history_rows(&mut self) -> Result<Vec<Rows>, Error> {
        std::mem::take(&mut self.history).encoded()
    }
}
