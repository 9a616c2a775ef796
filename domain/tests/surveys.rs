//! Surveys: the forms of operators and visitors, their versions, and what answers they take.

use std::collections::BTreeMap;

use pupitre_domain::SurveyId;
use pupitre_domain::settings::surveys::{
    Answer, Answers, Audience, Field, FieldKind, Survey, Surveys, Versions,
};
use serde_json::{Value, json};

use crate::support::wrong_fields;

fn survey(id: &str, fields: Value) -> Survey {
    let mut survey = json!({
        "id": id, "name": "Satisfaction", "title": {"fr": "Votre avis"}, "audience": "visitor",
    });
    survey["fields"] = fields;
    serde_json::from_value(survey).unwrap()
}

fn field(id: &str, kind: &str) -> Value {
    let choices = match kind {
        "single_choice" | "multiple_choice" | "drop_down" => choices(&["red", "green", "blue"]),
        _ => json!([]),
    };
    json!({"id": id, "label": {"fr": "Une question"}, "kind": kind, "choices": choices})
}

fn mandatory(id: &str, kind: &str) -> Value {
    let mut field = field(id, kind);
    field["mandatory"] = json!(true);
    field
}

fn choices(ids: &[&str]) -> Value {
    ids.iter().map(|id| json!({"id": id, "label": {"en": id}})).collect()
}

fn one_of_each_kind() -> Survey {
    survey(
        "s",
        json!([
            field("line", "short_text"),
            field("page", "long_text"),
            field("one", "single_choice"),
            field("any", "multiple_choice"),
            field("list", "drop_down"),
            field("stars", "rating"),
        ]),
    )
}

fn wrong(surveys: impl IntoIterator<Item = Survey>) -> Vec<String> {
    let surveys = Surveys(surveys.into_iter().collect());
    wrong_fields(|check| surveys.check(check))
}

fn answers(answers: Value) -> Answers {
    serde_json::from_value(answers).unwrap()
}

fn wrong_answers(survey: &Survey, given: Value) -> Vec<String> {
    let errors = survey.check_answers(&answers(given)).err().unwrap_or_default();
    errors.into_iter().map(|error| error.field).collect()
}

// What a survey is.

#[test]
fn a_survey_may_have_fields_of_every_kind() {
    assert!(wrong([one_of_each_kind()]).is_empty());
    assert!(wrong([]).is_empty());
}

#[test]
fn a_field_is_optional_and_has_no_choices_unless_it_says_so_and_no_key_is_invented() {
    let field: Field = serde_json::from_value(json!({
        "id": "why", "label": {"fr": "Pourquoi ?"}, "kind": "short_text",
    }))
    .unwrap();
    assert!(!field.mandatory && field.choices.is_empty() && field.kind == FieldKind::ShortText);
    for invented in [
        json!({"id": "why", "label": {}, "kind": "short_text", "help": "?"}),
        json!({"id": "why", "label": {}, "kind": "colour"}),
    ] {
        assert!(serde_json::from_value::<Field>(invented).is_err());
    }
}

#[test]
fn each_survey_once_each_field_once_in_a_survey_and_each_choice_once_in_a_field() {
    assert_eq!(wrong([one_of_each_kind(), one_of_each_kind()]), ["surveys[1].id"]);
    let twice = survey("s", json!([field("a", "rating"), field("b", "rating"), field("a", "short_text")]));
    assert_eq!(wrong([twice]), ["surveys[0].fields[2].id"]);
    let mut twice = field("a", "drop_down");
    twice["choices"] = choices(&["yes", "no", "yes"]);
    assert_eq!(wrong([survey("s", json!([twice]))]), ["surveys[0].fields[0].choices[2].id"]);
    assert!(
        wrong([survey("s", json!([field("a", "rating")])), survey("t", json!([field("a", "rating")]))])
            .is_empty()
    );
}

#[test]
fn a_survey_asks_1_to_50_questions_and_a_livechat_has_at_most_50_surveys() {
    let asking = |count: usize| {
        let fields: Vec<Value> = (0..count).map(|n| field(&format!("f{n}"), "rating")).collect();
        survey("s", fields.into())
    };
    assert!(wrong([asking(1)]).is_empty() && wrong([asking(50)]).is_empty());
    assert_eq!(wrong([asking(0)]), ["surveys[0].fields"]);
    assert_eq!(wrong([asking(51)]), ["surveys[0].fields"]);

    let many = |count: usize| (0..count).map(|n| survey(&format!("s{n}"), json!([field("a", "rating")])));
    assert!(wrong(many(50)).is_empty());
    assert_eq!(wrong(many(51)), ["surveys"]);
}

#[test]
fn a_field_that_chooses_has_2_to_100_choices_and_the_others_none() {
    let with = |kind: &str, count: usize| {
        let ids: Vec<String> = (0..count).map(|n| format!("c{n}")).collect();
        let mut field = field("a", kind);
        field["choices"] = choices(&ids.iter().map(String::as_str).collect::<Vec<_>>());
        wrong([survey("s", json!([field]))])
    };
    for kind in ["single_choice", "multiple_choice", "drop_down"] {
        assert!(with(kind, 2).is_empty() && with(kind, 100).is_empty());
        for count in [0, 1, 101] {
            assert_eq!(with(kind, count), ["surveys[0].fields[0].choices"], "{kind} {count}");
        }
    }
    for kind in ["short_text", "long_text", "rating"] {
        assert!(with(kind, 0).is_empty());
        assert_eq!(with(kind, 2), ["surveys[0].fields[0].choices"], "{kind}");
    }
}

#[test]
fn names_titles_and_labels_have_their_length_in_each_language_and_all_wrong_ones_are_named() {
    let mut bad = survey("s", json!([field("a", "single_choice"), field("b", "rating")]));
    bad.name = "é".repeat(101);
    bad.title = BTreeMap::new();
    bad.fields[0].label.values_mut().for_each(|label| "é".repeat(301).clone_into(label));
    bad.fields[0].choices[1].label.values_mut().for_each(String::clear);
    bad.fields[1].label.values_mut().for_each(|label| "a\0b".clone_into(label));
    assert_eq!(
        wrong([bad]),
        [
            "surveys[0].name",
            "surveys[0].title",
            "surveys[0].fields[0].label.fr",
            "surveys[0].fields[0].choices[1].label.en",
            "surveys[0].fields[1].label.fr",
        ]
    );
    let mut longest = survey("s", json!([field("a", "rating")]));
    longest.name = "é".repeat(100);
    longest.title.values_mut().for_each(|title| "é".repeat(300).clone_into(title));
    assert!(wrong([longest]).is_empty());
}

#[test]
fn the_surveys_of_a_livechat_have_at_most_a_mebibyte_of_text() {
    let full = |id: &str| {
        let long = "x".repeat(300);
        let choices: Vec<Value> =
            (0..99).map(|n| json!({"id": format!("c{n}"), "label": {"fr": long, "en": long}})).collect();
        let fields: Vec<Value> = (0..10)
            .map(|n| {
                json!({"id": format!("f{n}"), "label": {"fr": long}, "kind": "drop_down", "choices": choices})
            })
            .collect();
        survey(id, fields.into())
    };
    assert!(wrong([full("a")]).is_empty());
    assert_eq!(wrong([full("a"), full("b")]), ["surveys"]);
}

// Versions.

/// The versions after each of these contents came into force, one after the other.
fn versions<const N: usize>(contents: [Vec<Survey>; N]) -> Vec<Vec<u32>> {
    let (mut in_force, mut used) = (Surveys::default(), Versions::default());
    contents
        .into_iter()
        .map(|content| {
            in_force = Surveys(content).with_versions(&in_force, &used);
            used.note(&in_force);
            in_force.0.iter().map(|survey| survey.version).collect()
        })
        .collect()
}

fn asks(id: &str, field_id: &str) -> Survey {
    survey(id, json!([field(field_id, "rating")]))
}

#[test]
fn a_new_survey_has_version_1_a_changed_one_the_next_and_one_left_as_it_is_keeps_its_own() {
    let (a, changed, b) = (asks("a", "x"), asks("a", "y"), asks("b", "x"));
    assert_eq!(
        versions([
            vec![a.clone(), b.clone()],
            vec![changed.clone(), b.clone()],
            vec![b.clone(), changed],
            vec![b, a],
        ]),
        [vec![1, 1], vec![2, 1], vec![1, 2], vec![1, 3]]
    );
}

#[test]
fn any_difference_makes_a_new_version() {
    let before = one_of_each_kind();
    let mut name = before.clone();
    name.name.push('!');
    let mut title = before.clone();
    title.title.clear();
    let mut audience = before.clone();
    audience.audience = Audience::Operator;
    let mut order = before.clone();
    order.fields.swap(0, 1);
    let mut mandatory = before.clone();
    mandatory.fields[0].mandatory = true;
    for changed in [name, title, audience, order, mandatory] {
        assert_eq!(versions([vec![before.clone()], vec![changed]]), [[1], [2]]);
    }
}

#[test]
fn the_version_that_a_request_comes_with_is_ignored() {
    let claims = |version| Survey { version, ..asks("a", "x") };
    assert_eq!(versions([vec![claims(7)], vec![claims(9)], vec![claims(0)]]), [[1], [1], [1]]);
}

#[test]
fn a_survey_that_was_removed_and_comes_back_never_gets_a_version_again() {
    let (a, changed) = (asks("a", "x"), asks("a", "y"));
    assert_eq!(
        versions([vec![a.clone()], vec![changed], vec![], vec![a.clone()], vec![], vec![], vec![a]]),
        [vec![1], vec![2], vec![], vec![3], vec![], vec![], vec![4]]
    );
}

#[test]
fn ids_of_forgotten_removed_surveys_are_not_given_again() {
    let (mut in_force, mut used) = (Surveys::default(), Versions::default());
    let mut change = |content: Vec<Survey>| {
        in_force = Surveys(content).with_versions(&in_force, &used);
        used.note(&in_force);
        (in_force.0[0].version, used.clone())
    };
    let kept = asks("kept", "x");
    for n in 0..1_200 {
        change(vec![kept.clone(), asks(&format!("s{n}"), "x")]);
    }
    let (version, used) = change(vec![asks("s0", "x")]);
    assert_eq!(version, 2);
    assert_eq!(used.highest(&SurveyId::parse("kept").unwrap()), 1);
    let stored = serde_json::to_value(&used).unwrap();
    assert_eq!(stored["highest"].as_object().unwrap().len(), 1_000);
    assert_eq!(serde_json::from_value::<Versions>(stored).unwrap(), used);
}

// Answers.

#[test]
fn an_answer_reads_as_what_it_is() {
    let given = json!({
        "any": {"choices": ["red", "blue"]},
        "line": {"text": "Bien"},
        "one": {"choice": "green"},
        "stars": {"rating": 4},
    });
    assert_eq!(serde_json::to_value(answers(given.clone())).unwrap(), given);
    for unreadable in [json!({"stars": 4}), json!({"stars": {"rating": 4.5}}), json!({"stars": {"stars": 4}})]
    {
        assert!(serde_json::from_value::<Answers>(unreadable).is_err());
    }
}

#[test]
fn a_text_is_personal_and_never_prints_itself() {
    let printed = format!("{:?}", answers(json!({"line": {"text": "Je suis Zoé"}})));
    assert!(!printed.contains("Zoé"), "{printed}");
}

#[test]
fn the_right_kind_of_answer_within_its_limits_is_taken() {
    let taken = json!({
        "line": {"text": "é".repeat(200)},
        "page": {"text": "é".repeat(4_000)},
        "one": {"choice": "red"},
        "any": {"choices": ["blue", "red"]},
        "list": {"choice": "blue"},
        "stars": {"rating": 1},
    });
    assert!(wrong_answers(&one_of_each_kind(), taken).is_empty());
    assert!(wrong_answers(&one_of_each_kind(), json!({"stars": {"rating": 5}})).is_empty());
}

#[test]
fn every_wrong_answer_is_named_at_once_in_the_order_of_the_survey_and_unknown_fields_last() {
    let wrong = json!({
        "line": {"text": "é".repeat(201)},
        "page": {"text": "é".repeat(4_001)},
        "one": {"choice": "pink"},
        "any": {"choices": ["red", "red"]},
        "list": {"choices": ["red"]},
        "stars": {"rating": 6},
        "colour": {"choice": "red"},
    });
    assert_eq!(
        wrong_answers(&one_of_each_kind(), wrong),
        [
            "answers.line",
            "answers.page",
            "answers.one",
            "answers.any",
            "answers.list",
            "answers.stars",
            "answers.colour",
        ]
    );
}

#[test]
fn an_answer_of_another_kind_is_refused() {
    let kinds =
        [json!({"text": "red"}), json!({"choice": "red"}), json!({"choices": ["red"]}), json!({"rating": 3})];
    for (id, takes) in [("line", 0), ("page", 0), ("one", 1), ("list", 1), ("any", 2), ("stars", 3)] {
        for (kind, answer) in kinds.iter().enumerate() {
            let wrong = wrong_answers(&one_of_each_kind(), json!({ id: answer }));
            assert_eq!(wrong.is_empty(), kind == takes, "{id} {answer}");
        }
    }
}

#[test]
fn edges_of_each_kind_are_refused() {
    for (id, answer) in [
        ("line", json!({"text": "a\0b"})),
        ("any", json!({"choices": ["red", "pink"]})),
        ("stars", json!({"rating": 0})),
        ("stars", json!({"rating": -1})),
        ("stars", json!({"rating": i64::MAX})),
    ] {
        assert_eq!(wrong_answers(&one_of_each_kind(), json!({ id: answer })), [format!("answers.{id}")]);
    }
}

#[test]
fn a_refusal_says_what_the_field_allows() {
    let wrong = json!({"line": {"rating": 1}, "one": {"choice": "pink"}, "stars": {"rating": 9}});
    let errors = one_of_each_kind().check_answers(&answers(wrong)).unwrap_err();
    let allowed: Vec<String> = errors.into_iter().map(|error| error.allowed.to_string()).collect();
    assert_eq!(
        allowed,
        [
            "`text`: at most 200 characters, without NUL",
            "`choice`: one of red, green, blue",
            "`rating`: 1 to 5",
        ]
    );
}

#[test]
fn an_optional_field_may_be_left_out_or_blank() {
    for nothing in [json!({}), json!({"line": {"text": ""}, "page": {"text": " \n"}, "any": {"choices": []}})]
    {
        assert!(wrong_answers(&one_of_each_kind(), nothing).is_empty());
    }
}

#[test]
fn a_mandatory_field_has_an_answer_that_is_not_blank() {
    let survey = survey(
        "s",
        json!([
            mandatory("line", "short_text"),
            mandatory("any", "multiple_choice"),
            mandatory("stars", "rating"),
        ]),
    );
    let all = ["answers.line", "answers.any", "answers.stars"];
    assert_eq!(wrong_answers(&survey, json!({})), all);
    assert_eq!(wrong_answers(&survey, json!({"line": {"text": " "}, "any": {"choices": []}})), all);
    let complete = json!({"line": {"text": "a"}, "any": {"choices": ["red"]}, "stars": {"rating": 3}});
    assert!(wrong_answers(&survey, complete).is_empty());
}

#[test]
fn blank_is_a_text_of_spaces_or_no_choice() {
    let blank = |answer: Value| serde_json::from_value::<Answer>(answer).unwrap().is_blank();
    assert!(blank(json!({"text": " \t"})) && blank(json!({"choices": []})));
    assert!(!blank(json!({"text": "."})) && !blank(json!({"rating": 1})) && !blank(json!({"choice": "a"})));
}
