//! The schema of every section of the settings says what an administrator needs, and nothing but the
//! truth: the server takes the least and the greatest value of each number, and refuses the next ones.
//!
//! Sections are found by themselves. One whose numbers are in a list or depend on each other needs a
//! line in [`EXAMPLES`] or [`WITH`], and the test says so.

use domain::settings::{SectionName, Settings};
use projections::settings::content;
use pupitre_tests::server::Server;
use serde_json::{Value, json};

/// A content of a section, as JSON, in which every list and map that holds numbers has an entry.
const EXAMPLES: &[(SectionName, &str)] = &[
    (SectionName::Skills, r#"[{"id": "sales", "queue_capacity": 5}]"#),
    (
        SectionName::Surveys,
        r#"[{"id": "opinion", "version": 0, "name": "Opinion", "title": {"en": "Your opinion"},
            "audience": "visitor",
            "fields": [{"id": "stars", "label": {"en": "How was it?"}, "kind": "rating"}]}]"#,
    ),
];

/// What else has to be set for a number to be free in its range: section, number, and that field with its
/// value.
const WITH: &[(SectionName, &str, (&str, i64))] = &[
    (SectionName::Timeouts, "timeout_reminder", ("visitor_inactivity", 1_440)),
    (SectionName::Timeouts, "follow_up", ("visitor_inactivity", 0)),
];

/// One field of a section.
struct Field {
    path: Vec<Step>,
    /// Without it a content is refused: it has no default.
    required: bool,
    description: Option<String>,
    schema: Value,
}

#[derive(Clone)]
enum Step {
    Key(String),
    /// Every entry of a list or a map.
    Each,
}

impl Field {
    fn name(&self) -> String {
        let step = |step: &Step| match step {
            Step::Key(key) => key.clone(),
            Step::Each => "*".to_owned(),
        };
        self.path.iter().map(step).collect::<Vec<_>>().join(".")
    }

    fn is(&self, kind: &str) -> bool {
        let kinds = &self.schema["type"];
        kinds == kind || kinds.as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind))
    }

    fn is_number(&self) -> bool {
        self.is("integer") || self.is("number")
    }
}

fn document() -> Value {
    api::routes::document()
}

/// The schema that the document has at the address of a section.
fn schema(document: &Value, section: SectionName) -> Value {
    let resource = &document["paths"][format!("/api/v1/livechats/{{livechat}}/settings/{section}")];
    let read = &resource["get"]["responses"]["200"]["content"]["application/json"]["schema"];
    let written = &resource["put"]["requestBody"]["content"]["application/json"]["schema"];
    assert!(read.is_object() && read == written, "{section} is read as {read} and written as {written}");
    resolved(document, read)
}

/// What a schema says of itself, or of the one alternative that is not `null`.
fn described(schema: &Value) -> Option<String> {
    let alternatives = schema["oneOf"].as_array().into_iter().flatten();
    let text = std::iter::once(schema).chain(alternatives).find_map(|at| at["description"].as_str());
    text.map(str::to_owned)
}

fn resolved(document: &Value, schema: &Value) -> Value {
    match schema["$ref"].as_str() {
        Some(reference) => resolved(document, document.pointer(&reference[1..]).unwrap()),
        None => schema.clone(),
    }
}

fn fields(document: &Value, schema: &Value, path: &[Step]) -> Vec<Field> {
    let schema = resolved(document, schema);
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let mut found = vec![];
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = [path, &[Step::Key(key.clone())]].concat();
        let whole = resolved(document, property);
        found.push(Field {
            path: path.clone(),
            required: required.contains(&json!(key)),
            description: described(property).or_else(|| described(&whole)),
            schema: whole,
        });
        found.extend(fields(document, property, &path));
    }
    for each in ["items", "additionalProperties"].map(|name| &schema[name]) {
        if each.is_object() {
            found.extend(fields(document, each, &[path, &[Step::Each]].concat()));
        }
    }
    for kind in ["oneOf", "anyOf", "allOf"] {
        for one in schema[kind].as_array().into_iter().flatten() {
            found.extend(fields(document, one, path));
        }
    }
    found
}

#[test]
fn every_field_is_described_and_has_its_range_and_its_default() {
    let document = document();
    let mut numbers = 0;
    for section in SectionName::ALL {
        let schema = schema(&document, *section);
        assert!(schema["description"].is_string(), "{section} has no description");
        assert_eq!(
            schema["default"],
            content(&Settings::default().section(*section)),
            "the default of {section}"
        );
        for field in fields(&document, &schema, &[]) {
            let name = format!("{section}: {}", field.name());
            assert!(
                field.description.as_ref().is_some_and(|text| !text.is_empty()),
                "{name} has no description"
            );
            let has = |key: &str| field.schema.get(key).is_some();
            if field.is_number() {
                numbers += 1;
                assert!(has("minimum") && has("maximum"), "{name} has no range: {}", field.schema);
            }
            if field.is_number() || field.is("boolean") {
                // That nothing is the default of what may be nothing needs no saying.
                let may_be_nothing = field.is("null");
                assert!(
                    field.required || has("default") || may_be_nothing,
                    "{name} has no default: {}",
                    field.schema
                );
            }
        }
    }
    assert!(numbers >= 4, "only {numbers} numbers are found");
}

#[tokio::test]
async fn the_ranges_of_the_schema_are_those_of_the_server() {
    let document = document();
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let administrator = livechat.administrator();
    for section in SectionName::ALL {
        let path = format!("/settings/{section}");
        for field in
            fields(&document, &schema(&document, *section), &[]).iter().filter(|field| field.is_number())
        {
            let bound = |name: &str| field.schema[name].as_i64().expect("a whole number");
            let (minimum, maximum) = (bound("minimum"), bound("maximum"));
            for (value, taken) in
                [(minimum - 1, false), (minimum, true), (maximum, true), (maximum + 1, false)]
            {
                let name = format!("{section}: {} = {value}", field.name());
                let mut body = example(*section, &field.name());
                let places = set(&mut body, &field.path, value);
                assert!(places > 0, "{name}: give EXAMPLES a content that has it, not {body}");
                let answer = administrator.put(&path, &body).await;
                if taken {
                    assert_eq!(answer.status, 200, "{name} is refused: {}; does it need WITH?", answer.body);
                    continue;
                }
                let problem = answer.is_problem(422, "invalid_fields");
                let last = field.path.iter().rev().find_map(|step| match step {
                    Step::Key(key) => Some(key.as_str()),
                    Step::Each => None,
                });
                let errors = problem["errors"].as_array().unwrap();
                let named =
                    errors.iter().any(|error| error["field"].as_str().unwrap().contains(last.unwrap()));
                assert!(named, "{name} is not named in {problem:#}");
            }
        }
    }
}

/// A content in which this number is free in its range.
fn example(section: SectionName, number: &str) -> Value {
    let given = EXAMPLES.iter().find(|(name, _)| *name == section);
    let mut body = given.map_or_else(
        || content(&Settings::default().section(section)),
        |(_, text)| serde_json::from_str(text).unwrap(),
    );
    for (_, _, (field, value)) in WITH.iter().filter(|(name, of, _)| *name == section && *of == number) {
        body[*field] = json!(value);
    }
    body
}

/// Sets the number wherever the path leads; tells at how many places.
fn set(body: &mut Value, path: &[Step], value: i64) -> usize {
    match (path, body) {
        ([], place) => {
            *place = json!(value);
            1
        }
        ([Step::Key(key), rest @ ..], Value::Object(fields)) => {
            set(fields.entry(key.clone()).or_insert_with(|| json!({})), rest, value)
        }
        ([Step::Each, rest @ ..], Value::Object(fields)) => {
            fields.values_mut().map(|each| set(each, rest, value)).sum()
        }
        ([Step::Each, rest @ ..], Value::Array(items)) => {
            items.iter_mut().map(|each| set(each, rest, value)).sum()
        }
        ([Step::Key(_) | Step::Each, ..], _) => 0,
    }
}
