//! The acts of people, at their times.

use chrono::TimeDelta;
use domain::event::Presence;
use domain::state::survey::SurveyKey;
use domain::state::timers::TimerKind;
use domain::{Action, Actor, ConversationAction, ConversationId, Timestamp};

use super::Simulation;
use crate::what_if::to_command::about;

/// How soon to check again whether a conversation that nobody ends can be ended.
const AGAIN: TimeDelta = TimeDelta::minutes(1);

impl Simulation<'_> {
    pub(super) fn act(&mut self, at: Timestamp, index: usize) {
        let Some(act) = self.behaviour.timed_acts.get(index) else { return };
        if let Some(segment) = act.segment {
            self.request(at, index, segment);
            return;
        }
        for (by, mut action) in self.staff.instead(act) {
            if let Action::ChangeSettings { section, .. } = &mut action {
                // A change of the settings in history, with the changes of the scenario.
                match self.change.section(section) {
                    Ok(otherwise) => **section = otherwise,
                    Err(_) => self.refused += 1,
                }
            }
            let creates = matches!(action, Action::CreateLivechat { .. });
            self.attempt(at, by, action);
            if creates && self.begin_otherwise(at).is_err() {
                self.refused += 1;
            }
        }
    }

    /// A visitor asks for an operator; one still in a conversation asks when it is over.
    fn request(&mut self, at: Timestamp, index: usize, segment: usize) {
        let Some(act) = self.behaviour.timed_acts.get(index) else { return };
        let Action::Conversation(
            id,
            ConversationAction::Request(request) | ConversationAction::RequestAgain(request),
        ) = &act.action
        else {
            return;
        };
        let kept = self.state.kept().get(id).map(|kept| kept.vouched);
        let vouched = kept.unwrap_or(request.visitor.authenticated);
        if self.state.conversation_of(&request.visitor.id, vouched).is_some() {
            self.held_back.entry(request.visitor.id.clone()).or_default().push(index);
            return;
        }
        let is_again = matches!(act.action, Action::Conversation(_, ConversationAction::RequestAgain(..)));
        let action = if is_again && !self.state.kept().contains_key(id) {
            // It was kept open then and is not now: the visitor asks for a new one.
            let new = ConversationId(uuid::Uuid::from_u128(id.0.as_u128() ^ u128::from(act.order)));
            Action::Conversation(new, ConversationAction::Request(request.clone()))
        } else {
            act.action.clone()
        };
        self.beginning = Some(segment);
        self.attempt(at, act.by.clone(), action);
        self.beginning = None;
    }

    pub(super) fn pick_up(&mut self, at: Timestamp, index: usize) {
        let Some(run) = self.runs.get_mut(index) else { return };
        run.pick_up = None;
        let Some(desk) = &run.desk else { return };
        let (by, action) = (
            Actor::Operator(desk.operator.clone()),
            Action::Conversation(run.conversation, ConversationAction::PickUp),
        );
        self.attempt(at, by, action);
    }

    /// The visitor's patience is exhausted.
    pub(super) fn give_up(&mut self, at: Timestamp, index: usize) {
        let Some(run) = self.runs.get_mut(index) else { return };
        run.patience = None;
        if run.is_over || run.first_pick_up.is_some() {
            return;
        }
        let id = run.conversation;
        let as_it_was = self.behaviour.segments.get(run.own).and_then(|segment| segment.gave_up.as_ref());
        let by = as_it_was.map_or_else(|| Actor::Visitor(run.visitor.clone()), |act| act.by.clone());
        let left_site = as_it_was.is_some_and(|act| {
            matches!(act.action, Action::Conversation(_, ConversationAction::NotePresence(..)))
        });
        let action = if left_site {
            Action::Conversation(id, ConversationAction::NotePresence(Presence::LeftSite))
        } else {
            Action::Conversation(id, ConversationAction::LeaveQueue)
        };
        self.attempt(at, by, action);
    }

    /// The next step of a segment.
    pub(super) fn step(&mut self, at: Timestamp, index: usize) {
        let Some(run) = self.runs.get_mut(index) else { return };
        run.step = None;
        let step = self.behaviour.segments.get(run.plan).and_then(|segment| segment.steps.get(run.next));
        let Some(step) = step else { return };
        run.next += 1;
        run.attempt = 0;
        run.last = at;
        let by = match (&step.by, &run.desk) {
            (Actor::Operator(_), Some(desk)) => Actor::Operator(desk.operator.clone()),
            (Actor::Visitor(_), _) => Actor::Visitor(run.visitor.clone()),
            (by, _) => by.clone(),
        };
        let is_the_visitors = matches!(by, Actor::Visitor(_) | Actor::Integration(_));
        let action = match (&step.action, &run.desk) {
            // Ending it in the queue is leaving the queue, and the other way round.
            (Action::Conversation(_, ConversationAction::End), None) if is_the_visitors => {
                Action::Conversation(run.conversation, ConversationAction::LeaveQueue)
            }
            (Action::Conversation(_, ConversationAction::LeaveQueue), Some(_)) => {
                Action::Conversation(run.conversation, ConversationAction::End)
            }
            (action, _) => about(action, run.conversation),
        };
        self.attempt(at, by, action);
        self.schedule_step(index);
    }

    /// Nobody is left who would end it: the operator in charge does, unless the rules are about to.
    pub(super) fn closing(&mut self, at: Timestamp, index: usize) {
        let Some(run) = self.runs.get_mut(index) else { return };
        run.step = None;
        if run.is_over {
            return;
        }
        let (id, picked_up) = (run.conversation, run.picked_up().is_some());
        let by = match &run.desk {
            Some(desk) => Actor::Operator(desk.operator.clone()),
            None => Actor::Visitor(run.visitor.clone()),
        };
        let timers = self.state.conversation(id).map(|live| &live.timers);
        let silence = timers.and_then(|timers| timers.deadline(TimerKind::VisitorInactivity));
        let later = match silence {
            Some(ends_at) => Some(self.timeline.elapsed(ends_at) + TimeDelta::seconds(1)),
            None if run.desk.is_some() && !picked_up => Some(at + AGAIN),
            None => None,
        };
        if let Some(later) = later.filter(|later| *later > at) {
            self.put_closing(index, later);
            return;
        }
        let action = if picked_up {
            Action::Conversation(id, ConversationAction::End)
        } else {
            Action::Conversation(id, ConversationAction::LeaveQueue)
        };
        self.attempt(at, by, action);
    }

    pub(super) fn afterwards(&mut self, at: Timestamp, index: usize) {
        let Some(run) = self.runs.get_mut(index) else { return };
        let acts = self.behaviour.segments.get(run.own).map(|segment| &segment.afterwards);
        let Some(act) = acts.and_then(|acts| acts.get(run.done_afterwards)) else { return };
        run.done_afterwards += 1;
        run.last = at;
        let by = match (&act.by, &run.last_operator) {
            (Actor::Operator(_), Some(operator)) => Actor::Operator(operator.clone()),
            (by, _) => by.clone(),
        };
        let action = about(&act.action, run.conversation);
        self.attempt(at, by, action);
        self.schedule_afterwards(index);
    }

    pub(super) fn survey(&mut self, at: Timestamp, key: SurveyKey) {
        let Some(asked) = self.surveys.get_mut(&key) else { return };
        let acts = self.behaviour.surveys.get(&(key, asked.which));
        let Some(act) = acts.and_then(|acts| acts.get(asked.done)) else { return };
        asked.done += 1;
        asked.touched = at;
        let in_charge = self.state.pending_survey_of(key).and_then(|pending| pending.operator.clone());
        let by = match (&act.by, in_charge) {
            (Actor::Operator(_), Some(operator)) => Actor::Operator(operator),
            (by, _) => by.clone(),
        };
        self.attempt(at, by, act.action.clone());
        self.schedule_about_survey(key);
    }
}
