//! Random histories of a small floor.

use chrono::DateTime;
use domain::conversation::transfer::Transfer;
use domain::event::Profile;
use domain::event::Target;
use domain::id::CommandId;
use domain::livechat::Outage;
use domain::settings::opening_hours::TimeRange;
use domain::settings::{Behaviour, OpeningHours, OperatorSurvey, Section, Timeouts, VisitorSurvey};
use domain::{Action, Actor, Command, ConversationAction, Event, Livechat, LivechatId, Timestamp};
use journal::{Position, Record};
use proptest::prelude::*;
use pupitre_replay::invariants::{self, Checker};
use uuid::Uuid;

use super::history::History;
use super::moves::{self, Move, Step};
use super::sections;
use crate::support::*;

/// A livechat under random commands, and what is known about it from its log alone.
struct World {
    livechat: Livechat,
    /// The same, folded from the log as stored.
    folded: Livechat,
    history: History,
    checker: Checker,
    /// How many commands there were.
    commands: u128,
    log: Vec<Event>,
    now: Timestamp,
    requests: usize,
    steps: usize,
}

/// What a story begins with.
#[derive(Clone, Copy, Debug)]
struct Beginning {
    /// Seconds since 1970: a Monday morning, or one of the nights on which the clocks of Paris change.
    at: i64,
    keep_open: bool,
    transfer_on_disconnect: bool,
    phrases: bool,
    /// The hours of every day, if it is not always open.
    hours: Option<TimeRange>,
}

fn beginning() -> impl Strategy<Value = Beginning> {
    let moments = vec![1_767_603_660, 1_767_603_660, 1_774_741_800, 1_792_885_800];
    let hours = prop::option::weighted(0.3, sections::range());
    (prop::sample::select(moments), any::<(bool, bool, bool)>(), hours).prop_map(
        |(at, (keep_open, transfer_on_disconnect, phrases), hours)| Beginning {
            at,
            keep_open,
            transfer_on_disconnect,
            phrases,
            hours,
        },
    )
}

proptest! {
    #[test]
    fn the_rules_hold_whatever_the_order_of_commands(
        beginning in beginning(),
        steps in prop::collection::vec(moves::step(), 1..160),
    ) {
        let mut world = World::new(beginning);
        for (index, step) in steps.iter().enumerate() {
            world.take(step).map_err(|broken| {
                let story = world.story();
                TestCaseError::fail(format!("at step {index}, {step:?}: {broken}\nat the end of:\n{story}"))
            })?;
        }
        prop_assert!(fold(&world.log) == world.livechat, "the whole log tells another state");
    }
}

impl World {
    /// A small floor, so that capacity, queue and skills are contended from the first step, and with every
    /// option in use.
    fn new(beginning: Beginning) -> Self {
        let Beginning { at, keep_open, transfer_on_disconnect, phrases, hours } = beginning;
        let (debrief, satisfaction) = (Some(sections::survey_id(0)), Some(sections::survey_id(2)));
        let behaviour = Behaviour { keep_open, transfer_on_disconnect, ..Behaviour::default() };
        let buttons = OperatorSurvey {
            survey: debrief,
            complete_button: true,
            cancel_button: true,
            closable_unanswered: true,
            pending_hours: 1,
        };
        let by_hand = VisitorSurvey { survey: satisfaction, operator_may_send: true };
        let given = if phrases { given_with_phrases([]) } else { given([]) };
        let mut scene = given.past([
            change(capacity(1, 2)),
            change(Section::Timeouts(brisk())),
            change(skills(&moves::SKILLS[..2])),
            change(Section::Statuses(sections::statuses(&[true; 5]))),
            change(Section::Behaviour(behaviour)),
            change(sections::surveys(&[(0, false), (1, true), (2, false)])),
            change(Section::OperatorSurvey(buttons)),
            change(Section::VisitorSurvey(by_hand)),
            change(sections::knowledge(false)),
            connected_as(moves::OPERATORS[0], with_skills(&[0])),
            connected_as(moves::OPERATORS[1], with_skills(&[0, 1])),
            connected_as(moves::OPERATORS[2], with_skills(&[])),
        ]);
        if let Some(range) = hours.filter(|range| range.from.minutes().is_some()) {
            let (week, exceptions) = (Some(sections::every_day(vec![range])), vec![]);
            let hours = OpeningHours { week, exceptions, ..OpeningHours::default() };
            scene = scene.past([change(Section::OpeningHours(hours))]);
        }
        let log = std::mem::take(&mut scene.log);
        let (mut history, mut checker) = (History::default(), Checker::default());
        let mut folded = Livechat::default();
        for (position, event) in (1..).zip(&log) {
            history.before(&folded, event, false).unwrap();
            domain::evolve(&mut folded, event);
            checker.check(&folded, &record(position, 0, event)).unwrap();
        }
        let now = DateTime::from_timestamp(at, 0).unwrap();
        let livechat = scene.livechat;
        Self { livechat, folded, history, checker, commands: 0, log, now, requests: 0, steps: 0 }
    }

    /// The last events, as they are stored.
    fn story(&self) -> String {
        let told = self.log.iter().filter(|event| event.at > start());
        let last = told.clone().skip(told.count().saturating_sub(40));
        last.map(|event| serde_json::to_string(event).unwrap() + "\n").collect()
    }

    fn take(&mut self, step: &Step) -> Result<(), String> {
        self.now = step.passed.after(self.now, &self.livechat);
        self.steps += 1;
        if let Move::Outage { minutes, is_known } = step.what {
            self.falls(minutes, is_known)?;
        }
        let command = step.command(&self.livechat, self.now, self.requests);
        self.requests += usize::from(matches!(step.what, Move::Request { .. }));
        // As the journal does it: what is due fires before anything else is decided.
        if !matches!(command.action, Action::Tick) && self.livechat.wakes(self.now) {
            let tick = Command { at: self.now, by: Actor::System, action: Action::Tick };
            let story = self.livechat.tick(self.now);
            self.learn(&tick, story)?;
            self.history.settled(&self.livechat)?;
        }
        let before = self.livechat.clone();
        match self.livechat.handle_command(&command) {
            Err(_) if before == self.livechat => {}
            Err(refusal) => return Err(format!("refused ({refusal}), and yet the state changed")),
            Ok(events) => self.learn(&command, events)?,
        }
        self.twice(&command)?;
        self.always_holds()?;
        self.history.settled(&self.livechat)?;
        if matches!(command.action, Action::Tick) {
            let now = self.now.max(self.livechat.clock());
            self.history.nothing_is_overdue(&self.livechat, now)?;
            invariants::hours(&self.livechat, now).map_err(|(_, what)| what)?;
        }
        Ok(())
    }

    /// The server is down for so long. What is due fires when the livechat has noted that.
    fn falls(&mut self, down: i64, is_known: bool) -> Result<(), String> {
        let since = is_known.then_some(self.now);
        self.now += minutes(down);
        let story = self.livechat.resume(Outage { since, until: self.now }, self.now);
        let tick = Command { at: self.now, by: Actor::System, action: Action::Tick };
        self.learn(&tick, story)
    }

    /// What always holds between two commands.
    fn always_holds(&self) -> Result<(), String> {
        invariants::state(&self.livechat).map_err(|(_, what)| what)?;
        for visitor in moves::VISITORS.map(visitor_id) {
            if let Some(id) = self.livechat.conversation_of(&visitor, false)
                && self.livechat.conversation(id).is_none_or(|live| live.visitor != visitor)
            {
                return Err(format!("{visitor} is said to be in {id}"));
            }
        }
        let kept_for = |visitor| self.livechat.kept_of(&visitor_id(visitor), false).is_some();
        if moves::VISITORS.iter().filter(|visitor| kept_for(visitor)).count() == self.livechat.kept().len() {
            Ok(())
        } else {
            Err("visitors and what is kept for them do not agree".into())
        }
    }

    /// Folds what happened as a restarted server would, checking each event before it is applied.
    fn learn(&mut self, command: &Command, events: Vec<Event>) -> Result<(), String> {
        let tick = matches!(command.action, Action::Tick);
        self.commands += 1;
        for (index, event) in events.into_iter().enumerate() {
            let stored = serde_json::to_string(&event).unwrap();
            let read: Event = serde_json::from_str(&stored).unwrap();
            let told = |broken| format!("{broken}, on {stored}");
            if index == 0 && !tick && read.by != command.by {
                return Err(told("done by somebody else".to_owned()));
            }
            if read.by != Actor::System && read.by != command.by {
                return Err(told("done by a third".to_owned()));
            }
            self.history.before(&self.folded, &read, tick).map_err(told)?;
            domain::evolve(&mut self.folded, &read);
            self.history.after(&self.folded, &read).map_err(told)?;
            let record = record(self.log.len() as u64 + 1, self.commands, &read);
            self.checker.check(&self.folded, &record).map_err(|violation| told(violation.to_string()))?;
            self.log.push(read);
        }
        if let Some(last) = self.log.last() {
            let last = record(self.log.len() as u64, self.commands, last);
            self.checker.settled(&last).map_err(|violation| violation.to_string())?;
        }
        if self.folded != self.livechat {
            return Err("the log as stored tells another state".into());
        }
        if self.steps.is_multiple_of(16) { self.is_read_back() } else { Ok(()) }
    }

    /// The state is stored without loss, as JSON and as in a snapshot.
    fn is_read_back(&self) -> Result<(), String> {
        let json: Livechat = serde_json::from_str(&serde_json::to_string(&self.livechat).unwrap()).unwrap();
        let snapshot = rmp_serde::to_vec_named(&self.livechat).unwrap();
        let snapshot: Livechat = rmp_serde::from_slice(&snapshot).unwrap();
        if json == self.livechat && snapshot == self.livechat {
            Ok(())
        } else {
            Err("the state is not read back as it was stored".into())
        }
    }

    /// The same command again at once does nothing more. Two words are two messages, two files, two copies, two
    /// pages and two reads are two, a transfer to a skill means "somebody else who has it", and who asked again
    /// and was refused may ask once more: those rely on the id of the command alone.
    fn twice(&self, command: &Command) -> Result<(), String> {
        let elsewhere = |transfer: &Transfer| matches!(transfer.to, Target::Skill(_));
        let is_kept = |id| self.livechat.kept().contains_key(id);
        if matches!(
            &command.action,
            Action::Conversation(
                _,
                ConversationAction::Write(..)
                    | ConversationAction::WriteInternally(..)
                    | ConversationAction::SendArticle(..)
                    | ConversationAction::SendFile(..)
                    | ConversationAction::MailCopy
                    | ConversationAction::ChangePage(..)
            ) | Action::RecordAccess(_)
                | Action::IssueToken(_)
                | Action::RecordApiKey(..)
        ) || matches!(&command.action, Action::Conversation(_, ConversationAction::Transfer(transfer)) if elsewhere(transfer))
            || matches!(&command.action, Action::Conversation(id, ConversationAction::RequestAgain(_)) if is_kept(id))
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

/// An event as a record of a log.
fn record(position: Position, command: u128, event: &Event) -> Record {
    let command = CommandId(Uuid::from_u128(command + 1));
    let livechat = LivechatId::parse("support").unwrap();
    Record { livechat, position, command, address: None, event: event.clone() }
}

/// Every clock on, and short.
fn brisk() -> Timeouts {
    Timeouts {
        visitor_inactivity: 2,
        timeout_reminder: 30,
        follow_up: 1,
        search_notice: 1,
        hold_phrase: 1,
        auto_transfer: 40,
        auto_transfer_notice: true,
        disconnect_notice: 20,
        unanswered: 3,
        pending_survey: 2,
        queue_closing: 2,
    }
}

fn with_skills(indexes: &[usize]) -> Profile {
    let names: Vec<&str> = indexes.iter().map(|index| moves::SKILLS[*index]).collect();
    profile(&names, None)
}
