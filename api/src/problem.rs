//! Errors as answers: the one place where an error becomes a response (RFC 9457).
//!
//! Every problem has a stable `code`. Wrong fields are all named, each with what it allows. Nothing
//! internal leaks: what went wrong inside is logged here, once, and the answer says only whether to
//! try again.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Rejection;
use domain::conversation::Rejection as ConversationRejection;
use domain::field::FieldError;
use serde::Serialize;
use utoipa::ToSchema;

/// A problem document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Identifies the kind of problem: `urn:pupitre:problem:` followed by the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code of this kind of problem.
    #[schema(example = "conversation_over")]
    pub code: String,
    /// What is wrong this time, for people.
    pub detail: String,
    /// Every wrong field, with what it allows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<WrongField>,
}

/// One wrong field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WrongField {
    /// The field, as a path in the request.
    #[schema(example = "conversations_per_operator")]
    pub field: String,
    /// What the field allows.
    #[schema(example = "1 to 10 conversations")]
    pub allowed: String,
}

/// Seconds after which a client may try again when the server is overloaded or the database away.
const RETRY_AFTER_SECS: &str = "1";

impl Problem {
    /// A problem with a stable code.
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:pupitre:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Problem").to_owned(),
            status: status.as_u16(),
            code: code.to_owned(),
            detail: detail.into(),
            errors: vec![],
        }
    }

    /// The same problem, with the fields that cause it.
    #[must_use]
    pub fn with_fields(mut self, errors: impl IntoIterator<Item = FieldError>) -> Self {
        self.errors = errors
            .into_iter()
            .map(|error| WrongField { field: error.field, allowed: error.allowed })
            .collect();
        self
    }

    /// One field of the request is wrong.
    pub fn field(field: impl Into<String>, allowed: impl Into<String>) -> Self {
        let error = FieldError::new(field, allowed);
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_fields", error.to_string()).with_fields([error])
    }

    /// The caller is not known.
    pub fn unauthorized(detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    /// The caller is known and may not do this.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// Something went wrong inside; logged here, and not told.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the server could not do this; the error is logged",
        )
    }

    /// Try again in a moment: with the same idempotency key, that is always safe.
    pub fn unavailable(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail)
    }

    /// What is read has not come to this position of the log within the time that is waited for it.
    pub fn not_reached_yet(position: journal::Position) -> Self {
        Self::unavailable("not_projected_yet", format!("position {position} has not been reached in time"))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        metrics::counter!("http_problems_total", "code" => self.code.clone()).increment(1);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECS));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        Self::field(error.field, error.allowed)
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let problem = Self::new(status(&rejection), rejection.code(), rejection.to_string());
        match rejection {
            Rejection::Invalid(errors) => problem.with_fields(errors),
            Rejection::UnknownOperator(_) => {
                problem.with_fields([FieldError::new("operator", "an operator registered in this livechat")])
            }
            Rejection::UnknownSkill(_) => {
                problem.with_fields([FieldError::new("skill", "a skill defined in this livechat")])
            }
            Rejection::UnknownArticle(_) => {
                problem.with_fields([FieldError::new("article", "an article defined in this livechat")])
            }
            Rejection::UnknownSurvey(_) => {
                problem.with_fields([FieldError::new("survey", "a survey for visitors of this livechat")])
            }
            Rejection::StatusDisabled(_) => {
                problem.with_fields([FieldError::new("status", "a status that is switched on")])
            }
            Rejection::SettingsChanged { revision, .. } => problem
                .with_fields([FieldError::new("If-Match", format!("\"{revision}\", the revision in force"))]),
            Rejection::InUse(all) => {
                let errors = all.iter().map(|one| FieldError::new(one.section().as_str(), one.to_string()));
                problem.with_fields(errors.collect::<Vec<_>>())
            }
            Rejection::UnknownLivechat
            | Rejection::LivechatExists
            | Rejection::KeyUsed
            | Rejection::OptionOff(_)
            | Rejection::Forbidden { .. }
            | Rejection::TooManyOperators(_)
            | Rejection::Conversation(_) => problem,
        }
    }
}

/// Unknown things are 404, what the caller may not do 403, what clashes with what exists 409, what
/// was made for another revision 412, and a rule that refuses 422.
const fn status(rejection: &Rejection) -> StatusCode {
    match rejection {
        Rejection::Invalid(_)
        | Rejection::UnknownSkill(_)
        | Rejection::UnknownArticle(_)
        | Rejection::UnknownSurvey(_)
        | Rejection::StatusDisabled(_)
        | Rejection::TooManyOperators(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Rejection::UnknownLivechat | Rejection::UnknownOperator(_) => StatusCode::NOT_FOUND,
        Rejection::LivechatExists | Rejection::KeyUsed | Rejection::InUse(_) => StatusCode::CONFLICT,
        Rejection::Forbidden { .. } | Rejection::OptionOff(_) => StatusCode::FORBIDDEN,
        Rejection::SettingsChanged { .. } => StatusCode::PRECONDITION_FAILED,
        Rejection::Conversation(rejection) => match rejection {
            ConversationRejection::Unknown(_) | ConversationRejection::NoSurvey(_) => StatusCode::NOT_FOUND,
            ConversationRejection::NotYours(_) => StatusCode::FORBIDDEN,
            ConversationRejection::Over(_)
            | ConversationRejection::NotEnded(_)
            | ConversationRejection::HelpTaken(_)
            | ConversationRejection::SurveySent(_)
            | ConversationRejection::Exists(_)
            | ConversationRejection::AlreadyInConversation(_) => StatusCode::CONFLICT,
            ConversationRejection::NotWaiting(_)
            | ConversationRejection::NoCallForHelp(_)
            | ConversationRejection::NoFileRequested(_)
            | ConversationRejection::NoAddress(_)
            | ConversationRejection::NotAssigned(_)
            | ConversationRejection::NotPickedUp(_)
            | ConversationRejection::TooLong(_)
            | ConversationRejection::TooManyPages(_)
            | ConversationRejection::AlreadyThere(_)
            | ConversationRejection::NotReceiving(_)
            | ConversationRejection::NoRoom(_)
            | ConversationRejection::MissingSkill { .. }
            | ConversationRejection::NobodyFree(_) => StatusCode::UNPROCESSABLE_ENTITY,
        },
    }
}

impl From<journal::Error> for Problem {
    fn from(error: journal::Error) -> Self {
        match error {
            journal::Error::Rejected(rejection) => rejection.into(),
            journal::Error::Overloaded => Self::unavailable("overloaded", error.to_string()),
            journal::Error::Closed => Self::unavailable("shutting_down", "the server is shutting down"),
            journal::Error::NotDurable(_) => Self::unavailable(
                "not_durable",
                "this could not be made durable; send it again with the same key",
            ),
            journal::Error::Unwritable(_) => {
                tracing::error!(%error, "the database refuses a command");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "not_writable",
                    "the database refuses to record this; sending it again does not help",
                )
            }
            journal::Error::Store(_) => {
                tracing::error!(%error, "the log cannot be read");
                Self::unavailable("database_unavailable", "the database does not answer")
            }
            journal::Error::Damaged { .. } | journal::Error::Unreadable(_) => Self::internal(&error),
        }
    }
}
