//! JSON from clients: frames of sockets, bodies of requests, sections of the settings.

use std::collections::BTreeMap;
use std::sync::Once;

use api::http::json::{read_section, value};
use api::http::problem::Problem;
use api::http::request::parse;
use api::live::desk::DeskCommand;
use api::live::visitor::VisitorCommand;
use domain::settings::{Section, SectionName};
use serde_json::Value;
use serde_json::value::RawValue;

/// Has the shapes of the document at hand, as a server does.
fn ready() {
    static ONCE: Once = Once::new();
    ONCE.call_once(api::routes::install);
}

/// A refusal says that it is no JSON, or names every wrong field with what it allows.
fn is_told<T>(read: Result<T, Problem>) -> Option<T> {
    let problem = match read {
        Ok(read) => return Some(read),
        Err(problem) => problem,
    };
    match problem.code.as_str() {
        "malformed_json" => assert_eq!(problem.status, 400, "{problem:?}"),
        "invalid_fields" => {
            assert_eq!(problem.status, 422, "{problem:?}");
            assert!(!problem.errors.is_empty(), "{problem:?}");
            assert!(problem.errors.iter().all(|error| !error.to_string().is_empty()), "{problem:?}");
        }
        other => panic!("{other} is no refusal of a body: {problem:?}"),
    }
    None
}

/// What a visitor's page sends.
pub(super) fn visitor_frame(bytes: &[u8]) {
    ready();
    is_told(parse::<VisitorCommand>(bytes));
}

/// What a desk sends.
pub(super) fn desk_frame(bytes: &[u8]) {
    ready();
    is_told(parse::<DeskCommand>(bytes));
}

/// Any body: JSON that is read is JSON, and the same when it is written and read again, but for the last bit of a fraction:
/// no field holds any.
pub(super) fn request_body(bytes: &[u8]) {
    ready();
    let Some(read) = is_told(value(bytes)) else { return };
    let written = serde_json::to_vec(&read).expect("JSON can be written");
    assert_eq!(is_told(value(&written)).map(without_fractions), Some(without_fractions(read)));
}

fn without_fractions(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => Value::Null,
        Value::Array(items) => items.into_iter().map(without_fractions).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, field)| (name, without_fractions(field))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

/// A section, as `{"opening_hours": {…}}`.
pub(super) fn settings(bytes: &[u8]) {
    ready();
    let Ok(named) = serde_json::from_slice::<BTreeMap<String, Box<RawValue>>>(bytes) else { return };
    for (name, content) in named {
        let Ok(name) = serde_json::from_value::<SectionName>(Value::String(name)) else { continue };
        let read = read_section(name, &content);
        if let Err(problem) = &read {
            // Whatever is wrong with a section is named, so that a form can show it there.
            let is_named = problem.errors.iter().all(|error| !error.field.is_empty());
            assert!(is_named, "{}: {problem:?}", name.as_str());
        }
        let Some(section) = is_told(read) else { continue };
        assert_eq!(section.name(), name);
        assert_eq!(again(&section), section);
    }
}

/// As it is stored, and read from the log.
fn again(section: &Section) -> Section {
    let stored = serde_json::to_string(section).expect("a section can be written");
    serde_json::from_str(&stored).expect("what is stored can be read")
}
