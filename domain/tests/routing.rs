//! Routing: who gets which conversation.

use crate::support::*;

#[test]
fn the_lowest_share_of_capacity_comes_first_not_the_lowest_count() {
    // Alice has 2 of 5, bob 1 of 2: alice is less loaded.
    given([
        connected_with_capacity("alice", 5),
        asks("zoe"),
        asks("yann"),
        connected_with_capacity("bob", 2),
        asks("xena"),
    ])
    .when(visitor("wim"), request("wim"))
    .then([requested("wim"), assigned("wim", "alice")]);
}

#[test]
fn at_equal_load_the_longest_since_the_last_assignment_comes_first() {
    given([
        connected("alice"),
        connected("bob"),
        asks("zoe"),
        later(seconds(1)),
        asks("yann"),
        later(seconds(1)),
        picks_up("alice", "zoe"),
        picks_up("bob", "yann"),
        ends("bob", "yann"),
        ends("alice", "zoe"),
    ])
    .when(visitor("xena"), request("xena"))
    .then([requested("xena"), assigned("xena", "alice")]);
}

#[test]
fn an_operator_never_assigned_comes_before_one_who_was() {
    given([
        connected("alice"),
        asks("zoe"),
        picks_up("alice", "zoe"),
        ends("alice", "zoe"),
        connected("bob"),
    ])
    .when(visitor("yann"), request("yann"))
    .then([requested("yann"), assigned("yann", "bob")]);
}

#[test]
fn with_all_else_equal_the_choice_is_by_name_so_that_it_is_always_the_same() {
    given([connected("carol"), connected("bob"), connected("alice")])
        .when(visitor("zoe"), request("zoe"))
        .then([requested("zoe"), assigned("zoe", "alice")]);
}

#[test]
fn a_skill_asked_is_a_skill_the_operator_has() {
    given([
        change(skills(&["sales", "billing"])),
        connected_with_skills("alice", &["sales"]),
        connected_with_skills("bob", &["billing"]),
    ])
    .when(visitor("zoe"), request_for("zoe", "billing"))
    .then([requested_for("zoe", "billing"), assigned("zoe", "bob")]);
}

#[test]
fn with_no_skill_asked_operators_of_the_highest_ranked_skill_come_first_then_the_next_then_those_with_none() {
    given([
        change(skills(&["sales", "billing"])),
        connected_with_capacity("alice", 1),
        connected_with_skills("bob", &["billing"]),
        connected_with_skills("carol", &["sales"]),
    ])
    .when(visitor("zoe"), request("zoe"))
    .then([requested("zoe"), assigned("zoe", "carol")])
    .when(visitor("yann"), request("yann"))
    .then([requested("yann"), assigned("yann", "bob")])
    .when(visitor("xena"), request("xena"))
    .then([requested("xena"), assigned("xena", "alice")]);
}

#[test]
fn the_rank_of_the_skill_counts_before_the_load() {
    given([
        change(skills(&["sales"])),
        connected_as("alice", profile(&["sales"], Some(2))),
        connected("bob"),
        asks("zoe"),
    ])
    .when(visitor("yann"), request("yann"))
    .then([requested("yann"), assigned("yann", "alice")]);
}

#[test]
fn a_new_order_of_the_skills_counts_at_once() {
    given([
        change(skills(&["sales", "billing"])),
        connected_with_skills("alice", &["sales"]),
        connected_with_skills("bob", &["billing"]),
        change(skills(&["billing", "sales"])),
    ])
    .when(visitor("zoe"), request("zoe"))
    .then([requested("zoe"), assigned("zoe", "bob")]);
}

#[test]
fn each_choice_of_a_service_sees_the_loads_the_one_before_left() {
    given([change(capacity(1, 2)), connected("alice"), connected("bob")])
        .past([asks("zoe"), later(seconds(1)), asks("yann"), asks("xena"), asks("wim"), asks("vera")])
        .when(administrator(), settings(capacity(3, 2)))
        .then([
            settings_changed(capacity(3, 2)),
            assigned("xena", "alice"),
            assigned("wim", "bob"),
            assigned("vera", "alice"),
        ]);
}
