//! The livechat itself: create, read, rename, close, reopen, and which livechats a token is for.

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use domain::livechat::rename::Renaming;
use domain::settings::hours::TimeZone;
use domain::text::{Language, Name};
use domain::{Action, Livechat, LivechatId, Rejection};
use journal::Position;
use projections::Page;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::bodies::Receipt;
use crate::app::App;
use crate::auth::{Caller, Role, bearer};
use crate::problem::Problem;
use crate::request::{EmptyBody, IdempotencyKey, Json};

/// What a livechat is called.
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
    /// Where the wall clock hangs: that of the opening hours.
    time_zone: TimeZone,
    /// Whether an administrator has closed it: nobody new is taken.
    closed: bool,
    /// The position in the log that this is as of.
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
    caller: Caller,
    key: IdempotencyKey,
    State(app): State<App>,
    Json(identity): Json<Identity>,
) -> Result<axum::Json<Receipt>, Problem> {
    let action = Action::CreateLivechat { name: identity.name, language: identity.language };
    Ok(axum::Json(app.command(&caller, key, action).await?.into()))
}

/// The livechat as it is now.
#[utoipa::path(
    get, path = "/", tag = "livechat",
    responses((status = 200, body = LivechatInfo), (status = 404, body = Problem, description = "Not created"))
)]
pub async fn read(caller: Caller, State(app): State<App>) -> Result<axum::Json<LivechatInfo>, Problem> {
    caller.must_be(&STAFF)?;
    Ok(axum::Json(shown(&app, &caller.livechat).await?.ok_or(Rejection::UnknownLivechat)?))
}

/// Rename the livechat, change its language or its time zone. Deadlines by the calendar follow at once.
#[utoipa::path(
    patch, path = "/", tag = "livechat", operation_id = "change_livechat",
    request_body(content = LivechatChange, content_type = "application/merge-patch+json"),
    responses((status = 200, body = Receipt), (status = 404, body = Problem), (status = 422, body = Problem))
)]
pub async fn change(
    caller: Caller,
    key: IdempotencyKey,
    State(app): State<App>,
    Json(LivechatChange { name, language, time_zone }): Json<LivechatChange>,
) -> Result<axum::Json<Receipt>, Problem> {
    let action = Action::RenameLivechat(Renaming { name, language, time_zone });
    Ok(axum::Json(app.command(&caller, key, action).await?.into()))
}

/// Close the livechat: requests are refused with `livechat_closed`, those who wait are released, and what is on a
/// desk goes on.
#[utoipa::path(
    post, path = "/close", tag = "livechat", operation_id = "close_livechat",
    responses((status = 200, body = Receipt), (status = 404, body = Problem))
)]
pub async fn close(
    caller: Caller,
    key: IdempotencyKey,
    State(app): State<App>,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    Ok(axum::Json(app.command(&caller, key, Action::CloseLivechat).await?.into()))
}

/// Reopen a livechat that was closed.
#[utoipa::path(
    post, path = "/reopen", tag = "livechat", operation_id = "reopen_livechat",
    responses((status = 200, body = Receipt), (status = 404, body = Problem))
)]
pub async fn reopen(
    caller: Caller,
    key: IdempotencyKey,
    State(app): State<App>,
    _: EmptyBody,
) -> Result<axum::Json<Receipt>, Problem> {
    Ok(axum::Json(app.command(&caller, key, Action::ReopenLivechat).await?.into()))
}

const STAFF: [Role; 5] =
    [Role::Operator, Role::Supervisor, Role::Analyst, Role::Administrator, Role::Integration];

/// Where the livechats are. Whatever is there or below takes a token.
pub const ALL: &str = "/api/v1/livechats";

/// The livechats that the token is for. Each is an island, and a token is for one: so there is one, or none as long
/// as it has not been created.
#[utoipa::path(
    get, path = "/api/v1/livechats", tag = "livechat", operation_id = "list_livechats",
    responses((status = 200, body = Page<LivechatInfo>), (status = 401, body = Problem), (status = 403, body = Problem))
)]
pub async fn list(
    CallerAnywhere(caller): CallerAnywhere,
    State(app): State<App>,
) -> Result<axum::Json<Page<LivechatInfo>>, Problem> {
    caller.must_be(&STAFF)?;
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
