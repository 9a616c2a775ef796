//! What can be done: actions, and steps of the past made of them.

use chrono::TimeDelta;
use pupitre_domain::conversation::transfer::Transfer;
use pupitre_domain::event::DisconnectReason;
use pupitre_domain::event::Profile;
use pupitre_domain::event::Target;
use pupitre_domain::event::{Card, Request, Visitor};
use pupitre_domain::settings::Status;
use pupitre_domain::settings::phrases::Wording;
use pupitre_domain::settings::{Capacity, Phrase, Phrases, Section, Skill, Skills, Timeouts};
use pupitre_domain::text::{Language, Name, Text};
use pupitre_domain::{Action, Actor, ConversationAction};

use super::{administrator, conversation, operator, operator_id, skill, visitor, visitor_id};

/// A step of the past.
pub(crate) enum Step {
    /// Somebody did something.
    Do(Actor, Action),
    /// Time passed, and what fell due happened.
    Later(TimeDelta),
    /// The clock of the machine was set back.
    ClockSetBack(TimeDelta),
    /// Several steps.
    All(Vec<Step>),
}

pub(crate) fn open() -> Step {
    Step::Do(administrator(), create("Support", Language::Fr))
}

pub(crate) fn without_phrases() -> Step {
    change(silence())
}

/// Every phrase switched off.
pub(crate) fn silence() -> Section {
    let off = |phrase| (phrase, Wording { enabled: false, text: [].into() });
    Section::Phrases(Phrases(Phrase::ALL.iter().copied().map(off).collect()))
}

/// An operator, registered and connected.
pub(crate) fn connected(name: &str) -> Step {
    connected_as(name, profile(&[], None))
}

/// An operator of this capacity, registered and connected.
pub(crate) fn connected_with_capacity(name: &str, capacity: i64) -> Step {
    connected_as(name, profile(&[], Some(capacity)))
}

/// An operator with these skills and capacity 1, registered and connected.
pub(crate) fn connected_with_skills(name: &str, skills: &[&str]) -> Step {
    connected_as(name, profile(skills, Some(1)))
}

pub(crate) fn connected_as(name: &str, profile: Profile) -> Step {
    Step::All(vec![registered(name, profile), Step::Do(operator(name), connect(name))])
}

pub(crate) fn registered(name: &str, profile: Profile) -> Step {
    Step::Do(administrator(), register(name, profile))
}

pub(crate) fn asks(name: &str) -> Step {
    Step::Do(visitor(name), request(name))
}

pub(crate) fn asks_for(name: &str, skill: &str) -> Step {
    Step::Do(visitor(name), request_for(name, skill))
}

pub(crate) fn picks_up(name: &str, of: &str) -> Step {
    Step::Do(operator(name), pick_up(of))
}

pub(crate) fn answers(name: &str, to: &str) -> Step {
    Step::Do(operator(name), write(to, "Bonjour"))
}

pub(crate) fn writes(name: &str) -> Step {
    Step::Do(visitor(name), write(name, "Bonjour"))
}

/// The operator picks up and has the last word.
pub(crate) fn talks_to(name: &str, of: &str) -> Step {
    Step::All(vec![picks_up(name, of), answers(name, of)])
}

pub(crate) fn takes_a_break(name: &str) -> Step {
    Step::Do(operator(name), change_status(name, Status::OnBreak))
}

pub(crate) fn signs_out(name: &str) -> Step {
    Step::Do(operator(name), disconnect(name))
}

pub(crate) fn leaves(name: &str) -> Step {
    Step::Do(visitor(name), leave(name))
}

pub(crate) fn ends(name: &str, of: &str) -> Step {
    Step::Do(operator(name), end(of))
}

pub(crate) const fn later(time: TimeDelta) -> Step {
    Step::Later(time)
}

pub(crate) const fn clock_set_back(time: TimeDelta) -> Step {
    Step::ClockSetBack(time)
}

pub(crate) fn change(section: Section) -> Step {
    Step::Do(administrator(), settings(section))
}

pub(crate) fn create(name: &str, language: Language) -> Action {
    Action::CreateLivechat { name: Name::parse(name).unwrap(), language }
}

pub(crate) fn settings(section: Section) -> Action {
    Action::ChangeSettings { section: Box::new(section), expected: None }
}

/// Made for this revision of the section.
pub(crate) fn settings_at(revision: u64, section: Section) -> Action {
    Action::ChangeSettings { section: Box::new(section), expected: Some(revision) }
}

pub(crate) const fn capacity(conversations_per_operator: i64, queue_per_operator: i64) -> Section {
    Section::Capacity(Capacity { conversations_per_operator, queue_per_operator })
}

/// Minutes of inactivity, seconds of reminder; every other clock is off.
pub(crate) const fn timeouts(visitor_inactivity: i64, timeout_reminder: i64) -> Section {
    Section::Timeouts(Timeouts { visitor_inactivity, timeout_reminder, ..clocks_off() })
}

/// Every clock off.
pub(crate) const fn clocks_off() -> Timeouts {
    Timeouts::OFF
}

/// Highest priority first.
pub(crate) fn skills(names: &[&str]) -> Section {
    Section::Skills(Skills(names.iter().map(|name| plain_skill(name)).collect()))
}

pub(crate) fn plain_skill(name: &str) -> Skill {
    Skill { id: skill(name), name: [].into(), queue_capacity: None, hours: None }
}

pub(crate) fn phrase(phrase: Phrase, enabled: bool, text: &[(Language, &str)]) -> Section {
    let text = text.iter().map(|(language, text)| (*language, (*text).to_owned())).collect();
    Section::Phrases(Phrases([(phrase, Wording { enabled, text })].into()))
}

pub(crate) fn profile(skills: &[&str], capacity: Option<i64>) -> Profile {
    Profile {
        name: Name::parse("Alice").unwrap(),
        skills: skills.iter().map(|name| skill(name)).collect(),
        capacity,
        email: None,
        hours: None,
    }
}

pub(crate) fn register(name: &str, profile: Profile) -> Action {
    Action::RegisterOperator(operator_id(name), Box::new(profile))
}

pub(crate) fn connect(name: &str) -> Action {
    Action::ConnectOperator(operator_id(name))
}

pub(crate) fn disconnect(name: &str) -> Action {
    Action::DisconnectOperator(operator_id(name), DisconnectReason::SignedOut)
}

pub(crate) fn change_status(name: &str, status: Status) -> Action {
    Action::ChangeStatus(operator_id(name), status)
}

pub(crate) fn plain_request(name: &str, skill: Option<&str>) -> Request {
    Request {
        visitor: Visitor::of(visitor_id(name)),
        language: Language::Fr,
        skill: skill.map(super::skill),
        card: Card::default(),
        history: vec![],
    }
}

pub(crate) fn request(name: &str) -> Action {
    request_with(name, plain_request(name, None))
}

pub(crate) fn request_for(name: &str, skill: &str) -> Action {
    request_with(name, plain_request(name, Some(skill)))
}

/// A request whose conversation is called `id`, whoever the visitor is.
pub(crate) fn request_with(id: &str, request: Request) -> Action {
    Action::Conversation(conversation(id), ConversationAction::Request(Box::new(request)))
}

pub(crate) fn leave(of: &str) -> Action {
    Action::Conversation(conversation(of), ConversationAction::LeaveQueue)
}

pub(crate) fn pick_up(of: &str) -> Action {
    Action::Conversation(conversation(of), ConversationAction::PickUp)
}

pub(crate) fn write(of: &str, text: &str) -> Action {
    Action::Conversation(conversation(of), ConversationAction::Write(Text::parse(text).unwrap()))
}

pub(crate) fn end(of: &str) -> Action {
    Action::Conversation(conversation(of), ConversationAction::End)
}

pub(crate) fn transfer(of: &str, to: Target, force: bool) -> Action {
    Action::Conversation(conversation(of), ConversationAction::Transfer(Transfer { to, note: None, force }))
}

pub(crate) fn transfer_to(of: &str, to: &str) -> Action {
    transfer(of, Target::Operator(operator_id(to)), false)
}

pub(crate) fn force_to(of: &str, to: &str) -> Action {
    transfer(of, Target::Operator(operator_id(to)), true)
}

pub(crate) fn transfer_to_skill(of: &str, to: &str) -> Action {
    transfer(of, Target::Skill(skill(to)), false)
}
