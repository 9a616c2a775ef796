//! End the livechat.

use pupitre_domain::event::EndReason;

use crate::support::*;

/// Alice, who has one place, has picked zoe up; yann waits.
fn zoe_talks_and_yann_waits() -> Scene {
    given([connected_with_capacity("alice", 1), asks("zoe"), picks_up("alice", "zoe"), asks("yann")])
}

#[test]
fn the_operator_ends_it_and_the_next_visitor_is_served_at_once() {
    zoe_talks_and_yann_waits()
        .when(operator("alice"), end("zoe"))
        .then([ended("zoe", "alice", EndReason::Operator), assigned("yann", "alice")]);
}

#[test]
fn the_visitor_ends_it_or_the_integration_for_the_visitor() {
    for actor in [visitor("zoe"), bot()] {
        zoe_talks_and_yann_waits()
            .when(actor, end("zoe"))
            .then([ended("zoe", "alice", EndReason::Visitor), assigned("yann", "alice")]);
    }
}

#[test]
fn a_supervisor_ends_any_conversation_even_one_that_waits() {
    zoe_talks_and_yann_waits()
        .when(supervisor(), end("zoe"))
        .then([ended("zoe", "alice", EndReason::Supervisor), assigned("yann", "alice")]);
    let scene = zoe_talks_and_yann_waits().when(supervisor(), end("yann")).then([ended(
        "yann",
        None,
        EndReason::Supervisor,
    )]);
    assert!(scene.waiting().is_empty());
}

#[test]
fn a_visitor_may_end_before_pick_up_which_is_to_leave_and_the_operator_may_not() {
    let scene = given([connected("alice"), asks("zoe")]);
    scene.clone().when(operator("alice"), end("zoe")).then_refused("not_picked_up");
    scene.when(visitor("zoe"), end("zoe")).then([left_the_desk("zoe", "alice")]);
}

#[test]
fn a_visitor_who_waits_may_end_which_is_to_leave() {
    zoe_talks_and_yann_waits().when(visitor("yann"), end("yann")).then([left("yann")]);
}

#[test]
fn nobody_ends_the_conversation_of_another() {
    zoe_talks_and_yann_waits().when(visitor("yann"), end("zoe")).then_refused("not_your_conversation");
    zoe_talks_and_yann_waits().when(operator("bob"), end("zoe")).then_refused("not_your_conversation");
    zoe_talks_and_yann_waits().when(administrator(), end("zoe")).then_refused("forbidden");
}

#[test]
fn ending_twice_is_answered_with_over() {
    zoe_talks_and_yann_waits()
        .past([ends("alice", "zoe")])
        .when(operator("alice"), end("zoe"))
        .then_refused("conversation_over")
        .when(operator("alice"), end("ugo"))
        .then_refused("unknown_conversation");
}

#[test]
fn a_conversation_that_is_over_is_on_nobodys_desk_and_its_visitor_may_ask_again() {
    let scene = zoe_talks_and_yann_waits()
        .past([ends("alice", "zoe")])
        .when(visitor("zoe"), request_with("zoe again", plain_request("zoe", None)))
        .then([requested_with("zoe again", plain_request("zoe", None)), queued("zoe again", 1)]);
    assert!(scene.livechat.conversation(conversation("zoe")).is_none());
    assert!(scene.livechat.recently_ended().contains(conversation("zoe")));
}

#[test]
fn the_end_stops_the_clock() {
    given([connected("alice"), asks("zoe"), talks_to("alice", "zoe"), ends("alice", "zoe")])
        .after(minutes(60))
        .then_nothing();
}
