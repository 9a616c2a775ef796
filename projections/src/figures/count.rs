//! Counts rows into the parts of a period and the slices that are asked for.

use std::collections::BTreeMap;

use domain::LivechatId;
use domain::settings::Figures as FiguresSettings;
use domain::settings::opening_hours::TimeZone;
use journal::Position;

use super::aggregate::{Aggregate, Limits};
use super::buckets::{Bucket, clip, index};
use super::concurrency::Concurrency;
use super::definitions::{Per, Slice};
use super::inputs::{AssignmentInput, ContactInput, LiveInput, StatusTimeInput, SurveyInput};
use super::query::{Query, ROWS_MAX, Refusal, ends};
use super::report::{self, Report, Row};
use crate::contact_metrics::NOBODY;
use crate::contacts::Outcome;

/// Counting under way.
pub(super) struct Count<'a> {
    pub(super) query: &'a Query,
    parts: &'a [Bucket],
    limits: Limits,
    aggregates: BTreeMap<(usize, Option<String>), Aggregate>,
    concurrency: Concurrency,
    overflows: bool,
}

impl<'a> Count<'a> {
    pub(super) fn new(query: &'a Query, parts: &'a [Bucket], limits: Limits) -> Self {
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

    pub(super) fn live(&mut self, row: &LiveInput) {
        let contact = ContactInput::live(row, self.query.now);
        self.contact(&contact);
        if let Some(assignment) = AssignmentInput::live(row, self.query.now) {
            self.assignment(&assignment);
        }
    }

    pub(super) fn contact(&mut self, contact: &ContactInput) {
        let Some(part) = index(self.parts, contact.requested_at) else { return };
        let limits = self.limits;
        if self.query.per == Per::Operator {
            self.share_out(part, contact);
        } else if let Some(aggregate) = self.aggregate(part, None, contact.skill.as_ref()) {
            aggregate.contacts.add(contact, limits);
        }
    }

    /// Counts what each operator did in a contact for that operator, and what none of them did under no operator.
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

    pub(super) fn assignment(&mut self, assignment: &AssignmentInput) {
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

    pub(super) fn time(&mut self, time: &StatusTimeInput) {
        for (part, millis) in clip(self.parts, time.since, time.until) {
            if let Some(aggregate) = self.aggregate(part, Some(&time.operator), None) {
                *aggregate.time.status_ms.entry(time.status.clone()).or_default() += millis;
            }
        }
        if self.query.per == Per::Livechat {
            self.concurrency.add(time.since, time.until);
        }
    }

    pub(super) fn survey(&mut self, survey: &SurveyInput) {
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
    pub(super) fn report(
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
