//! What is true after any sequence of commands (spec.md §Routing, last paragraph).
//!
//! Random actors, valid and not, do random things while the clock mostly goes forward. After every
//! step [`checks`] looks at the state and [`history`] at what the log says, neither with the code of
//! the rules they check. [`moves`] is how the steps are drawn.

mod checks;
mod history;
mod moves;

use proptest::prelude::*;
use pupitre_domain::conversation::transfer::{Target, Transfer};
use pupitre_domain::operator::Profile;
use pupitre_domain::{Action, Command, Event, Instant, Livechat};

use crate::support::*;
use history::History;
use moves::{Move, Step};

/// A livechat under random commands, and what is known about it from its log alone.
struct World {
    livechat: Livechat,
    /// The same, folded from the log as stored.
    folded: Livechat,
    history: History,
    log: Vec<Event>,
    now: Instant,
    requests: usize,
}

proptest! {
    #[test]
    fn the_rules_hold_whatever_the_order_of_commands(steps in prop::collection::vec(moves::step(), 1..160)) {
        let mut world = World::new();
        for (index, step) in steps.iter().enumerate() {
            world.take(step).map_err(|broken| TestCaseError::fail(format!("at step {index}, {step:?}: {broken}")))?;
        }
        prop_assert!(fold(&world.log) == world.livechat, "the whole log tells another state");
    }
}

impl World {
    /// A small floor, so that capacity, queue and skills are contended from the first step.
    fn new() -> Self {
        let mut scene = given_with_phrases([
            change(capacity(2, 2)),
            change(timeouts(2, 30)),
            change(skills(&moves::SKILLS)),
            connected_as(moves::OPERATORS[0], with_skills(&[0])),
            connected_as(moves::OPERATORS[1], with_skills(&[0, 1])),
            connected_as(moves::OPERATORS[2], with_skills(&[])),
        ]);
        let log = std::mem::take(&mut scene.log);
        let mut history = History::default();
        let mut folded = Livechat::default();
        for event in &log {
            history.before(&folded, event, false).unwrap();
            pupitre_domain::evolve(&mut folded, event);
        }
        let now = scene.now();
        Self { livechat: scene.livechat, folded, history, log, now, requests: 0 }
    }

    fn take(&mut self, step: &Step) -> Result<(), String> {
        self.now += seconds(step.passed_secs);
        let command = step.command(&self.livechat, self.now, self.requests);
        self.requests += usize::from(matches!(step.what, Move::Request { .. }));

        let before = self.livechat.clone();
        match self.livechat.handle_command(&command) {
            Err(_) if before == self.livechat => {}
            Err(refusal) => return Err(format!("refused ({refusal}), and yet the state changed")),
            Ok(events) => self.learn(&command, events)?,
        }
        self.twice(&command)?;
        if matches!(command.action, Action::Tick) {
            self.history.nothing_is_overdue(self.now.max(self.livechat.clock()))?;
        }
        checks::all(&self.livechat)?;
        self.history.loads_are_explained(&self.livechat)
    }

    /// Folds what happened as a restarted server would, checking each event before it is applied.
    fn learn(&mut self, command: &Command, events: Vec<Event>) -> Result<(), String> {
        let tick = matches!(command.action, Action::Tick);
        for event in events {
            let stored = serde_json::to_string(&event).unwrap();
            let read: Event = serde_json::from_str(&stored).unwrap();
            self.history
                .before(&self.folded, &read, tick)
                .map_err(|broken| format!("{broken}, on {stored}"))?;
            pupitre_domain::evolve(&mut self.folded, &read);
            self.history.after(&self.folded, &read);
            self.log.push(read);
        }
        if self.folded != self.livechat {
            return Err("the log as stored tells another state".into());
        }
        let stored = serde_json::to_string(&self.livechat).unwrap();
        let read: Livechat = serde_json::from_str(&stored).unwrap();
        if read == self.livechat { Ok(()) } else { Err("the state is not read back as it was stored".into()) }
    }

    /// The same command again at once does nothing more. Two words are two messages, and a transfer to
    /// a skill means "somebody else who has it": those rely on the id of the command alone.
    fn twice(&self, command: &Command) -> Result<(), String> {
        let elsewhere = |transfer: &Transfer| matches!(transfer.to, Target::Skill(_));
        if matches!(&command.action, Action::Write(..))
            || matches!(&command.action, Action::Transfer(_, transfer) if elsewhere(transfer))
        {
            return Ok(());
        }
        let mut again = self.livechat.clone();
        match again.handle_command(command) {
            Ok(events) if !events.is_empty() => Err(format!("the second time did {events:?}")),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

fn with_skills(indexes: &[usize]) -> Profile {
    let names: Vec<&str> = indexes.iter().map(|index| moves::SKILLS[*index]).collect();
    profile(&names, None)
}
