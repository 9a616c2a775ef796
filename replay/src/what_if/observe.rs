//! What people did, read from the log.
//!
//! The first event of each command is turned back into the command; what followed from it by rule, and what timers
//! did, is forgotten. What each act followed is taken from the state at that time: see [`Tracked::needs`].

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use domain::event::Closing;
use domain::event::Presence;
use domain::state::Phase;
use domain::state::survey::SurveyKey;
use domain::{
    Action, Actor, ConversationAction, ConversationFact, ConversationId, Fact, Flow, Livechat, OperatorFact,
    OperatorId, SkillId, SurveyStep, Timestamp,
};
use journal::Record;

use super::behaviour::{
    AFTER_ALL, Act, Behaviour, Needs, Order, PickUp, Seen, Segment, Step, TimedAct, Wake, WhichSurvey,
};
use super::history::History;
use super::survival::{Sample, Survival};
use super::timeline::Timeline;
use super::to_command;
use super::tracking::{Tracked, TrackedAssignment};

/// Pick-ups of an operator needed before they count as typical of that operator.
const PICK_UPS_MIN: usize = 20;

/// Reads what people did in a period.
pub(super) fn behaviour(history: &History) -> Behaviour {
    let mut observer = Observer::new(history);
    for command in history.records.chunk_by(|one, other| one.command == other.command) {
        observer.command(command.iter().map(AsRef::as_ref).collect::<Vec<_>>().as_slice());
    }
    observer.finish(history.ends)
}

struct Observer {
    state: Livechat,
    from: Timestamp,
    behaviour: Behaviour,
    tracked: HashMap<ConversationId, Tracked>,
    /// Of the surveys that wait: which, and when they were asked or last touched.
    surveys: HashMap<SurveyKey, (usize, Timestamp)>,
    online_since: BTreeMap<OperatorId, Timestamp>,
    samples: Samples,
    timeline: Timeline,
}

#[derive(Default)]
struct Samples {
    answers: Sample,
    pick_ups: BTreeMap<OperatorId, Sample>,
    pick_ups_of_all: Sample,
}

impl Observer {
    fn new(history: &History) -> Self {
        let mut observer = Self {
            state: history.before.clone(),
            from: history.from,
            behaviour: Behaviour::default(),
            tracked: HashMap::new(),
            surveys: HashMap::new(),
            online_since: BTreeMap::new(),
            samples: Samples::default(),
            timeline: Timeline::default(),
        };
        let live: BTreeMap<_, _> = history.before.conversations().map(|(id, live)| (*id, live)).collect();
        for (id, live) in live {
            let skill = live.skill.clone();
            let mut tracked = observer.begin(skill, live.requested_at, history.from, history.position);
            if let Phase::Assigned { operator, picked_up, .. } = &live.phase {
                tracked.assignments.push(TrackedAssignment {
                    operator: operator.clone(),
                    since: history.from,
                    picked_up: picked_up.then_some((history.from, history.position)),
                    ended: None,
                });
            }
            tracked.first_pick_up = live.is_answered().then_some(history.from);
            observer.behaviour.live.insert(id, tracked.segment);
            observer.tracked.insert(id, tracked);
        }
        for (key, _) in history.before.pending_surveys() {
            observer.surveys.insert(key, (0, history.from));
        }
        let online = history.before.operators().iter().filter(|(_, one)| one.connected_since.is_some());
        observer.online_since = online.map(|(id, _)| (id.clone(), history.from)).collect();
        observer
    }

    fn begin(
        &mut self,
        skill: Option<SkillId>,
        requested_at: Timestamp,
        at: Timestamp,
        order: Order,
    ) -> Tracked {
        self.behaviour.segments.push(Segment {
            skill,
            requested_at,
            steps: vec![],
            afterwards: vec![],
            pick_ups: vec![],
            gave_up: None,
            waited: TimeDelta::zero(),
            answered: false,
            closing: None,
        });
        Tracked {
            segment: self.behaviour.segments.len() - 1,
            last: (at, order),
            assignments: vec![],
            first_pick_up: None,
            over: None,
            ended_by_a_step: false,
        }
    }

    /// One command with all that followed from it.
    fn command(&mut self, records: &[&Record]) {
        let (Some(first), Some(last)) = (records.first(), records.last()) else { return };
        if let Some(mut action) = to_command::action(&first.event, &self.state) {
            let follows = records.get(1).map(|record| &record.event.fact);
            to_command::complete(&mut action, follows);
            self.act(first, last.position, records, action);
        } else {
            let at = self.timeline.elapsed(first.event.at);
            let broken = self.timeline.break_of(records);
            let wake = Wake { at: broken.map_or(at, |broken| broken.at), order: first.position };
            let deadline = self.state.next_deadline().map(|deadline| self.timeline.elapsed(deadline));
            // One that is still to come is moved by what happens now, or fires at its own time.
            let passed = |deadline: &Timestamp| broken.is_none() || *deadline <= wake.at;
            if let Some(deadline) = deadline.filter(passed) {
                self.behaviour.wakes.insert(deadline, wake);
            }
            self.behaviour.breaks.extend(broken);
        }
        for record in records {
            self.follow(record);
            domain::evolve(&mut self.state, &record.event);
        }
    }

    fn act(&mut self, first: &Record, until: Order, records: &[&Record], action: Action) {
        let at = self.timeline.elapsed(first.event.at);
        let (order, by) = (first.position, first.event.by.clone());
        let act = |delay, action| Act { delay, order, by: by.clone(), action };
        let mut timed = TimedAct { at, order, by: by.clone(), action, segment: None };
        let Fact::Conversation { conversation: id, fact, .. } = &first.event.fact else {
            self.behaviour.timed_acts.push(timed);
            return;
        };
        if let ConversationFact::Flow(Flow::Requested(request) | Flow::RequestedAgain(request)) = fact {
            let tracked = self.begin(request.skill.clone(), at, at, until);
            timed.segment = Some(tracked.segment);
            self.tracked.insert(*id, tracked);
            self.behaviour.timed_acts.push(timed);
            return;
        }
        if let Some(key) = about_a_survey(*id, fact)
            && let Some((which, touched)) = self.surveys.get_mut(&key)
        {
            let key: WhichSurvey = (key, *which);
            self.behaviour.surveys.entry(key).or_default().push(act(at - *touched, timed.action));
            *touched = at;
            return;
        }
        let Some(tracked) = self.tracked.get_mut(id) else {
            self.behaviour.timed_acts.push(timed);
            return;
        };
        let Some(segment) = self.behaviour.segments.get_mut(tracked.segment) else { return };
        if tracked.over.is_some() {
            segment.afterwards.push(act(at - tracked.last.0, timed.action));
            tracked.last = (at, until);
        } else if tracked.first_pick_up.is_none() && gives_up(&timed, records) {
            segment.gave_up = Some(act(at - segment.requested_at, timed.action));
            tracked.ended_by_a_step = true;
        } else if !matches!(timed.action, Action::Conversation(_, ConversationAction::PickUp)) {
            let needs = tracked.needs(&by, &timed.action);
            let attempts = tracked.attempts(needs, at);
            if matches!(
                (&timed.action, needs),
                (Action::Conversation(_, ConversationAction::Write(..)), Needs::PickedUp)
            ) {
                let answers = &mut self.samples.answers;
                for seen in &attempts {
                    answers.add(seen.delay.num_milliseconds(), seen.happened);
                }
            }
            tracked.ended_by_a_step = matches!(
                timed.action,
                Action::Conversation(_, ConversationAction::End | ConversationAction::LeaveQueue)
            );
            segment.steps.push(Step { order, by, action: timed.action, needs, attempts });
            tracked.last = (at, until);
        }
    }

    /// Tracks the state of everything.
    fn follow(&mut self, record: &Record) {
        let (at, order) = (self.timeline.follow(&record.event), record.position);
        match &record.event.fact {
            Fact::Livechat(_) => {}
            Fact::Operator { operator, fact } => self.follow_operator(at, operator, fact),
            Fact::Conversation { conversation, operator, fact } => {
                if let ConversationFact::Survey(SurveyStep::Asked { audience, segment, .. }) = fact {
                    let key =
                        SurveyKey { conversation: *conversation, segment: *segment, audience: *audience };
                    let next = |(which, _): &(usize, Timestamp)| which + 1;
                    let which = self.surveys.get(&key).map_or(0, next);
                    self.surveys.insert(key, (which, at));
                }
                if let Some(tracked) = self.tracked.get_mut(conversation) {
                    tracked.follow(at, order, operator.as_ref(), fact);
                    if fact.is_end() {
                        self.over(*conversation, at);
                    }
                }
            }
        }
    }

    fn follow_operator(&mut self, at: Timestamp, operator: &OperatorId, fact: &OperatorFact) {
        match fact {
            OperatorFact::Connected => {
                self.online_since.insert(operator.clone(), at);
            }
            OperatorFact::Disconnected { .. } => self.offline(operator, at),
            OperatorFact::Registered { .. }
            | OperatorFact::ConnectionLost { .. }
            | OperatorFact::Reconnected
            | OperatorFact::StatusChanged { .. }
            | OperatorFact::ShiftStarted
            | OperatorFact::ShiftEnded
            | OperatorFact::Suspended
            | OperatorFact::Reinstated
            | OperatorFact::Removed => {}
        }
    }

    fn offline(&mut self, operator: &OperatorId, at: Timestamp) {
        if let Some(since) = self.online_since.remove(operator) {
            *self.behaviour.online_ms.entry(operator.clone()).or_default() += (at - since).num_milliseconds();
        }
    }

    /// A segment is over, or will not be watched any longer.
    fn over(&mut self, id: ConversationId, at: Timestamp) {
        let Some(tracked) = self.tracked.get_mut(&id) else { return };
        let Some(segment) = self.behaviour.segments.get_mut(tracked.segment) else { return };
        if tracked.over.is_some() {
            return;
        }
        tracked.over = Some(at);
        segment.answered = tracked.first_pick_up.is_some();
        if !tracked.ended_by_a_step {
            segment.closing = Some(at - tracked.last.0);
        }
        if let Some(at) = tracked.first_pick_up.or(Some(at)).filter(|_| segment.gave_up.is_none()) {
            segment.waited = at - segment.requested_at;
        }
        for assignment in &tracked.assignments {
            let until = assignment.picked_up.or(assignment.ended).map_or(at, |(at, _)| at);
            let seen = Seen { delay: until - assignment.since, happened: assignment.picked_up.is_some() };
            let order = assignment.picked_up.map_or(AFTER_ALL, |(_, order)| order);
            segment.pick_ups.push(PickUp { operator: assignment.operator.clone(), seen, order });
            if assignment.since > self.from {
                let millis = seen.delay.num_milliseconds();
                self.samples.pick_ups_of_all.add(millis, seen.happened);
                let own = self.samples.pick_ups.entry(assignment.operator.clone()).or_default();
                own.add(millis, seen.happened);
            }
        }
        // Acts after the end follow the end, and not what was said before.
        tracked.last = (at, AFTER_ALL);
    }

    fn finish(mut self, ends: Timestamp) -> Behaviour {
        let mut live: Vec<ConversationId> = self.tracked.keys().copied().collect();
        live.sort_unstable();
        // Pending acts had not happened by then.
        let after = ends + TimeDelta::milliseconds(1);
        for id in live {
            self.over(id, after);
        }
        let online: Vec<OperatorId> = self.online_since.keys().cloned().collect();
        for operator in &online {
            self.offline(operator, ends);
        }
        let deadline = self.state.next_deadline().map(|deadline| self.timeline.elapsed(deadline));
        if let Some(deadline) = deadline.filter(|deadline| *deadline <= ends) {
            // It has passed and was not noticed yet.
            let wake = Wake { at: after, order: AFTER_ALL };
            self.behaviour.wakes.insert(deadline, wake);
        }
        let mut behaviour = self.behaviour;
        for (index, segment) in behaviour.segments.iter().enumerate() {
            if segment.requested_at < self.from {
                continue;
            }
            match &segment.gave_up {
                Some(act) => behaviour.patience_sample.add(act.delay.num_milliseconds(), true),
                None => behaviour.patience_sample.add(segment.waited.num_milliseconds(), false),
            }
            if segment.answered && segment.closing.is_none() {
                behaviour.donors.push(index);
                behaviour.donors_of.entry(segment.skill.clone()).or_default().push(index);
            }
        }
        behaviour.patience = Survival::estimate(&behaviour.patience_sample);
        behaviour.answers = Survival::estimate(&self.samples.answers);
        behaviour.pick_ups_of_all = Survival::estimate(&self.samples.pick_ups_of_all);
        let known = self.samples.pick_ups.into_iter().filter(|(_, sample)| sample.counts().0 >= PICK_UPS_MIN);
        behaviour.pick_ups = known.map(|(id, sample)| (id, Survival::estimate(&sample))).collect();
        behaviour
    }
}

/// The survey that this is about, if it is pending.
const fn about_a_survey(conversation: ConversationId, fact: &ConversationFact) -> Option<SurveyKey> {
    match fact {
        ConversationFact::Survey(
            SurveyStep::Opened { audience, segment }
            | SurveyStep::Cancelled { audience, segment }
            | SurveyStep::Answered { audience, segment, .. }
            | SurveyStep::Closed { audience, segment, closing: Closing::ByHand, .. },
        ) => Some(SurveyKey { conversation, segment: *segment, audience: *audience }),
        ConversationFact::Survey(SurveyStep::Closed { .. } | SurveyStep::Asked { .. })
        | ConversationFact::Flow(_)
        | ConversationFact::Exchange(_)
        | ConversationFact::Visit(_)
        | ConversationFact::Notice(_)
        | ConversationFact::Attention(_) => None,
    }
}

/// Does the visitor give up waiting with this: leave the queue or what flashes on a desk, or the site?
fn gives_up(act: &TimedAct, records: &[&Record]) -> bool {
    let is_the_visitors = matches!(act.by, Actor::Visitor(_) | Actor::Integration(_));
    if matches!(act.action, Action::Conversation(_, ConversationAction::NotePresence(Presence::LeftSite))) {
        let has_left = |record: &&Record| {
            matches!(&record.event.fact, Fact::Conversation { fact: ConversationFact::Flow(Flow::Left), .. })
        };
        return is_the_visitors && records.iter().any(has_left);
    }
    is_the_visitors
        && matches!(
            act.action,
            Action::Conversation(_, ConversationAction::LeaveQueue | ConversationAction::End)
        )
}
