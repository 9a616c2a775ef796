//! Visitors and operators on the real rules: a [`Livechat`] with nothing but capacity and a queue, to which people
//! arrive, which operators pick up, and which they leave.
//!
//! Clocks and phrases are off, so that the result depends on capacity, routing and the queue alone: the part that the
//! formulas describe.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use chrono::TimeDelta;
use domain::event::Profile;
use domain::event::{Card, Request, Visitor};
use domain::settings::phrases::Wording;
use domain::settings::{Capacity, Phrase, Section, Timeouts};
use domain::text::{Language, Name};
use domain::{
    Action, Actor, Command, ConversationAction, ConversationFact, ConversationId, Event, Fact, Flow,
    Livechat, OperatorId, Rejection, StaffId, Timestamp, VisitorId,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::traffic::{Traffic, exponential};

/// As many as the settings allow: the formulas know no end of the queue.
const QUEUE_PER_OPERATOR: i64 = 100;

/// What is to be simulated.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Operators: 1 to 1,000.
    pub operators: u32,
    /// Visitors who come before anything is measured.
    pub warm_up: u32,
    /// Visitors who are measured.
    pub visitors: u32,
    /// Where the draws begin.
    pub seed: u64,
}

/// One visitor, in the order in which they came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// From the request to the assignment, or to giving up without one, in milliseconds: what the formulas call the
    /// wait.
    pub wait_ms: i64,
    /// From the request to giving up, in milliseconds.
    pub gave_up_ms: Option<i64>,
    /// From the request to the pick-up, in milliseconds.
    pub picked_up_ms: Option<i64>,
    /// How it went.
    pub how: How,
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// An operator picked up.
    Served,
    /// The visitor gave up first.
    GaveUp,
    /// The queue was full.
    Refused,
}

#[derive(Clone, Copy, Debug)]
enum Entry {
    Arrival,
    PickUp(ConversationId),
    End(ConversationId),
    Patience(ConversationId),
}

struct Simulation<'a> {
    traffic: &'a Traffic,
    state: Livechat,
    now: Timestamp,
    calendar: BTreeMap<(Timestamp, u64), Entry>,
    entries: u64,
    arrivals: ChaCha8Rng,
    handles: ChaCha8Rng,
    patience: ChaCha8Rng,
    /// Of each visitor present: the sequence number, the time of the request, and the time of the assignment.
    there: HashMap<ConversationId, (usize, Timestamp, Option<Timestamp>)>,
    seen: Vec<Option<Seen>>,
    /// The measured visitors, and how many of them are not served or gone yet.
    measured: Range<usize>,
    open: usize,
}

/// Simulates this many visitors and returns the outcome for each one measured.
///
/// # Errors
/// When the livechat cannot be set up like that: a capacity or a number of operators out of range.
pub fn simulate(traffic: &Traffic, plan: &Plan) -> Result<Vec<Seen>, Rejection> {
    let mut simulation = Simulation::new(traffic, plan)?;
    simulation.expect_arrival();
    while simulation.open > 0 {
        let Some(((at, _), entry)) = simulation.calendar.pop_first() else { break };
        simulation.now = at;
        match entry {
            // Later visitors keep the queue realistic until all who are measured are served.
            Entry::Arrival => simulation.arrives(),
            Entry::PickUp(id) => simulation.picks_up(id),
            Entry::End(id) => simulation.ends(id),
            Entry::Patience(id) => simulation.gives_up(id),
        }
    }
    let Range { start, end } = simulation.measured;
    Ok(simulation.seen.into_iter().take(end).skip(start).flatten().collect())
}

impl<'a> Simulation<'a> {
    fn new(traffic: &'a Traffic, plan: &Plan) -> Result<Self, Rejection> {
        // One generator for each kind of draw: the same visitors come, whatever the staff.
        let random = |stream| {
            let mut random = ChaCha8Rng::seed_from_u64(plan.seed);
            random.set_stream(stream);
            random
        };
        let mut simulation = Self {
            traffic,
            state: Livechat::default(),
            now: Timestamp::default(),
            calendar: BTreeMap::new(),
            entries: 0,
            arrivals: random(1),
            handles: random(2),
            patience: random(3),
            there: HashMap::new(),
            seen: vec![],
            measured: plan.warm_up as usize..plan.warm_up as usize + plan.visitors as usize,
            open: plan.visitors as usize,
        };
        simulation.furnish(plan.operators)?;
        Ok(simulation)
    }

    fn furnish(&mut self, operators: u32) -> Result<(), Rejection> {
        let administrator = Actor::Administrator(StaffId::parse("forecast")?);
        let name = Name::parse("Forecast")?;
        self.does(administrator.clone(), Action::CreateLivechat { name, language: Language::En })?;
        let timeouts = Timeouts::OFF;
        let capacity = Capacity {
            conversations_per_operator: self.traffic.conversations_per_operator,
            queue_per_operator: QUEUE_PER_OPERATOR,
        };
        let mut phrases = self.state.settings().phrases.clone();
        for &phrase in Phrase::ALL {
            let silent = Wording { enabled: false, text: BTreeMap::new() };
            phrases.0.insert(phrase, silent);
        }
        for section in [Section::Timeouts(timeouts), Section::Capacity(capacity), Section::Phrases(phrases)] {
            let action = Action::ChangeSettings { section: Box::new(section), expected: None };
            self.does(administrator.clone(), action)?;
        }
        for number in 1..=operators {
            let id = OperatorId::parse(&format!("operator-{number}"))?;
            let profile = Profile {
                name: Name::parse(id.as_str())?,
                skills: BTreeSet::new(),
                capacity: None,
                email: None,
                hours: None,
            };
            self.does(administrator.clone(), Action::RegisterOperator(id.clone(), Box::new(profile)))?;
            self.does(Actor::Operator(id.clone()), Action::ConnectOperator(id))?;
        }
        Ok(())
    }

    fn does(&mut self, by: Actor, action: Action) -> Result<(), Rejection> {
        let story = self.state.handle_command(&Command { at: self.now, by, action })?;
        for event in &story {
            self.on_event(event);
        }
        Ok(())
    }

    /// What the rules refuse does not happen; here they refuse nothing.
    fn tries(&mut self, by: Actor, action: Action) {
        let done = self.does(by, action);
        debug_assert!(done.is_ok(), "{done:?}");
    }

    fn put(&mut self, millis: i64, entry: Entry) {
        self.entries += 1;
        self.calendar.insert((self.now + TimeDelta::milliseconds(millis), self.entries), entry);
    }

    fn expect_arrival(&mut self) {
        let mean = 3_600_000.0 / self.traffic.arrivals_per_hour;
        let millis = exponential(mean, &mut self.arrivals);
        self.put(millis, Entry::Arrival);
    }

    fn arrives(&mut self) {
        self.expect_arrival();
        let number = self.seen.len();
        let id = ConversationId(uuid::Uuid::from_u128(number as u128 + 1));
        let Ok(visitor) = VisitorId::parse(&format!("visitor-{number}")) else { return };
        self.seen.push(None);
        self.there.insert(id, (number, self.now, None));
        // Drawn for everybody, so that the same visitor is as patient whatever the staff.
        let patience = self.traffic.patience.as_ref().and_then(|times| times.draw(&mut self.patience));
        let request = Request {
            visitor: Visitor::of(visitor.clone()),
            language: Language::En,
            skill: None,
            card: Card::default(),
            history: vec![],
        };
        self.tries(
            Actor::Visitor(visitor),
            Action::Conversation(id, ConversationAction::Request(Box::new(request))),
        );
        if let Some(patience) = patience.filter(|_| self.there.contains_key(&id)) {
            self.put(patience, Entry::Patience(id));
        }
    }

    fn picks_up(&mut self, id: ConversationId) {
        let operator = self.state.conversation(id).and_then(|live| live.operator().cloned());
        if let Some(operator) = operator {
            self.tries(Actor::Operator(operator), Action::Conversation(id, ConversationAction::PickUp));
        }
    }

    fn ends(&mut self, id: ConversationId) {
        let operator = self.state.conversation(id).and_then(|live| live.operator().cloned());
        if let Some(operator) = operator {
            self.tries(Actor::Operator(operator), Action::Conversation(id, ConversationAction::End));
        }
    }

    fn gives_up(&mut self, id: ConversationId) {
        let Some(live) = self.state.conversation(id).filter(|live| live.answering().is_none()) else {
            return;
        };
        let visitor = live.visitor.clone();
        self.tries(Actor::Visitor(visitor), Action::Conversation(id, ConversationAction::LeaveQueue));
    }

    fn on_event(&mut self, event: &Event) {
        let Fact::Conversation { conversation: id, fact, .. } = &event.fact else { return };
        let Some((number, since, assigned_at)) = self.there.get(id).copied() else { return };
        let millis = |at: Timestamp| (at - since).num_milliseconds();
        let wait_ms = millis(assigned_at.unwrap_or(event.at));
        if fact.is_assignment() {
            self.there.insert(*id, (number, since, Some(event.at)));
            if let Some(delay) = self.traffic.pick_up.draw(&mut self.handles) {
                self.put(delay, Entry::PickUp(*id));
            }
        } else if *fact == ConversationFact::Flow(Flow::PickedUp) {
            let picked_up_ms = Some(millis(event.at));
            self.saw(number, Seen { wait_ms, gave_up_ms: None, picked_up_ms, how: How::Served });
            if let Some(delay) = self.traffic.handle.draw(&mut self.handles) {
                self.put(delay, Entry::End(*id));
            }
        } else if fact.is_end() {
            self.there.remove(id);
            let how = if matches!(fact, ConversationFact::Flow(Flow::Refused { .. })) {
                How::Refused
            } else {
                How::GaveUp
            };
            let gave_up_ms = (how == How::GaveUp).then(|| millis(event.at));
            self.saw(number, Seen { wait_ms, gave_up_ms, picked_up_ms: None, how });
        }
    }

    /// Notes the outcome, the first time that it is known.
    fn saw(&mut self, number: usize, seen: Seen) {
        if let Some(slot @ None) = self.seen.get_mut(number) {
            *slot = Some(seen);
            self.open -= usize::from(self.measured.contains(&number));
        }
    }
}
