//! What the log has told of one conversation.

use std::collections::{BTreeMap, BTreeSet};

use domain::event::Presence;
use domain::event::Request;
use domain::settings::surveys::Audience;
use domain::state::{Conversation, Phase};
use domain::{OperatorId, SkillId, StaffId, SurveyId, Timestamp, VisitorId};

use super::clocks::Clocks;

/// Where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Requested,
    Waiting,
    Desk { operator: OperatorId, picked_up: bool },
    Kept { until: Timestamp },
    Over,
}

/// A survey that waits for its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) survey: SurveyId,
    pub(super) version: u32,
    pub(super) operator: Option<OperatorId>,
    pub(super) opened_at: Option<Timestamp>,
    pub(super) closes_at: Option<Timestamp>,
}

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
pub(super) struct Known {
    pub(super) visitor: VisitorId,
    pub(super) skill: Option<SkillId>,
    pub(super) stage: Stage,
    pub(super) clocks: Clocks,
    pub(super) messages: u32,
    /// Who had it in the segment before.
    pub(super) previous: Option<OperatorId>,
    /// Who has it, or had it last in this segment.
    pub(super) operator: Option<OperatorId>,
    pub(super) tried: BTreeSet<OperatorId>,
    /// The number of the segment.
    pub(super) segment: u32,
    /// Who picked it up last in this segment.
    pub(super) picked_up_by: Option<OperatorId>,
    /// It was taken from an operator who was disconnected, and waits again.
    pub(super) came_back: bool,
    pub(super) told: Option<usize>,
    /// The visitor is shown that the operator looks for information.
    pub(super) searching: bool,
    pub(super) important: bool,
    #[expect(clippy::option_option, reason = "called or not; taken by somebody or not")]
    pub(super) help: Option<Option<StaffId>>,
    pub(super) file_requested: bool,
    pub(super) presence: Presence,
    /// Pages told in this segment.
    pub(super) pages: u32,
    /// Visitors who were sent a survey in this segment, operators who answered it: not asked at the end.
    pub(super) surveyed: BTreeSet<Audience>,
    /// By segment.
    pub(super) surveys: BTreeMap<(u32, Audience), Asked>,
    /// Those that waited when the conversation was over: they may expire at that very moment.
    pub(super) waited: BTreeSet<Audience>,
    /// The operator survey that waited was taken away, so that the next one can be asked.
    pub(super) replaced: bool,
}

impl Known {
    pub(super) fn new(request: &Request, previous: Option<OperatorId>) -> Self {
        Self {
            visitor: request.visitor.id.clone(),
            skill: request.skill.clone(),
            stage: Stage::Requested,
            clocks: Clocks::default(),
            messages: 0,
            previous,
            operator: None,
            tried: BTreeSet::new(),
            segment: 1,
            picked_up_by: None,
            came_back: false,
            told: None,
            searching: false,
            important: false,
            help: None,
            file_requested: false,
            presence: Presence::Here,
            pages: 0,
            surveyed: BTreeSet::new(),
            surveys: BTreeMap::new(),
            waited: BTreeSet::new(),
            replaced: false,
        }
    }

    /// The same conversation in its next segment: the count of the messages and the surveys go on.
    pub(super) fn again(&self, request: &Request) -> Self {
        let (messages, surveys, segment) = (self.messages, self.surveys.clone(), self.segment + 1);
        Self { messages, segment, surveys, ..Self::new(request, self.last_operator().cloned()) }
    }

    /// Who picked it up last, or had it before.
    pub(super) fn last_operator(&self) -> Option<&OperatorId> {
        self.picked_up_by.as_ref().or(self.previous.as_ref())
    }

    pub(super) fn is_answered(&self) -> bool {
        self.picked_up_by.is_some()
    }

    pub(super) fn is_live(&self) -> bool {
        match self.stage {
            Stage::Requested | Stage::Waiting | Stage::Desk { .. } => true,
            Stage::Kept { .. } | Stage::Over => false,
        }
    }

    pub(super) fn on_desk_of(&self) -> Option<&OperatorId> {
        match &self.stage {
            Stage::Desk { operator, .. } => Some(operator),
            Stage::Requested | Stage::Waiting | Stage::Kept { .. } | Stage::Over => None,
        }
    }

    pub(super) fn is_answering(&self) -> bool {
        matches!(self.stage, Stage::Desk { picked_up: true, .. })
    }

    pub(super) fn given_to(&mut self, operator: &OperatorId) {
        self.stage = Stage::Desk { operator: operator.clone(), picked_up: false };
        self.operator = Some(operator.clone());
        self.told = None;
        self.searching = false;
        self.came_back = false;
    }

    /// Does the state say the same?
    pub(super) fn agrees_with(&self, state: &Conversation) -> Result<(), String> {
        let phase = match &state.phase {
            Phase::Requested => Stage::Requested,
            Phase::Waiting => Stage::Waiting,
            Phase::Assigned { operator, picked_up, .. } => {
                Stage::Desk { operator: operator.clone(), picked_up: *picked_up }
            }
        };
        let help = state.marks.help.as_ref().map(|help| help.taken_by.clone());
        let in_the_state = (
            (&phase, &state.skill, &state.tried, &state.previous, &state.picked_up_by, state.segment),
            (
                state.messages,
                state.announced_position,
                state.marks.important,
                help,
                state.file_requested.is_some(),
            ),
            (state.searching, state.unanswered_since.is_some(), state.presence, state.pages),
            state.marks.on_hold_since.is_some(),
        );
        let in_the_log = (
            (&self.stage, &self.skill, &self.tried, &self.previous, &self.picked_up_by, self.segment),
            (self.messages, self.told, self.important, self.help.clone(), self.file_requested),
            (self.searching, self.clocks.owes_an_answer, self.presence, self.pages),
            self.clocks.on_hold,
        );
        if in_the_state != in_the_log {
            return Err(format!("the state says {in_the_state:?}, the log {in_the_log:?}"));
        }
        self.clocks.agree_with(&state.timers)
    }
}
