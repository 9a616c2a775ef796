//! What can go wrong between a client and the server.

use std::fmt;

use serde::Deserialize;

/// Why a call or a connection failed for good.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address cannot be that of a server.
    #[error("{address} is not the address of a server: {reason}")]
    Address {
        /// What was given.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The file with an authority of one's own cannot be used.
    #[error("{file} cannot be used as an authority: {reason}")]
    Authority {
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The server understood, and says no.
    #[error("{what}: refused: {problem}")]
    Refused {
        /// What was asked.
        what: String,
        /// Its reason.
        problem: Box<Problem>,
    },
    /// Nothing succeeded for [`super::UNREACHABLE_MAX`].
    #[error("{what}: given up after a minute without success: {last}")]
    GivenUp {
        /// What was tried.
        what: String,
        /// How the last attempt failed.
        last: String,
    },
    /// The answer is not in the agreed form.
    #[error("{what}: an answer that cannot be understood: {reason}")]
    Unexpected {
        /// What was asked.
        what: String,
        /// What is wrong with the answer.
        reason: String,
    },
}

/// A refusal in the standard problem format (RFC 9457), as far as clients look at it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// The stable name of the refusal.
    pub code: String,
    /// The same for every refusal with this code.
    pub title: String,
    /// This refusal, in a sentence.
    pub detail: String,
}

impl Problem {
    /// May the same command be accepted later, unchanged?
    pub const fn is_retryable(&self) -> bool {
        retryable(self.status)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = if self.detail.is_empty() { &self.title } else { &self.detail };
        write!(f, "{} {} ({text})", self.status, self.code)
    }
}

/// Overload, too many requests at once, or a fault of the server: not the fault of the command.
pub(super) const fn retryable(status: u16) -> bool {
    status >= 500 || status == 429
}
