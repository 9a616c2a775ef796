//! The livechat itself: create, read, rename, close, reopen, and which livechats a token is for.

use std::collections::BTreeSet;

use accounts::{Account, Page};
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use domain::livechat::rename::Renaming;
use domain::settings::opening_hours::TimeZone;
use domain::text::{Language, Name};
use domain::{Action, Livechat, LivechatId, Rejection};
use journal::Position;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::{Caller, Person, Said};
use crate::http::commander::Commander;
use crate::http::page_limit::page_limit;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::http::receipt::Receipt;
use crate::http::request::{EmptyBody, Json};

/// The name of a livechat.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// 1 to 100 characters.
    #[schema(value_type = String, example = "Support")]
    name: Name,
    /// The language phrases fall back to.
    language: Language,
}

/// A livechat as it is now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LivechatInfo {
    /// Its identifier.
    #[schema(value_type = String, example = "support")]
    livechat: LivechatId,
    /// What it is called.
    #[schema(value_type = String, example = "Support")]
    name: Name,
    /// The language phrases fall back to.
    language: Language,
    /// The time zone of the wall clock: that of the opening hours.
    time_zone: TimeZone,
    /// Whether an administrator has closed it: no new visitor is admitted.
    closed: bool,
    /// The position in the log at which this holds.
    position: Position,
}

/// What to change of a livechat; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "name": "Customer service", "time_zone": "America/Montreal" }))]
pub struct LivechatChange {
    /// 1 to 100 characters.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, nullable = false)]
    name: Option<Name>,
    /// The language phrases fall back to.
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    language: Option<Language>,
    /// The time zone of the opening hours, an IANA name.
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false)]
    time_zone: Option<TimeZone>,
}

/// A field that may be absent and is never null.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Create the livechat, with the ready-made settings.
#[utoipa::path(
    put, path = "/", tag = "livechat", request_body = Identity,
    responses((status = 200, body = Receipt), (status = 409, body = Problem, description = "It exists as something else"))
)]
pub async fn create(
    commander: Commander,
    Json(identity): Json<Identity>,
) -> Result<axum::Json<Receipt>, Problem> {
    let action = Action::CreateLivechat { name: identity.name, language: identity.language };
    commander.run(action).await
}

/// The livechat as it is now.
#[utoipa::path(
    get, path = "/", tag = "livechat",
    responses((status = 200, body = LivechatInfo), (status = 404, body = Problem, description = "Not created"))
)]
pub async fn read(Reader { caller, app, .. }: Reader) -> Result<axum::Json<LivechatInfo>, Problem> {
    caller.may_call()?;
    Ok(axum::Json(shown(&app, &caller.livechat).await?.ok_or(Rejection::UnknownLivechat)?))
}

/// Rename the livechat, change its language or its time zone. Deadlines by the calendar follow at once.
#[utoipa::path(
    patch, path = "/", tag = "livechat", operation_id = "change_livechat",
    request_body(content = LivechatChange, content_type = "application/merge-patch+json"),
    responses((status = 200, body = Receipt))
)]
pub async fn change(
    commander: Commander,
    Json(LivechatChange { name, language, time_zone }): Json<LivechatChange>,
) -> Result<axum::Json<Receipt>, Problem> {
    let action = Action::RenameLivechat(Renaming { name, language, time_zone });
    commander.run(action).await
}

/// Close the livechat: requests are refused with `livechat_closed`, waiting visitors are released, and what is on a
/// desk goes on.
#[utoipa::path(
    post, path = "/close", tag = "livechat", operation_id = "close_livechat",
    responses((status = 200, body = Receipt))
)]
pub async fn close(commander: Commander, _: EmptyBody) -> Result<axum::Json<Receipt>, Problem> {
    commander.run(Action::CloseLivechat).await
}

/// Reopen a livechat that was closed.
#[utoipa::path(
    post, path = "/reopen", tag = "livechat", operation_id = "reopen_livechat",
    responses((status = 200, body = Receipt))
)]
pub async fn reopen(commander: Commander, _: EmptyBody) -> Result<axum::Json<Receipt>, Problem> {
    commander.run(Action::ReopenLivechat).await
}

/// The livechats of the caller: of a token or a key the one that it is for, or none as long as it has not been created;
/// of somebody who is signed in those in which they have a role, and of a server administrator all. They are in the order
/// of their identifiers.
#[utoipa::path(
    get, path = "/api/v1/livechats", tag = "livechat", operation_id = "list_livechats", params(ListParams),
    responses((status = 200, body = Page<LivechatInfo>))
)]
pub async fn list(
    caller: CallerAnywhere,
    params: Result<Query<ListParams>, QueryRejection>,
    State(app): State<App>,
) -> Result<axum::Json<Page<LivechatInfo>>, Problem> {
    let person = match caller {
        CallerAnywhere::OfOne(caller) => {
            caller.may_call()?;
            let Query(params) = params?;
            page_limit(params.limit)?;
            let items = shown(&app, &caller.livechat).await?.into_iter().collect();
            return Ok(axum::Json(Page { items, next: None }));
        }
        CallerAnywhere::SignedIn(person) => person,
    };
    let Query(params) = params?;
    let limit = page_limit(params.limit)?;
    let after = params.cursor.as_deref().unwrap_or_default();
    let all = livechats_of(&app, &person.account).await?;
    let mut rest = all.into_iter().filter(|livechat| livechat.as_str() > after).peekable();
    let mut items = vec![];
    let mut next = None;
    while let Some(livechat) = rest.next() {
        items.extend(shown(&app, &livechat).await?);
        if items.len() == limit {
            next = rest.peek().map(|_| livechat.to_string());
            break;
        }
    }
    Ok(axum::Json(Page { items, next }))
}

/// Which of them.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// Where the page before said the next one starts.
    cursor: Option<String>,
    /// Livechats in the page: 1 to 200, 50 by default.
    limit: Option<usize>,
}

/// The livechats of somebody who is signed in.
async fn livechats_of(app: &App, account: &Account) -> Result<BTreeSet<LivechatId>, Problem> {
    if account.server_administrator {
        return Ok(app.journal.heads().await?.into_iter().map(|(livechat, _)| livechat).collect());
    }
    Ok(account.roles.iter().map(|grant| grant.livechat.clone()).collect())
}

/// The caller of a route above the livechats.
pub enum CallerAnywhere {
    /// The bearer of a token or a key, which is for one livechat.
    OfOne(Box<Caller>),
    /// Somebody with an account.
    SignedIn(Box<Person>),
}

impl FromRequestParts<App> for CallerAnywhere {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let said = Said::in_request(app, parts);
        if said.is_of_a_session() {
            return Ok(Self::SignedIn(Box::new(Person::from_request_parts(parts, app).await?)));
        }
        Ok(Self::OfOne(Box::new(Caller::of(app, parts, said, None).await?)))
    }
}

async fn shown(app: &App, livechat: &LivechatId) -> Result<Option<LivechatInfo>, Problem> {
    let look = |state: &Livechat| {
        let time_zone = state.settings().opening_hours.time_zone.clone();
        state.identity().map(|identity| (identity.clone(), time_zone, state.is_shut()))
    };
    let (position, found) = app.journal.snapshot(livechat, look).await?;
    Ok(found.map(|(identity, time_zone, closed)| LivechatInfo {
        livechat: livechat.clone(),
        name: identity.name,
        language: identity.language,
        time_zone,
        closed,
        position,
    }))
}
