//! Every table there is. A new projection is one file, one line here in each of the two lists, and one
//! migration.

use journal::Recorded;

use crate::audit::{AuditSubjects, Deed};
use crate::board::{BoardConversations, BoardLivechats, BoardOperators};
use crate::conversations::Conversations;
use crate::database::Transaction;
use crate::error::Error;
use crate::outbox::Outbox;
use crate::projection::{LivechatKey, Table, Trace};
use crate::settings::Settings;
use crate::stage::{Stage, Steps};
use crate::survey_answers::SurveyAnswers;
use crate::transcript::Transcript;

/// The rows that a batch concerns, table by table.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) livechats: Stage<BoardLivechats>,
    pub(crate) operators: Stage<BoardOperators>,
    pub(crate) board: Stage<BoardConversations>,
    conversations: Stage<Conversations>,
    transcript: Stage<Transcript>,
    audit_subjects: Stage<AuditSubjects>,
    settings: Stage<Settings>,
    outbox: Stage<Outbox>,
    survey_answers: Stage<SurveyAnswers>,
}

/// The tables of what rows leave behind.
const TRACES: [Table; 1] = [Deed::TABLE];

impl Tables {
    fn each(&mut self) -> [&mut dyn Steps; 9] {
        [
            &mut self.livechats,
            &mut self.operators,
            &mut self.board,
            &mut self.conversations,
            &mut self.transcript,
            &mut self.audit_subjects,
            &mut self.settings,
            &mut self.outbox,
            &mut self.survey_answers,
        ]
    }

    /// Deletes every row of these livechats (a JSON array of objects).
    pub(crate) async fn forget(transaction: &mut Transaction, livechats: &str) -> Result<(), Error> {
        let tables = Self::default().each().map(|table| table.table());
        for table in tables.into_iter().chain(TRACES) {
            transaction.delete_by(table, &["livechat"], livechats.to_owned()).await?;
        }
        Ok(())
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
            for (left_in, rows) in table.traces().tables() {
                transaction.insert(left_in, rows).await?;
            }
        }
        Ok(tables)
    }
}
