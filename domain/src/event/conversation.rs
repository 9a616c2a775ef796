//! What happens to a conversation, in groups: a reader names the groups it cares about, and is exhaustive in those.

use std::fmt;

use serde::de::value::EnumAccessDeserializer;
use serde::de::{self, DeserializeSeed, EnumAccess, IntoDeserializer, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use strum::VariantNames;

use super::attention::Attention;
use super::exchange::Exchange;
use super::flow::Flow;
use super::notice::Notice;
use super::survey_step::SurveyStep;
use super::visit::Visit;
use crate::id::OperatorId;

/// The groups, and what they have in common. The group of an event is not stored: the log has its name, which is that
/// of the variant, and its content.
macro_rules! groups {
    ($($(#[$doc:meta])* $group:ident($facts:ty),)*) => {
        /// What happens to a conversation.
        #[derive(Clone, Debug, PartialEq)]
        pub enum ConversationFact {
            $($(#[$doc])* $group($facts),)*
        }

        $(impl From<$facts> for ConversationFact {
            fn from(fact: $facts) -> Self {
                Self::$group(fact)
            }
        })*

        impl ConversationFact {
            pub(super) const fn name(&self) -> &'static str {
                match self {
                    $(Self::$group(fact) => fact.into_str(),)*
                }
            }

            pub(super) const fn version(&self) -> &'static str {
                match self {
                    $(Self::$group(fact) => fact.version(),)*
                }
            }
        }

        impl Serialize for ConversationFact {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$group(fact) => fact.serialize(serializer),)*
                }
            }
        }

        #[derive(Clone, Copy)]
        enum Group {
            $($group,)*
        }

        impl Tag {
            /// The variant of this name, whichever group it is in.
            fn find(name: &str) -> Option<Self> {
                $(if let Some(name) = full_name(<$facts>::VARIANTS, name) {
                    return Some(Self { group: Group::$group, name });
                })*
                None
            }
        }

        impl<'de> Visitor<'de> for FactVisitor {
            type Value = ConversationFact;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("what happened to a conversation")
            }

            fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<ConversationFact, A::Error> {
                let (tag, content) = access.variant::<Tag>()?;
                let fact = EnumAccessDeserializer::new(Tagged { tag, content });
                match tag.group {
                    $(Group::$group => <$facts>::deserialize(fact).map(ConversationFact::$group),)*
                }
            }
        }
    };
}

// In the order of how often they happen, which is the order in which a reader looks for the group of a name.
groups! {
    /// Something was said or sent.
    Exchange(Exchange),
    /// It moves between the queue, the desks and its end.
    Flow(Flow),
    /// Pupitre notifies the visitor of a silence.
    Notice(Notice),
    /// The visitor is elsewhere.
    Visit(Visit),
    /// The staff marks something.
    Attention(Attention),
    /// A survey goes on.
    Survey(SurveyStep),
}

impl ConversationFact {
    /// The operator who had the conversation before, when this moves it from a desk: to another, or to the queue.
    pub const fn taken_from(&self) -> Option<&OperatorId> {
        match self {
            Self::Flow(fact) => fact.taken_from(),
            Self::Exchange(_) | Self::Notice(_) | Self::Visit(_) | Self::Attention(_) | Self::Survey(_) => {
                None
            }
        }
    }

    /// Does this bring a waiting visitor to a desk?
    pub const fn is_assignment(&self) -> bool {
        matches!(self, Self::Flow(Flow::Assigned | Flow::AssignedByHand { .. }))
    }

    /// Does this end the conversation, or this segment of it?
    pub const fn is_end(&self) -> bool {
        matches!(
            self,
            Self::Flow(Flow::Refused { .. } | Flow::Left | Flow::Released { .. } | Flow::Ended { .. })
        )
    }
}

impl<'de> Deserialize<'de> for ConversationFact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The formats in use write the name of a variant, so the list of all is not needed.
        deserializer.deserialize_enum("ConversationFact", &[], FactVisitor)
    }
}

struct FactVisitor;

/// A variant as it is named in the log, read before its content.
#[derive(Clone, Copy)]
struct Tag {
    group: Group,
    name: &'static str,
}

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(TagVisitor)
    }
}

struct TagVisitor;

impl Visitor<'_> for TagVisitor {
    type Value = Tag;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name of an event of a conversation")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Tag, E> {
        Tag::find(name)
            .ok_or_else(|| E::custom(format_args!("no event of a conversation is called `{name}`")))
    }
}

/// A variant whose name was read already.
struct Tagged<C> {
    tag: Tag,
    content: C,
}

impl<'de, C: VariantAccess<'de>> EnumAccess<'de> for Tagged<C> {
    type Error = C::Error;
    type Variant = C;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, C), C::Error> {
        let name = stored_name(self.tag.name).into_deserializer();
        Ok((seed.deserialize(name)?, self.content))
    }
}

/// The name of a variant without the noun before it, as it is stored.
fn stored_name(full: &'static str) -> &'static str {
    full.strip_prefix("conversation.").unwrap_or(full)
}

/// The full name of the variant that is stored under a name, if it is one of these.
fn full_name(variants: &'static [&'static str], stored: &str) -> Option<&'static str> {
    variants.iter().copied().find(|full| stored_name(full) == stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_belongs_to_one_group_and_an_unknown_name_to_none() {
        let groups = [
            Exchange::VARIANTS,
            Flow::VARIANTS,
            Notice::VARIANTS,
            Visit::VARIANTS,
            Attention::VARIANTS,
            SurveyStep::VARIANTS,
        ];
        let mut names = groups.concat();
        assert!(names.iter().all(|name| name.starts_with("conversation.")));
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);

        let unknown = serde_json::from_str::<ConversationFact>(r#"{"teleported":{}}"#).unwrap_err();
        assert!(unknown.to_string().contains("teleported"), "{unknown}");
    }

    #[test]
    fn the_name_in_the_log_is_the_name_of_the_stored_variant() {
        let facts = [
            ConversationFact::from(Flow::ReturnedToQueue {
                from: OperatorId::parse("alice").unwrap(),
                position: 1,
            }),
            SurveyStep::Cancelled { audience: crate::settings::surveys::Audience::Visitor, segment: 2 }
                .into(),
            Attention::HelpTaken.into(),
        ];
        for fact in facts {
            let stored = serde_json::to_value(&fact).unwrap();
            let tag = stored.as_str().or_else(|| stored.as_object()?.keys().next().map(String::as_str));
            assert_eq!(fact.name().strip_prefix("conversation."), tag);
            assert_eq!(serde_json::from_value::<ConversationFact>(stored).unwrap(), fact);
        }
    }
}
