//! The settings: one resource per section.

use axum::extract::State;
use domain::settings::Section;
use domain::{Action, Rejection};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::Done;
use crate::auth::{Caller, Role};
use crate::problem::Problem;
use crate::request::{IdempotencyKey, Json, SectionInPath, parse};
use crate::server::App;

/// The content of a section.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(value_type = Object)]
pub struct Content(Section);

/// One section of the settings in force.
#[utoipa::path(
    get, path = "/settings/{section}", tag = "settings",
    responses((status = 200, body = Content), (status = 404, body = Problem))
)]
pub async fn read(
    caller: Caller,
    SectionInPath(name): SectionInPath,
    State(app): State<App>,
) -> Result<axum::Json<Content>, Problem> {
    caller.must_be(&[Role::Supervisor, Role::Administrator])?;
    let (_, found) = app
        .journal
        .snapshot(&caller.livechat, |state| state.identity().map(|_| state.settings().section(name)))
        .await?;
    Ok(axum::Json(Content(found.ok_or(Rejection::UnknownLivechat)?)))
}

/// Replace one section. Every wrong field is named, and then nothing is changed.
#[utoipa::path(
    put, path = "/settings/{section}", tag = "settings", request_body = Content,
    responses((status = 200, body = Done), (status = 422, body = Problem), (status = 404, body = Problem))
)]
pub async fn change(
    caller: Caller,
    key: IdempotencyKey,
    SectionInPath(name): SectionInPath,
    State(app): State<App>,
    Json(content): Json<Box<RawValue>>,
) -> Result<axum::Json<Done>, Problem> {
    caller.must_be(&[Role::Administrator])?;
    let section: Section = parse(format!("{{\"{}\":{}}}", name.as_str(), content.get()).as_bytes())?;
    Ok(axum::Json(app.command(&caller, key, Action::ChangeSettings(Box::new(section))).await?.into()))
}
