//! Connect and disconnect.

use pupitre_domain::Actor;
use pupitre_domain::settings::Status;

use crate::support::*;

#[test]
fn an_operator_connects_and_may_receive() {
    given([registered("alice", profile(&[], None))])
        .when(operator("alice"), connect("alice"))
        .then([operator_connected("alice")])
        .when(visitor("zoe"), request("zoe"))
        .then([requested("zoe"), assigned("zoe", "alice")]);
}

#[test]
fn a_second_desk_of_the_same_operator_records_nothing() {
    given([connected("alice")]).when(operator("alice"), connect("alice")).then_nothing();
}

#[test]
fn the_system_connects_and_disconnects_an_operator_whose_desk_it_watches() {
    given([registered("alice", profile(&[], None))])
        .when(Actor::System, connect("alice"))
        .then([operator_connected("alice")])
        .when(Actor::System, disconnect("alice"))
        .then([operator_signed_out("alice")]);
}

#[test]
fn nobody_else_connects_or_disconnects_an_operator() {
    for actor in [operator("bob"), visitor("zoe"), supervisor(), administrator(), bot()] {
        let scene = given([connected("alice"), connected("bob")]);
        scene.clone().when(actor.clone(), connect("alice")).then_refused("forbidden");
        scene.when(actor, disconnect("alice")).then_refused("forbidden");
    }
}

#[test]
fn an_operator_who_is_not_registered_does_not_connect() {
    given([]).when(operator("alice"), connect("alice")).then_refused("unknown_operator");
    given([]).when(operator("alice"), disconnect("alice")).then_refused("unknown_operator");
}

#[test]
fn an_operator_who_disconnects_receives_nothing_new() {
    let scene = given([change(without_transfer_on_disconnect()), connected("alice"), asks("zoe")])
        .when(operator("alice"), disconnect("alice"))
        .then([operator_signed_out("alice")])
        .past([Step::Do(visitor("yann"), request("yann"))]);
    assert_eq!(scene.operator_of("zoe").as_deref(), Some("alice"));
    assert_eq!(scene.operator_of("yann"), None);
}

#[test]
fn disconnecting_twice_records_nothing_more() {
    given([connected("alice"), signs_out("alice")])
        .when(operator("alice"), disconnect("alice"))
        .then_nothing();
}

#[test]
fn the_status_outlives_the_connection() {
    let scene = given([connected("alice"), takes_a_break("alice"), signs_out("alice")])
        .when(operator("alice"), connect("alice"))
        .then([operator_connected("alice")]);
    assert_eq!(scene.livechat.operator(&operator_id("alice")).unwrap().status, Status::OnBreak);
}

#[test]
fn an_operator_who_comes_back_serves_the_queue_at_once() {
    given([
        connected_with_capacity("alice", 1),
        connected_with_capacity("bob", 1),
        asks("zoe"),
        asks("yann"),
        asks("xena"),
        ends_and_leaves("alice", "zoe"),
    ])
    .past([asks("wim")])
    .when(operator("alice"), connect("alice"))
    .then([operator_connected("alice"), assigned("wim", "alice")]);
}

/// The operator ends the conversation, is given the next, ends that one too, and signs out.
fn ends_and_leaves(name: &'static str, of: &str) -> Step {
    Step::All(vec![
        picks_up(name, of),
        ends(name, of),
        picks_up(name, "xena"),
        ends(name, "xena"),
        signs_out(name),
    ])
}
