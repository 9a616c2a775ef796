//! The languages in which Pupitre speaks to users.

use serde::{Deserialize, Serialize};

/// A language in which Pupitre speaks to users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// French.
    #[default]
    Fr,
    /// English.
    En,
}

impl Language {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// The code of the language, as in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }
}
