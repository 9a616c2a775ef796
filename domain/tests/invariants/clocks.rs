//! The clocks of one conversation, as its log tells them (spec.md §Timeouts).

use std::collections::BTreeMap;

use chrono::TimeDelta;
use pupitre_domain::Instant;
use pupitre_domain::settings::Timeouts;
use pupitre_domain::timer::{TimerKind, Timers};

use crate::support::{minutes, seconds};

/// The deadlines of the clocks that run, and what decides whether they do.
#[derive(Clone, Debug, Default)]
pub(super) struct Clocks {
    running: BTreeMap<TimerKind, Instant>,
    /// The visitor has said something since the operator's last word.
    pub(super) owes_an_answer: bool,
    /// The operator who has it now has had the last word in it.
    pub(super) visitor_is_asked: bool,
    followed_up: bool,
}

/// A turn of a conversation.
#[derive(Clone, Copy, Debug)]
pub(super) enum Turn {
    Requested,
    Assigned,
    PickedUp { searching: bool },
    VisitorWrote { on_a_desk: bool, answering: bool, searching: bool },
    OperatorTyped,
    OperatorWrote { answering: bool },
    Moved,
    BackToQueue,
    Search { searching: bool, answering: bool },
}

impl Clocks {
    pub(super) fn turn(&mut self, turn: Turn, timeouts: &Timeouts, at: Instant) {
        use TimerKind::{
            AutoTransfer, FollowUp, SearchNotice, TimeoutReminder, Unanswered, VisitorInactivity,
        };
        let owed = self.owes_an_answer;
        let silence = [FollowUp, TimeoutReminder, VisitorInactivity];
        match turn {
            Turn::Requested => {
                *self = Self::default();
                self.start(Unanswered, minutes(timeouts.unanswered), at);
            }
            Turn::Assigned | Turn::OperatorTyped => {
                self.start(AutoTransfer, seconds(timeouts.auto_transfer), at);
            }
            Turn::PickedUp { searching } => {
                self.stop(&[Unanswered, AutoTransfer]);
                if owed {
                    self.start(AutoTransfer, seconds(timeouts.auto_transfer), at);
                }
                if owed && searching {
                    self.start(SearchNotice, minutes(timeouts.search_notice), at);
                }
            }
            Turn::VisitorWrote { on_a_desk, answering, searching } => {
                self.owes_an_answer = true;
                self.visitor_is_asked = false;
                self.followed_up = false;
                self.stop(&silence);
                if on_a_desk && !self.running.contains_key(&AutoTransfer) {
                    self.start(AutoTransfer, seconds(timeouts.auto_transfer), at);
                }
                if answering && searching {
                    self.start(SearchNotice, minutes(timeouts.search_notice), at);
                }
            }
            Turn::OperatorWrote { answering } => {
                self.owes_an_answer = false;
                self.visitor_is_asked = true;
                self.stop(&[SearchNotice]);
                if answering {
                    self.stop(&[AutoTransfer]);
                }
                if !self.followed_up {
                    self.start(FollowUp, minutes(timeouts.follow_up), at);
                }
                self.stop(&[TimeoutReminder, VisitorInactivity]);
                if timeouts.visitor_inactivity > 0 {
                    let end = at + minutes(timeouts.visitor_inactivity);
                    self.running.insert(VisitorInactivity, end);
                    if timeouts.timeout_reminder > 0 {
                        self.running.insert(TimeoutReminder, end - seconds(timeouts.timeout_reminder));
                    }
                }
            }
            Turn::Moved => {
                self.visitor_is_asked = false;
                self.stop(&silence);
                self.stop(&[SearchNotice]);
                self.start(AutoTransfer, seconds(timeouts.auto_transfer), at);
            }
            Turn::BackToQueue => {
                self.visitor_is_asked = false;
                self.stop(&silence);
                self.stop(&[SearchNotice, AutoTransfer]);
            }
            Turn::Search { searching, answering } => {
                self.stop(&[SearchNotice]);
                if searching && answering && owed {
                    self.start(SearchNotice, minutes(timeouts.search_notice), at);
                }
            }
        }
    }

    /// It fires: it runs, its time has come, and none of the others should have fired before.
    pub(super) fn fire(&mut self, kind: TimerKind, at: Instant) -> Result<(), String> {
        let Some(deadline) = self.running.remove(&kind) else {
            return Err(format!("{kind:?} fires and does not run"));
        };
        if deadline > at {
            return Err(format!("{kind:?} fires early: the deadline is {deadline}"));
        }
        let asks_for_silence = match kind {
            TimerKind::FollowUp | TimerKind::TimeoutReminder | TimerKind::VisitorInactivity => true,
            TimerKind::Unanswered | TimerKind::AutoTransfer | TimerKind::SearchNotice => false,
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

    /// It fires again at that moment.
    pub(super) fn again(&mut self, kind: TimerKind, at: Option<Instant>) {
        if let Some(at) = at {
            self.running.insert(kind, at);
        }
    }

    pub(super) fn deadline(&self, kind: TimerKind) -> Option<Instant> {
        self.running.get(&kind).copied()
    }

    pub(super) fn agree_with(&self, timers: &Timers) -> Result<(), String> {
        match TimerKind::ALL.into_iter().find(|kind| timers.deadline(*kind) != self.deadline(*kind)) {
            None => Ok(()),
            Some(kind) => Err(format!(
                "{kind:?} is armed for {:?}, the log says {:?}",
                timers.deadline(kind),
                self.deadline(kind)
            )),
        }
    }

    pub(super) fn overdue(&self, now: Instant) -> Option<TimerKind> {
        self.running.iter().find(|(_, deadline)| **deadline <= now).map(|(kind, _)| *kind)
    }

    fn start(&mut self, kind: TimerKind, time: TimeDelta, at: Instant) {
        self.stop(&[kind]);
        if time > TimeDelta::zero() {
            self.running.insert(kind, at + time);
        }
    }

    fn stop(&mut self, kinds: &[TimerKind]) {
        for kind in kinds {
            self.running.remove(kind);
        }
    }
}
