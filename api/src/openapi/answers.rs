//! What every route may answer besides what it says itself: added once, from what it takes, so that no route forgets
//! any. Every refusal is a problem document.

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{OpenApi, Ref, RefOr};

/// How problems are written down.
pub(super) const PROBLEM: &str = "application/problem+json";

/// What every route of the API may answer, whatever it is for.
const LIMITED: [(&str, &str); 2] = [
    ("429", "Too many requests; `Retry-After` says when to come back"),
    ("503", "Overloaded, stopping, or cut off from the database; `Retry-After` says when to come back"),
];

/// What every route that changes something may answer, since it reads a body, if only to see that it is empty.
const OF_BODIES: [(&str, &str); 4] = [
    ("400", "What is sent is no JSON, or a header is malformed"),
    ("408", "The body did not arrive in time"),
    ("413", "The body is too large"),
    ("415", "The body is no JSON by its `Content-Type`"),
];

/// Adds what every route may answer.
pub(super) fn describe(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let is_below_livechat = path.contains("{livechat}");
        let is_limited = path.starts_with("/api/");
        for (changes, operation) in operations(item) {
            let mut all = possible(operation, is_below_livechat, changes);
            if changes {
                all.extend(OF_BODIES);
            }
            if is_limited {
                all.extend(LIMITED);
            }
            for (status, code) in all {
                let known = operation.responses.responses.entry(status.to_owned());
                known.or_insert_with(|| RefOr::T(Response::new(code)));
            }
            for (status, response) in &mut operation.responses.responses {
                if let (true, RefOr::T(response)) = (status.starts_with(['4', '5']), response) {
                    as_problem(status, response);
                }
            }
        }
    }
}

/// The operations of a path, and whether they change anything.
pub(super) fn operations(item: &mut PathItem) -> impl Iterator<Item = (bool, &mut Operation)> {
    let all = [
        (false, &mut item.get),
        (true, &mut item.put),
        (true, &mut item.post),
        (true, &mut item.delete),
        (true, &mut item.patch),
    ];
    all.into_iter().filter_map(|(changes, operation)| Some((changes, operation.as_mut()?)))
}

fn possible(
    operation: &Operation,
    is_below_livechat: bool,
    changes: bool,
) -> Vec<(&'static str, &'static str)> {
    let mut all = vec![];
    if is_below_livechat {
        all.extend([
            ("401", "No token, or one that is not valid (any more)"),
            ("403", "The token is for another role, livechat or conversation"),
            ("404", "There is no such livechat, or nothing of this name in it"),
            ("422", "Every wrong parameter and field, with what it allows; or a rule that refuses"),
        ]);
    }
    if changes && is_below_livechat {
        all.push((
            "409",
            "It clashes with what there is, or the idempotency key was used for something else",
        ));
    }
    let takes = |name: &str| {
        let parameters = operation.parameters.iter().flatten();
        parameters.into_iter().any(|one| one.parameter_in == ParameterIn::Header && one.name == name)
    };
    if takes("If-Match") {
        all.push(("412", "It was changed since the revision in `If-Match`"));
    }
    all.push(("500", "Something went wrong inside, which is logged"));
    all
}

/// Makes a problem document of whatever a refusal was said to be.
fn as_problem(status: &str, response: &mut Response) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    response.content.clear();
    response.content.insert(PROBLEM.to_owned(), content);
    let header = |about: &str, kind: Type| {
        HeaderBuilder::new().schema(ObjectBuilder::new().schema_type(kind)).description(Some(about)).build()
    };
    if matches!(status, "429" | "503") {
        let seconds = header("Seconds after which to come back.", Type::Integer);
        response.headers.insert("Retry-After".to_owned(), seconds);
    }
    let language = header("The language of the texts: `en` or `fr`.", Type::String);
    response.headers.insert("Content-Language".to_owned(), language);
    if response.description.is_empty() {
        *response = ResponseBuilder::from(std::mem::take(response)).description("A problem").build();
    }
}
