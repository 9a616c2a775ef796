//! Follows one log.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use domain::id::CommandId;
use domain::state::timers::TimerOwner;
use domain::{Actor, ConversationId, Fact, Livechat, LivechatFact, OperatorFact, OperatorId, Timestamp};
use foldhash::HashMap as QuickMap;
use journal::{Position, Record};

use super::lifecycle::Life;
use super::timers;
use super::violation::{Broken, Invariant, Violation, must};

/// What is known of one log up to the last event that was checked. It begins with the first event of the log.
///
/// It keeps about a hundred bytes for each conversation there ever was: only a checker that remembers an ended one can
/// find that it came back.
#[derive(Debug, Default)]
pub struct Checker {
    last: Option<Last>,
    position: Position,
    lives: QuickMap<ConversationId, Life>,
    /// Since when the desks of connected operators are lost, if they are.
    connected: HashMap<OperatorId, bool>,
}

/// The last event, and the state it left.
#[derive(Debug)]
struct Last {
    at: Timestamp,
    command: CommandId,
    livechat: domain::LivechatId,
    /// The first timer that runs.
    due: Option<(Timestamp, TimerOwner)>,
    /// A visitor waits although an operator could serve that visitor.
    in_vain: Option<ConversationId>,
}

impl Checker {
    /// Checks the next event of the log. `after` is the state with that event applied.
    ///
    /// # Errors
    /// The first violation. Later events must not be checked with the same checker.
    pub fn check(&mut self, after: &Livechat, record: &Record) -> Result<(), Box<Violation>> {
        self.follow(after, record).map_err(|broken| Box::new(violation(record, broken)))?;
        self.note(after, record);
        Ok(())
    }

    /// The same for callers that go on after it: the subject of the event is then taken to be where the state says, so
    /// that a violation is reported with the event that shows it, and not again with all that follow.
    pub fn check_on(&mut self, after: &Livechat, record: &Record) -> Option<Box<Violation>> {
        let violation = self.check(after, record).err()?;
        self.believe(after, record);
        self.note(after, record);
        Some(violation)
    }

    fn believe(&mut self, after: &Livechat, record: &Record) {
        match &record.event.fact {
            Fact::Livechat(_) => {}
            Fact::Operator { operator, .. } => {
                let state = after.operator(operator).filter(|state| state.connected_since.is_some());
                match state {
                    Some(state) => self.connected.insert(operator.clone(), state.lost_until.is_some()),
                    None => self.connected.remove(operator),
                };
            }
            Fact::Conversation { conversation, .. } => {
                let life = Life::of(after, *conversation, self.lives.get(conversation));
                self.lives.insert(*conversation, life);
            }
        }
    }

    fn note(&mut self, after: &Livechat, record: &Record) {
        let event = &record.event;
        let in_vain = after.roster().next_to_serve(after.queue()).map(|(place, _)| place.conversation);
        let due = after.deadlines().first().map(|(at, whose)| (at, whose.clone()));
        if let Some(last) = &mut self.last {
            (last.at, last.command, last.due, last.in_vain) = (event.at, record.command, due, in_vain);
        } else {
            let (at, command, livechat) = (event.at, record.command, record.livechat.clone());
            self.last = Some(Last { at, command, livechat, due, in_vain });
        }
        self.position = record.position;
    }

    /// The position of the last event that was checked; 0 before the first.
    pub const fn position(&self) -> Position {
        self.position
    }

    /// No more events follow, or a command is done: what should have followed is there. `after` is the
    /// state as for the last [`Checker::check`].
    ///
    /// # Errors
    /// What is missing.
    pub fn settled(&self, last: &Record) -> Result<(), Box<Violation>> {
        let in_vain = self.last.as_ref().and_then(|last| last.in_vain);
        nobody_waits_in_vain(in_vain).map_err(|broken| Box::new(violation(last, broken)))
    }

    fn follow(&mut self, after: &Livechat, record: &Record) -> Result<(), Broken> {
        let event = &record.event;
        must(record.position == self.position + 1, Invariant::Positions, || {
            format!("record {} follows record {}", record.position, self.position)
        })?;
        if let Some(last) = &self.last {
            must(record.livechat == last.livechat, Invariant::Positions, || {
                format!("the log of {} goes on", last.livechat)
            })?;
            must(event.may_follow(last.at), Invariant::Time, || {
                format!("{} comes after {}", event.at, last.at)
            })?;
            // All events of a command are recorded under its name; other programs give none.
            if record.command != last.command || record.command.0.is_nil() {
                nobody_waits_in_vain(last.in_vain)?;
            }
            if let Some((due, whose)) = &last.due
                && event.by != Actor::System
            {
                must(*due > event.at, Invariant::TimerOverdue, || {
                    format!("{whose:?} was due at {due} and has not fired")
                })?;
            }
        }
        must(after.clock() == event.at, Invariant::Time, || format!("the state is at {}", after.clock()))?;
        match &event.fact {
            Fact::Livechat(fact) => self.of_the_livechat(after, fact),
            Fact::Operator { operator, fact } => self.of_an_operator(after, operator, fact),
            Fact::Conversation { conversation, operator, fact } => {
                let due = self.last.as_ref().and_then(|last| last.due.as_ref());
                let life = self.lives.get(conversation);
                if !life.is_some_and(|life| life.may_pass_on_without_a_timer(fact)) {
                    timers::fires_in_time(due, event, *conversation, fact)?;
                }
                let life = match self.lives.entry(*conversation) {
                    Entry::Vacant(place) => place.insert(Life::begun_by(fact)?),
                    Entry::Occupied(mut place) => {
                        place.get_mut().next(fact)?;
                        place.into_mut()
                    }
                };
                life.agrees_with(after, *conversation, operator.as_ref(), fact)?;
                timers::is_disarmed(after, event.at, *conversation, fact)
            }
        }
    }

    fn of_the_livechat(&self, after: &Livechat, fact: &LivechatFact) -> Result<(), Broken> {
        match fact {
            LivechatFact::Created { .. } => {
                must(self.last.is_none(), Invariant::Life, || "a livechat is created twice")
            }
            LivechatFact::Opened { skill } | LivechatFact::Closed { skill } => {
                let opened = matches!(fact, LivechatFact::Opened { .. });
                let agrees = after.service_hours().is_open(skill.as_ref()) == opened;
                must(agrees, Invariant::State, || "the service has opened or closed, and the state has not")
            }
            LivechatFact::SettingsChanged { section, .. } => {
                let agrees = after.settings().section(section.name()) == **section;
                must(agrees, Invariant::State, || format!("{:?} is not as it was set", section.name()))
            }
            LivechatFact::IdentityChanged { name, language } => {
                let agrees =
                    after.identity().is_some_and(|one| one.name == *name && one.language == *language);
                must(agrees, Invariant::State, || "the livechat is not called as it was renamed")
            }
            LivechatFact::Shut | LivechatFact::Reopened => {
                let agrees = after.is_shut() == (*fact == LivechatFact::Shut);
                must(
                    agrees,
                    Invariant::State,
                    || "the livechat was closed or reopened, and the state was not",
                )
            }
            LivechatFact::Accessed { .. }
            | LivechatFact::TokenIssued { .. }
            | LivechatFact::ApiKeyChanged { .. }
            | LivechatFact::Interrupted { .. } => Ok(()),
            LivechatFact::ClockSetBack { to, .. } => must(
                after.clock() == *to,
                Invariant::State,
                || "the clock was set back, and the state was not",
            ),
        }
    }

    fn of_an_operator(
        &mut self,
        after: &Livechat,
        id: &OperatorId,
        fact: &OperatorFact,
    ) -> Result<(), Broken> {
        let life = |holds, otherwise: &str| must(holds, Invariant::Life, || format!("{id} {otherwise}"));
        let (connected, lost) = match self.connected.get(id) {
            Some(lost) => (true, *lost),
            None => (false, false),
        };
        match fact {
            OperatorFact::Connected => {
                life(!connected, "is connected twice")?;
                self.connected.insert(id.clone(), false);
            }
            OperatorFact::ConnectionLost { .. } => {
                life(connected && !lost, "is lost twice, or was never there")?;
                self.connected.insert(id.clone(), true);
            }
            OperatorFact::Reconnected => {
                life(lost, "is back and was never lost")?;
                self.connected.insert(id.clone(), false);
            }
            OperatorFact::Disconnected { .. } => {
                life(connected, "is disconnected twice")?;
                self.connected.remove(id);
            }
            OperatorFact::Registered { .. }
            | OperatorFact::StatusChanged { .. }
            | OperatorFact::ShiftStarted
            | OperatorFact::ShiftEnded
            | OperatorFact::Suspended
            | OperatorFact::Reinstated
            | OperatorFact::Removed => {}
        }
        // A removed operator is forgotten once the identifier is not connected.
        let goes = matches!(fact, OperatorFact::Removed | OperatorFact::Disconnected { .. });
        if goes && after.operator(id).is_none() {
            return life(!self.connected.contains_key(id), "is forgotten while connected");
        }
        let state = after.operator(id).ok_or_else(|| (Invariant::State, format!("{id} is unknown")))?;
        let known = self.connected.get(id).copied();
        let found = state.connected_since.is_some().then_some(state.lost_until.is_some());
        must(found == known, Invariant::State, || format!("{id} is there, or not, against the log"))
    }
}

fn nobody_waits_in_vain(waits: Option<ConversationId>) -> Result<(), Broken> {
    let otherwise = || format!("{} waits", waits.map_or_else(String::new, |id| id.to_string()));
    must(waits.is_none(), Invariant::WaitsInVain, otherwise)
}

fn violation(record: &Record, (invariant, what): Broken) -> Violation {
    let (livechat, position, at) = (record.livechat.clone(), record.position, record.event.at);
    let conversation = record.event.fact.conversation_id();
    Violation { livechat, position, at, conversation, invariant, what }
}
