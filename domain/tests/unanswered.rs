//! `unanswered`: nobody picked up for this many minutes since the request.

use pupitre_domain::settings::Section;
use pupitre_domain::state::timers::TimerKind::Unanswered;

use crate::support::*;

fn five_minutes() -> Section {
    only(|clocks| clocks.unanswered = 5)
}

/// Alice, who has one place, has zoe on a desk that flashes.
fn zoe_flashes() -> Scene {
    given([change(five_minutes()), connected_with_capacity("alice", 1), asks("zoe")])
}

/// Zoe has picked-up company before her; she waits.
fn zoe_waits() -> Scene {
    given([
        change(five_minutes()),
        connected_with_capacity("alice", 1),
        asks("yann"),
        picks_up("alice", "yann"),
        asks("zoe"),
    ])
}

#[test]
fn a_visitor_whom_nobody_picks_up_is_released_from_a_desk_that_flashes() {
    zoe_flashes()
        .after(minutes(5) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([released_unanswered("zoe", Some("alice"))])
        .after(minutes(60))
        .then_nothing();
}

#[test]
fn a_visitor_whom_nobody_picks_up_is_released_from_the_queue() {
    let scene = zoe_waits()
        .after(minutes(5) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([released_unanswered("zoe", None)]);
    assert!(scene.waiting().is_empty());
}

#[test]
fn the_clock_runs_from_the_request_through_the_queue_and_the_desk() {
    zoe_waits()
        .past([later(minutes(3)), ends("alice", "yann")])
        .after(minutes(2))
        .then([released_unanswered("zoe", Some("alice"))]);
}

#[test]
fn the_visitor_reads_that_there_is_no_operator() {
    given_with_phrases([change(five_minutes()), connected("alice"), asks("zoe")])
        .after(minutes(5))
        .then_said(["Aucun conseiller n’est disponible pour le moment."]);
}

#[test]
fn the_pick_up_stops_the_clock_for_good() {
    let scene = zoe_flashes().past([later(minutes(4)), picks_up("alice", "zoe")]);
    scene.clone().after(minutes(600)).then_nothing();
    scene.past([connected("bob"), transfers("alice", "zoe", "bob")]).after(minutes(600)).then_nothing();
}

#[test]
fn neither_a_message_nor_a_transfer_before_the_pick_up_moves_the_deadline() {
    for meanwhile in [
        writes("zoe"),
        supervisor_answers("zoe"),
        Step::All(vec![connected("bob"), transfers("alice", "zoe", "bob")]),
        signs_out("alice"),
    ] {
        let scene = zoe_flashes().past([later(minutes(2)), meanwhile]);
        assert_eq!(scene.due("zoe", Unanswered), Some(minutes(5)));
    }
}

#[test]
fn the_place_that_a_release_frees_serves_the_queue_at_once() {
    zoe_flashes().past([later(minutes(1)), asks("yann"), asks("xena")]).after(minutes(4)).then([
        released_unanswered("zoe", Some("alice")),
        assigned("yann", "alice"),
        advanced("xena", 1),
    ]);
}

#[test]
fn those_behind_a_visitor_who_is_released_from_the_queue_come_forward() {
    zoe_waits()
        .past([later(minutes(1)), asks("xena")])
        .after(minutes(4))
        .then([released_unanswered("zoe", None), advanced("xena", 1)]);
}

#[test]
fn a_released_visitor_may_ask_again_with_timers_of_the_new_request() {
    let again = || request_with("zoe again", plain_request("zoe", None));
    let scene = zoe_flashes().past([later(minutes(5)), Step::Do(visitor("zoe"), again())]);
    assert_eq!(scene.due("zoe again", Unanswered), Some(minutes(10)));
}

#[test]
fn with_unanswered_0_a_visitor_waits_for_ever() {
    given([connected("alice"), asks("zoe")]).after(minutes(6_000)).then_nothing();
}

#[test]
fn a_running_clock_keeps_its_deadline_when_the_setting_changes() {
    for new in [only(|clocks| clocks.unanswered = 1), only(|_| ())] {
        zoe_flashes()
            .past([change(new)])
            .after(minutes(5) - seconds(1))
            .then_nothing()
            .after(seconds(1))
            .then([released_unanswered("zoe", Some("alice"))]);
    }
}

#[test]
fn a_released_visitor_is_not_transferred_at_the_same_time() {
    let both = only(|clocks| (clocks.unanswered, clocks.auto_transfer) = (1, 60));
    given([change(both), connected("alice"), asks("zoe"), connected("bob")])
        .after(minutes(1))
        .then([released_unanswered("zoe", Some("alice"))]);
}

#[test]
fn after_a_release_the_operator_cannot_pick_up_nor_the_visitor_write() {
    let scene = zoe_flashes().past([later(minutes(5))]);
    scene.clone().when(operator("alice"), pick_up("zoe")).then_refused("conversation_over");
    scene.when(visitor("zoe"), write("zoe", "Allô ?")).then_refused("conversation_over");
}

#[test]
fn it_fires_once_after_a_restart_if_it_fell_due_meanwhile() {
    zoe_flashes()
        .restarted()
        .after(minutes(600))
        .then([released_unanswered("zoe", Some("alice"))])
        .restarted()
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn it_is_at_most_a_day() {
    let set = |minutes| settings(only(|clocks| clocks.unanswered = minutes));
    for wrong in [-1, 1_441] {
        given([]).when(administrator(), set(wrong)).then_wrong(["unanswered"]);
    }
    given([Step::Do(administrator(), set(1_440)), connected("alice"), asks("zoe")])
        .after(minutes(1_440) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([released_unanswered("zoe", Some("alice"))]);
}
