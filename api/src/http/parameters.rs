//! The parameters of an address, compared with the OpenAPI document: unknown and duplicate ones are refused, so that a
//! typing error never changes the query.
//!
//! Every route below a livechat is compared, after the caller is known and before anything is done; public ones, at
//! once. The values of parameters are checked by the route, after the role. Pages accept whatever a link to them
//! carries.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use axum::extract::{FromRequestParts, MatchedPath, Query};
use axum::http::request::Parts;
use axum::http::{Method, Uri};
use domain::bilingual::both;
use domain::both;
use domain::field::FieldError;
use serde_json::Value;

use crate::http::problem::Problem;
use crate::http::shape::{self, shortened, unknown_of};

/// Positions are bounded by the log itself: its end is a narrower bound, and a more useful one.
const JUDGED_BY_THE_LOG: [&str; 2] = ["at_least", "position"];

/// A parameter that is known.
#[derive(Clone, Debug)]
struct Known {
    name: String,
    /// Whether it is a whole number that nothing else bounds.
    is_integer: bool,
}

/// The parameters of each operation.
static KNOWN: OnceLock<HashMap<String, Vec<Known>>> = OnceLock::new();

/// Keeps the parameters of every route, of a document whose paths are those of the router: from now on, queries are
/// compared with them. They are the same for every server of a process, so the first document that is given stays.
pub fn install(document: &Value) {
    KNOWN.get_or_init(|| {
        let paths = document["paths"].as_object().into_iter().flatten();
        let operations = paths.flat_map(|(path, item)| {
            let methods = item.as_object().into_iter().flatten();
            methods.map(move |(method, operation)| {
                let all = operation["parameters"].as_array().into_iter().flatten();
                let query = all.filter(|parameter| parameter["in"] == "query");
                (
                    format!("{} {path}", method.to_uppercase()),
                    query.filter_map(|parameter| Known::of(document, parameter)).collect(),
                )
            })
        });
        operations.collect()
    });
}

impl Known {
    fn of(document: &Value, parameter: &Value) -> Option<Self> {
        let name = parameter["name"].as_str()?;
        let is_integer = is_integer(document, &parameter["schema"]) && !JUDGED_BY_THE_LOG.contains(&name);
        Some(Self { name: name.to_owned(), is_integer })
    }

    /// Whether a value is a whole number beyond all that the document promises to take (`int64`).
    fn is_exceeded_by(&self, value: &str) -> bool {
        let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
        let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        self.is_integer && is_number && value.parse::<i64>().is_err()
    }
}

/// Whether a schema is that of a whole number, or of none.
fn is_integer(document: &Value, schema: &Value) -> bool {
    let target = schema["$ref"].as_str().and_then(|reference| document.pointer(reference.strip_prefix('#')?));
    if let Some(target) = target {
        return is_integer(document, target);
    }
    let mut either = schema["oneOf"].as_array().into_iter().flatten();
    let kind = &schema["type"];
    kind == "integer"
        || kind.as_array().is_some_and(|kinds| kinds.contains(&"integer".into()))
        || either.any(|schema| is_integer(document, schema))
}

/// A query with known parameters only, on a route without a caller.
pub struct Checked;

impl<S: Sync> FromRequestParts<S> for Checked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        check(parts, false).map(|()| Self)
    }
}

/// Refuses a query that has a parameter which is unknown, there twice, or not what the document says of it.
///
/// # Errors
/// `invalid_fields`, with every wrong parameter and what is known here.
pub fn check(parts: &Parts, is_live: bool) -> Result<(), Problem> {
    let Some(route) = parts.extensions.get::<MatchedPath>() else { return Ok(()) };
    let method = if parts.method == Method::HEAD { &Method::GET } else { &parts.method };
    let known = KNOWN.get().and_then(|known| known.get(&format!("{method} {}", route.as_str())));
    compare(&parts.uri, known.map_or(&[], Vec::as_slice), is_live)
}

fn compare(uri: &Uri, known: &[Known], is_live: bool) -> Result<(), Problem> {
    // Pairs are never refused: whatever is no pair is a name without a value.
    let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(uri) else { return Ok(()) };
    let (mut seen, mut wrong) = (BTreeSet::new(), vec![]);
    for (name, value) in &pairs {
        if wrong.len() == shape::WRONG_FIELDS_MAX {
            break;
        }
        let parameter = known.iter().find(|parameter| parameter.name == *name);
        if !seen.insert(name) {
            wrong.push(FieldError::new(shortened(name), both("once", "une seule fois")));
        } else if parameter.is_some_and(|parameter| parameter.is_exceeded_by(value)) {
            let most = i64::MAX;
            wrong.push(FieldError::new(
                name,
                both!("a whole number up to {most}", "un nombre entier jusqu’à {most}"),
            ));
        } else if parameter.is_none() && !(is_live && name == "ticket") {
            let known: Vec<&str> = known.iter().map(|parameter| parameter.name.as_str()).collect();
            wrong.push(FieldError::new(shortened(name), unknown_of(&known)));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(domain::Rejection::Invalid(wrong).into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(query: &str, is_live: bool) -> Vec<String> {
        let known = [("limit", true), ("important", false)]
            .map(|(name, is_integer)| Known { name: name.to_owned(), is_integer });
        let uri: Uri = format!("/list?{query}").parse().unwrap();
        let problem = compare(&uri, &known, is_live).err();
        problem.into_iter().flat_map(|problem| problem.errors).map(|error| error.to_string()).collect()
    }

    #[test]
    fn every_unknown_parameter_is_named_and_every_one_that_is_there_twice() {
        assert_eq!(wrong("limit=5&important=true", false), [""; 0]);
        assert_eq!(wrong("", false), [""; 0]);
        assert_eq!(wrong("limt=5", false), ["limt: nothing: what is known here is limit, important"]);
        assert_eq!(wrong("limit=5&limit=6&x=1", false).len(), 2);
        assert_eq!(wrong("ticket=x", true), [""; 0]);
        assert_eq!(wrong("ticket=x", false).len(), 1);
    }

    #[test]
    fn a_whole_number_is_one_that_the_document_promises_to_take() {
        for taken in ["0", "-1", "9223372036854775807", "5x", "", "-"] {
            assert_eq!(wrong(&format!("limit={taken}"), false), [""; 0], "{taken}");
        }
        for beyond in ["9223372036854775808", "18446744073709551616", "-9223372036854775809"] {
            let allowed = "limit: a whole number up to 9223372036854775807";
            assert_eq!(wrong(&format!("limit={beyond}"), false), [allowed], "{beyond}");
            assert_eq!(wrong(&format!("important={beyond}"), false), [""; 0], "{beyond}");
        }
    }
}
