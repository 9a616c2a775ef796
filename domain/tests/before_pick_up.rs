//! Until an operator has picked up, the visitor still waits, in the queue as on a tab that flashes: leaving the site
//! ends it and frees the place, and to leave and to end mean the same (spec.md §The life of a conversation).

use pupitre_domain::event::EndReason;
use pupitre_domain::event::Presence::{Here, LeftSite};
use pupitre_domain::{Action, Actor, ConversationAction, ConversationFact, Flow};

use crate::support::*;

/// Zoe's tab flashes for alice, who has one place; yann waits.
fn a_tab_flashes() -> Scene {
    given([connected_with_capacity("alice", 1), asks("zoe"), asks("yann")])
}

/// All the ways in which the visitor says that it is enough.
fn ways_to_go(name: &str) -> [(Actor, Action); 4] {
    [(visitor(name), leave(name)), (visitor(name), end(name)), (bot(), leave(name)), (bot(), end(name))]
}

#[test]
fn a_visitor_who_leaves_before_the_pick_up_frees_the_place_by_whichever_command() {
    for (actor, action) in ways_to_go("zoe") {
        a_tab_flashes()
            .when(actor, action)
            .then([left_the_desk("zoe", "alice"), assigned("yann", "alice")])
            .restarted()
            .when(operator("alice"), Action::Conversation(conversation("zoe"), ConversationAction::PickUp))
            .then_refused("conversation_over");
    }
}

#[test]
fn a_visitor_leaves_the_queue_by_whichever_command() {
    for (actor, action) in ways_to_go("yann") {
        a_tab_flashes().when(actor, action).then([left("yann")]);
    }
}

#[test]
fn a_visitor_who_leaves_the_site_before_the_pick_up_frees_the_place() {
    let scene = a_tab_flashes().when(visitor("zoe"), note_presence("zoe", LeftSite)).then([
        presence_noted("zoe", "alice", LeftSite),
        left_the_desk("zoe", "alice"),
        assigned("yann", "alice"),
    ]);
    scene
        .restarted()
        .when(visitor("zoe"), note_presence("zoe", Here))
        .then_refused("conversation_over")
        .when(visitor("zoe"), request_with("zoe again", plain_request("zoe", None)))
        .then([requested_with("zoe again", plain_request("zoe", None)), queued("zoe again", 1)]);
}

#[test]
fn after_a_transfer_by_rule_the_tab_flashes_on_and_the_visitor_may_go() {
    let moved = || {
        given([
            change(only(|timeouts| timeouts.auto_transfer = 90)),
            connected("alice"),
            asks("zoe"),
            connected("bob"),
        ])
        .past([later(seconds(90))])
    };
    assert_eq!(moved().operator_of("zoe").as_deref(), Some("bob"));
    for (actor, action) in ways_to_go("zoe") {
        moved().when(actor, action).then([left_the_desk("zoe", "bob")]);
    }
    moved()
        .when(visitor("zoe"), note_presence("zoe", LeftSite))
        .then([presence_noted("zoe", "bob", LeftSite), left_the_desk("zoe", "bob")]);
}

#[test]
fn back_in_the_queue_the_visitor_waits_on_and_may_go() {
    let returned = || {
        given([connected_with_capacity("alice", 1), connected_with_capacity("bob", 1)]).past([
            asks("xena"),
            asks("zoe"),
            signs_out("bob"),
        ])
    };
    assert_eq!(returned().waiting(), ["zoe"]);
    for (actor, action) in ways_to_go("zoe") {
        returned().when(actor, action).then([left("zoe")]);
    }
    returned()
        .when(visitor("zoe"), note_presence("zoe", LeftSite))
        .then([presence_noted("zoe", None, LeftSite), left("zoe")]);
}

#[test]
fn passed_on_by_hand_the_visitor_waits_for_the_next_to_pick_up() {
    let passed_on = || {
        given([connected("alice"), asks("zoe"), picks_up("alice", "zoe"), connected("bob")])
            .past([Step::Do(operator("alice"), transfer_to("zoe", "bob"))])
    };
    for (actor, action) in ways_to_go("zoe") {
        passed_on().when(actor, action).then([left_the_desk("zoe", "bob")]);
    }
    passed_on()
        .when(visitor("zoe"), note_presence("zoe", LeftSite))
        .then([presence_noted("zoe", "bob", LeftSite), left_the_desk("zoe", "bob")]);
}

#[test]
fn once_picked_up_to_end_is_to_end_and_to_leave_the_site_is_to_be_away() {
    let talking = || given([connected("alice"), asks("zoe"), picks_up("alice", "zoe")]);
    for actor in [visitor("zoe"), bot()] {
        talking().when(actor.clone(), leave("zoe")).then_refused("not_waiting");
        talking().when(actor, end("zoe")).then([ended("zoe", "alice", EndReason::Visitor)]);
    }
    let scene = talking()
        .when(visitor("zoe"), note_presence("zoe", LeftSite))
        .then([presence_noted("zoe", "alice", LeftSite)]);
    assert_eq!(scene.operator_of("zoe").as_deref(), Some("alice"));
}

#[test]
fn nobody_else_gives_up_for_the_visitor() {
    a_tab_flashes().when(visitor("yann"), end("zoe")).then_refused("not_your_conversation");
    a_tab_flashes().when(operator("alice"), leave("zoe")).then_refused("forbidden");
    a_tab_flashes().when(operator("alice"), end("zoe")).then_refused("not_picked_up");
    a_tab_flashes().when(supervisor(), leave("zoe")).then_refused("forbidden");
    a_tab_flashes()
        .when(supervisor(), end("zoe"))
        .then([ended("zoe", "alice", EndReason::Supervisor), assigned("yann", "alice")]);
}

#[test]
fn the_clocks_of_a_tab_that_was_left_are_off() {
    given([change(all_clocks()), connected("alice"), asks("zoe"), Step::Do(visitor("zoe"), end("zoe"))])
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn a_visitor_who_left_before_the_pick_up_has_no_previous_operator() {
    given([change(behaviour("keep_open", true)), connected("alice"), asks("zoe")])
        .when(visitor("zoe"), end("zoe"))
        .then([left_the_desk("zoe", "alice")]);
    // Asked for again, the conversation is kept for whoever knows the story.
    let again = given([change(behaviour("keep_open", true)), connected("alice"), asks("zoe")])
        .past([talks_to("alice", "zoe"), ends("alice", "zoe"), takes_a_break("alice"), connected("bob")])
        .past([Step::Do(visitor("zoe"), request_again("zoe", plain_request("zoe", None)))]);
    assert_eq!(again.operator_of("zoe").as_deref(), Some("bob"));
    let until = start() + minutes(24 * 60);
    again
        .when(visitor("zoe"), leave("zoe"))
        .then([left_the_desk("zoe", "bob"), stays_open("zoe", "alice", until)]);
}

#[test]
fn a_repeated_command_is_recognised_by_its_outcome() {
    let fact = left_the_desk("zoe", "alice");
    assert!(end("zoe").is_recorded_as(&fact) && leave("zoe").is_recorded_as(&fact));
    assert!(!end("yann").is_recorded_as(&fact));
    assert!(!leave("zoe").is_recorded_as(&told(
        "zoe",
        "alice",
        ConversationFact::Flow(Flow::Ended { reason: EndReason::Visitor })
    )));
}
