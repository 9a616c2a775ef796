//! What came and how long it took, measured in a past period of the log.

use std::collections::{BTreeMap, HashMap};

use chrono::{NaiveTime, TimeDelta, Timelike};
use domain::settings::hours::TimeZone;
use domain::{ConversationFact, ConversationId, Fact, Instant};

use super::traffic::{Times, Traffic, float};
use crate::what_if::{self, History};

/// Half an hour, in minutes.
const HALF_HOUR: u32 = 30;

/// A day by the half hour.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Requests in each half hour of the day, by the clocks of the livechat, in the mean of the days of the period.
    pub half_hours: BTreeMap<NaiveTime, f64>,
    /// How long everything took; the arrivals are those of the busiest half hour.
    pub traffic: Traffic,
    /// The time zone of the livechat.
    pub time_zone: String,
}

/// Measures a period.
pub fn measure(history: &History) -> Measured {
    let settings = history.settings();
    let zone = &settings.opening_hours.time_zone;
    let people = what_if::people(history);
    let half_hours = arrivals(history, zone);
    let busiest = half_hours.values().copied().fold(0.0, f64::max);
    Measured {
        traffic: Traffic {
            arrivals_per_hour: busiest * 2.0,
            pick_up: Times::Estimated(people.pick_ups),
            handle: Times::Seen(handles(history)),
            patience: Some(Times::Estimated(people.patience)),
            conversations_per_operator: settings.capacity.conversations_per_operator,
        },
        half_hours,
        time_zone: zone.0.clone(),
    }
}

/// Requests per half hour of the day. A half hour of which the period has a part counts as that part.
fn arrivals(history: &History, zone: &TimeZone) -> BTreeMap<NaiveTime, f64> {
    let (from, until) = history.period();
    let mut covered: BTreeMap<NaiveTime, f64> = BTreeMap::new();
    let mut at = from;
    while at < until {
        let end = next_half_hour(zone, at).min(until);
        let share = float((end - at).num_milliseconds())
            / float(TimeDelta::minutes(HALF_HOUR.into()).num_milliseconds());
        *covered.entry(half_hour(zone, at)).or_default() += share;
        at = end;
    }
    let mut requests: BTreeMap<NaiveTime, f64> = BTreeMap::new();
    for record in history.records().iter().filter(|record| record.event.at < until) {
        let Fact::Conversation { fact, .. } = &record.event.fact else { continue };
        if matches!(fact, ConversationFact::Requested(_) | ConversationFact::RequestedAgain(_)) {
            *requests.entry(half_hour(zone, record.event.at)).or_default() += 1.0;
        }
    }
    covered
        .into_iter()
        .map(|(time, days)| (time, requests.get(&time).copied().unwrap_or_default() / days))
        .collect()
}

/// The half hour that the clocks show.
fn half_hour(zone: &TimeZone, at: Instant) -> NaiveTime {
    let time = zone.wall_clock(at).time();
    NaiveTime::from_hms_opt(time.hour(), time.minute() / HALF_HOUR * HALF_HOUR, 0).unwrap_or_default()
}

fn next_half_hour(zone: &TimeZone, at: Instant) -> Instant {
    let time = zone.wall_clock(at).time();
    let past = TimeDelta::seconds(i64::from(time.minute() % HALF_HOUR * 60 + time.second()))
        + TimeDelta::nanoseconds(time.nanosecond().into());
    at + (TimeDelta::minutes(HALF_HOUR.into()) - past)
}

/// From the first pick-up to the end, in milliseconds, of the conversations of the period that are over.
fn handles(history: &History) -> Vec<i64> {
    let mut picked_up: HashMap<ConversationId, Instant> = HashMap::new();
    let mut handles = vec![];
    for record in history.records() {
        let Fact::Conversation { conversation, fact, .. } = &record.event.fact else { continue };
        if *fact == ConversationFact::PickedUp {
            picked_up.entry(*conversation).or_insert(record.event.at);
        } else if fact.is_end()
            && let Some(since) = picked_up.remove(conversation)
        {
            handles.push((record.event.at - since).num_milliseconds());
        }
    }
    handles
}
