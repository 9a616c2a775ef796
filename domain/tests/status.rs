//! Statuses: what stops new assignments, and nothing else.

use pupitre_domain::conversation::request::RefusalReason;
use pupitre_domain::operator::Status::{Available, OnBreak};

use crate::support::*;

#[test]
fn an_operator_takes_a_break_and_is_given_nothing_new() {
    given([connected("alice")])
        .when(operator("alice"), change_status("alice", OnBreak))
        .then([status_changed("alice", OnBreak)])
        .when(visitor("zoe"), request("zoe"))
        .then([requested("zoe"), refused("zoe", RefusalReason::NoOperator)]);
}

#[test]
fn a_supervisor_changes_the_status_of_an_operator() {
    given([connected("alice")])
        .when(supervisor(), change_status("alice", OnBreak))
        .then([status_changed("alice", OnBreak)]);
}

#[test]
fn the_status_one_has_already_records_nothing() {
    given([connected("alice")]).when(operator("alice"), change_status("alice", Available)).then_nothing();
}

#[test]
fn nobody_else_changes_the_status_of_an_operator() {
    for actor in [operator("bob"), visitor("zoe"), administrator(), bot()] {
        given([connected("alice"), connected("bob")])
            .when(actor, change_status("alice", OnBreak))
            .then_refused("forbidden");
    }
}

#[test]
fn an_operator_who_is_not_registered_has_no_status() {
    given([]).when(supervisor(), change_status("alice", OnBreak)).then_refused("unknown_operator");
}

#[test]
fn no_status_touches_running_conversations() {
    let scene = given([connected("alice"), asks("zoe"), talks_to("alice", "zoe"), takes_a_break("alice")])
        .when(operator("alice"), write("zoe", "Je reviens"))
        .then_whatever();
    assert_eq!(scene.operator_of("zoe").as_deref(), Some("alice"));
}

#[test]
fn an_operator_back_from_a_break_serves_the_queue_at_once() {
    given([
        connected_with_capacity("alice", 2),
        connected_with_capacity("bob", 1),
        takes_a_break("alice"),
        asks("zoe"),
        asks("yann"),
        asks("xena"),
    ])
    .when(operator("alice"), change_status("alice", Available))
    .then([status_changed("alice", Available), assigned("yann", "alice"), assigned("xena", "alice")]);
}

#[test]
fn an_operator_who_is_not_connected_may_change_status_and_still_receives_nothing() {
    given([
        connected_with_capacity("bob", 1),
        connected("alice"),
        takes_a_break("alice"),
        signs_out("alice"),
        asks("zoe"),
        asks("yann"),
    ])
    .when(operator("alice"), change_status("alice", Available))
    .then([status_changed("alice", Available)]);
}
