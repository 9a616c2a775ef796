//! Bodies that several routes share: the answer to a command, and a note that goes with one.

use domain::personal::Personal;
use domain::text::Note;
use journal::Position;
use serde::{Deserialize, Serialize};
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

/// A few words with a command; they may be left out, and the whole body too.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "note": "The visitor asks for a refund above my limit." }))]
pub struct OptionalNote {
    /// 1 to 500 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    pub note: Option<Personal<Note>>,
}
