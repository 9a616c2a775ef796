//! Answers: how much, how fast, how well, in any period (spec.md §History, audit, analysts: figures)?
//!
//! Pure functions over the rows that others left behind: [`definitions`] is the table of figures, `tally` counts
//! rows, [`buckets`] cuts a period into hours and days of the livechat, [`report`] is the answer. What is not
//! over yet is read from the board in the same transaction, up to a `now` that the caller brings.
//!
//! Where a row counts: a contact in the hour of its request, a stay in the hour in which it began, a survey in
//! the hour in which it was asked, each with all that came of it. Times that are compared with the period (online,
//! in a status, in conversation) are clipped to it. What an operator did in a contact counts for that operator, whoever
//! the contact began with ([`crate::board::shares`]). So every sum over hours, operators or skills is the total.

pub mod buckets;
pub mod definitions;
pub mod document;
pub mod in_memory;
mod presence;
pub mod report;
mod seen;
mod tally;
pub mod today;
mod values;

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use domain::settings::hours::TimeZone;
use domain::settings::{Figures as FiguresSettings, OpeningHours, Section, SectionName};
use domain::{Instant, LivechatId};
use journal::Position;

use crate::board::shares::NOBODY;
use crate::board::{BoardOperators, OperatorRow};
use crate::contacts::Outcome;
use crate::database::{Select, Transaction};
use crate::error::Error;
use crate::projection::Projection;
use crate::runner::checkpoint;
use crate::settings;
use crate::survey_answers::{PendingSurvey, PendingSurveys};
use buckets::{Bucket, By, buckets, clip, index};
use definitions::{Per, Slice};
use presence::Presence;
use report::{Report, Row};
use seen::{SeenContact, SeenLive, SeenStay, SeenSurvey, SeenTime};
use tally::{Limits, Tally};

pub use definitions::Figure;
pub use in_memory::InMemory;
pub use today::Today;
pub use values::Value;

/// Days in a period at most.
pub const DAYS_MAX: i64 = 400;
/// Days in a period that is cut into hours.
pub const HOURS_DAYS_MAX: i64 = 62;
/// Rows in an answer: hours or days times operators or skills.
pub const ROWS_MAX: usize = 20_000;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query {
    /// The first moment of the period.
    pub from: Edge,
    /// The first moment after it.
    pub until: Edge,
    /// How it is cut.
    pub by: By,
    /// What figures are told apart by.
    pub per: Per,
    /// Seconds of the service level, if not those of the settings.
    pub service_level_secs: Option<i64>,
    /// Now: what is not over is looked at as of this moment.
    pub now: Instant,
}

/// An end of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// A moment.
    Moment(Instant),
    /// The first moment of a date, by the clocks of the livechat.
    Date(NaiveDate),
}

/// Why a period has no figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It ends before it has begun.
    Empty,
    /// It has more days than this.
    TooLong(i64),
    /// There would be more than [`ROWS_MAX`] rows.
    TooManyRows,
}

/// The figures, or why not; nothing when there is no such livechat.
pub(crate) async fn read(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    query: &Query,
) -> Result<Option<Result<Report, Refusal>>, Error> {
    let position = checkpoint::position(transaction, livechat).await?;
    if position == 0 {
        return Ok(None);
    }
    let zone = zone(transaction, livechat, query.now).await?;
    let settings = match section(transaction, livechat, SectionName::Figures, query.now).await? {
        Some(Section::Figures(settings)) => settings,
        _ => FiguresSettings::default(),
    };
    let parts = match parts(&zone, query) {
        Ok(parts) => parts,
        Err(refusal) => return Ok(Some(Err(refusal))),
    };
    let mut count = Count::new(query, &parts, limits(query, &settings));
    if let (Some(first), Some(last)) = (parts.first(), parts.last()) {
        count.read(transaction, livechat, first.from, last.until).await?;
    }
    // Medians are of sorted times, of which there may be millions.
    Ok(Some(journal::block_in_place(|| count.report(livechat, position, &zone, &settings))))
}

/// What contacts are measured against.
fn limits(query: &Query, settings: &FiguresSettings) -> Limits {
    Limits {
        in_time_ms: query.service_level_secs.unwrap_or(settings.service_level_seconds) * 1_000,
        short_abandon_ms: settings.short_abandon_seconds * 1_000,
    }
}

/// The time zone of the livechat.
async fn zone(transaction: &mut Transaction, livechat: &LivechatId, now: Instant) -> Result<TimeZone, Error> {
    let hours = match section(transaction, livechat, SectionName::OpeningHours, now).await? {
        Some(Section::OpeningHours(hours)) => hours,
        _ => OpeningHours::default(),
    };
    Ok(hours.time_zone)
}

async fn section(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    name: SectionName,
    now: Instant,
) -> Result<Option<Section>, Error> {
    Ok(settings::at(transaction, livechat, name, now).await?.map(|revision| revision.section))
}

fn ends(zone: &TimeZone, query: &Query) -> (Instant, Instant) {
    let moment = |edge| match edge {
        Edge::Moment(at) => at,
        Edge::Date(date) => zone.first_instant(date.and_time(NaiveTime::MIN)),
    };
    (moment(query.from), moment(query.until))
}

fn parts(zone: &TimeZone, query: &Query) -> Result<Vec<Bucket>, Refusal> {
    let (from, until) = ends(zone, query);
    let days_max = if query.by == By::Hour { HOURS_DAYS_MAX } else { DAYS_MAX };
    if until <= from {
        return Err(Refusal::Empty);
    }
    // So many days of the livechat may be an hour longer.
    if until - from > TimeDelta::days(days_max) + TimeDelta::hours(1) {
        return Err(Refusal::TooLong(days_max));
    }
    Ok(buckets(zone, from, until, query.by))
}

/// Counting under way.
struct Count<'a> {
    query: &'a Query,
    parts: &'a [Bucket],
    limits: Limits,
    tallies: BTreeMap<(usize, Option<String>), Tally>,
    presence: Presence,
    overflows: bool,
}

impl<'a> Count<'a> {
    fn new(query: &'a Query, parts: &'a [Bucket], limits: Limits) -> Self {
        let mut count = Self {
            query,
            parts,
            limits,
            tallies: BTreeMap::new(),
            presence: Presence::default(),
            overflows: false,
        };
        if query.per == Per::Livechat {
            count.tallies = (0..parts.len()).map(|part| ((part, None), Tally::default())).collect();
        }
        count
    }

    /// Everything that concerns the period, over or not.
    async fn read(
        &mut self,
        transaction: &mut Transaction,
        livechat: &LivechatId,
        from: Instant,
        until: Instant,
    ) -> Result<(), Error> {
        let now = self.query.now;
        let of = |table| Select::from(table).equal("livechat", livechat);
        let asked = |table, column| of(table).since_moment(column, &from).before_moment(column, &until);
        let meets = |table| of(table).since_moment("until", &from).before_moment("since", &until);
        transaction
            .each(asked(SeenContact::TABLE, "requested_at"), |row: SeenContact| self.contact(&row))
            .await?;
        transaction.each(meets(SeenStay::TABLE), |row: SeenStay| self.stay(&row)).await?;
        transaction.each(of(SeenLive::TABLE), |row: SeenLive| self.live(&row)).await?;
        if self.query.per != Per::Skill {
            transaction.each(meets(SeenTime::TABLE), |row: SeenTime| self.time(&row)).await?;
            let operator = |row: OperatorRow| SeenTime::live(&row, now).iter().for_each(|row| self.time(row));
            transaction.each(of(BoardOperators::TABLE), operator).await?;
            transaction
                .each(asked(SeenSurvey::TABLE, "asked_at"), |row: SeenSurvey| self.survey(&row))
                .await?;
            let pending = asked(PendingSurveys::TABLE, "asked_at");
            transaction.each(pending, |row: PendingSurvey| self.survey(&SeenSurvey::pending(row))).await?;
        }
        Ok(())
    }

    fn live(&mut self, row: &SeenLive) {
        let contact = SeenContact::live(row, self.query.now);
        self.contact(&contact);
        if let Some(stay) = SeenStay::live(row, self.query.now) {
            self.stay(&stay);
        }
    }

    fn contact(&mut self, contact: &SeenContact) {
        let Some(part) = index(self.parts, contact.requested_at) else { return };
        let limits = self.limits;
        if self.query.per == Per::Operator {
            self.share_out(part, contact);
        } else if let Some(tally) = self.tally(part, None, contact.skill.as_ref()) {
            tally.contacts.add(contact, limits);
        }
    }

    /// Counts what each operator did in a contact for that operator, and what nobody of them did for nobody.
    fn share_out(&mut self, part: usize, contact: &SeenContact) {
        let limits = self.limits;
        if contact.picked_up_at.is_some()
            && let Some(tally) = self.tally(part, contact.answered_by.as_ref(), None)
        {
            tally.contacts.taken_in += 1;
            tally.contacts.picked_up(contact, limits);
        }
        if contact.first_answer_at.is_some()
            && let Some(tally) = self.tally(part, contact.first_answer_by.as_ref(), None)
        {
            tally.contacts.first_answered(contact);
        }
        if contact.first_reply_at.is_some()
            && let Some(tally) = self.tally(part, contact.first_reply_by.as_ref(), None)
        {
            tally.contacts.first_replied(contact);
        }
        if matches!(contact.outcome, None | Some(Outcome::Ended)) || contact.important {
            let at_end = contact.operator_at_end.as_ref();
            if let Some(tally) = self.tally(part, at_end, None) {
                tally.contacts.went(contact);
            }
        }
        for (operator, share) in &contact.operators {
            let operator = Some(operator).filter(|operator| *operator != NOBODY);
            if let Some(tally) = self.tally(part, operator, None) {
                tally.contacts.share(share, contact.ended_at.is_some());
            }
        }
    }

    fn stay(&mut self, stay: &SeenStay) {
        let (operator, skill) = (Some(&stay.operator), stay.skill.as_ref());
        if let Some(part) = index(self.parts, stay.since)
            && let Some(tally) = self.tally(part, operator, skill)
        {
            tally.stays.add(stay);
        }
        let Some(picked_up_at) = stay.picked_up_at else { return };
        for (part, millis) in clip(self.parts, picked_up_at, stay.until) {
            if let Some(tally) = self.tally(part, operator, skill) {
                tally.time.conversation_ms += millis;
            }
        }
    }

    fn time(&mut self, time: &SeenTime) {
        for (part, millis) in clip(self.parts, time.since, time.until) {
            if let Some(tally) = self.tally(part, Some(&time.operator), None) {
                *tally.time.status_ms.entry(time.status.clone()).or_default() += millis;
            }
        }
        if self.query.per == Per::Livechat {
            self.presence.add(time.since, time.until);
        }
    }

    fn survey(&mut self, survey: &SeenSurvey) {
        let Some(part) = index(self.parts, survey.asked_at) else { return };
        if let Some(tally) = self.tally(part, survey.operator.as_ref(), None) {
            tally.survey(survey);
        }
    }

    /// What counts a part for whoever it is told apart by.
    fn tally(
        &mut self,
        part: usize,
        operator: Option<&String>,
        skill: Option<&String>,
    ) -> Option<&mut Tally> {
        let of = match self.query.per {
            Per::Livechat => None,
            Per::Operator => operator.cloned(),
            Per::Skill => skill.cloned(),
        };
        let key = (part, of);
        if self.tallies.len() >= ROWS_MAX && !self.tallies.contains_key(&key) {
            self.overflows = true;
            return None;
        }
        Some(self.tallies.entry(key).or_default())
    }

    /// The answer, once everything is counted.
    fn report(
        self,
        livechat: &LivechatId,
        position: Position,
        zone: &TimeZone,
        settings: &FiguresSettings,
    ) -> Result<Report, Refusal> {
        if self.overflows {
            return Err(Refusal::TooManyRows);
        }
        let query = self.query;
        let service_level_s = self.limits.in_time_ms / 1_000;
        let rows = self.rows(zone, settings.reference_concurrency);
        let wall = |at| report::wall(zone, at);
        let (from, until) = ends(zone, query);
        Ok(Report {
            livechat: livechat.to_string(),
            position,
            from: wall(from),
            until: wall(until),
            period: (from, until),
            now: wall(query.now),
            by: query.by,
            per: query.per,
            service_level_s,
            short_abandon_s: settings.short_abandon_seconds,
            reference_concurrency: settings.reference_concurrency,
            rows,
            time_zone: zone.0.clone(),
        })
    }

    fn rows(mut self, zone: &TimeZone, reference_concurrency: i64) -> Vec<Row> {
        for (part, most) in self.presence.most(self.parts).into_iter().enumerate() {
            if let Some(tally) = self.tallies.get_mut(&(part, None)) {
                tally.time.operators_max = most;
            }
        }
        let mut rows = Vec::with_capacity(self.tallies.len());
        for ((part, of), mut tally) in self.tallies {
            let Some(bucket) = self.parts.get(part) else { continue };
            tally.sort();
            let over = bucket.until.min(self.query.now) - bucket.from;
            let slice =
                Slice { tally: &tally, period_ms: over.num_milliseconds().max(0), reference_concurrency };
            rows.push(Row::new(zone, *bucket, self.query.per, of, &slice));
        }
        rows
    }
}
