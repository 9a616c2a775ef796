//! Why a what-if has no answer.

use domain::{LivechatId, Rejection};
use projections::figures::Refusal;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The period ends before it has begun.
    #[error("the period has to end after it begins")]
    EmptyPeriod,
    /// There are no hourly figures for a period this long.
    #[error("the period has no figures by the hour: {0}")]
    Period(String),
    /// There is no such livechat.
    #[error("there is no livechat {0} in this log")]
    UnknownLivechat(LivechatId),
    /// A change is invalid: the field, and what it allows.
    #[error("{0}")]
    Wrong(String),
    /// The rules refuse a change.
    #[error("{0}")]
    Rejected(Rejection),
    /// The log cannot be read.
    #[error("the log cannot be read: {0}")]
    Log(projections::BoxError),
}

impl Error {
    /// The period has no figures.
    pub(super) fn no_figures(refusal: Refusal) -> Self {
        Self::Period(match refusal {
            Refusal::Empty => "it is empty".to_owned(),
            Refusal::TooLong(days) => format!("it has more than {days} days"),
            Refusal::TooManyRows => "there would be too many".to_owned(),
        })
    }
}
