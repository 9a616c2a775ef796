//! The schemas of the OpenAPI document that bodies are compared with, and how they are read.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::Value;

/// The schemas of the document, by name.
static SCHEMAS: OnceLock<HashMap<String, Value>> = OnceLock::new();

/// Keeps the schemas of the document: from now on, bodies are compared with them. They are the same for every server of
/// a process, so the first document that is given stays.
pub fn install(document: &Value) {
    SCHEMAS.get_or_init(|| {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object).cloned();
        schemas.unwrap_or_default().into_iter().collect()
    });
}

/// A schema of the document.
pub(super) fn schema_named(name: &str) -> Option<&'static Value> {
    #[cfg(test)]
    crate::routes::install();
    SCHEMAS.get()?.get(name)
}

/// The name of the schema that a reference leads to.
pub(super) fn component(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")
}

/// The schema that a schema stands for.
pub(super) fn resolved(mut schema: &Value) -> &Value {
    // A reference leads to a schema, never in a circle.
    while let Some(target) = schema.get("$ref").and_then(Value::as_str).and_then(component) {
        let Some(next) = schema_named(target) else { break };
        schema = next;
    }
    schema
}

/// The ways to satisfy a schema that offers several, without "nothing"; and whether nothing is one.
pub(super) fn alternatives(schema: &Value) -> Option<(Vec<&Value>, bool)> {
    let all = schema.get("oneOf").or_else(|| schema.get("anyOf"))?.as_array()?;
    let (nothing, some): (Vec<&Value>, Vec<&Value>) =
        all.iter().map(resolved).partition(|schema| schema["type"] == "null");
    Some((some, !nothing.is_empty()))
}

/// The word that a field must be, if the schema leaves no choice.
pub(super) fn only_word<'a>(schema: &'a Value, field: &str) -> Option<&'a str> {
    match schema["properties"][field]["enum"].as_array()?.as_slice() {
        [word] => word.as_str(),
        _ => None,
    }
}

/// The field that distinguishes the alternatives, such as `type`.
pub(super) fn tag_of<'a>(some: &[&'a Value]) -> Option<&'a str> {
    let fields = some.first()?["properties"].as_object()?;
    let is_tag = |field: &str| some.iter().all(|schema| only_word(schema, field).is_some());
    fields.keys().map(String::as_str).find(|field| is_tag(field))
}

/// The only field of an alternative that is known by the name of its field, such as `{"rating": 4}`.
pub(super) fn only_field(schema: &Value) -> Option<&str> {
    let fields = schema["properties"].as_object()?;
    (fields.len() == 1).then(|| fields.keys().next().map(String::as_str)).flatten()
}
