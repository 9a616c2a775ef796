//! Every timer at its edges (spec.md §Timeouts, §Time): off, the smallest and the largest value, over a restart, over
//! an outage longer than the timer, and over a clock that is set back, ahead, and right again.
//!
//! [`TIMERS`] says how each is set, started and seen; one test per edge goes through all of them.

use chrono::TimeDelta;
use pupitre_domain::event::Closing;
use pupitre_domain::event::EndReason;
use pupitre_domain::event::RefusalReason;
use pupitre_domain::event::ReleaseReason;
use pupitre_domain::event::{Access, Form};
use pupitre_domain::settings::Status;
use pupitre_domain::settings::{Behaviour, OperatorSurvey, Phrase, Section, Timeouts};
use pupitre_domain::{Action, ConversationFact, Fact, Flow, Notice, OperatorFact, SurveyStep};
use serde_json::json;

use crate::support::*;

/// A timer.
struct Timer {
    /// The key of its setting.
    key: &'static str,
    /// Its values besides 0: the smallest and the largest that are allowed.
    values: [i64; 2],
    /// A livechat with this value, in which nothing runs yet.
    set: fn(i64) -> Scene,
    /// What starts it.
    start: fn(Scene) -> Scene,
    /// How long it runs then.
    time: fn(i64) -> TimeDelta,
    /// What tells that it has fired.
    fires: fn(&Fact) -> bool,
    /// The operator's desk is open while it runs.
    is_at_the_desk: bool,
}

const HOUR: TimeDelta = TimeDelta::hours(1);
const DAY: TimeDelta = TimeDelta::days(1);
const MOMENT: TimeDelta = TimeDelta::milliseconds(1);

/// All of them but `queue_closing`, which is judged by the calendar when somebody asks.
const TIMERS: [Timer; 10] = [
    Timer {
        key: "visitor_inactivity",
        values: [1, 1_440],
        set: |value| only_with(|clocks| clocks.visitor_inactivity = value),
        start: |scene| scene.past([asks("zoe"), talks_to("alice", "zoe")]),
        time: minutes,
        fires: |fact| is(fact, &ConversationFact::Flow(Flow::Ended { reason: EndReason::Timeout })),
        is_at_the_desk: true,
    },
    Timer {
        key: "timeout_reminder",
        values: [1, 3_600],
        set: |value| only_with(|clocks| (clocks.visitor_inactivity, clocks.timeout_reminder) = (61, value)),
        start: |scene| scene.past([asks("zoe"), talks_to("alice", "zoe")]),
        time: |value| minutes(61) - seconds(value),
        fires: |fact| {
            matches!(fact_of(fact), Some(ConversationFact::Notice(Notice::TimeoutAnnounced { .. })))
        },
        is_at_the_desk: true,
    },
    Timer {
        key: "follow_up",
        values: [1, 1_440],
        set: |value| only_with(|clocks| clocks.follow_up = value),
        start: |scene| scene.past([asks("zoe"), talks_to("alice", "zoe")]),
        time: minutes,
        fires: |fact| is(fact, &ConversationFact::Notice(Notice::FollowedUp)),
        is_at_the_desk: true,
    },
    Timer {
        key: "search_notice",
        values: [1, 1_440],
        set: |value| only_with(|clocks| clocks.search_notice = value).past([change(every_status())]),
        start: |scene| {
            let scene = scene.past([asks("zoe"), picks_up("alice", "zoe")]);
            scene.past([writes("zoe"), takes("alice", Status::Searching)])
        },
        time: minutes,
        fires: |fact| matches!(fact_of(fact), Some(ConversationFact::Notice(Notice::SearchNoticed { .. }))),
        is_at_the_desk: true,
    },
    Timer {
        key: "auto_transfer",
        values: [1, 3_600],
        set: |value| only_with(|clocks| clocks.auto_transfer = value),
        start: |scene| scene.past([asks("zoe")]),
        time: seconds,
        fires: |fact| is(fact, &ConversationFact::Flow(Flow::AutoTransferFailed { again_at: None })),
        is_at_the_desk: true,
    },
    Timer {
        key: "disconnect_notice",
        values: [1, 3_600],
        set: |value| only_with(|clocks| clocks.disconnect_notice = value).past([asks("zoe")]),
        start: |scene| scene.past([loses_connection("alice")]),
        time: seconds,
        fires: |fact| phrase_of(fact) == Some(Phrase::OperatorDisconnected),
        is_at_the_desk: false,
    },
    Timer {
        key: "unanswered",
        values: [1, 1_440],
        set: |value| only_with(|clocks| clocks.unanswered = value),
        start: |scene| scene.past([asks("zoe")]),
        time: minutes,
        fires: |fact| is(fact, &ConversationFact::Flow(Flow::Released { reason: ReleaseReason::Unanswered })),
        is_at_the_desk: true,
    },
    Timer {
        key: "pending_survey",
        values: [1, 10_080],
        set: |value| only_with(|clocks| clocks.pending_survey = value).past([visitors_are_asked()]),
        start: |scene| scene.past([asks("zoe"), talks_to("alice", "zoe"), ends("alice", "zoe")]),
        time: minutes,
        fires: is_expired,
        is_at_the_desk: true,
    },
    Timer {
        key: "pending_hours",
        values: [1, 720],
        set: |value| only_with(|_| ()).past([operators_are_asked(value)]),
        start: |scene| scene.past([asks("zoe"), talks_to("alice", "zoe"), ends("alice", "zoe")]),
        time: TimeDelta::hours,
        fires: is_expired,
        is_at_the_desk: true,
    },
    Timer {
        key: "keep_open_hours",
        values: [1, 720],
        set: |value| only_with(|_| ()).past([stays_open_for(value)]),
        start: |scene| scene.past([asks("zoe"), talks_to("alice", "zoe"), ends("alice", "zoe")]),
        time: TimeDelta::hours,
        fires: |fact| is(fact, &ConversationFact::Flow(Flow::Closed)),
        is_at_the_desk: true,
    },
];

/// Alice alone, in the middle of a day on which nothing but this is set.
fn only_with(set: impl FnOnce(&mut Timeouts)) -> Scene {
    given_with_phrases([change(only(set)), connected("alice"), later(HOUR * 2)])
}

fn operators_are_asked(pending_hours: i64) -> Step {
    let survey = Some(survey_id("wrap_up"));
    let asked =
        OperatorSurvey { survey, closable_unanswered: true, pending_hours, ..OperatorSurvey::default() };
    let surveys = section("surveys", json!([crate::support::survey("wrap_up", "operator")]));
    Step::All(vec![change(surveys), change(Section::OperatorSurvey(asked))])
}

fn stays_open_for(keep_open_hours: i64) -> Step {
    change(Section::Behaviour(Behaviour { keep_open: true, keep_open_hours, ..Behaviour::default() }))
}

const fn fact_of(fact: &Fact) -> Option<&ConversationFact> {
    match fact {
        Fact::Conversation { fact, .. } => Some(fact),
        Fact::Livechat(_) | Fact::Operator { .. } => None,
    }
}

fn is(fact: &Fact, expected: &ConversationFact) -> bool {
    fact_of(fact) == Some(expected)
}

const fn is_expired(fact: &Fact) -> bool {
    matches!(
        fact_of(fact),
        Some(ConversationFact::Survey(SurveyStep::Closed { closing: Closing::Expired, .. }))
    )
}

impl Timer {
    fn started(&self, value: i64) -> Scene {
        (self.start)((self.set)(value))
    }

    /// How often it has fired so far.
    fn fired(&self, scene: &Scene) -> usize {
        scene.log.iter().filter(|event| (self.fires)(&event.fact)).count()
    }

    /// It has so long left: it fires then, not a moment before, and once.
    fn fires_after(&self, left: TimeDelta, scene: Scene, edge: &str) {
        let told = |what: &str| format!("{}, {edge}: {what}", self.key);
        let before = self.fired(&scene);
        let scene = scene.after(left - MOMENT).then_whatever();
        assert_eq!(self.fired(&scene), before, "{}", told("it fires early"));
        let scene = scene.after(MOMENT).then_whatever();
        assert_eq!(self.fired(&scene), before + 1, "{}", told("it does not fire in time"));
        let scene = scene.restarted().after(MOMENT).then_whatever();
        assert_eq!(self.fired(&scene), before + 1, "{}", told("it fires twice"));
    }

    /// Its operator is back at the desk, when that was lost.
    fn back_at_the_desk(&self, scene: Scene) -> Scene {
        if self.is_at_the_desk { scene.past([comes_back("alice")]) } else { scene }
    }
}

/// Something happens that concerns no timer: from then on it is known how late it is.
fn somebody_reads() -> Step {
    let (conversation, form) = (conversation("zoe"), Form::Json);
    Step::Do(analyst(), Action::RecordAccess(Access::Transcript { conversation, form }))
}

/// Each timer with the smallest and with the largest value, half of whose time has passed: with what is left.
fn halfway(check: impl Fn(&Timer, TimeDelta, Scene)) {
    for timer in TIMERS {
        for value in timer.values {
            let time = (timer.time)(value);
            let half = time / 2;
            let scene = timer.started(value).after(half).then_whatever();
            assert_eq!(timer.fired(&scene), 0, "{} {value}", timer.key);
            check(&timer, time - half, scene.past([somebody_reads()]));
        }
    }
}

#[test]
fn the_values_are_those_that_the_settings_allow() {
    for Timer { key, values: [smallest, largest], .. } in TIMERS {
        let (name, mut content) = match key {
            "pending_hours" => ("operator_survey", json!({})),
            "keep_open_hours" => ("behaviour", json!({})),
            "timeout_reminder" => ("timeouts", json!({ "visitor_inactivity": 61 })),
            // Off, so that nothing has to be shorter than it.
            _ => ("timeouts", json!({ "visitor_inactivity": 0, "timeout_reminder": 0, "follow_up": 0 })),
        };
        let mut wrong = |value: i64| {
            content[key] = json!(value);
            section(name, content.clone()).validate().is_err()
        };
        assert!(!wrong(smallest) && !wrong(largest) && wrong(largest + 1) && wrong(-1), "{key}");
    }
}

#[test]
fn off_it_never_fires() {
    // Kept open for no time is not kept open, and has no 0.
    for timer in TIMERS.iter().filter(|timer| timer.key != "keep_open_hours") {
        let scene = timer.started(0).after(DAY * 40).then_whatever();
        assert_eq!(timer.fired(&scene), 0, "{}", timer.key);
    }
}

#[test]
fn without_a_notice_a_lost_desk_is_given_up_after_ten_seconds() {
    let scene = only_with(|_| ()).past([asks("zoe"), loses_connection("alice")]);
    let gone = |scene: &Scene| {
        let told =
            |fact: &Fact| matches!(fact, Fact::Operator { fact: OperatorFact::Disconnected { .. }, .. });
        scene.log.iter().any(|event| told(&event.fact))
    };
    let scene = scene.after(seconds(10) - MOMENT).then_whatever();
    assert!(!gone(&scene));
    assert!(gone(&scene.after(MOMENT).then_whatever()));
}

#[test]
fn the_smallest_and_the_largest_fire_in_time_and_once() {
    for timer in TIMERS {
        for value in timer.values {
            timer.fires_after((timer.time)(value), timer.started(value), "as set");
        }
    }
}

#[test]
fn a_restart_in_the_middle_takes_and_gives_nothing() {
    halfway(|timer, left, scene| timer.fires_after(left, scene.restarted(), "restarted"));
}

#[test]
fn an_outage_longer_than_the_timer_is_held_against_nobody() {
    halfway(|timer, left, scene| {
        let scene = scene.down_for(DAY * 60).then_whatever();
        assert_eq!(timer.fired(&scene), 0, "{} fires while nobody could do anything", timer.key);
        timer.fires_after(left, timer.back_at_the_desk(scene), "after an outage");
    });
}

#[test]
fn outages_one_after_the_other_are_held_against_nobody() {
    halfway(|timer, left, scene| {
        let scene = timer.back_at_the_desk(scene.down_for(DAY).then_whatever());
        let scene = scene.down_for(HOUR).then_whatever();
        timer.fires_after(left, timer.back_at_the_desk(scene), "after two outages");
    });
}

#[test]
fn a_clock_that_is_set_back_by_an_hour_gives_and_takes_nothing_in_the_time_that_never_was() {
    halfway(|timer, left, scene| {
        let passed = left;
        let scene = scene.past([clock_set_back(HOUR), later(TimeDelta::zero())]);
        // What began more than an hour ago keeps its deadline, which was right.
        let left = if passed < HOUR { left } else { left + HOUR };
        timer.fires_after(left, scene, "set back");
    });
}

#[test]
fn without_a_record_since_no_time_counts_when_the_clock_is_set_back() {
    for timer in TIMERS {
        let time = (timer.time)(timer.values[0]);
        let scene = timer.started(timer.values[0]).after(time / 2).then_whatever();
        timer.fires_after(time, scene.past([clock_set_back(HOUR * 2), later(TimeDelta::zero())]), "set back");
    }
}

#[test]
fn a_clock_that_is_set_back_twice_gives_nothing_either() {
    halfway(|timer, left, scene| {
        if left >= HOUR {
            return;
        }
        let scene = scene.past([clock_set_back(HOUR), later(TimeDelta::zero())]);
        let scene = scene.past([clock_set_back(minutes(30)), later(TimeDelta::zero())]);
        timer.fires_after(left, scene, "set back twice");
    });
}

#[test]
fn a_clock_that_is_set_ahead_by_an_hour_is_time_that_has_passed() {
    halfway(|timer, left, scene| {
        if left > HOUR {
            timer.fires_after(left - HOUR, scene.past([later(HOUR)]), "set ahead");
        } else {
            let scene = scene.past([later(HOUR)]);
            assert!(timer.fired(&scene) > 0, "{} was due", timer.key);
        }
    });
}

#[test]
fn a_timer_started_while_the_clock_is_ahead_gets_its_full_time_once_the_clock_is_right() {
    for timer in TIMERS {
        for value in timer.values {
            let scene = (timer.start)((timer.set)(value).past([later(DAY * 90)]));
            let time = (timer.time)(value);
            let scene = scene.past([later(time / 3), somebody_reads()]);
            let scene = scene.past([clock_set_back(DAY * 90), later(TimeDelta::zero())]);
            timer.fires_after(time - time / 3, scene, "set right");
        }
    }
}

#[test]
fn a_server_that_comes_up_with_its_clock_ahead_loses_nothing_when_it_is_right_again() {
    halfway(|timer, left, scene| {
        let scene = timer.back_at_the_desk(scene.down_for(DAY * 90).then_whatever());
        let scene = scene.past([clock_set_back(DAY * 90 - minutes(1)), later(TimeDelta::zero())]);
        timer.fires_after(left, scene, "ahead at the start");
    });
}

#[test]
fn a_server_that_comes_up_with_its_clock_behind_loses_nothing_either() {
    halfway(|timer, left, scene| {
        if left >= HOUR {
            return;
        }
        let since = scene.now();
        let scene = scene.past([clock_set_back(HOUR)]).back_after(minutes(5), Some(since)).then_whatever();
        timer.fires_after(left, scene, "behind at the start");
    });
}

/// Open from 8 to 18 in Paris, with one operator who is full; nobody new enters the queue so many minutes before.
fn closing(queue_closing: i64) -> Scene {
    given([
        change(daily("08:00", "18:00")),
        change(only(|clocks| clocks.queue_closing = queue_closing)),
        change(capacity(1, 100)),
        connected("alice"),
        asks("zoe"),
    ])
}

/// What becomes of a visitor who asks now.
fn is_taken(scene: Scene) -> bool {
    let asked = scene.when(visitor("yann"), request("yann")).then_whatever();
    let last = asked.log.last().map(|event| &event.fact);
    match last.and_then(fact_of) {
        Some(ConversationFact::Flow(Flow::Queued { .. })) => true,
        Some(ConversationFact::Flow(Flow::Refused { reason: RefusalReason::QueueClosed })) => false,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_queue_closes_so_long_before_the_service_ends_whatever_became_of_the_server_and_its_clock() {
    let at = |queue_closing, moment: &str| closing(queue_closing).at(moment).then_whatever();
    assert!(is_taken(at(0, "2026-01-05T17:59:59.999+01:00")), "off");
    assert!(is_taken(at(1, "2026-01-05T17:58:59.999+01:00")));
    assert!(!is_taken(at(1, "2026-01-05T17:59:00+01:00")));
    assert!(!is_taken(at(1_440, "2026-01-05T10:00:00+01:00")), "the largest: all day");
    assert!(!is_taken(at(10, "2026-01-05T17:55:00+01:00").restarted()));
    // An outage stops no calendar.
    let early = || at(10, "2026-01-05T16:55:00+01:00");
    assert!(is_taken(early()));
    let down = early().down_for(HOUR).then_whatever().past([comes_back("alice")]);
    assert!(!is_taken(down));
    // Nor does a clock that is set: what it shows is what counts.
    assert!(!is_taken(early().past([later(HOUR)])));
    let back = at(10, "2026-01-05T17:55:00+01:00").past([clock_set_back(HOUR), later(TimeDelta::zero())]);
    assert!(is_taken(back));
}
