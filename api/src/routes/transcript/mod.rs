//! The transcript of a conversation: to work with, to read, to print.

mod print;
mod reader;

use std::collections::BTreeMap;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use domain::event::{Access, Form};
use domain::settings::DeskOption;
use domain::settings::opening_hours::TimeZone;
use domain::text::{Language, Name};
use domain::{Actor, Rejection};
use journal::{Position, block_in_place};
use projections::participation::Part;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::conversations::readable;
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::as_of::{self, AsOfParams};
use crate::http::freshness::AtLeast;
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::request::ConversationInPath;
use crate::limits::SHORT_LINES;
use crate::live::socket_frames::unknown;
use crate::transcript::redaction::IntroducedOperators;
use crate::transcript::{Format, KnownSurveys, LineRenderer, Paper, TranscriptLine};

use print::print;
use reader::TranscriptReader;

/// The form, from where, in which language.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TranscriptParams {
    /// `json`, lines to work with, by default; `text`; or `html`, a page to print.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    format: Format,
    /// Only lines after this position; for `json`, of which a page has at most 1,000, and fewer where they are long.
    #[serde(default)]
    after: Position,
    /// `fr` or `en`; unless given, the best of `Accept-Language`, and else that of the livechat.
    #[param(value_type = Option<String>)]
    lang: Option<Language>,
}

/// What was said and done in a conversation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Transcript {
    /// Which one.
    conversation: Uuid,
    /// The time zone of the livechat, which local times are in.
    #[schema(value_type = String, example = "Europe/Paris")]
    time_zone: TimeZone,
    /// The language of the words.
    #[schema(value_type = String, example = "fr")]
    language: Language,
    /// The lines, in order.
    lines: Vec<TranscriptLine>,
    /// The position after which to ask for more; absent at the end.
    next: Option<Position>,
}

/// What was said and done in a conversation: as lines, at most 1,000 at once, or a few MiB; whole, as plain text; or whole, as
/// a page to print. All in the language of the reader and the time zone of the livechat.
///
/// Supervisors and administrators read any, analysts those that have ended, operators those they are in charge of, and
/// of others the segments that they took part in, with internal messages; visitors their own, without internal messages
/// and anything else that only the staff knows. Supervisors and administrators may request it as it was at any past
/// time, in the wording of today. Operators print while `desk.print` is on. A read by the staff is recorded before it
/// is answered; a page of lines is a read, unless it is empty.
#[utoipa::path(
    get, path = "/conversations/{conversation}/transcript", tag = "conversations", params(TranscriptParams, AsOfParams, AtLeast),
    responses(
        (status = 200, content(
            (Transcript = "application/json"),
            (String = "text/plain", example = "12:00:00  Alice: Hello"),
            (String = "text/html", example = "<!doctype html>…"),
        )),
        (status = 403, body = Problem, description = "Not for you; or `option_off`, printing is switched off"),
        (status = 404, body = Problem)
    )
)]
pub async fn transcript(
    caller: Caller,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    ReaderLanguage(accepted): ReaderLanguage,
    which: Result<Query<TranscriptParams>, QueryRejection>,
    when: Result<Query<AsOfParams>, QueryRejection>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
) -> Result<Response, Problem> {
    let (Query(which), Query(when)) = (which?, when?);
    if when.is_past() {
        caller.must_be(&[Role::Supervisor, Role::Administrator])?;
    }
    at_least?.0.reached(&app, &caller.livechat).await?;
    let paper = match which.format {
        Format::Json => None,
        Format::Text => Some(Paper::Text),
        Format::Html => Some(Paper::Html),
    };
    let place = Context::of(&app, &caller, paper.is_some()).await?;
    let (conversation, part, until) = match when.of(&app, &caller.livechat).await? {
        None => {
            let (conversation, part) = readable(&app, &caller, id).await?;
            (conversation, part, Position::MAX)
        }
        Some(until) => {
            let found = replay::conversation_at(app.journal.store(), &caller.livechat, id, until).await;
            let then = found.map_err(as_of::unreadable)?.ok_or_else(|| unknown(id))?;
            let last = u64::try_from(then.position).unwrap_or_default();
            AtLeast::position(last).reached(&app, &caller.livechat).await?;
            (then, Part::whole(), last)
        }
    };
    let renderer = LineRenderer {
        language: which.lang.or(accepted).unwrap_or(place.language),
        zone: place.zone,
        visitor: conversation.visitor_name.clone(),
        to_staff: caller.role != Role::Visitor,
        operators: BTreeMap::new(),
        skills: BTreeMap::new(),
        introduced: BTreeMap::new(),
        surveys: KnownSurveys::default(),
    };
    let mut reader = TranscriptReader {
        app,
        caller,
        id,
        part,
        until,
        renderer,
        introduced: IntroducedOperators::default(),
    };
    let Some(paper) = paper else {
        reader.meet(which.after).await?;
        return lines(reader, which.after).await;
    };
    let form = if paper == Paper::Html { Form::Html } else { Form::Text };
    let access = Access::Transcript { conversation: id, form };
    reader.app.record_access(&reader.caller, access).await?;
    print(reader, paper, &place.name, conversation).await
}

/// What a transcript needs from the livechat.
struct Context {
    name: Name,
    language: Language,
    zone: TimeZone,
}

impl Context {
    /// The livechat, if the caller may read there, or print, at all.
    async fn of(app: &App, caller: &Caller, prints: bool) -> Result<Self, Problem> {
        let by: Actor = caller.actor()?;
        let seen = app.journal.snapshot(&caller.livechat, |state| {
            let identity = state.identity().ok_or(Rejection::UnknownLivechat)?;
            if prints {
                state.settings().desk.allow(DeskOption::Print, &by)?;
            }
            let zone = state.settings().opening_hours.time_zone.clone();
            Ok::<_, Rejection>(Self { name: identity.name.clone(), language: identity.language, zone })
        });
        Ok(seen.await?.1?)
    }
}

/// A page of lines to work with.
async fn lines(mut reader: TranscriptReader, after: Position) -> Result<Response, Problem> {
    let page = reader.page(after).await?;
    let is_short = page.items.len() <= SHORT_LINES;
    if !page.items.is_empty() {
        let access = Access::Transcript { conversation: reader.id, form: Form::Json };
        reader.app.record_access(&reader.caller, access).await?;
    }
    let (renderer, conversation) = (reader.renderer, reader.id.0);
    let lines = move || {
        let lines = page.items.into_iter().map(|line| TranscriptLine::of(&renderer, line)).collect();
        let (time_zone, language) = (renderer.zone.clone(), renderer.language);
        axum::Json(Transcript { conversation, time_zone, language, lines, next: page.next }).into_response()
    };
    Ok(if is_short { lines() } else { block_in_place(lines) })
}
