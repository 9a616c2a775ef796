//! Pick up.

use crate::support::*;

fn zoe_is_on_alices_desk() -> Scene {
    given([connected("alice"), connected("bob"), asks("zoe")])
}

#[test]
fn the_operator_who_has_the_conversation_picks_it_up() {
    zoe_is_on_alices_desk().when(operator("alice"), pick_up("zoe")).then([picked_up("zoe", "alice")]);
}

#[test]
fn picking_up_twice_records_nothing_more() {
    zoe_is_on_alices_desk()
        .past([picks_up("alice", "zoe")])
        .when(operator("alice"), pick_up("zoe"))
        .then_nothing();
}

#[test]
fn another_operator_does_not_pick_it_up() {
    zoe_is_on_alices_desk().when(operator("bob"), pick_up("zoe")).then_refused("not_your_conversation");
}

#[test]
fn nobody_but_an_operator_picks_up() {
    for actor in [visitor("zoe"), supervisor(), administrator(), bot()] {
        zoe_is_on_alices_desk().when(actor, pick_up("zoe")).then_refused("forbidden");
    }
}

#[test]
fn a_conversation_that_waits_is_not_picked_up() {
    given([connected_with_capacity("alice", 1), asks("zoe"), asks("yann")])
        .when(operator("alice"), pick_up("yann"))
        .then_refused("not_assigned");
}

#[test]
fn a_conversation_that_is_over_or_unknown_is_not_picked_up() {
    zoe_is_on_alices_desk()
        .past([picks_up("alice", "zoe"), ends("alice", "zoe")])
        .when(operator("alice"), pick_up("zoe"))
        .then_refused("conversation_over")
        .when(operator("alice"), pick_up("ugo"))
        .then_refused("unknown_conversation");
}

#[test]
fn the_receiver_of_a_transfer_has_to_pick_up_again() {
    zoe_is_on_alices_desk()
        .past([picks_up("alice", "zoe"), Step::Do(operator("alice"), transfer_to("zoe", "bob"))])
        .when(operator("alice"), pick_up("zoe"))
        .then_refused("not_your_conversation")
        .when(operator("bob"), pick_up("zoe"))
        .then([picked_up("zoe", "bob")]);
}
