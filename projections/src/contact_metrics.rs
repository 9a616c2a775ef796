//! What is counted in a contact: each counter is described once, here, with what an event adds to it.
//!
//! The running totals of a live conversation, the table `contacts`, what each operator did in a contact, the sums that
//! figures are computed from and the view for analysts have these counters from [`contact_metrics!`]. A new one is a
//! line there, a line in [`counted`], the migration that adds its column, and the figure that shows it.

use domain::event::{Attention, Cause, Event, Exchange, Flow, Target, Voice};
use domain::{Actor, ConversationFact};

/// Gives the metrics to another macro, after what that is to do with them, as two groups: those whose columns stand in
/// the middle of the table, and those at its end, to which a new one is added.
///
/// A metric may name what an operator's part of it is called: then it is counted by operator too.
macro_rules! contact_metrics {
    ($macro:ident! { $($given:tt)* }) => {
        $macro! {
            { $($given)* }
            {
                /// Messages in the visitor's voice.
                messages_visitor {
                    /// Messages of the visitor while the operator had it.
                    messages_visitor
                },
                /// Messages in the operator's voice, whoever wrote them.
                messages_operator {
                    /// Messages that the operator wrote.
                    messages
                },
                /// Messages in Pupitre's voice until the end; what is said at the end is not among them.
                messages_system,
                /// Times somebody passed it on to an operator.
                transfers_to_operator {
                    /// Times the operator passed it on to an operator.
                    transfers_to_operator
                },
                /// Times somebody passed it on to a skill.
                transfers_to_skill {
                    /// Times the operator passed it on to a skill.
                    transfers_to_skill
                },
                /// How many of these were forced by a supervisor.
                transfers_forced,
                /// Times it went to another because its operator was inactive.
                transfers_inactive {
                    /// Times it was taken from the operator, who was inactive.
                    transfers_inactive
                },
                /// Times it went to another because its operator was disconnected.
                transfers_disconnected {
                    /// Times it was taken from the operator, who was disconnected, and given to another.
                    transfers_disconnected
                },
                /// Times it came back to the queue because its operator was disconnected.
                returns_to_queue {
                    /// Times it was taken from the operator, who was disconnected, and came back to the queue.
                    returns_to_queue
                },
            }
            {
                /// Calls for help to the manager.
                help_calls {
                    /// Calls of the operator for help.
                    help_calls
                },
                /// Messages that a person typed in the operator's voice, neither an article nor a phrase.
                messages_typed {
                    /// Messages that the operator typed.
                    messages_typed
                },
                /// Messages from an article of the knowledge base, in whosever voice.
                messages_article {
                    /// Messages from an article that the operator sent.
                    messages_article
                },
                /// Phrases that Pupitre said until the end.
                messages_phrase,
                /// Messages between the operator and supervisors, which the visitor never sees.
                messages_internal {
                    /// Internal messages that the operator wrote.
                    messages_internal
                },
                /// Milliseconds for which it was on hold.
                hold_ms {
                    /// Milliseconds for which the operator had it on hold.
                    hold_ms
                },
            }
        }
    };
}

/// The key of what no operator did: a supervisor in an operator's stead, or a visitor whom nobody had.
pub(crate) const NOBODY: &str = "";

/// The operator who did this, if it was one.
pub(crate) fn author(event: &Event) -> Option<&str> {
    match &event.by {
        Actor::Operator(operator) => Some(operator.as_str()),
        Actor::Visitor(_)
        | Actor::Supervisor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::Integration(_)
        | Actor::System => None,
    }
}

/// What an event adds, and for which operator it counts too, or for [`NOBODY`], if it is counted by operator. Nothing, if
/// nothing is counted of it. `in_charge` is who has the conversation after it.
pub(crate) fn counted<'a>(
    event: &'a Event,
    fact: &'a ConversationFact,
    in_charge: Option<&'a str>,
) -> Option<(ContactMetrics, Option<&'a str>)> {
    const NONE: ContactMetrics = ContactMetrics::NONE;
    let author = Some(author(event).unwrap_or(NOBODY));
    match fact {
        ConversationFact::Exchange(Exchange::MessagePosted { voice, source, phrase, .. }) => {
            let messages_article = i64::from(source.is_some());
            let messages_phrase = i64::from(phrase.is_some());
            Some(match voice {
                Voice::Visitor => {
                    (ContactMetrics { messages_visitor: 1, ..NONE }, Some(in_charge.unwrap_or(NOBODY)))
                }
                Voice::Operator => {
                    let messages_typed = 1 - messages_article.max(messages_phrase);
                    let kind = ContactMetrics { messages_typed, messages_article, messages_phrase, ..NONE };
                    (ContactMetrics { messages_operator: 1, ..kind }, author)
                }
                // An article that another one leads to may be in Pupitre's voice: an operator sent it all the same.
                Voice::System => {
                    let kind = ContactMetrics { messages_article, messages_phrase, ..NONE };
                    (ContactMetrics { messages_system: 1, ..kind }, author.filter(|_| source.is_some()))
                }
            })
        }
        ConversationFact::Exchange(Exchange::InternalMessagePosted { .. }) => {
            Some((ContactMetrics { messages_internal: 1, ..NONE }, author))
        }
        ConversationFact::Flow(Flow::Transferred { target, forced, .. }) => {
            let transfers_forced = i64::from(*forced);
            let counted = match target {
                Target::Operator(_) => ContactMetrics { transfers_to_operator: 1, transfers_forced, ..NONE },
                Target::Skill(_) => ContactMetrics { transfers_to_skill: 1, transfers_forced, ..NONE },
            };
            Some((counted, author))
        }
        ConversationFact::Flow(Flow::AutoTransferred { from, cause, .. }) => {
            let counted = match cause {
                Cause::Inactive => ContactMetrics { transfers_inactive: 1, ..NONE },
                Cause::Disconnected => ContactMetrics { transfers_disconnected: 1, ..NONE },
            };
            Some((counted, Some(from.as_str())))
        }
        ConversationFact::Flow(Flow::ReturnedToQueue { from, .. }) => {
            Some((ContactMetrics { returns_to_queue: 1, ..NONE }, Some(from.as_str())))
        }
        ConversationFact::Attention(Attention::HelpCalled { .. }) => {
            Some((ContactMetrics { help_calls: 1, ..NONE }, author))
        }
        ConversationFact::Flow(_)
        | ConversationFact::Exchange(_)
        | ConversationFact::Notice(_)
        | ConversationFact::Visit(_)
        | ConversationFact::Attention(_)
        | ConversationFact::Survey(_) => None,
    }
}

/// A metric as a column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    /// What it means, in a sentence.
    pub(crate) meaning: &'static str,
}

macro_rules! define {
    ({} { $($first:tt)* } { $($later:tt)* }) => {
        define! { structure $($first)* $($later)* }

        impl ContactMetrics {
            /// Those whose columns stand in the middle of the table.
            pub(crate) const FIRST: &[Metric] = define! { list $($first)* };
            /// Those whose columns stand at its end.
            pub(crate) const LATER: &[Metric] = define! { list $($later)* };
        }
    };
    (structure $($(#[doc = $doc:literal])+ $name:ident $({ $($own:tt)* })?,)*) => {
        /// The counters of a contact, or of several.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub(crate) struct ContactMetrics {
            $($(#[doc = $doc])+ pub $name: i64,)*
        }

        impl ContactMetrics {
            /// Nothing was counted.
            pub(crate) const NONE: Self = Self { $($name: 0,)* };

            /// Adds what was counted elsewhere.
            pub(crate) const fn add(&mut self, other: &Self) {
                $(self.$name += other.$name;)*
            }
        }
    };
    (list $($(#[doc = $doc:literal])+ $name:ident $({ $($own:tt)* })?,)*) => {
        &[$(Metric { name: stringify!($name), meaning: concat!($($doc),+).trim_ascii() }),*]
    };
}

contact_metrics! { define! {} }

/// The metrics that are fields of a value.
macro_rules! gathered {
    ({ $from:expr } { $($first:tt)* } { $($later:tt)* }) => { gathered! { $from, $($first)* $($later)* } };
    ($from:expr, $($(#[doc = $doc:literal])+ $name:ident $({ $($own:tt)* })?,)*) => {
        $crate::contact_metrics::ContactMetrics { $($name: $from.$name,)* }
    };
}

/// A structure with the metrics among its fields: they are taken from a value that has them too.
macro_rules! filled {
    ({ $Name:ident { $($fields:tt)* } from $from:expr } { $($first:tt)* } { $($later:tt)* }) => {
        filled! { $Name { $($fields)* } from $from, $($first)* $($later)* }
    };
    (
        $Name:ident { $($fields:tt)* } from $from:expr,
        $($(#[doc = $doc:literal])+ $name:ident $({ $($own:tt)* })?,)*
    ) => {
        $Name { $($fields)* $($name: $from.$name,)* }
    };
}
