//! Reading JSON (RFC 8259) strictly: a body that is not JSON is refused with the place where it breaks off, and one
//! that is JSON but invalid here with the field.
//!
//! A duplicate key, a number that no machine type holds, and excessive nesting are JSON but invalid. A byte order mark
//! before a body is ignored, as RFC 8259 §8.1 allows.

use std::fmt;

use axum::http::StatusCode;
use domain::bilingual::{Bilingual, both};
use domain::both;
use domain::field::{FieldError, of_reader};
use domain::settings::{Section, SectionName};
use serde::de::{
    Deserialize, DeserializeOwned, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::http::problem::Problem;
use crate::http::section::parse_section;
use crate::http::shape::{
    WRONG_FIELDS_MAX, shortened, wrong_fields_of, wrong_fields_of_section, wrong_types_of_section,
};

/// Reads a `T`, naming every field that is wrong.
///
/// # Errors
/// `malformed_json` when it is no JSON, `invalid_fields` when it is not what is expected.
pub fn read<T: DeserializeOwned + ToSchema>(body: &[u8]) -> Result<T, Problem> {
    let value = value(body)?;
    let wrong = wrong_fields_of::<T>(&value);
    if wrong.is_empty() { from_value(value) } else { Err(domain::Rejection::Invalid(wrong).into()) }
}

/// Makes a `T` of a value that has its shape; what the rules refuse is named.
fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let FieldError { field, allowed } = of_reader(&path, &error.into_inner().to_string());
        Problem::field(field, allowed)
    })
}

/// Reads the content of a section of the settings. It may take a while: not for a thread that serves others.
///
/// # Errors
/// As [`read`]; errors of shape and of range are named together, and list entries as the rules name them, prefixed with
/// the section: `skills[0].id`.
pub fn read_section(name: SectionName, content: &RawValue) -> Result<Section, Problem> {
    let named = |errors: Vec<FieldError>| named_in(name, errors);
    let value = value(content.get().as_bytes()).map_err(|problem| within(name, problem))?;
    let problem = match parse_section(name, content) {
        Ok(section) => {
            let wrong = wrong_types_of_section(name, &value);
            return if wrong.is_empty() {
                Ok(section)
            } else {
                Err(domain::Rejection::Invalid(named(wrong)).into())
            };
        }
        Err(problem) => problem,
    };
    let mut wrong = named(wrong_fields_of_section(name, &value));
    if wrong.is_empty() {
        return Err(within(name, problem));
    }
    let others = named(problem.errors).into_iter();
    let others: Vec<FieldError> =
        others.filter(|error| !wrong.iter().any(|known| is_along(&known.field, &error.field))).collect();
    wrong.extend(others);
    wrong.truncate(WRONG_FIELDS_MAX);
    Err(domain::Rejection::Invalid(wrong).into())
}

/// Are two fields the same, or is one inside the other? A value of the wrong shape has no further error, and neither
/// has its parent: the reader of the rules would only repeat it in its own words.
fn is_along(one: &str, other: &str) -> bool {
    let is_in = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    is_in(one, other) || is_in(other, one)
}

/// A problem with the content of a section, which names its fields as the rules do.
fn within(name: SectionName, problem: Problem) -> Problem {
    if problem.errors.is_empty() {
        return problem;
    }
    domain::Rejection::Invalid(named_in(name, problem.errors)).into()
}

/// The same errors; what is in a section that is a list has the name of the section before it.
fn named_in(name: SectionName, errors: Vec<FieldError>) -> Vec<FieldError> {
    let named = |error: FieldError| {
        let is_in_list = error.field.starts_with('[');
        if is_in_list { FieldError { field: format!("{name}{}", error.field), ..error } } else { error }
    };
    errors.into_iter().map(named).collect()
}

/// Any JSON value.
///
/// # Errors
/// As [`read`].
pub fn value(body: &[u8]) -> Result<Value, Problem> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let text = std::str::from_utf8(body).map_err(|error| not_utf8(error.valid_up_to()))?;
    if text.trim().is_empty() {
        return Err(malformed(both(
            "the body is empty: it should be JSON",
            "le corps est vide\u{a0}: il devrait être du JSON",
        )));
    }
    serde_json::from_str::<Strict>(text).map(|Strict(value)| value).map_err(|error| {
        if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
            no_json(&error)
        } else {
            meaningless(text, &error)
        }
    })
}

fn malformed(detail: Bilingual) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed_json", detail)
}

fn not_utf8(byte: usize) -> Problem {
    malformed(both!(
        "the body is not JSON: byte {byte} is not UTF-8",
        "le corps n’est pas du JSON\u{a0}: l’octet {byte} n’est pas de l’UTF-8"
    ))
}

fn no_json(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    malformed(both!(
        "the body is not JSON: it ends early or is malformed at line {line}, column {column}",
        "le corps n’est pas du JSON\u{a0}: il est interrompu ou mal formé à la ligne {line}, colonne {column}"
    ))
}

/// Malformed JSON: names the place.
fn meaningless(text: &str, error: &serde_json::Error) -> Problem {
    let mut reader = serde_json::Deserializer::from_str(text);
    let path = serde_path_to_error::deserialize::<_, Strict>(&mut reader)
        .err()
        .map(|error| error.path().to_string());
    let path =
        path.filter(|path| !matches!(path.as_str(), "" | "." | "?")).unwrap_or_else(|| "body".to_owned());
    let message = error.to_string();
    let allowed = if message.starts_with(TWICE) {
        both("each field once", "chaque champ une seule fois")
    } else if message.starts_with("number out of range") {
        both("a number that is not beyond all measure", "un nombre qui ne dépasse pas toute mesure")
    } else if message.starts_with("recursion limit") {
        both("at most 100 levels of lists and objects", "100 niveaux de listes et d’objets au plus")
    } else {
        both("text made of Unicode characters", "un texte fait de caractères Unicode")
    };
    Problem::field(shortened(&path), allowed)
}

const TWICE: &str = "a field is there twice";

/// A value whose fields are all there once.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any).map(Self)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = vec![];
        while let Some(Strict(item)) = items.next_element()? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some((key, Strict(value))) = fields.next_entry::<String, Strict>()? {
            if all.insert(key, value).is_some() {
                return Err(A::Error::custom(TWICE));
            }
        }
        Ok(Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use domain::text::Language;
    use serde_json::json;

    use super::*;

    fn problem(body: &[u8]) -> (u16, String, Vec<String>) {
        let problem = value(body).unwrap_err();
        let fields = problem.errors.iter().map(|error| error.field.clone()).collect();
        (problem.status, problem.code, fields)
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        let cut: &[&[u8]] = &[
            b"",
            b"  ",
            b"{",
            b"{\"a\":1} more",
            b"nul",
            b"[1,]",
            b"{'a':1}",
            b"NaN",
            b"-",
            b"01",
            b"\xff",
            b"\"\xc3\"",
            b"{\"a\":Infinity}",
        ];
        for body in cut {
            assert_eq!(problem(body), (400, "malformed_json".to_owned(), vec![]), "{body:?}");
        }
        let wide: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(problem(&wide).0, 400);
    }

    #[test]
    fn json_that_means_nothing_names_its_place() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
        for (body, field) in [
            (r#"{"a":1,"a":1}"#, "body"),
            (r#"{"inner":{"a":1,"a":2}}"#, "inner"),
            (r#"[{"n":1e999}]"#, "[0].n"),
            (r#"{"text":"\ud800"}"#, "text"),
        ] {
            assert_eq!(
                problem(body.as_bytes()),
                (422, "invalid_fields".to_owned(), vec![field.to_owned()]),
                "{body}"
            );
        }
        assert_eq!(problem(deep.as_bytes()).0, 422);
    }

    #[test]
    fn a_number_out_of_range_in_a_list_is_named_once() {
        let read = |content: &str| {
            read_section(SectionName::Skills, &RawValue::from_string(content.to_owned()).unwrap())
        };
        let problem = read(r#"[{"id":1,"queue_capacity":5000},{"id":"b","queue_capacity":-1}]"#).unwrap_err();
        let fields: Vec<_> = problem.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["skills[0].id", "skills[0].queue_capacity", "skills[1].queue_capacity"]);
        // No other error: the rules report it, with the errors in the texts.
        let section = read(r#"[{"id":"a","queue_capacity":5000}]"#).unwrap();
        assert_eq!(section.validate().unwrap_err()[0].field, "skills[0].queue_capacity");
    }

    /// Contents with something in every list, so that there are places to get wrong.
    fn full(name: SectionName) -> Value {
        let settings = domain::settings::Settings::default();
        let by_default = || projections::settings::content(&settings.section(name));
        let lists = [
            (SectionName::Skills, json!([{ "id": "a", "queue_capacity": 3, "hours": hours() }])),
            (SectionName::OpeningHours, hours()),
            (SectionName::VisitorCard, json!(["name", "browser", { "variable": "tier" }])),
            (
                SectionName::CannedReplies,
                json!([{ "id": "a", "title": "t", "theme": "t", "text": { "fr": "x" }, "skill": "a" }]),
            ),
        ];
        let listed = lists.into_iter().find(|(list, _)| *list == name);
        listed.map_or_else(by_default, |(_, content)| content)
    }

    fn hours() -> Value {
        json!({
            "week": { "monday": [{ "from": "09:00", "to": "12:00" }] },
            "exceptions": [{ "date": "2026-01-01", "open": [{ "from": "09:00", "to": "12:00" }] }],
        })
    }

    /// Every place of a value, as the steps that lead there.
    fn places(value: &Value, here: &str, all: &mut Vec<String>) {
        all.push(here.to_owned());
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    places(item, &format!("{here}/{index}"), all);
                }
            }
            Value::Object(fields) => {
                for (key, field) in fields {
                    places(field, &format!("{here}/{key}"), all);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn faults_of_a_section_are_reported_without_names_of_the_code() {
        let of_code = [
            "struct",
            "enum",
            "tuple",
            "variant",
            "identifier",
            "expected",
            "untagged",
            "i64",
            "u32",
            "u64",
            "Option",
            "invalid type",
            "::",
            "`",
            "did not match",
            "map",
            "sequence",
        ];
        let wrong = [
            json!(null),
            json!(true),
            json!(-1),
            json!(1.5),
            json!(""),
            json!("wrong"),
            json!([]),
            json!([[[]]]),
            json!({}),
            json!({ "": 1 }),
            json!({ "a": 1 }),
            json!(["variable"]),
            json!([{ "a": 1 }]),
            json!({ "week": [[[]]] }),
            json!({ "variable": 5, "name": 1 }),
        ];
        let mut told = 0;
        for name in SectionName::ALL {
            let full = full(*name);
            let mut all = vec![];
            places(&full, "", &mut all);
            for place in all {
                for wrong in &wrong {
                    let mut content = full.clone();
                    *content.pointer_mut(&place).unwrap() = wrong.clone();
                    let content = RawValue::from_string(content.to_string()).unwrap();
                    for error in
                        read_section(*name, &content).err().into_iter().flat_map(|problem| problem.errors)
                    {
                        told += 1;
                        let (en, fr) = (error.allowed.text(Language::En), error.allowed.text(Language::Fr));
                        assert!(!error.field.is_empty(), "{content}: {en}");
                        for text in [en, fr] {
                            let found = of_code.iter().find(|word| text.contains(**word));
                            assert_eq!(found, None, "{name} {content}: {}: {text}", error.field);
                        }
                    }
                }
            }
        }
        assert!(told > 1_000, "{told}");
    }

    #[test]
    fn a_mark_of_the_byte_order_is_passed_over() {
        assert_eq!(value(b"\xef\xbb\xbf{\"a\":[1,null,true,\"x\",1.5]}").unwrap()["a"][4], 1.5);
    }
}
