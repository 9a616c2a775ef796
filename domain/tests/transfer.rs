//! Transfer: to an operator, to a skill, by force.

use pupitre_domain::conversation::transfer::Transfer;
use pupitre_domain::event::RefusalReason::NoOperator;
use pupitre_domain::event::Target;
use pupitre_domain::text::Note;
use pupitre_domain::{Action, ConversationAction, ConversationFact, Fact, Flow};

use crate::support::*;

/// Alice talks with zoe; bob has one place.
fn zoe_talks_with_alice() -> Scene {
    given([connected_with_capacity("alice", 1), asks("zoe"), picks_up("alice", "zoe")])
        .past([connected_with_capacity("bob", 1)])
}

/// Alice talks with zoe; bob has one place, which is taken by yann.
fn bob_is_full() -> Scene {
    zoe_talks_with_alice().past([asks("yann")])
}

#[test]
fn the_operator_in_charge_transfers_to_one_with_room() {
    zoe_talks_with_alice()
        .when(operator("alice"), transfer_to("zoe", "bob"))
        .then([transferred("zoe", "alice", "bob")]);
}

#[test]
fn a_conversation_may_be_transferred_before_it_is_picked_up() {
    given([connected_with_capacity("alice", 1), asks("zoe"), connected("bob")])
        .when(operator("alice"), transfer_to("zoe", "bob"))
        .then([transferred("zoe", "alice", "bob")]);
}

#[test]
fn a_supervisor_transfers_the_conversation_of_an_operator() {
    zoe_talks_with_alice()
        .when(supervisor(), transfer_to("zoe", "bob"))
        .then([transferred("zoe", "alice", "bob")]);
}

#[test]
fn the_note_goes_to_the_receiver() {
    let note = || Some(Note::parse("Cliente fidèle").unwrap().into());
    let to = Target::Operator(operator_id("bob"));
    let action = Action::Conversation(
        conversation("zoe"),
        ConversationAction::Transfer(Transfer { to: to.clone(), note: note(), force: false }),
    );
    let fact = ConversationFact::Flow(Flow::Transferred {
        from: operator_id("alice"),
        target: to,
        note: note(),
        forced: false,
    });
    zoe_talks_with_alice().when(operator("alice"), action).then([Fact::conversation(
        conversation("zoe"),
        Some(operator_id("bob")),
        fact,
    )]);
}

#[test]
fn the_place_that_a_transfer_frees_serves_the_queue_at_once() {
    given([
        connected_with_capacity("alice", 1),
        asks("zoe"),
        asks("yann"),
        connected_as("bob", profile(&[], Some(2))),
    ])
    .past([asks("xena"), asks("wim")])
    .when(supervisor(), force_to("zoe", "bob"))
    .then([transferred_by_force("zoe", "alice", "bob"), assigned("wim", "alice")]);
}

#[test]
fn only_the_operator_in_charge_or_a_supervisor_transfers() {
    zoe_talks_with_alice()
        .when(operator("bob"), transfer_to("zoe", "bob"))
        .then_refused("not_your_conversation");
    for actor in [visitor("zoe"), administrator(), bot()] {
        zoe_talks_with_alice().when(actor, transfer_to("zoe", "bob")).then_refused("forbidden");
    }
}

#[test]
fn a_conversation_that_waits_is_over_or_unknown_is_not_transferred() {
    bob_is_full()
        .past([asks("xena")])
        .when(supervisor(), transfer_to("xena", "bob"))
        .then_refused("not_assigned")
        .past([ends("alice", "zoe")])
        .when(supervisor(), transfer_to("zoe", "bob"))
        .then_refused("conversation_over")
        .when(supervisor(), transfer_to("ugo", "bob"))
        .then_refused("unknown_conversation");
}

#[test]
fn the_receiver_must_be_another_operator_of_this_livechat() {
    for action in [transfer_to("zoe", "alice"), force_to("zoe", "alice")] {
        zoe_talks_with_alice().when(supervisor(), action).then_refused("already_there");
    }
    zoe_talks_with_alice().when(supervisor(), transfer_to("zoe", "carol")).then_refused("unknown_operator");
}

#[test]
fn the_receiver_must_have_room() {
    bob_is_full().when(operator("alice"), transfer_to("zoe", "bob")).then_refused("operator_has_no_room");
    bob_is_full().when(supervisor(), transfer_to("zoe", "bob")).then_refused("operator_has_no_room");
}

#[test]
fn the_receiver_must_be_connected_and_in_a_status_that_receives() {
    for away in [takes_a_break("bob"), signs_out("bob")] {
        zoe_talks_with_alice()
            .past([away])
            .when(operator("alice"), transfer_to("zoe", "bob"))
            .then_refused("operator_not_receiving");
    }
}

#[test]
fn the_receiver_must_have_the_skill_the_conversation_asks_for() {
    given([
        change(skills(&["sales"])),
        connected_with_skills("alice", &["sales"]),
        asks_for("zoe", "sales"),
        connected("bob"),
    ])
    .when(operator("alice"), transfer_to("zoe", "bob"))
    .then_refused("operator_lacks_skill");
}

#[test]
fn a_supervisor_forces_past_room_and_the_event_says_so() {
    let scene = bob_is_full()
        .when(supervisor(), force_to("zoe", "bob"))
        .then([transferred_by_force("zoe", "alice", "bob")]);
    assert_eq!(scene.livechat.operator(&operator_id("bob")).unwrap().load(), 2);
}

#[test]
fn a_supervisor_forces_past_status_and_skill() {
    zoe_talks_with_alice()
        .past([takes_a_break("bob")])
        .when(supervisor(), force_to("zoe", "bob"))
        .then([transferred_by_force("zoe", "alice", "bob")]);
    given([
        change(skills(&["sales"])),
        connected_with_skills("alice", &["sales"]),
        asks_for("zoe", "sales"),
        connected("bob"),
    ])
    .when(supervisor(), force_to("zoe", "bob"))
    .then([transferred_by_force("zoe", "alice", "bob")]);
}

#[test]
fn no_conversation_is_forced_on_an_operator_who_is_not_connected() {
    zoe_talks_with_alice()
        .past([signs_out("bob")])
        .when(supervisor(), force_to("zoe", "bob"))
        .then_refused("operator_not_receiving");
}

#[test]
fn a_forced_transfer_that_needed_no_force_is_recorded_as_an_ordinary_one() {
    zoe_talks_with_alice()
        .when(supervisor(), force_to("zoe", "bob"))
        .then([transferred("zoe", "alice", "bob")]);
}

#[test]
fn an_operator_does_not_force() {
    bob_is_full().when(operator("alice"), force_to("zoe", "bob")).then_refused("forbidden");
}

#[test]
fn an_operator_pushed_past_capacity_is_given_nothing_until_there_is_room_again() {
    let scene = bob_is_full()
        .past([
            Step::Do(supervisor(), force_to("zoe", "bob")),
            takes_a_break("alice"),
            asks("xena"),
            picks_up("bob", "zoe"),
            picks_up("bob", "yann"),
        ])
        .past([ends("bob", "zoe")]);
    assert_eq!(scene.waiting(), ["xena"]);
    let scene = scene.past([ends("bob", "yann")]);
    assert_eq!(scene.operator_of("xena").as_deref(), Some("bob"));
}

/// Alice, without a skill, has zoe; bob and carol do sales and have one place each.
fn two_do_sales() -> Scene {
    given([change(skills(&["sales", "billing"])), connected_with_capacity("alice", 1), asks("zoe")])
        .past([connected_with_skills("bob", &["sales"]), connected_with_skills("carol", &["sales"])])
}

#[test]
fn a_transfer_to_a_skill_goes_to_the_next_operator_who_has_it_by_the_rules_of_choice() {
    two_do_sales()
        .past([asks("yann")])
        .when(operator("alice"), transfer_to_skill("zoe", "sales"))
        .then([transferred_to_skill("zoe", "alice", "carol", "sales")]);
}

#[test]
fn a_conversation_transferred_to_a_skill_asks_for_it_from_then_on() {
    two_do_sales()
        .past([Step::Do(operator("alice"), transfer_to_skill("zoe", "sales"))])
        .when(operator("bob"), transfer_to("zoe", "alice"))
        .then_refused("operator_lacks_skill");
}

#[test]
fn a_transfer_to_a_skill_means_somebody_else_who_has_it() {
    two_do_sales()
        .past([Step::Do(operator("alice"), transfer_to_skill("zoe", "sales"))])
        .when(operator("bob"), transfer_to_skill("zoe", "sales"))
        .then([transferred_to_skill("zoe", "bob", "carol", "sales")]);
}

#[test]
fn a_transfer_to_a_skill_that_nobody_free_has_is_refused_even_for_a_supervisor_who_forces() {
    let scene = two_do_sales();
    scene.clone().when(operator("alice"), transfer_to_skill("zoe", "billing")).then_refused("nobody_free");
    let forced = transfer("zoe", Target::Skill(skill("billing")), true);
    scene.when(supervisor(), forced).then_refused("nobody_free");
}

#[test]
fn a_transfer_to_a_skill_the_livechat_does_not_have_is_refused() {
    two_do_sales().when(operator("alice"), transfer_to_skill("zoe", "magic")).then_refused("unknown_skill");
}

#[test]
fn the_same_transfer_twice_moves_it_once() {
    zoe_talks_with_alice()
        .past([Step::Do(operator("alice"), transfer_to("zoe", "bob"))])
        .when(operator("alice"), transfer_to("zoe", "bob"))
        .then_refused("not_your_conversation")
        .when(supervisor(), transfer_to("zoe", "bob"))
        .then_refused("already_there");
}

#[test]
fn a_conversation_is_never_with_two_operators() {
    zoe_talks_with_alice()
        .past([Step::Do(operator("alice"), transfer_to("zoe", "bob")), signs_out("alice")])
        .when(visitor("xena"), request("xena"))
        .then([requested("xena"), queued("xena", 1)])
        .past([signs_out("bob")])
        .when(visitor("wim"), request("wim"))
        .then([requested("wim"), refused("wim", NoOperator)]);
}
