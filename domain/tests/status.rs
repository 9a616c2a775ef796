//! Statuses: what stops new assignments, and nothing else.

use pupitre_domain::event::RefusalReason;
use pupitre_domain::settings::Status;
use pupitre_domain::settings::Status::{Available, OnBreak};
use pupitre_domain::settings::{Section, Statuses};

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

// The optional statuses.

/// Every optional status, with whether the operator receives in it.
const OPTIONAL: [(Status, bool); 5] = [
    (Status::Training, false),
    (Status::Phone, false),
    (Status::WithSupervisor, false),
    (Status::NoNewConversation, false),
    (Status::Searching, true),
];

/// The statuses section with this one switched on.
fn only_status(status: Status) -> Section {
    let mut statuses = Statuses::default();
    match status {
        Available | OnBreak => {}
        Status::Training => statuses.training = true,
        Status::Phone => statuses.phone = true,
        Status::WithSupervisor => statuses.with_supervisor = true,
        Status::NoNewConversation => statuses.no_new_conversation = true,
        Status::Searching => statuses.searching = true,
    }
    Section::Statuses(statuses)
}

fn no_optional_status() -> Section {
    Section::Statuses(Statuses::default())
}

#[test]
fn every_optional_status_is_off_at_first_and_refused_then_also_to_a_supervisor() {
    for (status, _) in OPTIONAL {
        for by in [operator("alice"), supervisor()] {
            given_ready_made([connected("alice")])
                .when(by, change_status("alice", status))
                .then_refused("status_disabled");
        }
    }
}

#[test]
fn each_optional_status_can_be_taken_once_it_is_enabled_and_the_others_cannot() {
    for (status, _) in OPTIONAL {
        let scene = given([change(only_status(status)), connected("alice")])
            .when(operator("alice"), change_status("alice", status))
            .then([status_changed("alice", status)]);
        for (other, _) in OPTIONAL.into_iter().filter(|(other, _)| *other != status) {
            scene
                .clone()
                .when(operator("alice"), change_status("alice", other))
                .then_refused("status_disabled");
        }
        scene
            .when(operator("alice"), change_status("alice", Available))
            .then([status_changed("alice", Available)]);
    }
}

#[test]
fn available_and_on_break_are_always_there() {
    given([connected("alice")])
        .when(operator("alice"), change_status("alice", OnBreak))
        .then([status_changed("alice", OnBreak)])
        .when(operator("alice"), change_status("alice", Available))
        .then([status_changed("alice", Available)]);
}

#[test]
fn every_optional_status_stops_new_assignments_but_searching() {
    for (status, receives) in OPTIONAL {
        let outcome = given([change(every_status()), connected("alice"), takes("alice", status)])
            .when(visitor("zoe"), request("zoe"));
        if receives {
            outcome.then([requested("zoe"), assigned("zoe", "alice")]);
        } else {
            outcome.then([requested("zoe"), refused("zoe", RefusalReason::NoOperator)]);
        }
    }
}

#[test]
fn an_operator_who_begins_to_search_serves_the_queue_at_once() {
    given([
        change(every_status()),
        connected_with_capacity("alice", 1),
        connected_with_capacity("bob", 1),
        takes("alice", Status::Phone),
        asks("zoe"),
        asks("yann"),
    ])
    .when(operator("alice"), change_status("alice", Status::Searching))
    .then([status_changed("alice", Status::Searching), assigned("yann", "alice")]);
}

#[test]
fn no_optional_status_touches_running_conversations() {
    for (status, _) in OPTIONAL {
        let scene = given([change(every_status()), connected("alice"), asks("zoe")]).past([
            talks_to("alice", "zoe"),
            takes("alice", status),
            answers("alice", "zoe"),
        ]);
        assert_eq!(scene.operator_of("zoe").as_deref(), Some("alice"));
    }
}

#[test]
fn when_a_status_in_use_is_disabled_those_in_it_and_nobody_else_move_to_on_break() {
    for (status, _) in OPTIONAL {
        given([change(every_status()), connected("alice"), connected("bob"), connected("carol")])
            .past([takes("alice", status), takes("bob", status), asks("zoe")])
            .when(administrator(), settings(no_optional_status()))
            .then([
                settings_changed(no_optional_status()),
                status_changed("alice", OnBreak),
                status_changed("bob", OnBreak),
            ]);
    }
}

#[test]
fn an_operator_who_is_not_connected_leaves_a_disabled_status_too() {
    given([change(every_status()), connected("alice"), takes("alice", Status::Phone), signs_out("alice")])
        .when(administrator(), settings(no_optional_status()))
        .then([settings_changed(no_optional_status()), status_changed("alice", OnBreak)]);
}

#[test]
fn a_status_that_stays_enabled_is_kept_when_another_is_disabled() {
    given([change(every_status()), connected("alice"), takes("alice", Status::Phone)])
        .when(administrator(), settings(only_status(Status::Phone)))
        .then([settings_changed(only_status(Status::Phone))]);
}

#[test]
fn an_operator_searching_when_the_status_is_disabled_keeps_the_conversations_and_receives_nothing_new() {
    let scene = given([change(every_status()), connected("alice"), takes("alice", Status::Searching)])
        .past([asks("zoe"), talks_to("alice", "zoe"), change(no_optional_status())]);
    assert_eq!(scene.operator_of("zoe").as_deref(), Some("alice"));
    scene
        .when(visitor("yann"), request("yann"))
        .then([requested("yann"), refused("yann", RefusalReason::NoOperator)]);
}

#[test]
fn a_status_outlives_a_restart() {
    let scene = given([change(every_status()), connected("alice"), takes("alice", Status::Searching)]);
    assert_eq!(scene.restarted().livechat.operator(&operator_id("alice")).unwrap().status, Status::Searching);
}
