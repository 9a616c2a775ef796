//! Assign by hand: a supervisor gives a visitor who waits to an operator.

use pupitre_domain::conversation::assign::ManualAssignment;
use pupitre_domain::{Action, ConversationAction, ConversationFact, Fact, Flow};

use crate::support::*;

fn assign(of: &str, to: &str, force: bool) -> Action {
    Action::Conversation(
        conversation(of),
        ConversationAction::Assign(ManualAssignment { operator: operator_id(to), force }),
    )
}

fn assigned_by_hand(of: &str, to: &str, forced: bool) -> Fact {
    Fact::conversation(
        conversation(of),
        Some(operator_id(to)),
        ConversationFact::Flow(Flow::AssignedByHand { forced }),
    )
}

/// Zoe has Alice, who has one place; Yann and Xena wait.
fn two_wait() -> Scene {
    given([connected_with_capacity("alice", 1), asks("zoe"), asks("yann"), asks("xena")])
}

#[test]
fn a_supervisor_forces_a_visitor_who_waits_on_an_operator_without_room_and_the_event_says_so() {
    let scene = two_wait()
        .when(supervisor(), assign("xena", "alice", true))
        .then([assigned_by_hand("xena", "alice", true)]);
    assert_eq!(scene.operator_of("xena").as_deref(), Some("alice"));
    assert_eq!(scene.waiting(), ["yann"]);
    // To be picked up as any other, and counted.
    scene.when(operator("alice"), pick_up("xena")).then([picked_up("xena", "alice")]).restarted();
}

#[test]
fn room_status_and_skill_are_asked_for_unless_forced() {
    let refused = |scene: Scene, to: &str, code: &str| {
        scene.when(supervisor(), assign("yann", to, false)).then_refused(code)
    };
    refused(two_wait(), "alice", "operator_has_no_room");
    let scene = given([
        change(skills(&["sales"])),
        connected_with_skills("alice", &["sales"]),
        asks_for("zoe", "sales"),
        asks_for("yann", "sales"),
        connected("bob"),
    ]);
    let scene = refused(scene, "bob", "operator_lacks_skill");
    let scene = scene.past([takes_a_break("bob")]);
    let scene = refused(scene, "bob", "operator_not_receiving");
    scene.when(supervisor(), assign("yann", "bob", true)).then([assigned_by_hand("yann", "bob", true)]);
}

#[test]
fn no_visitor_is_forced_on_an_absent_operator() {
    let scene = two_wait().past([registered("bob", profile(&[], None))]);
    scene.clone().when(supervisor(), assign("yann", "bob", true)).then_refused("operator_not_receiving");
    scene.when(supervisor(), assign("yann", "carol", true)).then_refused("unknown_operator");
}

#[test]
fn only_a_waiting_visitor_is_assigned_and_only_by_a_supervisor() {
    two_wait().when(supervisor(), assign("zoe", "alice", true)).then_refused("not_waiting");
    two_wait()
        .past([leaves("yann")])
        .when(supervisor(), assign("yann", "alice", true))
        .then_refused("conversation_over");
    for actor in [visitor("yann"), operator("alice"), administrator(), analyst(), bot()] {
        two_wait().when(actor, assign("yann", "alice", true)).then_refused("forbidden");
    }
}
