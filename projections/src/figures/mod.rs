//! Answers: how much, how fast, how well, in any period (spec.md §History, audit, analysts: figures)?
//!
//! Pure functions over history rows: [`definitions`] is the table of figures, `aggregate` counts
//! rows, [`buckets`] cuts a period into hours and days of the livechat, [`report`] is the answer. What is not
//! over yet is read from the board in the same transaction, up to a `now` that the caller brings.
//!
//! Where a row counts: a contact in the hour of its request, an assignment in the hour in which it began, a survey in
//! the hour in which it was asked, each with all that came of it. Samples that are compared with the period (online,
//! in a status, in conversation) are clipped to it. What an operator did in a contact counts for that operator, whoever
//! the contact began with ([`crate::floor::shares`]). So every sum over hours, operators or skills is the total.

mod aggregate;
pub mod buckets;
mod concurrency;
pub mod definitions;
pub mod document;
pub mod in_memory;
mod inputs;
pub mod report;
mod samples;
pub mod today;

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use domain::settings::hours::TimeZone;
use domain::settings::{Figures as FiguresSettings, OpeningHours, Section, SectionName};
use domain::{LivechatId, Timestamp};
use journal::Position;

use crate::contacts::Outcome;
use crate::database::{Select, Transaction};
use crate::error::Error;
use crate::floor::shares::NOBODY;
use crate::floor::{FloorOperators, OperatorRow};
use crate::projection::Projection;
use crate::runner::checkpoint;
use crate::settings;
use crate::survey_answers::{PendingSurvey, PendingSurveys};
use aggregate::{Aggregate, Limits};
use buckets::{Bucket, By, buckets, clip, index};
use concurrency::Concurrency;
use definitions::{Per, Slice};
use inputs::{AssignmentInput, ContactInput, LiveInput, StatusTimeInput, SurveyInput};
use report::{Report, Row};

pub use definitions::Figure;
pub use in_memory::InMemory;
pub use samples::Value;
pub use today::Today;

/// Days in a period at most.
pub const DAYS_MAX: i64 = 400;
/// Days in a period that is cut into hours.
pub const HOURS_DAYS_MAX: i64 = 62;
/// Rows in an answer: hours or days times operators or skills.
pub const ROWS_MAX: usize = 20_000;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query {
    /// The start of the period.
    pub from: Edge,
    /// Its end, exclusive.
    pub until: Edge,
    /// How it is cut.
    pub by: By,
    /// What figures are broken down by.
    pub per: Per,
    /// Seconds of the service level, if not those of the settings.
    pub service_level_secs: Option<i64>,
    /// Now: what is not over is looked at as of this time.
    pub now: Timestamp,
}

/// An end of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// A time.
    Moment(Timestamp),
    /// The start of a date, by the clocks of the livechat.
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
async fn zone(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    now: Timestamp,
) -> Result<TimeZone, Error> {
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
    now: Timestamp,
) -> Result<Option<Section>, Error> {
    Ok(settings::at(transaction, livechat, name, now).await?.map(|revision| revision.section))
}

fn ends(zone: &TimeZone, query: &Query) -> (Timestamp, Timestamp) {
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
    aggregates: BTreeMap<(usize, Option<String>), Aggregate>,
    concurrency: Concurrency,
    overflows: bool,
}

impl<'a> Count<'a> {
    fn new(query: &'a Query, parts: &'a [Bucket], limits: Limits) -> Self {
        let mut count = Self {
            query,
            parts,
            limits,
            aggregates: BTreeMap::new(),
            concurrency: Concurrency::default(),
            overflows: false,
        };
        if query.per == Per::Livechat {
            count.aggregates = (0..parts.len()).map(|part| ((part, None), Aggregate::default())).collect();
        }
        count
    }

    /// Everything that concerns the period, over or not.
    async fn read(
        &mut self,
        transaction: &mut Transaction,
        livechat: &LivechatId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<(), Error> {
        let now = self.query.now;
        let of = |table| Select::from(table).equal("livechat", livechat);
        let asked = |table, column| of(table).since_time(column, &from).before_time(column, &until);
        let meets = |table| of(table).since_time("until", &from).before_time("since", &until);
        transaction
            .for_each(asked(ContactInput::TABLE, "requested_at"), |row: ContactInput| self.contact(&row))
            .await?;
        transaction
            .for_each(meets(AssignmentInput::TABLE), |row: AssignmentInput| self.assignment(&row))
            .await?;
        transaction.for_each(of(LiveInput::TABLE), |row: LiveInput| self.live(&row)).await?;
        if self.query.per != Per::Skill {
            transaction
                .for_each(meets(StatusTimeInput::TABLE), |row: StatusTimeInput| self.time(&row))
                .await?;
            let operator =
                |row: OperatorRow| StatusTimeInput::live(&row, now).iter().for_each(|row| self.time(row));
            transaction.for_each(of(FloorOperators::TABLE), operator).await?;
            transaction
                .for_each(asked(SurveyInput::TABLE, "asked_at"), |row: SurveyInput| self.survey(&row))
                .await?;
            let pending = asked(PendingSurveys::TABLE, "asked_at");
            transaction
                .for_each(pending, |row: PendingSurvey| self.survey(&SurveyInput::pending(row)))
                .await?;
        }
        Ok(())
    }

    fn live(&mut self, row: &LiveInput) {
        let contact = ContactInput::live(row, self.query.now);
        self.contact(&contact);
        if let Some(assignment) = AssignmentInput::live(row, self.query.now) {
            self.assignment(&assignment);
        }
    }

    fn contact(&mut self, contact: &ContactInput) {
        let Some(part) = index(self.parts, contact.requested_at) else { return };
        let limits = self.limits;
        if self.query.per == Per::Operator {
            self.share_out(part, contact);
        } else if let Some(aggregate) = self.aggregate(part, None, contact.skill.as_ref()) {
            aggregate.contacts.add(contact, limits);
        }
    }

    /// Counts what each operator did in a contact for that operator, and what nobody of them did for nobody.
    fn share_out(&mut self, part: usize, contact: &ContactInput) {
        let limits = self.limits;
        if contact.picked_up_at.is_some()
            && let Some(aggregate) = self.aggregate(part, contact.answered_by.as_ref(), None)
        {
            aggregate.contacts.taken_in += 1;
            aggregate.contacts.picked_up(contact, limits);
        }
        if contact.first_answer_at.is_some()
            && let Some(aggregate) = self.aggregate(part, contact.first_answer_by.as_ref(), None)
        {
            aggregate.contacts.first_answered(contact);
        }
        if contact.first_reply_at.is_some()
            && let Some(aggregate) = self.aggregate(part, contact.first_reply_by.as_ref(), None)
        {
            aggregate.contacts.first_replied(contact);
        }
        if matches!(contact.outcome, None | Some(Outcome::Ended)) || contact.important {
            let at_end = contact.operator_at_end.as_ref();
            if let Some(aggregate) = self.aggregate(part, at_end, None) {
                aggregate.contacts.went(contact);
            }
        }
        for (operator, share) in &contact.operators {
            let operator = Some(operator).filter(|operator| *operator != NOBODY);
            if let Some(aggregate) = self.aggregate(part, operator, None) {
                aggregate.contacts.share(share, contact.ended_at.is_some());
            }
        }
    }

    fn assignment(&mut self, assignment: &AssignmentInput) {
        let (operator, skill) = (Some(&assignment.operator), assignment.skill.as_ref());
        if let Some(part) = index(self.parts, assignment.since)
            && let Some(aggregate) = self.aggregate(part, operator, skill)
        {
            aggregate.assignments.add(assignment);
        }
        let Some(picked_up_at) = assignment.picked_up_at else { return };
        for (part, millis) in clip(self.parts, picked_up_at, assignment.until) {
            if let Some(aggregate) = self.aggregate(part, operator, skill) {
                aggregate.time.conversation_ms += millis;
            }
        }
    }

    fn time(&mut self, time: &StatusTimeInput) {
        for (part, millis) in clip(self.parts, time.since, time.until) {
            if let Some(aggregate) = self.aggregate(part, Some(&time.operator), None) {
                *aggregate.time.status_ms.entry(time.status.clone()).or_default() += millis;
            }
        }
        if self.query.per == Per::Livechat {
            self.concurrency.add(time.since, time.until);
        }
    }

    fn survey(&mut self, survey: &SurveyInput) {
        let Some(part) = index(self.parts, survey.asked_at) else { return };
        if let Some(aggregate) = self.aggregate(part, survey.operator.as_ref(), None) {
            aggregate.survey(survey);
        }
    }

    /// The aggregate of a part, for the operator or skill it is broken down by.
    fn aggregate(
        &mut self,
        part: usize,
        operator: Option<&String>,
        skill: Option<&String>,
    ) -> Option<&mut Aggregate> {
        let of = match self.query.per {
            Per::Livechat => None,
            Per::Operator => operator.cloned(),
            Per::Skill => skill.cloned(),
        };
        let key = (part, of);
        if self.aggregates.len() >= ROWS_MAX && !self.aggregates.contains_key(&key) {
            self.overflows = true;
            return None;
        }
        Some(self.aggregates.entry(key).or_default())
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
        for (part, most) in self.concurrency.peak(self.parts).into_iter().enumerate() {
            if let Some(aggregate) = self.aggregates.get_mut(&(part, None)) {
                aggregate.time.operators_max = most;
            }
        }
        let mut rows = Vec::with_capacity(self.aggregates.len());
        for ((part, of), mut aggregate) in self.aggregates {
            let Some(bucket) = self.parts.get(part) else { continue };
            aggregate.sort();
            let over = bucket.until.min(self.query.now) - bucket.from;
            let slice = Slice {
                aggregate: &aggregate,
                period_ms: over.num_milliseconds().max(0),
                reference_concurrency,
            };
            rows.push(Row::new(zone, *bucket, self.query.per, of, &slice));
        }
        rows
    }
}
