//! The past played again on the real rules: people do what they did, the rules decide what comes of it.
//!
//! Everything that people do is in a calendar: what does not depend on the rules at its moment, and each act in a
//! conversation once what it follows has happened. Timers are ticks at their deadlines, noticed as late as history
//! noticed the same deadline. After each command the events tell whose turn it is next.
//!
//! Invariant: nothing here decides who gets a conversation, who waits, who is refused, or when a timer fires.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::TimeDelta;
use domain::conversation::{Phase, Presence};
use domain::id::CommandId;
use domain::settings::surveys::Audience;
use domain::timer::TimerKind;
use domain::{
    Action, Actor, Command, ConversationFact, ConversationId, Event, Fact, Instant, Livechat, OperatorId,
    Rejection, StaffId, VisitorId,
};
use journal::{Position, Recorded};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Error;
use super::calendar::Calendar;
use super::change::Change;
use super::history::History;
use super::retell::about;
use super::run::{OnDesk, Run, Scheduled};
use super::script::{AFTER_ALL, Needs, Order, Script, Seen};
use super::staff::Staff;
use super::survival::Survival;

/// How long after the last moment of history what has not ended yet is played on, at most.
const PLAYED_ON_MAX: TimeDelta = TimeDelta::hours(4);
/// How long a conversation takes of which nobody knows how it would have gone, where there is no other either.
const CLOSING: TimeDelta = TimeDelta::minutes(5);
/// How soon it is looked again whether a conversation that nobody ends can be ended.
const AGAIN: TimeDelta = TimeDelta::minutes(1);

/// What is in the calendar.
#[derive(Clone, Copy, Debug)]
enum Entry {
    /// Something that was done at its moment.
    Deed(usize),
    /// An operator picks up.
    PickUp(usize),
    /// A visitor is not willing to wait any longer.
    Patience(usize),
    /// The next step of a segment.
    Step(usize),
    /// A segment ends that had no more steps.
    Closing(usize),
    /// The next thing that is done after the end of a segment.
    Afterwards(usize),
    /// The next thing that is done about a survey.
    Survey(ConversationId, Audience),
}

/// A survey that waits for its answers.
#[derive(Clone, Copy, Debug)]
struct Asked {
    /// The how-manieth of its conversation and audience.
    which: usize,
    /// Acts that were done about it.
    done: usize,
    /// When it was asked, or last touched.
    touched: Instant,
}

/// See the module.
pub(super) struct Simulation<'a> {
    history: &'a History,
    script: &'a Script,
    change: &'a Change,
    staff: Staff,
    state: Livechat,
    calendar: Calendar<Entry>,
    runs: Vec<Run>,
    /// The segment of each conversation that was played last.
    of: HashMap<ConversationId, usize>,
    /// Requests of visitors who were still in a conversation.
    held_back: BTreeMap<VisitorId, Vec<usize>>,
    surveys: HashMap<(ConversationId, Audience), Asked>,
    /// The segment that begins with the request under way.
    beginning: Option<usize>,
    /// A deadline at which nothing happened.
    stuck: Option<Instant>,
    random: ChaCha8Rng,
    pub(super) position: Position,
    commands: u128,
    /// Everything that happened.
    pub(super) events: Vec<Arc<Recorded>>,
    /// What people did in history and the rules did not let them do now.
    pub(super) refused: usize,
}

impl<'a> Simulation<'a> {
    /// Everything as it was when the period began, but for the change, which is made then.
    ///
    /// # Errors
    /// When the change is not allowed.
    pub(super) fn new(
        history: &'a History,
        script: &'a Script,
        change: &'a Change,
        seed: u64,
    ) -> Result<Self, Error> {
        let mut simulation = Self {
            history,
            script,
            change,
            staff: Staff::of(change.operators, script, &history.before)?,
            state: history.before.clone(),
            calendar: Calendar::default(),
            runs: vec![],
            of: HashMap::new(),
            held_back: BTreeMap::new(),
            surveys: HashMap::new(),
            beginning: None,
            stuck: None,
            random: ChaCha8Rng::seed_from_u64(seed),
            position: history.position,
            commands: 0,
            events: vec![],
            refused: 0,
        };
        for (index, deed) in script.deeds.iter().enumerate() {
            simulation.calendar.put(deed.at, deed.order, Entry::Deed(index));
        }
        simulation.go_on();
        if simulation.state.identity().is_some() {
            simulation.begin_otherwise(history.from)?;
        } else {
            // What is wrong in itself is told before the livechat exists.
            change.sections(simulation.state.settings())?;
        }
        Ok(simulation)
    }

    /// What was live when the period began goes on.
    fn go_on(&mut self) {
        let from = self.history.from;
        for (id, segment) in &self.script.live {
            let Some(live) = self.history.before.conversation(*id) else { continue };
            let mut run = Run::new(*id, live.visitor.clone(), *segment, live.requested_at, from);
            run.first_pick_up = live.answered.then_some(from);
            if let Phase::Assigned { operator, picked_up } = &live.phase {
                let picked_up = picked_up.then_some(from);
                run.desk = Some(OnDesk { operator: operator.clone(), since: from, picked_up });
                run.assignments = 1;
                run.last_operator = Some(operator.clone());
            }
            let index = self.begin(run);
            if self.runs.get(index).is_some_and(|run| run.desk.is_some() && run.picked_up().is_none()) {
                self.expect_pick_up(index, 0, from);
            }
        }
        for (id, audience, _) in self.history.before.pending_surveys() {
            self.surveys.insert((id, audience), Asked { which: 0, done: 0, touched: from });
            self.expect_about_survey(id, audience);
        }
    }

    /// The change is made: when the period begins, or with the livechat if that began later.
    fn begin_otherwise(&mut self, at: Instant) -> Result<(), Error> {
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
    pub(super) fn play(&mut self, limit: Instant) {
        while self.next(limit) {}
    }

    /// Plays on until all that was requested in the period is over, but not for ever.
    pub(super) fn play_on(&mut self) {
        let (until, limit) = (self.history.until, self.history.ends.max(self.history.until) + PLAYED_ON_MAX);
        let is_open = |run: &Run| !run.is_over && run.requested_at < until;
        while self.runs.iter().any(is_open) && self.next(limit) {}
    }

    /// Everything as it is now.
    pub(super) const fn state(&self) -> &Livechat {
        &self.state
    }

    /// What is next happens; nothing is when it would be after `limit`.
    fn next(&mut self, limit: Instant) -> bool {
        let entry = self.calendar.first();
        let deadline = self.state.next_deadline().filter(|deadline| self.stuck != Some(*deadline));
        let tick = deadline.and_then(|deadline| {
            let wake = self.script.wakes.get(&deadline);
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
        match entry {
            Entry::Deed(index) => self.deed(at, index),
            Entry::PickUp(run) => self.pick_up(at, run),
            Entry::Patience(run) => self.give_up(at, run),
            Entry::Step(run) => self.step(at, run),
            Entry::Closing(run) => self.closing(at, run),
            Entry::Afterwards(run) => self.afterwards(at, run),
            Entry::Survey(id, audience) => self.survey(at, id, audience),
        }
        true
    }

    fn tick(&mut self, at: Instant, deadline: Option<Instant>) {
        let story = self.state.tick(at);
        // A deadline at which nothing happens would be looked at for ever.
        self.stuck = deadline.filter(|_| story.is_empty());
        self.record(story);
    }

    /// Somebody does something; what the rules refuse is counted.
    fn attempt(&mut self, at: Instant, by: Actor, action: Action) {
        if self.command(at, by, action).is_err() {
            self.refused += 1;
        }
    }

    fn command(&mut self, at: Instant, by: Actor, action: Action) -> Result<(), Rejection> {
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
            self.heed(&event);
            let livechat = self.history.livechat.clone();
            let position = self.position;
            self.events.push(Arc::new(Recorded { livechat, position, command, address: None, event }));
        }
    }

    fn deed(&mut self, at: Instant, index: usize) {
        let Some(deed) = self.script.deeds.get(index) else { return };
        if let Some(segment) = deed.segment {
            self.request(at, index, segment);
            return;
        }
        for (by, mut action) in self.staff.instead(deed) {
            if let Action::ChangeSettings { section, .. } = &mut action {
                // What an administrator changed then, with what would be otherwise.
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

    /// A visitor asks for an operator; one who is still in a conversation asks when that is over.
    fn request(&mut self, at: Instant, index: usize, segment: usize) {
        let Some(deed) = self.script.deeds.get(index) else { return };
        let (id, request) = match &deed.action {
            Action::RequestConversation(id, request) | Action::RequestAgain(id, request) => (*id, request),
            _ => return,
        };
        if self.state.conversation_of(&request.visitor.id).is_some() {
            self.held_back.entry(request.visitor.id.clone()).or_default().push(index);
            return;
        }
        let is_kept = self.state.kept().contains_key(&id);
        let action = match &deed.action {
            Action::RequestAgain(..) if !is_kept => {
                // It was kept open then and is not now: the visitor asks for a new one.
                let new = ConversationId(uuid::Uuid::from_u128(id.0.as_u128() ^ u128::from(deed.order)));
                Action::RequestConversation(new, request.clone())
            }
            action => action.clone(),
        };
        self.beginning = Some(segment);
        self.attempt(at, deed.by.clone(), action);
        self.beginning = None;
    }

    fn pick_up(&mut self, at: Instant, index: usize) {
        let Some(run) = self.runs.get_mut(index) else { return };
        run.pick_up = None;
        let Some(desk) = &run.desk else { return };
        let (by, action) = (Actor::Operator(desk.operator.clone()), Action::PickUp(run.conversation));
        self.attempt(at, by, action);
    }

    /// The visitor has waited as long as the visitor was willing to.
    fn give_up(&mut self, at: Instant, index: usize) {
        let Some(run) = self.runs.get_mut(index) else { return };
        run.patience = None;
        if run.is_over || run.first_pick_up.is_some() {
            return;
        }
        let id = run.conversation;
        let as_it_was = self.script.segments.get(run.own).and_then(|segment| segment.gave_up.as_ref());
        let by = as_it_was.map_or_else(|| Actor::Visitor(run.visitor.clone()), |act| act.by.clone());
        let left_site = as_it_was.is_some_and(|act| matches!(act.action, Action::NotePresence(..)));
        let action = match (&run.desk, left_site) {
            (Some(_), _) => Action::End(id),
            (None, true) => Action::NotePresence(id, Presence::LeftSite),
            (None, false) => Action::LeaveQueue(id),
        };
        self.attempt(at, by, action);
    }

    /// The next step of a segment.
    fn step(&mut self, at: Instant, index: usize) {
        let Some(run) = self.runs.get_mut(index) else { return };
        run.step = None;
        let step = self.script.segments.get(run.plan).and_then(|segment| segment.steps.get(run.next));
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
            // Who ends it while nobody has it leaves the queue, and the other way round.
            (Action::End(_), None) if is_the_visitors => Action::LeaveQueue(run.conversation),
            (Action::LeaveQueue(_), Some(_)) => Action::End(run.conversation),
            (action, _) => about(action, run.conversation),
        };
        self.attempt(at, by, action);
        self.expect_step(index);
    }

    /// Nobody is left who would end it: whoever has it does, unless the rules are about to.
    fn closing(&mut self, at: Instant, index: usize) {
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
            Some(ends_at) => Some(ends_at + TimeDelta::seconds(1)),
            None if run.desk.is_some() && !picked_up => Some(at + AGAIN),
            None => None,
        };
        if let Some(later) = later.filter(|later| *later > at) {
            self.put_closing(index, later);
            return;
        }
        let action = if picked_up { Action::End(id) } else { Action::LeaveQueue(id) };
        self.attempt(at, by, action);
    }

    fn afterwards(&mut self, at: Instant, index: usize) {
        let Some(run) = self.runs.get_mut(index) else { return };
        let acts = self.script.segments.get(run.own).map(|segment| &segment.afterwards);
        let Some(act) = acts.and_then(|acts| acts.get(run.done_afterwards)) else { return };
        run.done_afterwards += 1;
        run.last = at;
        let by = match (&act.by, &run.last_operator) {
            (Actor::Operator(_), Some(operator)) => Actor::Operator(operator.clone()),
            (by, _) => by.clone(),
        };
        let action = about(&act.action, run.conversation);
        self.attempt(at, by, action);
        self.expect_afterwards(index);
    }

    fn survey(&mut self, at: Instant, id: ConversationId, audience: Audience) {
        let Some(asked) = self.surveys.get_mut(&(id, audience)) else { return };
        let acts = self.script.surveys.get(&(id, audience, asked.which));
        let Some(act) = acts.and_then(|acts| acts.get(asked.done)) else { return };
        asked.done += 1;
        asked.touched = at;
        let in_charge = self.state.pending_survey(id, audience).and_then(|pending| pending.operator.clone());
        let by = match (&act.by, in_charge) {
            (Actor::Operator(_), Some(operator)) => Actor::Operator(operator),
            (by, _) => by.clone(),
        };
        self.attempt(at, by, act.action.clone());
        self.expect_about_survey(id, audience);
    }

    /// Notes what an event changes for what people are about to do.
    fn heed(&mut self, event: &Event) {
        let Fact::Conversation { conversation: id, operator, fact } = &event.fact else { return };
        let at = event.at;
        if let (ConversationFact::Requested(request) | ConversationFact::RequestedAgain(request), Some(own)) =
            (fact, self.beginning)
        {
            self.begin(Run::new(*id, request.visitor.id.clone(), own, at, at));
        }
        if let ConversationFact::SurveyAsked { audience, .. } = fact {
            let which = self.surveys.get(&(*id, *audience)).map_or(0, |asked| asked.which + 1);
            self.surveys.insert((*id, *audience), Asked { which, done: 0, touched: at });
            self.expect_about_survey(*id, *audience);
        }
        let Some(index) = self.of.get(id).copied() else { return };
        let is_given = matches!(
            fact,
            ConversationFact::Assigned
                | ConversationFact::Transferred { .. }
                | ConversationFact::AutoTransferred { .. }
        );
        if let (true, Some(operator)) = (is_given, operator) {
            self.given(index, operator, at);
        } else if matches!(fact, ConversationFact::ReturnedToQueue { .. }) {
            self.taken(index);
        } else if *fact == ConversationFact::PickedUp {
            self.picked_up(index, at);
        } else if fact.is_end() {
            self.over(index, at);
        }
    }

    /// A segment begins, or goes on.
    fn begin(&mut self, run: Run) -> usize {
        let index = self.runs.len();
        self.of.insert(run.conversation, index);
        let (requested_at, is_answered, own) = (run.requested_at, run.first_pick_up.is_some(), run.own);
        self.runs.push(run);
        if let Some(segment) = self.script.segments.get(own).filter(|_| !is_answered) {
            let patience = match &segment.gave_up {
                Some(act) => Some((act.delay, act.order)),
                None => self.draw(&self.script.patience, segment.waited).map(|delay| (delay, AFTER_ALL)),
            };
            let key = patience
                .map(|(delay, order)| self.calendar.put(requested_at + delay, order, Entry::Patience(index)));
            if let Some(run) = self.runs.get_mut(index) {
                run.patience = key;
            }
        }
        self.expect_step(index);
        index
    }

    /// It comes to an operator's desk.
    fn given(&mut self, index: usize, operator: &OperatorId, at: Instant) {
        self.taken(index);
        let Some(run) = self.runs.get_mut(index) else { return };
        run.desk = Some(OnDesk { operator: operator.clone(), since: at, picked_up: None });
        run.last_operator = Some(operator.clone());
        let which = run.assignments;
        run.assignments += 1;
        self.expect_pick_up(index, which, at);
        self.expect_step(index);
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

    fn picked_up(&mut self, index: usize, at: Instant) {
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
        self.expect_step(index);
    }

    /// Somebody picks up for the first time. Where history does not know what is said then, it is what was said in
    /// another conversation, about the same skill if there is one.
    fn talk(&mut self, index: usize) {
        let Some(run) = self.runs.get_mut(index) else { return };
        let Some(own) = self.script.segments.get(run.own).filter(|segment| !segment.answered) else { return };
        let donors = &self.script.donors;
        let is_alike = |donor: &&usize| {
            self.script.segments.get(**donor).is_some_and(|segment| segment.skill == own.skill)
        };
        let alike: Vec<usize> = donors.iter().filter(is_alike).copied().collect();
        let pool = if alike.is_empty() { donors } else { &alike };
        if let Some(mut scheduled) = run.step.take() {
            self.calendar.cancel(&mut scheduled.key);
        }
        run.attempt = 0;
        run.next = usize::MAX;
        if !pool.is_empty() {
            let donor = pool.get(self.random.random_range(0..pool.len())).copied().unwrap_or_default();
            run.plan = donor;
            run.next =
                self.script.segments.get(donor).map_or(usize::MAX, |other| other.first_step_once_answered());
        }
    }

    fn over(&mut self, index: usize, at: Instant) {
        self.taken(index);
        let Some(run) = self.runs.get_mut(index) else { return };
        run.is_over = true;
        run.last = at;
        if let Some(mut scheduled) = run.step.take() {
            self.calendar.cancel(&mut scheduled.key);
        }
        self.calendar.cancel(&mut run.patience);
        for deed in self.held_back.remove(&run.visitor).unwrap_or_default() {
            self.calendar.put(at, AFTER_ALL, Entry::Deed(deed));
        }
        self.expect_afterwards(index);
    }

    /// Puts the next step of a segment into the calendar, once what it needs is there.
    fn expect_step(&mut self, index: usize) {
        let Some(run) = self.runs.get(index) else { return };
        if run.is_over || run.step.is_some() {
            return;
        }
        let Some(segment) = self.script.segments.get(run.plan) else { return };
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
        let (delay, order) = self.delay(seen, step.order, &self.script.answers);
        // Where nobody ever was seen to answer, nobody does.
        let key = delay.map(|delay| self.calendar.put(since + delay, order, Entry::Step(index)));
        if let Some(run) = self.runs.get_mut(index) {
            run.step = Some(Scheduled { key, is_of_the_operator });
        }
    }

    fn put_closing(&mut self, index: usize, at: Instant) {
        let key = Some(self.calendar.put(at, AFTER_ALL, Entry::Closing(index)));
        if let Some(run) = self.runs.get_mut(index) {
            run.step = Some(Scheduled { key, is_of_the_operator: false });
        }
    }

    /// The operator who has just been given a segment, for the how-manieth time, is about to pick it up.
    fn expect_pick_up(&mut self, index: usize, which: usize, at: Instant) {
        let Some(run) = self.runs.get(index) else { return };
        let Some(desk) = &run.desk else { return };
        let pick_ups = self.script.segments.get(run.own).map(|segment| &segment.pick_ups);
        let as_it_was = pick_ups
            .and_then(|pick_ups| pick_ups.get(which))
            .filter(|pick_up| pick_up.operator == desk.operator);
        let (seen, order) = as_it_was
            .map_or((Seen { delay: TimeDelta::milliseconds(-1), happened: false }, AFTER_ALL), |pick_up| {
                (pick_up.seen, pick_up.order)
            });
        let of_the_operator = self.script.pick_ups_of(&desk.operator);
        if let (Some(delay), order) = self.delay(seen, order, of_the_operator) {
            let key = self.calendar.put(at + delay, order, Entry::PickUp(index));
            if let Some(run) = self.runs.get_mut(index) {
                run.pick_up = Some(key);
            }
        }
    }

    fn expect_afterwards(&mut self, index: usize) {
        let Some(run) = self.runs.get(index) else { return };
        let acts = self.script.segments.get(run.own).map(|segment| &segment.afterwards);
        if let Some(act) = acts.and_then(|acts| acts.get(run.done_afterwards)) {
            self.calendar.put(run.last + act.delay, act.order, Entry::Afterwards(index));
        }
    }

    fn expect_about_survey(&mut self, id: ConversationId, audience: Audience) {
        let Some(asked) = self.surveys.get(&(id, audience)) else { return };
        let acts = self.script.surveys.get(&(id, audience, asked.which));
        if let Some(act) = acts.and_then(|acts| acts.get(asked.done)) {
            self.calendar.put(asked.touched + act.delay, act.order, Entry::Survey(id, audience));
        }
    }

    /// How long it takes: as it did, or, when it was not watched so long, longer than that.
    fn delay(&mut self, seen: Seen, order: Order, like: &Survival) -> (Option<TimeDelta>, Order) {
        if seen.happened { (Some(seen.delay), order) } else { (self.draw(like, seen.delay), AFTER_ALL) }
    }

    fn draw(&mut self, like: &Survival, longer_than: TimeDelta) -> Option<TimeDelta> {
        let chance = self.random.random::<f64>();
        like.beyond(longer_than.num_milliseconds(), chance).map(TimeDelta::milliseconds)
    }
}
