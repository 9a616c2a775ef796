//! Why something is refused, in both languages.

use chrono::TimeDelta;
use domain::bilingual::{Bilingual, both};

/// Why a code, or a change of the second factor, is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The account has no authenticator, or its enrolment was not confirmed in time.
    NotEnrolled,
    /// The account has an authenticator already.
    AlreadyEnrolled,
    /// The code is wrong, or was used.
    WrongCode,
    /// There were too many wrong codes.
    TooManyTries {
        /// How long to wait.
        retry_after: TimeDelta,
    },
    /// There were so many wrong codes that only a recovery code or an administrator helps.
    Blocked,
    /// The account does not exist.
    NoAccount,
}

/// Why nothing was done with a second factor.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not allowed.
    #[error("{}", .0.text())]
    Refused(Refusal),
    /// It could not be done.
    #[error(transparent)]
    Failed(#[from] crate::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Refusal {
    /// A stable name of the reason, for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotEnrolled => "second_factor_not_enrolled",
            Self::AlreadyEnrolled => "second_factor_already_enrolled",
            Self::WrongCode => "wrong_code",
            Self::TooManyTries { .. } => "too_many_codes",
            Self::Blocked => "second_factor_blocked",
            Self::NoAccount => "account_unknown",
        }
    }

    /// The reason in words.
    pub const fn text(self) -> Bilingual {
        match self {
            Self::NotEnrolled => both(
                "the account has no authenticator, or it was not confirmed in time",
                "le compte n’a pas d’application d’authentification, ou elle n’a pas été confirmée à temps",
            ),
            Self::AlreadyEnrolled => both(
                "the account has an authenticator already; remove it first",
                "le compte a déjà une application d’authentification\u{202f}; retirez-la d’abord",
            ),
            Self::WrongCode => {
                both("the code is wrong, or was used already", "le code est faux ou a déjà servi")
            }
            Self::TooManyTries { .. } => both(
                "too many wrong codes; wait, or use a recovery code",
                "trop de codes faux\u{202f}; attendez, ou utilisez un code de secours",
            ),
            Self::Blocked => both(
                "too many wrong codes; use a recovery code, or ask an administrator to remove the authenticator",
                "trop de codes faux\u{202f}; utilisez un code de secours, ou demandez à un administrateur de retirer \
                 l’application d’authentification",
            ),
            Self::NoAccount => both("the account does not exist", "le compte n’existe pas"),
        }
    }
}
