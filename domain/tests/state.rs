//! The stored form of a state, by its version: what snapshots hold.
//!
//! A state that is serialised otherwise, or that the same events lead elsewhere, fails here: raise
//! [`STATE_VERSION`] and write the new golden beside the old one, which can then go.

use pupitre_domain::event::DisconnectReason;
use pupitre_domain::event::Presence;
use pupitre_domain::event::Profile;
use pupitre_domain::settings::Status;
use pupitre_domain::settings::opening_hours::{Schedule, TimeRange, Week};
use pupitre_domain::settings::surveys::Audience;
use pupitre_domain::settings::{
    Behaviour, OperatorSurvey, Section, Skill, Skills, Statuses, Surveys, Timeouts, VisitorSurvey,
};
use pupitre_domain::state::STATE_VERSION;
use pupitre_domain::{Action, ConversationAction, Livechat, SurveyId};

use crate::support::*;

/// A livechat in the middle of a day: who waits, who talks, who searches, who has just gone and may come
/// back, which surveys wait, whose connection is lost, whose shift ends when.
fn state() -> Livechat {
    let in_service = Some(office_hours());
    given_with_phrases([
        change(capacity(1, 5)),
        change(Section::Skills(Skills(vec![
            plain_skill("billing"),
            Skill { queue_capacity: Some(3), hours: in_service.clone(), ..plain_skill("technical") },
        ]))),
        change(Section::Surveys(Surveys(vec![
            examples::survey("debrief", Audience::Operator),
            examples::survey("satisfaction", Audience::Visitor),
        ]))),
        change(Section::OperatorSurvey(OperatorSurvey {
            survey: Some(survey_id("debrief")),
            ..OperatorSurvey::default()
        })),
        change(Section::VisitorSurvey(VisitorSurvey {
            survey: Some(survey_id("satisfaction")),
            ..VisitorSurvey::default()
        })),
        change(Section::Statuses(Statuses { searching: true, ..Statuses::default() })),
        change(Section::Behaviour(Behaviour { keep_open: true, ..Behaviour::default() })),
        change(Section::Timeouts(Timeouts { unanswered: 60, ..Timeouts::default() })),
        connected_with_skills("alice", &["billing"]),
        connected_with_skills("bob", &[]),
        connected_as("carol", Profile { hours: in_service, ..profile(&["technical"], Some(2)) }),
        a_question_unanswered(),
        one_that_is_over_and_kept_open(),
        one_that_moved_by_rule(),
        Step::All(vec![asks("lea"), asks_for("ivan", "technical"), asks_for("oscar", "billing")]),
        one_that_is_lost(),
        one_that_came_back(),
        one_that_was_removed(),
        later(seconds(5)),
        on_another_page_and_away(),
        Step::Do(operator("alice"), Action::Conversation(conversation("zoe"), ConversationAction::Hold)),
    ])
    .livechat
}

/// Alice looks for the answer, and has asked for help and for a file.
fn a_question_unanswered() -> Step {
    let zoe = conversation("zoe");
    Step::All(vec![
        asks("zoe"),
        talks_to("alice", "zoe"),
        Step::Do(operator("alice"), Action::Conversation(zoe, ConversationAction::RequestFile(None))),
        later(seconds(30)),
        writes("zoe"),
        Step::Do(operator("alice"), Action::Conversation(zoe, ConversationAction::MarkImportant(true))),
        Step::Do(operator("alice"), Action::Conversation(zoe, ConversationAction::CallManager(None))),
        Step::Do(supervisor(), Action::Conversation(zoe, ConversationAction::TakeCall)),
        Step::Do(operator("alice"), change_status("alice", Status::Searching)),
    ])
}

/// Both surveys wait, one of them on the screen.
fn one_that_is_over_and_kept_open() -> Step {
    Step::All(vec![
        asks("yann"),
        talks_to("carol", "yann"),
        ends("carol", "yann"),
        Step::Do(
            visitor("yann"),
            Action::Conversation(
                conversation("yann"),
                ConversationAction::OpenSurvey(Audience::Visitor.into()),
            ),
        ),
    ])
}

/// Carol did not pick up in time: Bob has it now.
fn one_that_moved_by_rule() -> Step {
    Step::All(vec![
        asks("xena"),
        later(seconds(60)),
        Step::Do(operator("alice"), Action::Conversation(conversation("zoe"), ConversationAction::Type)),
        later(seconds(40)),
        talks_to("bob", "xena"),
    ])
}

/// Erin has signed out, and nobody has room for what she had.
fn one_that_came_back() -> Step {
    let signs_out = Action::DisconnectOperator(operator_id("erin"), DisconnectReason::SignedOut);
    Step::All(vec![
        connected_with_capacity("erin", 1),
        asks("nora"),
        talks_to("erin", "nora"),
        Step::Do(operator("erin"), signs_out),
    ])
}

fn one_that_is_lost() -> Step {
    Step::All(vec![
        connected_with_capacity("dave", 1),
        Step::Do(operator("dave"), Action::LoseConnection(operator_id("dave"))),
    ])
}

/// Frank is nobody's identifier but his.
fn one_that_was_removed() -> Step {
    let removed = Action::RemoveOperator(operator_id("frank"), None);
    Step::All(vec![registered("frank", profile(&["billing"], None)), Step::Do(administrator(), removed)])
}

/// Xena has gone to another page, and does not look at it.
fn on_another_page_and_away() -> Step {
    Step::All(vec![
        Step::Do(visitor("xena"), change_page("xena", page("https://example.org/faq", None))),
        is_seen("xena", Presence::Away),
    ])
}

fn office_hours() -> Schedule {
    let day = || vec![TimeRange::parse("08:00", "18:00")];
    let week = Week { monday: day(), tuesday: day(), ..Week::default() };
    Schedule { week: Some(week), exceptions: vec![] }
}

fn survey_id(id: &str) -> SurveyId {
    SurveyId::parse(id).unwrap()
}

#[test]
fn the_state_is_stored_as_its_version_says() {
    let name = format!("states/{STATE_VERSION}.json");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/").to_owned() + &name;
    let stored = serde_json::to_value(state()).unwrap();
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    let golden: serde_json::Value = serde_json::from_str(&golden).unwrap_or_default();
    assert!(
        stored == golden,
        "the state is not what {name} says; if that is meant, raise STATE_VERSION and store this:\n{stored:#}"
    );
    let read: Livechat = serde_json::from_value(golden).unwrap();
    assert_eq!(read, state());
}

#[test]
fn the_state_has_something_of_everything() {
    let state = state();
    let one = |name| state.conversation(conversation(name)).unwrap();
    assert!(one("zoe").marks.help.is_some() && one("zoe").unanswered_since.is_some());
    assert!(one("xena").tried.contains(&operator_id("carol")));
    assert!(one("lea").operator().is_some_and(|operator| operator.as_str() == "carol"));
    assert!(one("zoe").file_requested.is_some() && one("zoe").searching);
    assert!(one("zoe").marks.on_hold_since.is_some());
    assert!(one("oscar").is_waiting());
    assert!(one("xena").presence == Presence::Away && one("xena").pages == 1);
    assert!(one("nora").is_waiting() && one("nora").previous == Some(operator_id("erin")));
    assert!(state.kept().contains_key(&conversation("yann")));
    assert!(state.former().contains_key(&operator_id("frank")));
    assert_eq!(state.pending_surveys().count(), 2);
    assert!(state.operator(&operator_id("dave")).unwrap().lost_until.is_some());
    assert!(state.operator(&operator_id("carol")).unwrap().shift_changes_at.is_some());
    assert!(state.service_hours().changes_at(Some(&skill("technical"))).is_some());
}

#[test]
fn a_snapshot_is_read_back_as_the_same_state() {
    let snapshot = rmp_serde::to_vec_named(&state()).unwrap();
    let read: Livechat = rmp_serde::from_slice(&snapshot).unwrap();
    assert_eq!(read, state());
}
