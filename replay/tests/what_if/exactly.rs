//! Where nothing is otherwise, everything comes out as it was, event by event.

use std::collections::BTreeMap;

use std::sync::Arc;

use chrono::TimeDelta;
use domain::{Action, Actor, Timestamp};
use journal::Record;
use pupitre_replay::what_if::{self, History, Question};

use crate::floor::{Floor, operator};

/// Plays a period again, and shows the first event that is not as it was.
#[track_caller]
fn is_as_it_was(floor: &Floor, from: Timestamp, until: Timestamp, what: &str) -> usize {
    let history = History::of(&floor.id, &floor.log, (from, until)).unwrap();
    let played = what_if::play(&history, &Question { seed: 7, ..Question::default() }).unwrap();
    if let Some((then, now)) = played.difference(&history) {
        let about = then.or(now).and_then(|record| record.event.fact.conversation_id());
        let before = then.or(now).map_or(0, |record| record.position);
        let alike =
            |record: &&Arc<Record>| record.position <= before && record.event.fact.conversation_id() == about;
        for record in floor.log.iter().filter(alike) {
            println!("{} {:?} {:?}", record.position, record.event, record.command);
        }
        panic!("{what}: then {then:?}\nand now {now:?}");
    }
    assert_eq!(played.refused, 0, "{what}");
    history.records().len()
}

#[test]
fn everything_that_can_happen_happens_again() {
    let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut events = 0;
    for seed in 0..20 {
        let mut floor = Floor::new(seed);
        floor.is_disturbed = true;
        floor.furnish();
        floor.bustles(300);
        let from = floor.now;
        floor.bustles(1_500);
        let until = floor.now;
        floor.bustles(300);
        for (from, until, what) in [
            (from, until, "in the midst of it"),
            (floor.log[0].event.at, floor.now + TimeDelta::hours(1), "from the beginning to the end"),
        ] {
            // The clock may have been set back to before it.
            if until <= from {
                continue;
            }
            events += is_as_it_was(&floor, from, until, &format!("seed {seed}, {what}"));
        }
        for record in &floor.log {
            *seen.entry(record.event.fact.name()).or_default() += 1;
        }
    }
    println!("{events} events: {seen:?}");
    let kinds = [
        "livechat.created",
        "conversation.requested",
        "conversation.requested_again",
        "conversation.refused",
        "conversation.queued",
        "conversation.queue_advanced",
        "conversation.assigned",
        "conversation.assigned_by_hand",
        "conversation.left",
        "conversation.released",
        "conversation.picked_up",
        "conversation.message_posted",
        "conversation.internal_message_posted",
        "conversation.visitor_presence",
        "conversation.page_changed",
        "conversation.typing",
        "conversation.transferred",
        "conversation.auto_transferred",
        "conversation.auto_transfer_failed",
        "conversation.returned_to_queue",
        "conversation.followed_up",
        "conversation.search_noticed",
        "conversation.operator_searches",
        "conversation.timeout_announced",
        "conversation.importance_marked",
        "conversation.help_called",
        "conversation.help_taken",
        "conversation.help_done",
        "conversation.file_requested",
        "conversation.file_sent",
        "conversation.copy_mailed",
        "conversation.survey_asked",
        "conversation.survey_opened",
        "conversation.survey_cancelled",
        "conversation.survey_answered",
        "conversation.survey_closed",
        "conversation.ended",
        "conversation.kept_open",
        "conversation.closed",
        "livechat.settings_changed",
        "livechat.accessed",
        "livechat.token_issued",
        "livechat.api_key_changed",
        "livechat.identity_changed",
        "livechat.opened",
        "livechat.closed",
        "livechat.shut",
        "livechat.reopened",
        "livechat.interrupted",
        "livechat.clock_set_back",
        "operator.registered",
        "operator.connected",
        "operator.connection_lost",
        "operator.reconnected",
        "operator.disconnected",
        "operator.status_changed",
        "operator.shift_started",
        "operator.shift_ended",
        "operator.suspended",
        "operator.reinstated",
        "operator.removed",
    ];
    for kind in kinds {
        assert!(seen.contains_key(kind), "{kind} never happened: {seen:?}");
    }
    for kind in seen.keys() {
        assert!(kinds.contains(kind), "{kind} happens, too");
    }
}

/// Alice and Bob, zoe's conversation from a period's beginning on, and an outage or a step of the clock in it.
fn disturbed(disturb: impl FnOnce(&mut Floor)) -> (Floor, Timestamp) {
    let mut floor = Floor::new(1);
    floor.furnish();
    for name in ["alice", "bob"] {
        let id = operator(name);
        floor.does(Actor::Operator(id.clone()), Action::ConnectOperator(id));
    }
    floor.passes(3_600_000);
    let from = floor.now;
    floor.bustles(120);
    disturb(&mut floor);
    floor.bustles(120);
    (floor, from)
}

/// What is done to a floor, in words and in act.
type Disturbance = (&'static str, fn(&mut Floor));

#[test]
fn what_disturbs_the_server_and_its_clock_happens_again() {
    let hours = TimeDelta::hours;
    let all: [Disturbance; 9] = [
        ("an outage", |floor| floor.falls(TimeDelta::hours(1), true)),
        ("an outage of which nothing is known", |floor| floor.falls(TimeDelta::hours(1), false)),
        ("an outage of a moment", |floor| floor.falls(TimeDelta::milliseconds(1), true)),
        ("two outages", |floor| {
            floor.falls(TimeDelta::minutes(3), true);
            floor.bustles(20);
            floor.falls(TimeDelta::minutes(30), false);
        }),
        ("a step back of a little more than is held", |floor| floor.sets_clock_back(TimeDelta::seconds(6))),
        ("a step back of half an hour", |floor| floor.sets_clock_back(TimeDelta::minutes(30))),
        ("a clock that was ahead for a while", |floor| {
            floor.passes(7_200_000);
            floor.bustles(40);
            floor.sets_clock_back(TimeDelta::hours(2));
        }),
        ("a server that came up with its clock ahead", |floor| {
            floor.falls(TimeDelta::hours(30), true);
            floor.bustles(40);
            floor.sets_clock_back(TimeDelta::hours(29));
        }),
        ("a server that came up with its clock behind", |floor| {
            let before = floor.now;
            floor.falls(-TimeDelta::minutes(20), true);
            floor.bustles(40);
            floor.passes((before + TimeDelta::hours(1) - floor.now).num_milliseconds());
        }),
    ];
    for (what, disturb) in all {
        let (floor, from) = disturbed(disturb);
        let told = |name| floor.log.iter().any(|record| record.event.fact.name() == name);
        assert!(told("livechat.interrupted") || told("livechat.clock_set_back"), "{what}");
        is_as_it_was(&floor, from, floor.now.max(from) + hours(1), what);
        is_as_it_was(&floor, floor.log[0].event.at, floor.now + hours(1), &format!("{what}, the whole log"));
    }
}

#[test]
fn a_period_to_which_the_clock_was_set_back_is_the_last_time_that_it_was_so_late() {
    let (floor, from) = disturbed(|floor| {
        floor.passes(3_600_000);
        floor.bustles(40);
        floor.sets_clock_back(TimeDelta::hours(5));
    });
    let back = floor.log.iter().rfind(|record| record.event.sets_back()).unwrap();
    assert!(back.event.at < from);
    let from = back.event.at + TimeDelta::seconds(1);
    let history = History::of(&floor.id, &floor.log, (from, from + TimeDelta::hours(5))).unwrap();
    let first = history.records().first().unwrap();
    assert!(first.position > back.position && first.event.at >= from);
    is_as_it_was(&floor, from, from + TimeDelta::hours(5), "after the step");
}

#[test]
fn a_clock_that_was_ahead_by_days_before_hides_nothing_of_the_period() {
    let days = TimeDelta::days;
    let (floor, from) = disturbed(|floor| {
        floor.passes(days(9).num_milliseconds());
        floor.bustles(40);
        floor.passes(days(1).num_milliseconds());
        floor.sets_clock_back(days(10));
    });
    let until = floor.now + TimeDelta::minutes(1);
    let history = History::of(&floor.id, &floor.log, (from, until)).unwrap();
    let last = history.records().last().unwrap();
    assert_eq!(last.position, floor.log.last().unwrap().position, "nothing is left out");
    is_as_it_was(&floor, from, until, "with days that never were");
}
