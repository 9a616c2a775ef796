//! What an event changes for what people are about to do.

use domain::state::survey::SurveyKey;
use domain::{ConversationFact, Event, Fact, Flow, OperatorId, SurveyStep, Timestamp};
use rand::Rng;

use super::{Asked, Entry, Simulation};
use crate::what_if::behaviour::{AFTER_ALL, Segment};
use crate::what_if::run::{OnDesk, Run};

impl Simulation<'_> {
    /// Notes what an event changes for what people are about to do.
    pub(super) fn on_event(&mut self, event: &Event) {
        let Fact::Conversation { conversation: id, operator, fact } = &event.fact else { return };
        let at = self.timeline.elapsed(event.at);
        if let (ConversationFact::Flow(Flow::Requested(request) | Flow::RequestedAgain(request)), Some(own)) =
            (fact, self.beginning)
        {
            self.begin(Run::new(*id, request.visitor.id.clone(), own, at, at));
        }
        if let ConversationFact::Survey(SurveyStep::Asked { audience, segment, .. }) = fact {
            let key = SurveyKey { conversation: *id, segment: *segment, audience: *audience };
            let which = self.surveys.get(&key).map_or(0, |asked| asked.which + 1);
            self.surveys.insert(key, Asked { which, done: 0, touched: at });
            self.schedule_about_survey(key);
        }
        let Some(index) = self.of.get(id).copied() else { return };
        let is_given = matches!(
            fact,
            ConversationFact::Flow(
                Flow::Assigned
                    | Flow::AssignedByHand { .. }
                    | Flow::Transferred { .. }
                    | Flow::AutoTransferred { .. }
            )
        );
        if let (true, Some(operator)) = (is_given, operator) {
            self.given(index, operator, at);
        } else if matches!(fact, ConversationFact::Flow(Flow::ReturnedToQueue { .. })) {
            self.taken(index);
        } else if *fact == ConversationFact::Flow(Flow::PickedUp) {
            self.picked_up(index, at);
        } else if fact.is_end() {
            self.over(index, at);
        }
    }

    /// A segment begins, or goes on.
    pub(super) fn begin(&mut self, run: Run) -> usize {
        let index = self.runs.len();
        self.of.insert(run.conversation, index);
        self.open += usize::from(run.requested_at < self.history.until_elapsed);
        let (requested_at, is_answered, own) = (run.requested_at, run.first_pick_up.is_some(), run.own);
        self.runs.push(run);
        if let Some(segment) = self.behaviour.segments.get(own).filter(|_| !is_answered) {
            let patience = match &segment.gave_up {
                Some(act) => Some((act.delay, act.order)),
                None => self.draw(&self.behaviour.patience, segment.waited).map(|delay| (delay, AFTER_ALL)),
            };
            let key = patience
                .map(|(delay, order)| self.calendar.put(requested_at + delay, order, Entry::Patience(index)));
            if let Some(run) = self.runs.get_mut(index) {
                run.patience = key;
            }
        }
        self.schedule_step(index);
        index
    }

    /// It comes to an operator's desk.
    fn given(&mut self, index: usize, operator: &OperatorId, at: Timestamp) {
        self.taken(index);
        let Some(run) = self.runs.get_mut(index) else { return };
        run.desk = Some(OnDesk { operator: operator.clone(), since: at, picked_up: None });
        run.last_operator = Some(operator.clone());
        let which = run.assignments;
        run.assignments += 1;
        self.schedule_pick_up(index, which, at);
        self.schedule_step(index);
    }

    /// It leaves the desk it was on: what the operator was about to do is not done.
    fn taken(&mut self, index: usize) {
        let Some(run) = self.runs.get_mut(index) else { return };
        self.calendar.cancel(&mut run.pick_up);
        if let Some(mut scheduled) = run.step.take_if(|scheduled| scheduled.is_of_the_operator) {
            self.calendar.cancel(&mut scheduled.key);
            run.attempt += 1;
        }
        run.desk = None;
    }

    fn picked_up(&mut self, index: usize, at: Timestamp) {
        let Some(run) = self.runs.get_mut(index) else { return };
        self.calendar.cancel(&mut run.pick_up);
        if let Some(desk) = &mut run.desk {
            desk.picked_up = Some(at);
        }
        if run.first_pick_up.is_none() {
            run.first_pick_up = Some(at);
            self.calendar.cancel(&mut run.patience);
            self.talk(index);
        }
        self.schedule_step(index);
    }

    /// Starts the talk at the first pick-up. Where history has no dialogue for it, it is what was said in another
    /// conversation, about the same skill if there is one.
    fn talk(&mut self, index: usize) {
        let Some(run) = self.runs.get_mut(index) else { return };
        let Some(own) = self.behaviour.segments.get(run.own).filter(|segment| !segment.answered) else {
            return;
        };
        let pool = self.behaviour.donors_of.get(&own.skill).unwrap_or(&self.behaviour.donors);
        if let Some(mut scheduled) = run.step.take() {
            self.calendar.cancel(&mut scheduled.key);
        }
        run.attempt = 0;
        run.next = usize::MAX;
        if !pool.is_empty() {
            let donor = pool.get(self.random.random_range(0..pool.len())).copied().unwrap_or_default();
            run.plan = donor;
            run.next =
                self.behaviour.segments.get(donor).map_or(usize::MAX, Segment::first_step_once_answered);
        }
    }

    fn over(&mut self, index: usize, at: Timestamp) {
        self.taken(index);
        let Some(run) = self.runs.get_mut(index).filter(|run| !run.is_over) else { return };
        run.is_over = true;
        run.last = at;
        self.open -= usize::from(run.requested_at < self.history.until_elapsed);
        if let Some(mut scheduled) = run.step.take() {
            self.calendar.cancel(&mut scheduled.key);
        }
        self.calendar.cancel(&mut run.patience);
        for act in self.held_back.remove(&run.visitor).unwrap_or_default() {
            self.calendar.put(at, AFTER_ALL, Entry::TimedAct(act));
        }
        self.schedule_afterwards(index);
    }
}
