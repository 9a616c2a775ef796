//! What people did, independent of when the rules let them: each act with what it followed and how long after. All
//! times are those of the [`super::timeline`].
//!
//! [`super::observe`] reads it from the log, [`super::simulation`] plays it.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use domain::livechat::Outage;
use domain::state::survey::SurveyKey;
use domain::{Action, Actor, ConversationId, OperatorId, SkillId, Timestamp};
use journal::Position;

use super::survival::{Sample, Survival};

/// Where an act stood in the log: of acts at the same time, the one that came first comes first again. Acts
/// that history does not have come after all others.
pub(super) type Order = Position;

/// See [`Order`].
pub(super) const AFTER_ALL: Order = Order::MAX;

/// All that was observed in a period.
#[derive(Debug, Default)]
pub(super) struct Behaviour {
    /// Requests, and everything that is not about a conversation, at their times.
    pub(super) timed_acts: Vec<TimedAct>,
    /// Each request and what people did about it, in the order of the requests.
    pub(super) segments: Vec<Segment>,
    /// The segment of each conversation that was live when the period began.
    pub(super) live: BTreeMap<ConversationId, usize>,
    /// The acts on each survey, by its number among those of its segment and audience.
    pub(super) surveys: HashMap<WhichSurvey, Vec<Act>>,
    /// The interruptions of time, in order.
    pub(super) breaks: Vec<Break>,
    /// When deadlines that had passed were noticed: some milliseconds late, or hours when the server was down.
    pub(super) wakes: HashMap<Timestamp, Wake>,
    /// How long visitors wait for a pick-up.
    pub(super) patience: Survival,
    /// The sample for that estimate.
    pub(super) patience_sample: Sample,
    /// How long operators take to write the next message.
    pub(super) answers: Survival,
    /// How long each operator takes to pick up, of the operators with enough observations.
    pub(super) pick_ups: BTreeMap<OperatorId, Survival>,
    /// How long operators take to pick up.
    pub(super) pick_ups_of_all: Survival,
    /// Segments that were answered and that people ended: typical conversations.
    pub(super) donors: Vec<usize>,
    /// The same by the skill that was asked for.
    pub(super) donors_of: BTreeMap<Option<SkillId>, Vec<usize>>,
    /// Milliseconds that each operator was connected.
    pub(super) online_ms: BTreeMap<OperatorId, i64>,
}

/// Which survey: its number among those of a segment and an audience since the period began.
pub(super) type WhichSurvey = (SurveyKey, usize);

/// An act that happened at its time, whatever the rules did with everything else.
#[derive(Debug)]
pub(super) struct TimedAct {
    pub(super) at: Timestamp,
    pub(super) order: Order,
    pub(super) by: Actor,
    pub(super) action: Action,
    /// The segment that begins with it, when it is a request.
    pub(super) segment: Option<usize>,
}

/// When a deadline was noticed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wake {
    pub(super) at: Timestamp,
    pub(super) order: Order,
}

/// An interruption of time: the server was down, or its clock was set back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Break {
    /// From when on nothing could happen.
    pub(super) since: Timestamp,
    /// When the livechat recorded it.
    pub(super) at: Timestamp,
    pub(super) order: Order,
    /// The outage to record, by the clock.
    pub(super) outage: Option<Outage>,
    /// By how much the clock was set back.
    pub(super) set_back: TimeDelta,
    /// What it showed then.
    pub(super) shown: Timestamp,
}

/// A request and what people did about it.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) skill: Option<SkillId>,
    /// When it was requested.
    pub(super) requested_at: Timestamp,
    /// What was done, one after the other, but for picking up and giving up.
    pub(super) steps: Vec<Step>,
    /// What was done when it was over.
    pub(super) afterwards: Vec<Act>,
    /// How long each operator who was given it took to pick it up.
    pub(super) pick_ups: Vec<PickUp>,
    /// How the visitor gave up before anybody picked up.
    pub(super) gave_up: Option<Act>,
    /// How long the visitor is known to have waited without giving up.
    pub(super) waited: TimeDelta,
    /// Whether anybody picked up.
    pub(super) answered: bool,
    /// How long it went on after the last step until it ended other than by a person.
    pub(super) closing: Option<TimeDelta>,
}

/// An act that follows another after some time.
#[derive(Clone, Debug)]
pub(super) struct Act {
    pub(super) delay: TimeDelta,
    pub(super) order: Order,
    pub(super) by: Actor,
    pub(super) action: Action,
}

/// An act in a conversation, which follows the previous one.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) order: Order,
    pub(super) by: Actor,
    pub(super) action: Action,
    pub(super) needs: Needs,
    /// How long each operator who could have done it took, or was given to: the last one did it.
    pub(super) attempts: Vec<Seen>,
}

/// What an act waits for besides the previous one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing.
    Nothing,
    /// That an operator has picked up.
    Answered,
    /// That it is on an operator's desk.
    Desk,
    /// That the operator who has it has picked it up.
    PickedUp,
}

/// How long something was watched, and whether it happened then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) delay: TimeDelta,
    pub(super) happened: bool,
}

/// How long an operator took to pick up.
#[derive(Clone, Debug)]
pub(super) struct PickUp {
    pub(super) operator: OperatorId,
    pub(super) seen: Seen,
    pub(super) order: Order,
}

impl Segment {
    /// The first step that follows the pick-up.
    pub(super) fn first_step_once_answered(&self) -> usize {
        let once_answered = |step: &Step| matches!(step.needs, Needs::Answered | Needs::PickedUp);
        self.steps.iter().position(once_answered).unwrap_or(self.steps.len())
    }
}

impl Behaviour {
    /// How long `operator` takes to pick up: as observed, else as all do.
    pub(super) fn pick_ups_of(&self, operator: &OperatorId) -> &Survival {
        self.pick_ups.get(operator).unwrap_or(&self.pick_ups_of_all)
    }
}
