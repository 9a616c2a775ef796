//! When people perform their next acts.

use chrono::TimeDelta;
use domain::Timestamp;
use domain::state::survey::SurveyKey;
use rand::Rng;

use super::{Entry, Simulation};
use crate::what_if::behaviour::{AFTER_ALL, Needs, Order, Seen};
use crate::what_if::run::Scheduled;
use crate::what_if::survival::Survival;

/// How long a conversation of unknown course takes, if there is no other to take it from.
const CLOSING: TimeDelta = TimeDelta::minutes(5);

impl Simulation<'_> {
    /// Puts the next step of a segment into the calendar, once what it needs is there.
    pub(super) fn schedule_step(&mut self, index: usize) {
        let Some(run) = self.runs.get(index) else { return };
        if run.is_over || run.step.is_some() {
            return;
        }
        let Some(segment) = self.behaviour.segments.get(run.plan) else { return };
        let Some(step) = segment.steps.get(run.next) else {
            if run.first_pick_up.is_some() {
                let gap = segment.closing.filter(|_| run.plan == run.own).unwrap_or(CLOSING);
                let at = run.last.max(run.first_pick_up.unwrap_or(run.last)) + gap;
                self.put_closing(index, at);
            }
            return;
        };
        let since = match step.needs {
            Needs::Nothing => Some(run.last),
            Needs::Answered => run.first_pick_up,
            Needs::Desk => run.desk.as_ref().map(|desk| desk.since),
            Needs::PickedUp => run.picked_up(),
        };
        let Some(since) = since.map(|since| since.max(run.last)) else { return };
        let Some(seen) = step.attempts.get(run.attempt).or_else(|| step.attempts.last()).copied() else {
            return;
        };
        let is_of_the_operator = matches!(step.needs, Needs::Desk | Needs::PickedUp);
        let (delay, order) = self.delay(seen, step.order, &self.behaviour.answers);
        // Where nobody was ever observed to answer, nobody does.
        let key = delay.map(|delay| self.calendar.put(since + delay, order, Entry::Step(index)));
        if let Some(run) = self.runs.get_mut(index) {
            run.step = Some(Scheduled { key, is_of_the_operator });
        }
    }

    pub(super) fn put_closing(&mut self, index: usize, at: Timestamp) {
        let key = Some(self.calendar.put(at, AFTER_ALL, Entry::Closing(index)));
        if let Some(run) = self.runs.get_mut(index) {
            run.step = Some(Scheduled { key, is_of_the_operator: false });
        }
    }

    /// The operator who has just been given a segment, for the `which`th time, is about to pick it up.
    pub(super) fn schedule_pick_up(&mut self, index: usize, which: usize, at: Timestamp) {
        let Some(run) = self.runs.get(index) else { return };
        let Some(desk) = &run.desk else { return };
        let pick_ups = self.behaviour.segments.get(run.own).map(|segment| &segment.pick_ups);
        let as_it_was = pick_ups
            .and_then(|pick_ups| pick_ups.get(which))
            .filter(|pick_up| pick_up.operator == desk.operator);
        let (seen, order) = as_it_was
            .map_or((Seen { delay: TimeDelta::milliseconds(-1), happened: false }, AFTER_ALL), |pick_up| {
                (pick_up.seen, pick_up.order)
            });
        let of_the_operator = self.behaviour.pick_ups_of(&desk.operator);
        if let (Some(delay), order) = self.delay(seen, order, of_the_operator) {
            let key = self.calendar.put(at + delay, order, Entry::PickUp(index));
            if let Some(run) = self.runs.get_mut(index) {
                run.pick_up = Some(key);
            }
        }
    }

    pub(super) fn schedule_afterwards(&mut self, index: usize) {
        let Some(run) = self.runs.get(index) else { return };
        let acts = self.behaviour.segments.get(run.own).map(|segment| &segment.afterwards);
        if let Some(act) = acts.and_then(|acts| acts.get(run.done_afterwards)) {
            self.calendar.put(run.last + act.delay, act.order, Entry::Afterwards(index));
        }
    }

    pub(super) fn schedule_about_survey(&mut self, key: SurveyKey) {
        let Some(asked) = self.surveys.get(&key) else { return };
        let acts = self.behaviour.surveys.get(&(key, asked.which));
        if let Some(act) = acts.and_then(|acts| acts.get(asked.done)) {
            self.calendar.put(asked.touched + act.delay, act.order, Entry::Survey(key));
        }
    }

    /// How long it takes: as long as it did, or, if it was not observed to its end, longer than that.
    fn delay(&mut self, seen: Seen, order: Order, like: &Survival) -> (Option<TimeDelta>, Order) {
        if seen.happened { (Some(seen.delay), order) } else { (self.draw(like, seen.delay), AFTER_ALL) }
    }

    pub(super) fn draw(&mut self, like: &Survival, longer_than: TimeDelta) -> Option<TimeDelta> {
        let chance = self.random.random::<f64>();
        like.beyond(longer_than.num_milliseconds(), chance).map(TimeDelta::milliseconds)
    }
}
