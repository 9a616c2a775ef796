//! The OpenAPI document: committed, served, and in one piece.

use pupitre_tests::server::Server;
use serde_json::Value;

fn document() -> Value {
    serde_json::to_value(api::openapi::document()).unwrap()
}

#[test]
fn the_committed_document_is_that_of_the_code() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/openapi.json");
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    let current = api::openapi::document().to_pretty_json().unwrap() + "\n";
    assert!(
        committed == current,
        "api/openapi.json is not the document of this code; run: cargo run -- openapi > api/openapi.json"
    );
}

#[tokio::test]
async fn the_served_document_is_that_of_the_code() {
    let server = Server::start().await;
    assert_eq!(server.anybody().get("/api/v1/openapi.json").await.is(200), document());
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut references = vec![];
    collect(&document, &mut references);
    assert!(references.len() > 50, "only {} references are found", references.len());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
        references.push(reference);
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, references)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_part_of_a_path_is_described() {
    for (path, item) in document()["paths"].as_object().unwrap() {
        for name in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
            let parameters = item["parameters"].as_array().unwrap();
            let described = parameters.iter().find(|parameter| parameter["name"] == name);
            let text = described.and_then(|parameter| parameter["description"].as_str());
            assert!(text.is_some_and(|text| !text.is_empty()), "{name} of {path} is not described");
        }
    }
}
