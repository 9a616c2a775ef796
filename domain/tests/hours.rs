//! Opening hours: ranges per weekday, exceptions by date, in a time zone, on the nights the clocks change.

use chrono::{Datelike, Days, NaiveDateTime, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use proptest::prelude::*;
use pupitre_domain::Timestamp;
use pupitre_domain::field::Check;
use pupitre_domain::settings::opening_hours::calendar::Change;
use pupitre_domain::settings::opening_hours::{Exception, OpeningHours, Schedule, TimeRange, TimeZone, Week};

const PARIS: &str = "Europe/Paris";

/// The week of a small call centre, closed at lunch, with a late Friday; and two exceptions.
const SHOP: &str = r#"{
    "time_zone": "Europe/Paris",
    "week": {
        "monday": [{"from": "14:00", "to": "18:00"}, {"from": "09:00", "to": "12:30"}],
        "friday": [{"from": "22:00", "to": "02:00"}]
    },
    "exceptions": [
        {"date": "2026-12-25", "ranges": [], "label": "Noël"},
        {"date": "2026-12-27", "ranges": [{"from": "10:00", "to": "16:00"}], "label": "Soldes"}
    ]
}"#;

fn read(json: &str) -> OpeningHours {
    serde_json::from_str(json).unwrap()
}

fn shop() -> OpeningHours {
    read(SHOP)
}

/// Closed on the 25th of December 2026, a Friday.
fn christmas() -> Vec<Exception> {
    shop().exceptions[..1].to_vec()
}

/// The same ranges every day.
fn every_day(zone: &str, ranges: &[(&str, &str)]) -> OpeningHours {
    let ranges: Vec<TimeRange> = ranges.iter().map(|(from, to)| TimeRange::parse(from, to)).collect();
    let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] =
        std::array::from_fn(|_| ranges.clone());
    let week = Week { monday, tuesday, wednesday, thursday, friday, saturday, sunday };
    OpeningHours { time_zone: TimeZone(zone.to_owned()), week: Some(week), exceptions: vec![] }
}

/// An instant with its offset, as in `2026-03-29T01:59+01:00`.
fn at(text: &str) -> Timestamp {
    chrono::DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z").unwrap().to_utc()
}

fn opens(text: &str) -> Change {
    Change { at: at(text), opens: true }
}

fn closes(text: &str) -> Change {
    Change { at: at(text), opens: false }
}

/// Every change after one instant and up to another.
fn changes(hours: &OpeningHours, after: &str, until: &str) -> Vec<Change> {
    let (mut now, until) = (at(after), at(until));
    let mut changes = vec![];
    while let Some(change) = hours.calendar().next_change(now).filter(|change| change.at <= until) {
        now = change.at;
        changes.push(change);
    }
    changes
}

/// The fields that validation names.
fn wrong(hours: &OpeningHours) -> Vec<String> {
    let mut check = Check::new();
    hours.check(&mut check);
    check.finish().err().into_iter().flatten().map(|error| error.field).collect()
}

#[test]
fn without_hours_it_is_always_open_and_nothing_ever_changes() {
    let hours = read("{}");
    assert_eq!(hours, OpeningHours::default());
    assert_eq!(hours.time_zone, TimeZone(PARIS.to_owned()));
    let now = at("2026-12-25T03:00+01:00");
    assert!(hours.calendar().is_open(now));
    assert_eq!(hours.calendar().closes_at(now), None);
    assert_eq!(hours.calendar().next_change(now), None);
    assert_eq!(read(r#"{"week": null}"#), hours);
}

#[test]
fn an_empty_week_is_closed_but_for_special_openings() {
    let mut hours = read(r#"{"week": {}}"#);
    let now = at("2026-12-25T12:00+01:00");
    assert!(!hours.calendar().is_open(now));
    assert_eq!(hours.calendar().next_change(now), None);
    hours.exceptions = shop().exceptions;
    assert_eq!(
        changes(&hours, "2026-01-01T00:00+01:00", "2027-12-31T00:00+01:00"),
        [opens("2026-12-27T10:00+01:00"), closes("2026-12-27T16:00+01:00")]
    );
}

#[test]
fn always_open_can_have_a_holiday() {
    let hours = OpeningHours { exceptions: christmas(), ..OpeningHours::default() };
    assert_eq!(
        changes(&hours, "2026-12-01T00:00+01:00", "2027-12-31T00:00+01:00"),
        [closes("2026-12-25T00:00+01:00"), opens("2026-12-26T00:00+01:00")]
    );
}

#[test]
fn the_opening_instant_is_open_and_the_closing_instant_is_closed() {
    let hours = shop();
    for (time, open) in [
        ("2026-01-05T08:59+01:00", false),
        ("2026-01-05T09:00+01:00", true),
        ("2026-01-05T12:29+01:00", true),
        ("2026-01-05T12:30+01:00", false),
        ("2026-01-05T14:00+01:00", true),
        ("2026-01-05T18:00+01:00", false),
    ] {
        assert_eq!(hours.calendar().is_open(at(time)), open, "{time}");
    }
    let millisecond = TimeDelta::milliseconds(1);
    assert!(hours.calendar().is_open(at("2026-01-05T12:30+01:00") - millisecond));
    assert!(!hours.calendar().is_open(at("2026-01-05T09:00+01:00") - millisecond));
}

#[test]
fn a_change_is_strictly_after_the_instant_asked_about() {
    let calendar = shop();
    let calendar = calendar.calendar();
    assert_eq!(calendar.next_change(at("2026-01-05T08:00+01:00")), Some(opens("2026-01-05T09:00+01:00")));
    assert_eq!(calendar.next_change(at("2026-01-05T09:00+01:00")), Some(closes("2026-01-05T12:30+01:00")));
    assert_eq!(calendar.next_change(at("2026-01-05T12:30+01:00")), Some(opens("2026-01-05T14:00+01:00")));
    assert_eq!(calendar.next_change(at("2026-01-05T18:00+01:00")), Some(opens("2026-01-09T22:00+01:00")));
}

#[test]
fn closing_time_is_known_while_open_only() {
    let hours = shop();
    assert_eq!(hours.calendar().closes_at(at("2026-01-05T09:00+01:00")), Some(at("2026-01-05T12:30+01:00")));
    assert_eq!(hours.calendar().closes_at(at("2026-01-05T12:30+01:00")), None);
}

#[test]
fn a_range_past_midnight_belongs_to_the_day_it_starts_on() {
    assert_eq!(
        changes(&shop(), "2026-01-08T00:00+01:00", "2026-01-11T00:00+01:00"),
        [opens("2026-01-09T22:00+01:00"), closes("2026-01-10T02:00+01:00")]
    );
    let nightly = every_day(PARIS, &[("18:00", "00:00")]);
    assert_eq!(
        nightly.calendar().closes_at(at("2026-01-09T20:00+01:00")),
        Some(at("2026-01-10T00:00+01:00"))
    );
}

#[test]
fn ranges_that_touch_are_one_opening() {
    let hours = every_day(PARIS, &[("12:00", "14:00"), ("09:00", "12:00")]);
    assert_eq!(hours.calendar().closes_at(at("2026-01-05T09:00+01:00")), Some(at("2026-01-05T14:00+01:00")));
    let day_and_night = every_day(PARIS, &[("00:00", "24:00")]);
    assert_eq!(day_and_night.calendar().next_change(at("2026-01-05T09:00+01:00")), None);
    let across_midnight = every_day(PARIS, &[("00:00", "06:00"), ("20:00", "24:00")]);
    assert_eq!(
        changes(&across_midnight, "2026-01-05T12:00+01:00", "2026-01-06T12:00+01:00"),
        [opens("2026-01-05T20:00+01:00"), closes("2026-01-06T06:00+01:00")]
    );
}

#[test]
fn a_range_past_midnight_that_reaches_into_the_next_day_is_one_opening_with_it() {
    let hours = every_day(PARIS, &[("00:00", "04:00"), ("20:00", "02:00")]);
    assert_eq!(wrong(&hours), [""; 0]);
    assert_eq!(
        changes(&hours, "2026-01-05T12:00+01:00", "2026-01-06T12:00+01:00"),
        [opens("2026-01-05T20:00+01:00"), closes("2026-01-06T04:00+01:00")]
    );
    let longer_than_the_next = every_day(PARIS, &[("00:00", "01:00"), ("20:00", "03:00")]);
    assert_eq!(
        longer_than_the_next.calendar().closes_at(at("2026-01-05T22:00+01:00")),
        Some(at("2026-01-06T03:00+01:00"))
    );
}

#[test]
fn an_exception_replaces_the_ranges_of_its_weekday() {
    // Christmas is a Friday, and that Friday evening closed; the 27th is a Sunday, and open.
    assert_eq!(
        changes(&shop(), "2026-12-22T00:00+01:00", "2026-12-28T08:00+01:00"),
        [opens("2026-12-27T10:00+01:00"), closes("2026-12-27T16:00+01:00")]
    );
}

#[test]
fn what_opened_the_day_before_a_holiday_goes_on_past_midnight() {
    let mut hours = every_day(PARIS, &[("22:00", "02:00")]);
    hours.exceptions = christmas();
    assert_eq!(
        changes(&hours, "2026-12-24T12:00+01:00", "2026-12-26T23:00+01:00"),
        [opens("2026-12-24T22:00+01:00"), closes("2026-12-25T02:00+01:00"), opens("2026-12-26T22:00+01:00")]
    );
}

#[test]
fn office_hours_follow_the_wall_clock_through_the_year() {
    let hours = every_day(PARIS, &[("09:00", "18:00")]);
    assert!(hours.calendar().is_open(at("2026-01-05T08:00+00:00")));
    assert!(hours.calendar().is_open(at("2026-07-06T07:00+00:00")));
    assert!(!hours.calendar().is_open(at("2026-01-05T07:59+00:00")));
    assert_eq!(
        changes(&hours, "2026-03-28T12:00+01:00", "2026-03-29T12:00+02:00"),
        [closes("2026-03-28T18:00+01:00"), opens("2026-03-29T09:00+02:00")]
    );
}

#[test]
fn a_whole_night_lasts_an_hour_less_in_spring_and_an_hour_more_in_autumn() {
    let hours = every_day(PARIS, &[("22:00", "06:00")]);
    for (evening, lasts) in [
        ("2026-03-27T22:00+01:00", 8),
        ("2026-03-28T22:00+01:00", 7),
        ("2026-10-23T22:00+02:00", 8),
        ("2026-10-24T22:00+02:00", 9),
    ] {
        let opens_at = at(evening);
        assert_eq!(
            hours.calendar().closes_at(opens_at),
            Some(opens_at + TimeDelta::hours(lasts)),
            "{evening}"
        );
    }
}

#[test]
fn in_spring_a_skipped_time_is_the_time_of_the_change() {
    let night = ("2026-03-29T00:00+01:00", "2026-03-29T12:00+02:00");
    let on_that_night = |ranges: &[(&str, &str)]| changes(&every_day(PARIS, ranges), night.0, night.1);
    assert_eq!(
        on_that_night(&[("02:30", "06:00")]),
        [opens("2026-03-29T03:00+02:00"), closes("2026-03-29T06:00+02:00")]
    );
    assert_eq!(
        on_that_night(&[("01:00", "02:30")]),
        [opens("2026-03-29T01:00+01:00"), closes("2026-03-29T03:00+02:00")]
    );
    assert_eq!(on_that_night(&[("02:15", "02:45")]), []);
    // The break falls in the skipped hour: there is none.
    assert_eq!(
        on_that_night(&[("01:00", "02:15"), ("02:45", "05:00")]),
        [opens("2026-03-29T01:00+01:00"), closes("2026-03-29T05:00+02:00")]
    );
}

#[test]
fn in_autumn_a_time_that_comes_twice_is_its_first_occurrence() {
    let night = ("2026-10-25T00:00+02:00", "2026-10-25T12:00+01:00");
    let on_that_night = |ranges: &[(&str, &str)]| changes(&every_day(PARIS, ranges), night.0, night.1);
    assert_eq!(
        on_that_night(&[("02:30", "06:00")]),
        [opens("2026-10-25T02:30+02:00"), closes("2026-10-25T06:00+01:00")]
    );
    assert_eq!(
        on_that_night(&[("01:00", "02:30")]),
        [opens("2026-10-25T01:00+02:00"), closes("2026-10-25T02:30+02:00")]
    );
    // A service that ends at two keeps nobody an hour longer, and one from two to three lasts both hours.
    assert_eq!(
        on_that_night(&[("01:00", "02:00")]),
        [opens("2026-10-25T01:00+02:00"), closes("2026-10-25T02:00+02:00")]
    );
    assert_eq!(
        on_that_night(&[("02:00", "03:00")]),
        [opens("2026-10-25T02:00+02:00"), closes("2026-10-25T03:00+01:00")]
    );
    assert!(!every_day(PARIS, &[("01:00", "02:30")]).calendar().is_open(at("2026-10-25T02:15+01:00")));
}

#[test]
fn hours_are_those_of_their_time_zone() {
    let india = every_day("Asia/Kolkata", &[("09:00", "18:00")]);
    assert_eq!(
        changes(&india, "2026-01-05T00:00+00:00", "2026-01-06T00:00+00:00"),
        [opens("2026-01-05T03:30+00:00"), closes("2026-01-05T12:30+00:00")]
    );
    // The clocks change three weeks earlier than in Paris.
    let new_york = every_day("America/New_York", &[("09:00", "18:00")]);
    assert_eq!(
        changes(&new_york, "2026-03-07T20:00+00:00", "2026-03-08T23:00+00:00"),
        [closes("2026-03-07T23:00+00:00"), opens("2026-03-08T13:00+00:00"), closes("2026-03-08T22:00+00:00")]
    );
    // What opened on Monday is still open on Tuesday evening, when it is Wednesday in UTC.
    let all_day_long = every_day("America/New_York", &[("22:00", "21:00")]);
    assert!(all_day_long.calendar().is_open(at("2026-01-07T01:30+00:00")));
    assert_eq!(
        all_day_long.calendar().closes_at(at("2026-01-07T01:30+00:00")),
        Some(at("2026-01-07T02:00+00:00"))
    );
    // It is already the holiday there, and still the day before in UTC.
    let mut far_east = every_day("Pacific/Kiritimati", &[("00:00", "24:00")]);
    far_east.exceptions = christmas();
    assert!(!far_east.calendar().is_open(at("2026-12-24T10:00+00:00")));
    assert!(far_east.calendar().is_open(at("2026-12-25T10:00+00:00")));
}

#[test]
fn clocks_may_change_at_midnight() {
    // Cairo skips 00:00 to 01:00 on the 24th of April 2026.
    let hours = every_day("Africa/Cairo", &[("00:00", "00:30"), ("20:00", "24:00")]);
    assert_eq!(
        changes(&hours, "2026-04-23T12:00+02:00", "2026-04-24T12:00+03:00"),
        [opens("2026-04-23T20:00+02:00"), closes("2026-04-24T01:00+03:00")]
    );
}

#[test]
fn a_skill_or_an_operator_has_hours_in_the_time_zone_of_the_livechat() {
    let schedule = r#"{"week": {"monday": [{"from": "10:00", "to": "11:00"}]}}"#;
    let schedule: Schedule = serde_json::from_str(schedule).unwrap();
    let (paris, india) = (TimeZone::default(), TimeZone("Asia/Kolkata".to_owned()));
    let now = at("2026-01-05T10:30+01:00");
    assert!(schedule.calendar(&paris).is_open(now));
    assert!(!schedule.calendar(&india).is_open(now));
    assert!(Schedule::default().calendar(&paris).is_open(now));
    assert!(serde_json::from_str::<Schedule>(r#"{"time_zone": "Europe/Paris"}"#).is_err());
}

#[test]
fn a_change_further_than_400_days_ahead_is_not_looked_for() {
    let hours = OpeningHours { exceptions: christmas(), ..OpeningHours::default() };
    let holiday = at("2026-12-25T00:00+01:00");
    let first_seen = holiday - TimeDelta::days(400);
    assert_eq!(hours.calendar().next_change(first_seen), Some(closes("2026-12-25T00:00+01:00")));
    assert_eq!(hours.calendar().next_change(first_seen - TimeDelta::milliseconds(1)), None);
    assert!(hours.calendar().is_open(first_seen));
}

#[test]
fn no_instant_makes_a_calendar_panic() {
    for now in [Timestamp::MIN_UTC, Timestamp::MAX_UTC] {
        for hours in [shop(), every_day(PARIS, &[("22:00", "21:59")]), read(r#"{"week": {}}"#)] {
            hours.calendar().is_open(now);
            hours.calendar().closes_at(now);
            hours.calendar().next_change(now);
        }
    }
}

#[test]
fn the_hours_of_the_shop_are_valid_and_come_back_as_they_were_written() {
    let written: serde_json::Value = serde_json::from_str(SHOP).unwrap();
    let hours = shop();
    assert_eq!(wrong(&hours), [""; 0]);
    let back = serde_json::to_value(&hours).unwrap();
    assert_eq!(back["week"]["monday"], written["week"]["monday"]);
    assert_eq!(back["week"]["tuesday"], serde_json::json!([]));
    assert_eq!(back["exceptions"], written["exceptions"]);
    assert_eq!(serde_json::from_value::<OpeningHours>(back).unwrap(), hours);
    assert!(serde_json::from_str::<OpeningHours>(r#"{"week": {"montag": []}}"#).is_err());
}

#[test]
fn every_wrong_field_is_named_at_once() {
    let hours = read(
        r#"{
        "time_zone": "Europe/Lutetia",
        "week": {
            "monday": [{"from": "09:00", "to": "12:30"}, {"from": "14:00", "to": "18h00"}],
            "tuesday": [{"from": "24:00", "to": "25:00"}, {"from": "9:00", "to": "10:00"}],
            "sunday": [{"from": "12:00", "to": "12:00"}]
        },
        "exceptions": [{"date": "0206-12-25"}, {"date": "2026-05-01", "ranges": [{"from": "x", "to": "10:00"}]}]
    }"#,
    );
    assert_eq!(
        wrong(&hours),
        [
            "time_zone",
            "week.monday[1].to",
            "week.tuesday[0].from",
            "week.tuesday[0].to",
            "week.tuesday[1].from",
            "week.sunday[0].to",
            "exceptions[0].date",
            "exceptions[1].ranges[0].from",
        ]
    );
}

#[test]
fn the_hours_of_a_skill_are_named_under_the_skill() {
    let schedule: Schedule =
        serde_json::from_str(r#"{"week": {"monday": [{"from": "10:00", "to": "10:00"}]}}"#).unwrap();
    let mut check = Check::new();
    schedule.check("skills[2].hours.", &mut check);
    assert_eq!(check.finish().unwrap_err()[0].field, "skills[2].hours.week.monday[0].to");
}

#[test]
fn ranges_of_one_day_do_not_overlap() {
    let monday = |ranges: &[(&str, &str)]| {
        let monday = ranges.iter().map(|(from, to)| TimeRange::parse(from, to)).collect();
        wrong(&OpeningHours { week: Some(Week { monday, ..Week::default() }), ..OpeningHours::default() })
    };
    assert_eq!(monday(&[("09:00", "12:00"), ("12:00", "14:00")]), [""; 0]);
    assert_eq!(monday(&[("09:00", "12:01"), ("12:00", "14:00")]), ["week.monday[1].from"]);
    assert_eq!(monday(&[("12:00", "14:00"), ("09:00", "12:01")]), ["week.monday[0].from"]);
    assert_eq!(monday(&[("09:00", "12:00"), ("09:00", "12:00")]), ["week.monday[1].from"]);
    assert_eq!(monday(&[("22:00", "02:00"), ("23:00", "24:00")]), ["week.monday[1].from"]);
    // From midnight to one is the night before: nothing overlaps on Monday.
    assert_eq!(monday(&[("22:00", "02:00"), ("00:00", "01:00")]), [""; 0]);
    // One long range hides two others.
    assert_eq!(
        monday(&[("08:00", "20:00"), ("09:00", "10:00"), ("12:00", "13:00")]),
        ["week.monday[1].from", "week.monday[2].from"]
    );
}

#[test]
fn a_day_has_at_most_10_ranges_and_a_calendar_400_dates_each_once() {
    let ranges = |count: u32| -> Vec<TimeRange> {
        (0..count).map(|n| TimeRange::parse(&format!("{n:02}:00"), &format!("{n:02}:30"))).collect()
    };
    let on =
        |date: chrono::NaiveDate, ranges: Vec<TimeRange>, label: String| Exception { date, ranges, label };
    let first = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    let with = |exceptions: Vec<Exception>| wrong(&OpeningHours { exceptions, ..OpeningHours::default() });
    let dates =
        |count: usize| first.iter_days().take(count).map(|date| on(date, vec![], String::new())).collect();

    assert_eq!(with(vec![on(first, ranges(10), "é".repeat(100))]), [""; 0]);
    assert_eq!(
        with(vec![on(first, ranges(11), "é".repeat(101))]),
        ["exceptions[0].ranges", "exceptions[0].label"]
    );
    assert_eq!(with(dates(400)), [""; 0]);
    assert_eq!(with(dates(401)), ["exceptions"]);
    let again = on(first, ranges(1), String::new());
    assert_eq!(with(vec![again.clone(), again]), ["exceptions[1].date"]);
}

/// A time of the day, mostly in the hours in which clocks change and around midnight.
fn time() -> impl Strategy<Value = String> {
    let minutes = prop_oneof![0_u32..240, 0_u32..1440, Just(0), Just(120), Just(180), Just(1440)];
    minutes.prop_map(|minutes| format!("{:02}:{:02}", minutes / 60, minutes % 60))
}

/// Ranges of a day, valid or not: a calendar is total, and overlaps are one opening.
fn ranges() -> impl Strategy<Value = Vec<TimeRange>> {
    let range = (time(), time()).prop_map(|(from, to)| TimeRange::parse(&from, &to));
    prop::collection::vec(range, 0..4)
}

/// Hours in a zone, and the first of some days in which its clocks change.
fn hours_when_clocks_change() -> impl Strategy<Value = (OpeningHours, Timestamp)> {
    let night = prop_oneof![
        Just((PARIS, "2026-03-27T12:00+00:00")),
        Just((PARIS, "2026-10-23T12:00+00:00")),
        Just(("America/New_York", "2026-03-06T17:00+00:00")),
        Just(("America/New_York", "2026-10-30T17:00+00:00")),
        Just(("Africa/Cairo", "2026-04-22T10:00+00:00")),
        Just(("Africa/Cairo", "2026-10-28T10:00+00:00")),
        Just(("Australia/Lord_Howe", "2026-04-03T02:00+00:00")),
        Just(("Asia/Kolkata", "2026-03-27T12:00+00:00")),
        // Went back at one minute past midnight, into the day before.
        Just(("America/St_Johns", "2010-11-05T12:00+00:00")),
        // Had no 30th of December.
        Just(("Pacific/Apia", "2011-12-28T12:00+00:00")),
    ];
    let week = prop::option::weighted(0.9, prop::collection::vec(ranges(), 7));
    let exceptions = prop::collection::vec((0_i64..5, ranges()), 0..3);
    (night, week, exceptions).prop_map(|((zone, from), week, exceptions)| {
        let week = week.map(|mut days| {
            let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] =
                std::array::from_fn(|_| days.pop().unwrap());
            Week { monday, tuesday, wednesday, thursday, friday, saturday, sunday }
        });
        let from = at(from);
        let exceptions = exceptions
            .into_iter()
            .map(|(days, ranges)| Exception {
                date: (from + TimeDelta::days(days)).date_naive(),
                ranges,
                label: String::new(),
            })
            .collect();
        (OpeningHours { time_zone: TimeZone(zone.to_owned()), week, exceptions }, from)
    })
}

/// Is it open when a clock on the wall that never goes back shows this? Written without the calendar.
fn is_open_on_the_wall(hours: &OpeningHours, shown: NaiveDateTime) -> bool {
    [shown.date() - Days::new(1), shown.date()].into_iter().any(|date| {
        let exception = hours.exceptions.iter().find(|exception| exception.date == date);
        let ranges = exception.map(|exception| exception.ranges.as_slice());
        let Some(ranges) = ranges.or(hours.week.as_ref().map(|week| week.on(date.weekday()))) else {
            return date == shown.date();
        };
        let now = (shown - date.and_time(NaiveTime::MIN)).num_minutes();
        ranges.iter().any(|range| {
            let (from, to) = (range.from.minutes().unwrap(), range.to.minutes().unwrap());
            let past_midnight = if to < from { 24 * 60 } else { 0 };
            from < 24 * 60 && (i64::from(from)..i64::from(to) + past_midnight).contains(&now)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_next_change_is_what_a_look_at_every_minute_finds((hours, from) in hours_when_clocks_change()) {
        let calendar = hours.calendar();
        let mut next = calendar.next_change(from);
        let mut was = calendar.is_open(from);
        for minute in 1..=3 * 24 * 60 {
            let now = from + TimeDelta::minutes(minute);
            let is = calendar.is_open(now);
            let due = next.filter(|change| change.at <= now);
            prop_assert_eq!(due, (is != was).then_some(Change { at: now, opens: is }), "at {}", now);
            if due.is_some() {
                next = calendar.next_change(now);
                prop_assert_eq!(calendar.closes_at(now), next.filter(|_| is).map(|change| change.at));
            }
            was = is;
        }
    }

    #[test]
    fn it_is_open_as_a_clock_on_the_wall_that_never_goes_back_says((hours, from) in hours_when_clocks_change()) {
        let zone: Tz = hours.time_zone.0.parse().unwrap();
        let mut shown = NaiveDateTime::MIN;
        for minute in 0..=3 * 24 * 60 {
            let now = from + TimeDelta::minutes(minute);
            shown = shown.max(now.with_timezone(&zone).naive_local());
            prop_assert_eq!(hours.calendar().is_open(now), is_open_on_the_wall(&hours, shown), "at {}", now);
        }
    }
}
