//! Answers: what has today come to so far (spec.md §The desk, the supervisor, the visitor: today's totals)?
//!
//! The same counting as that of all figures. It is asked as often as once a second, so what has ended is counted once
//! and kept: a query reads the live rows, and what has ended since the last one.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::NaiveTime;
use domain::settings::opening_hours::TimeZone;
use domain::settings::surveys::Audience;
use domain::{LivechatId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::aggregate::{Aggregate, Limits};
use super::inputs::{ContactInput, LiveInput, SurveyInput};
use super::read::zone;
use super::samples::Value;
use crate::contacts::Outcome;
use crate::database::{Select, Transaction};
use crate::encoding;
use crate::error::Error;
use crate::projection::Table;
use crate::runner::checkpoint;

/// Today's totals, by the clocks of the livechat: of those who asked today, unless said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Today {
    /// Requests.
    pub requested: i64,
    /// Those that an operator picked up.
    pub answered: i64,
    /// Those who wait now, whenever they asked.
    pub waiting: i64,
    /// Those who left while waiting for a pick-up, in the queue or on a flashing tab.
    pub left: i64,
    /// Those of them whom no operator had picked up before.
    pub abandoned: i64,
    /// Those that were refused.
    pub refused: i64,
    /// Those that were released.
    pub released: i64,
    /// Milliseconds from the request to the first pick-up, on average.
    pub wait_mean_ms: Option<i64>,
    /// The same, at worst.
    pub wait_worst_ms: Option<i64>,
    /// The mean of the ratings in the answers to visitor surveys asked today.
    pub satisfaction_mean: Option<f64>,
    /// How many ratings these are.
    pub satisfaction_count: i64,
}

/// What was counted, by livechat, at the last question.
#[derive(Debug, Default)]
pub(crate) struct Days(Mutex<HashMap<LivechatId, Day>>);

/// What has ended on one day.
#[derive(Clone, Debug)]
struct Day {
    /// Which opening of the database the rows were read from.
    generation: u64,
    from: Timestamp,
    /// The position up to which the log is counted.
    position: i64,
    aggregate: Aggregate,
}

impl Days {
    fn get(&self, livechat: &LivechatId, generation: u64, from: Timestamp, position: i64) -> Day {
        let days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_usable =
            |day: &&Day| day.generation == generation && day.from == from && day.position <= position;
        let known = days.get(livechat).filter(is_usable).cloned();
        known.unwrap_or_else(|| Day { generation, from, position: 0, aggregate: Aggregate::default() })
    }

    fn put(&self, livechat: &LivechatId, day: Day) {
        let mut days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A livechat without a query for a day is forgotten.
        days.retain(|_, other| day.from - other.from < chrono::TimeDelta::days(2));
        days.insert(livechat.clone(), day);
    }
}

pub(crate) async fn read(
    transaction: &mut Transaction,
    (days, generation): (&Days, u64),
    livechat: &LivechatId,
    now: Timestamp,
) -> Result<Today, Error> {
    let position = encoding::position(checkpoint::position(transaction, livechat).await?);
    let from = midnight(&zone(transaction, livechat, now).await?, now);
    let mut day = days.get(livechat, generation, from, position);
    let new = |table: Table, column| {
        let select = Select::from(table).equal("livechat", livechat).since_time(column, &from);
        // What is counted up to the beginning of the day is found by its time, the rest by its position.
        if day.position == 0 { select } else { select.after("position", day.position) }
    };
    let (contacts, surveys) = (new(ContactInput::TABLE, "requested_at"), new(SurveyInput::TABLE, "asked_at"));
    let surveys = surveys.equal("audience", &encoding::word(&Audience::Visitor));
    let aggregate = &mut day.aggregate;
    transaction
        .for_each(contacts, |row: ContactInput| aggregate.contacts.add(&row, Limits::default()))
        .await?;
    transaction.for_each(surveys, |row: SurveyInput| aggregate.survey(&row)).await?;
    day.position = position;
    day.aggregate.drop_samples();
    days.put(livechat, day.clone());

    let mut aggregate = day.aggregate;
    let mut waiting = 0;
    let live = Select::from(LiveInput::TABLE).equal("livechat", livechat);
    transaction
        .for_each(live, |row: LiveInput| {
            let contact = ContactInput::live(&row, now);
            waiting += i64::from(contact.waiting);
            if contact.requested_at >= from {
                aggregate.contacts.add(&contact, Limits::default());
            }
        })
        .await?;
    Ok(Today::of(&aggregate, waiting))
}

/// The start of the day.
fn midnight(zone: &TimeZone, now: Timestamp) -> Timestamp {
    zone.first_instant(zone.wall_clock(now).date_naive().and_time(NaiveTime::MIN))
}

impl Today {
    fn of(aggregate: &Aggregate, waiting: i64) -> Self {
        let contacts = &aggregate.contacts;
        let surveys = &aggregate.visitor_surveys;
        let millis = |value| if let Some(Value::Millis(millis)) = value { Some(millis) } else { None };
        let satisfaction = Value::ratio(surveys.rating_sum, surveys.ratings);
        Self {
            requested: contacts.requested,
            answered: contacts.answered,
            waiting,
            left: contacts.outcome(Outcome::Left),
            abandoned: contacts.abandoned,
            refused: contacts.outcome(Outcome::Refused),
            released: contacts.outcome(Outcome::Released),
            wait_mean_ms: millis(contacts.wait_served.mean()),
            wait_worst_ms: millis(contacts.wait_served.max()),
            satisfaction_mean: if let Some(Value::Ratio(mean)) = satisfaction { Some(mean) } else { None },
            satisfaction_count: surveys.ratings,
        }
    }
}
