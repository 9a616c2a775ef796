//! Why something is refused, in both languages.

use chrono::TimeDelta;
use domain::bilingual::{Bilingual, both};
use domain::both;

use crate::limits::REFRESHES_PER_HOUR_MAX;

use super::session::EndReason;

/// Why a token opens nothing, or a session cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No session has this token (any more), or the token has expired. Which of the two is not told.
    NotValid,
    /// The session of this token was ended.
    Ended(EndReason),
    /// The session was refreshed too often in the last hour.
    TooManyRefreshes {
        /// How long to wait.
        retry_after: TimeDelta,
    },
    /// The account is gone or disabled.
    NoAccount,
}

/// Why nothing was done with a session.
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
            Self::NotValid => "token_not_valid",
            Self::Ended(_) => "session_ended",
            Self::TooManyRefreshes { .. } => "too_many_refreshes",
            Self::NoAccount => "account_not_active",
        }
    }

    /// The reason in words.
    pub fn text(self) -> Bilingual {
        match self {
            Self::NotValid => {
                both("the token is not valid, or has expired", "le jeton n’est pas valable ou a expiré")
            }
            Self::Ended(reason) => ended(reason),
            Self::TooManyRefreshes { .. } => both!(
                "a session can be refreshed at most {max} times an hour",
                "une session peut être renouvelée {max} fois par heure au plus",
                max = REFRESHES_PER_HOUR_MAX
            ),
            Self::NoAccount => both("the account is not active", "le compte n’est pas actif"),
        }
    }
}

const fn ended(reason: EndReason) -> Bilingual {
    match reason {
        EndReason::SignedOut => both("the session was signed out", "la session a été déconnectée"),
        EndReason::Revoked => both("the session was revoked", "la session a été révoquée"),
        EndReason::PasswordChanged => both(
            "the session ended because the password of the account was changed",
            "la session a pris fin parce que le mot de passe du compte a changé",
        ),
        EndReason::RolesChanged => both(
            "the session ended because the roles of the account were changed",
            "la session a pris fin parce que les rôles du compte ont changé",
        ),
        EndReason::AccountDisabled => both(
            "the session ended because the account was disabled",
            "la session a pris fin parce que le compte a été désactivé",
        ),
        EndReason::AccountDeleted => both(
            "the session ended because the account was deleted",
            "la session a pris fin parce que le compte a été supprimé",
        ),
        EndReason::SecondFactorRemoved => both(
            "the session ended because the second factor of the account was removed",
            "la session a pris fin parce que le second facteur du compte a été retiré",
        ),
        EndReason::TokenReused => both(
            "the session ended because a refresh token was used twice: somebody else may have it",
            "la session a pris fin parce qu’un jeton de renouvellement a servi deux fois\u{a0}: quelqu’un d’autre l’a \
             peut-être",
        ),
        EndReason::MadeRoom => both(
            "the session ended because the account had too many sessions",
            "la session a pris fin parce que le compte avait trop de sessions",
        ),
    }
}
