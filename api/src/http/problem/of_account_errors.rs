//! The one table from errors of accounts, sessions and second factors to problems.

use accounts::{second_factor, sessions, sign_in};
use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::bilingual::both;

use super::Problem;

impl From<accounts::Error> for Problem {
    fn from(error: accounts::Error) -> Self {
        use accounts::Error;
        let said = error.message();
        match (error, said) {
            (Error::Wrong(fields), _) => domain::Rejection::Invalid(fields).into(),
            (Error::Conflict(field), Some(text)) => {
                Self::new(StatusCode::CONFLICT, "account_conflict", text).with_fields([field])
            }
            (Error::Unknown(field), Some(text)) => {
                Self::new(StatusCode::NOT_FOUND, "unknown_account", text).with_fields([field])
            }
            (Error::Link, Some(text)) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "link_not_valid", text),
            (Error::Busy, Some(text)) => Self::unavailable("too_many_sign_ins", text),
            (error @ (Error::Stored(_) | Error::Unreadable(_) | Error::Sealed | Error::Hash(_)), _) => {
                Self::internal(&error)
            }
            (error, _) => {
                tracing::error!(%error, "the accounts cannot be read or changed");
                Self::unavailable(
                    "database_unavailable",
                    both("the database does not answer", "la base de données ne répond pas"),
                )
            }
        }
    }
}

impl From<sessions::Error> for Problem {
    fn from(error: sessions::Error) -> Self {
        let refusal = match error {
            sessions::Error::Failed(error) => return error.into(),
            sessions::Error::Refused(refusal) => refusal,
        };
        match refusal {
            sessions::Refusal::TooManyRefreshes { retry_after } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, refusal.code(), refusal.text())
                    .again_in(secs(retry_after))
            }
            sessions::Refusal::NotValid | sessions::Refusal::Ended(_) | sessions::Refusal::NoAccount => {
                Self::new(StatusCode::UNAUTHORIZED, refusal.code(), refusal.text())
            }
        }
    }
}

impl From<second_factor::Error> for Problem {
    fn from(error: second_factor::Error) -> Self {
        use second_factor::Refusal;
        let refusal = match error {
            second_factor::Error::Failed(error) => return error.into(),
            second_factor::Error::Refused(refusal) => refusal,
        };
        let problem = |status| Self::new(status, refusal.code(), refusal.text());
        match refusal {
            Refusal::NotEnrolled | Refusal::AlreadyEnrolled => problem(StatusCode::CONFLICT),
            Refusal::WrongCode => problem(StatusCode::UNPROCESSABLE_ENTITY),
            Refusal::TooManyTries { retry_after } => {
                problem(StatusCode::TOO_MANY_REQUESTS).again_in(secs(retry_after))
            }
            Refusal::Blocked => problem(StatusCode::FORBIDDEN),
            Refusal::NoAccount => problem(StatusCode::NOT_FOUND),
        }
    }
}

impl From<sign_in::Error> for Problem {
    fn from(error: sign_in::Error) -> Self {
        match error {
            sign_in::Error::Wrong => Self::new(
                StatusCode::UNAUTHORIZED,
                "wrong_credentials",
                both("the address or the password is wrong", "l’adresse ou le mot de passe est erroné"),
            ),
            sign_in::Error::CodeNeeded => Self::new(
                StatusCode::UNAUTHORIZED,
                "code_needed",
                both(
                    "a code of the authenticator is needed, or a recovery code",
                    "il faut un code de l’application d’authentification, ou un code de secours",
                ),
            ),
            sign_in::Error::TooSoon(too_soon) => too_many_guesses(too_soon.retry_after),
            // Whoever signs in is not known yet.
            sign_in::Error::Code(second_factor::Error::Refused(
                refusal @ second_factor::Refusal::WrongCode,
            )) => Self::new(StatusCode::UNAUTHORIZED, refusal.code(), refusal.text()),
            sign_in::Error::Code(error) => error.into(),
            sign_in::Error::Session(error) => error.into(),
            sign_in::Error::Failed(error) => error.into(),
        }
    }
}

/// The next guess has to wait.
pub(crate) fn too_many_guesses(retry_after: TimeDelta) -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_guesses",
        both(
            "too many wrong passwords: the next one has to wait",
            "trop de mots de passe erronés\u{a0}: le prochain doit attendre",
        ),
    )
    .again_in(secs(retry_after))
}

/// Whole seconds, not less than there are.
fn secs(wait: TimeDelta) -> u32 {
    u32::try_from((wait.num_milliseconds() + 999) / 1_000).unwrap_or(u32::MAX).max(1)
}
