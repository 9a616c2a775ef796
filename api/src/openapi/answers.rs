//! What every route may answer in addition to its own declarations: added once, from the table of
//! [`rights`](crate::auth::rights) and from what the route takes, so that no route forgets any. Every refusal is a
//! problem document.

use serde_json::json;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{OpenApi, Ref, RefOr};

use crate::auth::account_rights::{AccountOperation, Who};
use crate::auth::{Role, rights};

/// The media type of problems.
pub(super) const PROBLEM: &str = "application/problem+json";

/// What every route may answer.
const ALWAYS: [(&str, &str); 3] = [
    ("422", "Every wrong parameter and field, with what it allows; or a rule that refuses"),
    ("500", "Something went wrong inside, which is logged"),
    ("503", "Overloaded, stopping, or cut off from the database; `Retry-After` says when to come back"),
];

/// What every route may answer but the health probes, which are not limited.
const LIMITED: (&str, &str) = ("429", "Too many requests; `Retry-After` says when to come back");

/// What every route that takes a token may answer.
const UNAUTHORIZED: (&str, &str) = ("401", "No token, or one that is not valid (any more)");

/// What every route on accounts may answer.
const FORGED: (&str, &str) = (
    "403",
    "`forged_request`: by its cookie, and not from a page of this server; `second_factor_required`; or it is for others",
);

/// What every route below a livechat may answer.
const OF_LIVECHATS: (&str, &str) = ("404", "There is no such livechat, or nothing of this name in it");

/// What every route that changes something may answer, since it reads a body, if only to see that it is empty.
const OF_CHANGES: [(&str, &str); 5] = [
    ("400", "What is sent is no JSON, or a header is malformed"),
    ("408", "The body did not arrive in time"),
    ("409", "It clashes with what there is, or the idempotency key was used for something else"),
    ("413", "The body is too large"),
    ("415", "The body is no JSON by its `Content-Type`"),
];

/// What a route may answer that takes the revision it is for.
const OF_CONDITIONS: (&str, &str) = ("412", "It was changed since the revision in `If-Match`");

/// Adds what every route may answer. The paths are still those of the router.
pub(super) fn describe(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            let right = rights::Operation::at(method, path);
            for (status, about) in possible(operation, method, path) {
                let known = operation.responses.responses.entry(status.to_owned());
                known.or_insert_with(|| RefOr::T(Response::new(about)));
            }
            if let Some(right) = right {
                name_roles(operation, right);
            }
            if AccountOperation::at(method, path).is_some_and(|one| one.who == Who::Anybody) {
                operation.security = Some(vec![]);
            }
            for (status, response) in &mut operation.responses.responses {
                if let (true, RefOr::T(response)) = (status.starts_with(['4', '5']), response) {
                    as_problem(status, response);
                }
            }
        }
    }
}

/// The operations of a path, with their methods.
pub(super) fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("get", &mut item.get),
        ("put", &mut item.put),
        ("post", &mut item.post),
        ("delete", &mut item.delete),
        ("patch", &mut item.patch),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn possible(operation: &Operation, method: &str, path: &str) -> Vec<(&'static str, &'static str)> {
    let mut all = Vec::from(ALWAYS);
    if !matches!(path, "/healthz" | "/readyz") {
        all.push(LIMITED);
    }
    if rights::Operation::at(method, path).is_some() {
        all.push(UNAUTHORIZED);
    }
    let on_accounts = AccountOperation::at(method, path);
    if let Some(operation) = on_accounts {
        all.push(FORGED);
        if operation.who != Who::Anybody {
            all.push(UNAUTHORIZED);
        }
    }
    if path.starts_with(rights::LIVECHAT) {
        all.push(OF_LIVECHATS);
    }
    if (path.starts_with(rights::LIVECHAT) || on_accounts.is_some()) && method != "get" {
        all.extend(OF_CHANGES);
    }
    let takes = |name: &str| {
        let parameters = operation.parameters.iter().flatten();
        parameters.into_iter().any(|one| one.parameter_in == ParameterIn::Header && one.name == name)
    };
    if takes("If-Match") {
        all.push(OF_CONDITIONS);
    }
    all
}

/// Documents which roles may call an operation, and that others are refused.
fn name_roles(operation: &mut Operation, right: &rights::Operation) {
    let roles: Vec<&str> = right.roles.iter().map(|role| role.name()).collect();
    let general = if right.roles.len() == Role::ALL.len() {
        "The token is for another livechat or conversation".to_owned()
    } else {
        let one_of = if roles.len() == 1 { "" } else { "one of " };
        format!(
            "The role of the token is not {one_of}{}; or it is for another livechat or conversation",
            roles.join(", ")
        )
    };
    let known = operation.responses.responses.entry("403".to_owned());
    if let RefOr::T(response) = known.or_insert_with(|| RefOr::T(Response::new(""))) {
        let own = std::mem::take(&mut response.description);
        response.description = if own.is_empty() { general } else { format!("{own}. {general}") };
    }
    let extension = Extensions::from_iter([("x-roles", json!(roles))]);
    operation.extensions.get_or_insert_default().merge(extension);
}

/// Declares every refusal as a problem document, whatever the route declares.
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
