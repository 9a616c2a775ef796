//! Register an operator, or change the profile.

use crate::support::*;

#[test]
fn an_administrator_registers_an_operator_who_is_not_connected_yet() {
    let scene = given([])
        .when(administrator(), register("alice", profile(&[], None)))
        .then([operator_registered("alice", profile(&[], None))]);
    assert_eq!(scene.livechat.operator(&operator_id("alice")).unwrap().connected_since, None);
}

#[test]
fn an_administrator_changes_a_profile_and_nothing_else_of_the_operator() {
    let scene = given([connected("alice"), asks("zoe")])
        .when(administrator(), register("alice", profile(&[], Some(2))))
        .then([operator_registered("alice", profile(&[], Some(2)))]);
    assert_eq!(scene.operator_of("zoe").as_deref(), Some("alice"));
    assert!(scene.livechat.operator(&operator_id("alice")).unwrap().connected_since.is_some());
}

#[test]
fn the_same_profile_again_records_nothing() {
    given([connected("alice")]).when(administrator(), register("alice", profile(&[], None))).then_nothing();
}

#[test]
fn only_an_administrator_registers_operators() {
    for actor in [visitor("zoe"), operator("alice"), supervisor(), bot()] {
        given([]).when(actor, register("alice", profile(&[], None))).then_refused("forbidden");
    }
}

#[test]
fn an_own_capacity_is_1_to_10() {
    for capacity in [0, 11] {
        given([])
            .when(administrator(), register("alice", profile(&[], Some(capacity))))
            .then_wrong(["capacity"]);
    }
    for capacity in [1, 10] {
        given([]).when(administrator(), register("alice", profile(&[], Some(capacity)))).then_whatever();
    }
}

#[test]
fn a_skill_must_be_one_of_the_livechat_and_every_wrong_field_is_named() {
    given([change(skills(&["sales"]))])
        .when(administrator(), register("alice", profile(&["sales", "magic", "sorcery"], Some(0))))
        .then_wrong(["capacity", "skills", "skills"]);
}

#[test]
fn a_raised_own_capacity_serves_the_queue_at_once() {
    given([connected_with_capacity("alice", 1), asks("zoe"), asks("yann"), asks("xena")])
        .when(administrator(), register("alice", profile(&[], Some(3))))
        .then([
            operator_registered("alice", profile(&[], Some(3))),
            assigned("yann", "alice"),
            assigned("xena", "alice"),
        ]);
}

#[test]
fn a_new_skill_serves_those_who_wait_for_it_at_once() {
    given([
        change(skills(&["sales"])),
        connected_with_skills("alice", &["sales"]),
        connected("bob"),
        asks_for("zoe", "sales"),
        asks_for("yann", "sales"),
    ])
    .when(administrator(), register("bob", profile(&["sales"], None)))
    .then([operator_registered("bob", profile(&["sales"], None)), assigned("yann", "bob")]);
}
