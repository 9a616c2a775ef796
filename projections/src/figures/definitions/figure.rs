//! What a figure is: its name, its unit, its formula in words, and the function that computes it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::figures::aggregate::Aggregate;
use crate::figures::samples::Value;

/// What figures are broken down by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// By nothing: the whole livechat.
    #[default]
    Livechat,
    /// By operator: what an operator did is counted for that operator, whichever operator the contact began with.
    Operator,
    /// By the skill that the request asked for; those that asked for none are apart.
    Skill,
}

/// What a figure is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A number of things.
    Count,
    /// Seconds, with up to three decimals; the name ends in `_s`.
    Seconds,
    /// A quotient: 1 is 100 %, and some may exceed it.
    Ratio,
}

/// The rows that a figure is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FigureSource)]
pub enum Source {
    /// Table `contacts`, and live conversations: those requested in the period.
    Contacts,
    /// Table `assignments`, and live conversations: those that began in the period.
    Assignments,
    /// Table `assignments`, and live conversations: the part of each that lies in the period.
    AssignmentsWithin,
    /// Table `operator_time`, and connected operators: the part of each that lies in the period.
    OperatorTime,
    /// Tables `survey_answers` and `pending_surveys`: those asked in the period.
    Surveys,
}

/// The same in French and in English.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Words {
    /// French.
    pub fr: &'static str,
    /// English.
    pub en: &'static str,
}

/// A figure.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Figure {
    /// Its name, in answers and as a column.
    #[schema(example = "wait_served_mean_s")]
    pub name: &'static str,
    /// What it is measured in.
    pub unit: Unit,
    /// The rows it is computed from.
    pub source: Source,
    /// Do its values over hours, days, operators or skills add up to the total?
    pub adds_up: bool,
    /// What it can be broken down by.
    pub per: &'static [Per],
    /// What it is called.
    pub label: Words,
    /// How it is computed.
    pub formula: Words,
    /// What it means for an operator, where the formula does not make that clear.
    pub of_operator: Option<Words>,
    #[serde(skip)]
    pub(super) compute: Compute,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Compute {
    Count(fn(&Aggregate) -> i64),
    Value(fn(&Slice) -> Option<Value>),
}

/// One part of the period and one slice of it, with what else figures are measured against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slice<'a> {
    pub(crate) aggregate: &'a Aggregate,
    /// Milliseconds of the part that have passed.
    pub(crate) period_ms: i64,
    /// Conversations at once that count as fully occupied.
    pub(crate) reference_concurrency: i64,
}

/// Broken down by anything.
pub(super) const ANY: &[Per] = &[Per::Livechat, Per::Operator, Per::Skill];
/// Not by operator: it does not describe a single operator.
pub(super) const NOT_OPERATOR: &[Per] = &[Per::Livechat, Per::Skill];
/// Not by skill: an operator is connected for all of them.
pub(super) const NOT_SKILL: &[Per] = &[Per::Livechat, Per::Operator];
/// Only of the whole livechat.
pub(super) const WHOLE: &[Per] = &[Per::Livechat];

impl Figure {
    /// A number of things, which adds up.
    pub(super) const fn count(
        name: &'static str,
        source: Source,
        label: [&'static str; 2],
        formula: [&'static str; 2],
        count: fn(&Aggregate) -> i64,
    ) -> Self {
        Self {
            name,
            unit: Unit::Count,
            source,
            adds_up: true,
            per: ANY,
            label: words(label),
            formula: words(formula),
            of_operator: None,
            compute: Compute::Count(count),
        }
    }

    /// Seconds of something, which do not add up.
    pub(super) const fn seconds(
        name: &'static str,
        source: Source,
        label: [&'static str; 2],
        formula: [&'static str; 2],
        value: fn(&Slice) -> Option<Value>,
    ) -> Self {
        Self {
            name,
            unit: Unit::Seconds,
            source,
            adds_up: false,
            per: ANY,
            label: words(label),
            formula: words(formula),
            of_operator: None,
            compute: Compute::Value(value),
        }
    }

    /// A quotient.
    pub(super) const fn ratio(
        name: &'static str,
        source: Source,
        label: [&'static str; 2],
        formula: [&'static str; 2],
        value: fn(&Slice) -> Option<Value>,
    ) -> Self {
        Self { unit: Unit::Ratio, ..Self::seconds(name, source, label, formula, value) }
    }

    pub(super) const fn only(self, per: &'static [Per]) -> Self {
        Self { per, ..self }
    }

    /// What it says of an operator.
    pub(super) const fn of_operator(self, formula: [&'static str; 2]) -> Self {
        Self { of_operator: Some(words(formula)), ..self }
    }

    pub(super) const fn adding_up(self, adds_up: bool) -> Self {
        Self { adds_up, ..self }
    }

    /// Whether rows that are broken down like this have it; one that says nothing of a single operator is empty in
    /// those of operators.
    pub fn is_told(&self, per: Per) -> bool {
        self.per.contains(&per) || (per == Per::Operator && self.per.contains(&Per::Skill))
    }

    /// Its value; nothing when there is nothing to measure.
    pub(crate) fn value(&self, slice: &Slice) -> Option<Value> {
        match self.compute {
            Compute::Count(count) => Some(Value::Count(count(slice.aggregate))),
            Compute::Value(value) => value(slice),
        }
    }
}

const fn words([fr, en]: [&'static str; 2]) -> Words {
    Words { fr, en }
}
