//! Which conversations are asked for, and in which order.

use std::ops::RangeInclusive;

use crate::text_search::Term;
use domain::settings::surveys::Audience;
use domain::text::Language;
use domain::{ChoiceId, FieldId, OperatorId, SkillId, SurveyId, Timestamp, VisitorId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::conversation::{Conversation, State};
use crate::encoding;

/// A question for a list: which, in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Question {
    /// Which conversations: those for which all of it is true.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// Words that were said in them: all of these, in any messages.
    pub said: Vec<Term>,
}

/// Which conversations: those for which everything that is set is true.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Those in one of these states; if empty, in any.
    pub states: Vec<State>,
    /// Those whose last segment ended for one of these reasons; if empty, any, ended or not.
    pub reasons: Vec<Reason>,
    /// Those of which this operator is in charge, or last was, or which the operator had picked up before.
    pub operator: Option<OperatorId>,
    /// Those that this skill was asked for, by the request or by the last transfer to a skill.
    pub skill: Option<SkillId>,
    /// Those of this visitor.
    pub visitor: Option<VisitorId>,
    /// Those in this language.
    pub language: Option<Language>,
    /// Those marked as important, or those that are not.
    pub important: Option<bool>,
    /// Those passed on at least once in whichever way, or those that never were.
    pub transferred: Option<bool>,
    /// Those first requested at this time or later.
    pub requested_from: Option<Timestamp>,
    /// Those first requested before this time.
    pub requested_until: Option<Timestamp>,
    /// Those that waited longer than this many seconds. One that still waits is not among them: it has no wait yet.
    pub wait_over_secs: Option<u32>,
    /// Those whose survey of the visitor was settled so, in any segment.
    pub visitor_survey: Option<Settled>,
    /// Those whose survey of the operator was settled so, in any segment.
    pub operator_survey: Option<Settled>,
    /// Those in which this was answered to a survey.
    pub answered: Option<Answered>,
    /// Only those that are over.
    pub over_only: bool,
}

/// How a survey was settled. One that still waits for its answers is neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// Answered.
    Answered,
    /// Asked, and closed without an answer.
    Unanswered,
}

/// What was answered to a survey.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Answered {
    /// To which survey, in whichever version.
    pub survey: SurveyId,
    /// Which of its fields, and which answer; any answer if none is given.
    pub field: Option<(FieldId, AnswerFilter)>,
}

/// An answer that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AnswerFilter {
    /// This choice, or it among others.
    Choice(ChoiceId),
    /// A rating in this range.
    Rating(RangeInclusive<i64>),
}

/// Why a segment was over: everything that [`Conversation::reason`] may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OverReason)]
pub enum Reason {
    /// Refused: nobody connected may receive it.
    NoOperator,
    /// Refused: the queue is full.
    QueueFull,
    /// Refused: the service ends soon.
    QueueClosed,
    /// Refused: outside the opening hours.
    OutsideHours,
    /// Refused, or released: an administrator has closed the livechat.
    LivechatClosed,
    /// Released: nobody picked up in time.
    Unanswered,
    /// Released: closing time came first.
    Closing,
    /// Ended by the visitor.
    Visitor,
    /// Ended by the operator.
    Operator,
    /// Ended by a supervisor.
    Supervisor,
    /// Ended, since the visitor was silent for too long.
    Timeout,
}

impl Reason {
    /// Every one.
    pub const ALL: [Self; 11] = [
        Self::NoOperator,
        Self::QueueFull,
        Self::QueueClosed,
        Self::OutsideHours,
        Self::LivechatClosed,
        Self::Unanswered,
        Self::Closing,
        Self::Visitor,
        Self::Operator,
        Self::Supervisor,
        Self::Timeout,
    ];
}

/// In which order; those that are equal in it come in the order of the requests, in the same direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// The last requested first.
    #[default]
    Newest,
    /// The first requested first.
    Oldest,
    /// Longest wait first; only those whose wait is over.
    LongestWait,
    /// The last that was over first; only those that are over.
    LastEnded,
}

impl Sort {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Newest, Self::Oldest, Self::LongestWait, Self::LastEnded];

    /// The column that it is by.
    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::Newest | Self::Oldest => "requested_at",
            Self::LongestWait => "wait_ms",
            Self::LastEnded => "ended_at",
        }
    }

    /// Is that column a time?
    pub(super) const fn is_by_moment(self) -> bool {
        match self {
            Self::Newest | Self::Oldest | Self::LastEnded => true,
            Self::LongestWait => false,
        }
    }

    /// Is it by the time of the request, which every index by another column has too?
    pub(super) const fn is_by_request(self) -> bool {
        match self {
            Self::Newest | Self::Oldest => true,
            Self::LongestWait | Self::LastEnded => false,
        }
    }

    /// Ascending?
    pub(super) const fn ascends(self) -> bool {
        match self {
            Self::Oldest => true,
            Self::Newest | Self::LongestWait | Self::LastEnded => false,
        }
    }

    /// What a conversation has in that column, times in milliseconds.
    pub(super) fn value(self, row: &Conversation) -> i64 {
        match self {
            Self::Newest | Self::Oldest => row.requested_at.timestamp_millis(),
            // Every row has one: the order contains only those that do.
            Self::LongestWait => row.wait_ms.unwrap_or_default(),
            Self::LastEnded => row.ended_at.map(|at| at.timestamp_millis()).unwrap_or_default(),
        }
    }
}

impl Question {
    /// The same for readers of only a part of a conversation: conditions that the rest of it may have changed are not
    /// applied to the whole. See [`Filter::fits`].
    pub(crate) fn of_any_part(&self) -> Self {
        let filter = Filter {
            states: vec![],
            reasons: vec![],
            skill: None,
            language: None,
            important: None,
            transferred: None,
            wait_over_secs: None,
            ..self.filter.clone()
        };
        Self { filter, ..self.clone() }
    }
}

impl Filter {
    /// Does it fit, as far as the row of a conversation, or of a part of one, shows?
    pub fn fits(&self, row: &Conversation) -> bool {
        let wait_over = |secs: u32| row.wait_ms.is_some_and(|wait| wait > i64::from(secs) * 1_000);
        let is_reason = |reason: &Reason| row.reason.as_deref() == Some(encoding::word(reason).as_str());
        (self.states.is_empty() || self.states.contains(&row.state))
            && (self.reasons.is_empty() || self.reasons.iter().any(is_reason))
            && self.skill.as_ref().is_none_or(|skill| row.skill.as_deref() == Some(skill.as_str()))
            && self.language.is_none_or(|language| row.language == language.code())
            && self.important.is_none_or(|important| row.important == important)
            && self.transferred.is_none_or(|transferred| (row.transfers > 0) == transferred)
            && self.wait_over_secs.is_none_or(wait_over)
    }

    /// Does it filter by surveys?
    pub(crate) const fn asks_surveys(&self) -> bool {
        self.visitor_survey.is_some() || self.operator_survey.is_some() || self.answered.is_some()
    }

    /// The audience of the surveys that the filter names, and how they were settled.
    pub(super) fn settled(&self) -> impl Iterator<Item = (Audience, Settled)> {
        let visitor = self.visitor_survey.map(|settled| (Audience::Visitor, settled));
        let operator = self.operator_survey.map(|settled| (Audience::Operator, settled));
        visitor.into_iter().chain(operator)
    }
}

#[cfg(test)]
mod tests {
    use domain::event::EndReason;
    use domain::event::RefusalReason;
    use domain::event::ReleaseReason;

    use super::*;
    use crate::encoding;

    #[test]
    fn every_reason_that_a_row_may_have_can_be_asked_for() {
        use EndReason as E;
        use RefusalReason as R;
        let mut all: Vec<String> =
            [R::NoOperator, R::QueueFull, R::QueueClosed, R::OutsideHours, R::LivechatClosed]
                .iter()
                .map(encoding::word)
                .chain([ReleaseReason::Unanswered, ReleaseReason::Closing].iter().map(encoding::word))
                .chain([E::Visitor, E::Operator, E::Supervisor, E::Timeout].iter().map(encoding::word))
                .collect();
        all.sort_unstable();
        let mut asked: Vec<String> = Reason::ALL.iter().map(encoding::word).collect();
        asked.sort_unstable();
        assert_eq!(asked, all);
    }
}
