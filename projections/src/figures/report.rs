//! The answer to a question for figures, and how it reads.

use domain::Timestamp;
use domain::settings::opening_hours::TimeZone;
use journal::Position;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::aggregate::{Aggregate, Question};
use super::buckets::{Bucket, By};
use super::definitions::{self, Figure, Per, Slice};
use super::samples::Value;
use crate::encoding;

/// The figures of a period.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Report {
    /// Of which livechat.
    pub livechat: String,
    /// The position in the log at which all of this holds.
    pub position: Position,
    /// The time zone of the livechat, in which hours and days are counted.
    #[schema(example = "Europe/Paris")]
    pub time_zone: String,
    /// The start of the period.
    #[schema(example = "2026-11-24T00:00:00+01:00")]
    pub from: String,
    /// Its end, exclusive.
    pub until: String,
    /// Both ends, as times.
    #[serde(skip)]
    pub period: (Timestamp, Timestamp),
    /// The time up to which what has not ended is counted.
    pub now: String,
    /// How the period is cut.
    pub by: By,
    /// What figures are broken down by.
    pub per: Per,
    /// Seconds of the service level.
    pub service_level_s: i64,
    /// Seconds of waiting up to which an abandonment is short; 0: none is.
    pub short_abandon_s: i64,
    /// Conversations at once that count as fully occupied.
    pub reference_concurrency: i64,
    /// Part by part. Broken down by operator or skill, only those that have anything to show.
    pub rows: Vec<Row>,
}

/// The figures of one part of the period.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Row {
    /// The start of the part, by the clocks of the livechat.
    pub from: String,
    /// Its end, exclusive.
    pub until: String,
    /// Of whom or what.
    #[serde(flatten)]
    pub of: Of,
    /// By name; `null` when there is nothing to measure, or the figure does not apply to a single operator.
    #[schema(value_type = std::collections::BTreeMap<String, Option<f64>>)]
    pub figures: Figures,
    /// What was answered to surveys asked then, question by question; not broken down by skill.
    pub questions: Vec<QuestionFigures>,
}

/// What figures are of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Of {
    /// The whole livechat.
    Livechat {},
    /// An operator.
    Operator {
        /// The operator; `null` for what no operator did or had.
        operator: Option<String>,
    },
    /// A skill.
    Skill {
        /// Which; `null` for requests that asked for none.
        skill: Option<String>,
        /// What it is called, in the language of the reader.
        #[serde(skip_serializing_if = "Option::is_none")]
        skill_name: Option<String>,
    },
}

impl Of {
    /// The identifier, if it has one.
    pub const fn id(&self) -> Option<&String> {
        match self {
            Self::Livechat {} => None,
            Self::Operator { operator: id } | Self::Skill { skill: id, .. } => id.as_ref(),
        }
    }
}

/// The values, in the order of the definitions.
#[derive(Clone, Debug)]
pub struct Figures(pub Vec<(&'static Figure, Option<Value>)>);

impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (figure, value) in &self.0 {
            map.serialize_entry(figure.name, value)?;
        }
        map.end()
    }
}

/// What was answered to one question.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct QuestionFigures {
    /// Of which survey.
    pub survey: String,
    /// Which field of it, in whichever version.
    pub field: String,
    /// Answers that were not left blank.
    pub answers: i64,
    /// The mean of the ratings; absent when it is none.
    #[schema(value_type = Option<f64>)]
    pub mean: Option<Value>,
    /// How often each rating was given, or each choice chosen that anybody chose; empty of texts.
    pub distribution: std::collections::BTreeMap<String, i64>,
}

impl Row {
    pub(super) fn new(zone: &TimeZone, bucket: Bucket, per: Per, of: Option<String>, slice: &Slice) -> Self {
        let value = |figure: &Figure| figure.value(slice).filter(|_| figure.per.contains(&per));
        let told = definitions::all().filter(|figure| figure.is_told(per));
        let values = told.map(|figure| (figure, value(figure))).collect();
        Self {
            from: wall(zone, bucket.from),
            until: wall(zone, bucket.until),
            of: match per {
                Per::Livechat => Of::Livechat {},
                Per::Operator => Of::Operator { operator: of },
                Per::Skill => Of::Skill { skill: of, skill_name: None },
            },
            figures: Figures(values),
            questions: questions(slice.aggregate),
        }
    }
}

fn questions(aggregate: &Aggregate) -> Vec<QuestionFigures> {
    let told = |((survey, field), question): (&(String, _), &Question)| QuestionFigures {
        survey: survey.clone(),
        field: encoding::word(field),
        answers: question.answers,
        mean: question.ratings.and_then(|sum| Value::ratio(sum, question.answers)),
        distribution: question.distribution.clone(),
    };
    aggregate.questions.iter().map(told).collect()
}

/// A time as the clocks of the livechat show it, with their offset.
pub(super) fn wall(zone: &TimeZone, at: Timestamp) -> String {
    let at = zone.wall_clock(at);
    // To the millisecond, without trailing zeros.
    let format = if at.timestamp_subsec_millis() == 0 { "%FT%T%:z" } else { "%FT%T%.3f%:z" };
    at.format(format).to_string()
}
