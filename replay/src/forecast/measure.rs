//! Arrivals and handle times, measured in a past period of the log.
//!
//! Only open time counts: a half hour in which the service was closed is not a quiet one. A half hour of which a part
//! was open (and in the period) counts as that part, so that the reported number is that of a whole one. Weekdays are
//! kept apart; a half hour that the clocks show twice in a night counts twice, and one that they skip not at all.

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, NaiveTime, TimeDelta, Timelike, Weekday};
use domain::settings::opening_hours::{Calendar, TimeZone};
use domain::settings::{Section, SectionName, Settings};
use domain::{ConversationFact, ConversationId, Fact, Flow, LivechatFact, Timestamp};

use super::traffic::{Times, Traffic, float};
use crate::what_if::{self, History};

/// Half an hour, in minutes.
const HALF_HOUR: u32 = 30;

/// Requests in each half hour of a day, by the clocks of the livechat, in the mean of the days on which it was open.
pub type Day = BTreeMap<NaiveTime, f64>;

/// A day by the half hour.
#[derive(Clone, Debug)]
pub struct Measured {
    /// In the mean of all days.
    pub half_hours: Day,
    /// In the mean of the days of each weekday, Monday first; those that were never open are not there.
    pub weekdays: Vec<(Weekday, Day)>,
    /// Requests while the service was closed: nobody is planned for them.
    pub while_closed: u64,
    /// How long everything took; the arrivals are those of the busiest half hour.
    pub traffic: Traffic,
    /// The time zone of the livechat.
    pub time_zone: String,
}

/// Measures a period.
pub fn measure(history: &History) -> Measured {
    let settings = history.settings();
    let people = what_if::people(history);
    let counted = count(history);
    let half_hours = counted.day(|_| true);
    let weekdays = (0..7).filter_map(|number| {
        let weekday = Weekday::try_from(number).ok()?;
        let day = counted.day(|slot| slot.0 == number);
        (!day.is_empty()).then_some((weekday, day))
    });
    let weekdays: Vec<(Weekday, Day)> = weekdays.collect();
    let busiest = weekdays.iter().flat_map(|(_, day)| day.values()).copied().fold(0.0, f64::max);
    Measured {
        traffic: Traffic {
            arrivals_per_hour: busiest * 2.0,
            pick_up: Times::Estimated(people.pick_ups),
            handle: Times::Seen(handles(history)),
            patience: Some(Times::Estimated(people.patience)),
            conversations_per_operator: settings.capacity.conversations_per_operator,
        },
        half_hours,
        weekdays,
        while_closed: counted.while_closed,
        time_zone: settings.opening_hours.time_zone.0.clone(),
    }
}

/// A half hour of the week: the weekday, from Monday = 0, and the time that the clocks show.
type Slot = (u8, NaiveTime);

/// What was counted in the half hours of the week.
#[derive(Default)]
struct Counted {
    /// This many half hours were open in the period.
    open: BTreeMap<Slot, f64>,
    requests: BTreeMap<Slot, f64>,
    while_closed: u64,
}

impl Counted {
    /// A day in the mean of those that are asked for.
    fn day(&self, is_wanted: impl Fn(&Slot) -> bool) -> Day {
        let sum = |counts: &BTreeMap<Slot, f64>| {
            let mut day = Day::new();
            for (slot, count) in counts.iter().filter(|(slot, _)| is_wanted(slot)) {
                *day.entry(slot.1).or_default() += count;
            }
            day
        };
        let requests = sum(&self.requests);
        sum(&self.open)
            .into_iter()
            .map(|(time, open)| (time, requests.get(&time).copied().unwrap_or_default() / open))
            .collect()
    }
}

fn count(history: &History) -> Counted {
    let mut counted = Counted::default();
    let until = history.period().1;
    let zone = &history.settings().opening_hours.time_zone;
    let whole = float(TimeDelta::minutes(HALF_HOUR.into()).num_milliseconds());
    let hours = hours_in_force(history);
    for (index, (from, settings)) in hours.iter().enumerate() {
        let end = hours.get(index + 1).map_or(until, |(next, _)| *next);
        let mut at = *from;
        while at < end {
            let next = next_half_hour(zone, at).min(end);
            let open = open_time(settings, at, next);
            if open > TimeDelta::zero() {
                *counted.open.entry(slot(zone, at)).or_default() += float(open.num_milliseconds()) / whole;
            }
            at = next;
        }
    }
    for record in history.records().iter().filter(|record| record.event.at < until) {
        let Fact::Conversation { fact, .. } = &record.event.fact else { continue };
        if !matches!(fact, ConversationFact::Flow(Flow::Requested(_) | Flow::RequestedAgain(_))) {
            continue;
        }
        let at = record.event.at;
        let settings = hours.iter().rev().find(|(from, _)| *from <= at).map(|(_, settings)| settings);
        if settings.is_some_and(|settings| calendars(settings).iter().any(|one| one.is_open(at))) {
            *counted.requests.entry(slot(zone, at)).or_default() += 1.0;
        } else {
            counted.while_closed += 1;
        }
    }
    counted
}

/// The settings that opening hours are in, from when on, in order.
fn hours_in_force(history: &History) -> Vec<(Timestamp, Settings)> {
    let (from, until) = history.period();
    let mut hours = vec![(from, history.settings_before().clone())];
    for record in history.records().iter().filter(|record| record.event.at < until) {
        if let Fact::Livechat(LivechatFact::SettingsChanged { section, .. }) = &record.event.fact
            && let Some((_, before)) = hours.last()
        {
            if ![SectionName::OpeningHours, SectionName::Skills].contains(&section.name()) {
                continue;
            }
            let mut settings = before.clone();
            if let Section::OpeningHours(hours) = section.as_ref() {
                settings.opening_hours = hours.clone();
            }
            if let Section::Skills(skills) = section.as_ref() {
                settings.skills = skills.clone();
            }
            hours.push((record.event.at, settings));
        }
    }
    hours
}

/// The hours of the livechat, and those of the skills that have their own.
fn calendars(settings: &Settings) -> Vec<Calendar<'_>> {
    let hours = &settings.opening_hours;
    let own = settings.skills.0.iter().filter_map(|skill| skill.hours.as_ref());
    std::iter::once(hours.calendar()).chain(own.map(|own| own.calendar(&hours.time_zone))).collect()
}

/// How long anything was open between two times.
fn open_time(settings: &Settings, from: Timestamp, until: Timestamp) -> TimeDelta {
    let calendars = calendars(settings);
    let (mut at, mut open) = (from, TimeDelta::zero());
    while at < until {
        let changes = calendars.iter().filter_map(|calendar| calendar.next_change(at));
        let next = changes.map(|change| change.at).min().map_or(until, |change| change.min(until));
        if calendars.iter().any(|calendar| calendar.is_open(at)) {
            open += next - at;
        }
        at = next;
    }
    open
}

/// The half hour that the clocks show.
fn slot(zone: &TimeZone, at: Timestamp) -> Slot {
    let wall = zone.wall_clock(at);
    let time = wall.time();
    let time =
        NaiveTime::from_hms_opt(time.hour(), time.minute() / HALF_HOUR * HALF_HOUR, 0).unwrap_or_default();
    (u8::try_from(wall.weekday().num_days_from_monday()).unwrap_or_default(), time)
}

fn next_half_hour(zone: &TimeZone, at: Timestamp) -> Timestamp {
    let time = zone.wall_clock(at).time();
    let past = TimeDelta::seconds(i64::from(time.minute() % HALF_HOUR * 60 + time.second()))
        + TimeDelta::nanoseconds(time.nanosecond().into());
    at + (TimeDelta::minutes(HALF_HOUR.into()) - past)
}

/// From the first pick-up to the end, in milliseconds, of the conversations of the period that are over.
fn handles(history: &History) -> Vec<i64> {
    let mut picked_up: HashMap<ConversationId, Timestamp> = HashMap::new();
    let mut handles = vec![];
    for record in history.records() {
        let Fact::Conversation { conversation, fact, .. } = &record.event.fact else { continue };
        if *fact == ConversationFact::Flow(Flow::PickedUp) {
            picked_up.entry(*conversation).or_insert(record.event.at);
        } else if fact.is_end()
            && let Some(since) = picked_up.remove(conversation)
        {
            // The clock may have been set back meanwhile.
            handles.push((record.event.at - since).num_milliseconds().max(0));
        }
    }
    handles
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use chrono::{NaiveDate, NaiveDateTime};
    use domain::event::{Card, Request, Visitor};
    use domain::id::CommandId;
    use domain::settings::opening_hours::{Exception, OpeningHours, TimeRange, Week};
    use domain::text::{Language, Name};
    use domain::{Actor, Event, LivechatId, StaffId, VisitorId};
    use journal::Record;
    use uuid::Uuid;

    use super::*;

    fn at(text: &str) -> Timestamp {
        let wall: NaiveDateTime = text.parse().unwrap();
        TimeZone::default().first_instant(wall)
    }

    fn log(hours: OpeningHours, requests: &[&str]) -> History {
        let livechat = LivechatId::parse("l").unwrap();
        let administrator = Actor::Administrator(StaffId::parse("root").unwrap());
        let created = LivechatFact::Created { name: Name::parse("L").unwrap(), language: Language::En };
        let section = Box::new(Section::OpeningHours(hours));
        let mut facts = vec![
            (at("2026-01-01T00:00:00"), administrator.clone(), Fact::Livechat(created)),
            (
                at("2026-01-01T00:00:00"),
                administrator,
                Fact::Livechat(LivechatFact::SettingsChanged { section, revision: None }),
            ),
        ];
        let mut moments: Vec<Timestamp> = requests.iter().map(|moment| at(moment)).collect();
        moments.sort_unstable();
        for (number, moment) in moments.into_iter().enumerate() {
            let id = VisitorId::parse(&format!("v{number}")).unwrap();
            let request = Request {
                visitor: Visitor { id: id.clone(), name: None, email: None, authenticated: false },
                language: Language::En,
                skill: None,
                card: Card::default(),
                history: vec![],
            };
            let conversation = ConversationId(Uuid::from_u128(number as u128 + 1));
            let fact = ConversationFact::Flow(Flow::Requested(Box::new(request)));
            facts.push((
                moment,
                Actor::Visitor(id),
                Fact::Conversation { conversation, operator: None, fact },
            ));
        }
        let records: Vec<Arc<Record>> = facts
            .into_iter()
            .zip(1..)
            .map(|((at, by, fact), position)| {
                let command = CommandId(Uuid::from_u128(position.into()));
                let event = Event { at, by, fact };
                Arc::new(Record { livechat: livechat.clone(), position, command, address: None, event })
            })
            .collect();
        // Two weeks from a Monday.
        History::of(&livechat, &records, (at("2026-03-16T00:00:00"), at("2026-03-30T00:00:00"))).unwrap()
    }

    fn nine_to_six() -> Vec<TimeRange> {
        serde_json::from_str(r#"[{"from":"09:00","to":"18:00"}]"#).unwrap()
    }

    fn week(days: &[usize]) -> Week {
        let on = |day| if days.contains(&day) { nine_to_six() } else { vec![] };
        Week {
            monday: on(0),
            tuesday: on(1),
            wednesday: on(2),
            thursday: on(3),
            friday: on(4),
            saturday: on(5),
            sunday: on(6),
        }
    }

    fn time(text: &str) -> NaiveTime {
        text.parse().unwrap()
    }

    #[test]
    fn closed_days_count_for_nothing_and_weekdays_are_separate() {
        let date = NaiveDate::from_ymd_opt(2026, 3, 24).unwrap();
        let holiday = Exception { date, ranges: vec![], label: String::new() };
        let hours = OpeningHours {
            week: Some(week(&[0, 1, 2, 3, 4])),
            exceptions: vec![holiday],
            ..OpeningHours::default()
        };
        // Monday twice, Tuesday once: the second is a holiday, on which visitors come nevertheless; and on a Sunday.
        let measured = measure(&log(
            hours,
            &[
                "2026-03-16T10:01:00",
                "2026-03-16T10:02:00",
                "2026-03-23T10:01:00",
                "2026-03-23T10:20:00",
                "2026-03-17T10:05:00",
                "2026-03-24T10:05:00",
                "2026-03-22T10:05:00",
            ],
        ));
        assert_eq!(measured.while_closed, 2);
        let ten = time("10:00:00");
        // Five requests on nine open days.
        assert!((measured.half_hours[&ten] - 5.0 / 9.0).abs() < 1e-9, "{measured:?}");
        let days: Vec<Weekday> = measured.weekdays.iter().map(|(weekday, _)| *weekday).collect();
        assert_eq!(days, [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri]);
        assert!((measured.weekdays[0].1[&ten] - 2.0).abs() < 1e-9);
        assert!((measured.weekdays[1].1[&ten] - 1.0).abs() < 1e-9, "the holiday is no quiet Tuesday");
        let open: BTreeSet<NaiveTime> = measured.half_hours.keys().copied().collect();
        assert_eq!((open.first(), open.last()), (Some(&time("09:00:00")), Some(&time("17:30:00"))));
        assert!((measured.traffic.arrivals_per_hour - 4.0).abs() < 1e-9, "the busiest half hour");
    }

    #[test]
    fn a_half_hour_that_is_partly_open_counts_as_that_part() {
        let quarter: Vec<TimeRange> = serde_json::from_str(r#"[{"from":"09:15","to":"18:00"}]"#).unwrap();
        let hours = OpeningHours {
            week: Some(Week { monday: quarter, ..Week::default() }),
            ..OpeningHours::default()
        };
        let measured = measure(&log(hours, &["2026-03-16T09:20:00", "2026-03-23T09:20:00"]));
        // Two in two quarters of an hour.
        assert!((measured.half_hours[&time("09:00:00")] - 2.0).abs() < 1e-9, "{measured:?}");
    }

    #[test]
    fn the_night_of_the_clocks_has_no_half_hours_that_it_skips() {
        // On Sunday 29 March 2026 clocks go from two to three in Paris.
        let measured =
            measure(&log(OpeningHours::default(), &["2026-03-22T02:10:00", "2026-03-29T03:10:00"]));
        let (_, sunday) = measured.weekdays.iter().find(|(weekday, _)| *weekday == Weekday::Sun).unwrap();
        assert!((sunday[&time("02:00:00")] - 1.0).abs() < 1e-9, "one Sunday had it: {sunday:?}");
        assert!((sunday[&time("03:00:00")] - 0.5).abs() < 1e-9, "two Sundays had it: {sunday:?}");
        assert_eq!(measured.while_closed, 0);
    }
}
