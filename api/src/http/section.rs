//! Reading a section of the settings: every wrong field is named at once, in time that grows with the length of
//! the section and not with the number of its faults.
//!
//! A typed reader stops at the first fault. So a section that cannot be read is taken apart: whatever the fault
//! is below, each part is read by itself, as if nothing else were there, and taken apart in its turn if it is
//! wrong. A part is copied and read once per level above it, of which a section has some six, and nothing is
//! looked at any more once [`WRONG_FIELDS_MAX`] faults are known.

use axum::http::StatusCode;
use domain::bilingual::Bilingual;
use domain::both;
use domain::field::{FieldError, of_reader};
use domain::limits::WRONG_FIELDS_MAX;
use domain::settings::{Section, SectionName};
use domain::text::Language;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use serde_path_to_error::Segment;

use crate::http::problem::Problem;
use crate::http::shape::NAMELESS;

/// Characters of the name of a wrong field that are repeated in the answer: a key may be megabytes long.
const FIELD_CHARACTERS_MAX: usize = 200;

/// Reads a section, whose fields are named as they are in its content. A value of the wrong type hides neither
/// the others nor a number out of range. It may take a while: not for a thread that serves others.
///
/// # Errors
/// `malformed_json` when it is no JSON, `invalid_fields` with at most [`WRONG_FIELDS_MAX`] wrong fields.
pub fn parse_section(name: SectionName, content: &RawValue) -> Result<Section, Problem> {
    let tagged = format!(r#"{{"{name}":{content}}}"#);
    let first = match parse_below::<Section>(name.as_str(), tagged.as_bytes()) {
        Err(problem) if !problem.errors.is_empty() => problem,
        read => return read,
    };
    drop(tagged);
    let Ok(mut content) = serde_json::from_str::<Value>(content.get()) else { return Err(first) };
    let mut search = Search { name, at: vec![], wrong: vec![], parts: vec![] };
    search.take_apart(&content);
    let Search { mut wrong, parts, .. } = search;
    if wrong.is_empty() {
        // Nothing is wrong by itself, such as a key that is there twice.
        return Err(first);
    }
    if parts.iter().all(|part| leave_out(&mut content, part))
        && let Ok(rest) = Section::deserialize(Value::Object(Map::from_iter([(name.to_string(), content)])))
    {
        // Only what is wrong by itself: what was left out may be what a field is compared with.
        let ranges = rest.ranges();
        let by_itself = |error: &FieldError| {
            ranges.iter().any(|range| range.field == error.field && range.allowed() == error.allowed)
        };
        wrong.extend(rest.validate().err().unwrap_or_default().into_iter().filter(by_itself));
    }
    wrong.truncate(WRONG_FIELDS_MAX);
    Err(domain::Rejection::Invalid(wrong).into())
}

/// Reads JSON, naming the field that is wrong as seen from the field `root`.
fn parse_below<T: DeserializeOwned>(root: &str, body: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let path = path.strip_prefix(root).unwrap_or(&path);
        let path = path.strip_prefix('.').filter(|rest| !rest.is_empty()).unwrap_or(path);
        let inner = error.into_inner();
        if inner.is_data() {
            let FieldError { field, allowed } = of_reader(path, &inner.to_string());
            Problem::field(field, allowed)
        } else {
            malformed(&inner)
        }
    })?;
    reader.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

fn malformed(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let detail = both!(
        "the body is not JSON: line {line}, column {column}",
        "le corps n’est pas du JSON\u{a0}: ligne {line}, colonne {column}"
    );
    Problem::new(StatusCode::BAD_REQUEST, "malformed_json", detail)
}

/// One step down into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

/// A look for what is wrong.
struct Search {
    name: SectionName,
    /// The part that is being looked at.
    at: Vec<Step>,
    wrong: Vec<FieldError>,
    /// The parts that are wrong.
    parts: Vec<Vec<Step>>,
}

/// What is wrong with a part that was read by itself.
struct Fault {
    /// Where, in steps from the section.
    path: Vec<Step>,
    message: String,
}

impl Search {
    /// Notes what is wrong with the part at hand; returns whether anything is.
    fn take_apart(&mut self, part: &Value) -> bool {
        let Some(fault) = self.fault(part) else { return false };
        let depth = self.at.len();
        // What is missing beside the part is not its fault.
        if fault.path.len() < depth {
            return false;
        }
        let before = self.wrong.len();
        if let Some(first) = fault.path.get(depth) {
            self.take_parts(part, first);
        }
        if self.wrong.len() == before {
            self.note(&fault);
        }
        true
    }

    /// Looks at each part of a part, from the first that is wrong.
    fn take_parts(&mut self, whole: &Value, first: &Step) {
        match whole {
            Value::Object(fields) => {
                let mut rest = Map::new();
                let mut reached = false;
                for (key, value) in fields {
                    // A key that the reader does not see as text has no name in its path: then all are looked at.
                    reached |= matches!(first, Step::Key(first) if first == key || first == UNKNOWN);
                    let is_wrong = reached && self.step(Step::Key(key.clone()), value);
                    if self.wrong.len() >= WRONG_FIELDS_MAX {
                        return;
                    }
                    if !is_wrong {
                        rest.insert(key.clone(), value.clone());
                    }
                }
                self.look_at_rest(fields, &Value::Object(rest));
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    if matches!(first, Step::Index(first) if index >= *first) {
                        self.step(Step::Index(index), item);
                    }
                    if self.wrong.len() >= WRONG_FIELDS_MAX {
                        return;
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn step(&mut self, step: Step, part: &Value) -> bool {
        self.at.push(step);
        let is_wrong = self.take_apart(part);
        self.at.pop();
        is_wrong
    }

    /// Something may be missing besides what is wrong.
    fn look_at_rest(&mut self, fields: &Map<String, Value>, rest: &Value) {
        let Some(fault) = self.fault(rest).filter(|fault| fault.path.len() == self.at.len()) else { return };
        let missing = fault.message.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
        if missing.is_some_and(|(missing, _)| !fields.contains_key(missing)) {
            self.note(&fault);
        }
    }

    /// What is wrong first when the part at hand is all there is.
    fn fault(&self, part: &Value) -> Option<Fault> {
        let around = |inner: Value, step: &Step| match step {
            Step::Key(key) => Value::Object(Map::from_iter([(key.clone(), inner)])),
            Step::Index(_) => Value::Array(vec![inner]),
        };
        let alone = self.at.iter().rev().fold(part.clone(), around);
        let section = Value::Object(Map::from_iter([(self.name.to_string(), alone)]));
        let error = serde_path_to_error::deserialize::<_, Section>(section).err()?;
        let below = error.path().iter().skip(1).map(|segment| match segment {
            Segment::Seq { index } => Step::Index(*index),
            Segment::Map { key } | Segment::Enum { variant: key } => Step::Key(key.clone()),
            Segment::Unknown => Step::Key(UNKNOWN.to_owned()),
        });
        let mut path: Vec<Step> = below.collect();
        // By itself, each item of a list is the first, and each key has a name.
        for (told, step) in path.iter_mut().zip(&self.at) {
            *told = step.clone();
        }
        Some(Fault { path, message: error.into_inner().to_string() })
    }

    fn note(&mut self, fault: &Fault) {
        let FieldError { field, allowed } = of_reader(&name(&fault.path), &fault.message);
        let in_one = |language| shortened(allowed.text(language));
        let allowed = Bilingual::new(in_one(Language::En), in_one(Language::Fr));
        self.wrong.push(FieldError::new(shortened(&field), allowed));
        self.parts.push(fault.path.clone());
    }
}

/// The placeholder in a path for a key that the reader does not see as text.
const UNKNOWN: &str = "?";

/// A path as requests name it: `[1].hours.week`.
fn name(path: &[Step]) -> String {
    path.iter().fold(String::new(), |name, step| {
        let key = match step {
            Step::Index(index) => return format!("{name}[{index}]"),
            Step::Key(key) if key.is_empty() => NAMELESS,
            Step::Key(key) => key,
        };
        if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") }
    })
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(FIELD_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Removes a field from its parent; returns whether the rest is valid without it.
fn leave_out(content: &mut Value, path: &[Step]) -> bool {
    let Some((Step::Key(last), above)) = path.split_last() else { return false };
    let parent = above.iter().try_fold(content, |at, step| match (at, step) {
        (Value::Array(items), Step::Index(index)) => items.get_mut(*index),
        (Value::Object(fields), Step::Key(key)) => fields.get_mut(key),
        (_, Step::Index(_) | Step::Key(_)) => None,
    });
    parent.and_then(Value::as_object_mut).is_some_and(|fields| fields.remove(last).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::json::read_section;

    fn problem(name: SectionName, content: &str) -> Problem {
        parse_section(name, &RawValue::from_string(content.to_owned()).unwrap()).err().unwrap()
    }

    fn named(name: SectionName, content: &str) -> Vec<String> {
        let problem = problem(name, content);
        assert_eq!((problem.status, problem.code.as_str()), (422, "invalid_fields"));
        problem.errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn a_value_of_the_wrong_type_is_described_in_words() {
        let told = |content: &str| {
            let problem = problem(SectionName::Capacity, content);
            format!("{}: {}", problem.errors[0].field, problem.errors[0].allowed.text(Language::En))
        };
        let queue = |value: &str| told(&format!(r#"{{"queue_per_operator":{value}}}"#));
        assert_eq!(queue(r#""two""#), r#"queue_per_operator: a whole number, not the text "two""#);
        assert_eq!(queue("1.5"), "queue_per_operator: a whole number, not the number 1.5");
        assert_eq!(queue("true"), "queue_per_operator: a whole number, not true");
        assert_eq!(queue("null"), "queue_per_operator: a whole number, not null");
        assert_eq!(queue("{}"), "queue_per_operator: a whole number, not an object");
        assert_eq!(told("5"), "body: an object, not the number 5");
    }

    #[test]
    fn every_wrong_field_of_a_section_is_named_whatever_is_wrong_with_it() {
        let sorted = |name, content: &str| {
            let mut all = named(name, content);
            all.sort();
            all
        };
        let capacity = r#"{"queue_per_operator":"two","colour":1,"conversations_per_operator":11}"#;
        let all = ["colour", "conversations_per_operator", "queue_per_operator"];
        assert_eq!(sorted(SectionName::Capacity, capacity), all);
        // The value to compare the reminder with is unknown.
        let timeouts = r#"{"visitor_inactivity":"an hour","timeout_reminder":900}"#;
        assert_eq!(named(SectionName::Timeouts, timeouts), ["visitor_inactivity"]);
        let phrases = r#"{"welcome":{"enabled":1,"text":{"fr":5}},"queued":{"text":{"en":true}}}"#;
        let all = ["queued.text.en", "welcome.enabled", "welcome.text.fr"];
        assert_eq!(sorted(SectionName::Phrases, phrases), all);
        let phrases = r#"{"welcome":{"text":{"xx":"a","fr":"b"}},"nobody":{},"queued":{"enabled":"yes"}}"#;
        assert_eq!(sorted(SectionName::Phrases, phrases), ["nobody", "queued.enabled", "welcome.text.xx"]);
        assert_eq!(named(SectionName::Skills, r#"[{"id":"a"},{"id":"two words"}]"#), ["[1].id"]);
        let skills = r#"[{"id":1,"hours":{"week":{"monday":[{"from":9,"to":"10:00"}]}}},{"id":"b"},{}]"#;
        assert_eq!(
            sorted(SectionName::Skills, skills),
            ["[0].hours.week.monday[0].from", "[0].id", "[2].id"]
        );
        assert_eq!(named(SectionName::Skills, "{}"), ["body"]);
    }

    #[test]
    fn missing_keys_are_named_beside_wrong_ones() {
        let replies = r#"[{"id":"a","title":5,"text":{"fr":"x"}}]"#;
        let content = RawValue::from_string(replies.to_owned()).unwrap();
        let problem = read_section(SectionName::CannedReplies, &content).err().unwrap();
        let named_in_all: Vec<_> = problem.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(named_in_all, ["canned_replies[0].title", "canned_replies[0].theme"]);
        // What is there and wrong is not missing.
        let replies = r#"[{"id":5,"title":"t","text":{"fr":"x"},"theme":"t"}]"#;
        assert_eq!(named(SectionName::CannedReplies, replies), ["[0].id"]);
    }

    #[test]
    fn a_duplicate_key_is_reported() {
        let problem = problem(SectionName::Capacity, r#"{"queue_per_operator":1,"queue_per_operator":1}"#);
        assert_eq!(problem.errors.len(), 1, "{problem:?}");
    }

    #[test]
    fn of_a_great_many_wrong_fields_some_are_named_and_briefly() {
        let many = |entry: fn(usize) -> String| (0..20_000).map(entry).collect::<Vec<_>>().join(",");
        let keys = format!("{{{}}}", many(|n| format!(r#""k{n}":{{"text":"x"}}"#)));
        assert_eq!(named(SectionName::Phrases, &keys).len(), WRONG_FIELDS_MAX);
        let languages = format!(r#"{{"welcome":{{"text":{{{}}}}}}}"#, many(|n| format!(r#""l{n}":"x""#)));
        assert_eq!(named(SectionName::Phrases, &languages).len(), WRONG_FIELDS_MAX);
        let items = format!("[{}]", many(|n| format!(r#"{{"id":{n}}}"#)));
        assert_eq!(named(SectionName::Skills, &items).len(), WRONG_FIELDS_MAX);
        let deep = format!(r#"{{"queue_per_operator":{{{}}}}}"#, many(|n| format!(r#""k{n}":1"#)));
        assert_eq!(named(SectionName::Capacity, &deep), ["queue_per_operator"]);
        let long = format!(r#"{{"{}":1}}"#, "k".repeat(100_000));
        let problem = problem(SectionName::Capacity, &long);
        assert!(serde_json::to_string(&problem).unwrap().len() < 2_000);
    }

    #[test]
    fn nesting_beyond_reason_is_json_and_means_nothing() {
        assert!(RawValue::from_string("[".repeat(5_000)).is_err(), "that is no JSON");
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        let deep = RawValue::from_string(deep).unwrap();
        let problem = read_section(SectionName::Skills, &deep).err().unwrap();
        assert_eq!((problem.status, problem.code.as_str()), (422, "invalid_fields"));
        let allowed = problem.errors[0].allowed.text(Language::En);
        assert_eq!(allowed, "at most 100 levels of lists and objects");
    }
}
