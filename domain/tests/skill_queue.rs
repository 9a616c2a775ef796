//! A skill's own places in the queue, which replace the product for requests with that skill.

use pupitre_domain::event::RefusalReason::{NoOperator, QueueFull};

use crate::support::*;

/// Alice, who has one place, sales and billing, has zoe. Sales has so many places, the livechat two.
fn places_for_sales(places: i64) -> Scene {
    given([
        change(list_of([skill_with_places("sales", places), plain_skill("billing")])),
        connected_with_skills("alice", &["sales", "billing"]),
        asks("zoe"),
    ])
}

#[test]
fn a_skill_holds_its_own_places_whatever_the_number_of_operators() {
    places_for_sales(3)
        .past([asks_for("a", "sales"), asks_for("b", "sales")])
        .when(visitor("c"), request_for("c", "sales"))
        .then([requested_for("c", "sales"), queued("c", 3)])
        .when(visitor("d"), request_for("d", "sales"))
        .then([requested_for("d", "sales"), refused("d", QueueFull)]);
}

#[test]
fn fewer_places_than_the_product_hold_too() {
    places_for_sales(1)
        .past([asks_for("a", "sales")])
        .when(visitor("b"), request_for("b", "sales"))
        .then([requested_for("b", "sales"), refused("b", QueueFull)]);
}

#[test]
fn with_0_places_nobody_waits_for_the_skill_and_a_free_operator_still_takes_it() {
    places_for_sales(0)
        .when(visitor("a"), request_for("a", "sales"))
        .then([requested_for("a", "sales"), refused("a", QueueFull)])
        .past([connected_with_skills("bob", &["sales"])])
        .when(visitor("b"), request_for("b", "sales"))
        .then([requested_for("b", "sales"), assigned("b", "bob")]);
}

#[test]
fn visitors_waiting_in_reserved_places_take_no_shared_ones_and_the_reverse() {
    places_for_sales(2)
        .past([asks_for("a", "sales"), asks_for("b", "sales"), asks("c"), asks_for("d", "billing")])
        .when(visitor("e"), request("e"))
        .then([requested("e"), refused("e", QueueFull)])
        .when(visitor("f"), request_for("f", "billing"))
        .then([requested_for("f", "billing"), refused("f", QueueFull)])
        .past([Step::Do(visitor("a"), leave("a"))])
        .when(visitor("g"), request("g"))
        .then([requested("g"), refused("g", QueueFull)])
        .when(visitor("h"), request_for("h", "sales"))
        .then([requested_for("h", "sales"), queued("h", 4)]);
}

#[test]
fn with_queue_per_operator_0_the_places_of_the_skill_remain() {
    places_for_sales(1)
        .past([change(capacity(1, 0))])
        .when(visitor("a"), request_for("a", "sales"))
        .then([requested_for("a", "sales"), queued("a", 1)])
        .when(visitor("b"), request("b"))
        .then([requested("b"), refused("b", QueueFull)]);
}

#[test]
fn with_nobody_who_has_the_skill_and_may_receive_its_places_are_of_no_use() {
    places_for_sales(3)
        .past([takes_a_break("alice")])
        .when(visitor("a"), request_for("a", "sales"))
        .then([requested_for("a", "sales"), refused("a", NoOperator)]);
}

#[test]
fn fewer_places_expel_nobody_and_hold_for_the_next_at_once() {
    let fewer = list_of([skill_with_places("sales", 1), plain_skill("billing")]);
    let scene = places_for_sales(3)
        .past([asks_for("a", "sales"), asks_for("b", "sales")])
        .when(administrator(), settings(fewer.clone()))
        .then([settings_changed(fewer)]);
    assert_eq!(scene.waiting(), ["a", "b"]);
    scene
        .past([Step::Do(visitor("a"), leave("a"))])
        .when(visitor("c"), request_for("c", "sales"))
        .then([requested_for("c", "sales"), refused("c", QueueFull)]);
}

#[test]
fn places_taken_away_from_a_skill_make_it_share_those_of_the_livechat() {
    places_for_sales(3)
        .past([
            asks_for("a", "sales"),
            asks_for("b", "sales"),
            change(list_of([plain_skill("sales"), plain_skill("billing")])),
        ])
        .when(visitor("c"), request("c"))
        .then([requested("c"), refused("c", QueueFull)]);
}

#[test]
fn all_wait_in_one_queue_and_the_oldest_is_served_first() {
    let scene = places_for_sales(2).past([
        asks_for("a", "sales"),
        asks("b"),
        picks_up("alice", "zoe"),
        ends("alice", "zoe"),
    ]);
    assert_eq!(scene.operator_of("a").as_deref(), Some("alice"));
    assert_eq!(scene.waiting(), ["b"]);
}

#[test]
fn a_skill_has_0_to_1000_places() {
    for places in [-1, 1_001] {
        given([])
            .when(
                administrator(),
                settings(list_of([plain_skill("billing"), skill_with_places("sales", places)])),
            )
            .then_wrong(["skills[1].queue_capacity"]);
    }
    for places in [0, 1_000] {
        let section = list_of([skill_with_places("sales", places)]);
        given([]).when(administrator(), settings(section.clone())).then([settings_changed(section)]);
    }
}
