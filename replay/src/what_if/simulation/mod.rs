//! The past replayed on the real rules: people do what they did, the rules decide the outcome.
//!
//! Everything that people do is in a calendar: what does not depend on the rules at its time, and each act in a
//! conversation once what it follows has happened. Timers are ticks at their deadlines, noticed as late as history
//! noticed the same deadline. After each command the events decide what is scheduled next.
//!
//! Invariant: nothing here decides which operator gets a conversation, which visitors wait or are refused, or when a
//! timer fires.

mod behaviour_steps;
mod on_event;
mod schedule;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::TimeDelta;
use domain::id::CommandId;
use domain::state::Phase;
use domain::state::survey::SurveyKey;
use domain::{
    Action, Actor, Command, ConversationId, Event, Livechat, Rejection, StaffId, Timestamp, VisitorId,
};
use journal::{Position, Record};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::what_if::Error;
use crate::what_if::behaviour::{AFTER_ALL, Behaviour, Break};
use crate::what_if::calendar::Calendar;
use crate::what_if::change::Change;
use crate::what_if::history::History;
use crate::what_if::run::{OnDesk, Run};
use crate::what_if::staff::Staff;
use crate::what_if::timeline::Timeline;

/// How long after the end of history what has not ended yet is played on, at most.
const PLAYED_ON_MAX: TimeDelta = TimeDelta::hours(4);

/// What is in the calendar.
#[derive(Clone, Copy, Debug)]
enum Entry {
    /// Something that was done at its time.
    TimedAct(usize),
    /// An operator picks up.
    PickUp(usize),
    /// A visitor is not willing to wait any longer.
    Patience(usize),
    /// The next step of a segment.
    Step(usize),
    /// A segment that had no more steps ends.
    Closing(usize),
    /// The next thing that is done after the end of a segment.
    Afterwards(usize),
    /// The next thing that is done about a survey.
    Survey(SurveyKey),
}

/// A survey that waits for its answers.
#[derive(Clone, Copy, Debug)]
struct Asked {
    /// Its sequence number within the conversation and audience.
    which: usize,
    /// Acts that were done about it.
    done: usize,
    /// When it was asked, or last touched.
    touched: Timestamp,
}

/// See the module.
pub(super) struct Simulation<'a> {
    history: &'a History,
    behaviour: &'a Behaviour,
    change: &'a Change,
    staff: Staff,
    state: Livechat,
    calendar: Calendar<Entry>,
    runs: Vec<Run>,
    /// How many of those requested before the end of the period are not over.
    open: usize,
    /// The segment of each conversation that was played last.
    of: HashMap<ConversationId, usize>,
    /// Requests of visitors who were still in a conversation.
    held_back: BTreeMap<VisitorId, Vec<usize>>,
    surveys: HashMap<SurveyKey, Asked>,
    /// The segment that begins with the request under way.
    beginning: Option<usize>,
    timeline: Timeline,
    /// How many of the interruptions are over.
    breaks: usize,
    /// When the last of them was.
    resumed: Timestamp,
    /// A deadline that had no effect.
    stuck: Option<Timestamp>,
    random: ChaCha8Rng,
    pub(super) position: Position,
    commands: u128,
    /// Everything that happened.
    pub(super) events: Vec<Arc<Record>>,
    /// Acts of people in history that the rules no longer allowed.
    pub(super) refused: usize,
}

impl<'a> Simulation<'a> {
    /// Everything as it was when the period began, but for the change, which is made then.
    ///
    /// # Errors
    /// When the change is not allowed.
    pub(super) fn new(
        history: &'a History,
        behaviour: &'a Behaviour,
        change: &'a Change,
        seed: u64,
    ) -> Result<Self, Error> {
        let mut simulation = Self {
            history,
            behaviour,
            change,
            staff: Staff::of(change.operators, behaviour, &history.before)?,
            state: history.before.clone(),
            calendar: Calendar::default(),
            runs: vec![],
            open: 0,
            of: HashMap::new(),
            held_back: BTreeMap::new(),
            surveys: HashMap::new(),
            beginning: None,
            timeline: Timeline::default(),
            breaks: 0,
            resumed: history.from,
            stuck: None,
            random: ChaCha8Rng::seed_from_u64(seed),
            position: history.position,
            commands: 0,
            events: vec![],
            refused: 0,
        };
        for (index, act) in behaviour.timed_acts.iter().enumerate() {
            simulation.calendar.put(act.at, act.order, Entry::TimedAct(index));
        }
        simulation.go_on();
        if simulation.state.identity().is_some() {
            simulation.begin_otherwise(history.from)?;
        } else {
            // What is wrong in itself is reported before the livechat exists.
            change.sections(simulation.state.settings())?;
        }
        Ok(simulation)
    }

    /// What was live when the period began goes on.
    fn go_on(&mut self) {
        let from = self.history.from;
        for (id, segment) in &self.behaviour.live {
            let Some(live) = self.history.before.conversation(*id) else { continue };
            let mut run = Run::new(*id, live.visitor.clone(), *segment, live.requested_at, from);
            run.first_pick_up = live.is_answered().then_some(from);
            if let Phase::Assigned { operator, picked_up, .. } = &live.phase {
                let picked_up = picked_up.then_some(from);
                run.desk = Some(OnDesk { operator: operator.clone(), since: from, picked_up });
                run.assignments = 1;
                run.last_operator = Some(operator.clone());
            }
            let index = self.begin(run);
            if self.runs.get(index).is_some_and(|run| run.desk.is_some() && run.picked_up().is_none()) {
                self.schedule_pick_up(index, 0, from);
            }
        }
        for (key, _) in self.history.before.pending_surveys() {
            self.surveys.insert(key, Asked { which: 0, done: 0, touched: from });
            self.schedule_about_survey(key);
        }
    }

    /// The change is made: when the period begins, or with the livechat if that began later.
    fn begin_otherwise(&mut self, at: Timestamp) -> Result<(), Error> {
        let administrator = StaffId::parse("what-if").map_err(|error| Error::Wrong(error.to_string()))?;
        let administrator = Actor::Administrator(administrator);
        for section in self.change.sections(self.state.settings())? {
            let action = Action::ChangeSettings { section: Box::new(section), expected: None };
            self.command(at, administrator.clone(), action).map_err(Error::Rejected)?;
        }
        for (by, action) in self.staff.first(&self.history.before, &administrator) {
            self.command(at, by, action).map_err(Error::Rejected)?;
        }
        Ok(())
    }

    /// Plays until after `limit`.
    pub(super) fn play(&mut self, limit: Timestamp) {
        while self.next(limit) {}
    }

    /// Plays on until all that was requested in the period is over, but not forever.
    pub(super) fn play_on(&mut self) {
        let limit = self.history.ends.max(self.history.until_elapsed) + PLAYED_ON_MAX;
        while self.open > 0 && self.next(limit) {}
    }

    /// Everything as it is now.
    pub(super) const fn state(&self) -> &Livechat {
        &self.state
    }

    /// Performs the next entry; nothing if it is after `limit`.
    fn next(&mut self, limit: Timestamp) -> bool {
        let entry = self.calendar.first();
        let deadline = self.state.next_deadline().map(|deadline| self.timeline.elapsed(deadline));
        let deadline = deadline.filter(|deadline| self.stuck != Some(*deadline));
        let wake = deadline.and_then(|deadline| self.behaviour.wakes.get(&deadline));
        let noticed =
            deadline.map(|deadline| wake.map_or((deadline, AFTER_ALL), |wake| (wake.at, wake.order)));
        if let Some(broken) = self.behaviour.breaks.get(self.breaks)
            && entry.into_iter().chain(noticed).all(|(at, order)| !broken.is_after(at, order))
        {
            return broken.at <= limit && self.resume(broken);
        }
        let tick = deadline.and_then(|deadline| {
            let (at, order) = wake.map_or((deadline, 0), |wake| (wake.at, wake.order));
            match entry {
                Some(first) if (at, order) > first => {
                    // The journal notices a deadline that has passed before any command; only a clock that was
                    // set back can have put a command between the two.
                    let was_first = wake.is_some_and(|wake| first.1 < wake.order);
                    (deadline <= first.0 && !was_first).then_some(first.0)
                }
                Some(_) | None => Some(at),
            }
        });
        if let Some(at) = tick {
            if at > limit {
                return false;
            }
            self.tick(at, deadline);
            return true;
        }
        if entry.is_none_or(|(at, _)| at > limit) {
            return false;
        }
        let Some(((at, _, _), entry)) = self.calendar.pop() else { return false };
        // Nobody could do anything while the server was down.
        let at = at.max(self.resumed);
        match entry {
            Entry::TimedAct(index) => self.act(at, index),
            Entry::PickUp(run) => self.pick_up(at, run),
            Entry::Patience(run) => self.give_up(at, run),
            Entry::Step(run) => self.step(at, run),
            Entry::Closing(run) => self.closing(at, run),
            Entry::Afterwards(run) => self.afterwards(at, run),
            Entry::Survey(key) => self.survey(at, key),
        }
        true
    }

    /// The server is up again, or its clock was set back: the livechat records it, as a journal would.
    fn resume(&mut self, broken: &Break) -> bool {
        self.breaks += 1;
        self.resumed = broken.at;
        self.timeline.set_back(broken.set_back);
        self.stuck = None;
        let mut story = broken.outage.map_or(vec![], |outage| self.state.resume(outage, broken.shown));
        if self.state.wakes(broken.shown) {
            story.extend(self.state.tick(broken.shown));
        }
        self.record(story);
        true
    }

    fn tick(&mut self, at: Timestamp, deadline: Option<Timestamp>) {
        let story = self.state.tick(self.timeline.shown(at));
        // A deadline without effect would be retried forever.
        self.stuck = deadline.filter(|_| story.is_empty());
        self.record(story);
    }

    /// Performs an act of a person; refusals by the rules are counted.
    fn attempt(&mut self, at: Timestamp, by: Actor, action: Action) {
        if self.command(at, by, action).is_err() {
            self.refused += 1;
        }
    }

    fn command(&mut self, at: Timestamp, by: Actor, action: Action) -> Result<(), Rejection> {
        // An older log may reuse the identifier of a removed operator: here it is the desk that counts.
        if let Action::RegisterOperator(id, _) = &action
            && self.state.former().contains_key(id)
        {
            self.command(at, by.clone(), Action::ReinstateOperator(id.clone()))?;
        }
        let at = self.timeline.shown(at);
        let story = self.state.handle_command(&Command { at, by, action })?;
        self.stuck = None;
        self.record(story);
        Ok(())
    }

    fn record(&mut self, story: Vec<Event>) {
        self.commands += 1;
        let command = CommandId(uuid::Uuid::from_u128(self.commands));
        for event in story {
            self.position += 1;
            self.on_event(&event);
            let livechat = self.history.livechat.clone();
            let position = self.position;
            self.events.push(Arc::new(Record { livechat, position, command, address: None, event }));
        }
    }
}
