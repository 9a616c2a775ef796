//! The answer to a command.

use journal::Position;
use serde::Serialize;
use utoipa::ToSchema;

/// The answer to a command: up to where the log has to be read to see what it did. A read with
/// `at_least` this position sees it.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// A position in the log of the livechat.
    pub position: Position,
}

impl From<journal::Receipt> for Receipt {
    fn from(receipt: journal::Receipt) -> Self {
        Self { position: receipt.position }
    }
}
