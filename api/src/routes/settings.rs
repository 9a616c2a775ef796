//! The settings: one resource per section, with its revision as `ETag`, its history, and its past.
//!
//! A change may say which revision it was made for (`If-Match`); without that, whatever is in force is
//! replaced. Nothing here knows the sections: they are read and written by their names.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use domain::bilingual::both;
use domain::patch::Patch;
use domain::settings::{SectionName, Settings};
use domain::{Action, Fact, LivechatFact, Rejection};
use journal::Position;
use projections::Page;
use projections::settings::{Change, content};
use replay::AsOf;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::patch::patched;
use crate::http::as_of::{AsOfParams, not_created_yet};
use crate::http::commander::Commander;
use crate::http::conditional::{IfMatch, IfNoneMatch, Revision};
use crate::http::freshness::{AtLeast, must_exist};
use crate::http::json::read_section;
use crate::http::page_limit::page_limit;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::http::receipt::Receipt;
use crate::http::request::{Json, RawJson, SectionInPath};
use crate::limits::{AT_LEAST_WAIT, SHORT_BODY_BYTES};

/// All settings in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AllSettings {
    /// The revision of each section: how many times it was changed, 0 for the ready-made one.
    #[schema(value_type = BTreeMap<String, u64>)]
    revisions: BTreeMap<SectionName, u64>,
    /// The content of each section.
    settings: Settings,
    /// The position in the log at which this holds.
    position: Position,
}

/// All settings in force, with the revision of each section: now, or at any past time.
#[utoipa::path(
    get, path = "/settings", tag = "settings", operation_id = "read_settings", params(AsOfParams),
    responses(
        (status = 200, body = AllSettings),
        (status = 422, body = Problem, description = "A time that is not in the past of this livechat")
    )
)]
pub async fn read_all(reader: Reader<AsOfParams>) -> Result<Response, Problem> {
    let when = reader.allowed()?;
    let Reader { caller, app, .. } = reader;
    let look = |state: &domain::Livechat| {
        let revisions = SectionName::ALL.iter().map(|name| (*name, state.revision(*name))).collect();
        state.identity().map(|_| (revisions, state.settings().clone()))
    };
    if let Some(until) = when.of(&app, &caller.livechat).await? {
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

/// The section `{section}` of the settings, as it is in force or as it was at a past time.
#[utoipa::path(
    get, path = "/settings/{section}", tag = "settings", operation_id = "read_{section}_settings",
    params(
        AsOfParams, AtLeast,
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of what the reader has already."),
    ),
    responses(
        (status = 200, body = Value, headers(("ETag" = String, description = "The revision, in quotes."))),
        (status = 304, description = "The reader has this revision already"),
        (status = 404, body = Problem, description = "No such livechat, or not yet at that time"),
    )
)]
pub async fn read(
    reader: Reader<AsOfParams>,
    SectionInPath(name): SectionInPath,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let until = reader.allowed()?.of(&reader.app, reader.livechat()).await?;
    reader.reached().await?;
    let Reader { caller, app, .. } = reader;
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
        Some(AsOf::Time(time)) => {
            must_exist(&app, &caller.livechat).await?;
            let then = app.views.settings_at(&caller.livechat, name, time).await?;
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
/// The answer has the new revision in its `ETag`. Where nothing had to change, that is the one in force, which is left
/// out in the rare case that the read models are more than five seconds behind. A field that is left out takes its
/// default.
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
        (status = 409, body = Problem, description = "It lacks what others need, which are named"),
        (status = 412, body = Problem, description = "It was changed meanwhile: the revision in force is named"),
        (status = 422, body = Problem, description = "Every wrong field, with what it allows"),
    )
)]
pub async fn change(
    commander: Commander,
    SectionInPath(name): SectionInPath,
    IfMatch(expected): IfMatch,
    RawJson(content): RawJson,
) -> Result<Response, Problem> {
    let Commander { caller, app, .. } = &commander;
    caller.may_call()?;
    let section = if content.get().len() <= SHORT_BODY_BYTES {
        read_section(name, &content)
    } else {
        app.work(&caller.livechat, move || read_section(name, &content)).await?
    };
    let section = Box::new(section?);
    let action = Action::ChangeSettings { section, expected };
    let receipt = commander.record(action).await?;
    Ok(answered(&commander, name, receipt).await)
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
        (status = 409, body = Problem, description = "It lacks what others need, which are named"),
        (status = 412, body = Problem, description = "It was changed meanwhile: the revision in force is named"),
        (status = 422, body = Problem, description = "Every wrong field, with what it allows"),
    )
)]
pub async fn patch(
    commander: Commander,
    SectionInPath(name): SectionInPath,
    IfMatch(asked): IfMatch,
    Json(patch): Json<serde_json::Value>,
) -> Result<Response, Problem> {
    let Commander { caller, app, .. } = &commander;
    caller.may_call()?;
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
        commander.record(action).await
    });
    let receipt = receipt.await?;
    Ok(answered(&commander, name, receipt).await)
}

/// The answer to a change: up to where the log has to be read, with the revision of the section as `ETag`.
async fn answered(commander: &Commander, name: SectionName, receipt: journal::Receipt) -> Response {
    let revision = match recorded_revision(name, &receipt) {
        Some(revision) => Some(revision),
        None => counted_revision(commander, name, receipt.position).await,
    };
    let done = axum::Json(Receipt::from(receipt));
    revision.map_or_else(|| done.into_response(), |revision| Revision(revision).on(done))
}

/// The revision that a change made, as its event has it: the same when the command is repeated.
fn recorded_revision(name: SectionName, receipt: &journal::Receipt) -> Option<u64> {
    receipt.records.iter().find_map(|record| match &record.event.fact {
        Fact::Livechat(LivechatFact::SettingsChanged { section, revision }) if section.name() == name => {
            *revision
        }
        Fact::Livechat(_) | Fact::Operator { .. } | Fact::Conversation { .. } => None,
    })
}

/// The revision at a position, by the read models: where nothing had to change, and where a command is repeated of a
/// time when events did not carry it. The change is done: an unknown revision is no reason to report a failure.
async fn counted_revision(
    Commander { caller, app, .. }: &Commander,
    name: SectionName,
    position: Position,
) -> Option<u64> {
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
    responses((status = 200, body = Page<Change>))
)]
pub async fn history(
    reader: Reader<HistoryParams>,
    SectionInPath(name): SectionInPath,
) -> Result<axum::Json<Page<Change>>, Problem> {
    let params = reader.allowed()?;
    let Reader { caller, app, .. } = &reader;
    reader.ready().await?;
    let limit = page_limit(params.limit)?;
    let _place = app.questions.take(&caller.livechat).await?;
    let page = app.views.settings_history(&caller.livechat, name, params.cursor, limit).await;
    Ok(axum::Json(page?))
}
