//! A period of the past, as the log has it.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::settings::opening_hours::TimeZone;
use domain::settings::{Section, Settings};
use domain::{ConversationId, Fact, Livechat, LivechatFact, LivechatId, Timestamp};
use journal::{Position, Record};
use projections::EventSource;
use projections::figures::InMemory;

use super::error::Error;
use super::timeline::Timeline;

/// Records read from the log at once.
const PAGE: usize = 1_000;

/// How long after the end of the period the conversations that were requested in it are followed, at most.
pub(super) const FOLLOWED_MAX: TimeDelta = TimeDelta::hours(24);

/// What happened in a period, and what was before.
#[derive(Debug)]
pub struct History {
    pub(super) livechat: LivechatId,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    /// The end of the period, exclusive, by the time of the [`Timeline`].
    pub(super) until_elapsed: Timestamp,
    /// The state when the period began.
    pub(super) before: Livechat,
    /// The position of the last event before the period.
    pub(super) position: Position,
    /// The rows of figures when the period began.
    pub(super) figures: InMemory,
    /// What happened from then on, until the last conversation that was requested in the period was over.
    pub(super) records: Vec<Arc<Record>>,
    /// The last time up to which everything is known, by the time of the [`Timeline`].
    pub(super) ends: Timestamp,
    /// The time up to which what has not ended is counted.
    pub(super) now: Timestamp,
    /// The settings when the period ended.
    pub(super) settings: Settings,
    /// Whether all conversations requested in the period were over then.
    pub(super) all_over: bool,
}

/// Reads a period, from `from` on and before `until`. `progress` is called with the position now and then.
///
/// The log is read from its beginning, in pages; only the period is kept. It is read to its end, since the clock may have
/// been set back to the period when that seemed to be over; then it is read once more.
///
/// # Errors
/// When the period is empty, the livechat has no log, or the log cannot be read.
pub async fn read(
    log: &impl EventSource,
    livechat: &LivechatId,
    (from, until): (Timestamp, Timestamp),
    progress: &(dyn Fn(Position) + Send + Sync),
) -> Result<History, Error> {
    let mut certain = 0;
    loop {
        let mut reader = Reader::new(livechat, from, until)?;
        (reader.history.now, reader.certain) = (log.now(), certain);
        let (mut position, mut is_wanted, mut comes_again) = (0, true, None);
        loop {
            let page = log.read(livechat, position, PAGE).await.map_err(Error::Log)?;
            for record in &page {
                position = record.position;
                if is_wanted {
                    is_wanted = reader.take(record);
                } else if reader.comes_again_with(record) {
                    comes_again = Some(position);
                }
            }
            progress(position);
            if page.len() < PAGE {
                break;
            }
        }
        match comes_again {
            Some(position) => certain = position,
            None => return reader.done(),
        }
    }
}

/// The time zone in which the livechat has its hours now.
///
/// # Errors
/// When the log cannot be read.
pub async fn time_zone(log: &impl EventSource, livechat: &LivechatId) -> Result<TimeZone, Error> {
    let (mut position, mut zone) = (0, TimeZone::default());
    loop {
        let page = log.read(livechat, position, PAGE).await.map_err(Error::Log)?;
        for record in &page {
            position = record.position;
            if let Fact::Livechat(LivechatFact::SettingsChanged { section, .. }) = &record.event.fact
                && let Section::OpeningHours(hours) = section.as_ref()
            {
                zone.clone_from(&hours.time_zone);
            }
        }
        if page.len() < PAGE {
            return Ok(zone);
        }
    }
}

impl History {
    /// The same for records in memory: all of a log, from its first.
    ///
    /// # Errors
    /// When the period is empty, or there are no records.
    pub fn of(
        livechat: &LivechatId,
        records: &[Arc<Record>],
        (from, until): (Timestamp, Timestamp),
    ) -> Result<Self, Error> {
        let mut reader = Reader::new(livechat, from, until)?;
        let last = records.iter().rfind(|record| reader.comes_again_with(record));
        reader.certain = last.map_or(0, |record| record.position);
        let _ = records.iter().all(|record| reader.take(record));
        reader.done()
    }

    /// The start of the period, and the first after it.
    pub const fn period(&self) -> (Timestamp, Timestamp) {
        (self.from, self.until)
    }

    /// An event from before the period.
    fn came_before(&mut self, record: &Record) {
        self.figures.apply(record);
        if record.position.is_multiple_of(PAGE as u64) {
            self.figures.forget_what_is_over();
        }
        self.position = record.position;
    }

    /// The settings when the period ended.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The settings when the period began.
    pub fn settings_before(&self) -> &Settings {
        self.before.settings()
    }

    /// What happened, in order: the period, and the outcome of its conversations.
    pub fn records(&self) -> &[Arc<Record>] {
        &self.records
    }
}

struct Reader {
    history: History,
    /// The state from the end of the period on.
    after: Option<After>,
    state: Livechat,
    is_past: bool,
    timeline: Timeline,
    /// The period is not over before this position, whatever time it is.
    certain: Position,
}

/// After the end of the period: conversations that are still to end.
struct After {
    open: HashSet<ConversationId>,
}

impl Reader {
    fn new(livechat: &LivechatId, from: Timestamp, until: Timestamp) -> Result<Self, Error> {
        if until <= from {
            return Err(Error::EmptyPeriod);
        }
        let history = History {
            livechat: livechat.clone(),
            from,
            until,
            until_elapsed: until,
            before: Livechat::default(),
            position: 0,
            figures: InMemory::default(),
            records: vec![],
            ends: from,
            now: until,
            settings: Settings::default(),
            all_over: false,
        };
        let (state, timeline) = (Livechat::default(), Timeline::default());
        Ok(Self { history, after: None, state, is_past: false, timeline, certain: 0 })
    }

    /// Takes the next record; returns whether more are needed.
    fn take(&mut self, record: &Arc<Record>) -> bool {
        let at = record.event.at;
        if self.is_past && self.comes_again_with(record) {
            self.comes_again(at);
        }
        let history = &mut self.history;
        if at < history.from && !self.is_past {
            domain::evolve(&mut self.state, &record.event);
            history.came_before(record);
            return true;
        }
        let elapsed = self.timeline.follow(&record.event);
        if !self.is_past {
            self.is_past = true;
            history.figures.forget_what_is_over();
            history.before = self.state.clone();
        }
        if at >= history.until && self.after.is_none() {
            let open = self.state.conversations().map(|(id, _)| *id).collect();
            self.after = Some(After { open });
            history.until_elapsed = self.timeline.elapsed(history.until);
            history.settings = self.state.settings().clone();
        }
        if let Some(After { open }) = &self.after {
            // All that happened at the end belongs to it.
            let followed_until = history.until_elapsed + FOLLOWED_MAX;
            let is_over = (open.is_empty() && elapsed > history.ends) || elapsed > followed_until;
            if is_over && record.position > self.certain {
                return false;
            }
        }
        domain::evolve(&mut self.state, &record.event);
        if let (Some(After { open }), Fact::Conversation { conversation, fact, .. }) =
            (&mut self.after, &record.event.fact)
            && fact.is_end()
        {
            open.remove(conversation);
        }
        history.ends = elapsed;
        history.now = history.now.max(at);
        history.records.push(record.clone());
        true
    }

    fn done(self) -> Result<History, Error> {
        let mut history = self.history;
        if history.position == 0 && history.records.is_empty() {
            return Err(Error::UnknownLivechat(history.livechat));
        }
        if !self.is_past {
            history.before = self.state.clone();
            history.figures.forget_what_is_over();
        }
        if let Some(after) = &self.after {
            history.all_over = after.open.is_empty();
        } else {
            history.all_over = self.state.conversations().next().is_none();
            history.settings = self.state.settings().clone();
        }
        Ok(history)
    }

    /// Was the clock set back with this event to a time in the period, or before it?
    fn comes_again_with(&self, record: &Record) -> bool {
        record.event.sets_back() && record.event.at < self.history.until
    }

    /// It was. A time in the past means the last time that the clock reached it (spec.md §Time): whatever came before
    /// the start of the period is before it.
    fn comes_again(&mut self, to: Timestamp) {
        self.after = None;
        if to < self.history.from {
            for record in std::mem::take(&mut self.history.records) {
                self.history.came_before(&record);
            }
            (self.is_past, self.timeline, self.history.ends) =
                (false, Timeline::default(), self.history.from);
        }
    }
}
