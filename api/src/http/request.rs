//! The extractors of every request: JSON whose wrong fields are named, the idempotency key, and the
//! identifiers of the path.

use std::collections::HashMap;

use accounts::AccountId;
use axum::RequestPartsExt;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use domain::bilingual::both;
use domain::both;
use domain::field::FieldError;
use domain::id::ApiKeyId;
use domain::settings::SectionName;
use domain::{ConversationId, LivechatId, OperatorId};
use journal::block_in_place;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::body::{BodyLimit, Buffered};
pub use crate::http::idempotency::IdempotencyKey;
use crate::http::json;
use crate::http::problem::Problem;
use crate::limits::{EMPTY_BODY_BYTES_MAX, SHORT_BODY_BYTES};

/// A JSON body.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + ToSchema + Send + 'static> FromRequest<App> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        body(request, app, json::read).await.map(Self)
    }
}

/// A JSON body as it was sent, to be read elsewhere.
pub struct RawJson(pub Box<RawValue>);

impl FromRequest<App> for RawJson {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let read = |body: &[u8]| {
            let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
            let raw = std::str::from_utf8(text).ok().and_then(|text| serde_json::from_str(text).ok());
            // A body that cannot be kept as it is has an error, and is parsed to name it.
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

/// Reads the body of a request. One that takes more than some milliseconds is read in the share of its sender's
/// livechat, off the shared threads.
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
        None => block_in_place(|| read(&body.bytes)),
    }
}

fn is_blank(body: &[u8]) -> bool {
    body.trim_ascii().is_empty()
}

/// Does the request declare a JSON body? A missing type counts as JSON, and so does a type that only says bytes or a
/// form, which is what `curl --data` sends by default.
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
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", error.message())
        .with_fields([error])
}

/// Reads JSON, naming the field that is wrong.
///
/// # Errors
/// `malformed_json` when it is no JSON, `invalid_fields` when it is not what is expected.
pub fn parse<T: DeserializeOwned + ToSchema>(body: &[u8]) -> Result<T, Problem> {
    json::read(body)
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

/// The key that the path names.
#[derive(Clone, Copy, Debug)]
pub struct ApiKeyInPath(pub ApiKeyId);

impl<S: Send + Sync> FromRequestParts<S> for ApiKeyInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let value = segment(parts, "key").await?;
        uuid::Uuid::parse_str(&value)
            .map(|id| Self(ApiKeyId(id)))
            .map_err(|_| Problem::unknown_api_key(&value))
    }
}

/// The session that the path names.
#[derive(Clone, Copy, Debug)]
pub struct SessionInPath(pub uuid::Uuid);

impl<S: Send + Sync> FromRequestParts<S> for SessionInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let value = segment(parts, "session").await?;
        uuid::Uuid::parse_str(&value).map(Self).map_err(|_| {
            let detail = both!("there is no session {value}", "il n’y a pas de session {value}");
            Problem::new(StatusCode::NOT_FOUND, "unknown_session", detail)
        })
    }
}

/// The account that the path names, whether there is one or not.
#[derive(Clone, Copy, Debug)]
pub struct AccountInPath(pub AccountId);

impl<S: Send + Sync> FromRequestParts<S> for AccountInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let value = segment(parts, "account").await?;
        uuid::Uuid::parse_str(&value).map(|id| Self(AccountId(id))).map_err(|_| AccountId::unknown().into())
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
    fn what_is_not_json_is_malformed() {
        for body in ["", "{", "{\"inner\":[]} and more", "nul"] {
            assert_eq!(problem(body).code, "malformed_json", "{body}");
        }
    }
}
