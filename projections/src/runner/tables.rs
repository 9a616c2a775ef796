//! Every table there is. A new projection is one file, one line here in each of the two lists, and one
//! migration.

use journal::Record;

use crate::assignments::Assignment;
use crate::audit::{AuditEntry, AuditSubjects};
use crate::contacts::Contact;
use crate::conversations::Conversations;
use crate::database::{BulkInsert, Rows, Transaction};
use crate::error::Error;
use crate::floor::{FloorConversations, FloorLivechats, FloorOperators};
use crate::operator_names::OperatorName;
use crate::operator_time::OperatorTime;
use crate::outbox::Outbox;
use crate::projection::{LivechatKey, Table};
use crate::runner::table_batch::{ProjectionBatch, TableBatch};
use crate::search::SearchLines;
use crate::settings::Settings;
use crate::survey_answers::{PendingSurveys, SurveyAnswer};
use crate::transcript::Transcript;

/// The rows that a batch concerns, table by table.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    livechats: ProjectionBatch<FloorLivechats>,
    operators: ProjectionBatch<FloorOperators>,
    conversations_on_floor: ProjectionBatch<FloorConversations>,
    conversations: ProjectionBatch<Conversations>,
    transcript: ProjectionBatch<Transcript>,
    audit_subjects: ProjectionBatch<AuditSubjects>,
    settings: ProjectionBatch<Settings>,
    outbox: ProjectionBatch<Outbox>,
    search_lines: ProjectionBatch<SearchLines>,
    pending_surveys: ProjectionBatch<PendingSurveys>,
}

/// The tables of history rows.
const HISTORY_TABLES: [Table; 6] = [
    Contact::TABLE,
    Assignment::TABLE,
    OperatorTime::TABLE,
    OperatorName::TABLE,
    SurveyAnswer::TABLE,
    AuditEntry::TABLE,
];

impl Tables {
    fn batches(&mut self) -> [&mut dyn TableBatch; 10] {
        [
            &mut self.livechats,
            &mut self.operators,
            &mut self.conversations_on_floor,
            &mut self.conversations,
            &mut self.transcript,
            &mut self.audit_subjects,
            &mut self.settings,
            &mut self.outbox,
            &mut self.search_lines,
            &mut self.pending_surveys,
        ]
    }

    /// Every table that holds rows computed from the log.
    pub(crate) fn all() -> Vec<Table> {
        Self::default().batches().map(|table| table.table()).into_iter().chain(HISTORY_TABLES).collect()
    }

    /// Deletes every row of these livechats.
    pub(crate) async fn delete(
        transaction: &mut Transaction,
        livechats: &[LivechatKey],
    ) -> Result<(), Error> {
        for table in Self::all() {
            transaction.delete(Rows::values(table, &["livechat"]).with(livechats)?).await?;
        }
        Ok(())
    }

    /// Loads the rows that the events concern, folds, and writes what changed.
    pub(crate) async fn apply(transaction: &mut Transaction, events: &[&Record]) -> Result<(), Error> {
        let mut tables = Self::default();
        for table in tables.batches() {
            if table.is_append_only() {
                append(transaction, table, events).await?;
            } else {
                change(transaction, table, events).await?;
            }
            for mut rows in table.history_rows()? {
                BulkInsert::into(transaction).send(&mut rows).await?.finish(rows).await?;
            }
        }
        Ok(())
    }
}

/// Events folded into new rows before those are sent.
const EVENTS_PER_SEND: usize = 250;

async fn append(
    transaction: &mut Transaction,
    table: &mut dyn TableBatch,
    events: &[&Record],
) -> Result<(), Error> {
    let mut rows = Rows::of(table.table());
    let mut insertion = BulkInsert::into(transaction);
    for events in events.chunks(EVENTS_PER_SEND) {
        table.append(events, &mut rows)?;
        insertion = insertion.send(&mut rows).await?;
    }
    insertion.finish(rows).await
}

async fn change(
    transaction: &mut Transaction,
    table: &mut dyn TableBatch,
    events: &[&Record],
) -> Result<(), Error> {
    table.expect(events);
    let stored = transaction.load(table.wanted()?).await?;
    table.load(&stored)?;
    table.fold(events);
    transaction.upsert(table.changed()?).await?;
    transaction.delete(table.deleted()?).await
}
