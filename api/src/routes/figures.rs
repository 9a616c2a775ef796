//! Figures of a period (spec.md §History, audit, analysts).

use std::collections::BTreeSet;

use axum::response::Response;
use chrono::NaiveDate;
use domain::bilingual::{Bilingual, both};
use domain::both;
use domain::event::{Access, Exported, Form};
use domain::field::FieldError;
use domain::settings::figures::SERVICE_LEVEL_SECONDS;
use projections::figures::definitions::{Figure, Per, all};
use projections::figures::report::{QuestionFigures, Report, Row};
use projections::figures::{Edge, ROWS_MAX, Refusal};
use projections::{Named, figures};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::csv::{self, Separator};
use crate::http::dates;
use crate::http::freshness::AtLeast;
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::reader::Reader;

/// Which figures.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiguresParams {
    /// The beginning of the period: RFC 3339, or a date by the clocks of the livechat.
    #[param(value_type = String, example = "2026-11-01")]
    from: Option<String>,
    /// The end of the period, which is not in it, in the same forms: at most 400 days later, or 62 by hour.
    #[param(value_type = String, example = "2026-12-01")]
    until: Option<String>,
    /// How the period is cut: `hour`, `day`, or `total`, not at all, by default.
    by: Option<String>,
    /// What figures are broken down by: `livechat`, nothing, by default; `operator`; `skill`.
    per: Option<String>,
    /// Seconds of the service level: 1 to 3,600; those of the settings by default.
    #[param(value_type = Option<i64>)]
    service_level: Option<String>,
    /// `json`, by default, or `csv`: the same numbers as a table.
    format: Option<String>,
    /// What separates the cells of a table: `comma`, by default, `semicolon`, or `tab`.
    separator: Option<String>,
}

/// The form of the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    #[default]
    Json,
    Csv,
}

/// The figures of a period: part by part, broken down by operator or skill when that is asked. A table is recorded
/// as an export.
#[utoipa::path(
    get, path = "/figures", tag = "figures", params(FiguresParams, AtLeast),
    responses(
        (status = 200, content((Report = "application/json"), (String = "text/csv")))
    )
)]
pub async fn read(reader: Reader<FiguresParams>, accepted: ReaderLanguage) -> Result<Response, Problem> {
    let params = reader.allowed()?;
    let Reader { caller, app, .. } = &reader;
    let (query, format, separator) = params.read(app.journal.clock().now())?;
    reader.ready().await?;
    let _place = app.questions.take(&caller.livechat).await?;
    let read = app.views.figures(&caller.livechat, &query).await?;
    let mut report = read.ok_or(domain::Rejection::UnknownLivechat)?.map_err(refused)?;
    report.name_skills(&accepted.skill_names(&app.journal, &caller.livechat).await?);
    match format {
        Format::Json => app.long_json(&caller.livechat, report).await,
        Format::Csv => {
            let (from, until) = report.period;
            let (from, until) = (Some(from), Some(until));
            let access = Access::Export { what: Exported::Figures, form: Form::Csv, from, until };
            reader.record(access).await?;
            app.work(&caller.livechat, move || table(&report, separator)).await?
        }
    }
}

/// The definitions of all figures.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Definitions {
    /// In the order of answers and columns.
    figures: Vec<&'static Figure>,
}

/// What each figure is: name, unit, source, and formula in French and English.
#[utoipa::path(
    get, path = "/figures/definitions", tag = "figures",
    responses((status = 200, body = Definitions))
)]
pub async fn definitions(reader: Reader) -> Result<axum::Json<Definitions>, Problem> {
    reader.caller.may_call()?;
    Ok(axum::Json(Definitions { figures: all().collect() }))
}

impl FiguresParams {
    /// Every wrong parameter is named.
    fn read(&self, now: domain::Timestamp) -> Result<(figures::Query, Format, Separator), Problem> {
        let mut wrong = vec![];
        let mut or_wrong = |field: &str, allowed: Bilingual| wrong.push(FieldError::new(field, allowed));
        let from = edge(self.from.as_ref());
        let until = edge(self.until.as_ref());
        for (field, edge) in [("from", from), ("until", until)] {
            if edge.is_none() {
                or_wrong(field, EDGE);
            }
        }
        let by = word(self.by.as_ref());
        let per = word(self.per.as_ref());
        let format = word(self.format.as_ref());
        let separator = word(self.separator.as_ref());
        if by.is_none() {
            or_wrong("by", both("hour, day or total", "hour, day ou total"));
        }
        if per.is_none() {
            or_wrong("per", both("livechat, operator or skill", "livechat, operator ou skill"));
        }
        if format.is_none() {
            or_wrong("format", both("json or csv", "json ou csv"));
        }
        if separator.is_none() {
            or_wrong("separator", Separator::ALLOWED);
        }
        let service_level = self.service_level.as_ref().map(|secs| secs.parse::<i64>().ok());
        if service_level.is_some_and(|secs| secs.is_none_or(|secs| !SERVICE_LEVEL_SECONDS.contains(&secs))) {
            let (least, most) = SERVICE_LEVEL_SECONDS.into_inner();
            or_wrong("service_level", both!("{least} to {most} seconds", "{least} à {most} secondes"));
        }
        let (Some(from), Some(until), Some(by), Some(per), Some(format), Some(separator), true) =
            (from, until, by, per, format, separator, wrong.is_empty())
        else {
            return Err(domain::Rejection::Invalid(wrong).into());
        };
        let service_level_secs = service_level.flatten();
        Ok((figures::Query { from, until, by, per, service_level_secs, now }, format, separator))
    }
}

const EDGE: Bilingual = both(
    "a time as in RFC 3339, such as 2026-01-31T09:00:00Z, or a date such as 2026-01-31, from 1970 to 9999",
    "un instant selon la RFC 3339, tel que 2026-01-31T09:00:00Z, ou une date telle que 2026-01-31, de 1970 à 9999",
);

/// One of a list of words, the default if there is none.
fn word<T: DeserializeOwned + Default>(text: Option<&String>) -> Option<T> {
    let Some(text) = text else { return Some(T::default()) };
    serde_json::from_value(text.as_str().into()).ok()
}

fn edge(text: Option<&String>) -> Option<Edge> {
    // A + that was not written as %2B is a space by now.
    let text = text?.replace(' ', "+");
    let (edge, date) = if let Ok(at) = chrono::DateTime::parse_from_rfc3339(&text) {
        (Edge::Time(at.to_utc()), at.to_utc().date_naive())
    } else {
        let date = dates::date(&text)?;
        (Edge::Date(date), date)
    };
    let years = NaiveDate::from_ymd_opt(1970, 1, 1)?..=NaiveDate::from_ymd_opt(9999, 12, 31)?;
    years.contains(&date).then_some(edge)
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Empty => Problem::field("until", both("a time after from", "un instant postérieur à from")),
        Refusal::TooLong(days) => Problem::field(
            "until",
            both!("at most {days} days after from", "{days} jours au plus après from"),
        ),
        Refusal::TooManyRows => Problem::field(
            "by",
            both!(
                "at most {ROWS_MAX} rows: a shorter period, or longer parts of it",
                "{ROWS_MAX} lignes au plus\u{a0}: une période plus courte, ou découpée moins finement"
            ),
        ),
    }
}

/// The report as a table.
fn table(report: &Report, separator: Separator) -> Result<Response, Problem> {
    let of = match report.per {
        Per::Livechat => None,
        Per::Operator => Some("operator"),
        Per::Skill => Some("skill"),
    };
    let questions: BTreeSet<QuestionColumn> =
        report.rows.iter().flat_map(|row| row.questions.iter().flat_map(asked)).collect();
    let figures = all().filter(|figure| figure.is_told(report.per)).map(|figure| figure.name.to_owned());
    let header: Vec<String> = ["from", "until"]
        .into_iter()
        .chain(of)
        .map(str::to_owned)
        .chain(figures)
        .chain(questions.iter().map(QuestionColumn::column))
        .collect();
    let lines = csv::lines(separator, report.rows.iter().map(|row| cells(row, of.is_some(), &questions)));
    let lines = lines.map_err(|error| Problem::internal(&error))?;
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let page = futures::stream::iter([Ok::<_, std::convert::Infallible>(lines)]);
    csv::download("figures", separator, &header, page)
}

/// What a column about a question holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct QuestionColumn {
    survey: String,
    field: String,
    what: ColumnValue,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ColumnValue {
    Answers,
    Mean,
    Chosen(String),
}

impl QuestionColumn {
    fn column(&self) -> String {
        let what = match &self.what {
            ColumnValue::Answers => "answers",
            ColumnValue::Mean => "mean",
            ColumnValue::Chosen(choice) => choice,
        };
        format!("survey.{}.{}.{what}", self.survey, self.field)
    }

    fn cell(&self, row: &Row) -> String {
        let question = row.questions.iter().find(|one| one.survey == self.survey && one.field == self.field);
        let Some(question) = question else { return String::new() };
        match &self.what {
            ColumnValue::Answers => question.answers.to_string(),
            ColumnValue::Mean => question.mean.map(|mean| mean.to_string()).unwrap_or_default(),
            ColumnValue::Chosen(choice) => {
                question.distribution.get(choice).copied().unwrap_or_default().to_string()
            }
        }
    }
}

fn asked(question: &QuestionFigures) -> impl Iterator<Item = QuestionColumn> + '_ {
    let mean = question.mean.map(|_| ColumnValue::Mean);
    let chosen = question.distribution.keys().map(|choice| ColumnValue::Chosen(choice.clone()));
    [ColumnValue::Answers].into_iter().chain(mean).chain(chosen).map(|what| QuestionColumn {
        survey: question.survey.clone(),
        field: question.field.clone(),
        what,
    })
}

fn cells(row: &Row, told_apart: bool, questions: &BTreeSet<QuestionColumn>) -> Vec<String> {
    let of = told_apart.then(|| row.of.id().map(|id| csv::text(id).into_owned()).unwrap_or_default());
    let values = row.figures.0.iter();
    let values = values.map(|(_, value)| value.map(|value| value.to_string()).unwrap_or_default());
    [row.from.clone(), row.until.clone()]
        .into_iter()
        .chain(of)
        .chain(values)
        .chain(questions.iter().map(|question| question.cell(row)))
        .collect()
}
