//! What is recorded of the keys with which programs call the API.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::text::Name;

/// What happened to a key. The key itself is kept beside the log, so that nothing of its secret is in here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyChange {
    /// It was made, and shown once.
    Created {
        /// What it is called, so that it is known after it was renamed.
        name: Name,
        /// The role that it gives to whoever holds it.
        role: ProgramRole,
        /// The scopes that it is limited to; everything that the role may do without them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scopes: Option<Vec<String>>,
        /// Until when it is good, and from where.
        #[serde(flatten)]
        terms: ApiKeyTerms,
    },
    /// An administrator gave it another name, another end, or other networks.
    Changed {
        /// What it is called from now on.
        name: Name,
        /// Until when it is good from now on, and from where.
        #[serde(flatten)]
        terms: ApiKeyTerms,
    },
    /// It is good for nothing any more.
    Revoked,
}

/// Until when a key is good, and from where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyTerms {
    /// Until when; until it is revoked without it.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::timestamp::optional")]
    pub expires_at: Option<Timestamp>,
    /// The networks that it may be used from, as `192.0.2.0/24`; from everywhere if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<String>,
}

/// The roles that a program may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProgramRole {
    /// Hands visitors over.
    Integration,
    /// Reads what a supervisor reads, and changes nothing.
    Supervisor,
    /// Reads figures, exports, and conversations that are over.
    Analyst,
}
