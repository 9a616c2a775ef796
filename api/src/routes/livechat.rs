//! The livechat itself: create, read, rename, close, reopen, and which livechats a token is for.

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use domain::livechat::rename::Renaming;
use domain::settings::opening_hours::TimeZone;
use domain::text::{Language, Name};
use domain::{Action, Livechat, LivechatId, Rejection};
use journal::Position;
use projections::Page;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::{Caller, bearer};
use crate::http::commander::Commander;
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

/// The livechats that the token is for. Each is an island, and a token is for one: so there is one, or none as long
/// as it has not been created.
#[utoipa::path(
    get, path = "/api/v1/livechats", tag = "livechat", operation_id = "list_livechats",
    responses((status = 200, body = Page<LivechatInfo>))
)]
pub async fn list(
    CallerAnywhere(caller): CallerAnywhere,
    State(app): State<App>,
) -> Result<axum::Json<Page<LivechatInfo>>, Problem> {
    caller.may_call()?;
    let items = shown(&app, &caller.livechat).await?.into_iter().collect();
    Ok(axum::Json(Page { items, next: None }))
}

/// The caller of a route above the livechats: the livechat is the one of the token.
pub struct CallerAnywhere(Caller);

impl FromRequestParts<App> for CallerAnywhere {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let token = bearer(parts).map(str::to_owned);
        Caller::of(app, parts, token, None).await.map(Self)
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
