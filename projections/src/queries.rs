//! All queries that the projections answer, in one place.

use std::sync::Arc;
use std::time::Duration;

use domain::settings::SectionName;
use domain::settings::surveys::Survey;
use domain::{ConversationId, LivechatId, OperatorId, SurveyId, Timestamp};
use journal::Position;
use tokio::time::timeout;

use crate::audit;
use crate::conversations::{self, Conversation};
use crate::database::{Database, Transaction};
use crate::error::Error;
use crate::export::{ExportKind, Pages};
use crate::figures::report::Report;
use crate::figures::today::{self, Days};
use crate::figures::{self, Refusal, Today};
use crate::floor::{self, FloorView};
use crate::operator_names::{self, OperatorName};
use crate::outbox::{self, Mail};
use crate::page::{Listing, Page};
use crate::participation::{self, Part, Reader};
use crate::progress::CatchingUp;
use crate::runner::checkpoint;
use crate::search::{self, Found};
use crate::settings::{self, Change, Revision};
use crate::survey_answers::{self, SurveyAnswer};
use crate::transcript::{self, Line};

/// A query waits for at most this many missing events of a livechat that is still catching up: a fraction of a second.
const NEARLY: Position = 1_000;
/// How long it waits for them.
const CATCH_UP_WAIT: Duration = Duration::from_secs(2);

/// Reads projections. Cheap to clone; never waits for a writer. A livechat is an island: every
/// question names one and no answer crosses over (spec.md §Privacy and security).
#[derive(Clone, Debug)]
pub struct Queries {
    database: Database,
    days: Arc<Days>,
}

impl Queries {
    /// Queries over this database.
    pub fn new(database: Database) -> Self {
        Self { database, days: Arc::default() }
    }

    /// Closes every connection, after the statements under way; no query is possible afterwards.
    pub async fn close(&self) {
        self.database.close().await;
    }

    /// The whole floor at one position; nothing when there is no such livechat.
    ///
    /// # Errors
    /// The database.
    pub async fn floor(&self, livechat: &LivechatId) -> Result<Option<FloorView>, Error> {
        floor::read(&mut self.database.read().await?, livechat).await
    }

    /// One conversation, live or over.
    ///
    /// # Errors
    /// The database.
    pub async fn conversation(
        &self,
        livechat: &LivechatId,
        id: ConversationId,
    ) -> Result<Option<Conversation>, Error> {
        conversations::one(&mut self.read(livechat).await?, livechat, id).await
    }

    /// Conversations, in the order of the question, at most 200 a page.
    ///
    /// # Errors
    /// The database.
    pub async fn conversations(
        &self,
        livechat: &LivechatId,
        question: &conversations::Question,
        cursor: Option<conversations::Cursor>,
        limit: usize,
    ) -> Result<Listing<Conversation>, Error> {
        conversations::list::list(&mut self.read(livechat).await?, livechat, question, cursor, limit).await
    }

    /// The query plan for a page of [`Queries::conversations`] and [`Queries::search`]: each statement that may be
    /// needed, and a line for each of its steps. For tests, and for tuning a database.
    ///
    /// # Errors
    /// The database.
    pub async fn explain_conversations(
        &self,
        livechat: &LivechatId,
        question: &conversations::Question,
        cursor: Option<conversations::Cursor>,
    ) -> Result<Vec<Vec<String>>, Error> {
        conversations::list::explain(&mut self.read(livechat).await?, livechat, question, cursor).await
    }

    /// Conversations that contain everything the query looks for, with the matching lines, in the order of the query,
    /// at most 200 a page. An operator finds only what was said in their own part of each; the outcome of that part,
    /// and so whether it fits the filter, is decided by the caller, which has the log: see [`Found::part`].
    ///
    /// # Errors
    /// The database.
    pub async fn search(
        &self,
        livechat: &LivechatId,
        question: &conversations::Question,
        cursor: Option<conversations::Cursor>,
        limit: usize,
        reader: Option<&OperatorId>,
    ) -> Result<Listing<Found>, Error> {
        search::find::find(&mut self.read(livechat).await?, livechat, question, cursor, limit, reader).await
    }

    /// What an operator may read of a conversation; nothing, if the operator took no part in it.
    ///
    /// # Errors
    /// The database.
    pub async fn part_of(
        &self,
        livechat: &LivechatId,
        conversation: &Conversation,
        operator: &OperatorId,
    ) -> Result<Part, Error> {
        let mut transaction = self.read(livechat).await?;
        let reader = Reader::of(&mut transaction, livechat, operator).await?;
        participation::part_of(&mut transaction, livechat, conversation, &reader).await
    }

    /// The lines of a conversation after a position (0 = from the start), oldest first, at most 1,000
    /// a page; the cursor of the next page is the position to ask after.
    ///
    /// # Errors
    /// The database.
    pub async fn transcript(
        &self,
        livechat: &LivechatId,
        id: ConversationId,
        after: Position,
    ) -> Result<Page<Line>, Error> {
        transcript::read(&mut self.read(livechat).await?, livechat, id, after).await
    }

    /// Audit entries, newest first, at most 200 a page.
    ///
    /// # Errors
    /// The database.
    pub async fn audit(
        &self,
        livechat: &LivechatId,
        filter: &audit::Filter,
        cursor: Option<Position>,
        limit: usize,
    ) -> Result<Page<audit::AuditEntry>, Error> {
        audit::list(&mut self.read(livechat).await?, livechat, filter, cursor, limit).await
    }

    /// The position of the first audit entry at a time or later; one more than that of the last, when there is none.
    ///
    /// # Errors
    /// The database.
    pub async fn audit_at(&self, livechat: &LivechatId, moment: &Timestamp) -> Result<Position, Error> {
        audit::first_at(&mut self.read(livechat).await?, livechat, moment).await
    }

    /// One more than the position of the last audit entry before a time; 1 when there is none.
    ///
    /// # Errors
    /// The database.
    pub async fn audit_until(&self, livechat: &LivechatId, moment: &Timestamp) -> Result<Position, Error> {
        audit::end_at(&mut self.database.read().await?, livechat, moment).await
    }

    /// The changes of a section of the settings, newest first, at most 200 a page.
    ///
    /// # Errors
    /// The database.
    pub async fn settings_history(
        &self,
        livechat: &LivechatId,
        section: SectionName,
        cursor: Option<Position>,
        limit: usize,
    ) -> Result<Page<Change>, Error> {
        settings::history(&mut self.read(livechat).await?, livechat, section, cursor, limit).await
    }

    /// A section of the settings as it was at a time; nothing when the livechat had not been created.
    ///
    /// # Errors
    /// The database.
    pub async fn settings_at(
        &self,
        livechat: &LivechatId,
        section: SectionName,
        moment: Timestamp,
    ) -> Result<Option<Revision>, Error> {
        settings::at(&mut self.read(livechat).await?, livechat, section, moment).await
    }

    /// The revision of a section of the settings at a position: how many times it had been changed.
    ///
    /// # Errors
    /// The database.
    pub async fn settings_revision(
        &self,
        livechat: &LivechatId,
        section: SectionName,
        position: Position,
    ) -> Result<u64, Error> {
        settings::revision(&mut self.read(livechat).await?, livechat, section, position).await
    }

    /// A survey in one of its versions, as it was in force at a position or before; nothing when it never was.
    ///
    /// # Errors
    /// The database.
    pub async fn survey(
        &self,
        livechat: &LivechatId,
        id: &SurveyId,
        version: u32,
        position: Position,
    ) -> Result<Option<Survey>, Error> {
        settings::survey(&mut self.read(livechat).await?, livechat, id, version, position).await
    }

    /// The mails that are waiting to be sent, oldest first, at most 200 a page; the cursor of the next page
    /// is the position to ask after.
    ///
    /// # Errors
    /// The database.
    pub async fn outbox(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Page<Mail>, Error> {
        outbox::pending(&mut self.read(livechat).await?, livechat, after, limit).await
    }

    /// The outcomes of surveys, newest first, at most 200 a page.
    ///
    /// # Errors
    /// The database.
    pub async fn survey_answers(
        &self,
        livechat: &LivechatId,
        filter: &survey_answers::Filter,
        cursor: Option<Position>,
        limit: usize,
    ) -> Result<Page<SurveyAnswer>, Error> {
        survey_answers::list(&mut self.read(livechat).await?, livechat, filter, cursor, limit).await
    }

    /// The figures of a period, or why it has none; nothing when there is no such livechat.
    ///
    /// # Errors
    /// The database.
    pub async fn figures(
        &self,
        livechat: &LivechatId,
        query: &figures::Query,
    ) -> Result<Option<Result<Report, Refusal>>, Error> {
        figures::read(&mut self.read(livechat).await?, livechat, query).await
    }

    /// Today's totals so far. What is over is counted once and kept in memory, so that asking every second costs
    /// the live rows and what has ended since.
    ///
    /// # Errors
    /// The database.
    pub async fn today(&self, livechat: &LivechatId, now: Timestamp) -> Result<Today, Error> {
        // In this order: rows of an older opening are never counted as those of a newer one.
        let generation = self.database.generation();
        let mut transaction = self.read(livechat).await?;
        today::read(&mut transaction, (&self.days, generation), livechat, now).await
    }

    /// How many livechats are parked: their rows stop before something that cannot be stored.
    pub fn parked(&self) -> usize {
        self.database.progress.count_stopped()
    }

    /// The progress of the livechats that are still catching up with the logs as they were when the program started;
    /// nothing when there are none.
    pub fn catching_up(&self) -> Option<CatchingUp> {
        self.database.progress.catching_up()
    }

    /// Are the rows of a livechat complete? Every query but [`Queries::floor`], which names its position, and
    /// [`Queries::position`] checks this first. It waits for the last events: a restarted server has caught up within
    /// milliseconds.
    ///
    /// # Errors
    /// [`Error::CatchingUp`], [`Error::Stopped`].
    pub async fn complete(&self, livechat: &LivechatId) -> Result<(), Error> {
        let progress = &self.database.progress;
        match progress.complete(livechat) {
            Err(Error::CatchingUp { done, total, .. }) if total.saturating_sub(done) <= NEARLY => {
                let mut moved = progress.watch(livechat);
                let caught_up = moved.wait_for(|reached| *reached >= total);
                // In time or not, the check is repeated.
                let _ = timeout(CATCH_UP_WAIT, caught_up).await;
                progress.complete(livechat)
            }
            complete => complete,
        }
    }

    async fn read(&self, livechat: &LivechatId) -> Result<Transaction, Error> {
        self.complete(livechat).await?;
        self.database.read().await
    }

    /// All rows of a kind from a time on, until before another, a page at a time, as they are now. Reading
    /// ends when the pages are dropped.
    ///
    /// # Errors
    /// The database.
    pub async fn export(
        &self,
        livechat: &LivechatId,
        rows: ExportKind,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Pages, Error> {
        self.complete(livechat).await?;
        Pages::begin(&self.database, livechat, rows, from, until).await
    }

    /// The last name of an operator, as visitors saw it, removed ones included.
    ///
    /// # Errors
    /// The database.
    pub async fn operator_name(
        &self,
        livechat: &LivechatId,
        operator: &str,
    ) -> Result<Option<String>, Error> {
        floor::operators::name(&mut self.database.read().await?, livechat, operator).await
    }

    /// All names an operator ever had, oldest first.
    ///
    /// # Errors
    /// The database.
    pub async fn operator_names(
        &self,
        livechat: &LivechatId,
        operator: &str,
    ) -> Result<Vec<OperatorName>, Error> {
        operator_names::of(&mut self.database.read().await?, livechat, operator).await
    }

    /// How far the livechat is projected; 0 when it is not at all.
    ///
    /// # Errors
    /// The database.
    pub async fn position(&self, livechat: &LivechatId) -> Result<Position, Error> {
        checkpoint::position(&mut self.database.read().await?, livechat).await
    }

    /// Waits until the livechat is projected up to `position` at least, so that a client reads what it
    /// just wrote. Returns whether it was in time.
    ///
    /// # Errors
    /// The database.
    pub async fn wait_for(
        &self,
        livechat: &LivechatId,
        position: Position,
        within: Duration,
    ) -> Result<bool, Error> {
        let progress = &self.database.progress;
        if progress.reached(livechat) >= position || self.position(livechat).await? >= position {
            return Ok(true);
        }
        let mut moved = progress.watch(livechat);
        let reached = timeout(within, moved.wait_for(|reached| *reached >= position))
            .await
            .is_ok_and(|moved| moved.is_ok());
        drop(moved);
        progress.forget_unknown(livechat);
        // Another process may have moved it.
        Ok(reached || self.position(livechat).await? >= position)
    }
}
