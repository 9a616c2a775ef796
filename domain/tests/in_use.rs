//! What others need cannot vanish under them: every thing that a section defines, against everybody who
//! may need it.

use pupitre_domain::Rejection;
use pupitre_domain::settings::Status;
use pupitre_domain::settings::surveys::Audience;
use pupitre_domain::settings::{
    Behaviour, OperatorSurvey, Section, Skill, Skills, Statuses, Surveys, VisitorSurvey,
};

use serde_json::json;

use crate::support::*;

fn two_skills() -> Step {
    change(skills(&["sales", "technical"]))
}

fn two_surveys() -> Step {
    change(surveys_of(&[("debrief", Audience::Operator), ("satisfaction", Audience::Visitor)]))
}

fn surveys_of(all: &[(&str, Audience)]) -> Section {
    Section::Surveys(Surveys(all.iter().map(|(id, whose)| examples::survey(id, *whose)).collect()))
}

fn chosen_by_operators(survey: &str) -> Step {
    let survey = Some(survey_id(survey));
    change(Section::OperatorSurvey(OperatorSurvey { survey, ..OperatorSurvey::default() }))
}

fn chosen_by_visitors(survey: &str) -> Step {
    let survey = Some(survey_id(survey));
    change(Section::VisitorSurvey(VisitorSurvey { survey, ..VisitorSurvey::default() }))
}

fn keeps_open() -> Step {
    change(Section::Behaviour(Behaviour { keep_open: true, ..Behaviour::default() }))
}

/// What is told to whoever takes a thing away that these need.
fn refusal(scene: Scene, new: Section) -> String {
    let refused = scene.livechat.clone().handle_command(&pupitre_domain::Command {
        at: scene.now(),
        by: administrator(),
        action: settings(new.clone()),
    });
    let told = refused.unwrap_err().to_string();
    scene.when(administrator(), settings(new)).then_refused("in_use");
    told
}

#[test]
fn a_skill_stays_while_an_operator_has_it() {
    let told = refusal(
        given([two_skills(), registered("alice", profile(&["sales"], None))]),
        skills(&["technical"]),
    );
    assert_eq!(told, "the skill sales stays: needed by 1 operator (alice)");
}

#[test]
fn a_skill_stays_while_somebody_waits_for_it_although_nobody_has_it_any_more() {
    let scene = given([
        two_skills(),
        connected_with_skills("alice", &["sales"]),
        asks_for("zoe", "sales"),
        asks_for("yann", "sales"),
        registered("alice", profile(&[], Some(1))),
    ]);
    let ids = [conversation("yann"), conversation("zoe")].map(|id| id.to_string()).join(", ");
    let told = refusal(scene.clone(), skills(&["technical"]));
    assert_eq!(told, format!("the skill sales stays: needed by 2 conversations ({ids})"));
    // Everybody who waited has been served, and the last one has gone.
    scene
        .past([picks_up("alice", "zoe"), ends("alice", "zoe"), leaves("yann")])
        .when(administrator(), settings(skills(&["technical"])))
        .then([settings_changed(skills(&["technical"]))]);
}

#[test]
fn a_skill_stays_while_a_conversation_that_asks_for_it_is_on_a_desk() {
    for past in [vec![], vec![picks_up("alice", "zoe")]] {
        let scene = given([
            two_skills(),
            connected_with_skills("alice", &["sales"]),
            asks_for("zoe", "sales"),
            Step::All(past),
            registered("alice", profile(&[], None)),
        ]);
        assert!(refusal(scene, skills(&["technical"])).contains("1 conversation ("));
    }
}

#[test]
fn a_skill_stays_while_a_conversation_was_transferred_to_it() {
    let scene = given([
        two_skills(),
        connected("alice"),
        asks("zoe"),
        picks_up("alice", "zoe"),
        connected_with_skills("bob", &["sales"]),
        Step::Do(operator("alice"), transfer_to_skill("zoe", "sales")),
        registered("bob", profile(&[], None)),
    ]);
    assert!(refusal(scene, skills(&["technical"])).contains("1 conversation ("));
}

#[test]
fn a_skill_stays_while_a_conversation_that_asked_for_it_is_kept_open() {
    let kept = given([
        two_skills(),
        keeps_open(),
        connected_with_skills("alice", &["sales"]),
        asks_for("zoe", "sales"),
        talks_to("alice", "zoe"),
        ends("alice", "zoe"),
        registered("alice", profile(&[], None)),
    ])
    .restarted();
    let told = refusal(kept.clone(), skills(&["technical"]));
    let id = conversation("zoe");
    assert_eq!(told, format!("the skill sales stays: needed by 1 conversation kept open ({id})"));
    kept.past([later(minutes(24 * 60))])
        .when(administrator(), settings(skills(&["technical"])))
        .then([settings_changed(skills(&["technical"]))]);
}

#[test]
fn all_skills_that_are_needed_are_named_with_a_few_of_those_who_need_them() {
    let names: Vec<String> = (0..12).map(|n| format!("operator-{n:02}")).collect();
    let many = names.iter().map(|name| registered(name, profile(&["sales"], None))).collect();
    let told = refusal(
        given([two_skills(), Step::All(many), registered("zed", profile(&["technical"], None))]),
        skills(&[]),
    );
    assert_eq!(
        told,
        "the skill sales stays: needed by 12 operators (operator-00, operator-01, operator-02, operator-03, \
         operator-04, …); the skill technical stays: needed by 1 operator (zed)"
    );
}

#[test]
fn a_skill_that_nobody_needs_goes_and_one_in_use_may_change_its_place_capacity_and_hours() {
    let scene = given([two_skills(), registered("alice", profile(&["sales"], None))]);
    let changed = Section::Skills(Skills(vec![Skill {
        queue_capacity: Some(3),
        hours: Some(schedule(&every_day("08:00", "18:00"))),
        ..plain_skill("sales")
    }]));
    let scene = scene.past([change(changed)]);
    scene.when(administrator(), settings(skills(&["sales"]))).then([settings_changed(skills(&["sales"]))]);
}

#[test]
fn a_survey_stays_while_a_section_names_it() {
    let operators = given([two_surveys(), chosen_by_operators("debrief")]);
    let visitors = given([two_surveys(), chosen_by_visitors("satisfaction")]);
    assert_eq!(
        refusal(operators, surveys_of(&[("satisfaction", Audience::Visitor)])),
        "the survey debrief for operators stays: needed by section operator_survey"
    );
    assert_eq!(
        refusal(visitors.clone(), surveys_of(&[("debrief", Audience::Operator)])),
        "the survey satisfaction for visitors stays: needed by section visitor_survey"
    );
    // Nor may it be for somebody else.
    refusal(visitors, surveys_of(&[("satisfaction", Audience::Operator)]));
}

#[test]
fn a_section_names_no_survey_that_is_not_there_or_is_for_somebody_else() {
    let scene = given([two_surveys()]);
    for unknown in ["nothing", "satisfaction"] {
        let survey = Some(survey_id(unknown));
        let section = Section::OperatorSurvey(OperatorSurvey { survey, ..OperatorSurvey::default() });
        scene.clone().when(administrator(), settings(section)).then_wrong(["survey"]);
    }
    let survey = Some(survey_id("debrief"));
    let section = Section::VisitorSurvey(VisitorSurvey { survey, ..VisitorSurvey::default() });
    scene.when(administrator(), settings(section)).then_wrong(["survey"]);
}

#[test]
fn a_survey_that_waits_for_answers_can_be_answered_although_it_was_taken_out() {
    let nothing = Section::VisitorSurvey(VisitorSurvey::default());
    let scene = given([
        two_surveys(),
        chosen_by_visitors("satisfaction"),
        connected("alice"),
        asks("zoe"),
        talks_to("alice", "zoe"),
        ends("alice", "zoe"),
        change(nothing),
        change(surveys_of(&[])),
    ]);
    let pending = scene.livechat.pending_survey(conversation("zoe"), Audience::Visitor).unwrap();
    assert!(scene.livechat.survey(&pending.survey, pending.version).is_some());
}

#[test]
fn an_article_stays_while_another_redirects_to_it() {
    let article = |id: &str, to: Option<&str>| json!({ "id": id, "title": id, "body": "Bonjour", "theme": "Contrat", "redirects_to": to });
    let [a, b] = [article("a", Some("b")), article("b", None)];
    given([change(section("knowledge", json!([a, b])))])
        .when(administrator(), settings(section("knowledge", json!([a]))))
        .then_wrong(["knowledge[0].redirects_to"]);
}

#[test]
fn a_status_goes_and_those_who_are_in_it_move_to_a_break() {
    let training = Section::Statuses(Statuses { training: true, ..Statuses::default() });
    given([
        change(training),
        connected("alice"),
        Step::Do(operator("alice"), change_status("alice", Status::Training)),
    ])
    .when(administrator(), settings(Section::Statuses(Statuses::default())))
    .then([
        settings_changed(Section::Statuses(Statuses::default())),
        status_changed("alice", Status::OnBreak),
    ]);
}

#[test]
fn dependants_are_listed_in_order_and_always_the_same() {
    let scene = given([
        two_skills(),
        registered("zed", profile(&["sales"], None)),
        registered("alice", profile(&["sales"], None)),
    ]);
    let refused = scene.livechat.clone().handle_command(&pupitre_domain::Command {
        at: scene.now(),
        by: administrator(),
        action: settings(skills(&[])),
    });
    let Err(Rejection::InUse(all)) = refused else { panic!("{refused:?}") };
    assert_eq!(all[0].by.operators.named, [operator_id("alice"), operator_id("zed")]);
    assert_eq!(all[0].by.operators.count, 2);
}
