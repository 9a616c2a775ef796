//! The shape of requests: JSON is compared with its schema in the OpenAPI document, before it becomes a value.
//!
//! The deserializers of our types are surprisingly lenient: a list passes for an object with
//! as many fields, a text for a choice that takes content, the first of two equal keys for both. The document is the
//! contract, so it decides, for every body, frame and section alike: an object is an object, a whole number is one,
//! nothing is there twice, and no field is unknown. One pass names every field that is wrong, up to
//! [`WRONG_FIELDS_MAX`], with what is allowed there, in the terms of the document and not in those of the code.
//!
//! Ranges with a unit, lengths and what a text may say are left to the rules, which know the words for it; of a
//! section that can be read, every range is.
//!
//! The schemas are given by the table of routes when a server starts ([`install`]).

mod schemas;
mod words;

use domain::bilingual::{Bilingual, both};
use domain::both;
use domain::field::FieldError;
use domain::settings::SectionName;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use schemas::{alternatives, component, only_field, only_word, resolved, schema_named, tag_of};
use words::{expected, found};

pub use schemas::install;
pub use words::{one_of, unknown_of};

/// Wrong fields in one answer: more are of no help.
pub const WRONG_FIELDS_MAX: usize = 50;

/// Characters of the name of a field that are repeated in the answer: a key may be megabytes long.
const FIELD_CHARACTERS_MAX: usize = 200;

/// The fields of a value that do not match the schema of a `T`.
pub fn wrong_fields_of<T: ToSchema>(value: &Value) -> Vec<FieldError> {
    wrong_fields_by(&T::name(), value)
}

/// The fields of the content of a section that do not match its schema.
pub fn wrong_fields_of_section(name: SectionName, content: &Value) -> Vec<FieldError> {
    section_schema(name).map(|component| wrong_fields_by(component, content)).unwrap_or_default()
}

/// The same, but for numbers out of range: those of a section that can be read are found by its rules, which name them
/// beside everything else that is wrong.
pub fn wrong_types_of_section(name: SectionName, content: &Value) -> Vec<FieldError> {
    section_schema(name).map(|component| compared(component, content, false)).unwrap_or_default()
}

fn section_schema(name: SectionName) -> Option<&'static str> {
    let settings = schema_named("Settings")?;
    settings["properties"][name.as_str()]["$ref"].as_str().and_then(component)
}

fn wrong_fields_by(component: &str, value: &Value) -> Vec<FieldError> {
    compared(component, value, true)
}

fn compared(component: &str, value: &Value, ranges: bool) -> Vec<FieldError> {
    let Some(schema) = schema_named(component) else { return vec![] };
    let mut comparison = Comparison { wrong: vec![], at: String::new(), ranges };
    comparison.compare(schema, value);
    comparison.wrong
}

struct Comparison {
    wrong: Vec<FieldError>,
    /// Where the value at hand is.
    at: String,
    /// Whether numbers have to be in their ranges.
    ranges: bool,
}

impl Comparison {
    fn is_full(&self) -> bool {
        self.wrong.len() >= WRONG_FIELDS_MAX
    }

    fn wrong(&mut self, allowed: Bilingual) {
        if !self.is_full() {
            let field = if self.at.is_empty() { "body" } else { &self.at };
            self.wrong.push(FieldError::new(shortened(field), allowed));
        }
    }

    fn not_expected(&mut self, schema: &Value, value: &Value) {
        let (expected, found) = (expected(schema), found(value));
        self.wrong(words::not(&expected, &found));
    }

    /// Compares a part that is one step further down.
    fn below(&mut self, step: &str, is_index: bool, compare: impl FnOnce(&mut Self)) {
        if self.is_full() {
            return;
        }
        let length = self.at.len();
        if !self.at.is_empty() && !is_index {
            self.at.push('.');
        }
        self.at.push_str(if step.is_empty() { NAMELESS } else { step });
        compare(self);
        self.at.truncate(length);
    }

    fn compare(&mut self, schema: &Value, value: &Value) {
        let schema = resolved(schema);
        if let Some((some, or_nothing)) = alternatives(schema) {
            if value.is_null() && or_nothing {
                return;
            }
            return match some.as_slice() {
                [only] => self.compare(only, value),
                _ => self.compare_with_any(schema, &some, value),
            };
        }
        if !words::is_of_type(schema, value) {
            return self.not_expected(schema, value);
        }
        match value {
            Value::Object(fields) => self.compare_fields(schema, fields),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    if self.is_full() {
                        return;
                    }
                    self.below(&format!("[{index}]"), true, |below| below.compare(&schema["items"], item));
                }
            }
            Value::String(text) => {
                if !words::is_allowed_text(schema, text) {
                    self.not_expected(schema, value);
                }
            }
            Value::Number(_) => {
                if self.ranges
                    && let Some(range) = words::range_missed(schema, value)
                {
                    self.wrong(range);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn compare_fields(&mut self, schema: &Value, fields: &Map<String, Value>) {
        let known = schema["properties"].as_object();
        let others = &schema["additionalProperties"];
        for (key, value) in fields {
            if self.is_full() {
                return;
            }
            let field = known.and_then(|known| known.get(key));
            self.below(key, false, |below| match (field, others) {
                (Some(field), _) => below.compare(field, value),
                (None, Value::Bool(false)) => below.wrong(words::unknown(known)),
                (None, Value::Object(_)) => {
                    let names = resolved(&schema["propertyNames"]);
                    if words::is_allowed_text(names, key) {
                        below.compare(others, value);
                    } else {
                        let expected = expected(names);
                        below.wrong(words::not(&expected, &found(&Value::from(key.as_str()))));
                    }
                }
                (None, _) => {}
            });
        }
        for missing in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(missing) {
                self.below(missing, false, |below| below.wrong(both("required", "obligatoire")));
            }
        }
    }

    fn compare_with_any(&mut self, schema: &Value, some: &[&Value], value: &Value) {
        let Value::Object(fields) = value else {
            let fits = some.iter().any(|schema| {
                words::is_of_type(schema, value)
                    && value.as_str().is_none_or(|text| words::is_allowed_text(schema, text))
            });
            if !fits {
                self.not_expected(schema, value);
            }
            return;
        };
        let objects: Vec<&Value> =
            some.iter().copied().filter(|schema| words::is_of_type(schema, value)).collect();
        if let Some(tag) = tag_of(&objects) {
            return self.compare_tagged(&objects, tag, value, fields);
        }
        let named: Vec<(&str, &Value)> =
            objects.iter().filter_map(|schema| Some((only_field(schema)?, *schema))).collect();
        if named.len() != objects.len() || named.is_empty() {
            if objects.is_empty() {
                self.not_expected(schema, value);
            }
            return;
        }
        let known: Vec<&str> = named.iter().map(|(field, _)| *field).collect();
        let mut keys = fields.keys();
        if let (Some(key), None) = (keys.next(), keys.next()) {
            if let Some((_, schema)) = named.iter().find(|(field, _)| field == key) {
                self.compare_fields(schema, fields);
            } else {
                self.below(key, false, |below| below.wrong(words::unknown_of(&known)));
            }
        } else {
            let known = known.join(", ");
            self.wrong(both!("an object with one of {known}", "un objet avec un seul champ parmi {known}"));
        }
    }

    fn compare_tagged(&mut self, some: &[&Value], tag: &str, value: &Value, fields: &Map<String, Value>) {
        let tagged = |schema: &Value| only_word(schema, tag).map(str::to_owned);
        match fields.get(tag) {
            None => self.below(tag, false, |below| below.wrong(both("required", "obligatoire"))),
            Some(word) => match some.iter().find(|schema| tagged(schema).as_deref() == word.as_str()) {
                Some(schema) if word.is_string() => self.compare(schema, value),
                Some(_) | None => {
                    let known = some.iter().filter_map(|schema| tagged(schema)).collect::<Vec<_>>();
                    let expected = words::one_of(&known);
                    self.below(tag, false, |below| below.wrong(words::not(&expected, &found(word))));
                }
            },
        }
    }
}

/// The name shown for the empty key.
pub const NAMELESS: &str = "\"\"";

/// As much of a name as is repeated in an answer.
pub fn shortened(name: &str) -> String {
    match name.char_indices().nth(FIELD_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests;
