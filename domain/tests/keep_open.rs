//! Kept open: with `behaviour.keep_open` the end of the livechat does not close the conversation. The visitor
//! goes on with the bot, and comes back to the previous operator if that one may receive.

use pupitre_domain::event::EndReason;
use pupitre_domain::event::RefusalReason::{NoOperator, OutsideHours};
use pupitre_domain::event::ReleaseReason;
use pupitre_domain::event::Request;
use pupitre_domain::event::Voice::{Operator, Visitor};
use pupitre_domain::settings::{Behaviour, Section, Timeouts};
use pupitre_domain::{Fact, Timestamp};

use crate::support::*;

/// Alice talked to zoe, who said two words; the conversation is kept open. Bob has been idle longer than alice.
fn zoe_was_with_alice() -> Scene {
    given([
        change(behaviour("keep_open", true)),
        change(skills(&["sales"])),
        connected_with_capacity("alice", 1),
        asks("zoe"),
        talks_to("alice", "zoe"),
        writes("zoe"),
        connected_with_capacity("bob", 1),
        ends("alice", "zoe"),
    ])
}

fn tomorrow() -> Timestamp {
    start() + minutes(24 * 60)
}

fn again() -> Request {
    plain_request("zoe", None)
}

/// Zoe asks again, and what happens then.
fn asks_again(scene: Scene, then: Fact) -> Scene {
    scene.when(visitor("zoe"), request_again("zoe", again())).then([requested_again("zoe", again()), then])
}

#[test]
fn the_end_keeps_the_conversation_open_for_24_hours_off_every_desk() {
    let scene = given([
        change(behaviour("keep_open", true)),
        connected("alice"),
        asks("zoe"),
        picks_up("alice", "zoe"),
    ])
    .when(visitor("zoe"), end("zoe"))
    .then([ended("zoe", "alice", EndReason::Visitor), stays_open("zoe", "alice", tomorrow())]);
    assert_eq!(scene.livechat.operator(&operator_id("alice")).unwrap().load(), 0);
    assert_eq!(scene.livechat.kept_of(&visitor_id("zoe"), false), Some(conversation("zoe")));
    scene
        .restarted()
        .after(minutes(24 * 60) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([closed("zoe")])
        .when(visitor("zoe"), request_again("zoe", again()))
        .then_refused("conversation_over");
}

#[test]
fn by_default_the_end_closes_it() {
    given([connected("alice"), asks("zoe"), picks_up("alice", "zoe")])
        .when(operator("alice"), end("zoe"))
        .then([ended("zoe", "alice", EndReason::Operator)])
        .when(visitor("zoe"), request_again("zoe", again()))
        .then_refused("conversation_over");
}

#[test]
fn the_choice_takes_effect_at_once_and_what_is_kept_stays_so() {
    let scene = zoe_was_with_alice().past([
        change(behaviour("keep_open", false)),
        asks("yann"),
        Step::Do(visitor("yann"), end("yann")),
    ]);
    assert!(scene.livechat.kept_of(&visitor_id("yann"), false).is_none());
    asks_again(scene, assigned("zoe", "alice"));
}

#[test]
fn a_conversation_that_was_never_on_a_desk_is_not_kept_open() {
    given([
        change(behaviour("keep_open", true)),
        connected_with_capacity("alice", 1),
        asks("zoe"),
        asks("yann"),
    ])
    .when(visitor("yann"), leave("yann"))
    .then([left("yann")]);
    given([change(behaviour("keep_open", true))])
        .when(visitor("zoe"), request("zoe"))
        .then([requested("zoe"), refused("zoe", NoOperator)]);
}

#[test]
fn a_visitor_who_returns_to_the_bot_is_notified_of_that_and_not_of_an_end() {
    let talking = || {
        given_with_phrases([
            change(behaviour("keep_open", true)),
            connected_as("alice", named("Alice")),
            asks("zoe"),
            picks_up("alice", "zoe"),
        ])
    };
    let told = "L’échange avec Alice est terminé. Vous continuez avec notre assistant.";
    talking().when(operator("alice"), end("zoe")).then_said([told]);
    talking().when(visitor("zoe"), end("zoe")).then_said([told]);
    talking()
        .past([change(behaviour("keep_open", false))])
        .when(operator("alice"), end("zoe"))
        .then_said(["La conversation est terminée. Merci de votre visite."]);
}

// Asking again.

#[test]
fn the_visitor_comes_back_to_the_previous_operator_although_another_is_better_placed() {
    given([change(behaviour("keep_open", true)), connected("alice"), asks("zoe"), picks_up("alice", "zoe")])
        .past([asks("yann"), connected("bob"), ends("alice", "zoe")])
        .when(visitor("zoe"), request_again("zoe", again()))
        .then([requested_again("zoe", again()), assigned("zoe", "alice")])
        .restarted()
        .when(operator("alice"), pick_up("zoe"))
        .then([picked_up("zoe", "alice")]);
}

#[test]
fn the_integration_asks_again_for_the_visitor() {
    zoe_was_with_alice()
        .when(bot(), request_again("zoe", again()))
        .then([requested_again("zoe", again()), assigned("zoe", "alice")]);
}

#[test]
fn messages_are_numbered_on() {
    asks_again(zoe_was_with_alice(), assigned("zoe", "alice"))
        .when(visitor("zoe"), write("zoe", "Encore moi"))
        .then([posted("zoe", "alice", 3, Visitor, "Encore moi")]);
}

#[test]
fn phrases_are_numbered_on_too() {
    let scene = given_with_phrases([
        change(behaviour("keep_open", true)),
        connected("alice"),
        asks("zoe"),
        talks_to("alice", "zoe"),
        ends("alice", "zoe"),
        Step::Do(visitor("zoe"), request_again("zoe", again())),
        picks_up("alice", "zoe"),
    ]);
    let numbers: Vec<u32> = scene.log.iter().filter_map(|event| number_of(&event.fact)).collect();
    assert_eq!(numbers, [1, 2, 3, 4], "welcome, Bonjour, farewell, welcome");
}

#[test]
fn a_segment_begins_anew_for_everything_but_the_numbering() {
    let scene = zoe_was_with_alice().past([later(minutes(5))]);
    let scene = asks_again(scene, assigned("zoe", "alice"));
    let zoe = scene.livechat.conversation(conversation("zoe")).unwrap();
    assert_eq!((zoe.requested_at, zoe.assigned_at), (scene.now(), Some(scene.now())));
    assert!(!zoe.is_answered() && zoe.unanswered_since.is_none() && !zoe.marks.important);
}

#[test]
fn the_normal_rules_apply_when_the_previous_operator_is_away_or_gone() {
    asks_again(zoe_was_with_alice().past([takes_a_break("alice")]), assigned("zoe", "bob"));
    asks_again(zoe_was_with_alice().past([signs_out("alice")]), assigned("zoe", "bob"));
    let lost = Step::Do(operator("alice"), pupitre_domain::Action::LoseConnection(operator_id("alice")));
    asks_again(zoe_was_with_alice().past([lost]), assigned("zoe", "bob"));
}

#[test]
fn the_normal_rules_apply_when_the_previous_operator_is_full() {
    let full = zoe_was_with_alice().past([Step::Do(operator("bob"), disconnect("bob")), asks("yann")]);
    assert_eq!(full.operator_of("yann").as_deref(), Some("alice"));
    asks_again(full.clone().past([Step::Do(operator("bob"), connect("bob"))]), assigned("zoe", "bob"));
    asks_again(full, queued("zoe", 1));
}

#[test]
fn a_previous_operator_out_of_hours_gives_way_to_the_normal_rules() {
    let mut hours = profile(&[], Some(1));
    hours.hours = Some(schedule(&every_day("18:00", "20:00")));
    let scene = zoe_was_with_alice().past([registered("alice", hours)]);
    asks_again(scene, assigned("zoe", "bob"));
}

#[test]
fn a_previous_operator_without_the_skill_asked_gives_way_to_the_normal_rules() {
    let sales = plain_request("zoe", Some("sales"));
    zoe_was_with_alice()
        .past([connected_with_skills("carl", &["sales"])])
        .when(visitor("zoe"), request_again("zoe", sales.clone()))
        .then([requested_again("zoe", sales), assigned("zoe", "carl")]);
}

#[test]
fn outside_the_hours_it_is_refused_as_any_request() {
    zoe_was_with_alice()
        .past([change(daily("18:00", "20:00"))])
        .when(visitor("zoe"), request_again("zoe", again()))
        .then([
            requested_again("zoe", again()),
            refused("zoe", OutsideHours),
            stays_open("zoe", "alice", tomorrow()),
        ]);
}

#[test]
fn nobody_asks_again_for_another_or_in_what_has_not_ended() {
    zoe_was_with_alice()
        .when(visitor("yann"), request_again("zoe", plain_request("yann", None)))
        .then_refused("not_your_conversation");
    for actor in [visitor("yann"), operator("alice"), supervisor()] {
        zoe_was_with_alice().when(actor, request_again("zoe", again())).then_refused("forbidden");
    }
    zoe_was_with_alice()
        .past([asks("yann")])
        .when(visitor("yann"), request_again("yann", plain_request("yann", None)))
        .then_refused("not_ended");
    zoe_was_with_alice()
        .when(visitor("zoe"), request_again("wim", again()))
        .then_refused("unknown_conversation");
    zoe_was_with_alice()
        .when(visitor("zoe"), request_again("zoe", plain_request("zoe", Some("magic"))))
        .then_refused("unknown_skill");
}

#[test]
fn asking_again_twice_is_refused_the_second_time() {
    asks_again(zoe_was_with_alice(), assigned("zoe", "alice"))
        .when(visitor("zoe"), request_again("zoe", again()))
        .then_refused("not_ended");
}

#[test]
fn the_end_of_the_next_segment_keeps_it_open_again() {
    asks_again(zoe_was_with_alice().past([later(minutes(60))]), assigned("zoe", "alice"))
        .past([picks_up("alice", "zoe")])
        .when(operator("alice"), end("zoe"))
        .then([
            ended("zoe", "alice", EndReason::Operator),
            stays_open("zoe", "alice", tomorrow() + minutes(60)),
        ]);
}

// Nobody answers the visitor who comes back: the previous operator is not forgotten.

#[test]
fn a_refusal_keeps_it_open_so_that_the_visitor_may_try_again() {
    zoe_was_with_alice()
        .past([takes_a_break("alice"), takes_a_break("bob"), later(minutes(60))])
        .when(visitor("zoe"), request_again("zoe", again()))
        .then([
            requested_again("zoe", again()),
            refused("zoe", NoOperator),
            stays_open("zoe", "alice", tomorrow() + minutes(60)),
        ])
        .past([Step::Do(
            operator("alice"),
            change_status("alice", pupitre_domain::settings::Status::Available),
        )])
        .when(visitor("zoe"), request_again("zoe", again()))
        .then([requested_again("zoe", again()), assigned("zoe", "alice")]);
}

/// Everybody is busy, and zoe waits again.
fn zoe_waits_again() -> Scene {
    let busy = zoe_was_with_alice().past([asks("yann"), asks("xena")]);
    asks_again(busy, queued("zoe", 1))
}

#[test]
fn so_does_leaving_the_queue() {
    zoe_waits_again()
        .when(visitor("zoe"), leave("zoe"))
        .then([left("zoe"), stays_open("zoe", "alice", tomorrow())]);
}

#[test]
fn so_does_a_release_at_closing_time_or_when_nobody_picks_up() {
    zoe_waits_again().past([change(daily("09:00", "18:00"))]).at("2026-01-05T18:00:00+01:00").then([
        closed_for_the_day(None),
        released("zoe", ReleaseReason::Closing),
        stays_open("zoe", "alice", tomorrow() + minutes(8 * 60)),
    ]);
    let unanswered = Section::Timeouts(Timeouts { unanswered: 5, ..clocks_off() });
    let on_the_desk = asks_again(zoe_was_with_alice().past([change(unanswered)]), assigned("zoe", "alice"));
    on_the_desk.after(minutes(5)).then_kinds(["conversation.released", "conversation.kept_open"]);
}

// A plain request of the same visitor.

#[test]
fn a_plain_request_begins_a_new_conversation_with_the_previous_operator_and_closes_the_one_that_was_kept() {
    let scene =
        zoe_was_with_alice().when(visitor("zoe"), request_with("zoe anew", again())).then_first_two_by_actor(
            [requested_with("zoe anew", again()), closed("zoe"), assigned("zoe anew", "alice")],
        );
    scene
        .clone()
        .when(visitor("zoe"), write("zoe anew", "Bonjour"))
        .then([posted("zoe anew", "alice", 1, Visitor, "Bonjour")]);
    scene.when(visitor("zoe"), request_again("zoe", again())).then_refused("conversation_over");
}

#[test]
fn a_plain_request_does_not_take_the_name_of_what_is_kept() {
    zoe_was_with_alice().when(visitor("zoe"), request("zoe")).then_refused("conversation_exists");
}

#[test]
fn the_previous_operator_is_no_one_elses() {
    zoe_was_with_alice()
        .when(visitor("yann"), request("yann"))
        .then([requested("yann"), assigned("yann", "bob")]);
}

#[test]
fn while_a_new_conversation_runs_nothing_is_kept_to_ask_for_again() {
    zoe_was_with_alice()
        .past([Step::Do(visitor("zoe"), request_with("zoe anew", again()))])
        .after(minutes(48 * 60))
        .then_nothing()
        .when(visitor("zoe"), request_again("zoe", again()))
        .then_refused("conversation_over");
}

// Closing it, and everything else in it.

#[test]
fn the_integration_a_supervisor_or_the_visitor_closes_it_early() {
    for actor in [bot(), supervisor(), visitor("zoe")] {
        zoe_was_with_alice()
            .when(actor.clone(), close("zoe"))
            .then([closed("zoe")])
            .when(actor, close("zoe"))
            .then_refused("conversation_over")
            .after(minutes(48 * 60))
            .then_nothing();
    }
}

#[test]
fn nobody_else_closes_it_and_nobody_closes_what_has_not_ended() {
    zoe_was_with_alice().when(visitor("yann"), close("zoe")).then_refused("not_your_conversation");
    for actor in [operator("alice"), administrator()] {
        zoe_was_with_alice().when(actor, close("zoe")).then_refused("forbidden");
    }
    zoe_was_with_alice().past([asks("yann")]).when(bot(), close("yann")).then_refused("not_ended");
    zoe_was_with_alice().when(bot(), close("wim")).then_refused("unknown_conversation");
}

#[test]
fn between_two_segments_nobody_adds_to_it() {
    for (actor, action) in [
        (visitor("zoe"), write("zoe", "Allô ?")),
        (bot(), write("zoe", "Allô ?")),
        (operator("alice"), write("zoe", "Allô ?")),
        (supervisor(), write("zoe", "Allô ?")),
        (operator("alice"), pick_up("zoe")),
        (operator("alice"), transfer_to("zoe", "bob")),
        (operator("alice"), end("zoe")),
        (visitor("zoe"), end("zoe")),
        (visitor("zoe"), leave("zoe")),
        (operator("alice"), ask_for_file("zoe")),
    ] {
        zoe_was_with_alice().when(actor, action).then_refused("conversation_over");
    }
}

#[test]
fn the_operator_answers_again_in_the_next_segment() {
    asks_again(zoe_was_with_alice(), assigned("zoe", "alice"))
        .past([picks_up("alice", "zoe")])
        .when(operator("alice"), write("zoe", "Rebonjour"))
        .then([posted("zoe", "alice", 3, Operator, "Rebonjour")]);
}

#[test]
fn the_hours_it_is_kept_open_are_a_setting_and_a_change_leaves_open_ones_alone() {
    let kept_for = |hours: i64| {
        Section::Behaviour(Behaviour { keep_open: true, keep_open_hours: hours, ..Behaviour::default() })
    };
    for hours in [1, 720] {
        given([change(kept_for(hours)), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
            .when(operator("alice"), end("zoe"))
            .then([
                ended("zoe", "alice", EndReason::Operator),
                stays_open("zoe", "alice", start() + minutes(hours * 60)),
            ])
            .past([change(kept_for(24))])
            .restarted()
            .after(minutes(hours * 60) - seconds(1))
            .then_nothing()
            .after(seconds(1))
            .then_kinds(["conversation.closed"]);
    }
    for refused in [-1, 0, 721] {
        given([]).when(administrator(), settings(kept_for(refused))).then_wrong(["keep_open_hours"]);
    }
}
