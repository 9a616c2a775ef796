//! `disconnect_notice` and `transfer_on_disconnect`: the operator's connection is lost, or the operator
//! signs out. 30 seconds here, as by default.

use pupitre_domain::Actor;
use pupitre_domain::event::RefusalReason::NoOperator;
use pupitre_domain::event::Voice;
use pupitre_domain::settings::Section;

use crate::support::*;

fn thirty_seconds() -> Section {
    only(|clocks| clocks.disconnect_notice = 30)
}

/// Alice talks with zoe.
fn alice_talks() -> Scene {
    given([change(thirty_seconds()), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
}

/// Alice talks with zoe; bob is free.
fn bob_is_free() -> Scene {
    alice_talks().past([connected("bob")])
}

/// Alice, who has two places, talks with zoe and yann, who came in this order; bob and carol have one place.
fn alice_has_two() -> Scene {
    given([change(thirty_seconds()), connected_with_capacity("alice", 2), asks("zoe"), asks("yann")])
        .past([talks_to("alice", "zoe"), talks_to("alice", "yann")])
        .past([connected_with_capacity("bob", 1), connected_with_capacity("carol", 1)])
}

fn with_phrases(secs: i64) -> Scene {
    given_with_phrases([change(only(|clocks| clocks.disconnect_notice = secs)), connected("alice")])
        .past([asks("zoe"), talks_to("alice", "zoe")])
}

// The time a lost desk may be away.

#[test]
fn a_lost_connection_is_recorded_and_nothing_follows_at_once() {
    bob_is_free()
        .when(Actor::System, lose_connection("alice"))
        .then([connection_lost("alice", start() + seconds(30))])
        .after(seconds(29))
        .then_nothing();
}

#[test]
fn a_page_that_is_loaded_again_within_the_time_is_invisible() {
    bob_is_free()
        .past([loses_connection("alice"), later(seconds(29))])
        .when(operator("alice"), connect("alice"))
        .then([reconnected("alice")])
        .after(minutes(60))
        .then_nothing();
}

#[test]
fn a_lost_operator_is_given_nothing_new_and_nobody_is_refused_for_it() {
    let scene = alice_talks()
        .past([loses_connection("alice")])
        .when(visitor("yann"), request("yann"))
        .then([requested("yann"), queued("yann", 1)]);
    scene
        .clone()
        .when(operator("alice"), connect("alice"))
        .then([reconnected("alice"), assigned("yann", "alice")]);
    scene
        .past([later(seconds(30))])
        .when(visitor("xena"), request("xena"))
        .then([requested("xena"), refused("xena", NoOperator)]);
}

#[test]
fn nothing_is_transferred_to_a_lost_operator() {
    bob_is_free()
        .past([loses_connection("bob")])
        .when(operator("alice"), transfer_to("zoe", "bob"))
        .then_refused("operator_not_receiving");
}

#[test]
fn a_desk_that_is_not_back_in_time_disconnects_the_operator() {
    bob_is_free()
        .past([loses_connection("alice"), later(seconds(29))])
        .after(seconds(1))
        .then([disconnected("alice"), moved_from_disconnected("zoe", "alice", "bob")])
        .after(minutes(60))
        .then_nothing();
}

#[test]
fn losing_the_connection_twice_or_without_one_records_nothing() {
    let scene = alice_talks().past([loses_connection("alice"), later(seconds(10))]);
    scene.clone().when(Actor::System, lose_connection("alice")).then_nothing();
    scene.past([later(seconds(20))]).when(Actor::System, lose_connection("alice")).then_nothing();
}

#[test]
fn only_the_operator_or_the_system_says_that_a_connection_is_lost() {
    alice_talks()
        .when(operator("alice"), lose_connection("alice"))
        .then([connection_lost("alice", start() + seconds(30))]);
    for actor in [operator("bob"), visitor("zoe"), supervisor(), administrator(), bot()] {
        bob_is_free().when(actor, lose_connection("alice")).then_refused("forbidden");
    }
    given([]).when(Actor::System, lose_connection("ugo")).then_refused("unknown_operator");
}

#[test]
fn each_loss_has_its_own_time() {
    bob_is_free()
        .past([loses_connection("alice"), later(seconds(20)), comes_back("alice"), loses_connection("alice")])
        .after(seconds(29))
        .then_nothing()
        .after(seconds(1))
        .then([disconnected("alice"), moved_from_disconnected("zoe", "alice", "bob")]);
}

// What the visitor reads.

#[test]
fn the_visitor_of_a_lost_operator_is_notified() {
    let scene = with_phrases(30).past([change(without_transfer_on_disconnect()), loses_connection("alice")]);
    scene
        .after(seconds(29))
        .then_said([])
        .after(seconds(1))
        .then_said(["La connexion de votre conseiller est interrompue."]);
}

#[test]
fn the_visitor_is_notified_first_and_then_of_the_new_operator_or_the_queue() {
    with_phrases(30).past([connected("bob"), loses_connection("alice")]).after(seconds(30)).then_said([
        "La connexion de votre conseiller est interrompue.",
        "Alice prend le relais et va vous répondre.",
    ]);
    with_phrases(30).past([loses_connection("alice")]).after(seconds(30)).then_said([
        "La connexion de votre conseiller est interrompue.",
        "Tous nos conseillers sont occupés. Vous êtes en position 1.",
    ]);
}

#[test]
fn a_sign_out_announces_a_lost_connection_only_when_the_conversation_stays() {
    with_phrases(30)
        .past([connected("bob")])
        .when(operator("alice"), disconnect("alice"))
        .then_said(["Alice prend le relais et va vous répondre."]);
    with_phrases(30)
        .past([change(without_transfer_on_disconnect())])
        .when(operator("alice"), disconnect("alice"))
        .then_said(["La connexion de votre conseiller est interrompue."]);
}

#[test]
fn with_disconnect_notice_0_the_visitor_is_never_notified_and_is_moved_after_10_seconds() {
    with_phrases(0)
        .past([change(without_transfer_on_disconnect()), loses_connection("alice")])
        .after(minutes(60))
        .then_said([]);
    given([connected("alice"), asks("zoe"), talks_to("alice", "zoe"), connected("bob")])
        .past([change(only(|_| ())), loses_connection("alice")])
        .after(seconds(9))
        .then_nothing()
        .after(seconds(1))
        .then([disconnected("alice"), moved_from_disconnected("zoe", "alice", "bob")]);
}

// Where the conversations go.

#[test]
fn a_sign_out_moves_the_conversations_at_once() {
    bob_is_free()
        .when(operator("alice"), disconnect("alice"))
        .then([operator_signed_out("alice"), moved_from_disconnected("zoe", "alice", "bob")]);
}

#[test]
fn a_sign_out_of_an_operator_whose_connection_is_lost_does_not_wait_for_the_time() {
    bob_is_free()
        .past([loses_connection("alice"), later(seconds(5))])
        .when(operator("alice"), disconnect("alice"))
        .then([operator_signed_out("alice"), moved_from_disconnected("zoe", "alice", "bob")])
        .after(minutes(60))
        .then_nothing();
}

#[test]
fn each_conversation_goes_by_the_rules_of_choice_in_the_order_of_the_requests() {
    alice_has_two().when(operator("alice"), disconnect("alice")).then([
        operator_signed_out("alice"),
        moved_from_disconnected("zoe", "alice", "bob"),
        moved_from_disconnected("yann", "alice", "carol"),
    ]);
}

#[test]
fn without_room_anywhere_the_conversation_returns_to_the_queue() {
    alice_has_two().past([signs_out("carol")]).when(operator("alice"), disconnect("alice")).then([
        operator_signed_out("alice"),
        moved_from_disconnected("zoe", "alice", "bob"),
        returned_to_queue("yann", "alice", 1),
    ]);
}

#[test]
fn at_the_head_of_the_queue_with_the_time_of_the_request() {
    let scene = given([change(thirty_seconds()), connected_with_capacity("alice", 1), asks("zoe")])
        .past([
            talks_to("alice", "zoe"),
            connected_with_capacity("bob", 1),
            asks("yann"),
            picks_up("bob", "yann"),
        ])
        .past([later(minutes(1)), asks("xena"), asks("wim")])
        .when(operator("alice"), disconnect("alice"))
        .then([operator_signed_out("alice"), returned_to_queue("zoe", "alice", 1)]);
    assert_eq!(scene.waiting(), ["zoe", "xena", "wim"]);
    let scene = scene.past([ends("bob", "yann")]);
    assert_eq!(scene.operator_of("zoe").as_deref(), Some("bob"));
    assert_eq!(scene.waiting(), ["xena", "wim"]);
}

#[test]
fn the_return_to_the_queue_does_not_ask_whether_it_is_full() {
    let scene = given([change(capacity(1, 0)), change(thirty_seconds()), connected("alice"), asks("zoe")])
        .past([picks_up("alice", "zoe"), signs_out("alice")]);
    assert_eq!(scene.waiting(), ["zoe"]);
}

#[test]
fn an_operator_who_returns_too_late_still_serves_visitors_who_wait_again() {
    alice_talks()
        .past([loses_connection("alice"), later(minutes(5))])
        .when(operator("alice"), connect("alice"))
        .then([operator_connected("alice"), assigned("zoe", "alice")]);
}

#[test]
fn with_transfer_on_disconnect_off_the_conversations_stay() {
    let scene = bob_is_free()
        .past([change(without_transfer_on_disconnect())])
        .when(operator("alice"), disconnect("alice"))
        .then([operator_signed_out("alice")]);
    assert_eq!(scene.operator_of("zoe").as_deref(), Some("alice"));
    scene.past([comes_back("alice")]).when(operator("alice"), write("zoe", "Me revoilà")).then([posted(
        "zoe",
        "alice",
        2,
        Voice::Operator,
        "Me revoilà",
    )]);
}

#[test]
fn operators_not_tried_yet_come_first_and_a_tried_one_is_better_than_the_queue() {
    let clocks = only(|clocks| (clocks.disconnect_notice, clocks.auto_transfer) = (30, 90));
    let scene = given([change(clocks), connected_with_capacity("alice", 1), asks("zoe")]).past([
        connected_with_capacity("bob", 1),
        later(seconds(90)),
        connected_with_capacity("carol", 1),
    ]);
    assert_eq!(scene.operator_of("zoe").as_deref(), Some("bob"));
    scene
        .clone()
        .when(operator("bob"), disconnect("bob"))
        .then([operator_signed_out("bob"), moved_from_disconnected("zoe", "bob", "carol")]);
    scene
        .past([asks("yann"), picks_up("carol", "yann")])
        .when(operator("bob"), disconnect("bob"))
        .then([operator_signed_out("bob"), moved_from_disconnected("zoe", "bob", "alice")]);
}

#[test]
fn a_conversation_moved_from_a_disconnected_operator_does_not_count_as_ignored() {
    let clocks = only(|clocks| (clocks.disconnect_notice, clocks.auto_transfer) = (30, 90));
    given([change(clocks), connected("alice"), asks("zoe"), connected("bob"), signs_out("alice")])
        .past([comes_back("alice")])
        .after(seconds(90))
        .then([moved_from_inactive("zoe", "bob", "alice")]);
}

// Together with other clocks, restarts and settings.

#[test]
fn the_disconnection_comes_before_the_transfer_of_the_inactive_at_the_same_time() {
    let clocks = only(|clocks| (clocks.disconnect_notice, clocks.auto_transfer) = (90, 90));
    given([change(clocks), connected("alice"), asks("zoe"), connected("bob"), loses_connection("alice")])
        .after(seconds(90))
        .then([disconnected("alice"), moved_from_disconnected("zoe", "alice", "bob")])
        .after(seconds(89))
        .then_nothing();
}

#[test]
fn a_restart_while_the_connection_is_lost_keeps_the_deadline() {
    bob_is_free()
        .past([loses_connection("alice"), later(seconds(10))])
        .restarted()
        .after(seconds(19))
        .then_nothing()
        .after(seconds(1))
        .then([disconnected("alice"), moved_from_disconnected("zoe", "alice", "bob")]);
}

#[test]
fn a_desk_that_comes_back_right_after_the_restart_was_never_away() {
    bob_is_free()
        .past([loses_connection("alice"), later(seconds(10))])
        .restarted()
        .when(operator("alice"), connect("alice"))
        .then([reconnected("alice")])
        .after(minutes(60))
        .then_nothing();
}

#[test]
fn it_fires_once_after_a_restart_if_it_fell_due_meanwhile() {
    bob_is_free()
        .past([loses_connection("alice")])
        .restarted()
        .after(minutes(600))
        .then([disconnected("alice"), moved_from_disconnected("zoe", "alice", "bob")])
        .restarted()
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn a_running_time_keeps_its_deadline_when_the_setting_changes() {
    for secs in [5, 0] {
        bob_is_free()
            .past([loses_connection("alice"), change(only(|clocks| clocks.disconnect_notice = secs))])
            .after(seconds(29))
            .then_nothing()
            .after(seconds(1))
            .then([disconnected("alice"), moved_from_disconnected("zoe", "alice", "bob")]);
    }
}

#[test]
fn two_operators_lost_at_once_are_disconnected_one_after_the_other_and_nobody_gets_lost_between_them() {
    let scene = bob_is_free()
        .past([loses_connection("alice"), loses_connection("bob")])
        .after(seconds(30))
        .then([disconnected("alice"), returned_to_queue("zoe", "alice", 1), disconnected("bob")]);
    assert_eq!(scene.waiting(), ["zoe"]);
}

#[test]
fn it_is_at_most_an_hour() {
    let set = |secs| settings(only(|clocks| clocks.disconnect_notice = secs));
    for wrong in [-1, 3_601] {
        given([]).when(administrator(), set(wrong)).then_wrong(["disconnect_notice"]);
    }
    given([Step::Do(administrator(), set(3_600)), connected("alice"), loses_connection("alice")])
        .after(seconds(3_599))
        .then_nothing()
        .after(seconds(1))
        .then([disconnected("alice")]);
}
