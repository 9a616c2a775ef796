//! What happens in a random story, and who does it.

use proptest::prelude::*;
use pupitre_domain::conversation::transfer::{Target, Transfer};
use pupitre_domain::operator::Status;
use pupitre_domain::settings::{Phrases, Section};
use pupitre_domain::text::Text;
use pupitre_domain::{Action, Actor, Command, ConversationId, Instant, Livechat};

use crate::support::*;

pub(super) const SKILLS: [&str; 2] = ["sales", "billing"];
/// The last one is never registered by the first steps.
pub(super) const OPERATORS: [&str; 4] = ["alice", "bob", "carol", "dave"];
pub(super) const VISITORS: [&str; 8] = ["zoe", "yann", "xena", "wim", "vera", "ugo", "tom", "sara"];

#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) passed_secs: i64,
    pub(super) who: Who,
    pub(super) what: Move,
}

/// Who acts. The rightful one is whoever may; where both visitor and operator may, the one named.
#[derive(Clone, Debug)]
pub(super) enum Who {
    RightfulVisitor,
    RightfulOperator,
    Visitor(usize),
    Operator(usize),
    Supervisor,
    Administrator,
    Integration,
    System,
}

/// What is tried. Operators, visitors and skills by their index, conversations by a number that says
/// which live one, or one that is over or unknown.
#[derive(Clone, Debug)]
pub(super) enum Move {
    Wait,
    Capacity { conversations_per_operator: i64, queue_per_operator: i64 },
    Timeouts { minutes: i64, reminder_secs: i64 },
    Skills(Vec<usize>),
    Phrases { on: bool },
    Register { operator: usize, skills: Vec<usize>, capacity: Option<i64> },
    Connect(usize),
    Disconnect(usize),
    Status(usize, bool),
    Request { visitor: usize, skill: Option<usize>, used_id: Option<usize> },
    Leave(usize),
    PickUp(usize),
    Write(usize),
    TransferTo { nth: usize, operator: usize, force: bool },
    TransferToSkill { nth: usize, skill: usize },
    End(usize),
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let passed_secs = prop_oneof![4 => Just(0), 4 => 1..30_i64, 2 => 30..200_i64, 1 => -90..0_i64];
    (passed_secs, who(), what()).prop_map(|(passed_secs, who, what)| Step { passed_secs, who, what })
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        10 => Just(Who::RightfulOperator),
        8 => Just(Who::RightfulVisitor),
        1 => Just(Who::Supervisor),
        1 => (0..VISITORS.len()).prop_map(Who::Visitor),
        1 => (0..OPERATORS.len()).prop_map(Who::Operator),
        1 => Just(Who::Administrator),
        1 => Just(Who::Integration),
        1 => Just(Who::System),
    ]
}

fn what() -> impl Strategy<Value = Move> {
    let operator = || 0..OPERATORS.len();
    let skills = || prop::collection::vec(0..SKILLS.len(), 0..3);
    let nth = || 0..20_usize;
    prop_oneof![
        4 => Just(Move::Wait),
        1 => (0..5_i64, 0..4_i64).prop_map(|(conversations_per_operator, queue_per_operator)| {
            Move::Capacity { conversations_per_operator, queue_per_operator }
        }),
        1 => (0..3_i64, 0..130_i64)
            .prop_map(|(minutes, reminder_secs)| Move::Timeouts { minutes, reminder_secs }),
        1 => skills().prop_map(Move::Skills),
        1 => any::<bool>().prop_map(|on| Move::Phrases { on }),
        2 => (operator(), skills(), prop::option::of(0..4_i64))
            .prop_map(|(operator, skills, capacity)| Move::Register { operator, skills, capacity }),
        4 => operator().prop_map(Move::Connect),
        1 => operator().prop_map(Move::Disconnect),
        3 => (operator(), any::<bool>()).prop_map(|(operator, receives)| Move::Status(operator, receives)),
        12 => (0..VISITORS.len(), prop::option::of(0..SKILLS.len()), prop::option::weighted(0.1, nth()))
            .prop_map(|(visitor, skill, used_id)| Move::Request { visitor, skill, used_id }),
        2 => nth().prop_map(Move::Leave),
        7 => nth().prop_map(Move::PickUp),
        10 => nth().prop_map(Move::Write),
        5 => (nth(), operator(), any::<bool>())
            .prop_map(|(nth, operator, force)| Move::TransferTo { nth, operator, force }),
        2 => (nth(), 0..SKILLS.len()).prop_map(|(nth, skill)| Move::TransferToSkill { nth, skill }),
        5 => nth().prop_map(Move::End),
    ]
}

impl Step {
    /// The command this step is in this state.
    pub(super) fn command(&self, livechat: &Livechat, now: Instant, requests: usize) -> Command {
        let action = self.what.action(livechat, requests);
        let by = if matches!(self.what, Move::Wait) { Actor::System } else { self.author(livechat, &action) };
        Command { at: now, by, action }
    }

    fn author(&self, livechat: &Livechat, action: &Action) -> Actor {
        match &self.who {
            Who::RightfulVisitor | Who::RightfulOperator => self.rightful(livechat, action),
            Who::Visitor(index) => visitor(VISITORS[*index]),
            Who::Operator(index) => operator(OPERATORS[*index]),
            Who::Supervisor => supervisor(),
            Who::Administrator => administrator(),
            Who::Integration => bot(),
            Who::System => Actor::System,
        }
    }

    fn rightful(&self, livechat: &Livechat, action: &Action) -> Actor {
        let live = conversation_of(action).and_then(|id| livechat.conversation(id));
        let in_charge = live.and_then(|live| live.operator()).cloned().map(Actor::Operator);
        let its_visitor = live.map(|live| Actor::Visitor(live.visitor.clone()));
        let both = if matches!(self.who, Who::RightfulVisitor) { &its_visitor } else { &in_charge }.clone();
        let known = match &self.what {
            Move::Request { visitor: index, .. } => Some(visitor(VISITORS[*index])),
            Move::Connect(index) | Move::Disconnect(index) | Move::Status(index, _) => {
                Some(operator(OPERATORS[*index]))
            }
            Move::Leave(_) => its_visitor,
            Move::PickUp(_) | Move::TransferTo { force: false, .. } | Move::TransferToSkill { .. } => {
                in_charge
            }
            Move::Write(_) | Move::End(_) => both,
            Move::TransferTo { force: true, .. } => Some(supervisor()),
            Move::Wait
            | Move::Capacity { .. }
            | Move::Timeouts { .. }
            | Move::Skills(_)
            | Move::Phrases { .. }
            | Move::Register { .. } => Some(administrator()),
        };
        known.unwrap_or_else(supervisor)
    }
}

impl Move {
    fn action(&self, livechat: &Livechat, requests: usize) -> Action {
        let id = |nth: &usize| nth_conversation(livechat, *nth, requests);
        let named = |indexes: &[usize]| -> Vec<&str> { indexes.iter().map(|index| SKILLS[*index]).collect() };
        match self {
            Self::Wait => Action::Tick,
            Self::Capacity { conversations_per_operator, queue_per_operator } => {
                settings(capacity(*conversations_per_operator, *queue_per_operator))
            }
            Self::Timeouts { minutes, reminder_secs } => settings(timeouts(*minutes, *reminder_secs)),
            Self::Skills(indexes) => settings(skills(&named(indexes))),
            Self::Phrases { on: true } => settings(Section::Phrases(Phrases::default())),
            Self::Phrases { on: false } => settings(silence()),
            Self::Register { operator, skills, capacity } => {
                register(OPERATORS[*operator], profile(&named(skills), *capacity))
            }
            Self::Connect(index) => connect(OPERATORS[*index]),
            Self::Disconnect(index) => disconnect(OPERATORS[*index]),
            Self::Status(index, receives) => {
                change_status(OPERATORS[*index], if *receives { Status::Available } else { Status::OnBreak })
            }
            Self::Request { visitor, skill, used_id } => {
                let id = used_id.as_ref().map_or_else(|| numbered(requests), id);
                let request = plain_request(VISITORS[*visitor], skill.map(|index| SKILLS[index]));
                Action::RequestConversation(id, Box::new(request))
            }
            Self::Leave(nth) => Action::LeaveQueue(id(nth)),
            Self::PickUp(nth) => Action::PickUp(id(nth)),
            Self::Write(nth) => Action::Write(id(nth), Text::parse("Bonjour").unwrap()),
            Self::TransferTo { nth, operator, force } => {
                let to = Target::Operator(operator_id(OPERATORS[*operator]));
                Action::Transfer(id(nth), Transfer { to, note: None, force: *force })
            }
            Self::TransferToSkill { nth, skill } => {
                let to = Target::Skill(self::skill(SKILLS[*skill]));
                Action::Transfer(id(nth), Transfer { to, note: None, force: false })
            }
            Self::End(nth) => Action::End(id(nth)),
        }
    }
}

/// The conversation of the how-manieth request.
fn numbered(request: usize) -> ConversationId {
    conversation(&format!("request {request}"))
}

/// Most often a live conversation, else one of the past or of the future.
fn nth_conversation(livechat: &Livechat, nth: usize, requests: usize) -> ConversationId {
    let mut live: Vec<ConversationId> = livechat.conversations().map(|(id, _)| *id).collect();
    live.sort_unstable();
    let among = live.len() + 1;
    live.get(nth % among).copied().unwrap_or_else(|| numbered((requests + 1).saturating_sub(nth)))
}

fn conversation_of(action: &Action) -> Option<ConversationId> {
    if let Action::LeaveQueue(id)
    | Action::PickUp(id)
    | Action::Write(id, _)
    | Action::Transfer(id, _)
    | Action::End(id) = action
    {
        Some(*id)
    } else {
        None
    }
}
