//! Time (spec.md §Time): a clock that was set back, one that was ahead, and a server that was down.

use pupitre_domain::event::Closing;
use pupitre_domain::event::EndReason;
use pupitre_domain::event::Voice;
use pupitre_domain::livechat::Outage;
use pupitre_domain::settings::{Section, Timeouts};
use pupitre_domain::state::timers::TimerKind;
use pupitre_domain::{Event, Fact, LivechatFact, Timestamp};

use crate::support::*;

fn set_back(from: Timestamp, to: Timestamp) -> Fact {
    Fact::Livechat(LivechatFact::ClockSetBack { from, to })
}

fn interrupted(since: Timestamp, until: Timestamp) -> Fact {
    Fact::Livechat(LivechatFact::Interrupted { since, until })
}

/// Ten minutes of silence of the visitor, and nothing else.
fn only_inactivity(timeouts: &mut Timeouts) {
    timeouts.visitor_inactivity = 10;
}

/// The clock is a day ahead, and Alice has just had the last word with zoe.
fn tomorrow_by_mistake() -> Scene {
    given([
        change(only(only_inactivity)),
        connected("alice"),
        asks("zoe"),
        later(minutes(1_440)),
        talks_to("alice", "zoe"),
    ])
}

#[test]
fn a_small_step_back_is_held() {
    let scene = given([connected("alice"), asks("zoe"), later(minutes(1)), talks_to("alice", "zoe")]);
    scene
        .past([clock_set_back(seconds(5))])
        .after(seconds(0))
        .then_nothing()
        .when(visitor("zoe"), write("zoe", "Oui"))
        .then([posted("zoe", "alice", 2, Voice::Visitor, "Oui")]);
}

#[test]
fn after_a_larger_step_time_follows_the_clock_and_an_event_says_so() {
    let scene = given([connected("alice"), asks("zoe"), later(minutes(1)), picks_up("alice", "zoe")]);
    let scene = scene
        .past([clock_set_back(seconds(6))])
        .after(seconds(0))
        .then([set_back(start() + minutes(1), start() + seconds(54))]);
    assert_eq!(scene.livechat.clock(), start() + seconds(54));
    let scene = scene.after(seconds(1)).then_nothing();
    let scene = scene.when(visitor("zoe"), write("zoe", "Oui")).then_whatever();
    assert_eq!(scene.log.last().unwrap().at, start() + seconds(55));
    scene.restarted();
}

#[test]
fn a_livechat_that_was_never_created_has_no_time_to_be_set_back() {
    given_nothing().past([clock_set_back(minutes(600))]).after(seconds(0)).then_nothing();
}

#[test]
fn what_began_in_the_wrong_time_keeps_the_time_that_it_had_left() {
    tomorrow_by_mistake()
        .past([later(minutes(4)), takes_a_break("alice"), clock_set_back(minutes(1_440))])
        .after(seconds(30))
        .then([set_back(start() + minutes(1_444), start() + minutes(4) + seconds(30))])
        .after(minutes(6) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([ended("zoe", "alice", EndReason::Timeout)]);
}

#[test]
fn what_began_before_keeps_its_deadline() {
    let one_hour = |timeouts: &mut Timeouts| timeouts.visitor_inactivity = 60;
    let scene = given([change(only(one_hour)), connected("alice"), asks("zoe"), talks_to("alice", "zoe")]);
    scene
        .past([later(minutes(30)), takes_a_break("alice"), clock_set_back(minutes(25)), later(seconds(0))])
        .after(minutes(55) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([ended("zoe", "alice", EndReason::Timeout)]);
}

#[test]
fn every_clock_runs_on_after_a_step_and_none_fires_early() {
    let scene = given_ready_made([
        change(without_reminders()),
        change(every_status()),
        connected("alice"),
        asks("zoe"),
        picks_up("alice", "zoe"),
        later(minutes(60)),
        asks("yann"),
        picks_up("alice", "yann"),
        answers("alice", "yann"),
        asks("xena"),
        picks_up("alice", "xena"),
        writes("xena"),
    ]);
    let left = |scene: &Scene, who, clock| scene.due(who, clock).map(|due| start() + due - scene.now());
    let clocks = [
        ("yann", TimerKind::FollowUp),
        ("yann", TimerKind::VisitorInactivity),
        ("xena", TimerKind::AutoTransfer),
    ];
    let before: Vec<_> = clocks.iter().map(|(who, clock)| left(&scene, who, *clock)).collect();
    let scene = scene.past([clock_set_back(minutes(59)), later(seconds(0))]);
    let after: Vec<_> = clocks.iter().map(|(who, clock)| left(&scene, who, *clock)).collect();
    assert!(before.iter().all(Option::is_some), "{before:?}");
    assert_eq!(before, after);
}

fn without_reminders() -> Section {
    Section::Timeouts(Timeouts { timeout_reminder: 0, ..Timeouts::default() })
}

#[test]
fn the_queue_stays_in_the_order_of_arrival() {
    let scene = given([connected_with_capacity("alice", 1), asks("zoe"), later(minutes(60))]);
    let scene = scene.past([asks("yann"), clock_set_back(minutes(60)), later(seconds(1)), asks("xena")]);
    assert_eq!(scene.waiting(), ["yann", "xena"]);
    let scene = scene.past([picks_up("alice", "zoe"), ends("alice", "zoe")]);
    assert_eq!(scene.operator_of("yann").as_deref(), Some("alice"));
    assert_eq!(scene.restarted().waiting(), ["xena"]);
}

#[test]
fn an_assignment_made_while_the_clock_was_ahead_does_not_put_the_operator_last() {
    let scene = given([
        connected("alice"),
        connected("bob"),
        later(minutes(1_440)),
        asks("zoe"),
        clock_set_back(minutes(1_440)),
        later(seconds(10)),
        asks("yann"),
    ]);
    assert_eq!(
        (scene.operator_of("zoe").as_deref(), scene.operator_of("yann").as_deref()),
        (Some("alice"), Some("bob"))
    );
    let scene = scene.past([picks_up("alice", "zoe"), ends("alice", "zoe")]);
    let scene = scene.past([picks_up("bob", "yann"), ends("bob", "yann"), later(seconds(1)), asks("xena")]);
    assert_eq!(scene.operator_of("xena").as_deref(), Some("alice"), "who has been without for longest");
}

#[test]
fn services_follow_the_calendar_after_a_step() {
    // The story starts on a Monday at ten in Paris.
    let scene = given([change(daily("08:00", "18:00")), connected("alice"), later(minutes(600))]);
    scene
        .past([clock_set_back(minutes(600))])
        .after(seconds(0))
        .then([set_back(start() + minutes(600), start()), opened(None)])
        .when(visitor("zoe"), request("zoe"))
        .then_kinds(["conversation.requested", "conversation.assigned"])
        .after(minutes(480))
        .then([closed_for_the_day(None)]);
}

#[test]
fn a_survey_that_was_asked_in_the_wrong_time_is_closed_in_its_time() {
    let pending = |timeouts: &mut Timeouts| timeouts.pending_survey = 30;
    let scene =
        given([change(only(pending)), visitors_are_asked(), connected("alice"), later(minutes(1_440))]);
    scene
        .past([asks("zoe"), talks_to("alice", "zoe"), ends("alice", "zoe"), clock_set_back(minutes(1_440))])
        .past([later(seconds(0))])
        .after(minutes(30) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([survey_closed("zoe", "alice", Closing::Expired)]);
}

#[test]
fn a_desk_that_was_lost_in_the_wrong_time_is_given_up_in_its_time() {
    let notice = |timeouts: &mut Timeouts| timeouts.disconnect_notice = 30;
    given([change(only(notice)), connected("alice"), later(minutes(1_440)), loses_connection("alice")])
        .past([clock_set_back(minutes(1_440)), later(seconds(0))])
        .after(seconds(29))
        .then_nothing()
        .after(seconds(1))
        .then([disconnected("alice")]);
}

#[test]
fn an_event_may_be_older_than_the_one_before_only_if_it_says_so() {
    let scene = tomorrow_by_mistake().past([clock_set_back(minutes(1_440)), later(seconds(0))]);
    for pair in scene.log.windows(2) {
        assert!(pair[1].may_follow(pair[0].at));
    }
    let [before, back] = scene.log.last_chunk::<2>().unwrap();
    let but = |change: fn(&mut Event)| {
        let mut other = back.clone();
        change(&mut other);
        other.may_follow(before.at)
    };
    assert!(!but(|event| event.at += seconds(1)), "it happened when it says");
    assert!(!back.may_follow(before.at + seconds(1)), "it follows what it says");
    assert!(!scene.log[0].may_follow(before.at), "nothing else may be older");
}

#[test]
fn a_server_that_was_down_is_not_held_against_a_silent_visitor() {
    let scene =
        given([change(only(only_inactivity)), connected("alice"), asks("zoe"), talks_to("alice", "zoe")]);
    let scene = scene.past([later(minutes(9)), takes_a_break("alice"), comes_back("alice")]);
    let (fell, back) = (start() + minutes(9), start() + minutes(69));
    scene
        .down_for(minutes(60))
        .then([interrupted(fell, back), connection_lost("alice", back + seconds(10))])
        .when(operator("alice"), connect("alice"))
        .then([reconnected("alice")])
        .after(seconds(59))
        .then_nothing()
        .after(seconds(1))
        .then([ended("zoe", "alice", EndReason::Timeout)]);
}

#[test]
fn after_an_outage_nothing_goes_to_an_absent_operator() {
    let transfer = |timeouts: &mut Timeouts| timeouts.auto_transfer = 90;
    let scene = given([change(only(transfer)), connected("alice"), asks("zoe"), connected("bob")]);
    let back = start() + minutes(60);
    let until = back + seconds(10);
    scene
        .down_for(minutes(60))
        .then([interrupted(start(), back), connection_lost("alice", until), connection_lost("bob", until)])
        .when(operator("alice"), connect("alice"))
        .then([reconnected("alice")])
        .after(seconds(10))
        .then([disconnected("bob")])
        .after(minutes(2))
        .then_whatever();
}

#[test]
fn the_calendar_is_recorded_after_lost_desks() {
    let scene = given([change(daily("08:00", "18:00")), connected("alice")]);
    let back = start() + minutes(600);
    scene.down_for(minutes(600)).then([
        interrupted(start(), back),
        connection_lost("alice", back + seconds(10)),
        closed_for_the_day(None),
    ]);
}

#[test]
fn a_livechat_in_which_nobody_waits_for_anybody_does_not_note_an_outage() {
    given([]).down_for(minutes(60)).then_nothing();
    given([change(daily("08:00", "18:00"))]).down_for(minutes(1)).then_nothing();
    given_nothing().down_for(minutes(60)).then_nothing();
}

#[test]
fn an_outage_is_noted_once() {
    let scene =
        given([change(only(only_inactivity)), connected("alice"), asks("zoe"), talks_to("alice", "zoe")]);
    let mut scene = scene.down_for(minutes(60)).then_whatever();
    let (now, outage) = (scene.now(), Outage { since: Some(start()), until: scene.now() });
    assert!(scene.livechat.resume(outage, now + minutes(5)).is_empty());
}

#[test]
fn an_outage_of_which_nothing_is_known_began_with_the_last_event() {
    let scene =
        given([change(only(only_inactivity)), connected("alice"), asks("zoe"), talks_to("alice", "zoe")]);
    let back = start() + minutes(30);
    scene
        .back_after(minutes(30), None)
        .then([interrupted(start(), back), connection_lost("alice", back + seconds(10))]);
}

#[test]
fn a_server_that_comes_back_with_its_clock_set_back_follows_it_and_takes_nothing_off() {
    let scene = tomorrow_by_mistake();
    let far = scene.now();
    let scene = scene.past([clock_set_back(minutes(1_440))]);
    let scene = scene.back_after(seconds(0), None).then([set_back(far, far - minutes(1_440))]);
    assert_eq!(scene.due("zoe", TimerKind::VisitorInactivity), Some(minutes(10)));
}
