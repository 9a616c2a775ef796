//! Both sides, before and after, in figures.

use std::sync::Arc;

use domain::Timestamp;
use domain::settings::Settings;
use journal::{Position, Record};
use projections::figures::buckets::By;
use projections::figures::definitions::Per;
use projections::figures::report::{Report, Row};
use projections::figures::{Edge, Query};
use serde::Serialize;
use serde_json::{Map, Value};

use super::difference::Difference;
use super::error::Error;
use super::history::History;

/// The figures that are shown side by side, by their names in FIGURES.md.
pub const FIGURES: &[&str] = &[
    "requested",
    "refused",
    "refused_outside_hours",
    "refused_no_operator",
    "refused_queue_full",
    "refused_queue_closed",
    "refused_livechat_closed",
    "queued",
    "answered",
    "left",
    "abandoned",
    "abandonment_rate",
    "released",
    "wait_served_mean_s",
    "wait_served_median_s",
    "wait_served_p90_s",
    "wait_served_worst_s",
    "wait_left_mean_s",
    "pick_up_mean_s",
    "pick_up_median_s",
    "pick_up_p90_s",
    "pick_up_worst_s",
    "service_level",
    "handle_time_mean_s",
    "transfers",
    "transfers_inactive",
    "transfers_disconnected",
    "returns_to_queue",
    "occupancy",
    "simultaneity",
    "operators_max",
    "online_time_s",
];

/// A period as it was, and as it would have been.
#[derive(Clone, Debug, Serialize)]
pub struct WhatIf {
    /// Of which livechat.
    pub livechat: String,
    /// The time zone of the livechat, in which hours are counted.
    pub time_zone: String,
    /// Seconds of the service level.
    pub service_level_s: i64,
    /// The start of the period.
    pub from: String,
    /// Its end, exclusive.
    pub until: String,
    /// The changed settings.
    pub set: Vec<String>,
    /// The number of operators more, or fewer.
    pub operators: i64,
    /// Whether the opening hours are changed.
    pub hours_replaced: bool,
    /// Where the draws began.
    pub seed: u64,
    /// Visitors who gave up waiting.
    pub patience_seen: usize,
    /// Visitors who are only known to have been willing to wait longer than they did.
    pub patience_censored: usize,
    /// Seconds after which half of the visitors give up, as far as that was seen.
    pub patience_median_s: Option<i64>,
    /// Acts of people that the rules no longer allowed.
    pub acts_refused: usize,
    /// Whether everything happened as it did then, event by event: certain where nothing is changed.
    pub is_history: bool,
    /// Where these rules, with nothing changed, depart from what happened then; absent when they do not, event by
    /// event. History was imported, or made by other rules, and the other side shows what the rules do, too.
    pub departs: Option<Departure>,
    /// As it was.
    pub before: Measured,
    /// As it would have been.
    pub after: Measured,
}

/// Where a history differs from these rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Departure {
    /// The position of the first event that is not as it was then.
    pub position: Position,
    /// When that was.
    pub at: Timestamp,
    /// The conversation that the event is about, if any.
    pub conversation: Option<String>,
    /// What happened then; absent if nothing more did.
    pub then: Option<&'static str>,
    /// What happens instead by these rules; absent if nothing more does.
    pub now: Option<&'static str>,
}

impl Departure {
    pub(super) fn of((then, now): &Difference<'_>) -> Option<Self> {
        let first = then.or(*now)?;
        Some(Self {
            position: first.position,
            at: first.event.at,
            conversation: first.event.fact.conversation_id().map(|id| id.to_string()),
            then: then.map(|then| then.event.fact.name()),
            now: now.map(|now| now.event.fact.name()),
        })
    }
}

/// One side in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// The whole period.
    pub total: Map<String, Value>,
    /// Hour by hour, by the clocks of the livechat.
    pub hours: Vec<Part>,
}

/// An hour in figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// The start of the hour, by the clocks of the livechat.
    pub from: String,
    /// Its end, exclusive.
    pub until: String,
    /// By name; empty where there is nothing to measure.
    pub figures: Map<String, Value>,
}

/// How both sides are measured.
pub(super) struct Measure<'a> {
    pub(super) history: &'a History,
    /// The livechat that provides the section of figures and the time zone.
    pub(super) settings: &'a Settings,
    pub(super) service_level_secs: Option<i64>,
}

/// One side, and by what it was measured.
pub(super) struct Side {
    pub(super) measured: Measured,
    pub(super) time_zone: String,
    pub(super) service_level_s: i64,
    pub(super) from: String,
    pub(super) until: String,
}

impl Measure<'_> {
    /// The figures of what happened, up to `now`.
    pub(super) fn of(&self, events: &[Arc<Record>], now: Timestamp) -> Result<Side, Error> {
        let mut rows = self.history.figures.fork();
        for record in events {
            rows.apply(record);
        }
        let report = |by| -> Result<Report, Error> {
            let query = Query {
                from: Edge::Time(self.history.from),
                until: Edge::Time(self.history.until),
                by,
                per: Per::Livechat,
                service_level_secs: self.service_level_secs,
                now,
            };
            let zone = &self.settings.opening_hours.time_zone;
            rows.report(&self.history.livechat, zone, &self.settings.figures, &query)
                .map_err(Error::no_figures)
        };
        let (total, hours) = (report(By::Total)?, report(By::Hour)?);
        let hours = hours.rows.iter().map(|row| Part {
            from: row.from.clone(),
            until: row.until.clone(),
            figures: figures(row),
        });
        Ok(Side {
            measured: Measured {
                total: total.rows.first().map(figures).unwrap_or_default(),
                hours: hours.collect(),
            },
            time_zone: total.time_zone.clone(),
            service_level_s: total.service_level_s,
            from: total.from.clone(),
            until: total.until.clone(),
        })
    }
}

/// The figures that are shown, as `GET …/figures` has them.
fn figures(row: &Row) -> Map<String, Value> {
    let shown = row.figures.0.iter().filter(|(figure, _)| FIGURES.contains(&figure.name));
    let json = |value: &Option<_>| serde_json::to_value(value).unwrap_or_default();
    shown.map(|(figure, value)| (figure.name.to_owned(), json(value))).collect()
}
