//! The queue: its limit, its order, and what serves it.

use pupitre_domain::event::RefusalReason::{NoOperator, QueueFull};

use crate::support::*;

/// Alice handles one conversation, zoe's; the queue has two places.
fn alice_is_busy() -> Step {
    Step::All(vec![connected_with_capacity("alice", 1), asks("zoe"), picks_up("alice", "zoe")])
}

#[test]
fn a_visitor_whom_nobody_can_take_waits_at_the_next_position() {
    given([alice_is_busy()])
        .when(visitor("yann"), request("yann"))
        .then([requested("yann"), queued("yann", 1)])
        .when(visitor("xena"), request("xena"))
        .then([requested("xena"), queued("xena", 2)]);
}

#[test]
fn the_queue_holds_queue_per_operator_times_the_operators_who_may_receive() {
    given([alice_is_busy(), asks("yann"), asks("xena")])
        .when(visitor("wim"), request("wim"))
        .then([requested("wim"), refused("wim", QueueFull)]);
    given([
        alice_is_busy(),
        connected_with_capacity("bob", 1),
        asks("yann"),
        asks("xena"),
        asks("wim"),
        asks("vera"),
    ])
    .when(visitor("ugo"), request("ugo"))
    .then([requested("ugo"), queued("ugo", 4)])
    .when(visitor("tom"), request("tom"))
    .then([requested("tom"), refused("tom", QueueFull)]);
}

#[test]
fn with_queue_per_operator_0_nobody_waits() {
    given([change(capacity(3, 0)), alice_is_busy()])
        .when(visitor("yann"), request("yann"))
        .then([requested("yann"), refused("yann", QueueFull)]);
}

#[test]
fn an_operator_on_a_break_adds_no_place() {
    given([alice_is_busy(), connected("bob"), takes_a_break("bob"), asks("yann"), asks("xena")])
        .when(visitor("wim"), request("wim"))
        .then([requested("wim"), refused("wim", QueueFull)]);
}

#[test]
fn with_nobody_who_may_receive_the_reason_is_no_operator_and_not_a_full_queue() {
    given([alice_is_busy(), takes_a_break("alice")])
        .when(visitor("yann"), request("yann"))
        .then([requested("yann"), refused("yann", NoOperator)]);
}

#[test]
fn the_queue_is_tested_on_entry_only_and_nobody_is_expelled_when_an_operator_leaves() {
    let scene = given([alice_is_busy(), asks("yann"), asks("xena"), signs_out("alice")]);
    assert_eq!(scene.waiting(), ["zoe", "yann", "xena"]);
}

#[test]
fn nobody_is_expelled_when_the_queue_is_made_shorter() {
    let scene = given([alice_is_busy(), asks("yann"), asks("xena"), change(capacity(3, 1))]);
    assert_eq!(scene.waiting(), ["yann", "xena"]);
    scene.when(visitor("wim"), request("wim")).then([requested("wim"), refused("wim", QueueFull)]);
}

#[test]
fn the_oldest_is_served_first_even_among_those_of_the_same_instant() {
    let scene = given([alice_is_busy(), asks("yann"), asks("xena"), ends("alice", "zoe")]);
    assert_eq!(scene.operator_of("yann").as_deref(), Some("alice"));
    assert_eq!(scene.waiting(), ["xena"]);
}

#[test]
fn a_visitor_who_came_after_the_clock_was_set_back_is_still_behind() {
    let scene = given([alice_is_busy(), asks("yann"), clock_set_back(minutes(30)), asks("xena")]);
    assert_eq!(scene.waiting(), ["yann", "xena"]);
}

#[test]
fn a_visitor_who_waits_for_a_skill_that_nobody_free_has_does_not_block_those_behind() {
    given([
        change(skills(&["sales", "billing"])),
        connected_with_skills("alice", &["sales"]),
        connected_with_skills("bob", &["billing"]),
        asks_for("zoe", "sales"),
        asks_for("yann", "billing"),
        asks_for("xena", "sales"),
        asks("wim"),
        picks_up("bob", "yann"),
    ])
    .when(operator("bob"), end("yann"))
    .then([ended("yann", "bob", pupitre_domain::event::EndReason::Operator), assigned("wim", "bob")]);
}

#[test]
fn the_head_of_the_line_is_served_before_a_younger_visitor_of_another_skill() {
    given([
        change(skills(&["sales", "billing"])),
        connected_with_skills("alice", &["sales", "billing"]),
        asks("zoe"),
        asks_for("yann", "billing"),
        asks_for("xena", "sales"),
        picks_up("alice", "zoe"),
        ends("alice", "zoe"),
    ])
    .when(visitor("xena"), write("xena", "Toujours là ?"))
    .then([posted("xena", None, 1, pupitre_domain::event::Voice::Visitor, "Toujours là ?")])
    .when(operator("alice"), pick_up("yann"))
    .then([picked_up("yann", "alice")]);
}

#[test]
fn nobody_connected_has_the_skill_asked_so_the_request_is_refused() {
    given([change(skills(&["sales"])), connected("alice")])
        .when(visitor("zoe"), request_for("zoe", "sales"))
        .then([requested_for("zoe", "sales"), refused("zoe", NoOperator)]);
}

#[test]
fn a_free_operator_takes_a_new_request_although_others_wait_for_a_skill_the_operator_lacks() {
    given([
        change(skills(&["sales"])),
        connected_with_skills("alice", &["sales"]),
        connected("bob"),
        asks_for("zoe", "sales"),
        asks_for("yann", "sales"),
    ])
    .when(visitor("xena"), request("xena"))
    .then([requested("xena"), assigned("xena", "bob")]);
}
