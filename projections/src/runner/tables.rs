//! Every table there is. A new projection is one file, one line here in each of the two lists, and one
//! migration.

use journal::Record;

use crate::audit::{AuditSubjects, Deed};
use crate::board::{BoardConversations, BoardLivechats, BoardOperators};
use crate::contacts::Contact;
use crate::conversations::Conversations;
use crate::database::{Insertion, Rows, Transaction};
use crate::error::Error;
use crate::operator_names::OperatorName;
use crate::operator_time::OperatorTime;
use crate::outbox::Outbox;
use crate::projection::{LivechatKey, Table, Trace};
use crate::search::SearchLines;
use crate::settings::Settings;
use crate::stage::{Stage, Steps};
use crate::stays::Stay;
use crate::survey_answers::{PendingSurveys, SurveyAnswer};
use crate::transcript::Transcript;

/// The rows that a batch concerns, table by table.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    livechats: Stage<BoardLivechats>,
    operators: Stage<BoardOperators>,
    board: Stage<BoardConversations>,
    conversations: Stage<Conversations>,
    transcript: Stage<Transcript>,
    audit_subjects: Stage<AuditSubjects>,
    settings: Stage<Settings>,
    outbox: Stage<Outbox>,
    search_lines: Stage<SearchLines>,
    pending_surveys: Stage<PendingSurveys>,
}

/// The tables of what rows leave behind.
const TRACES: [Table; 6] =
    [Contact::TABLE, Stay::TABLE, OperatorTime::TABLE, OperatorName::TABLE, SurveyAnswer::TABLE, Deed::TABLE];

impl Tables {
    fn each(&mut self) -> [&mut dyn Steps; 10] {
        [
            &mut self.livechats,
            &mut self.operators,
            &mut self.board,
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
        Self::default().each().map(|table| table.table()).into_iter().chain(TRACES).collect()
    }

    /// Deletes every row of these livechats.
    pub(crate) async fn forget(
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
        for table in tables.each() {
            if table.appends() {
                append(transaction, table, events).await?;
            } else {
                change(transaction, table, events).await?;
            }
            for mut rows in table.left()? {
                Insertion::into(transaction).send(&mut rows).await?.finish(rows).await?;
            }
        }
        Ok(())
    }
}

/// Events folded into new rows before those are sent.
const AT_ONCE: usize = 250;

async fn append(
    transaction: &mut Transaction,
    table: &mut dyn Steps,
    events: &[&Record],
) -> Result<(), Error> {
    let mut rows = Rows::of(table.table());
    let mut insertion = Insertion::into(transaction);
    for events in events.chunks(AT_ONCE) {
        table.append(events, &mut rows)?;
        insertion = insertion.send(&mut rows).await?;
    }
    insertion.finish(rows).await
}

async fn change(
    transaction: &mut Transaction,
    table: &mut dyn Steps,
    events: &[&Record],
) -> Result<(), Error> {
    table.expect(events);
    let stored = transaction.load(table.wanted()?).await?;
    table.load(&stored)?;
    table.fold(events);
    transaction.upsert(table.changed()?).await?;
    transaction.delete(table.gone()?).await
}
