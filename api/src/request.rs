//! What every request is read with: JSON whose wrong fields are named, the idempotency key, and the
//! identifiers of the path.

use std::collections::HashMap;
use std::convert::Infallible;

use axum::RequestPartsExt;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use domain::field::FieldError;
use domain::id::CommandId;
use domain::settings::SectionName;
use domain::text::Language;
use domain::{ConversationId, OperatorId};
use serde::de::DeserializeOwned;

use crate::limits::BODY_BYTES_MAX;
use crate::problem::Problem;

/// A JSON body.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        parse(&body(request, state).await?).map(Self)
    }
}

/// A JSON body that may be left out.
pub struct JsonIfAny<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for JsonIfAny<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = body(request, state).await?;
        if body.is_empty() { Ok(Self(T::default())) } else { parse(&body).map(Self) }
    }
}

/// How many bytes the body of a request to this route may have, where it is not [`BODY_BYTES_MAX`]. To be
/// set together with the limit itself, so that who is over it is told the right one.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimit(pub usize);

async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    let limit = request.extensions().get().map_or(BODY_BYTES_MAX, |BodyLimit(bytes)| *bytes);
    Bytes::from_request(request, state).await.map_err(|error| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            too_large(limit)
        } else {
            Problem::new(StatusCode::BAD_REQUEST, "unreadable_body", error.body_text())
        }
    })
}

/// The problem of a body over the limit.
pub fn too_large(bytes_max: usize) -> Problem {
    let error = FieldError::new("body", format!("at most {bytes_max} bytes"));
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", error.to_string()).with_fields([error])
}

/// Reads JSON, naming the field that is wrong.
///
/// # Errors
/// `malformed_json` when it is no JSON, `invalid_fields` when it is not what is expected.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if inner.is_data() {
            let (field, allowed) = wrong_field(&path, without_place(&inner.to_string()));
            Problem::field(field, allowed)
        } else {
            malformed(&inner)
        }
    })?;
    reader.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed_json", format!("the body is not JSON: {error}"))
}

/// The field that is wrong and what it allows. Where the path does not lead to it (a missing field, or
/// a frame that is read as a whole before its type is known), the message names it.
fn wrong_field(path: &str, message: &str) -> (String, String) {
    let parent = (path != ".").then_some(path);
    let quoted = |before: &str| Some(message.strip_prefix(before)?.split_once('`')?.0);
    if let Some(missing) = quoted("missing field `") {
        let field = parent.map_or_else(|| missing.to_owned(), |parent| format!("{parent}.{missing}"));
        return (field, "required".to_owned());
    }
    let is_name = |text: &&str| text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let said = message.split_once(": ").filter(|(name, _)| is_name(name));
    let (name, allowed) = said.map_or((None, message), |(name, allowed)| (Some(name), allowed));
    let field = parent.or(name).or_else(|| quoted("unknown field `")).unwrap_or("body");
    (field.to_owned(), allowed.to_owned())
}

/// The message without "at line 1 column 12": the field says where.
fn without_place(message: &str) -> &str {
    message.split(" at line ").next().unwrap_or(message)
}

/// The id of the command: the `Idempotency-Key` of the request, or a new one. A command repeated with
/// the same key is answered as the first time and does nothing more.
#[derive(Clone, Copy, Debug)]
pub struct IdempotencyKey(pub CommandId);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("idempotency-key") else {
            return Ok(Self(CommandId(uuid::Uuid::now_v7())));
        };
        value
            .to_str()
            .ok()
            .and_then(|value| uuid::Uuid::parse_str(value).ok())
            .map(|id| Self(CommandId(id)))
            .ok_or_else(|| Problem::field("Idempotency-Key", "a UUID"))
    }
}

/// The language of the two that the reader likes best, as `Accept-Language` says; none, if it names neither.
#[derive(Clone, Copy, Debug)]
pub struct ReaderLanguage(pub Option<Language>);

impl<S: Send + Sync> FromRequestParts<S> for ReaderLanguage {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let value = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Ok(Self(value.and_then(liked_best)))
    }
}

/// The best of `fr-CA, en;q=0.8`: the highest weight, and the first of those that weigh the same.
fn liked_best(accepted: &str) -> Option<Language> {
    let mut best = None;
    for item in accepted.split(',') {
        let (tag, weight) = item.split_once(';').unwrap_or((item, "q=1"));
        let weight: f32 = weight.trim().strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(0.0);
        let language = match tag.trim().split('-').next().unwrap_or_default() {
            code if code.eq_ignore_ascii_case("fr") => Language::Fr,
            code if code.eq_ignore_ascii_case("en") => Language::En,
            _ => continue,
        };
        if weight > best.map_or(0.0, |(best, _)| best) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

/// The conversation that the path names.
#[derive(Clone, Copy, Debug)]
pub struct ConversationInPath(pub ConversationId);

impl<S: Send + Sync> FromRequestParts<S> for ConversationInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let value = segment(parts, "conversation").await?;
        uuid::Uuid::parse_str(&value).map(|id| Self(ConversationId(id))).map_err(|_| {
            let detail = format!("there is no conversation {value}");
            Problem::new(StatusCode::NOT_FOUND, "unknown_conversation", detail)
        })
    }
}

/// The operator that the path names, registered or not.
#[derive(Clone, Debug)]
pub struct OperatorInPath(pub OperatorId);

impl<S: Send + Sync> FromRequestParts<S> for OperatorInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(OperatorId::parse(&segment(parts, "operator").await?)?))
    }
}

/// The section of the settings that the path names.
#[derive(Clone, Copy, Debug)]
pub struct SectionInPath(pub SectionName);

impl<S: Send + Sync> FromRequestParts<S> for SectionInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let value = segment(parts, "section").await?;
        let name = serde_json::from_value(serde_json::Value::from(value.as_str())).map_err(|_| {
            Problem::new(StatusCode::NOT_FOUND, "unknown_section", format!("there is no section {value}"))
        })?;
        Ok(Self(name))
    }
}

/// One named part of the path.
async fn segment(parts: &mut Parts, name: &str) -> Result<String, Problem> {
    let Path(mut path) = parts
        .extract::<Path<HashMap<String, String>>>()
        .await
        .map_err(|error| Problem::new(StatusCode::NOT_FOUND, "not_found", error.to_string()))?;
    Ok(path.remove(name).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Outer {
        #[expect(dead_code, reason = "only its parsing is looked at")]
        inner: Vec<domain::text::Text>,
    }

    fn problem(body: &str) -> Problem {
        parse::<Outer>(body.as_bytes()).err().unwrap()
    }

    #[test]
    fn a_wrong_field_is_named_with_its_path() {
        let problem = problem(r#"{"inner":["fine",""]}"#);
        assert_eq!((problem.status, problem.code.as_str()), (422, "invalid_fields"));
        assert_eq!(problem.errors[0].field, "inner[1]");
        assert!(problem.errors[0].allowed.starts_with("1 to 5000 characters"), "{problem:?}");
    }

    #[test]
    fn a_field_that_the_path_does_not_lead_to_is_named_all_the_same() {
        let named = |path, message| wrong_field(path, message).0;
        assert_eq!(named(".", "missing field `text`"), "text");
        assert_eq!(named("visitor", "missing field `id`"), "visitor.id");
        assert_eq!(named(".", "unknown field `colour`, expected `text`"), "colour");
        assert_eq!(named("card.colour", "unknown field `colour`, expected `browser`"), "card.colour");
        assert_eq!(named(".", "text: 1 to 5000 characters, without NUL"), "text");
        assert_eq!(named("visitor.id", "visitor: 1 to 64 characters"), "visitor.id");
        assert_eq!(named(".", "invalid type: map, expected a string"), "body");
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        for body in ["", "{", "{\"inner\":[]} and more", "nul"] {
            assert_eq!(problem(body).code, "malformed_json", "{body}");
        }
    }

    #[test]
    fn the_reader_is_answered_in_the_language_liked_best() {
        for (accepted, best) in [
            ("fr", Some(Language::Fr)),
            ("en-GB,en;q=0.9,fr;q=0.8", Some(Language::En)),
            ("de, fr;q=0.5, en;q=0.7", Some(Language::En)),
            ("FR-ca", Some(Language::Fr)),
            ("fr;q=0, de", None),
            ("de-DE, *;q=0.5", None),
            ("", None),
        ] {
            assert_eq!(liked_best(accepted), best, "{accepted}");
        }
    }
}
