//! What a member of staff read.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::id::ConversationId;

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// The transcript of a conversation.
    Transcript {
        /// Which one.
        #[cfg_attr(feature = "schema", schema(value_type = String))]
        conversation: ConversationId,
        /// As what.
        form: Form,
    },
    /// A search through transcripts.
    Search {
        /// How many conversations were shown.
        shown: usize,
    },
    /// Many rows at once, as a file.
    Export {
        /// Of what.
        what: Exported,
        /// As what.
        form: Form,
        /// From when on; from the beginning without it.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
        #[serde(default, with = "crate::timestamp::optional")]
        from: Option<Timestamp>,
        /// Until when; until now without it.
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
        #[serde(default, with = "crate::timestamp::optional")]
        until: Option<Timestamp>,
    },
}

/// The form in which something was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// On a screen, or by a program.
    Json,
    /// Live, as it happens.
    Live,
    /// Plain text.
    Text,
    /// A page to print.
    Html,
    /// A table of text.
    Csv,
    /// A table of columns.
    Parquet,
}

/// What can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Exported {
    /// Who did what.
    Audit,
    /// Figures.
    Figures,
    /// One row per request, with its outcome.
    Contacts,
    /// One row per time that an operator had a conversation.
    #[serde(rename = "stays")]
    Assignments,
    /// One row per time that an operator was in a status.
    OperatorTime,
    /// One row per survey that was asked, answered or closed.
    Surveys,
    /// One row per conversation.
    Conversations,
}
