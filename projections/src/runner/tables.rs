//! Every table there is. A new projection is one file, one line here in each of the two lists, and one
//! migration.

use journal::Recorded;

use crate::audit::Audit;
use crate::board::{BoardConversations, BoardLivechats, BoardOperators};
use crate::conversations::Conversations;
use crate::database::Transaction;
use crate::error::Error;
use crate::projection::LivechatKey;
use crate::settings::Settings;
use crate::stage::{Stage, Steps};
use crate::transcript::Transcript;

/// The rows that a batch concerns, table by table.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) livechats: Stage<BoardLivechats>,
    pub(crate) operators: Stage<BoardOperators>,
    pub(crate) board: Stage<BoardConversations>,
    conversations: Stage<Conversations>,
    transcript: Stage<Transcript>,
    audit: Stage<Audit>,
    settings: Stage<Settings>,
}

impl Tables {
    fn each(&mut self) -> [&mut dyn Steps; 7] {
        [
            &mut self.livechats,
            &mut self.operators,
            &mut self.board,
            &mut self.conversations,
            &mut self.transcript,
            &mut self.audit,
            &mut self.settings,
        ]
    }

    /// Loads the rows that the events concern, folds, and writes what changed.
    pub(crate) async fn apply(transaction: &mut Transaction, events: &[&Recorded]) -> Result<Self, Error> {
        let mut tables = Self::default();
        for event in events {
            // The capacity in force of an operator depends on it.
            tables.livechats.also(LivechatKey { livechat: event.livechat.clone() });
        }
        for table in tables.each() {
            table.expect(events);
            if let Some(keys) = table.wanted()? {
                let rows = transaction.load(table.table(), keys).await?;
                table.load(&rows)?;
            }
            table.fold(events);
            if let Some(rows) = table.changed()? {
                if table.appends() {
                    transaction.insert(table.table(), rows).await?;
                } else {
                    transaction.upsert(table.table(), rows).await?;
                }
            }
            if let Some(keys) = table.gone()? {
                transaction.delete(table.table(), keys).await?;
            }
        }
        Ok(tables)
    }
}
