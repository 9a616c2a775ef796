//! The parameters of an address, compared with what the OpenAPI document says of them: an unknown one is refused,
//! and so is one that is there twice, so that a slip of the pen never asks for something else.
//!
//! Every route below a livechat is compared, after the caller is known and before anything is done. What a parameter
//! may be is looked at by the route, after the role.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use axum::extract::{MatchedPath, Query};
use axum::http::request::Parts;
use axum::http::{Method, Uri};
use domain::bilingual::both;
use domain::field::FieldError;

use crate::problem::Problem;
use crate::routes;
use crate::shape::{self, shortened, unknown_of};

/// The parameters of each operation, with their schemas.
static KNOWN: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
    let document = serde_json::to_value(routes::documented().split_for_parts().1).unwrap_or_default();
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| {
            let all = operation["parameters"].as_array().into_iter().flatten();
            let query = all.filter(|parameter| parameter["in"] == "query");
            let named = query.filter_map(|parameter| parameter["name"].as_str().map(str::to_owned));
            (format!("{} {path}", method.to_uppercase()), named.collect())
        })
    });
    operations.collect()
});

/// Reads the document, so that the first request need not wait for it.
pub fn prepare() {
    LazyLock::force(&KNOWN);
}

/// Refuses a query that has a parameter which is unknown, there twice, or not what the document says of it.
///
/// # Errors
/// `invalid_fields`, with every wrong parameter and what is known here.
pub fn check(parts: &Parts, is_live: bool) -> Result<(), Problem> {
    let Some(route) = parts.extensions.get::<MatchedPath>() else { return Ok(()) };
    let method = if parts.method == Method::HEAD { &Method::GET } else { &parts.method };
    let known = KNOWN.get(&format!("{method} {}", route.as_str()));
    compare(&parts.uri, known.map_or(&[], Vec::as_slice), is_live)
}

fn compare(uri: &Uri, known: &[String], is_live: bool) -> Result<(), Problem> {
    // Pairs are never refused: whatever is no pair is a name without a value.
    let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(uri) else { return Ok(()) };
    let (mut seen, mut wrong) = (BTreeSet::new(), vec![]);
    for (name, _) in &pairs {
        if wrong.len() == shape::WRONG_FIELDS_MAX {
            break;
        }
        if !seen.insert(name) {
            wrong.push(FieldError::new(shortened(name), both("once", "une seule fois")));
        } else if !(known.contains(name) || is_live && name == "access_token") {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            wrong.push(FieldError::new(shortened(name), unknown_of(&known)));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(domain::Rejection::Invalid(wrong).into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(query: &str, is_live: bool) -> Vec<String> {
        let known = ["limit", "important"].map(str::to_owned);
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
        assert_eq!(wrong("access_token=x", true), [""; 0]);
        assert_eq!(wrong("access_token=x", false).len(), 1);
    }
}
