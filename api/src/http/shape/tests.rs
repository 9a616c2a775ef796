use domain::event::Profile;
use serde_json::json;

use super::*;
use crate::live::desk::DeskCommand;

fn told(wrong: &[FieldError]) -> Vec<String> {
    wrong.iter().map(ToString::to_string).collect()
}

#[test]
fn an_object_is_an_object() {
    let list = json!(["Alice", [], null, null, null]);
    assert_eq!(told(&wrong_fields_of::<Profile>(&list)), ["body: an object, not a list"]);
    for (value, found) in
        [(json!(null), "null"), (json!("a"), "the text \"a\""), (json!(1.5), "the number 1.5")]
    {
        assert_eq!(told(&wrong_fields_of::<Profile>(&value)), [format!("body: an object, not {found}")]);
    }
}

#[test]
fn every_wrong_field_of_a_frame_is_named() {
    let wrong =
        wrong_fields_of::<DeskCommand>(&json!({ "type": "message", "id": 5, "text": true, "colour": "red" }));
    let mut fields: Vec<&str> = wrong.iter().map(|error| error.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["colour", "conversation", "id", "text"]);
    let listed = json!(["message", { "id": "x" }]);
    assert_eq!(told(&wrong_fields_of::<DeskCommand>(&listed)), ["body: an object, not a list"]);
    assert_eq!(wrong_fields_of::<DeskCommand>(&json!({ "type": "dance" }))[0].field, "type");
    assert_eq!(told(&wrong_fields_of::<DeskCommand>(&json!({}))), ["type: required"]);
    let transfer = |to: Value| {
        let id = "018f4e9a-0000-7000-8000-000000000000";
        let said = json!({ "type": "transfer", "id": id, "conversation": id, "to": to });
        told(&wrong_fields_of::<DeskCommand>(&said))
    };
    assert!(transfer(json!({ "operator": "bob" })).is_empty());
    assert_eq!(
        transfer(json!("operator")),
        ["to: an object with one of operator, skill, not the text \"operator\""]
    );
    assert_eq!(
        transfer(json!({ "operator": "bob", "skill": "fr" })),
        ["to: an object with one of operator, skill"]
    );
    assert_eq!(transfer(json!({ "operator": ["bob"] })), ["to.operator: a text, not a list"]);
}

#[test]
fn sections_are_compared_down_to_the_last_field() {
    let wrong = |name, content: Value| {
        let wrong = wrong_fields_of_section(name, &content);
        wrong.into_iter().map(|error| error.field).collect::<Vec<_>>()
    };
    assert_eq!(wrong(SectionName::Capacity, json!([3, 2])), ["body"]);
    assert_eq!(wrong(SectionName::Capacity, json!({ "queue_per_operator": 2.0 })), ["queue_per_operator"]);
    assert_eq!(wrong(SectionName::VisitorCard, json!(["name", true])), ["[1]"]);
    let hours = json!([{ "id": "a", "hours": { "week": { "monday": [["09:00", "10:00"]] } } }]);
    assert_eq!(wrong(SectionName::Skills, hours), ["[0].hours.week.monday[0]"]);
    assert!(wrong(SectionName::Skills, json!([{ "id": "a", "hours": null }])).is_empty());
    assert_eq!(wrong(SectionName::Phrases, json!({ "nobody": {} })), ["nobody"]);
    for name in SectionName::ALL {
        let ready = projections::settings::content(&domain::settings::Settings::default().section(*name));
        assert_eq!(told(&wrong_fields_of_section(*name, &ready)), [""; 0], "{name}");
    }
}

#[test]
fn of_a_great_many_wrong_fields_some_are_named_and_briefly() {
    let many: Map<String, Value> = (0..20_000).map(|n| (format!("k{n}"), json!(1))).collect();
    assert_eq!(wrong_fields_of_section(SectionName::Capacity, &Value::Object(many)).len(), WRONG_FIELDS_MAX);
    let long = json!({ ("k".repeat(100_000)): 1 });
    let wrong = wrong_fields_of_section(SectionName::Capacity, &long);
    assert!(wrong[0].to_string().len() < 1_000);
}
