//! Who is released at closing time, whichever way a service closes.

use pupitre_domain::settings::opening_hours::{Schedule, TimeRange, Week};
use pupitre_domain::settings::{OpeningHours, Section, Skill, Skills};
use pupitre_domain::{Action, Actor};

use crate::support::*;

/// Every Monday, on the wall clock of Paris; stories start at 10:00.
fn mondays(from: &str, to: &str) -> Week {
    Week { monday: vec![TimeRange::parse(from, to)], ..Week::default() }
}

fn two_ranges() -> Vec<TimeRange> {
    vec![TimeRange::parse("09:00", "10:05"), TimeRange::parse("10:20", "18:00")]
}

fn livechat_hours(week: Week) -> Section {
    Section::OpeningHours(OpeningHours { week: Some(week), ..OpeningHours::default() })
}

fn skill_with_hours(name: &str, week: Week) -> Section {
    let hours = Some(Schedule { week: Some(week), exceptions: vec![] });
    Section::Skills(Skills(vec![Skill { hours, ..plain_skill(name) }]))
}

#[test]
fn visitors_waiting_for_a_skill_that_loses_its_hours_wait_by_those_of_the_livechat() {
    let scene = given([
        change(skill_with_hours("sales", mondays("09:00", "18:00"))),
        change(livechat_hours(Week::default())),
        connected_with_skills("alice", &["sales"]),
        asks_for("zoe", "sales"),
        asks_for("yann", "sales"),
    ])
    .when(administrator(), settings(skills(&["sales"])))
    .then_whatever();
    assert!(scene.waiting().is_empty(), "waits for a service that is closed");
    assert_eq!(scene.operator_of("zoe"), Some("alice".to_owned()));
}

#[test]
fn a_visitor_waiting_when_longer_hours_reopen_the_service_keeps_waiting() {
    let scene = given([
        change(livechat_hours(mondays("09:00", "10:05"))),
        connected_with_capacity("alice", 1),
        connected_with_capacity("bob", 1),
        asks("zoe"),
        asks("yann"),
        later(minutes(10)),
        signs_out("bob"),
    ]);
    assert_eq!(scene.waiting(), ["yann"]);
    let longer = livechat_hours(mondays("09:00", "18:00"));
    let scene = scene.when(administrator(), settings(longer)).then_whatever();
    assert_eq!(scene.waiting(), ["yann"], "released from a service that is open");
}

#[test]
fn a_visitor_left_without_operators_at_opening_time_waits_for_the_next_one() {
    let before = given([
        change(livechat_hours(mondays("09:00", "10:05"))),
        connected("alice"),
        asks("zoe"),
        later(minutes(10)),
        change(livechat_hours(Week { monday: two_ranges(), ..Week::default() })),
    ]);
    // The operator leaves before the timer of that moment.
    let opening = before.past([Step::ClockSetBack(minutes(-10)), signs_out("alice")]);
    assert_eq!(opening.waiting(), ["zoe"]);
    let opening = opening.when(Actor::System, Action::Tick).then_whatever();
    assert_eq!(opening.waiting(), ["zoe"]);
}

#[test]
fn a_visitor_who_asks_at_opening_time_is_not_released_when_another_service_closes_then() {
    let scene = given([
        change(skill_with_hours("sales", mondays("10:05", "18:00"))),
        change(livechat_hours(mondays("09:00", "10:05"))),
        connected_with_skills("alice", &["sales"]),
        asks("zoe"),
    ]);
    // The requests come before the timers of that moment.
    let scene = scene.past([Step::ClockSetBack(minutes(-5)), asks_for("yann", "sales")]);
    assert_eq!(scene.waiting(), ["yann"]);
    let scene = scene.when(Actor::System, Action::Tick).then_whatever();
    assert_eq!(scene.waiting(), ["yann"]);
}
