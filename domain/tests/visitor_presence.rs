//! Where the visitor is: on the page, away from it, or gone from the site.

use pupitre_domain::event::Presence::{Away, Here, LeftSite};
use pupitre_domain::event::RefusalReason;
use pupitre_domain::state::timers::TimerKind;
use pupitre_domain::{Action, Actor, ConversationAction, ConversationFact, Flow};

use crate::support::*;

/// Alice talks with zoe, and has room for no other; yann and xena wait.
fn two_wait() -> Scene {
    given([connected_with_capacity("alice", 1), asks("zoe"), picks_up("alice", "zoe")])
        .past([asks("yann"), asks("xena")])
}

#[test]
fn the_visitor_goes_away_comes_back_and_leaves_the_site() {
    let scene = two_wait()
        .when(visitor("zoe"), note_presence("zoe", Away))
        .then([presence_noted("zoe", "alice", Away)])
        .when(visitor("zoe"), note_presence("zoe", Here))
        .then([presence_noted("zoe", "alice", Here)])
        .when(visitor("zoe"), note_presence("zoe", LeftSite))
        .then([presence_noted("zoe", "alice", LeftSite)])
        .when(visitor("zoe"), note_presence("zoe", Here))
        .then([presence_noted("zoe", "alice", Here)]);
    assert_eq!(scene.operator_of("zoe").as_deref(), Some("alice"), "what runs goes on");
}

#[test]
fn a_visitor_who_asks_is_present_and_known_presence_is_not_repeated() {
    two_wait().when(visitor("zoe"), note_presence("zoe", Here)).then_nothing();
    for presence in [Away, LeftSite] {
        two_wait()
            .past([is_seen("zoe", presence)])
            .when(visitor("zoe"), note_presence("zoe", presence))
            .then_nothing();
    }
}

#[test]
fn a_visitor_who_waits_and_is_only_away_keeps_the_place() {
    let scene = two_wait()
        .when(visitor("yann"), note_presence("yann", Away))
        .then([presence_noted("yann", None, Away)]);
    assert_eq!(scene.waiting(), ["yann", "xena"]);
}

#[test]
fn a_visitor_who_leaves_the_site_while_waiting_leaves_the_queue_by_the_system_at_once() {
    let scene = two_wait().when(visitor("yann"), note_presence("yann", LeftSite)).then([
        presence_noted("yann", None, LeftSite),
        left("yann"),
        advanced("xena", 1),
    ]);
    assert_eq!(scene.waiting(), ["xena"]);
    scene
        .restarted()
        .when(visitor("yann"), note_presence("yann", Here))
        .then_refused("conversation_over")
        .when(visitor("yann"), request_with("yann again", plain_request("yann", None)))
        .then([requested_with("yann again", plain_request("yann", None)), queued("yann again", 2)]);
}

#[test]
fn a_visitor_who_left_the_site_does_not_return_to_the_queue_when_the_operator_goes() {
    let scene = given([connected_with_capacity("alice", 2), asks("zoe"), asks("yann")])
        .past([picks_up("alice", "zoe"), is_seen("zoe", LeftSite)])
        .when(operator("alice"), disconnect("alice"))
        .then([
            operator_signed_out("alice"),
            told("zoe", "alice", ConversationFact::Flow(Flow::Left)),
            returned_to_queue("yann", "alice", 1),
        ]);
    assert_eq!(scene.restarted().waiting(), ["yann"]);
}

#[test]
fn a_visitor_who_left_the_site_goes_to_another_operator_like_anybody() {
    given([connected("alice"), asks("zoe"), picks_up("alice", "zoe"), connected("bob")])
        .past([is_seen("zoe", LeftSite)])
        .when(operator("alice"), disconnect("alice"))
        .then([operator_signed_out("alice"), left_behind_for("zoe", "alice", "bob")]);
}

#[test]
fn only_the_integration_reports_it_for_the_visitor() {
    two_wait().when(bot(), note_presence("zoe", Away)).then([presence_noted("zoe", "alice", Away)]);
    for actor in [operator("alice"), supervisor(), administrator(), analyst(), Actor::System] {
        two_wait().when(actor, note_presence("zoe", Away)).then_refused("forbidden");
    }
    two_wait().when(visitor("yann"), note_presence("zoe", Away)).then_refused("not_your_conversation");
}

#[test]
fn of_a_conversation_that_is_over_kept_open_or_unknown_nothing_is_noted() {
    for keep_open in [false, true] {
        given([change(behaviour("keep_open", keep_open)), connected("alice"), asks("zoe")])
            .past([talks_to("alice", "zoe"), ends("alice", "zoe")])
            .when(visitor("zoe"), note_presence("zoe", LeftSite))
            .then_refused("conversation_over");
    }
    two_wait().when(visitor("ugo"), note_presence("ugo", Away)).then_refused("unknown_conversation");
}

#[test]
fn a_visitor_who_asks_again_is_present_again() {
    let again = Action::Conversation(
        conversation("zoe"),
        ConversationAction::RequestAgain(Box::new(plain_request("zoe", None))),
    );
    given([change(behaviour("keep_open", true)), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
        .past([is_seen("zoe", LeftSite), ends("alice", "zoe"), Step::Do(bot(), again)])
        .when(visitor("zoe"), note_presence("zoe", Here))
        .then_nothing()
        .when(visitor("zoe"), note_presence("zoe", Away))
        .then([presence_noted("zoe", "alice", Away)]);
}

#[test]
fn no_clock_moves_and_the_conversation_ends_by_its_own() {
    let scene = given([change(all_clocks()), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
        .past([later(seconds(20))]);
    let clocks =
        |scene: &Scene| TimerKind::ALL.iter().map(|clock| scene.due("zoe", *clock)).collect::<Vec<_>>();
    let before = clocks(&scene);
    assert!(before.iter().any(Option::is_some));
    let scene = scene.past([is_seen("zoe", Away), is_seen("zoe", LeftSite), is_seen("zoe", Here)]);
    assert_eq!(clocks(&scene), before);
    let scene = scene.past([is_seen("zoe", LeftSite)]).after(minutes(600)).then_whatever();
    assert!(scene.livechat.conversation(conversation("zoe")).is_none());
}

#[test]
fn a_place_that_is_left_is_free_for_somebody_else() {
    let scene = given([change(capacity(1, 1)), connected("alice"), asks("zoe"), asks("yann")]);
    scene
        .clone()
        .when(visitor("xena"), request("xena"))
        .then([requested("xena"), refused("xena", RefusalReason::QueueFull)]);
    scene
        .past([is_seen("yann", LeftSite)])
        .when(visitor("xena"), request("xena"))
        .then([requested("xena"), queued("xena", 1)]);
}
