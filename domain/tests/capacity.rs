//! Capacity: how many conversations an operator handles at once.

use pupitre_domain::settings::Capacity;

use crate::support::*;

#[test]
fn an_operator_handles_three_conversations_unless_somebody_says_otherwise() {
    let scene = given([connected("alice"), asks("zoe"), asks("yann"), asks("xena")])
        .when(visitor("wim"), request("wim"))
        .then([requested("wim"), queued("wim", 1)]);
    assert_eq!(scene.livechat.operator(&operator_id("alice")).unwrap().load(), 3);
}

#[test]
fn every_conversation_assigned_and_not_ended_counts_picked_up_or_not() {
    given([change(capacity(2, 2)), connected("alice"), asks("zoe"), picks_up("alice", "zoe"), asks("yann")])
        .when(visitor("xena"), request("xena"))
        .then([requested("xena"), queued("xena", 1)]);
}

#[test]
fn an_own_capacity_wins_when_it_is_higher() {
    given([change(capacity(1, 2)), connected_with_capacity("alice", 2), asks("zoe")])
        .when(visitor("yann"), request("yann"))
        .then([requested("yann"), assigned("yann", "alice")]);
}

#[test]
fn an_own_capacity_wins_when_it_is_lower() {
    given([change(capacity(3, 2)), connected_with_capacity("alice", 1), asks("zoe")])
        .when(visitor("yann"), request("yann"))
        .then([requested("yann"), queued("yann", 1)]);
}

#[test]
fn an_own_capacity_taken_away_gives_way_to_the_one_of_the_livechat() {
    given([connected_with_capacity("alice", 1), asks("zoe"), asks("yann")])
        .when(administrator(), register("alice", profile(&[], None)))
        .then([operator_registered("alice", profile(&[], None)), assigned("yann", "alice")]);
}

#[test]
fn a_raised_capacity_serves_the_queue_at_once_oldest_first() {
    given([change(capacity(1, 3)), connected("alice"), asks("zoe"), asks("yann"), asks("xena"), asks("wim")])
        .when(administrator(), settings(capacity(3, 3)))
        .then([
            settings_changed(capacity(3, 3)),
            assigned("yann", "alice"),
            assigned("xena", "alice"),
            advanced("wim", 1),
        ]);
}

#[test]
fn a_capacity_lowered_under_load_takes_nothing_away_and_gives_nothing_new_until_there_is_room() {
    let scene = given([change(capacity(3, 2)), connected("alice"), asks("zoe"), asks("yann"), asks("xena")])
        .when(administrator(), settings(capacity(1, 2)))
        .then([settings_changed(capacity(1, 2))])
        .past([asks("wim"), picks_up("alice", "zoe"), picks_up("alice", "yann"), picks_up("alice", "xena")])
        .past([ends("alice", "zoe"), ends("alice", "yann")]);
    assert_eq!(scene.waiting(), ["wim"]);
    let scene = scene.past([ends("alice", "xena")]);
    assert_eq!(scene.operator_of("wim").as_deref(), Some("alice"));
}

#[test]
fn the_capacity_of_the_livechat_is_1_to_10_and_the_queue_0_to_100() {
    for (section, wrong) in [
        (capacity(0, 2), "conversations_per_operator"),
        (capacity(11, 2), "conversations_per_operator"),
        (capacity(3, 101), "queue_per_operator"),
    ] {
        given([]).when(administrator(), settings(section)).then_wrong([wrong]);
    }
    for section in [capacity(1, 0), capacity(10, 100)] {
        given([]).when(administrator(), settings(section.clone())).then([settings_changed(section)]);
    }
}

#[test]
fn the_defaults_are_those_of_the_specification() {
    let Capacity { conversations_per_operator, queue_per_operator } = Capacity::default();
    assert_eq!((conversations_per_operator, queue_per_operator), (3, 2));
}
