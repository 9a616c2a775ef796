//! Copies of an exchange: printed, or mailed to the operator.

use std::collections::BTreeMap;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::settings::DeskOption;
use domain::settings::hours::TimeZone;
use domain::text::Name;
use domain::{Action, ConversationId, Rejection};
use projections::transcript::Line;
use serde::Deserialize;
use utoipa::IntoParams;

use super::conversations::{as_told, readable};
use super::{AtLeast, Done, query, views};
use crate::auth::{Caller, Role};
use crate::print::{Exchange, Format};
use crate::problem::Problem;
use crate::request::{ConversationInPath, IdempotencyKey, ReaderLanguage};
use crate::server::App;

/// Have a copy mailed: the operator in charge, to the address in the own profile, while `desk.mail_to_self`
/// is on.
#[utoipa::path(
    post, path = "/conversations/{conversation}/mail-copy", tag = "desk",
    responses(
        (status = 200, body = Done, example = json!({ "position": 42 })),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off"),
        (status = 422, body = Problem, description = "`no_address`: the profile has no address")
    )
)]
pub async fn mail(
    caller: Caller,
    key: IdempotencyKey,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
) -> Result<axum::Json<Done>, Problem> {
    Ok(axum::Json(app.command(&caller, key, Action::MailCopy(id)).await?.into()))
}

/// On what.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct On {
    /// `html`, a page to print, unless told; or `text`.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    format: Format,
}

/// The printable version of an exchange, in the reader's language (`Accept-Language`, French or English; the
/// livechat's otherwise) and the time zone of the livechat. Who may read the transcript may print it;
/// operators while `desk.print` is on.
#[utoipa::path(
    get, path = "/conversations/{conversation}/print", tag = "conversations", params(On, AtLeast),
    responses(
        (status = 200, body = String, content_type = "text/html", example = "<!doctype html>…"),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off"),
        (status = 404, body = Problem)
    )
)]
pub async fn print(
    caller: Caller,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    ReaderLanguage(language): ReaderLanguage,
    on: Result<Query<On>, QueryRejection>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(On { format }) = on.map_err(query)?;
    at_least.map_err(query)?.0.reached(&app, &caller.livechat).await?;
    let place = place(&app, &caller).await?;
    let conversation = readable(&app, &caller, id).await?;
    let lines = all_lines(&app, &caller, id).await?;
    let exchange = Exchange {
        livechat: &place.name,
        conversation: &conversation,
        lines: &lines,
        operators: &place.operators,
        zone: &place.zone,
        language: language.unwrap_or(place.language),
    };
    Ok(page(format, exchange.render(format)))
}

/// What a printed page needs to know of the livechat.
struct Place {
    name: Name,
    language: domain::text::Language,
    zone: TimeZone,
    /// The names of operators; nobody's for a visitor.
    operators: BTreeMap<String, String>,
}

/// The livechat, if the caller may print there at all.
async fn place(app: &App, caller: &Caller) -> Result<Place, Problem> {
    let may_know_names = caller.role != Role::Visitor;
    // An analyst is the author of nothing.
    let by = if caller.role == Role::Analyst { None } else { Some(caller.actor()?) };
    let seen = app.journal.snapshot(&caller.livechat, |state| {
        let identity = state.identity().ok_or(Rejection::UnknownLivechat)?;
        if let Some(by) = &by {
            state.settings().desk.allow(DeskOption::Print, by)?;
        }
        let operators = state.operators().iter().filter(|_| may_know_names);
        Ok::<_, Rejection>(Place {
            name: identity.name.clone(),
            language: identity.language,
            zone: state.settings().opening_hours.time_zone.clone(),
            operators: operators.map(|(id, one)| (id.to_string(), one.profile.name.to_string())).collect(),
        })
    });
    Ok(seen.await?.1?)
}

/// Every line of a conversation that the caller may know.
async fn all_lines(app: &App, caller: &Caller, id: ConversationId) -> Result<Vec<Line>, Problem> {
    let mut lines = vec![];
    let mut after = Some(0);
    while let Some(from) = after {
        let page = app.views.transcript(&caller.livechat, id, from).await.map_err(views)?;
        lines.extend(page.items);
        after = page.next;
    }
    as_told(app, caller, &mut lines).await?;
    Ok(lines)
}

/// A page that loads nothing, runs nothing, and is kept nowhere.
fn page(format: Format, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, format.media_type()),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "Accept-Language"),
    ];
    (headers, body).into_response()
}
