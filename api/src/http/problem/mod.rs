//! Errors as answers: the one place where an error becomes a response (RFC 9457).
//!
//! Every problem has a stable `code`. Wrong fields are all named, each with what it allows. Nothing internal leaks: an
//! internal error is logged here, once, and the answer says only whether to try again.

mod of_account_errors;
mod of_errors;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::bilingual::{Bilingual, both};
use domain::field::FieldError;
use domain::text::Language;
use domain::{ConversationId, both};
pub(crate) use of_account_errors::too_many_guesses;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::http::language;

/// Why something cannot be done. It holds both languages, and is serialized in that of its reader
/// ([`language::of_reader`]); the code is the same for ever.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// The stable code of this kind of problem.
    pub code: String,
    /// What is wrong this time, for people.
    pub detail: Bilingual,
    /// Every wrong field, with what it allows.
    pub errors: Vec<FieldError>,
    /// Seconds after which it is worth trying again, if it is.
    pub retry_after: Option<u32>,
    /// How far the server is with what has to be done first.
    pub progress: Option<Progress>,
}

/// A problem document (RFC 9457). `title`, `detail` and `allowed` are in the language of `Accept-Language`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
struct Document<'a> {
    /// Identifies the kind of problem: `urn:pupitre:problem:` followed by the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:pupitre:problem:conversation_over")]
    kind: String,
    /// The HTTP status in words.
    #[schema(example = "Conflict")]
    title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 409)]
    status: u16,
    /// The stable code of this kind of problem.
    #[schema(example = "conversation_over")]
    code: &'a str,
    /// What is wrong this time, for people.
    detail: &'a str,
    /// Every wrong field, with what it allows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<WrongField<'a>>,
    /// Seconds after which it is worth trying again, as `Retry-After` has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    retry_after: Option<u32>,
    /// How far the server is with what has to be done first.
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<Progress>,
}

/// How far something is that the answer waits for.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Progress {
    /// Events that are done.
    pub done: journal::Position,
    /// Events that there are to do, those included that are done.
    pub total: journal::Position,
}

/// One wrong field.
#[derive(Debug, Serialize, ToSchema)]
struct WrongField<'a> {
    /// The field, as a path in the request.
    #[schema(example = "conversations_per_operator")]
    field: &'a str,
    /// What the field allows.
    #[schema(example = "1 to 10 conversations")]
    allowed: &'a str,
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let language = language::of_reader();
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let wrong = self.errors.iter();
        let errors = wrong
            .map(|error| WrongField { field: &error.field, allowed: error.allowed.text(language) })
            .collect();
        let document = Document {
            kind: format!("urn:pupitre:problem:{}", self.code),
            title: language::title(status, language),
            status: self.status,
            code: &self.code,
            detail: self.detail.text(language),
            errors,
            retry_after: self.retry_after,
            progress: self.progress,
        };
        document.serialize(serializer)
    }
}

impl utoipa::PartialSchema for Problem {
    fn schema() -> RefOr<Schema> {
        Document::schema()
    }
}

impl ToSchema for Problem {
    fn name() -> std::borrow::Cow<'static, str> {
        "Problem".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Document::schemas(schemas);
    }
}

/// Seconds after which a client may try again when the server is overloaded or the database away.
const RETRY_AFTER_SECS: u32 = 1;

/// Events that are computed in a second, about: a client that comes back too early is refused again.
const CATCHING_UP_PER_SECOND: u64 = 20_000;

/// However much there is to do.
const RETRY_AFTER_SECS_MAX: u32 = 60;

impl Problem {
    /// A problem with a stable code.
    pub fn new(status: StatusCode, code: &str, detail: Bilingual) -> Self {
        Self {
            status: status.as_u16(),
            code: code.to_owned(),
            detail,
            errors: vec![],
            retry_after: None,
            progress: None,
        }
    }

    /// The same problem, which may be gone after this many seconds.
    #[must_use]
    pub fn again_in(mut self, secs: u32) -> Self {
        self.retry_after = Some(secs);
        self
    }

    /// There were too many: of what, and how many there may be a minute.
    pub fn rate_limited(a_minute: u32, what: &Bilingual, retry_after_secs: u32) -> Self {
        let (en, fr) = (what.text(Language::En), what.text(Language::Fr));
        let detail = Bilingual::new(
            format!("at most {a_minute} {en} a minute; try again in {retry_after_secs} s"),
            format!("{a_minute} {fr} par minute au plus\u{202f}; réessayez dans {retry_after_secs}\u{a0}s"),
        );
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail).again_in(retry_after_secs)
    }

    /// The same problem, with the fields that cause it.
    #[must_use]
    pub fn with_fields(mut self, errors: impl IntoIterator<Item = FieldError>) -> Self {
        self.errors = errors.into_iter().collect();
        self
    }

    /// One field of the request is wrong.
    pub fn field(field: impl Into<String>, allowed: Bilingual) -> Self {
        domain::Rejection::from(FieldError::new(field, allowed)).into()
    }

    /// The caller is not known.
    pub fn unauthorized(detail: Bilingual) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    /// The caller is known and may not do this.
    pub fn forbidden(detail: Bilingual) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// The key of a program is limited to scopes, and this needs another one.
    pub fn insufficient_scope(scope: &str) -> Self {
        let detail = both!(
            "this takes a key with the scope {scope}",
            "il faut une clé dont la portée comprend {scope}"
        );
        Self::new(StatusCode::FORBIDDEN, "insufficient_scope", detail)
    }

    /// The role may do this, but the key of a program only reads.
    pub fn for_people_only() -> Self {
        Self::forbidden(both(
            "this is for people; the key of a program does not do it, whatever its role",
            "ceci est réservé aux personnes\u{202f}; la clé d’un programme ne le permet pas, quel que soit son rôle",
        ))
    }

    /// Nothing exists at the requested address.
    pub fn nothing_here() -> Self {
        let detail = both("there is nothing at this address", "il n’y a rien à cette adresse");
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// There is no such conversation.
    pub fn unknown_conversation(id: ConversationId) -> Self {
        domain::Rejection::from(domain::conversation::Rejection::Unknown(id)).into()
    }

    /// There is no such key of a program.
    pub fn unknown_api_key(id: &str) -> Self {
        let detail = both!("there is no key {id}", "il n’y a pas de clé {id}");
        Self::new(StatusCode::NOT_FOUND, "unknown_api_key", detail)
    }

    /// An internal error; logged here, and not in the answer.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            both(
                "an internal error occurred; it has been logged",
                "une erreur interne s’est produite\u{202f}; elle a été consignée",
            ),
        )
    }

    /// Try again soon: with the same idempotency key, that is always safe.
    pub fn unavailable(code: &str, detail: Bilingual) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).again_in(RETRY_AFTER_SECS)
    }

    /// The read models are still being computed from the log, so that an answer would cover only a part of it.
    pub fn catching_up(done: journal::Position, total: journal::Position) -> Self {
        let detail = both!(
            "the read models are being computed from the log: {done} of {total} events processed",
            "les données à lire sont en cours de calcul à partir du journal\u{a0}: {done} événements traités sur {total}"
        );
        let seconds = u32::try_from(total.saturating_sub(done) / CATCHING_UP_PER_SECOND).unwrap_or(u32::MAX);
        let problem =
            Self::unavailable("catching_up", detail).again_in(seconds.clamp(1, RETRY_AFTER_SECS_MAX));
        Self { progress: Some(Progress { done, total }), ..problem }
    }

    /// The read models did not reach this position of the log within the time allowed.
    pub fn not_reached_yet(position: journal::Position) -> Self {
        Self::unavailable(
            "not_projected_yet",
            both!(
                "position {position} was not reached in time",
                "la position {position} n’a pas été atteinte à temps"
            ),
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        metrics::counter!("http_problems_total", "code" => self.code.clone()).increment(1);
        let retry_after = self.retry_after;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        let language = HeaderValue::from_static(language::of_reader().code());
        headers.insert(header::CONTENT_LANGUAGE, language);
        headers.append(header::VARY, HeaderValue::from_static("Accept-Language"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
