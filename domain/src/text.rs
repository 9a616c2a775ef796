//! Validated text: a value of these types is within its limits, because `parse` is the only way in.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::as_text::as_text;
use crate::both;
use crate::field::FieldError;
use crate::limits::{MESSAGE_CHARACTERS_MAX, NAME_CHARACTERS_MAX, NOTE_CHARACTERS_MAX};

/// Is `value` between 1 and `max` characters, without the NUL that databases refuse?
pub(crate) fn fits(value: &str, max: usize) -> bool {
    // A string of at most `max` bytes has at most `max` characters: the count is rarely needed.
    !value.is_empty() && (value.len() <= max || value.chars().count() <= max) && !value.contains('\0')
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $field:literal, $max:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = String))]
        pub struct $name(SmolStr);

        impl $name {
            /// Accepts the text as it is, if it fits.
            ///
            /// # Errors
            /// Names the field and the allowed length.
            pub fn parse(value: impl Into<SmolStr>) -> Result<Self, FieldError> {
                let value = value.into();
                if fits(&value, $max) {
                    Ok(Self(value))
                } else {
                    Err(FieldError::new($field, both!(
                        "1 to {max} characters, without NUL",
                        "1 à {max} caractères, sans NUL",
                        max = $max
                    )))
                }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        as_text!($name);
    };
}

text!(
    /// What somebody wrote in a conversation.
    Text,
    "text",
    MESSAGE_CHARACTERS_MAX
);
text!(
    /// A name shown to people.
    Name,
    "name",
    NAME_CHARACTERS_MAX
);
text!(
    /// A note from one operator to the next.
    Note,
    "note",
    NOTE_CHARACTERS_MAX
);

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
    /// The code of the language, as in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_counts_characters_not_bytes() {
        assert!(Text::parse("é".repeat(MESSAGE_CHARACTERS_MAX)).is_ok());
        assert!(Text::parse("é".repeat(MESSAGE_CHARACTERS_MAX + 1)).is_err());
        assert!(Text::parse("").is_err());
        assert!(Text::parse("a\0b").is_err());
    }
}
