//! What can go wrong in a load test.

use super::file;
use crate::client;

/// Why a load test could not be run to its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be played.
    #[error("the conversations cannot be read: {0}")]
    File(#[from] file::Error),
    /// The livechat could not be prepared, or read back.
    #[error(transparent)]
    Server(#[from] client::Error),
    /// An operator could not work.
    #[error("operator {operator}: {reason}")]
    Operator {
        /// The operator.
        operator: String,
        /// Why.
        reason: client::Error,
    },
    /// A part of the load test itself failed.
    #[error("the load test failed: {0}")]
    Broken(String),
}

/// A task of the load test that panicked or was cancelled.
#[expect(clippy::needless_pass_by_value, reason = "it is a map_err function")]
pub(super) fn broken(error: tokio::task::JoinError) -> Error {
    Error::Broken(error.to_string())
}
