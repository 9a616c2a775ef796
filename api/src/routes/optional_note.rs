//! A note that goes with a command.

use domain::personal::Personal;
use domain::text::Note;
use serde::Deserialize;
use utoipa::ToSchema;

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
