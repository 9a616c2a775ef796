//! The figures of events that no database holds: the outcome of a what-if is measured like what happened.
//!
//! Invariant: the same rows are folded and counted by the same code as for the tables, so the figures of the same
//! events are the same, wherever they are kept.

use domain::settings::Figures as FiguresSettings;
use domain::settings::opening_hours::TimeZone;
use domain::{LivechatId, Timestamp};
use journal::{Position, Record};

use super::count::Count;
use super::definitions::Per;
use super::inputs::{AssignmentInput, ContactInput, LiveInput, StatusTimeInput, SurveyInput};
use super::query::{Query, Refusal, limits, parts};
use super::report::Report;
use crate::assignments::Assignment;
use crate::contacts::Contact;
use crate::encoding;
use crate::floor::{FloorConversations, FloorOperators};
use crate::operator_time::OperatorTime;
use crate::projection::Memory;
use crate::survey_answers::{PendingSurveys, SurveyAnswer};
use serde::Deserialize;

/// What the figures of one livechat are counted from.
#[derive(Debug)]
pub struct InMemory {
    conversations: Memory<FloorConversations>,
    operators: Memory<FloorOperators>,
    surveys: Memory<PendingSurveys>,
    position: Position,
}

impl Default for InMemory {
    fn default() -> Self {
        Self {
            conversations: Memory::with_history(),
            operators: Memory::with_history(),
            surveys: Memory::with_history(),
            position: 0,
        }
    }
}

impl InMemory {
    /// Folds one event. Those of the livechat come in their order, from the first one of its log.
    pub fn apply(&mut self, event: &Record) {
        self.conversations.apply(event);
        self.operators.apply(event);
        self.surveys.apply(event);
        self.position = event.position;
    }

    /// Forgets what has ended by now: no requested period begins before this time.
    pub fn forget_what_is_over(&mut self) {
        self.conversations.forget_history();
        self.operators.forget_history();
        self.surveys.forget_history();
    }

    /// The same without what has ended, to branch off from here.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self {
            conversations: self.conversations.fork(),
            operators: self.operators.fork(),
            surveys: self.surveys.fork(),
            position: self.position,
        }
    }

    /// The figures of a period.
    ///
    /// # Errors
    /// When the period has none.
    pub fn report(
        &self,
        livechat: &LivechatId,
        zone: &TimeZone,
        settings: &FiguresSettings,
        query: &Query,
    ) -> Result<Report, Refusal> {
        let parts = parts(zone, query)?;
        let mut count = Count::new(query, &parts, limits(query, settings));
        self.count(&mut count, query.now);
        count.report(livechat, self.position, zone, settings)
    }

    fn count(&self, count: &mut Count<'_>, now: Timestamp) {
        let left = self.conversations.history();
        for row in left.read_as::<ContactInput>(Contact::TABLE) {
            count.contact(&row);
        }
        for row in left.read_as::<AssignmentInput>(Assignment::TABLE) {
            count.assignment(&row);
        }
        for row in self.conversations.rows() {
            // A row of the board deserializes into the columns that figures need, as when read from the table.
            if let Ok(live) = LiveInput::deserialize(encoding::json(row)) {
                count.live(&live);
            }
        }
        if count.query.per == Per::Skill {
            return;
        }
        for row in self.operators.history().read_as::<StatusTimeInput>(OperatorTime::TABLE) {
            count.time(&row);
        }
        for row in self.operators.rows().into_iter().filter_map(|row| StatusTimeInput::live(row, now)) {
            count.time(&row);
        }
        for row in self.surveys.history().read_as::<SurveyInput>(SurveyAnswer::TABLE) {
            count.survey(&row);
        }
        for row in self.surveys.rows() {
            count.survey(&SurveyInput::pending(row.clone()));
        }
    }
}
