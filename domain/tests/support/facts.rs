//! What may have happened, in the words of the tests.

use pupitre_domain::event::DisconnectReason;
use pupitre_domain::event::EndReason;
use pupitre_domain::event::Profile;
use pupitre_domain::event::Target;
use pupitre_domain::event::Voice;
use pupitre_domain::event::{RefusalReason, Request};
use pupitre_domain::settings::Section;
use pupitre_domain::settings::Status;
use pupitre_domain::text::Text;
use pupitre_domain::{ConversationFact, Exchange, Fact, Flow, LivechatFact, Notice, OperatorFact, Timestamp};

use super::{conversation, operator_id, plain_request, skill};

/// The operator in charge: a name, or `None`.
type Who = Option<&'static str>;

fn about(of: &str, operator: impl Into<Who>, fact: ConversationFact) -> Fact {
    Fact::conversation(conversation(of), operator.into().map(operator_id), fact)
}

fn of_operator(name: &str, fact: OperatorFact) -> Fact {
    Fact::Operator { operator: operator_id(name), fact }
}

pub(crate) fn settings_changed(section: Section) -> Fact {
    Fact::Livechat(LivechatFact::SettingsChanged { section: Box::new(section), revision: None })
}

/// The same fact; a change of the settings without its revision, which most rules do not care for.
pub(crate) fn without_revision(fact: &Fact) -> Fact {
    let mut fact = fact.clone();
    if let Fact::Livechat(LivechatFact::SettingsChanged { revision, .. }) = &mut fact {
        *revision = None;
    }
    fact
}

pub(crate) fn operator_registered(name: &str, profile: Profile) -> Fact {
    of_operator(name, OperatorFact::Registered { profile: Box::new(profile) })
}

pub(crate) fn operator_connected(name: &str) -> Fact {
    of_operator(name, OperatorFact::Connected)
}

pub(crate) fn operator_signed_out(name: &str) -> Fact {
    of_operator(name, OperatorFact::Disconnected { reason: DisconnectReason::SignedOut })
}

pub(crate) fn status_changed(name: &str, status: Status) -> Fact {
    of_operator(name, OperatorFact::StatusChanged { status })
}

pub(crate) fn requested(name: &str) -> Fact {
    requested_with(name, plain_request(name, None))
}

pub(crate) fn requested_for(name: &str, skill: &str) -> Fact {
    requested_with(name, plain_request(name, Some(skill)))
}

pub(crate) fn requested_with(id: &str, request: Request) -> Fact {
    about(id, None, ConversationFact::Flow(Flow::Requested(Box::new(request))))
}

pub(crate) fn refused(of: &str, reason: RefusalReason) -> Fact {
    about(of, None, ConversationFact::Flow(Flow::Refused { reason }))
}

pub(crate) fn queued(of: &str, position: usize) -> Fact {
    about(of, None, ConversationFact::Flow(Flow::Queued { position }))
}

pub(crate) fn assigned(of: &str, to: &'static str) -> Fact {
    about(of, to, ConversationFact::Flow(Flow::Assigned))
}

pub(crate) fn left(of: &str) -> Fact {
    about(of, None, ConversationFact::Flow(Flow::Left))
}

/// The visitor goes while the tab flashes on this desk.
pub(crate) fn left_the_desk(of: &str, operator: &'static str) -> Fact {
    about(of, operator, ConversationFact::Flow(Flow::Left))
}

pub(crate) fn picked_up(of: &str, by: &'static str) -> Fact {
    about(of, by, ConversationFact::Flow(Flow::PickedUp))
}

pub(crate) fn posted(of: &str, operator: impl Into<Who>, number: u32, voice: Voice, text: &str) -> Fact {
    let text = Text::parse(text).unwrap().into();
    about(
        of,
        operator,
        ConversationFact::Exchange(Exchange::MessagePosted {
            number,
            voice,
            phrase: None,
            text,
            source: None,
        }),
    )
}

pub(crate) fn transferred(of: &str, from: &str, to: &'static str) -> Fact {
    moved(of, from, to, Target::Operator(operator_id(to)), false)
}

pub(crate) fn transferred_by_force(of: &str, from: &str, to: &'static str) -> Fact {
    moved(of, from, to, Target::Operator(operator_id(to)), true)
}

pub(crate) fn transferred_to_skill(of: &str, from: &str, to: &'static str, asked: &str) -> Fact {
    moved(of, from, to, Target::Skill(skill(asked)), false)
}

fn moved(of: &str, from: &str, to: &'static str, target: Target, forced: bool) -> Fact {
    let from = operator_id(from);
    about(of, to, ConversationFact::Flow(Flow::Transferred { from, target, note: None, forced }))
}

pub(crate) fn timeout_announced(of: &str, operator: &'static str, ends_at: Timestamp) -> Fact {
    about(of, operator, ConversationFact::Notice(Notice::TimeoutAnnounced { ends_at }))
}

pub(crate) fn ended(of: &str, operator: impl Into<Who>, reason: EndReason) -> Fact {
    about(of, operator, ConversationFact::Flow(Flow::Ended { reason }))
}

/// The text of a message, if the fact is one.
pub(crate) fn text_of(fact: &Fact) -> Option<&str> {
    match fact {
        Fact::Conversation {
            fact: ConversationFact::Exchange(Exchange::MessagePosted { text, .. }), ..
        } => Some(text.reveal().as_str()),
        Fact::Livechat(_) | Fact::Operator { .. } | Fact::Conversation { .. } => None,
    }
}

/// The number of a message, if the fact is one.
pub(crate) const fn number_of(fact: &Fact) -> Option<u32> {
    match fact {
        Fact::Conversation {
            fact: ConversationFact::Exchange(Exchange::MessagePosted { number, .. }),
            ..
        } => Some(*number),
        Fact::Livechat(_) | Fact::Operator { .. } | Fact::Conversation { .. } => None,
    }
}
