//! Identifiers. Each kind is its own type, so that none can be taken for another.
//!
//! Identifiers chosen by people or other systems (livechat, operator, skill, visitor, survey) are short
//! strings that fit a URL segment; those made by Pupitre or its clients (conversation, command) are
//! UUIDs.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use uuid::Uuid;

use crate::bilingual::{Bilingual, both};
use crate::field::FieldError;
use crate::limits::IDENTIFIER_CHARACTERS_MAX;
use crate::string_serde::string_serde;

macro_rules! slug {
    ($(#[$doc:meta])* $name:ident, $field:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = String, pattern = "^\\.{0,63}[A-Za-z0-9_@:-][A-Za-z0-9._@:-]{0,63}$"))]
        pub struct $name(SmolStr);

        impl $name {
            /// Accepts 1 to 64 characters among letters, digits, `-`, `_`, `.`, `@` and `:`, that are not only dots:
            /// those are steps of a path, and anything with such a name could not be addressed.
            ///
            /// # Errors
            /// Names the field and what is allowed in it.
            pub fn parse(value: &str) -> Result<Self, FieldError> {
                if is_slug(value) && !is_dots(value) {
                    Ok(Self(value.into()))
                } else {
                    Err(FieldError::new($field, ALLOWED))
                }
            }

            /// Reads what a log or a table holds: older ones may have identifiers of dots. The same goes for bodies,
            /// where [`Action::received`](crate::Action::received) checks more.
            ///
            /// # Errors
            /// Names the field and what is allowed in it.
            pub fn stored(value: &str) -> Result<Self, FieldError> {
                if is_slug(value) { Ok(Self(value.into())) } else { Err(FieldError::new($field, ALLOWED)) }
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        string_serde!($name, stored);
    };
}

/// What an identifier has to be.
pub(crate) const ALLOWED: Bilingual = both(
    "1 to 64 characters among letters, digits, - _ . @ :, more than dots",
    "1 à 64 caractères parmi lettres sans accent, chiffres, - _ . @ et deux-points, pas uniquement des points",
);

/// Nothing but dots: programs that read an address leave such a step out, or go back by it.
pub(crate) fn is_dots(value: &str) -> bool {
    value.bytes().all(|byte| byte == b'.')
}

fn is_slug(value: &str) -> bool {
    (1..=IDENTIFIER_CHARACTERS_MAX).contains(&value.len())
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.@:".contains(&b))
}

slug!(
    /// One configured service: its settings, operators, queue and conversations.
    LivechatId,
    "livechat"
);
slug!(
    /// A person who answers visitors.
    OperatorId,
    "operator"
);
slug!(
    /// Something a conversation may require and an operator may have.
    SkillId,
    "skill"
);
slug!(
    /// The end user who chats, as named by the site or the bot.
    VisitorId,
    "visitor"
);
slug!(
    /// A supervisor, an administrator or an integration.
    StaffId,
    "staff"
);
slug!(
    /// A survey: the form of the operator or of the visitor.
    SurveyId,
    "survey"
);
slug!(
    /// A field of a survey, unique in it.
    FieldId,
    "field"
);
slug!(
    /// A choice of a field of a survey, unique in that field.
    ChoiceId,
    "choice"
);
slug!(
    /// An article of the knowledge.
    ArticleId,
    "article"
);
slug!(
    /// A canned reply.
    ReplyId,
    "reply"
);

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

uuid_id!(
    /// One exchange with a visitor. It is the id of the command that requested it, so that a request
    /// sent twice names the same conversation.
    ConversationId
);
uuid_id!(
    /// One command, made by the client: repeating it writes nothing and gets the same answer as the first time.
    CommandId
);
uuid_id!(
    /// A key with which a program calls the API. It is the id of the command that made it, so that a request sent twice
    /// names the same key.
    ApiKeyId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_short_and_fits_a_url() {
        assert!(OperatorId::parse("alice.durand@example.org").is_ok());
        assert!(OperatorId::parse(&"a".repeat(64)).is_ok());
        for bad in ["", "two words", "a/b", "é", ".", "..", "....", &"a".repeat(65)] {
            assert_eq!(OperatorId::parse(bad).map_err(|e| e.field), Err("operator".into()), "{bad}");
        }
        assert!(OperatorId::parse(".a").is_ok() && OperatorId::parse("-").is_ok());
    }

    #[test]
    fn a_log_that_has_identifiers_of_dots_is_read() {
        let read: OperatorId = serde_json::from_str("\"..\"").unwrap();
        assert_eq!(read.as_str(), "..");
        assert!(serde_json::from_str::<OperatorId>("\"a/b\"").is_err());
    }
}
