//! Leave the queue.

use pupitre_domain::event::Voice;

use crate::support::*;

/// Zoe talks with alice, yann and xena wait.
fn two_wait() -> Scene {
    given([
        connected_with_capacity("alice", 1),
        asks("zoe"),
        picks_up("alice", "zoe"),
        asks("yann"),
        asks("xena"),
    ])
}

#[test]
fn a_visitor_who_waits_leaves_at_any_time_and_the_others_move_up() {
    let scene = two_wait().when(visitor("yann"), leave("yann")).then([left("yann"), advanced("xena", 1)]);
    assert_eq!(scene.waiting(), ["xena"]);
}

#[test]
fn the_integration_leaves_for_the_visitor() {
    two_wait().when(bot(), leave("yann")).then([left("yann"), advanced("xena", 1)]);
}

#[test]
fn one_cannot_leave_a_queue_one_is_not_in() {
    two_wait().when(visitor("zoe"), leave("zoe")).then_refused("not_waiting");
}

#[test]
fn nobody_leaves_for_another_visitor() {
    two_wait().when(visitor("xena"), leave("yann")).then_refused("not_your_conversation");
    for actor in [operator("alice"), supervisor(), administrator()] {
        two_wait().when(actor, leave("yann")).then_refused("forbidden");
    }
}

#[test]
fn leaving_twice_is_answered_with_over() {
    two_wait()
        .past([Step::Do(visitor("yann"), leave("yann"))])
        .when(visitor("yann"), leave("yann"))
        .then_refused("conversation_over");
}

#[test]
fn leaving_a_conversation_nobody_heard_of_is_refused() {
    two_wait().when(visitor("ugo"), leave("ugo")).then_refused("unknown_conversation");
}

#[test]
fn a_visitor_who_left_may_ask_again_and_goes_behind_those_who_stayed() {
    let scene = two_wait()
        .past([Step::Do(visitor("yann"), leave("yann"))])
        .when(visitor("yann"), request_with("yann again", plain_request("yann", None)))
        .then([requested_with("yann again", plain_request("yann", None)), queued("yann again", 2)]);
    assert_eq!(scene.waiting(), ["xena", "yann"]);
}

#[test]
fn a_visitor_who_waits_may_write_already() {
    two_wait().when(visitor("yann"), write("yann", "Bonjour")).then([posted(
        "yann",
        None,
        1,
        Voice::Visitor,
        "Bonjour",
    )]);
}
