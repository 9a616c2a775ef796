//! The settings: one resource per section, with its revision as `ETag`, its history, and its past.
//!
//! A change may say which revision it was made for (`If-Match`); without that, whatever is in force is
//! replaced. Nothing here knows the sections: they are read and written by their names.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use domain::bilingual::both;
use domain::patch::Patch;
use domain::settings::{SectionName, Settings};
use domain::{Action, Rejection};
use journal::Position;
use projections::Page;
use projections::settings::{Change, content};
use replay::AsOf;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::bodies::Receipt;
use super::conversations::page_limit;
use super::patch::patched;
use crate::app::App;
use crate::as_of::{AsOfParams, not_created_yet};
use crate::auth::{Caller, Role};
use crate::conditional::{IfMatch, IfNoneMatch, Revision};
use crate::freshness::{AtLeast, must_exist};
use crate::json::read_section;
use crate::limits::{AT_LEAST_WAIT, SHORT_BODY_BYTES};
use crate::problem::Problem;
use crate::request::{IdempotencyKey, Json, RawJson, SectionInPath};

const READERS: [Role; 2] = [Role::Supervisor, Role::Administrator];

/// All settings in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AllSettings {
    /// The revision of each section: how many times it was changed, 0 for the ready-made one.
    #[schema(value_type = BTreeMap<String, u64>)]
    revisions: BTreeMap<SectionName, u64>,
    /// The content of each section.
    settings: Settings,
    /// The position in the log that this is as of.
    position: Position,
}

/// All settings in force, with the revision of each section: now, or at any moment of the past.
#[utoipa::path(
    get, path = "/settings", tag = "settings", operation_id = "read_settings", params(AsOfParams),
    responses(
        (status = 200, body = AllSettings), (status = 404, body = Problem),
        (status = 422, body = Problem, description = "A moment that is not in the past of this livechat")
    )
)]
pub async fn read_all(
    caller: Caller,
    State(app): State<App>,
    when: Result<Query<AsOfParams>, QueryRejection>,
) -> Result<Response, Problem> {
    caller.must_be(&READERS)?;
    let look = |state: &domain::Livechat| {
        let revisions = SectionName::ALL.iter().map(|name| (*name, state.revision(*name))).collect();
        state.identity().map(|_| (revisions, state.settings().clone()))
    };
    if let Some(until) = when?.0.of(&app, &caller.livechat).await? {
        let past = app.state_at(&caller.livechat, until).await?;
        let (revisions, settings) =
            look(&past.livechat).ok_or_else(|| not_created_yet(&both("the livechat", "le livechat")))?;
        let all = AllSettings { revisions, settings, position: past.position };
        return app.long_json(&caller.livechat, all).await;
    }
    let (position, found) = app.journal.snapshot(&caller.livechat, look).await?;
    let (revisions, settings) = found.ok_or(Rejection::UnknownLivechat)?;
    app.long_json(&caller.livechat, AllSettings { revisions, settings, position }).await
}

/// The section `{section}` of the settings, as it is in force or as it was at a moment.
#[utoipa::path(
    get, path = "/settings/{section}", tag = "settings", operation_id = "read_{section}_settings",
    params(
        AsOfParams, AtLeast,
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of what the reader has already."),
    ),
    responses(
        (status = 200, body = Value, headers(("ETag" = String, description = "The revision, in quotes."))),
        (status = 304, description = "The reader has this revision already"),
        (status = 404, body = Problem, description = "No such livechat, or not yet at that moment"),
    )
)]
pub async fn read(
    caller: Caller,
    SectionInPath(name): SectionInPath,
    known: IfNoneMatch,
    State(app): State<App>,
    when: Result<Query<AsOfParams>, QueryRejection>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
) -> Result<Response, Problem> {
    caller.must_be(&READERS)?;
    let until = when?.0.of(&app, &caller.livechat).await?;
    at_least?.0.reached(&app, &caller.livechat).await?;
    let (revision, section) = match until {
        Some(AsOf::Position(then)) => {
            let past = app.state_at(&caller.livechat, AsOf::Position(then)).await?.livechat;
            (past.revision(name), past.settings().section(name))
        }
        None => {
            let look = |state: &domain::Livechat| {
                state.identity().map(|_| (state.revision(name), state.settings().section(name)))
            };
            app.journal.snapshot(&caller.livechat, look).await?.1.ok_or(Rejection::UnknownLivechat)?
        }
        Some(AsOf::Time(moment)) => {
            must_exist(&app, &caller.livechat).await?;
            let then = app.views.settings_at(&caller.livechat, name, moment).await?;
            let then = then.ok_or_else(|| not_created_yet(&both("the livechat", "le livechat")))?;
            (then.revision, then.section)
        }
    };
    // A section may have a mebibyte.
    let answer = journal::block_in_place(|| axum::Json(content(&section)).into_response());
    Ok(known.answer(Revision(revision), answer))
}

/// Replace the section `{section}` of the settings. Every wrong field is named, and then nothing is changed.
///
/// The answer has the new revision in its `ETag`, except in the rare case that the projections are more than
/// five seconds behind. A field that is left out takes its default.
#[utoipa::path(
    put, path = "/settings/{section}", tag = "settings", operation_id = "change_{section}_settings",
    params((
        "If-Match" = Option<String>, Header,
        description = "The `ETag` of the revision that this replaces; another one in force refuses the change \
            (412). `*` or nothing replaces whatever is in force."
    )),
    request_body = Value,
    responses(
        (status = 200, body = Receipt, headers(("ETag" = String, description = "The revision, in quotes."))),
        (status = 400, body = Problem, description = "A malformed body or `If-Match`"),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It lacks what others need: who needs it is told"),
        (status = 412, body = Problem, description = "It was changed meanwhile: the revision in force is told"),
        (status = 422, body = Problem, description = "Every wrong field, with what it allows"),
    )
)]
pub async fn change(
    caller: Caller,
    key: IdempotencyKey,
    SectionInPath(name): SectionInPath,
    IfMatch(expected): IfMatch,
    State(app): State<App>,
    RawJson(content): RawJson,
) -> Result<Response, Problem> {
    caller.must_be(&[Role::Administrator])?;
    let section = if content.get().len() <= SHORT_BODY_BYTES {
        read_section(name, &content)
    } else {
        app.work(&caller.livechat, move || read_section(name, &content)).await?
    };
    let section = Box::new(section?);
    let action = Action::ChangeSettings { section, expected };
    let receipt = app.command(&caller, key, action).await?;
    let revision = revision_at(&app, &caller, name, receipt.position).await;
    let done = axum::Json(Receipt::from(receipt));
    Ok(revision.map_or_else(|| done.into_response(), |revision| Revision(revision).on(done)))
}

/// Change some fields of the section `{section}` of the settings: a JSON merge patch (RFC 7396). A field that is absent
/// stays as it is, and `null` gives one its default. A section that is a list is replaced by another list.
#[utoipa::path(
    patch, path = "/settings/{section}", tag = "settings", operation_id = "patch_{section}_settings",
    request_body(content = Value, content_type = "application/merge-patch+json"),
    params((
        "If-Match" = Option<String>, Header,
        description = "The `ETag` of the revision that was seen; another one in force refuses the change (412)."
    )),
    responses(
        (status = 200, body = Receipt, headers(("ETag" = String, description = "The revision, in quotes."))),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It lacks what others need: who needs it is told"),
        (status = 412, body = Problem, description = "It was changed meanwhile: the revision in force is told"),
        (status = 422, body = Problem, description = "Every wrong field, with what it allows"),
    )
)]
pub async fn patch(
    caller: Caller,
    key: IdempotencyKey,
    SectionInPath(name): SectionInPath,
    IfMatch(asked): IfMatch,
    State(app): State<App>,
    Json(patch): Json<serde_json::Value>,
) -> Result<Response, Problem> {
    caller.must_be(&[Role::Administrator])?;
    let patch = Arc::new(Patch(patch));
    let receipt = patched(asked, || async {
        let look = |state: &domain::Livechat| {
            state.identity().map(|_| (state.revision(name), state.settings().section(name)))
        };
        let found = app.journal.snapshot(&caller.livechat, look).await?.1;
        let (revision, section) = found.ok_or(Rejection::UnknownLivechat)?;
        let patch = patch.clone();
        let patched = move || {
            let patched = patch.apply(content(&section)).to_string();
            let patched = RawValue::from_string(patched).map_err(|error| Problem::internal(&error))?;
            Ok::<_, Problem>((Box::new(read_section(name, &patched)?), (*patch).clone()))
        };
        let (section, patch) = app.work(&caller.livechat, patched).await??;
        let action = Action::PatchSettings { section, expected: asked.unwrap_or(revision), patch };
        app.command(&caller, key, action).await
    });
    let receipt = receipt.await?;
    let revision = revision_at(&app, &caller, name, receipt.position).await;
    let done = axum::Json(Receipt::from(receipt));
    Ok(revision.map_or_else(|| done.into_response(), |revision| Revision(revision).on(done)))
}

/// The revision that the command led to, also when it was repeated long after, or others came right behind.
/// The change is done: should its revision not be known in time, that is no reason to say otherwise.
async fn revision_at(app: &App, caller: &Caller, name: SectionName, position: Position) -> Option<u64> {
    let found = async {
        let in_time = app.views.wait_for(&caller.livechat, position, AT_LEAST_WAIT).await?;
        let revision = app.views.settings_revision(&caller.livechat, name, position).await?;
        Ok::<_, projections::Error>(in_time.then_some(revision))
    };
    found.await.unwrap_or_else(|error| {
        tracing::error!(%error, "cannot read the revision of a settings change");
        None
    })
}

/// Which changes.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryParams {
    /// Where the page before said the next one starts.
    cursor: Option<Position>,
    /// Changes in the page: 1 to 200, 50 by default.
    limit: Option<usize>,
}

/// The changes of the section `{section}` of the settings, newest first: when, by whom, and what differs
/// from the revision before.
#[utoipa::path(
    get, path = "/settings/{section}/history", tag = "settings",
    operation_id = "list_{section}_settings_history", params(HistoryParams, AtLeast),
    responses((status = 200, body = Page<Change>), (status = 404, body = Problem))
)]
pub async fn history(
    caller: Caller,
    SectionInPath(name): SectionInPath,
    State(app): State<App>,
    which: Result<Query<HistoryParams>, QueryRejection>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
) -> Result<axum::Json<Page<Change>>, Problem> {
    caller.must_be(&READERS)?;
    let Query(which) = which?;
    at_least?.0.reached(&app, &caller.livechat).await?;
    must_exist(&app, &caller.livechat).await?;
    let limit = page_limit(which.limit)?;
    let _place = app.questions.take(&caller.livechat).await?;
    let page = app.views.settings_history(&caller.livechat, name, which.cursor, limit).await;
    Ok(axum::Json(page?))
}
