//! What if? A period of the past, replayed on the real rules with other settings, hours or staff, beside what
//! happened (spec.md §History, audit, analysts).
//!
//! # What is kept
//!
//! What people did. An event with an author other than the system is the first of a command; that command is given
//! again:
//!
//! - **Requests** come when they came, with all they carried. A visitor still in a conversation at that time asks when
//!   it is over; one who asks again in a conversation that was not kept open this time asks for a new one.
//! - **Operators** are connected, lost, back, gone and in a status when they were. Those who are added work like one
//!   who was there (`staff`).
//! - **Administrators** change settings when they did; what the scenario overrides stays overridden.
//! - **Picking up** takes an operator as long as it took, from the time the conversation is given. When another
//!   operator is given it, the time is drawn from what was seen of that operator (from that of all, when less than
//!   twenty pick-ups were seen).
//! - **Answers, replies, transfers by hand, marks, files, the end**: each act follows what was done in the
//!   conversation before it, after the time it took then, once the actor can: an operator has to have picked
//!   up. Acts of an operator are done by the operator in charge.
//! - **Patience.** A visitor who gave up was willing to wait that long. One who was served, refused or released was
//!   willing to wait longer than observed, by an unknown time: such times are censored. The distribution is estimated
//!   by Kaplan and Meier from both kinds, and what is not known is drawn from it, given that it exceeds what was seen
//!   (`survival`). In the same way, an operator from whom a conversation was taken would have picked up, or answered,
//!   later than that.
//! - **Conversations that nobody had.** A visitor who was refused or gave up then and is served now talks like one who
//!   was served, drawn from those who asked for the same skill. They leave surveys unanswered.
//! - **Surveys** are opened, answered and closed as long after they were asked.
//! - **The server and its clock**: it is down when it was, and its clock is set back when it was (`timeline`). Whatever
//!   people would have done meanwhile is done when it is back.
//!
//! Two things are kept that would change in reality: people work as fast with five conversations as with three, and
//! nobody comes back because of a shorter wait or stays away because of a longer one.
//!
//! # What is decided again
//!
//! Everything else, by [`domain::Livechat::handle_command`] and [`domain::Livechat::tick`]: which operator gets which
//! conversation, which visitors wait, which are refused and why, what moves from one operator to another by rule, which
//! timers fire, what is said to visitors, when services open and close, when surveys are asked.
//!
//! # What is certain
//!
//! With no change, the decisions are those of history, event by event ([`Played::is_history`]). That holds for a
//! history that these rules made. One that was imported, or made by another version of the rules, differs from some
//! event on even without a change: then the figures of the other side show what the rules do as well as what the change
//! does, and the answer says so ([`WhatIf::departs`]).
//!
//! Draws come from a generator with a seed: the same question has the same answer. The figures of both sides are those
//! of `GET …/figures`, folded from the events by the same code.
//!
//! Invariant: the log is only read.

mod behaviour;
mod calendar;
mod change;
pub mod chart;
mod difference;
mod error;
mod history;
mod observe;
mod report;
mod run;
mod simulation;
mod staff;
mod survival;
mod timeline;
mod to_command;
mod tracking;

use std::sync::Arc;

use journal::Record;

pub use change::{Change, Hours, Set};
pub use difference::Difference;
pub use error::Error;
pub use history::{History, read, time_zone};
pub use report::{Departure, FIGURES, Measured, Part, WhatIf};
pub use survival::{Sample, Survival};

use difference::difference;
use report::Measure;
use simulation::Simulation;

/// The question.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// The changes.
    pub change: Change,
    /// Where the draws begin.
    pub seed: u64,
    /// Seconds of the service level, on both sides; those of the settings without it.
    pub service_level_secs: Option<i64>,
}

/// A period as it was replayed.
#[derive(Debug)]
pub struct Played {
    /// What happened, in order. Positions go on from those before the period.
    pub events: Vec<Arc<Record>>,
    /// Acts of people that the rules no longer allowed.
    pub refused: usize,
}

impl Played {
    /// Did the same happen as then, event by event, as far as history goes?
    pub fn is_history(&self, history: &History) -> bool {
        self.difference(history).is_none()
    }

    /// The first event that is not as it was then: what happened then, and what happened now.
    pub fn difference<'a>(&'a self, history: &'a History) -> Option<Difference<'a>> {
        difference(history, &self.events)
    }
}

/// How long people took and were willing to wait, seen in a period.
#[derive(Clone, Debug)]
pub struct People {
    /// From the request until a visitor gives up.
    pub patience: Survival,
    /// From the assignment to the pick-up.
    pub pick_ups: Survival,
}

/// How long people took and were willing to wait in a period.
pub fn people(history: &History) -> People {
    let behaviour = observe::behaviour(history);
    People { patience: behaviour.patience, pick_ups: behaviour.pick_ups_of_all }
}

/// Plays a period again.
///
/// # Errors
/// When what is to be otherwise is not allowed.
pub fn play(history: &History, question: &Question) -> Result<Played, Error> {
    let behaviour = observe::behaviour(history);
    let mut simulation = Simulation::new(history, &behaviour, &question.change, question.seed)?;
    simulation.play(history.ends);
    Ok(Played { events: simulation.events, refused: simulation.refused })
}

/// Replays a period and measures both sides.
///
/// # Errors
/// When a change is not allowed, or the period is too long for figures by the hour.
pub fn try_otherwise(history: &History, question: &Question) -> Result<WhatIf, Error> {
    let behaviour = observe::behaviour(history);
    let mut simulation = Simulation::new(history, &behaviour, &question.change, question.seed)?;
    simulation.play(history.ends);
    let as_far_as_history = simulation.events.len();
    if history.all_over {
        simulation.play_on();
    }
    // Both sides are measured by the same clocks and in the same way.
    let settings = simulation.state().settings().clone();
    let ends = simulation.events.last().map_or(history.now, |record| record.event.at).max(history.now);
    let measure = Measure { history, settings: &settings, service_level_secs: question.service_level_secs };
    let before = measure.of(&history.records, history.now)?;
    let after = measure.of(&simulation.events, ends)?;
    let (gave_up, censored) = behaviour.patience_sample.counts();
    let changed = difference(history, simulation.events.get(..as_far_as_history).unwrap_or_default());
    let departs = if question.change == Change::default() {
        changed.as_ref().and_then(Departure::of)
    } else {
        let nothing = Change::default();
        let mut unchanged = Simulation::new(history, &behaviour, &nothing, question.seed)?;
        unchanged.play(history.ends);
        difference(history, &unchanged.events).as_ref().and_then(Departure::of)
    };
    Ok(WhatIf {
        livechat: history.livechat.to_string(),
        time_zone: before.time_zone.clone(),
        service_level_s: before.service_level_s,
        from: before.from.clone(),
        until: before.until.clone(),
        set: question.change.set.iter().map(ToString::to_string).collect(),
        operators: question.change.operators,
        hours_replaced: question.change.hours.is_some(),
        seed: question.seed,
        patience_seen: gave_up,
        patience_censored: censored,
        patience_median_s: behaviour.patience.median().map(|millis| millis / 1_000),
        acts_refused: simulation.refused,
        is_history: changed.is_none(),
        departs,
        before: before.measured,
        after: after.measured,
    })
}
