//! What a schema allows and what was found instead, in words for people who have never seen the code.

use domain::bilingual::{Bilingual, both};
use domain::both;
use domain::text::Language;
use serde_json::{Map, Value};

use super::schemas::{alternatives, only_field, resolved, tag_of};

/// Characters of a wrong value that are repeated in the answer: enough to recognise it.
const FOUND_CHARACTERS_MAX: usize = 60;

/// Words that are listed: more would be unreadable.
const WORDS_MAX: usize = 40;

/// Is the value of the type that a schema asks for, whatever it holds?
pub(super) fn is_of_type(schema: &Value, value: &Value) -> bool {
    let is = |kind: &str| match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    };
    let kinds = kinds_of(schema);
    kinds.is_empty() || kinds.into_iter().any(is)
}

/// Is the text one of those that are listed, and of the form that is asked for?
pub(super) fn is_allowed_text(schema: &Value, text: &str) -> bool {
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().any(|word| word == text);
    }
    match schema["format"].as_str() {
        Some("uuid") => uuid::Uuid::parse_str(text).is_ok(),
        Some("date-time") => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
        Some("date") => text.len() == 10 && text.parse::<chrono::NaiveDate>().is_ok(),
        _ => true,
    }
}

/// The types that a schema allows.
fn kinds_of(schema: &Value) -> Vec<&str> {
    let kinds = &schema["type"];
    let several = kinds.as_array().into_iter().flatten();
    kinds.as_str().into_iter().chain(several.filter_map(Value::as_str)).collect()
}

/// The range that a number misses. Ranges with a unit are left to the rules.
pub(super) fn range_missed(schema: &Value, value: &Value) -> Option<Bilingual> {
    let (from, to) = (&schema["minimum"], &schema["maximum"]);
    let is_in = !precedes(value, from) && !precedes(to, value);
    if is_in || schema.get("x-unit").is_some() {
        return None;
    }
    Some(match (from.is_number(), to.is_number()) {
        (true, true) => both!("{from} to {to}", "{from} à {to}"),
        (true, false) => both!("{from} or more", "{from} ou plus"),
        (false, _) => both!("{to} or less", "{to} ou moins"),
    })
}

/// Is the one number less than the other? Whole numbers are compared as such: near the ends of their range, many are
/// one floating-point number.
fn precedes(one: &Value, other: &Value) -> bool {
    let whole = |value: &Value| value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from));
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => one < other,
        _ => one.as_f64().zip(other.as_f64()).is_some_and(|(one, other)| one < other),
    }
}

/// What a schema allows.
pub(super) fn expected(schema: &Value) -> Bilingual {
    let schema = resolved(schema);
    if let Some((some, _)) = alternatives(schema) {
        return any_of(&some);
    }
    if let Some(words) = schema["enum"].as_array() {
        return one_of(&words.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>());
    }
    let kind = kinds_of(schema).into_iter().find(|kind| *kind != "null");
    match (kind.unwrap_or_default(), schema["format"].as_str()) {
        ("string", Some("uuid")) => both("a UUID", "un UUID"),
        ("string", Some("date-time")) => both(
            "a time as in RFC 3339, such as 2026-01-31T09:00:00Z",
            "un instant selon la RFC 3339, tel que 2026-01-31T09:00:00Z",
        ),
        ("string", Some("date")) => both("a date such as 2026-01-31", "une date telle que 2026-01-31"),
        ("string", _) => both("a text", "un texte"),
        ("integer", _) => both("a whole number", "un nombre entier"),
        ("number", _) => both("a number", "un nombre"),
        ("boolean", _) => both("true or false", "true ou false"),
        ("array", _) => both("a list", "une liste"),
        ("null", _) => both("null", "null"),
        _ => both("an object", "un objet"),
    }
}

fn any_of(some: &[&Value]) -> Bilingual {
    if tag_of(some).is_some() {
        return both("an object", "un objet");
    }
    let words = some.iter().filter_map(|schema| schema["enum"].as_array());
    let words: Vec<String> = words.flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let fields: Vec<&str> = some.iter().filter_map(|schema| only_field(schema)).collect();
    let fields = fields.join(", ");
    match (words.is_empty(), fields.is_empty()) {
        (true, true) => some.first().map_or(both("something else", "autre chose"), |schema| expected(schema)),
        (false, true) => one_of(&words),
        (true, false) => {
            both!("an object with one of {fields}", "un objet avec un seul champ parmi {fields}")
        }
        (false, false) => {
            let words = one_of(&words);
            let (en, fr) = (words.text(Language::En), words.text(Language::Fr));
            Bilingual::new(
                format!("{en}, or an object with {fields}"),
                format!("{fr}, ou un objet avec {fields}"),
            )
        }
    }
}

/// One of some words.
pub fn one_of(words: &[String]) -> Bilingual {
    let listed = listed(words.iter().map(String::as_str));
    both!("one of {listed}", "un parmi {listed}")
}

/// Nothing, since no such field is known; those that are.
pub(super) fn unknown(known: Option<&Map<String, Value>>) -> Bilingual {
    let known: Vec<&str> = known.into_iter().flat_map(Map::keys).map(String::as_str).collect();
    unknown_of(&known)
}

/// Nothing, since only these are known.
pub fn unknown_of(known: &[&str]) -> Bilingual {
    if known.is_empty() {
        return both("nothing: there are no fields here", "rien\u{a0}: il n’y a aucun champ ici");
    }
    let known = listed(known.iter().copied());
    both!("nothing: what is known here is {known}", "rien\u{a0}: on connaît ici {known}")
}

fn listed<'a>(words: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = if words.len() > WORDS_MAX { ", …" } else { "" };
    let words: Vec<&str> = words.take(WORDS_MAX).collect();
    format!("{}{more}", words.join(", "))
}

/// A value, as an answer repeats it.
pub(super) fn found(value: &Value) -> Bilingual {
    match value {
        Value::Null => both("null", "null"),
        Value::Bool(true) => both("true", "true"),
        Value::Bool(false) => both("false", "false"),
        Value::Number(number) => both!("the number {number}", "le nombre {number}"),
        Value::String(text) if text.chars().count() > FOUND_CHARACTERS_MAX => both("a text", "un texte"),
        Value::String(_) => both!("the text {value}", "le texte {value}"),
        Value::Array(_) => both("a list", "une liste"),
        Value::Object(_) => both("an object", "un objet"),
    }
}

/// What is allowed, and what it is not.
pub(super) fn not(allowed: &Bilingual, found: &Bilingual) -> Bilingual {
    Bilingual::new(
        format!("{}, not {}", allowed.text(Language::En), found.text(Language::En)),
        format!("{}, et non {}", allowed.text(Language::Fr), found.text(Language::Fr)),
    )
}
