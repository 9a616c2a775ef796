//! The clocks of one conversation, as its log tells them (spec.md §Timeouts).

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::Timestamp;
use domain::settings::Timeouts;
use domain::state::timers::{TimerKind, Timers};

use crate::support::{minutes, seconds};

/// The deadlines of the clocks that run, and what decides whether they do.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
pub(super) struct Clocks {
    running: BTreeMap<TimerKind, Timestamp>,
    /// Since when each of them does.
    since: BTreeMap<TimerKind, Timestamp>,
    /// The visitor has said something since the operator's last word.
    pub(super) owes_an_answer: bool,
    /// The operator who has it now has had the last word in it.
    pub(super) visitor_is_asked: bool,
    followed_up: bool,
    /// Nobody could take it from its inactive operator.
    pub(super) stranded: bool,
    /// Its operator has it on hold: no clock fires.
    pub(super) on_hold: bool,
    /// How often it was passed on to somebody who had been tried, since the operator's last sign of life.
    passed_again: u32,
}

/// A turn of a conversation.
#[derive(Clone, Copy, Debug)]
pub(super) enum Turn {
    Requested,
    Assigned,
    PickedUp {
        searching: bool,
    },
    VisitorWrote {
        on_a_desk: bool,
        answering: bool,
        searching: bool,
    },
    OperatorTyped,
    OperatorTypes {
        until: Timestamp,
    },
    VisitorTypes {
        until: Timestamp,
    },
    OperatorWrote {
        answering: bool,
    },
    /// From an inactive operator to one who was tried already or not; `None` for another reason.
    Moved {
        tried: Option<bool>,
    },
    BackToQueue,
    SearchIsToldNoMore,
    PutOnHold,
    StillOnHold,
    TakenBack {
        searching: bool,
    },
    Search {
        searching: bool,
        answering: bool,
    },
}

impl Clocks {
    pub(super) fn turn(&mut self, turn: Turn, timeouts: &Timeouts, at: Timestamp) {
        use TimerKind::{
            AutoTransfer, FollowUp, HoldPhrase, SearchNotice, TimeoutReminder, Unanswered, VisitorInactivity,
        };
        let owed = self.owes_an_answer;
        let silence = [FollowUp, TimeoutReminder, VisitorInactivity];
        match turn {
            Turn::Requested => {
                *self = Self::default();
                self.start(Unanswered, minutes(timeouts.unanswered), at);
            }
            Turn::Assigned | Turn::OperatorTyped | Turn::SearchIsToldNoMore => {
                self.expect_the_operator(timeouts, at, at);
            }
            Turn::OperatorTypes { until } => {
                self.passed_again = 0;
                self.expect_the_operator(timeouts, at, until);
            }
            Turn::VisitorTypes { until } => {
                if self.running.contains_key(&VisitorInactivity) {
                    self.expect_the_visitor(timeouts, at, until);
                }
                if self.running.contains_key(&FollowUp) {
                    self.start(FollowUp, until - at + minutes(timeouts.follow_up), at);
                    self.stop(if timeouts.follow_up > 0 { &[] } else { &[FollowUp] });
                }
            }
            Turn::PickedUp { searching } => {
                self.stop(&[Unanswered, AutoTransfer]);
                self.stranded = false;
                if owed {
                    self.answer_is_owed(timeouts, at, searching);
                } else {
                    self.passed_again = 0;
                }
            }
            Turn::VisitorWrote { on_a_desk, answering, searching } => {
                self.owes_an_answer = true;
                self.visitor_is_asked = false;
                self.followed_up = false;
                self.stop(&silence);
                if answering {
                    self.answer_is_owed(timeouts, at, searching);
                } else if on_a_desk && !self.running.contains_key(&AutoTransfer) && !self.stranded {
                    self.expect_the_operator(timeouts, at, at);
                }
            }
            Turn::OperatorWrote { answering } => {
                self.owes_an_answer = false;
                self.visitor_is_asked = true;
                self.passed_again = 0;
                self.stop(&[SearchNotice]);
                if answering {
                    self.stop(&[AutoTransfer]);
                    self.stranded = false;
                }
                if !self.followed_up {
                    self.start(FollowUp, minutes(timeouts.follow_up), at);
                }
                self.expect_the_visitor(timeouts, at, at);
            }
            Turn::PutOnHold => {
                (self.on_hold, self.stranded) = (true, false);
                self.start(HoldPhrase, minutes(timeouts.hold_phrase), at);
            }
            Turn::StillOnHold => self.start(HoldPhrase, minutes(timeouts.hold_phrase), at),
            Turn::TakenBack { searching } => self.goes_on(timeouts, at, searching),
            Turn::Moved { tried } => {
                self.on_hold = false;
                self.stop(&[HoldPhrase]);
                self.visitor_is_asked = false;
                self.passed_again = tried.map_or(0, |tried| self.passed_again + u32::from(tried));
                self.stop(&silence);
                self.stop(&[SearchNotice]);
                self.expect_the_operator(timeouts, at, at);
            }
            Turn::BackToQueue => {
                self.visitor_is_asked = false;
                (self.on_hold, self.stranded, self.passed_again) = (false, false, 0);
                self.stop(&silence);
                self.stop(&[SearchNotice, AutoTransfer, HoldPhrase]);
            }
            Turn::Search { searching, answering } => {
                if answering && owed {
                    self.answer_is_owed(timeouts, at, searching);
                } else {
                    self.stop(&[SearchNotice]);
                }
            }
        }
    }

    /// Taken back: what would have run starts anew.
    fn goes_on(&mut self, timeouts: &Timeouts, at: Timestamp, searching: bool) {
        self.on_hold = false;
        self.stop(&[TimerKind::HoldPhrase]);
        if self.running.contains_key(&TimerKind::VisitorInactivity) {
            self.expect_the_visitor(timeouts, at, at);
        }
        if self.running.contains_key(&TimerKind::FollowUp) {
            self.start(TimerKind::FollowUp, minutes(timeouts.follow_up), at);
        }
        if self.owes_an_answer {
            self.stop(&[TimerKind::AutoTransfer]);
            self.stranded = false;
            self.answer_is_owed(timeouts, at, searching);
        }
    }

    /// Who searches is at work while the visitor is told so.
    fn answer_is_owed(&mut self, timeouts: &Timeouts, at: Timestamp, searching: bool) {
        self.stop(&[TimerKind::SearchNotice]);
        if searching {
            self.start(TimerKind::SearchNotice, minutes(timeouts.search_notice), at);
        }
        if self.running.contains_key(&TimerKind::SearchNotice) {
            self.stop(&[TimerKind::AutoTransfer]);
            self.stranded = false;
        } else if !self.running.contains_key(&TimerKind::AutoTransfer) && !self.stranded {
            self.expect_the_operator(timeouts, at, at);
        }
    }

    /// Twice as long for each time that it came to somebody who had it before, up to an hour.
    fn expect_the_operator(&mut self, timeouts: &Timeouts, at: Timestamp, from: Timestamp) {
        let wait = timeouts.auto_transfer;
        let patience = (wait << self.passed_again.min(12)).min(3_600.max(wait));
        self.stranded = false;
        self.stop(&[TimerKind::AutoTransfer]);
        if wait > 0 {
            self.arm(TimerKind::AutoTransfer, at, from + seconds(patience));
        }
    }

    fn expect_the_visitor(&mut self, timeouts: &Timeouts, at: Timestamp, from: Timestamp) {
        self.stop(&[TimerKind::TimeoutReminder, TimerKind::VisitorInactivity]);
        if timeouts.visitor_inactivity > 0 {
            let end = from + minutes(timeouts.visitor_inactivity);
            self.arm(TimerKind::VisitorInactivity, at, end);
            if timeouts.timeout_reminder > 0 {
                self.arm(TimerKind::TimeoutReminder, at, end - seconds(timeouts.timeout_reminder));
            }
        }
    }

    /// It fires: it runs, its time has come, and none of the others should have fired before.
    pub(super) fn fire(&mut self, kind: TimerKind, at: Timestamp) -> Result<(), String> {
        let Some(deadline) = self.running.remove(&kind) else {
            return Err(format!("{kind:?} fires and does not run"));
        };
        if self.on_hold {
            return Err(format!("{kind:?} fires while the conversation is on hold"));
        }
        if deadline > at {
            return Err(format!("{kind:?} fires early: the deadline is {deadline}"));
        }
        let asks_for_silence = match kind {
            TimerKind::FollowUp | TimerKind::TimeoutReminder | TimerKind::VisitorInactivity => true,
            TimerKind::Unanswered
            | TimerKind::AutoTransfer
            | TimerKind::SearchNotice
            | TimerKind::HoldPhrase => false,
        };
        if asks_for_silence && (self.owes_an_answer || !self.visitor_is_asked) {
            return Err(format!("{kind:?} fires, and it is not for the visitor to speak"));
        }
        if kind == TimerKind::SearchNotice && !self.owes_an_answer {
            return Err("the search is told to a visitor who waits for nothing".into());
        }
        if kind == TimerKind::FollowUp {
            if self.followed_up {
                return Err("followed up twice in one silence".into());
            }
            self.followed_up = true;
        }
        match self.running.iter().find(|(other, before)| (**before, **other) < (deadline, kind)) {
            Some((other, before)) => Err(format!("{kind:?} fires, and {other:?} was due first, at {before}")),
            None => Ok(()),
        }
    }

    /// The phrase of the hold is due: the only clock that fires then.
    pub(super) fn fire_on_hold(&mut self, at: Timestamp) -> Result<(), String> {
        match self.running.remove(&TimerKind::HoldPhrase) {
            Some(deadline) if deadline <= at && self.on_hold => Ok(()),
            other => Err(format!("the phrase of the hold fires, and is due at {other:?}")),
        }
    }

    /// It fires again at that moment.
    pub(super) fn again(&mut self, kind: TimerKind, now: Timestamp, at: Option<Timestamp>) {
        if let Some(at) = at {
            self.arm(kind, now, at);
        }
    }

    /// The clock was set back: who runs since a time that never was has as much time left as before.
    pub(super) fn set_back(&mut self, from: Timestamp, to: Timestamp) {
        for (kind, since) in &mut self.since {
            if *since > to {
                *since = to;
                if let Some(deadline) = self.running.get_mut(kind) {
                    *deadline -= from - to;
                }
            }
        }
    }

    /// The server was down.
    pub(super) fn stand_still(&mut self, time: TimeDelta, at: Timestamp) {
        for (kind, deadline) in &mut self.running {
            if !time.is_zero() {
                *deadline += time;
                self.since.insert(*kind, at);
            }
        }
    }

    fn arm(&mut self, kind: TimerKind, at: Timestamp, deadline: Timestamp) {
        self.running.insert(kind, deadline);
        self.since.insert(kind, at);
    }

    pub(super) fn deadline(&self, kind: TimerKind) -> Option<Timestamp> {
        self.running.get(&kind).copied()
    }

    pub(super) fn agree_with(&self, timers: &Timers) -> Result<(), String> {
        match TimerKind::ALL.iter().copied().find(|kind| timers.deadline(*kind) != self.deadline(*kind)) {
            None => Ok(()),
            Some(kind) => Err(format!(
                "{kind:?} is armed for {:?}, the log says {:?}",
                timers.deadline(kind),
                self.deadline(kind)
            )),
        }
    }

    pub(super) fn overdue(&self, now: Timestamp) -> Option<TimerKind> {
        let fires = |kind| !self.on_hold || kind == TimerKind::HoldPhrase;
        let mut running = self.running.iter().filter(|(kind, _)| fires(**kind));
        running.find(|(_, deadline)| **deadline <= now).map(|(kind, _)| *kind)
    }

    fn start(&mut self, kind: TimerKind, time: TimeDelta, at: Timestamp) {
        self.stop(&[kind]);
        if time > TimeDelta::zero() {
            self.arm(kind, at, at + time);
        }
    }

    fn stop(&mut self, kinds: &[TimerKind]) {
        for kind in kinds {
            self.running.remove(kind);
        }
    }
}
