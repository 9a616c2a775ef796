//! Which conversations a list or a search is asked for: every parameter, and what it allows.

#![expect(clippy::large_stack_arrays, reason = "so many parameters are described at once, at the start")]

use std::fmt::Display;
use std::ops::RangeInclusive;

use domain::bilingual::{Bilingual, both};
use domain::field::FieldError;
use domain::settings::surveys::answers::RATING;
use domain::text::Language;
use domain::{ChoiceId, FieldId, OperatorId, SkillId, SurveyId, Timestamp, VisitorId, both};
use projections::conversations::{AnswerFilter, Answered, Filter, Reason, Settled, Sort, State};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::IntoParams;

use crate::http::problem::Problem;

/// A year: nobody waits longer for an answer.
const WAIT_SECS_MAX: u32 = 31_536_000;

/// Which conversations: those for which everything that is given is true. A conversation that was kept open and
/// asked for again is one; its state, reason, operator and end are those of the last segment.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct ConversationsParams {
    /// Those that stand in one of these states, with commas between them: `requested`, `waiting`, `assigned`,
    /// `picked_up`, `refused`, `left`, `released`, `ended`, `kept_open`.
    #[param(example = "ended,kept_open")]
    state: Option<String>,
    /// Those that are over for one of these reasons, with commas between them: refused for `no_operator`,
    /// `queue_full`, `queue_closed`, `outside_hours`; released for `unanswered`, `closing`; ended by `visitor`,
    /// `operator`, `supervisor`, `timeout`.
    reason: Option<String>,
    /// Those of which this operator is in charge, or last was, or which the operator had picked up before.
    operator: Option<String>,
    /// Those that were asked for with this skill, by the request or by the last transfer to a skill.
    skill: Option<String>,
    /// Those of the visitor with this identifier.
    visitor: Option<String>,
    /// Those in this language: `fr` or `en`.
    language: Option<String>,
    /// Those marked as important (`true`), or those that are not (`false`).
    important: Option<String>,
    /// Those passed on at least once, in whichever way (`true`), or those that never were (`false`).
    transferred: Option<String>,
    /// Those first requested at this time or later: RFC 3339, or a date, which begins by the clocks of the livechat.
    #[param(example = "2026-01-31T09:00:00Z")]
    requested_from: Option<String>,
    /// Those first requested before this time: RFC 3339, or a date, which begins by the clocks of the livechat.
    #[param(example = "2026-02-01T00:00:00+01:00")]
    requested_until: Option<String>,
    /// Those that waited longer than this many seconds; one that still waits has no wait yet.
    wait_over_secs: Option<String>,
    /// Those whose survey of the visitor was `answered`, or was closed `unanswered`, in any segment. One that
    /// still waits for answers is neither.
    visitor_survey: Option<String>,
    /// The same for the survey of the operator.
    operator_survey: Option<String>,
    /// Those in which this survey was answered, in whichever version.
    survey: Option<String>,
    /// Those in which this field of that survey has the `answer`, or the rating from `rating_min` to
    /// `rating_max`.
    field: Option<String>,
    /// The choice that was made in the field, alone or among others.
    answer: Option<String>,
    /// The least rating: 1 to 5, 1 by default.
    rating_min: Option<String>,
    /// The greatest rating: 1 to 5, 5 by default.
    rating_max: Option<String>,
    #[param(ignore)]
    #[serde(rename = "at_least")]
    _at_least: Option<IgnoredAny>,
    /// In a list, see there.
    #[param(ignore)]
    sort: Option<String>,
    /// In a search, see there.
    #[param(ignore)]
    pub q: Option<String>,
    /// Where the page before said the next one starts: its `next`.
    pub cursor: Option<String>,
    /// Rows in the page: 1 to 200, 50 by default.
    #[param(value_type = Option<usize>)]
    pub limit: Option<String>,
}

/// What was read, and what could not be.
#[derive(Debug, Default)]
pub struct ParamErrors {
    wrong: Vec<FieldError>,
}

impl ParamErrors {
    /// The value of a parameter, if it is given and can be read.
    pub fn value<T>(
        &mut self,
        field: &str,
        given: Option<&String>,
        allowed: Bilingual,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let given = given?;
        let value = read(given);
        if value.is_none() {
            self.wrong(field, allowed);
        }
        value
    }

    /// A parameter is wrong.
    pub fn wrong(&mut self, field: &str, allowed: Bilingual) {
        self.wrong.push(FieldError::new(field, allowed));
    }

    /// All that is wrong, or nothing.
    pub fn finish(self) -> Result<(), Problem> {
        if self.wrong.is_empty() { Ok(()) } else { Err(domain::Rejection::Invalid(self.wrong).into()) }
    }

    fn words<T: DeserializeOwned + Serialize>(
        &mut self,
        field: &str,
        given: Option<&String>,
        all: &[T],
    ) -> Vec<T> {
        let allowed = both!(
            "one or more of {names}, with commas between them",
            "un ou plusieurs parmi {names}, séparés par des virgules",
            names = names(all)
        );
        let read = |given: &str| given.split(',').map(word).collect::<Option<Vec<T>>>();
        self.value(field, given, allowed, read).unwrap_or_default()
    }

    fn one<T: DeserializeOwned + Serialize>(
        &mut self,
        field: &str,
        given: Option<&String>,
        all: &[T],
    ) -> Option<T> {
        self.value(field, given, both!("one of {names}", "un parmi {names}", names = names(all)), word)
    }

    fn id<T>(
        &mut self,
        field: &str,
        given: Option<&String>,
        parse: fn(&str) -> Result<T, FieldError>,
    ) -> Option<T> {
        match parse(given?) {
            Ok(id) => Some(id),
            Err(error) => {
                self.wrong(field, error.allowed);
                None
            }
        }
    }

    fn flag(&mut self, field: &str, given: Option<&String>) -> Option<bool> {
        self.value(field, given, both("true or false", "true ou false"), |given| given.parse().ok())
    }

    fn number<T: std::str::FromStr + PartialOrd + Display>(
        &mut self,
        field: &str,
        given: Option<&String>,
        range: &RangeInclusive<T>,
        unit: &Bilingual,
    ) -> Option<T> {
        let (start, end) = (range.start(), range.end());
        let (en, fr) = (unit.text(Language::En), unit.text(Language::Fr));
        let allowed = Bilingual::new(format!("{start} to {end}{en}"), format!("{start} à {end}{fr}"));
        self.value(field, given, allowed, |given| given.parse().ok().filter(|number| range.contains(number)))
    }

    fn time(&mut self, field: &str, given: Option<&String>) -> Option<Timestamp> {
        const ALLOWED: Bilingual = both(
            "a time as in RFC 3339 from 1970 to 9999, such as 2026-01-31T09:00:00Z",
            "un instant selon la RFC 3339 de 1970 à 9999, tel que 2026-01-31T09:00:00Z",
        );
        self.value(field, given, ALLOWED, |given| {
            // A + that was not written as %2B is a space by now.
            let at = chrono::DateTime::parse_from_rfc3339(&given.replace(' ', "+")).ok()?.to_utc();
            (0..253_402_300_800).contains(&at.timestamp()).then_some(at)
        })
    }
}

fn word<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(Value::from(text.trim())).ok()
}

fn names<T: Serialize>(all: &[T]) -> String {
    let name = |value: &T| serde_json::to_value(value).ok()?.as_str().map(str::to_owned);
    all.iter().filter_map(name).collect::<Vec<_>>().join(", ")
}

impl ConversationsParams {
    /// The parameters that may be dates.
    pub const fn dates(&mut self) -> [&mut Option<String>; 2] {
        [&mut self.requested_from, &mut self.requested_until]
    }

    /// The filter; errors are collected.
    pub fn filter(&self, errors: &mut ParamErrors) -> Filter {
        const SETTLED: [Settled; 2] = [Settled::Answered, Settled::Unanswered];
        let filter = Filter {
            states: errors.words("state", self.state.as_ref(), &State::ALL),
            reasons: errors.words("reason", self.reason.as_ref(), &Reason::ALL),
            operator: errors.id("operator", self.operator.as_ref(), OperatorId::parse),
            skill: errors.id("skill", self.skill.as_ref(), SkillId::parse),
            visitor: errors.id("visitor", self.visitor.as_ref(), VisitorId::parse),
            language: errors.one("language", self.language.as_ref(), &Language::ALL),
            important: errors.flag("important", self.important.as_ref()),
            transferred: errors.flag("transferred", self.transferred.as_ref()),
            requested_from: errors.time("requested_from", self.requested_from.as_ref()),
            requested_until: errors.time("requested_until", self.requested_until.as_ref()),
            wait_over_secs: errors.number(
                "wait_over_secs",
                self.wait_over_secs.as_ref(),
                &(0..=WAIT_SECS_MAX),
                &both(" seconds", " secondes"),
            ),
            visitor_survey: errors.one("visitor_survey", self.visitor_survey.as_ref(), &SETTLED),
            operator_survey: errors.one("operator_survey", self.operator_survey.as_ref(), &SETTLED),
            answered: self.answered(errors),
            over_only: false,
        };
        if let (Some(from), Some(until)) = (filter.requested_from, filter.requested_until)
            && from >= until
        {
            errors.wrong(
                "requested_until",
                both("a time after requested_from", "un instant postérieur à requested_from"),
            );
        }
        filter
    }

    fn answered(&self, errors: &mut ParamErrors) -> Option<Answered> {
        let survey = errors.id("survey", self.survey.as_ref(), SurveyId::parse);
        let field = errors.id("field", self.field.as_ref(), FieldId::parse);
        let choice = errors.id("answer", self.answer.as_ref(), ChoiceId::parse);
        let least = errors.number("rating_min", self.rating_min.as_ref(), &RATING, &both("", ""));
        let most = errors.number("rating_max", self.rating_max.as_ref(), &RATING, &both("", ""));
        let by_rating = self.rating_min.is_some() || self.rating_max.is_some();
        let by_answer = by_rating || self.answer.is_some();
        if self.field.is_some() && self.survey.is_none() {
            errors.wrong("survey", both("required with field", "obligatoire avec field"));
        }
        if by_answer && self.field.is_none() {
            errors.wrong(
                "field",
                both(
                    "required with answer, rating_min and rating_max",
                    "obligatoire avec answer, rating_min et rating_max",
                ),
            );
        }
        if self.field.is_some() && !by_answer {
            errors.wrong(
                "answer",
                both(
                    "required with field, or else rating_min or rating_max",
                    "obligatoire avec field, à moins de rating_min ou rating_max",
                ),
            );
        }
        if by_rating && self.answer.is_some() {
            errors.wrong(
                "answer",
                both("absent with rating_min and rating_max", "absent avec rating_min et rating_max"),
            );
        }
        let range = least.unwrap_or(*RATING.start())..=most.unwrap_or(*RATING.end());
        if range.is_empty() {
            errors.wrong("rating_max", both("rating_min or more", "rating_min ou plus"));
        }
        let given =
            if by_rating { Some(AnswerFilter::Rating(range)) } else { choice.map(AnswerFilter::Choice) };
        Some(Answered { survey: survey?, field: field.zip(given) })
    }

    /// Is an order asked for?
    pub const fn is_sorted(&self) -> bool {
        self.sort.is_some()
    }

    /// The order; errors are collected.
    pub(super) fn sort(&self, errors: &mut ParamErrors) -> Sort {
        errors.one("sort", self.sort.as_ref(), &Sort::ALL).unwrap_or_default()
    }
}
