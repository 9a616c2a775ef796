//! A time that never goes back, so that each act can be described by how long it came after another.
//!
//! It is that of the clock with every step back compensated: intervals between events keep their length, and there is
//! no time between a step and the last event before it. It begins with the period.

use chrono::TimeDelta;
use domain::livechat::Outage;
use domain::{Event, Fact, LivechatFact, Timestamp};
use journal::Record;

use super::behaviour::{Break, Order};

/// By how much the clock was set back so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeline(TimeDelta);

impl Default for Timeline {
    fn default() -> Self {
        Self(TimeDelta::zero())
    }
}

impl Timeline {
    /// The time at which the clock shows `shown`.
    pub(super) fn elapsed(self, shown: Timestamp) -> Timestamp {
        shown + self.0
    }

    /// What the clock shows at a time.
    pub(super) fn shown(self, elapsed: Timestamp) -> Timestamp {
        elapsed - self.0
    }

    /// The clock is set back by this much.
    pub(super) fn set_back(&mut self, by: TimeDelta) {
        self.0 += by;
    }

    /// The time of the next event.
    pub(super) fn follow(&mut self, event: &Event) -> Timestamp {
        self.set_back(step(event));
        self.elapsed(event.at)
    }

    /// The interruption, if a command records one.
    pub(super) fn break_of(self, records: &[&Record]) -> Option<Break> {
        let first = records.first()?;
        let outage = outage(&first.event);
        if outage.is_none() && !first.event.sets_back() {
            return None;
        }
        let last_step = records.iter().rev().find(|record| record.event.sets_back());
        let set_back = records.iter().map(|record| step(&record.event)).sum();
        let shown = last_step.map_or(first.event.at, |record| record.event.at);
        let at = self.elapsed(if outage.is_some() { first.event.at } else { first.event.at + set_back });
        let since = outage.and_then(|outage| outage.since).map_or(at, |since| self.elapsed(since));
        Some(Break { since, at, order: first.position, outage, set_back, shown })
    }
}

/// By how much the clock was set back with an event.
fn step(event: &Event) -> TimeDelta {
    match &event.fact {
        Fact::Livechat(LivechatFact::ClockSetBack { from, to }) => *from - *to,
        Fact::Livechat(_) | Fact::Operator { .. } | Fact::Conversation { .. } => TimeDelta::zero(),
    }
}

fn outage(event: &Event) -> Option<Outage> {
    match &event.fact {
        Fact::Livechat(LivechatFact::Interrupted { since, until }) => {
            Some(Outage { since: Some(*since), until: *until })
        }
        Fact::Livechat(_) | Fact::Operator { .. } | Fact::Conversation { .. } => None,
    }
}

impl Break {
    /// Does something at this time, which stood there in the log, come before it?
    pub(super) fn is_after(&self, at: Timestamp, order: Order) -> bool {
        (at, order) < (self.since, self.order)
    }
}
