//! Progress in the queue: who is told a new position, and the wait that is estimated.

use pupitre_domain::event::EndReason;
use pupitre_domain::event::Voice::Visitor;

use crate::support::*;

const NAMES: [&str; 13] = ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10", "a11", "a12", "a13"];

/// Alice, who has one place, has picked zoe up; so many wait behind.
fn waiting(count: usize) -> Scene {
    let scene = given([
        change(capacity(1, 100)),
        connected_with_capacity("alice", 1),
        asks("zoe"),
        picks_up("alice", "zoe"),
    ]);
    NAMES[..count].iter().fold(scene, |scene, name| scene.past([asks(name)]))
}

// Positions.

#[test]
fn a_visitor_who_reaches_position_1_2_3_5_or_10_is_notified() {
    waiting(12).when(visitor("a1"), leave("a1")).then([
        left("a1"),
        moved_up("a2", 1),
        moved_up("a3", 2),
        moved_up("a4", 3),
        moved_up("a6", 5),
        moved_up("a11", 10),
    ]);
}

#[test]
fn visitors_ahead_of_the_one_who_leaves_are_sent_nothing() {
    waiting(4).when(visitor("a3"), leave("a3")).then([left("a3"), moved_up("a4", 3)]);
    waiting(3).when(visitor("a3"), leave("a3")).then([left("a3")]);
}

#[test]
fn a_visitor_who_moves_up_between_two_of_these_positions_is_sent_nothing_until_the_next() {
    let scene = waiting(7).past([leaves("a1")]);
    let told = scene.livechat.conversation(conversation("a7")).unwrap().announced_position;
    assert_eq!(told, Some(7), "a7 is at 6 now");
    scene.when(visitor("a2"), leave("a2")).then([
        left("a2"),
        moved_up("a3", 1),
        moved_up("a4", 2),
        moved_up("a5", 3),
        moved_up("a7", 5),
    ]);
}

#[test]
fn leaving_the_queue_for_any_reason_notifies_the_visitors_behind() {
    waiting(2)
        .when(supervisor(), end("a1"))
        .then([ended("a1", None, EndReason::Supervisor), moved_up("a2", 1)]);
    waiting(2).when(operator("alice"), end("zoe")).then([
        ended("zoe", "alice", EndReason::Operator),
        assigned("a1", "alice"),
        moved_up("a2", 1),
    ]);
}

#[test]
fn when_several_are_served_at_once_the_rest_is_notified_once() {
    waiting(5).when(administrator(), register("alice", profile(&[], Some(3)))).then([
        operator_registered("alice", profile(&[], Some(3))),
        assigned("a1", "alice"),
        assigned("a2", "alice"),
        moved_up("a3", 1),
        moved_up("a4", 2),
        moved_up("a5", 3),
    ]);
}

#[test]
fn no_position_is_announced_twice_after_an_older_conversation_returns_to_the_queue() {
    // Yann was served after a1 began to wait, by bob whom only yann can have.
    let scene = given([
        change(capacity(1, 100)),
        change(skills(&["sales"])),
        connected_with_skills("alice", &[]),
        asks("zoe"),
        picks_up("alice", "zoe"),
        asks("a1"),
        connected_with_capacity("bob", 1),
    ]);
    assert_eq!(scene.operator_of("a1").as_deref(), Some("bob"));
    let scene = scene
        .past([asks("a2"), asks("a3")])
        .when(operator("bob"), disconnect("bob"))
        .then([operator_signed_out("bob"), back_in_queue("a1", "bob", 1)]);
    assert_eq!(scene.waiting(), ["a1", "a2", "a3"]);
    scene.when(visitor("a1"), leave("a1")).then([left("a1")]);
}

#[test]
fn a_message_while_waiting_changes_no_position() {
    waiting(2).when(visitor("a2"), write("a2", "?")).then([posted("a2", None, 1, Visitor, "?")]);
}

#[test]
fn positions_count_everybody_who_waits_whatever_the_skill() {
    given([
        change(capacity(1, 100)),
        change(skills(&["sales"])),
        connected_with_skills("alice", &["sales"]),
        asks("zoe"),
        asks_for("a1", "sales"),
    ])
    .when(visitor("a2"), request("a2"))
    .then([requested("a2"), queued("a2", 2)])
    .when(visitor("a1"), leave("a1"))
    .then([left("a1"), moved_up("a2", 1)]);
}

#[test]
fn the_new_position_is_said_with_the_wait() {
    given_with_phrases([change(capacity(1, 100)), connected("alice"), asks("zoe"), asks("a1"), asks("a2")])
        .when(visitor("a1"), leave("a1"))
        .then_said(["Vous êtes maintenant en position 1. Attente estimée\u{a0}: 5\u{a0}min."]);
}

#[test]
fn the_position_is_the_same_after_a_restart() {
    waiting(3)
        .past([leaves("a1")])
        .restarted()
        .when(visitor("a2"), leave("a2"))
        .then([left("a2"), moved_up("a3", 1)]);
}

// The estimated wait.

/// Alice handles a conversation of so many seconds.
fn a_conversation_of(scene: Scene, name: &'static str, secs: i64) -> Scene {
    scene.past([asks(name), picks_up("alice", name), later(seconds(secs)), ends("alice", name)])
}

#[test]
fn before_any_conversation_has_ended_each_is_expected_to_take_five_minutes() {
    let scene = given([connected_with_capacity("alice", 1)]);
    assert_eq!(scene.livechat.wait_minutes(1, None), Some(5));
    assert_eq!(scene.livechat.wait_minutes(3, None), Some(15));
}

#[test]
fn while_nobody_may_receive_there_is_no_estimate() {
    let scene = given([connected("alice"), takes_a_break("alice")]);
    assert_eq!(scene.livechat.wait_minutes(1, None), None);
}

#[test]
fn the_estimate_follows_the_last_conversations_and_the_capacity() {
    let scene = given([connected_with_capacity("alice", 1)]);
    let scene = a_conversation_of(scene, "a1", 100);
    let scene = a_conversation_of(scene, "a2", 140);
    assert_eq!(scene.livechat.wait_minutes(1, None), Some(2));
    assert_eq!(scene.livechat.wait_minutes(4, None), Some(8));
    let scene = scene.past([connected_with_capacity("bob", 3)]);
    assert_eq!(scene.livechat.wait_minutes(4, None), Some(2), "four are handled at once");
    assert_eq!(scene.livechat.wait_minutes(1, None), Some(1), "at least a minute");
    assert_eq!(scene.livechat.wait_minutes(5, None), Some(3), "rounded up");
}

#[test]
fn only_the_last_fifty_conversations_count() {
    let mut scene = given([connected_with_capacity("alice", 1)]);
    for (count, secs) in [(1, 3_600), (50, 60)] {
        for number in 0..count {
            let id = format!("{secs}-{number}");
            let request = request_with(&id, plain_request("zoe", None));
            scene = scene.past([
                Step::Do(visitor("zoe"), request),
                picks_up("alice", &id),
                later(seconds(secs)),
                ends("alice", &id),
            ]);
        }
    }
    assert_eq!(scene.livechat.wait_minutes(1, None), Some(1));
}

#[test]
fn a_conversation_that_nobody_answered_says_nothing_about_the_time_one_takes() {
    let scene = given([connected_with_capacity("alice", 1), asks("zoe"), later(seconds(10))])
        .past([Step::Do(visitor("zoe"), end("zoe"))]);
    assert_eq!(scene.livechat.wait_minutes(1, None), Some(5));
}

#[test]
fn for_a_skill_the_operators_who_have_it_count() {
    let scene = given([
        change(skills(&["sales", "billing"])),
        connected_with_skills("alice", &["sales"]),
        connected_with_capacity("bob", 4),
    ]);
    assert_eq!(scene.livechat.wait_minutes(1, Some(&skill("sales"))), Some(5));
    assert_eq!(scene.livechat.wait_minutes(1, None), Some(1));
    assert_eq!(scene.livechat.wait_minutes(1, Some(&skill("billing"))), None);
}
