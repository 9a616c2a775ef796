//! The OpenAPI document: committed, served, and in one piece.

use pupitre_tests::server::Server;
use serde_json::Value;

fn document() -> Value {
    api::routes::document()
}

#[test]
fn the_committed_document_is_that_of_the_code() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/openapi.json");
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    let current = api::routes::text().unwrap() + "\n";
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

#[test]
fn every_operation_has_a_name_of_its_own() {
    let document = document();
    let mut names: Vec<&str> = operations(&document).map(|(_, operation)| named(operation)).collect();
    let count = names.len();
    assert!(count > 90, "{count}");
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    for name in names {
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
    }
}

fn named(operation: &Value) -> &str {
    operation["operationId"].as_str().unwrap()
}

fn operations(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, item)| {
        let methods = ["get", "put", "post", "delete", "patch"];
        methods.into_iter().filter_map(move |method| Some((format!("{method} {path}"), item.get(method)?)))
    })
}

#[test]
fn every_refusal_is_documented_as_a_problem() {
    let document = document();
    for (name, operation) in operations(&document) {
        let responses = operation["responses"].as_object().unwrap();
        if name.contains("{livechat}") {
            for status in ["401", "403", "404", "422", "429", "503"] {
                assert!(responses.contains_key(status), "{name} does not say {status}");
            }
        }
        if operation.get("requestBody").is_some() {
            for status in ["400", "409", "413", "415"] {
                assert!(responses.contains_key(status), "{name} does not say {status}");
            }
        }
        for (status, response) in responses.iter().filter(|(status, _)| status.starts_with(['4', '5'])) {
            let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/Problem", "{name} {status}");
            assert!(!response["description"].as_str().unwrap().is_empty(), "{name} {status}");
        }
    }
}

#[test]
fn parameters_are_where_they_are_looked_for() {
    let document = document();
    for (path, item) in document["paths"].as_object().unwrap() {
        let shared = item["parameters"].as_array().into_iter().flatten();
        let own =
            operations(&document).filter(|(name, _)| name.split_once(' ').is_some_and(|(_, of)| of == path));
        let own = own.flat_map(|(_, operation)| operation["parameters"].as_array().into_iter().flatten());
        for parameter in shared.chain(own).filter(|parameter| parameter["in"] == "path") {
            let name = parameter["name"].as_str().unwrap();
            assert!(path.contains(&format!("{{{name}}}")), "{name} is no part of {path}");
        }
    }
}

#[test]
fn every_frame_is_reached_from_its_path() {
    let document = document();
    for (path, frames, said) in [
        ("/visitor", &["snapshot", "reset", "message", "typing", "done"][..], Some("VisitorCommand")),
        ("/desk", &["snapshot", "opened", "message", "typing", "done", "end"], Some("DeskCommand")),
        ("/floor", &["snapshot", "change", "help", "totals", "end"], None),
        ("/queue/live", &["snapshot", "change", "end"], None),
        ("/colleagues", &["colleagues", "end"], None),
        ("/conversations/{conversation}/live", &["reset", "line", "end"], None),
        ("/floor/replay", &["snapshot", "change", "end"], None),
        ("/conversations/{conversation}/replay", &["snapshot", "line", "end"], None),
    ] {
        let operation = &document["paths"][format!("/api/v1/livechats/{{livechat}}{path}")]["get"];
        let told = types(&document, &operation["x-frames"]);
        for frame in frames {
            assert!(told.iter().any(|kind| kind == frame), "{frame} is not reached from {path}: {told:?}");
        }
        let stream = &operation["responses"]["200"]["content"]["text/event-stream"]["schema"]["oneOf"][0];
        let understood = &operation["x-websocket-receives"];
        assert_eq!(understood["$ref"].as_str().and_then(|path| path.rsplit('/').next()), said, "{path}");
        if path != "/visitor" {
            assert_eq!(stream["properties"]["data"]["contentSchema"], operation["x-frames"], "{path}");
        }
    }
}

/// The types of the frames that a schema offers.
fn types(document: &Value, schema: &Value) -> Vec<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        return types(document, document.pointer(&reference[1..]).unwrap());
    }
    let kinds = schema["properties"]["type"]["enum"].as_array().into_iter().flatten();
    let own = kinds.map(|kind| kind.as_str().unwrap().to_owned());
    let choices = ["oneOf", "anyOf"].into_iter().filter_map(|key| schema[key].as_array()).flatten();
    own.chain(choices.flat_map(|choice| types(document, choice))).collect()
}

#[test]
fn no_two_types_share_a_schema() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut names = std::collections::BTreeMap::<String, Vec<String>>::new();
    for folder in ["domain/src", "projections/src", "replay/src", "api/src"] {
        schemas_in(&root.join(folder), &mut names);
    }
    assert!(names.len() > 100, "{}", names.len());
    for (name, files) in names {
        assert!(
            files.len() == 1,
            "{name} is the name of several schemas; give one another with `as`: {files:?}"
        );
    }
}

/// The names under which the types of a folder stand in the document, those that take parameters apart.
fn schemas_in(folder: &std::path::Path, names: &mut std::collections::BTreeMap<String, Vec<String>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            schemas_in(&path, names);
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let mut attributes = String::new();
        for line in source.lines() {
            let declared = line.trim_start_matches("pub ").trim_start_matches("pub(crate) ");
            let name = declared.strip_prefix("struct ").or_else(|| declared.strip_prefix("enum "));
            if let Some(name) = name.filter(|_| !line.starts_with(' ')) {
                let end = name.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(name.len());
                let given =
                    attributes.split_once("schema(as = ").map(|(_, rest)| rest.split_once(')').unwrap().0);
                if attributes.contains("ToSchema") && !name[end..].starts_with("<T") {
                    let name = given.unwrap_or(&name[..end]).to_owned();
                    names.entry(name).or_default().push(path.display().to_string());
                }
                attributes.clear();
            } else if line.starts_with("#[") {
                attributes.push_str(line);
            } else if !line.starts_with("///") && !line.starts_with(' ') && !line.starts_with(')') {
                attributes.clear();
            }
        }
    }
}
