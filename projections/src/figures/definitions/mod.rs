//! The table of figures: each is defined once, here, with its unit, its source and its formula in words, beside
//! the function that computes it. `FIGURES.md` and `GET …/figures/definitions` are this table.

mod assignments;
mod contacts;
mod surveys;
mod time;
mod waits;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::aggregate::Aggregate;
use super::samples::Value;

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
    /// What it says of an operator, where that is not plain from the formula.
    pub of_operator: Option<Words>,
    #[serde(skip)]
    compute: Compute,
}

#[derive(Clone, Copy, Debug)]
enum Compute {
    Count(fn(&Aggregate) -> i64),
    Value(fn(&Slice) -> Option<Value>),
}

/// One part of the period and one slice of it, with what else figures are measured against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slice<'a> {
    pub(super) aggregate: &'a Aggregate,
    /// Milliseconds of the part that are over.
    pub(super) period_ms: i64,
    /// Conversations at once that count as fully occupied.
    pub(super) reference_concurrency: i64,
}

/// Broken down by anything.
const ANY: &[Per] = &[Per::Livechat, Per::Operator, Per::Skill];
/// Not by operator: it is nothing that one operator does.
const NOT_OPERATOR: &[Per] = &[Per::Livechat, Per::Skill];
/// Not by skill: an operator is connected for all of them.
const NOT_SKILL: &[Per] = &[Per::Livechat, Per::Operator];
/// Only of the whole livechat.
const WHOLE: &[Per] = &[Per::Livechat];

impl Figure {
    /// A number of things, which adds up.
    const fn count(
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
    const fn seconds(
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
    const fn ratio(
        name: &'static str,
        source: Source,
        label: [&'static str; 2],
        formula: [&'static str; 2],
        value: fn(&Slice) -> Option<Value>,
    ) -> Self {
        Self { unit: Unit::Ratio, ..Self::seconds(name, source, label, formula, value) }
    }

    const fn only(self, per: &'static [Per]) -> Self {
        Self { per, ..self }
    }

    /// What it says of an operator.
    const fn of_operator(self, formula: [&'static str; 2]) -> Self {
        Self { of_operator: Some(words(formula)), ..self }
    }

    const fn adding_up(self, adds_up: bool) -> Self {
        Self { adds_up, ..self }
    }

    /// Whether rows that are broken down like this have it; one that says nothing of a single operator is empty in
    /// those of operators.
    pub fn is_told(&self, per: Per) -> bool {
        self.per.contains(&per) || (per == Per::Operator && self.per.contains(&Per::Skill))
    }

    /// Its value; nothing when there is nothing to measure.
    pub(super) fn value(&self, slice: &Slice) -> Option<Value> {
        match self.compute {
            Compute::Count(count) => Some(Value::Count(count(slice.aggregate))),
            Compute::Value(value) => value(slice),
        }
    }
}

const fn words([fr, en]: [&'static str; 2]) -> Words {
    Words { fr, en }
}

/// Every figure, in the order of answers and columns.
pub fn all() -> impl Iterator<Item = &'static Figure> {
    [contacts::FIGURES, waits::FIGURES, assignments::FIGURES, time::FIGURES, surveys::FIGURES]
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_figure_is_defined_once_and_its_name_tells_seconds() {
        let names: BTreeSet<&str> = all().map(|figure| figure.name).collect();
        assert_eq!(names.len(), all().count());
        for figure in all() {
            assert_eq!(figure.unit == Unit::Seconds, figure.name.ends_with("_s"), "{}", figure.name);
            assert!(figure.per.contains(&Per::Livechat), "{}", figure.name);
            let of_operator = figure.of_operator.map_or(figure.formula, |words| words);
            let texts = [figure.label, figure.formula, of_operator];
            for text in texts.iter().flat_map(|words| [words.fr, words.en]) {
                assert!(!text.is_empty() && !text.contains('|'), "{}", figure.name);
            }
        }
    }

    #[test]
    fn a_figure_of_contacts_says_what_it_means_of_an_operator_or_is_not_told_apart_so() {
        for figure in all() {
            let is_shared = figure.source == Source::Contacts && figure.per.contains(&Per::Operator);
            assert_eq!(figure.of_operator.is_some(), is_shared, "{}", figure.name);
        }
    }
}
