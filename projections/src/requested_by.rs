//! Who vouches for the details of a visitor.

use domain::Actor;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who handed a request in, and so vouches for what it says of the visitor (spec.md §Privacy and security).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestedBy {
    /// The integration, a trusted program.
    Integration,
    /// The visitor: the name, the address and the exchange with the bot are claims that nobody has checked.
    Visitor,
}

column_types! { Text: RequestedBy; }

impl RequestedBy {
    /// The author of the request.
    pub fn author(by: &Actor) -> Self {
        Self::role(by.role())
    }

    /// The role of the requester.
    pub fn role(role: &str) -> Self {
        if role == "visitor" { Self::Visitor } else { Self::Integration }
    }
}
