//! What a name, a line, a text and an address are: the one place that says it, for every field of every command
//! and every setting (spec.md §Names, lines, texts, addresses).
//!
//! [`rule`] is the rule, by the classes of [`character`] and, for addresses, [`address`]. What comes in is read by
//! it, field by field ([`received`]); what is in a log is read as it is, whatever the rule was when it was written.
//! Code that shows stored texts beside each other uses [`shown`], [`lines`], [`one_line`] and [`isolated`].

mod address;
mod character;
mod direction;
mod invisible;
mod print;
mod received;
mod rule;
mod ruled;

use std::fmt;

use smol_str::SmolStr;

use crate::field::FieldError;
use crate::string_serde;

pub use crate::language::Language;
pub use character::{decimal_digit, has_no_spaces, is_cyrillic, is_invisible, is_plain_accent, script};
pub use direction::isolated;
pub(crate) use direction::{isolated_in, reads_right_to_left};
pub use print::{lines, one_line, shown, steers};
pub(crate) use received::Received;
pub(crate) use rule::{Rule, shows_something};

use ruled::Ruled;

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $field:literal) => {
        $(#[$doc])*
        ///
        /// Deserializing accepts any text, since logs are read that way; requests are checked by
        /// [`crate::Action::received`].
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = String))]
        pub struct $name(SmolStr);

        impl $name {
            /// Accepts what the rule allows, tidied.
            ///
            /// # Errors
            /// Names the field and what is allowed.
            pub fn parse(value: impl Into<SmolStr>) -> Result<Self, FieldError> {
                let value = value.into();
                match Self::RULE.read(&value) {
                    Some(tidy) if tidy == value.as_str() => Ok(Self(value)),
                    Some(tidy) => Ok(Self(tidy.into())),
                    None => Err(FieldError::new($field, Self::RULE.allowed())),
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

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                string_serde::read(deserializer, |text| Ok(Self(text.into())))
            }
        }
    };
}

text!(
    /// What a person wrote in a conversation: 1 to 5,000 characters.
    Text,
    "text"
);
text!(
    /// A name shown to people: 1 to 100 characters on one line.
    Name,
    "name"
);
text!(
    /// A note from one operator to the next: 1 to 500 characters.
    Note,
    "note"
);
text!(
    /// The e-mail address of one mailbox: at most 254 characters.
    Address,
    "email"
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{MESSAGE_CHARACTERS_MAX, NAME_CHARACTERS_MAX};

    #[test]
    fn a_message_counts_characters_not_bytes() {
        assert!(Text::parse("é".repeat(MESSAGE_CHARACTERS_MAX)).is_ok());
        assert!(Text::parse("é".repeat(MESSAGE_CHARACTERS_MAX + 1)).is_err());
        assert!(Text::parse("").is_err());
        assert!(Text::parse("a\0b").is_err());
        assert!(Text::parse(format!("{}\n\n", "é".repeat(MESSAGE_CHARACTERS_MAX))).is_ok());
        assert!(Name::parse(format!(" {} ", "é".repeat(NAME_CHARACTERS_MAX))).is_ok());
    }

    #[test]
    fn what_a_log_has_is_read_as_it_is() {
        for old in ["\u{200B}", " Zoe\nAlice ", "\u{202E}x", "", "@"] {
            let json = serde_json::to_string(old).unwrap();
            assert_eq!(serde_json::from_str::<Name>(&json).unwrap().as_str(), old);
            assert_eq!(serde_json::from_str::<Text>(&json).unwrap().as_str(), old);
            assert_eq!(serde_json::from_str::<Address>(&json).unwrap().as_str(), old);
        }
    }
}
