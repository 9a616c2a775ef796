//! `pending_survey`: how many minutes after the end a survey waits for the visitor. 30 here, as by default.
//! What a survey is and who fills it in is specified elsewhere; here is only its clock.

use pupitre_domain::event::Closing::{ByHand, Expired};
use pupitre_domain::event::EndReason;
use pupitre_domain::settings::Section;
use pupitre_domain::settings::surveys::Audience;
use pupitre_domain::{Action, ConversationAction, Timestamp};

use crate::support::*;

fn half_an_hour() -> Section {
    only(|clocks| clocks.pending_survey = 30)
}

/// Alice talks with zoe; visitors are asked one question at the end.
fn zoe_talks() -> Scene {
    given([change(half_an_hour()), visitors_are_asked(), connected("alice"), asks("zoe")])
        .past([talks_to("alice", "zoe")])
}

/// Zoe was asked a moment ago.
fn zoe_is_asked() -> Scene {
    zoe_talks()
        .when(operator("alice"), end("zoe"))
        .then([ended("zoe", "alice", EndReason::Operator), survey_asked("zoe", "alice")])
}

fn send_survey() -> Step {
    Step::Do(
        operator("alice"),
        Action::Conversation(conversation("zoe"), ConversationAction::SendSurvey(stars())),
    )
}

fn closes_at(scene: &Scene) -> Option<Timestamp> {
    scene.livechat.pending_survey(conversation("zoe"), Audience::Visitor).unwrap().closes_at
}

#[test]
fn a_survey_without_an_answer_is_closed_when_its_time_is_over() {
    zoe_is_asked()
        .after(minutes(30) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([survey_closed("zoe", "alice", Expired)])
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn opening_it_does_not_move_the_deadline() {
    zoe_is_asked()
        .past([later(minutes(20))])
        .past([Step::Do(
            visitor("zoe"),
            Action::Conversation(
                conversation("zoe"),
                ConversationAction::OpenSurvey(Audience::Visitor.into()),
            ),
        )])
        .after(minutes(10))
        .then([survey_closed("zoe", "alice", Expired)]);
}

#[test]
fn a_survey_that_was_closed_by_hand_has_no_clock() {
    zoe_is_asked()
        .when(
            visitor("zoe"),
            Action::Conversation(
                conversation("zoe"),
                ConversationAction::CloseSurvey(Audience::Visitor.into()),
            ),
        )
        .then([survey_closed("zoe", "alice", ByHand)])
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn after_its_time_nobody_answers_it() {
    zoe_is_asked()
        .past([later(minutes(30))])
        .when(
            visitor("zoe"),
            Action::Conversation(
                conversation("zoe"),
                ConversationAction::CloseSurvey(Audience::Visitor.into()),
            ),
        )
        .then_refused("no_survey");
}

#[test]
fn one_sent_by_hand_before_the_end_waits_as_long_from_the_end() {
    let scene = zoe_talks().past([send_survey()]);
    assert_eq!(closes_at(&scene), None);
    scene
        .past([later(minutes(60)), writes("zoe"), ends("alice", "zoe")])
        .after(minutes(30) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([survey_closed("zoe", "alice", Expired)]);
}

#[test]
fn with_pending_survey_0_it_waits_until_it_is_closed_by_hand() {
    let scene = given([change(only(|_| ())), visitors_are_asked(), connected("alice"), asks("zoe")])
        .past([talks_to("alice", "zoe"), ends("alice", "zoe")]);
    assert_eq!(closes_at(&scene), None);
    scene
        .after(minutes(60 * 24 * 365))
        .then_nothing()
        .when(
            visitor("zoe"),
            Action::Conversation(
                conversation("zoe"),
                ConversationAction::CloseSurvey(Audience::Visitor.into()),
            ),
        )
        .then([survey_closed("zoe", "alice", ByHand)]);
}

#[test]
fn a_running_clock_keeps_its_deadline_when_the_setting_changes() {
    for minutes_now in [1, 0] {
        zoe_is_asked()
            .past([change(only(|clocks| clocks.pending_survey = minutes_now))])
            .after(minutes(30) - seconds(1))
            .then_nothing()
            .after(seconds(1))
            .then([survey_closed("zoe", "alice", Expired)]);
    }
}

#[test]
fn a_survey_asked_when_the_visitor_timed_out_has_its_time_from_then() {
    let clocks = only(|clocks| (clocks.pending_survey, clocks.visitor_inactivity) = (30, 10));
    given([change(clocks), visitors_are_asked(), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
        .after(minutes(10))
        .then([ended("zoe", "alice", EndReason::Timeout), survey_asked("zoe", "alice")])
        .after(minutes(30) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([survey_closed("zoe", "alice", Expired)]);
}

#[test]
fn it_fires_once_after_a_restart_if_it_fell_due_meanwhile() {
    zoe_is_asked()
        .restarted()
        .after(minutes(600))
        .then([survey_closed("zoe", "alice", Expired)])
        .restarted()
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn it_is_at_most_a_week() {
    let set = |minutes| settings(only(|clocks| clocks.pending_survey = minutes));
    for wrong in [-1, 10_081] {
        given([]).when(administrator(), set(wrong)).then_wrong(["pending_survey"]);
    }
    let scene = zoe_talks().past([Step::Do(administrator(), set(10_080)), ends("alice", "zoe")]);
    assert_eq!(closes_at(&scene), Some(start() + minutes(10_080)));
}
