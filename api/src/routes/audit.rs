//! The audit trail: page by page, or all of it as a table.

use std::net::IpAddr;

use axum::response::Response;
use domain::event::{Access, Exported, Form};
use domain::{LivechatId, Timestamp, both};
use futures::stream;
use journal::Position;
use projections::audit::{AuditEntry, Entity, Filter};
use projections::{PAGE_MAX, Page, Queries};
use serde::Deserialize;
use tokio::task::{JoinError, spawn_blocking};
use utoipa::{IntoParams, ToSchema};

use crate::csv::{self, Separator};
use crate::fair_share::Permit;
use crate::http::dates::time_in;
use crate::http::freshness::AtLeast;
use crate::http::page_limit::page_limit;
use crate::http::problem::Problem;
use crate::http::reader::Reader;

/// Bytes in a filter: an identifier or the name of an event fits.
const FILTER_BYTES_MAX: usize = 64;

/// Actions in a filter: more than anybody picks from a list, and a short query for a database.
const ACTIONS_MAX: usize = 20;

/// Which audit entries.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditParams {
    /// Only those to this kind of thing: livechat, settings, operator or conversation.
    #[param(value_type = Option<String>)]
    entity: Option<Entity>,
    /// Only those to the thing with this identifier; of the settings, the name of the section.
    entity_id: Option<String>,
    /// Only those by this role.
    role: Option<String>,
    /// Only those by the person or program with this identifier.
    actor: Option<String>,
    /// Only events of this name, such as `conversation.transferred`; or of one of several, separated by commas,
    /// at most 20.
    action: Option<String>,
    /// Only those from this address.
    #[param(value_type = Option<String>)]
    address: Option<IpAddr>,
    /// Only those at this time or later: RFC 3339, or a date, which begins by the clocks of the livechat.
    from: Option<String>,
    /// Only those before this time: RFC 3339, or a date, which begins by the clocks of the livechat.
    until: Option<String>,
    /// `json`, a page, by default; or `csv`, all of them.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    format: Format,
    /// What separates the cells of a CSV: `comma` by default, `semicolon` or `tab`.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    separator: Separator,
    /// Where the page before said the next one starts.
    cursor: Option<Position>,
    /// Rows in the page: 1 to 200, 50 by default. There are fewer where they are long.
    limit: Option<usize>,
}

/// The form of the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditFormat)]
pub enum Format {
    /// A page.
    #[default]
    Json,
    /// All rows, as a table of text.
    Csv,
}

/// Who did what, when, from where, on what, and what it changed, newest first. A table is itself recorded as an
/// export; it holds everything before that.
#[utoipa::path(
    get, path = "/audit", tag = "audit", params(AuditParams, AtLeast),
    responses(
        (status = 200, content(
            (Page<AuditEntry> = "application/json"),
            (String = "text/csv", example = "\u{feff}position,at,role,actor,address,action,entity,entity_id,changes,data,command\r\n"),
        ))
    )
)]
pub async fn list(reader: Reader<AuditParams>) -> Result<Response, Problem> {
    let mut params = reader.allowed()?;
    let Reader { caller, app, .. } = &reader;
    app.dates_as_times(&caller.livechat, [&mut params.from, &mut params.until]).await?;
    let limit = page_limit(params.limit)?;
    let [from, until] = params.period()?;
    let filter = params.filter()?;
    reader.ready().await?;
    let since = match &from {
        Some(from) => app.views.audit_at(&caller.livechat, from).await?,
        None => 0,
    };
    let before = match &until {
        Some(until) => Some(app.views.audit_until(&caller.livechat, until).await?),
        None => None,
    };
    let filter = Filter { since, from, until, ..filter };
    let until = [params.cursor, before].into_iter().flatten().min();
    match params.format {
        Format::Json => {
            let _place = app.questions.take(&caller.livechat).await?;
            let page = app.views.audit(&caller.livechat, &filter, until, limit).await?;
            app.long_json(&caller.livechat, page).await
        }
        Format::Csv => {
            let [from, until_at] = params.period()?;
            let place = app.exports.take(&caller.livechat).await?;
            let access = Access::Export { what: Exported::Audit, form: Form::Csv, from, until: until_at };
            let recorded = reader.record(access).await?;
            let before = [until, recorded].into_iter().flatten().min();
            let (separator, livechat) = (params.separator, caller.livechat.clone());
            let pages = pages(app.views.clone(), livechat, filter, before, (separator, place));
            csv::download("audit", separator, &COLUMNS, pages)
        }
    }
}

impl AuditParams {
    fn period(&self) -> Result<[Option<Timestamp>; 2], Problem> {
        let time =
            |field, text: &Option<String>| text.as_deref().map(|text| time_in(field, text)).transpose();
        Ok([time("from", &self.from)?, time("until", &self.until)?])
    }

    fn filter(&self) -> Result<Filter, Problem> {
        let actions: Vec<String> =
            self.action.iter().flat_map(|actions| actions.split(',')).map(str::to_owned).collect();
        if actions.len() > ACTIONS_MAX {
            return Err(Problem::field(
                "action",
                both!(
                    "at most {ACTIONS_MAX} names, separated by commas",
                    "{ACTIONS_MAX} noms au plus, séparés par des virgules"
                ),
            ));
        }
        let texts = [("entity_id", &self.entity_id), ("role", &self.role), ("actor", &self.actor)];
        let texts = texts.into_iter().filter_map(|(field, text)| Some((field, text.as_ref()?)));
        for (field, text) in texts.chain(actions.iter().map(|action| ("action", action))) {
            if text.len() > FILTER_BYTES_MAX || text.contains('\0') {
                return Err(Problem::field(
                    field,
                    both!(
                        "at most {FILTER_BYTES_MAX} bytes, without NUL",
                        "{FILTER_BYTES_MAX} octets au plus, sans NUL"
                    ),
                ));
            }
        }
        Ok(Filter {
            entity: self.entity,
            entity_id: self.entity_id.clone(),
            role: self.role.clone(),
            actor: self.actor.clone(),
            actions,
            address: self.address.map(|address| address.to_canonical()),
            since: 0,
            from: None,
            until: None,
        })
    }
}

/// The columns of the table: those of an audit entry except the livechat, which is the same everywhere.
const COLUMNS: [&str; 11] = [
    "position",
    "at",
    "role",
    "actor",
    "address",
    "action",
    "entity",
    "entity_id",
    "changes",
    "data",
    "command",
];

fn pages(
    views: Queries,
    livechat: LivechatId,
    filter: Filter,
    before: Option<Position>,
    (separator, place): (Separator, Permit),
) -> impl futures::Stream<Item = Result<axum::body::Bytes, Cut>> + Send {
    // Held as long as the table is taken.
    stream::try_unfold((Some(before), place), move |(next, place)| {
        let (views, livechat, filter) = (views.clone(), livechat.clone(), filter.clone());
        async move {
            let Some(before) = next else { return Ok(None) };
            let page = views.audit(&livechat, &filter, before, PAGE_MAX).await?;
            let next = page.next.map(Some);
            // It takes milliseconds, in which others would not have their turn.
            let lines = spawn_blocking(move || lines(separator, &page.items)).await??;
            Ok(Some((lines, (next, place))))
        }
    })
}

fn lines(separator: Separator, entries: &[AuditEntry]) -> Result<axum::body::Bytes, Cut> {
    let rows = entries.iter().map(cells).collect::<Result<Vec<_>, _>>()?;
    Ok(csv::lines(separator, rows)?)
}

/// Why a table ends before its end.
#[derive(Debug, thiserror::Error)]
enum Cut {
    #[error("the projections cannot be read: {0}")]
    Queries(#[from] projections::Error),
    #[error(transparent)]
    Csv(#[from] ::csv::Error),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Task(#[from] JoinError),
}

fn cells(entry: &AuditEntry) -> Result<[String; 11], serde_json::Error> {
    let text = |cell: &str| csv::text(cell).into_owned();
    // As the JSON has it, to the millisecond.
    let json = serde_json::to_value(entry)?;
    let field = |name: &str| json[name].as_str().map(text).unwrap_or_default();
    Ok([
        entry.position.to_string(),
        field("at"),
        field("role"),
        field("actor"),
        field("address"),
        field("action"),
        field("entity"),
        field("entity_id"),
        csv::json(&json["changes"]),
        csv::json(&json["data"]),
        field("command"),
    ])
}
