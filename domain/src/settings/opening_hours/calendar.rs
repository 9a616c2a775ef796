//! Opening hours as a calendar: is it open, when does it close, what changes next.
//!
//! Two steps. The ranges of each day are laid out on the wall clock (`spans`); then their
//! ends become instants (`first_instant`). Ranges that touch or overlap there, also across
//! midnight, are one opening: nothing changes in between.

use std::iter::Peekable;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use chrono_tz::Tz;

use super::exception::Exception;
use super::zone::TimeZone;
use super::zone::first_instant;
use super::{OpeningHours, Schedule, Week};
use crate::Timestamp;
use crate::limits::HOURS_LOOK_AHEAD_DAYS;

/// Opening hours in a time zone.
#[derive(Clone, Copy, Debug)]
pub struct Calendar<'a> {
    zone: Tz,
    week: Option<&'a Week>,
    exceptions: &'a [Exception],
}

/// A change of a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The first instant of what comes.
    pub at: Timestamp,
    /// Does it open, or close?
    pub opens: bool,
}

impl OpeningHours {
    /// These hours as a calendar.
    pub fn calendar(&self) -> Calendar<'_> {
        Calendar::new(&self.time_zone, self.week.as_ref(), &self.exceptions)
    }
}

impl Schedule {
    /// These hours as a calendar in the time zone of the livechat.
    pub fn calendar(&self, zone: &TimeZone) -> Calendar<'_> {
        Calendar::new(zone, self.week.as_ref(), &self.exceptions)
    }
}

impl<'a> Calendar<'a> {
    pub(super) fn new(zone: &TimeZone, week: Option<&'a Week>, exceptions: &'a [Exception]) -> Self {
        Self { zone: zone.rules(), week, exceptions }
    }

    /// Is it open at this instant? The opening instant is, the closing instant is not.
    pub fn is_open(&self, at: Timestamp) -> bool {
        if self.always_open() {
            return true;
        }
        // The date differs from the one in UTC by a day at most, and a range reaches into the day after.
        self.spans(at, 4)
            .any(|span| first_instant(self.zone, span.from) <= at && at < first_instant(self.zone, span.to))
    }

    /// When the opening under way ends; `None` when closed, and when it does not end within the next 400
    /// days.
    pub fn closes_at(&self, at: Timestamp) -> Option<Timestamp> {
        self.next_change(at).filter(|change| !change.opens).map(|change| change.at)
    }

    /// The first change strictly after this instant; `None` when there is none within the next 400 days.
    pub fn next_change(&self, after: Timestamp) -> Option<Change> {
        if self.always_open() {
            return None;
        }
        // The two before, and three more than are looked at: the last opening is not cut short.
        let spans = self.spans(after, HOURS_LOOK_AHEAD_DAYS + 5).peekable();
        let (from, to) = Openings { zone: self.zone, spans }.find(|(_, to)| *to > after)?;
        let change =
            if from > after { Change { at: from, opens: true } } else { Change { at: to, opens: false } };
        (change.at - after <= TimeDelta::days(i64::from(HOURS_LOOK_AHEAD_DAYS))).then_some(change)
    }

    const fn always_open(&self) -> bool {
        self.week.is_none() && self.exceptions.is_empty()
    }

    /// What is open on the wall clock, by beginning: `days` days from two before the one in UTC.
    fn spans(self, at: Timestamp, days: u16) -> impl Iterator<Item = Span> + 'a {
        let first = at.date_naive();
        let first = first.checked_sub_days(Days::new(2)).unwrap_or(first);
        first.iter_days().take(usize::from(days)).flat_map(move |date| self.on(date))
    }

    /// What opens on one date, by beginning.
    fn on(&self, date: NaiveDate) -> Vec<Span> {
        let ranges = match (self.exceptions.iter().find(|exception| exception.date == date), self.week) {
            (Some(exception), _) => &exception.ranges,
            (None, Some(week)) => week.on(date.weekday()),
            (None, None) => return Span::new(date, (0, 24 * 60)).into_iter().collect(),
        };
        let minutes = ranges.iter().filter_map(|range| range.minutes());
        let mut spans: Vec<Span> = minutes.filter_map(|minutes| Span::new(date, minutes)).collect();
        spans.sort_unstable();
        spans
    }
}

/// A range on the wall clock, with its date.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    from: NaiveDateTime,
    to: NaiveDateTime,
}

impl Span {
    /// `None` at the end of all dates.
    fn new(date: NaiveDate, (from, to): (u16, u16)) -> Option<Self> {
        let midnight = date.and_time(NaiveTime::MIN);
        let at = |minutes: u16| midnight.checked_add_signed(TimeDelta::minutes(i64::from(minutes)));
        Some(Self { from: at(from)?, to: at(to)? })
    }
}

/// The uninterrupted openings made of spans, in order.
struct Openings<I: Iterator<Item = Span>> {
    zone: Tz,
    spans: Peekable<I>,
}

impl<I: Iterator<Item = Span>> Iterator for Openings<I> {
    type Item = (Timestamp, Timestamp);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Span { from, mut to } = self.spans.next()?;
            // Times apart on the wall clock can be one instant, when the clocks skip what is between them:
            // that is checked only after what the wall clock shows by itself, which is much cheaper.
            while let Some(more) = self.spans.next_if(|next| {
                next.from <= to || first_instant(self.zone, next.from) <= first_instant(self.zone, to)
            }) {
                to = to.max(more.to);
            }
            let opening = (first_instant(self.zone, from), first_instant(self.zone, to));
            // Nothing is left of a range that lies in a time the clocks skip.
            if opening.0 < opening.1 {
                return Some(opening);
            }
        }
    }
}
