//! Behaviour, statuses and desk options: what a choice changes, at once. What is kept open is in `keep_open.rs`,
//! the redirections of articles in `desk_options.rs`.

use pupitre_domain::event::EndReason;
use pupitre_domain::event::RefusalReason::NoOperator;
use pupitre_domain::event::Voice::{Operator, System};
use pupitre_domain::settings::Behaviour;
use pupitre_domain::settings::Status::{Available, OnBreak, Phone, Searching, Training};
use serde_json::json;

use crate::support::*;

#[test]
fn by_default_redirections_are_pupitres_ends_are_final_and_a_disconnect_transfers() {
    let Behaviour { redirects_as_operator, keep_open, keep_open_hours, transfer_on_disconnect } =
        Behaviour::default();
    assert_eq!((redirects_as_operator, keep_open, transfer_on_disconnect), (false, false, true));
    assert_eq!(keep_open_hours, 24);
}

#[test]
fn a_redirection_uses_the_voice_in_force() {
    let knowledge = json!([
        {"id": "old", "title": "Ancien", "theme": "IT", "redirects_to": "new"},
        {"id": "new", "title": "Nouveau", "body": "Redémarrez.", "theme": "IT"},
    ]);
    let mut scene = given([
        change(section("knowledge", knowledge)),
        connected("alice"),
        asks("zoe"),
        picks_up("alice", "zoe"),
    ]);
    for (number, on, voice) in [(1, false, System), (2, true, Operator), (3, false, System)] {
        let said = article_posted("zoe", "alice", voice, "Redémarrez.", ("old", "new"));
        scene = scene
            .past([change(behaviour("redirects_as_operator", on))])
            .when(operator("alice"), answer_from("zoe", "old"))
            .then([numbered(said, number)]);
    }
}

// Transfer on disconnection.

/// Alice has picked zoe and yann up, bob has one place.
fn alice_has_two() -> Scene {
    given([
        connected_with_capacity("alice", 2),
        asks("zoe"),
        asks("yann"),
        picks_up("alice", "zoe"),
        picks_up("alice", "yann"),
        connected_with_capacity("bob", 1),
    ])
}

#[test]
fn the_conversations_of_an_operator_who_signs_out_go_to_others_oldest_first_then_to_the_head_of_the_queue() {
    let scene = alice_has_two().when(operator("alice"), disconnect("alice")).then([
        operator_signed_out("alice"),
        left_behind_for("zoe", "alice", "bob"),
        back_in_queue("yann", "alice", 1),
    ]);
    scene.past([asks("xena")]).when(operator("alice"), connect("alice")).then([
        operator_connected("alice"),
        assigned("yann", "alice"),
        assigned("xena", "alice"),
    ]);
}

#[test]
fn without_transfer_on_disconnect_they_stay_and_go_on_when_the_operator_is_back() {
    alice_has_two()
        .past([change(behaviour("transfer_on_disconnect", false))])
        .when(operator("alice"), disconnect("alice"))
        .then([operator_signed_out("alice")])
        .when(operator("alice"), connect("alice"))
        .then([operator_connected("alice")])
        .when(operator("alice"), end("zoe"))
        .then([ended("zoe", "alice", EndReason::Operator)]);
}

#[test]
fn the_setting_at_the_disconnection_decides() {
    alice_has_two()
        .past([
            change(behaviour("transfer_on_disconnect", false)),
            change(behaviour("transfer_on_disconnect", true)),
        ])
        .when(operator("alice"), disconnect("alice"))
        .then_kinds([
            "operator.disconnected",
            "conversation.auto_transferred",
            "conversation.returned_to_queue",
        ]);
}

// Statuses.

fn enabled(statuses: &[&str]) -> pupitre_domain::settings::Section {
    section("statuses", statuses.iter().map(|status| ((*status).to_owned(), json!(true))).collect())
}

#[test]
fn an_optional_status_can_be_taken_as_soon_as_it_is_enabled_and_no_longer() {
    let scene = given([connected("alice")])
        .when(operator("alice"), change_status("alice", Phone))
        .then_refused("status_disabled")
        .past([change(enabled(&["phone"]))])
        .when(operator("alice"), change_status("alice", Phone))
        .then([status_changed("alice", Phone)])
        .when(operator("alice"), change_status("alice", Training))
        .then_refused("status_disabled");
    scene
        .when(administrator(), settings(enabled(&["training"])))
        .then([settings_changed(enabled(&["training"])), status_changed("alice", OnBreak)]);
}

#[test]
fn only_those_in_a_status_that_is_disabled_leave_it_connected_or_not() {
    given([
        change(enabled(&["phone", "training"])),
        connected("alice"),
        connected("bob"),
        connected("carl"),
        Step::Do(operator("alice"), change_status("alice", Phone)),
        Step::Do(operator("bob"), change_status("bob", Training)),
        Step::Do(operator("carl"), change_status("carl", Phone)),
        signs_out("carl"),
    ])
    .when(administrator(), settings(enabled(&["training"])))
    .then([
        settings_changed(enabled(&["training"])),
        status_changed("alice", OnBreak),
        status_changed("carl", OnBreak),
    ]);
}

#[test]
fn an_operator_searching_when_the_status_is_disabled_receives_nothing_new_until_available() {
    given([
        change(enabled(&["searching"])),
        connected("alice"),
        Step::Do(operator("alice"), change_status("alice", Searching)),
        asks("zoe"),
        change(enabled(&[])),
    ])
    .when(visitor("yann"), request("yann"))
    .then([requested("yann"), refused("yann", NoOperator)])
    .when(operator("alice"), change_status("alice", Available))
    .then([status_changed("alice", Available)])
    .when(visitor("xena"), request("xena"))
    .then([requested("xena"), assigned("xena", "alice")]);
}
