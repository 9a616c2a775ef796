//! The truth: the durable log, folded record by record as it grows, by a reader that trusts nothing else.
//!
//! Each record is read from its bytes, checked against the previous hash, and compared with what the rules require: a
//! second livechat is given the same commands in the order of the log, and has to produce the same events. So nothing
//! was decided on a state that never existed.

use std::sync::Arc;

use domain::livechat::Outage;
use domain::{Action, Command, Fact, Livechat, LivechatFact, LivechatId, Timestamp};
use journal::entry::{GENESIS, Hash, WakeUp};
use journal::upcast::decode;
use journal::{Position, Record};

use super::client_history::ClientHistory;
use super::disk::Log;
use crate::invariants::{self, Checker};

/// Commands after which the two livechats are compared as a whole.
const COMPARED_EVERY: u64 = 32;

/// What is known of one livechat from its durable log alone.
pub(super) struct Oracle {
    /// A fold of the log.
    pub(super) state: Livechat,
    /// Decided again from the commands in the log.
    twin: Livechat,
    checker: Checker,
    hash: Hash,
    commands: u64,
    /// The log, decoded.
    pub(super) records: Vec<Arc<Record>>,
}

impl Oracle {
    pub(super) fn new() -> Self {
        Self {
            state: Livechat::default(),
            twin: Livechat::default(),
            checker: Checker::default(),
            hash: GENESIS,
            commands: 0,
            records: vec![],
        }
    }

    pub(super) fn position(&self) -> Position {
        self.records.len() as Position
    }

    /// The state at a position of the past.
    pub(super) fn at(&self, position: Position) -> Livechat {
        let mut state = Livechat::default();
        let until = usize::try_from(position).unwrap_or(usize::MAX).min(self.records.len());
        for record in &self.records[..until] {
            domain::evolve(&mut state, &record.event);
        }
        state
    }

    /// Reads what has become durable.
    pub(super) fn learn(&mut self, log: &Log, history: &mut ClientHistory) -> Result<(), String> {
        let from = self.records.len();
        if log.head.position == self.position() {
            return Ok(());
        }
        for row in log.after(self.position(), usize::MAX) {
            let chained = row.stored.chained_to(&self.hash);
            if row.stored.hash != chained {
                return Err(format!("record {} breaks the chain of hashes", row.stored.position));
            }
            self.hash = chained;
            self.records.push(Arc::new(decode(&row.stored).map_err(|error| error.to_string())?));
        }
        if (log.head.position, log.head.hash) != (self.position(), self.hash) {
            return Err(format!(
                "the head is at {} and the log ends at {}",
                log.head.position,
                self.position()
            ));
        }
        let fresh = self.records[from..].to_vec();
        for command in fresh.chunk_by(|one, next| one.command == next.command) {
            self.happened(command, history)?;
        }
        if log.head.wake_up != WakeUp::of(&self.state) {
            return Err("the head foresees something else than the state".to_owned());
        }
        Ok(())
    }

    /// All that one command made happen.
    fn happened(&mut self, records: &[Arc<Record>], history: &mut ClientHistory) -> Result<(), String> {
        let (Some(first), Some(last)) = (records.first(), records.last()) else { return Ok(()) };
        let told = history.recorded(first, records.len())?;
        let by = first.event.by.clone();
        let action = told.unwrap_or(Action::Tick);
        let story = if let Some(outage) = outage(first) {
            // When the clock was set back since the server started, the outage is recorded at the time of the log.
            let now = records.iter().find_map(|record| set_back_to(record)).unwrap_or(first.event.at);
            let mut story = self.twin.resume(outage, now);
            // Timers that are due anyway fire with it.
            if story.len() < records.len() {
                story.extend(self.twin.tick(now));
            }
            story
        } else if matches!(action, Action::Tick) {
            self.twin.tick(first.event.at)
        } else {
            let command = Command { at: first.event.at, by, action };
            self.twin.handle_command(&command).map_err(|refusal| {
                format!("record {} is there, and the rules refuse it: {refusal}", first.position)
            })?
        };
        if !story.iter().eq(records.iter().map(|record| &record.event)) {
            return Err(format!(
                "from record {} on the rules tell another story: {} events, and the log has {}",
                first.position,
                story.len(),
                records.len()
            ));
        }
        for record in records {
            domain::evolve(&mut self.state, &record.event);
            self.checker.check(&self.state, record).map_err(|violation| violation.to_string())?;
        }
        self.checker.settled(last).map_err(|violation| violation.to_string())?;
        invariants::state(&self.state).map_err(|(invariant, what)| format!("{invariant}: {what}"))?;
        self.commands += 1;
        if self.commands.is_multiple_of(COMPARED_EVERY) { self.compare() } else { Ok(()) }
    }

    /// What was folded is what was decided.
    pub(super) fn compare(&self) -> Result<(), String> {
        if self.state == self.twin { Ok(()) } else { Err("the log folds to another state".to_owned()) }
    }
}

/// The outage that a record notes.
fn outage(record: &Record) -> Option<Outage> {
    match &record.event.fact {
        Fact::Livechat(LivechatFact::Interrupted { since, until }) => {
            Some(Outage { since: Some(*since), until: *until })
        }
        Fact::Livechat(_) | Fact::Operator { .. } | Fact::Conversation { .. } => None,
    }
}

/// What the clock shows since it was set back, if a record notes that.
fn set_back_to(record: &Record) -> Option<Timestamp> {
    match &record.event.fact {
        Fact::Livechat(LivechatFact::ClockSetBack { to, .. }) => Some(*to),
        Fact::Livechat(_) | Fact::Operator { .. } | Fact::Conversation { .. } => None,
    }
}

/// The name of a livechat, by its number.
pub(super) fn livechat(index: usize) -> Option<LivechatId> {
    LivechatId::parse(&format!("livechat-{index}")).ok()
}
