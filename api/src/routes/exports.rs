//! Rows to take away.

use axum::body::Body;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use domain::bilingual::both;
use domain::event::Access;
use domain::{Timestamp, both};
use futures::StreamExt;
use projections::export::ExportKind;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::csv::Separator;
use crate::export;
use crate::export::Format;
use crate::http::dates::time_in;
use crate::http::freshness::AtLeast;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::limits::EXPORT_DAYS_MAX;

/// Which rows, in which form.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportParams {
    /// From this time on: RFC 3339, such as `2026-01-31T00:00:00+01:00` (a `+` is written `%2B`), or a date, which
    /// begins by the clocks of the livechat.
    #[param(value_type = String, format = DateTime, required = true)]
    from: Option<String>,
    /// Until before this time, at most 400 days later.
    #[param(value_type = String, format = DateTime, required = true)]
    until: Option<String>,
    /// `csv`, by default, or `parquet`.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    format: Format,
    /// What separates the cells of a CSV: `comma` by default, `semicolon` or `tab`.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    separator: Separator,
}

/// The last part of the path.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct ExportPath {
    /// Which rows.
    rows: ExportKind,
}

/// All rows of a kind in a period, in the order of their positions, as a file: those that figures are computed
/// from, with the same columns. Times are in UTC, whatever the time zone of the livechat.
///
/// A contact or a conversation is in the period by the time of its request, a survey by that of its question;
/// an assignment and a time in a status are if any of them is, and so may be in two periods.
/// What is not over yet is not there: asked again later, the file of a period may have more rows. The names of
/// visitors are left out.
///
/// The export is recorded in the audit before it begins. An answer that breaks off, without the end of a chunked
/// body, is incomplete.
#[utoipa::path(
    get, path = "/exports/{rows}", tag = "history", params(ExportParams, AtLeast),
    responses(
        (status = 200, content(
            (String = "text/csv", example = "\u{feff}livechat,position,operator,status,since,until\r\n"),
            (String = "application/vnd.apache.parquet")
        )),
        (status = 404, body = Problem, description = "No such livechat, or no such rows: `unknown_rows`"),
        (status = 429, body = Problem, description = "`too_many_exports`: this livechat has its share; try again"),
        (status = 503, body = Problem, description = "`too_many_exports`: others are being taken; try again")
    )
)]
pub async fn take(
    reader: Reader<ExportParams>,
    what: Result<Path<ExportPath>, PathRejection>,
) -> Result<Response, Problem> {
    reader.caller.may_call()?;
    let Path(ExportPath { rows }) = what.map_err(|_| unknown_rows())?;
    let mut params = reader.parameters()?;
    let Reader { caller, app, .. } = &reader;
    app.dates_as_times(&caller.livechat, [&mut params.from, &mut params.until]).await?;
    let (from, until) = params.period()?;
    reader.ready().await?;
    let place = app.exports.take(&caller.livechat).await?;
    let (what, form) = (rows.exported(), params.format.form());
    reader.record(Access::Export { what, form, from: Some(from), until: Some(until) }).await?;
    let pages = app.views.export(&caller.livechat, rows, from, until).await?;
    let bytes = export::stream(pages, rows, (params.format, params.separator), place)
        .map_err(|error| Problem::internal(&error))?;
    let bytes = bytes.inspect(|bytes| {
        if let Err(error) = bytes {
            tracing::error!(%error, "an export was cut off");
        }
    });
    let name = format!("{}.{}", rows.name(), params.format.extension());
    let headers = [
        (header::CONTENT_TYPE, params.format.media_type(params.separator).to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(bytes)).into_response())
}

fn unknown_rows() -> Problem {
    let names = ExportKind::ALL.map(ExportKind::name).join(", ");
    Problem::new(
        StatusCode::NOT_FOUND,
        "unknown_rows",
        both!("what can be taken away is {names}", "on peut exporter {names}"),
    )
}

impl ExportParams {
    fn period(&self) -> Result<(Timestamp, Timestamp), Problem> {
        let time = |field, text: &Option<String>| match text {
            Some(text) => time_in(field, text),
            None => Err(Problem::field(
                field,
                both(
                    "a time as in RFC 3339: an export has a period",
                    "un instant selon la RFC 3339\u{a0}: un export porte sur une période",
                ),
            )),
        };
        let (from, until) = (time("from", &self.from)?, time("until", &self.until)?);
        if until <= from || until - from > TimeDelta::days(EXPORT_DAYS_MAX) {
            let allowed = both!(
                "a time after from, at most {EXPORT_DAYS_MAX} days later",
                "un instant postérieur à from, de {EXPORT_DAYS_MAX} jours au plus"
            );
            return Err(Problem::field("until", allowed));
        }
        Ok((from, until))
    }
}
