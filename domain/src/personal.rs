//! Data about a person, marked as such from the first day.
//!
//! Everything inside [`Personal`] can later be encrypted per visitor and shredded; everything
//! outside must be harmless on its own.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value that identifies or was written by a person. It never prints itself in a log.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct Personal<T>(pub T);

impl<T> Personal<T> {
    /// The value itself, for readers entitled to it.
    pub const fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹personal›")
    }
}

impl<T> From<T> for Personal<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_prints_itself() {
        assert_eq!(format!("{:?}", Personal::from("Zoé Martin")), "‹personal›");
    }
}
