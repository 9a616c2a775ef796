//! Glue: the livechat as an aggregate of cqrs-es, and the two entry points that the journal uses.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;

use super::{Outage, apply_with_reactions, clock, decide, due, evolve};
use crate::Timestamp;
use crate::command::{Action, Command};
use crate::event::Event;
use crate::limits::CONSEQUENCES_MAX;
use crate::rejection::Rejection;
use crate::state::Livechat;
use crate::timestamp::was_set_back;

impl Livechat {
    /// Decides a command, applies it with all that follows, and returns every event.
    ///
    /// # Errors
    /// The rule that refuses the command; the state is unchanged then.
    pub fn handle_command(&mut self, command: &Command) -> Result<Vec<Event>, Rejection> {
        if matches!(command.action, Action::Tick) {
            return Ok(self.tick(command.at));
        }
        let events = decide(self, command)?;
        Ok(apply_with_reactions(self, events))
    }

    /// Follows a clock that was set back, then fires every timer that has fallen due by `now`, one after the other.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Event> {
        let mut story = match clock::notice(self, now) {
            Some(set_back) => apply_with_reactions(self, vec![set_back]),
            None => Vec::new(),
        };
        let now = now.max(self.clock);
        // Each timer disarms itself by firing; if one does not, the rest of the server still goes on.
        while story.len() < CONSEQUENCES_MAX {
            let events = due(self, now);
            if events.is_empty() {
                break;
            }
            story.extend(apply_with_reactions(self, events));
        }
        story
    }

    /// Notes that the server was down, once per outage: clocks that wait for a person stand still for as long, and open
    /// desks are lost. Call it before anything else on a livechat that was loaded after the outage; one
    /// that has gone on since then has nothing to note.
    pub fn resume(&mut self, outage: Outage, now: Timestamp) -> Vec<Event> {
        match clock::note_outage(self, outage, now) {
            Some(interrupted) => apply_with_reactions(self, vec![interrupted]),
            None => vec![],
        }
    }

    /// Does a tick make anything happen at `now`: has a timer fallen due, or was the clock set back?
    pub fn wakes(&self, now: Timestamp) -> bool {
        was_set_back(self.clock, now) || self.next_deadline().is_some_and(|deadline| deadline <= now)
    }
}

impl Aggregate for Livechat {
    const TYPE: &'static str = "livechat";
    type Command = Command;
    type Event = Event;
    type Error = Rejection;
    type Services = ();

    async fn handle(
        &mut self,
        command: Command,
        _services: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Rejection> {
        // The sink applies each event to the aggregate it is given. `handle_command` has applied them
        // already, so the sink is given another aggregate to spend itself on.
        let mut elsewhere = Self::default();
        for event in self.handle_command(&command)? {
            sink.write(event, &mut elsewhere).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        evolve(self, &event);
    }
}
