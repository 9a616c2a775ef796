//! Errors as answers: the one place where an error becomes a response (RFC 9457).
//!
//! Every problem has a stable `code`. Wrong fields are all named, each with what it allows. Nothing
//! internal leaks: what went wrong inside is logged here, once, and the answer says only whether to
//! try again.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Rejection;
use domain::bilingual::{Bilingual, both};
use domain::both;
use domain::conversation::Rejection as ConversationRejection;
use domain::field::FieldError;
use domain::text::Language;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::language;

/// Why something cannot be done. It holds both languages, and is written down in that of whoever reads it
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

/// Events that are computed in a second, about: a client that comes back too early is told again.
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

    /// The same problem, which may be gone after so many seconds.
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

    /// Nothing is at the address that was asked for.
    pub fn nothing_here() -> Self {
        let detail = both("there is nothing at this address", "il n’y a rien à cette adresse");
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// Something went wrong inside; logged here, and not told.
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

    /// Try again in a moment: with the same idempotency key, that is always safe.
    pub fn unavailable(code: &str, detail: Bilingual) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).again_in(RETRY_AFTER_SECS)
    }

    /// What there is to read is still being computed from the log, so that an answer would be of a part of it.
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

    /// What is read has not come to this position of the log within the time that is waited for it.
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

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        domain::Rejection::from(error).into()
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let problem = Self::new(status(&rejection), rejection.code(), rejection.message());
        match rejection {
            Rejection::Invalid(errors) => problem.with_fields(errors),
            Rejection::UnknownOperator(_) => problem.with_fields([FieldError::new(
                "operator",
                both("an operator registered in this livechat", "un opérateur enregistré dans ce livechat"),
            )]),
            Rejection::UnknownSkill(_) => problem.with_fields([FieldError::new(
                "skill",
                both("a skill defined in this livechat", "une compétence définie dans ce livechat"),
            )]),
            Rejection::UnknownArticle(_) => problem.with_fields([FieldError::new(
                "article",
                both("an article defined in this livechat", "un article défini dans ce livechat"),
            )]),
            Rejection::UnknownSurvey(_) => problem.with_fields([FieldError::new(
                "survey",
                both(
                    "a survey for visitors of this livechat",
                    "un questionnaire de ce livechat destiné aux internautes",
                ),
            )]),
            Rejection::StatusDisabled(_) => problem.with_fields([FieldError::new(
                "status",
                both("a status that is switched on", "un statut activé"),
            )]),
            Rejection::SettingsChanged { revision, .. } | Rejection::ProfileChanged { revision, .. } => {
                problem.with_fields([FieldError::new(
                    "If-Match",
                    both!("\"{revision}\", the revision in force", "\"{revision}\", la révision en vigueur"),
                )])
            }
            Rejection::InUse(all) => {
                let errors = all.iter().map(|one| FieldError::new(one.section().as_str(), one.message()));
                problem.with_fields(errors.collect::<Vec<_>>())
            }
            Rejection::UnknownLivechat
            | Rejection::LivechatExists
            | Rejection::KeyUsed
            | Rejection::OptionOff(_)
            | Rejection::IdentifierTaken(_)
            | Rejection::OperatorSuspended(_)
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
        Rejection::LivechatExists
        | Rejection::KeyUsed
        | Rejection::InUse(_)
        | Rejection::IdentifierTaken(_) => StatusCode::CONFLICT,
        Rejection::Forbidden { .. } | Rejection::OptionOff(_) | Rejection::OperatorSuspended(_) => {
            StatusCode::FORBIDDEN
        }
        Rejection::SettingsChanged { .. } | Rejection::ProfileChanged { .. } => {
            StatusCode::PRECONDITION_FAILED
        }
        Rejection::Conversation(rejection) => match rejection {
            ConversationRejection::Unknown(_) | ConversationRejection::NoSurvey(_) => StatusCode::NOT_FOUND,
            ConversationRejection::NotYours(_) => StatusCode::FORBIDDEN,
            ConversationRejection::Over(_)
            | ConversationRejection::NotEnded(_)
            | ConversationRejection::HelpTaken(_)
            | ConversationRejection::SegmentNeeded(_)
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

impl From<projections::Error> for Problem {
    fn from(error: projections::Error) -> Self {
        if let projections::Error::CatchingUp { done, total, .. } = &error {
            return Self::catching_up(*done, *total);
        }
        if let projections::Error::Stopped(_) = &error {
            return Self::unavailable(
                "projections_stopped",
                both(
                    "the read models of this livechat are paused at an event that cannot be projected, so an answer would be \
                     incomplete: `pupitre projections parked` shows which; other livechats are not affected",
                    "les données à lire de ce livechat s’arrêtent à un événement qui ne peut pas être \
                     projeté\u{a0}: la réponse serait incomplète (`pupitre projections parked` montre lequel)\u{202f}; les \
                     autres livechats ne sont pas touchés",
                ),
            );
        }
        tracing::error!(%error, "the projections cannot be read");
        Self::unavailable(
            "database_unavailable",
            both("the database does not answer", "la base de données ne répond pas"),
        )
    }
}

impl From<journal::Error> for Problem {
    fn from(error: journal::Error) -> Self {
        match error {
            journal::Error::Rejected(rejection) => rejection.into(),
            journal::Error::Overloaded => Self::unavailable(
                "overloaded",
                both(
                    "the server is overloaded; try again in a moment",
                    "le serveur est surchargé\u{202f}; réessayez dans un instant",
                ),
            ),
            journal::Error::Closed => Self::unavailable(
                "shutting_down",
                both("the server is shutting down", "le serveur est en cours d’arrêt"),
            ),
            journal::Error::NotDurable(_) => Self::unavailable(
                "not_durable",
                both(
                    "this could not be stored durably; send it again with the same key",
                    "cela n’a pas pu être enregistré durablement\u{202f}; renvoyez-le avec la même clé",
                ),
            ),
            journal::Error::Unwritable(_) => {
                tracing::error!(%error, "the database refuses a command");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "not_writable",
                    both(
                        "the database refuses to record this; sending it again does not help",
                        "la base de données refuse d’enregistrer cela\u{202f}; le renvoyer n’y changera rien",
                    ),
                )
            }
            journal::Error::Store(_) => {
                tracing::error!(%error, "the log cannot be read");
                Self::unavailable(
                    "database_unavailable",
                    both("the database does not answer", "la base de données ne répond pas"),
                )
            }
            // Told and logged once where it is found, and not to everybody.
            journal::Error::Damaged { .. } => Self::unavailable(
                "log_damaged",
                both(
                    "the log of this livechat is damaged, so it accepts no commands until it is repaired: \
                     `pupitre log verify` shows where; other livechats are not affected",
                    "le journal de ce livechat est endommagé\u{a0}: il n’accepte plus de commandes tant qu’il n’est pas \
                     réparé (`pupitre log verify` montre où)\u{202f}; les autres livechats ne sont pas touchés",
                ),
            ),
            journal::Error::Unreadable(_) => Self::internal(&error),
        }
    }
}
