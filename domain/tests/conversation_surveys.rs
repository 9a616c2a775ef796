//! The surveys of a conversation: asked, opened, given up, answered, closed, expired.

use pupitre_domain::event::Closing::{ByHand, Expired, Replaced};
use pupitre_domain::event::EndReason;
use pupitre_domain::settings::Status::Available;
use pupitre_domain::settings::surveys::Audience::{Operator, Visitor};
use pupitre_domain::settings::{Section, Timeouts};
use pupitre_domain::survey::SurveyRef;
use pupitre_domain::{Action, ConversationAction, ConversationFact, SurveyStep};
use serde_json::{Value, json};

use crate::support::*;

/// The two surveys are defined, and alice has picked zoe up. The sections say which are asked and how.
fn alice_has_zoe(operator_survey: Value, visitor_survey: Value) -> Scene {
    given([
        two_surveys(),
        change(section("operator_survey", operator_survey)),
        change(section("visitor_survey", visitor_survey)),
        connected("alice"),
        asks("zoe"),
        picks_up("alice", "zoe"),
    ])
}

/// Alice is asked at the end, with these other choices.
fn wrap_up(choice: &str) -> Value {
    let mut chosen = json!({"survey": "wrap_up"});
    if !choice.is_empty() {
        chosen[choice] = json!(true);
    }
    chosen
}

fn asked_alice(choice: &str) -> Scene {
    alice_has_zoe(wrap_up(choice), json!({})).past([ends("alice", "zoe")])
}

/// Zoe is asked at the end.
fn opinion() -> Value {
    json!({"survey": "opinion"})
}

fn asked_zoe() -> Scene {
    alice_has_zoe(json!({}), opinion()).past([ends("alice", "zoe")])
}

fn pending_survey(minutes: i64) -> Step {
    change(Section::Timeouts(Timeouts { pending_survey: minutes, ..clocks_off() }))
}

// Asked.

#[test]
fn with_no_survey_chosen_nobody_is_asked() {
    alice_has_zoe(json!({}), json!({})).when(operator("alice"), end("zoe")).then([ended(
        "zoe",
        "alice",
        EndReason::Operator,
    )]);
}

#[test]
fn at_the_end_the_operator_in_charge_and_the_visitor_are_asked() {
    alice_has_zoe(wrap_up(""), opinion()).when(operator("alice"), end("zoe")).then([
        ended("zoe", "alice", EndReason::Operator),
        survey_waits_for("zoe", "alice", Operator),
        survey_waits_for("zoe", "alice", Visitor),
    ]);
}

#[test]
fn both_sides_are_asked_regardless_of_who_ends_it() {
    for (actor, reason) in [(visitor("zoe"), EndReason::Visitor), (supervisor(), EndReason::Supervisor)] {
        alice_has_zoe(wrap_up(""), opinion()).when(actor, end("zoe")).then([
            ended("zoe", "alice", reason),
            survey_waits_for("zoe", "alice", Operator),
            survey_waits_for("zoe", "alice", Visitor),
        ]);
    }
    alice_has_zoe(wrap_up(""), json!({}))
        .past([answers("alice", "zoe"), later(minutes(9))])
        .after(minutes(1))
        .then([ended("zoe", "alice", EndReason::Timeout), survey_waits_for("zoe", "alice", Operator)]);
}

#[test]
fn about_a_conversation_that_nobody_answered_nobody_is_asked() {
    let scene = given([
        two_surveys(),
        change(section("operator_survey", wrap_up(""))),
        change(section("visitor_survey", opinion())),
        connected_with_capacity("alice", 1),
        asks("zoe"),
        asks("yann"),
    ]);
    scene.clone().when(visitor("yann"), leave("yann")).then([left("yann")]);
    scene.when(visitor("zoe"), end("zoe")).then([left_the_desk("zoe", "alice"), assigned("yann", "alice")]);
}

#[test]
fn after_a_transfer_the_new_operator_is_asked() {
    alice_has_zoe(wrap_up(""), json!({}))
        .past([
            connected("bob"),
            Step::Do(operator("alice"), transfer_to("zoe", "bob")),
            picks_up("bob", "zoe"),
        ])
        .when(operator("bob"), end("zoe"))
        .then([ended("zoe", "bob", EndReason::Operator), survey_waits_for("zoe", "bob", Operator)]);
}

#[test]
fn which_survey_is_asked_is_what_the_settings_say_at_the_end() {
    alice_has_zoe(wrap_up(""), json!({}))
        .past([change(section("operator_survey", json!({}))), change(section("visitor_survey", opinion()))])
        .when(operator("alice"), end("zoe"))
        .then([ended("zoe", "alice", EndReason::Operator), survey_waits_for("zoe", "alice", Visitor)]);
}

/// Alice, who had answered, is gone, and zoe waits again.
fn zoe_is_back_in_the_queue() -> Scene {
    alice_has_zoe(wrap_up(""), opinion()).past([
        connected_with_capacity("bob", 1),
        takes_a_break("alice"),
        asks("yann"),
        signs_out("alice"),
    ])
}

#[test]
fn the_operator_who_answered_is_asked_about_a_conversation_that_ends_after_returning_to_the_queue() {
    let scene = zoe_is_back_in_the_queue();
    assert_eq!(scene.waiting(), ["zoe"]);
    scene.clone().when(supervisor(), end("zoe")).then([
        ended("zoe", None, EndReason::Supervisor),
        survey_waits_for("zoe", "alice", Operator),
        survey_waits_for("zoe", "alice", Visitor),
    ]);
    scene.when(visitor("zoe"), leave("zoe")).then([
        left("zoe"),
        survey_waits_for("zoe", "alice", Operator),
        survey_waits_for("zoe", "alice", Visitor),
    ]);
}

#[test]
fn a_conversation_that_ends_after_returning_to_the_queue_is_kept_open_for_the_operator_who_answered() {
    zoe_is_back_in_the_queue()
        .past([change(behaviour("keep_open", true)), Step::Do(operator("alice"), connect("alice"))])
        .when(visitor("zoe"), leave("zoe"))
        .then_kinds([
            "conversation.left",
            "conversation.survey_asked",
            "conversation.survey_asked",
            "conversation.kept_open",
        ])
        .past([Step::Do(operator("alice"), change_status("alice", Available))])
        .when(visitor("zoe"), request_again("zoe", plain_request("zoe", None)))
        .then([requested_again("zoe", plain_request("zoe", None)), assigned("zoe", "alice")]);
}

// Opened and answered.

#[test]
fn opening_and_answering_are_both_recorded_with_their_time() {
    asked_alice("")
        .past([later(minutes(1))])
        .when(operator("alice"), open_survey("zoe", Operator))
        .then([survey_opened("zoe", "alice", Operator)])
        .past([later(minutes(1))])
        .when(operator("alice"), open_survey("zoe", Operator))
        .then_nothing()
        .when(operator("alice"), answer_survey("zoe", Operator, rated(4)))
        .then([survey_answered("zoe", "alice", Operator, Some(start() + minutes(1)), rated(4))])
        .when(operator("alice"), answer_survey("zoe", Operator, rated(4)))
        .then_refused("no_survey");
}

#[test]
fn a_survey_that_was_never_seen_opened_may_be_answered() {
    asked_zoe().when(visitor("zoe"), answer_survey("zoe", Visitor, rated(5))).then([survey_answered(
        "zoe",
        "alice",
        Visitor,
        None,
        rated(5),
    )]);
}

#[test]
fn the_integration_opens_answers_and_closes_for_the_visitor() {
    let opened =
        asked_zoe().when(bot(), open_survey("zoe", Visitor)).then([survey_opened("zoe", "alice", Visitor)]);
    opened.clone().when(bot(), answer_survey("zoe", Visitor, rated(5))).then([survey_answered(
        "zoe",
        "alice",
        Visitor,
        Some(start()),
        rated(5),
    )]);
    opened
        .when(bot(), close_survey("zoe", Visitor))
        .then([survey_closed_for("zoe", "alice", Visitor, ByHand)]);
}

#[test]
fn nobody_answers_for_another() {
    let asked = alice_has_zoe(wrap_up("closable_unanswered"), opinion()).past([ends("alice", "zoe")]);
    let others = [
        (operator("bob"), Operator),
        (visitor("zoe"), Operator),
        (bot(), Operator),
        (supervisor(), Operator),
        (administrator(), Operator),
        (visitor("yann"), Visitor),
        (operator("alice"), Visitor),
        (supervisor(), Visitor),
    ];
    for (actor, audience) in others {
        for action in [
            open_survey("zoe", audience),
            answer_survey("zoe", audience, rated(1)),
            close_survey("zoe", audience),
        ] {
            asked.clone().when(actor.clone(), action).then_refused("no_survey");
        }
    }
}

#[test]
fn every_wrong_answer_is_named() {
    let wrong = json!({"stars": {"rating": 6}, "why": {"choice": "red"}, "who": {"text": "?"}});
    asked_alice("")
        .when(operator("alice"), answer_survey("zoe", Operator, answered_with(wrong)))
        .then_wrong(["answers.stars", "answers.why", "answers.who"])
        .when(operator("alice"), answer_survey("zoe", Operator, answered_with(json!({}))))
        .then_wrong(["answers.stars"]);
}

// Before the end: `complete_button`.

#[test]
fn with_complete_button_the_operator_fills_it_in_before_the_end_and_is_not_asked_again() {
    alice_has_zoe(wrap_up("complete_button"), json!({}))
        .when(operator("alice"), open_survey("zoe", Operator))
        .then_by_actor([survey_waits_for("zoe", "alice", Operator), survey_opened("zoe", "alice", Operator)])
        .when(operator("alice"), answer_survey("zoe", Operator, rated(3)))
        .then([survey_answered("zoe", "alice", Operator, Some(start()), rated(3))])
        .when(operator("alice"), open_survey("zoe", Operator))
        .then_refused("no_survey")
        .when(operator("alice"), end("zoe"))
        .then([ended("zoe", "alice", EndReason::Operator)]);
}

#[test]
fn a_survey_opened_before_the_end_waits_on_and_is_not_asked_twice() {
    alice_has_zoe(wrap_up("complete_button"), json!({}))
        .past([Step::Do(operator("alice"), open_survey("zoe", Operator)), later(minutes(2))])
        .when(operator("alice"), end("zoe"))
        .then([ended("zoe", "alice", EndReason::Operator)])
        .when(operator("alice"), answer_survey("zoe", Operator, rated(3)))
        .then([survey_answered("zoe", "alice", Operator, Some(start()), rated(3))]);
}

#[test]
fn without_complete_button_it_is_not_opened_before_the_end() {
    alice_has_zoe(wrap_up(""), json!({}))
        .when(operator("alice"), open_survey("zoe", Operator))
        .then_option_off("operator_survey.complete_button");
}

#[test]
fn complete_button_without_a_survey_opens_nothing() {
    alice_has_zoe(json!({"complete_button": true}), json!({}))
        .when(operator("alice"), open_survey("zoe", Operator))
        .then_refused("no_survey");
}

#[test]
fn only_the_operator_who_has_picked_up_fills_it_in_before_the_end() {
    let scene = alice_has_zoe(wrap_up("complete_button"), json!({})).past([connected("bob")]);
    scene.clone().when(operator("bob"), open_survey("zoe", Operator)).then_refused("not_your_conversation");
    scene.clone().when(supervisor(), open_survey("zoe", Operator)).then_refused("forbidden");
    scene
        .past([Step::Do(operator("alice"), transfer_to("zoe", "bob"))])
        .when(operator("bob"), open_survey("zoe", Operator))
        .then_refused("not_picked_up");
}

#[test]
fn a_survey_that_the_operator_before_left_half_done_gives_way_to_that_of_the_operator_at_the_end() {
    let moved = alice_has_zoe(wrap_up("complete_button"), json!({})).past([
        connected("bob"),
        Step::Do(operator("alice"), open_survey("zoe", Operator)),
        Step::Do(operator("alice"), transfer_to("zoe", "bob")),
        picks_up("bob", "zoe"),
    ]);
    moved.clone().when(operator("bob"), end("zoe")).then([
        ended("zoe", "bob", EndReason::Operator),
        survey_closed_for("zoe", "alice", Operator, Replaced),
        survey_waits_for("zoe", "bob", Operator),
    ]);
    moved.when(operator("bob"), open_survey("zoe", Operator)).then_by_actor([
        survey_closed_for("zoe", "alice", Operator, Replaced),
        survey_waits_for("zoe", "bob", Operator),
        survey_opened("zoe", "bob", Operator),
    ]);
}

// Given up: `cancel_button`.

#[test]
fn with_cancel_button_an_attempt_is_given_up_and_the_survey_still_waits() {
    asked_alice("cancel_button")
        .when(operator("alice"), cancel_survey("zoe"))
        .then_nothing()
        .past([Step::Do(operator("alice"), open_survey("zoe", Operator))])
        .when(operator("alice"), cancel_survey("zoe"))
        .then([told(
            "zoe",
            "alice",
            ConversationFact::Survey(SurveyStep::Cancelled { audience: Operator, segment: 1 }),
        )])
        .past([later(minutes(1)), Step::Do(operator("alice"), open_survey("zoe", Operator))])
        .when(operator("alice"), answer_survey("zoe", Operator, rated(2)))
        .then([survey_answered("zoe", "alice", Operator, Some(start() + minutes(1)), rated(2))]);
}

#[test]
fn giving_up_before_the_end_leaves_the_conversation_where_it_is() {
    let scene = alice_has_zoe(
        json!({"survey": "wrap_up", "complete_button": true, "cancel_button": true}),
        json!({}),
    )
    .past([
        Step::Do(operator("alice"), open_survey("zoe", Operator)),
        Step::Do(operator("alice"), cancel_survey("zoe")),
    ]);
    assert_eq!(scene.operator_of("zoe").as_deref(), Some("alice"));
    scene.when(operator("alice"), end("zoe")).then([ended("zoe", "alice", EndReason::Operator)]);
}

#[test]
fn without_cancel_button_nothing_is_given_up_and_nobody_gives_up_for_another() {
    asked_alice("")
        .past([Step::Do(operator("alice"), open_survey("zoe", Operator))])
        .when(operator("alice"), cancel_survey("zoe"))
        .then_option_off("operator_survey.cancel_button");
    asked_alice("cancel_button").when(operator("bob"), cancel_survey("zoe")).then_refused("no_survey");
    asked_alice("cancel_button").when(operator("alice"), cancel_survey("yann")).then_refused("no_survey");
}

// Closed unanswered: `closable_unanswered`.

#[test]
fn with_closable_unanswered_the_operator_closes_it_without_an_answer() {
    asked_alice("closable_unanswered")
        .when(operator("alice"), close_survey("zoe", Operator))
        .then([survey_closed_for("zoe", "alice", Operator, ByHand)])
        .when(operator("alice"), answer_survey("zoe", Operator, rated(2)))
        .then_refused("no_survey");
}

#[test]
fn without_closable_unanswered_the_tab_stays_until_the_mandatory_fields_are_filled() {
    asked_alice("")
        .when(operator("alice"), close_survey("zoe", Operator))
        .then_option_off("operator_survey.closable_unanswered")
        .when(operator("alice"), answer_survey("zoe", Operator, answered_with(json!({}))))
        .then_wrong(["answers.stars"])
        .when(operator("alice"), answer_survey("zoe", Operator, rated(1)))
        .then([survey_answered("zoe", "alice", Operator, None, rated(1))]);
}

#[test]
fn the_options_are_those_in_force_whenever_the_survey_was_asked() {
    asked_alice("")
        .past([change(section("operator_survey", wrap_up("closable_unanswered")))])
        .when(operator("alice"), close_survey("zoe", Operator))
        .then([survey_closed_for("zoe", "alice", Operator, ByHand)]);
}

#[test]
fn the_visitor_may_always_close_without_an_answer() {
    asked_zoe()
        .when(visitor("zoe"), close_survey("zoe", Visitor))
        .then([survey_closed_for("zoe", "alice", Visitor, ByHand)]);
}

// By hand: `operator_may_send`.

fn may_send() -> Scene {
    alice_has_zoe(json!({}), json!({"survey": "opinion", "operator_may_send": true}))
}

#[test]
fn an_operator_sends_a_survey_by_hand_once_and_none_is_asked_at_the_end() {
    let sent = may_send()
        .when(operator("alice"), send_survey("zoe", "opinion"))
        .then([survey_waits_for("zoe", "alice", Visitor)])
        .when(operator("alice"), send_survey("zoe", "opinion"))
        .then_refused("survey_sent");
    sent.clone().when(operator("alice"), end("zoe")).then([ended("zoe", "alice", EndReason::Operator)]);
    sent.when(visitor("zoe"), answer_survey("zoe", Visitor, rated(5)))
        .then([survey_answered("zoe", "alice", Visitor, None, rated(5))])
        .when(operator("alice"), send_survey("zoe", "opinion"))
        .then_refused("survey_sent")
        .when(operator("alice"), end("zoe"))
        .then([ended("zoe", "alice", EndReason::Operator)]);
}

#[test]
fn a_survey_sent_by_hand_waits_as_long_after_the_end_as_one_asked_then() {
    may_send()
        .past([
            pending_survey(30),
            Step::Do(operator("alice"), send_survey("zoe", "opinion")),
            later(minutes(120)),
            ends("alice", "zoe"),
        ])
        .after(minutes(30) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([survey_closed_for("zoe", "alice", Visitor, Expired)]);
}

#[test]
fn only_a_survey_for_visitors_that_is_defined_is_sent() {
    for survey in ["wrap_up", "lost"] {
        may_send().when(operator("alice"), send_survey("zoe", survey)).then_refused("unknown_survey");
    }
}

#[test]
fn without_operator_may_send_none_is_sent_by_hand() {
    alice_has_zoe(json!({}), opinion())
        .when(operator("alice"), send_survey("zoe", "opinion"))
        .then_option_off("visitor_survey.operator_may_send");
}

#[test]
fn only_the_operator_who_has_picked_up_sends_one() {
    let scene = may_send().past([connected("bob")]);
    scene.clone().when(operator("bob"), send_survey("zoe", "opinion")).then_refused("not_your_conversation");
    for actor in [supervisor(), visitor("zoe"), administrator(), bot()] {
        scene.clone().when(actor, send_survey("zoe", "opinion")).then_refused("forbidden");
    }
    scene
        .clone()
        .past([Step::Do(operator("alice"), transfer_to("zoe", "bob"))])
        .when(operator("bob"), send_survey("zoe", "opinion"))
        .then_refused("not_picked_up");
    scene
        .past([ends("alice", "zoe")])
        .when(operator("alice"), send_survey("zoe", "opinion"))
        .then_refused("conversation_over");
}

// Versions.

/// The visitors' survey with another question.
fn other_questions() -> Step {
    let mut opinion = survey("opinion", "visitor");
    opinion["fields"] = json!([{"id": "clear", "label": {"fr": "Clair ?"}, "kind": "rating"}]);
    change(section("surveys", json!([survey("wrap_up", "operator"), opinion])))
}

#[test]
fn an_answer_is_checked_against_the_version_that_was_asked() {
    let changed = asked_zoe().past([other_questions(), other_questions()]);
    changed
        .clone()
        .when(visitor("zoe"), answer_survey("zoe", Visitor, answered_with(json!({"clear": {"rating": 1}}))))
        .then_wrong(["answers.stars", "answers.clear"]);
    changed
        .restarted()
        .when(visitor("zoe"), answer_survey("zoe", Visitor, rated(4)))
        .then([survey_answered("zoe", "alice", Visitor, None, rated(4))]);
}

#[test]
fn after_the_change_the_new_version_of_the_survey_is_asked() {
    let asked = |version| {
        ConversationFact::Survey(SurveyStep::Asked {
            audience: Visitor,
            segment: 1,
            survey: survey_id("opinion"),
            version,
        })
    };
    let scene = asked_zoe().past([other_questions(), asks("yann"), picks_up("alice", "yann")]);
    scene
        .clone()
        .when(operator("alice"), end("yann"))
        .then([ended("yann", "alice", EndReason::Operator), told("yann", "alice", asked(2))]);
    scene
        .past([two_surveys()])
        .when(operator("alice"), end("yann"))
        .then([ended("yann", "alice", EndReason::Operator), told("yann", "alice", asked(3))]);
}

#[test]
fn a_survey_that_was_removed_while_it_waited_is_still_answered() {
    asked_zoe()
        .past([
            change(section("visitor_survey", json!({}))),
            change(section("surveys", json!([survey("wrap_up", "operator")]))),
        ])
        .when(visitor("zoe"), answer_survey("zoe", Visitor, rated(4)))
        .then([survey_answered("zoe", "alice", Visitor, None, rated(4))]);
}

#[test]
fn a_section_that_says_what_is_in_force_makes_no_new_version() {
    given([two_surveys()])
        .when(
            administrator(),
            settings(section(
                "surveys",
                json!([survey("wrap_up", "operator"), survey("opinion", "visitor")]),
            )),
        )
        .then_nothing();
}

// Expiry.

#[test]
fn the_visitors_survey_is_closed_pending_survey_minutes_after_the_end() {
    alice_has_zoe(json!({}), opinion())
        .past([pending_survey(5), ends("alice", "zoe")])
        .after(minutes(5) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([survey_closed_for("zoe", "alice", Visitor, Expired)])
        .when(visitor("zoe"), answer_survey("zoe", Visitor, rated(4)))
        .then_refused("no_survey");
}

#[test]
fn opening_it_does_not_lengthen_the_time_and_an_answer_stops_the_clock() {
    let asked = alice_has_zoe(json!({}), opinion()).past([pending_survey(5), ends("alice", "zoe")]);
    asked
        .clone()
        .past([later(minutes(4)), Step::Do(visitor("zoe"), open_survey("zoe", Visitor))])
        .after(minutes(1))
        .then([survey_closed_for("zoe", "alice", Visitor, Expired)]);
    asked
        .past([Step::Do(visitor("zoe"), answer_survey("zoe", Visitor, rated(4)))])
        .after(minutes(60))
        .then_nothing();
}

#[test]
fn with_pending_survey_0_it_waits_until_it_is_closed_by_hand() {
    asked_zoe()
        .after(minutes(100_000))
        .then_nothing()
        .when(visitor("zoe"), close_survey("zoe", Visitor))
        .then([survey_closed_for("zoe", "alice", Visitor, ByHand)]);
}

#[test]
fn a_survey_that_waits_keeps_its_deadline_when_the_setting_changes() {
    let asked = alice_has_zoe(json!({}), opinion()).past([pending_survey(5), ends("alice", "zoe")]);
    for setting in [0, 1, 60] {
        asked
            .clone()
            .past([pending_survey(setting)])
            .after(minutes(5) - seconds(1))
            .then_nothing()
            .after(seconds(1))
            .then([survey_closed_for("zoe", "alice", Visitor, Expired)]);
    }
}

#[test]
fn a_survey_that_expired_while_the_server_was_down_is_closed_once_after_the_restart() {
    alice_has_zoe(json!({}), opinion())
        .past([pending_survey(5), ends("alice", "zoe")])
        .restarted()
        .after(minutes(300))
        .then([survey_closed_for("zoe", "alice", Visitor, Expired)])
        .restarted()
        .after(minutes(300))
        .then_nothing();
}

#[test]
fn an_operator_survey_that_may_be_left_waits_four_days_whatever_pending_survey_says() {
    alice_has_zoe(wrap_up("closable_unanswered"), json!({}))
        .past([pending_survey(5), ends("alice", "zoe")])
        .after(minutes(96 * 60) - seconds(1))
        .then_nothing()
        .restarted()
        .after(seconds(1))
        .then([survey_closed_for("zoe", "alice", Operator, Expired)]);
}

/// The survey may be left without an answer, and is closed by itself after so long.
fn left_after(hours: i64) -> Value {
    json!({"survey": "wrap_up", "closable_unanswered": true, "pending_hours": hours})
}

#[test]
fn how_many_hours_it_waits_is_a_setting_and_0_is_until_it_is_closed() {
    for hours in [1, 720] {
        alice_has_zoe(left_after(hours), json!({}))
            .past([ends("alice", "zoe")])
            .after(minutes(hours * 60) - seconds(1))
            .then_nothing()
            .after(seconds(1))
            .then([survey_closed_for("zoe", "alice", Operator, Expired)]);
    }
    alice_has_zoe(left_after(0), json!({}))
        .past([ends("alice", "zoe")])
        .after(minutes(10_000 * 60))
        .then_nothing()
        .when(operator("alice"), close_survey("zoe", Operator))
        .then([survey_closed_for("zoe", "alice", Operator, ByHand)]);
    for refused in [-1, 721] {
        given([two_surveys()])
            .when(administrator(), settings(section("operator_survey", left_after(refused))))
            .then_wrong(["pending_hours"]);
    }
}

#[test]
fn one_that_waits_keeps_the_hours_it_was_given() {
    for section_after in [left_after(0), left_after(5), wrap_up("")] {
        alice_has_zoe(left_after(2), json!({}))
            .past([ends("alice", "zoe"), change(section("operator_survey", section_after))])
            .after(minutes(120))
            .then([survey_closed_for("zoe", "alice", Operator, Expired)]);
    }
}

#[test]
fn a_mandatory_survey_waits_until_it_is_filled_in_whatever_happens_meanwhile() {
    let hours = json!({"survey": "wrap_up", "pending_hours": 1});
    alice_has_zoe(hours, json!({}))
        .past([ends("alice", "zoe"), signs_out("alice")])
        .after(minutes(10_000 * 60))
        .then_nothing()
        .restarted()
        .past([
            change(section("operator_survey", json!({}))),
            Step::Do(operator("alice"), connect("alice")),
            connected("bob"),
        ])
        .when(operator("alice"), close_survey("zoe", Operator))
        .then_option_off("operator_survey.closable_unanswered")
        .when(operator("bob"), answer_survey("zoe", Operator, rated(1)))
        .then_refused("no_survey")
        .when(operator("alice"), answer_survey("zoe", Operator, answered_with(json!({}))))
        .then_wrong(["answers.stars"])
        .when(operator("alice"), answer_survey("zoe", Operator, rated(1)))
        .then([survey_answered("zoe", "alice", Operator, None, rated(1))]);
}

#[test]
fn a_survey_is_no_part_of_the_load_and_outlives_the_connection() {
    let scene = asked_alice("");
    assert_eq!(scene.livechat.operator(&operator_id("alice")).unwrap().load(), 0);
    scene
        .past([signs_out("alice"), Step::Do(operator("alice"), connect("alice"))])
        .when(operator("alice"), answer_survey("zoe", Operator, rated(1)))
        .then([survey_answered("zoe", "alice", Operator, None, rated(1))]);
}

// What the sections say about each other.

#[test]
fn a_chosen_survey_exists_and_is_meant_for_the_person_asked() {
    for survey in ["lost", "opinion"] {
        given([two_surveys()])
            .when(administrator(), settings(section("operator_survey", json!({"survey": survey}))))
            .then_wrong(["survey"]);
    }
    for survey in ["lost", "wrap_up"] {
        given([two_surveys()])
            .when(administrator(), settings(section("visitor_survey", json!({"survey": survey}))))
            .then_wrong(["survey"]);
    }
}

#[test]
fn a_survey_that_is_chosen_is_neither_removed_nor_given_to_others() {
    let chosen = given([
        two_surveys(),
        change(section("operator_survey", wrap_up(""))),
        change(section("visitor_survey", opinion())),
    ]);
    for surveys in [
        json!([]),
        json!([survey("wrap_up", "operator")]),
        json!([survey("opinion", "visitor")]),
        json!([survey("wrap_up", "visitor"), survey("opinion", "visitor")]),
        json!([survey("wrap_up", "operator"), survey("opinion", "operator")]),
    ] {
        chosen.clone().when(administrator(), settings(section("surveys", surveys))).then_refused("in_use");
    }
    chosen.past([
        change(section("operator_survey", json!({}))),
        change(section("visitor_survey", json!({}))),
        change(section("surveys", json!([]))),
    ]);
}

// Segments of a conversation that is kept open.

/// Zoe talked to alice, neither of whom has answered the survey, and now talks to bob.
fn a_second_segment() -> Scene {
    a_second_segment_with(later(seconds(0)))
}

fn a_second_segment_with(setting: Step) -> Scene {
    alice_has_zoe(wrap_up(""), json!({"survey": "opinion", "operator_may_send": true})).past([
        setting,
        change(behaviour("keep_open", true)),
        ends("alice", "zoe"),
        takes_a_break("alice"),
        connected("bob"),
        later(minutes(60)),
        Step::Do(visitor("zoe"), request_again("zoe", plain_request("zoe", None))),
        picks_up("bob", "zoe"),
    ])
}

#[test]
fn the_survey_of_the_segment_before_is_still_answered_during_the_next_which_has_its_own() {
    a_second_segment()
        .when(operator("alice"), answer_survey("zoe", Operator, rated(2)))
        .then([survey_answered("zoe", "alice", Operator, None, rated(2))])
        .when(operator("bob"), end("zoe"))
        .then([
            ended("zoe", "bob", EndReason::Operator),
            of_segment(2, survey_waits_for("zoe", "bob", Operator)),
            of_segment(2, survey_waits_for("zoe", "bob", Visitor)),
            stays_open("zoe", "bob", start() + minutes(25 * 60)),
        ]);
}

#[test]
fn each_segment_has_its_surveys_about_its_own_operator_and_they_wait_beside_each_other() {
    let both = a_second_segment().when(operator("bob"), end("zoe")).then([
        ended("zoe", "bob", EndReason::Operator),
        of_segment(2, survey_waits_for("zoe", "bob", Operator)),
        of_segment(2, survey_waits_for("zoe", "bob", Visitor)),
        stays_open("zoe", "bob", start() + minutes(25 * 60)),
    ]);
    let waits = |scene: &Scene| scene.livechat.pending_surveys().count();
    assert_eq!(waits(&both), 4, "two of each segment");
    // While both wait it has to be said which.
    let zoe = conversation("zoe");
    let of = |segment| SurveyRef { audience: Visitor, segment: Some(segment) };
    let second = both
        .when(visitor("zoe"), answer_survey("zoe", Visitor, rated(5)))
        .then_refused("segment_needed")
        .when(visitor("zoe"), close_survey("zoe", Visitor))
        .then_refused("segment_needed")
        .when(
            visitor("zoe"),
            Action::Conversation(zoe, ConversationAction::AnswerSurvey(of(2), Box::new(rated(5)))),
        )
        .then([of_segment(2, survey_answered("zoe", "bob", Visitor, None, rated(5)))])
        .restarted();
    second
        .when(visitor("zoe"), answer_survey("zoe", Visitor, rated(1)))
        .then([survey_answered("zoe", "alice", Visitor, None, rated(1))])
        .when(visitor("zoe"), answer_survey("zoe", Visitor, rated(3)))
        .then_refused("no_survey")
        .when(operator("bob"), answer_survey("zoe", Operator, rated(3)))
        .then([of_segment(2, survey_answered("zoe", "bob", Operator, None, rated(3)))])
        .when(operator("alice"), answer_survey("zoe", Operator, rated(4)))
        .then([survey_answered("zoe", "alice", Operator, None, rated(4))]);
}

#[test]
fn a_segment_that_is_named_is_the_one_that_is_meant() {
    let of = |segment| SurveyRef { audience: Visitor, segment: Some(segment) };
    let both = a_second_segment().past([ends("bob", "zoe")]);
    let zoe = conversation("zoe");
    both.when(visitor("zoe"), Action::Conversation(zoe, ConversationAction::OpenSurvey(of(1))))
        .then([survey_opened("zoe", "alice", Visitor)])
        .when(visitor("zoe"), Action::Conversation(zoe, ConversationAction::CloseSurvey(of(1))))
        .then([survey_closed_for("zoe", "alice", Visitor, ByHand)])
        .when(visitor("zoe"), Action::Conversation(zoe, ConversationAction::CloseSurvey(of(1))))
        .then_refused("no_survey")
        .when(visitor("zoe"), Action::Conversation(zoe, ConversationAction::CloseSurvey(of(3))))
        .then_refused("no_survey")
        .when(
            visitor("zoe"),
            Action::Conversation(zoe, ConversationAction::AnswerSurvey(of(2), Box::new(rated(4)))),
        )
        .then([of_segment(2, survey_answered("zoe", "bob", Visitor, None, rated(4)))]);
}

#[test]
fn the_same_operator_fills_in_one_for_each_segment() {
    let again = alice_has_zoe(wrap_up("complete_button"), json!({})).past([
        change(behaviour("keep_open", true)),
        ends("alice", "zoe"),
        Step::Do(visitor("zoe"), request_again("zoe", plain_request("zoe", None))),
        picks_up("alice", "zoe"),
    ]);
    // The one that goes on is the one that is opened.
    again
        .when(operator("alice"), open_survey("zoe", Operator))
        .then_by_actor([
            of_segment(2, survey_waits_for("zoe", "alice", Operator)),
            of_segment(2, survey_opened("zoe", "alice", Operator)),
        ])
        .when(operator("alice"), open_survey("zoe", Operator))
        .then_nothing()
        .when(operator("alice"), answer_survey("zoe", Operator, rated(3)))
        .then_refused("segment_needed")
        .when(
            operator("alice"),
            Action::Conversation(
                conversation("zoe"),
                ConversationAction::AnswerSurvey(
                    SurveyRef { audience: Operator, segment: Some(2) },
                    Box::new(rated(3)),
                ),
            ),
        )
        .then([of_segment(2, survey_answered("zoe", "alice", Operator, Some(start()), rated(3)))])
        .when(operator("alice"), answer_survey("zoe", Operator, rated(2)))
        .then([survey_answered("zoe", "alice", Operator, None, rated(2))])
        .when(operator("alice"), end("zoe"))
        .then_kinds(["conversation.ended", "conversation.kept_open"]);
}

#[test]
fn the_visitor_survey_of_the_segment_before_keeps_its_own_time() {
    a_second_segment_with(pending_survey(90))
        .past([later(minutes(20)), ends("bob", "zoe")])
        .after(minutes(10) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([survey_closed_for("zoe", "alice", Visitor, Expired)])
        .after(minutes(80) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([of_segment(2, survey_closed_for("zoe", "bob", Visitor, Expired))]);
}

#[test]
fn a_survey_by_hand_is_sent_once_in_each_segment() {
    a_second_segment()
        .when(operator("bob"), send_survey("zoe", "opinion"))
        .then([of_segment(2, survey_waits_for("zoe", "bob", Visitor))])
        .when(operator("bob"), send_survey("zoe", "opinion"))
        .then_refused("survey_sent");
}

#[test]
fn about_a_segment_that_nobody_picked_up_nobody_is_asked() {
    alice_has_zoe(wrap_up(""), opinion())
        .past([
            change(behaviour("keep_open", true)),
            ends("alice", "zoe"),
            Step::Do(visitor("zoe"), request_again("zoe", plain_request("zoe", None))),
        ])
        .when(visitor("zoe"), leave("zoe"))
        .then_kinds(["conversation.left", "conversation.kept_open"]);
}

#[test]
fn the_last_operator_to_pick_up_is_asked_and_rated_and_not_the_one_it_was_offered_to() {
    alice_has_zoe(wrap_up(""), opinion())
        .past([connected("bob"), Step::Do(operator("alice"), transfer_to("zoe", "bob"))])
        .when(visitor("zoe"), end("zoe"))
        .then([
            left_the_desk("zoe", "bob"),
            survey_waits_for("zoe", "alice", Operator),
            survey_waits_for("zoe", "alice", Visitor),
        ]);
}
