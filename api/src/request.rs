//! What every request is read with: JSON whose wrong fields are named, the idempotency key, and the
//! identifiers of the path.

use std::collections::HashMap;

use axum::RequestPartsExt;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use domain::bilingual::{Bilingual, both};
use domain::both;
use domain::field::FieldError;
use domain::id::CommandId;
use domain::settings::SectionName;
use domain::{ConversationId, Instant, LivechatId, OperatorId, instant};
use journal::at_length;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::body::{BodyLimit, Buffered};
use crate::json;
use crate::limits::{EMPTY_BODY_BYTES_MAX, SHORT_BODY_BYTES};
use crate::problem::Problem;
use crate::server::App;

/// A JSON body.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + ToSchema + Send + 'static> FromRequest<App> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        body(request, app, json::read).await.map(Self)
    }
}

/// A JSON body as it was sent, for those who read it elsewhere.
pub struct RawJson(pub Box<RawValue>);

impl FromRequest<App> for RawJson {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let read = |body: &[u8]| {
            let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
            let raw = std::str::from_utf8(text).ok().and_then(|text| serde_json::from_str(text).ok());
            // What cannot be kept as it is has something wrong, and is read to say what.
            raw.ok_or_else(|| json::value(body).err().unwrap_or_else(Problem::nothing_here))
        };
        body(request, app, read).await.map(Self)
    }
}

/// A JSON body that may be left out.
pub struct JsonIfAny<T>(pub T);

impl<T: DeserializeOwned + Default + ToSchema + Send + 'static> FromRequest<App> for JsonIfAny<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let read = |body: &[u8]| if is_blank(body) { Ok(T::default()) } else { json::read(body) };
        body(request, app, read).await.map(Self)
    }
}

/// Nothing: no body, a blank one, or an object without fields.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmptyBody {}

impl FromRequest<App> for EmptyBody {
    type Rejection = Problem;

    async fn from_request(mut request: Request, app: &App) -> Result<Self, Problem> {
        request.extensions_mut().insert(BodyLimit(EMPTY_BODY_BYTES_MAX));
        JsonIfAny::from_request(request, app).await.map(|JsonIfAny(nothing)| nothing)
    }
}

/// Reads the body of a request. One that takes more than a moment is read in the share of the livechat of its sender,
/// where nobody else is held up by it.
async fn body<T: Send + 'static>(
    request: Request,
    app: &App,
    read: impl FnOnce(&[u8]) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let is_json = is_json(request.headers());
    let livechat = request.extensions().get::<LivechatId>().cloned();
    let body = Buffered::read(request, app).await?;
    if !is_json && !is_blank(&body.bytes) {
        return Err(no_json_type());
    }
    if body.bytes.len() <= SHORT_BODY_BYTES {
        return read(&body.bytes);
    }
    match livechat {
        Some(livechat) => app.work(&livechat, move || read(&body.bytes)).await?,
        None => at_length(|| read(&body.bytes)),
    }
}

fn is_blank(body: &[u8]) -> bool {
    body.trim_ascii().is_empty()
}

/// Is the body said to be JSON as it comes? One that says nothing is taken for it, and so is one that says no more
/// than that it is bytes or a form, as `curl --data` does by itself.
fn is_json(headers: &HeaderMap) -> bool {
    let encoding = headers.get(header::CONTENT_ENCODING).and_then(|value| value.to_str().ok());
    if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        return false;
    }
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return true };
    let Ok(value) = value.to_str() else { return false };
    let mut parts = value.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let is_json = matches!(
        essence.as_str(),
        "" | "application/json" | "application/octet-stream" | "application/x-www-form-urlencoded"
    ) || essence.starts_with("application/") && essence.ends_with("+json");
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| value.trim().trim_matches('"').to_ascii_lowercase())
    });
    is_json && charset.is_none_or(|charset| matches!(charset.as_str(), "utf-8" | "utf8" | "us-ascii"))
}

fn no_json_type() -> Problem {
    let allowed = both(
        "application/json, in UTF-8 and not compressed",
        "application/json, en UTF-8 et sans compression",
    );
    let error = FieldError::new("Content-Type", allowed);
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", error.told())
        .with_fields([error])
}

/// Reads JSON, naming the field that is wrong.
///
/// # Errors
/// `malformed_json` when it is no JSON, `invalid_fields` when it is not what is expected.
pub fn parse<T: DeserializeOwned + ToSchema>(body: &[u8]) -> Result<T, Problem> {
    json::read(body)
}

/// Makes a `T` of a value that has its shape; what the rules refuse is named.
pub(crate) fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let (field, allowed) = wrong_field(&path, without_place(&error.into_inner().to_string()));
        Problem::field(field, allowed)
    })
}

/// Reads JSON, naming the field that is wrong as seen from the field `root`.
pub(crate) fn parse_below<T: DeserializeOwned>(root: &str, body: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let path = path.strip_prefix(root).unwrap_or(&path);
        let path = path.strip_prefix('.').filter(|rest| !rest.is_empty()).unwrap_or(path);
        let inner = error.into_inner();
        if inner.is_data() {
            let (field, allowed) = wrong_field(path, without_place(&inner.to_string()));
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

/// The field that is wrong and what it allows. Where the path does not lead to it (a missing field, or
/// a frame that is read as a whole before its type is known), the message names it.
pub(crate) fn wrong_field(path: &str, message: &str) -> (String, Bilingual) {
    let parent = (!matches!(path, "." | "")).then_some(path);
    let quoted = |before: &str| Some(message.strip_prefix(before)?.split_once('`')?.0);
    if let Some(missing) = quoted("missing field `") {
        let field = parent.map_or_else(|| missing.to_owned(), |parent| format!("{parent}.{missing}"));
        return (field, both("required", "obligatoire"));
    }
    let is_name = |text: &&str| text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let said = message.split_once(": ").filter(|(name, _)| is_name(name));
    let (name, allowed) = said.map_or((None, message), |(name, allowed)| (Some(name), allowed));
    let field = parent.or(name).or_else(|| quoted("unknown field `")).unwrap_or("body");
    (field.to_owned(), Bilingual::from_one(allowed).unwrap_or_else(|| in_words(allowed)))
}

/// A value of the wrong type, in words for people who have never seen the code.
fn in_words(message: &str) -> Bilingual {
    let wrong = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "));
    let Some((found, expected)) = wrong.and_then(|wrong| wrong.rsplit_once(", expected ")) else {
        return Bilingual::same(message.to_owned());
    };
    let (expected, attendu) = match expected {
        "i64" | "u64" | "i32" | "u32" | "i16" | "u16" | "i8" | "u8" | "isize" | "usize" => {
            ("a whole number", "un nombre entier")
        }
        "f64" | "f32" => ("a number", "un nombre"),
        "a boolean" => ("true or false", "true ou false"),
        "a sequence" => ("a list", "une liste"),
        "a map" => ("an object", "un objet"),
        structure if structure.starts_with("struct ") => ("an object", "un objet"),
        "a string" => ("a text", "un texte"),
        other => (other, other),
    };
    Bilingual::new(
        format!("{expected}, not {}", found_in(found)),
        format!("{attendu}, et non {}", trouve(found)),
    )
}

fn found_in(found: &str) -> String {
    match found {
        "map" => "an object".to_owned(),
        "sequence" => "a list".to_owned(),
        text if text.starts_with("string ") && text.len() > FOUND_BYTES_MAX => "a text".to_owned(),
        other => value_of(other, "the text ", "the number "),
    }
}

fn trouve(found: &str) -> String {
    match found {
        "map" => "un objet".to_owned(),
        "sequence" => "une liste".to_owned(),
        text if text.starts_with("string ") && text.len() > FOUND_BYTES_MAX => "un texte".to_owned(),
        other => value_of(other, "le texte ", "le nombre "),
    }
}

fn value_of(found: &str, text: &str, number: &str) -> String {
    found
        .replacen("string ", text, 1)
        .replacen("integer ", number, 1)
        .replacen("floating point ", number, 1)
        .replacen("boolean ", "", 1)
        .replace('`', "")
}

/// Bytes of a wrong value that are repeated in the answer: enough to recognise it.
const FOUND_BYTES_MAX: usize = 60;

/// The message without "at line 1 column 12": the field says where.
pub(crate) fn without_place(message: &str) -> &str {
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
            .ok_or_else(|| Problem::field("Idempotency-Key", both("a UUID", "un UUID")))
    }
}

/// The moment in a parameter of the query.
///
/// # Errors
/// When it is none, or not from the year 1 to the year 9999.
pub fn moment_in(field: &str, text: &str) -> Result<Instant, Problem> {
    let moment = chrono::DateTime::parse_from_rfc3339(text).map_err(|_| {
        Problem::field(
            field,
            both(
                "a moment as in RFC 3339, such as 2026-01-31T09:00:00Z (a + is written %2B)",
                "un instant selon la RFC 3339, tel que 2026-01-31T09:00:00Z (un + s’écrit %2B)",
            ),
        )
    })?;
    // The offset may lead out of the years that four digits tell.
    let moment = moment.to_utc();
    if instant::is_allowed(moment) { Ok(moment) } else { Err(Problem::field(field, instant::ALLOWED)) }
}

/// The conversation that the path names.
#[derive(Clone, Copy, Debug)]
pub struct ConversationInPath(pub ConversationId);

impl<S: Send + Sync> FromRequestParts<S> for ConversationInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let value = segment(parts, "conversation").await?;
        uuid::Uuid::parse_str(&value).map(|id| Self(ConversationId(id))).map_err(|_| {
            let detail = both!("there is no conversation {value}", "il n’y a pas de conversation {value}");
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
            Problem::new(
                StatusCode::NOT_FOUND,
                "unknown_section",
                both!("there is no section {value}", "il n’y a pas de section {value}"),
            )
        })?;
        Ok(Self(name))
    }
}

/// One named part of the path.
async fn segment(parts: &mut Parts, name: &str) -> Result<String, Problem> {
    let Path(mut path) =
        parts.extract::<Path<HashMap<String, String>>>().await.map_err(|_| Problem::nothing_here())?;
    Ok(path.remove(name).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, ToSchema)]
    struct Outer {
        #[schema(value_type = Vec<String>)]
        #[expect(dead_code, reason = "only its parsing is looked at")]
        inner: Vec<domain::SkillId>,
    }

    fn problem(body: &str) -> Problem {
        parse::<Outer>(body.as_bytes()).err().unwrap()
    }

    #[test]
    fn a_wrong_field_is_named_with_its_path() {
        let problem = problem(r#"{"inner":["fine","two words"]}"#);
        assert_eq!((problem.status, problem.code.as_str()), (422, "invalid_fields"));
        assert_eq!(problem.errors[0].field, "inner[1]");
        assert!(problem.errors[0].allowed.to_string().starts_with("1 to 64 characters"), "{problem:?}");
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
}
