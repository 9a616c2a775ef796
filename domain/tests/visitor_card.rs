//! Visitor card: which facts of the visitor the desk gets, in which order.

use pupitre_domain::event::Request;
use pupitre_domain::settings::visitor_card::{CardField, VisitorCard};
use serde_json::{Value, json};

use crate::support::wrong_fields;

fn card(fields: Value) -> VisitorCard {
    serde_json::from_value(fields).unwrap()
}

fn known() -> Request {
    serde_json::from_value(json!({
        "visitor": {"id": "zoe", "name": "Zoé Martin", "email": "zoe@example.org"},
        "language": "fr",
        "card": {
            "page_url": "https://example.org/aide", "page_title": "Aide", "browser": "Firefox",
            "system": "Linux", "referrer": "https://example.com", "country": "FR", "time_on_site_secs": 42,
            "variables": {"contract": "C-12", "segment": "gold"},
        },
    }))
    .unwrap()
}

/// `field=value` of each line.
fn shown(card: &VisitorCard, request: &Request) -> Vec<String> {
    let line = |field: &CardField, value: &str| {
        let field = serde_json::to_value(field).unwrap();
        format!("{}={value}", field.as_str().or_else(|| field["variable"].as_str()).unwrap())
    };
    card.show(request).iter().map(|shown| line(&shown.field, shown.value.reveal())).collect()
}

fn wrong(fields: Value) -> Vec<String> {
    let card = card(fields);
    wrong_fields(|check| card.check(check))
}

#[test]
fn by_default_the_desk_gets_everything_but_variables() {
    assert_eq!(
        shown(&VisitorCard::default(), &known()),
        [
            "name=Zoé Martin",
            "email=zoe@example.org",
            "language=fr",
            "country=FR",
            "page_title=Aide",
            "page_url=https://example.org/aide",
            "referrer=https://example.com",
            "time_on_site=42",
            "browser=Firefox",
            "system=Linux",
        ]
    );
    assert!(wrong_fields(|check| VisitorCard::default().check(check)).is_empty());
}

#[test]
fn the_order_is_that_of_the_list_and_what_is_not_listed_is_not_sent() {
    let listed = card(json!([{"variable": "segment"}, "country", "name"]));
    assert_eq!(shown(&listed, &known()), ["segment=gold", "country=FR", "name=Zoé Martin"]);
    assert!(shown(&card(json!([])), &known()).is_empty());
}

#[test]
fn an_unknown_or_blank_value_has_no_line() {
    let mut request = known();
    request.visitor.name = None;
    request.card.page_title = Some(String::new().into());
    request.card.time_on_site_secs = None;
    let listed = card(json!(["name", "page_title", "time_on_site", "email", {"variable": "unknown"}]));
    assert_eq!(shown(&listed, &request), ["email=zoe@example.org"]);
    request.card.time_on_site_secs = Some(0);
    assert_eq!(shown(&card(json!(["time_on_site"])), &request), ["time_on_site=0"]);
}

#[test]
fn a_line_says_which_fact_it_is_and_never_prints_itself() {
    let lines = card(json!(["name", {"variable": "contract"}])).show(&known());
    assert_eq!(
        serde_json::to_value(&lines).unwrap(),
        json!([
            {"field": "name", "value": "Zoé Martin"},
            {"field": {"variable": "contract"}, "value": "C-12"},
        ])
    );
    assert!(!format!("{lines:?}").contains("Zoé"));
}

#[test]
fn a_variable_named_as_a_fact_is_not_that_fact() {
    let mut request = known();
    request.card.variables.insert("name".into(), "Z.".to_owned().into());
    let both = json!(["name", {"variable": "name"}]);
    assert!(wrong(both.clone()).is_empty());
    assert_eq!(shown(&card(both), &request), ["name=Zoé Martin", "name=Z."]);
}

#[test]
fn a_fact_that_does_not_exist_is_refused() {
    for unknown in [json!(["surname"]), json!([{"variables": "a"}]), json!("name")] {
        assert!(serde_json::from_value::<VisitorCard>(unknown).is_err());
    }
}

#[test]
fn each_fact_once() {
    assert_eq!(wrong(json!(["name", "email", "name"])), ["visitor_card[2]"]);
    assert_eq!(wrong(json!([{"variable": "a"}, {"variable": "b"}, {"variable": "a"}])), ["visitor_card[2]"]);
}

#[test]
fn the_name_of_a_variable_has_1_to_100_characters() {
    assert!(wrong(json!([{"variable": "é".repeat(100)}])).is_empty());
    assert_eq!(
        wrong(json!([{"variable": ""}, {"variable": "é".repeat(101)}, {"variable": "a\0b"}])),
        ["visitor_card[0].variable", "visitor_card[1].variable", "visitor_card[2].variable"]
    );
}

#[test]
fn at_most_50_variables_are_listed() {
    let many = |count: usize| (0..count).map(|n| json!({"variable": format!("v{n}")})).collect::<Value>();
    assert!(wrong(many(50)).is_empty());
    assert_eq!(wrong(many(51)), ["visitor_card"]);
    assert_eq!(wrong(many(61)), ["visitor_card"]);
}
