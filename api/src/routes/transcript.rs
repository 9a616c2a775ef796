//! The transcript of a conversation: to work with, to read, to print.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, FixedOffset};
use domain::event::{Access, Form};
use domain::settings::hours::TimeZone;
use domain::settings::{DeskOption, Settings};
use domain::text::{Language, Name};
use domain::{Actor, ConversationId, OperatorId, Rejection};
use futures::{StreamExt, stream};
use journal::{Position, block_in_place};
use projections::Page;
use projections::conversations::Conversation;
use projections::operator_names::OperatorName;
use projections::participation::Part;
use projections::transcript::Line;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::conversations::readable;
use crate::app::App;
use crate::as_of::{self, AsOfParams};
use crate::auth::{Caller, Role};
use crate::freshness::AtLeast;
use crate::language::ReaderLanguage;
use crate::limits::SHORT_LINES;
use crate::problem::Problem;
use crate::request::ConversationInPath;
use crate::transcript::redaction::IntroducedOperators;
use crate::transcript::{Answered, Format, Head, LineRenderer, Paper, Side, Typesetter, entry, redaction};

/// As what, from where, in which language.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TranscriptParams {
    /// `json`, lines to work with, unless told; `text`; or `html`, a page to print.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    format: Format,
    /// Only lines after this position; for `json`, of which a page has at most 1,000, and fewer where they are long.
    #[serde(default)]
    after: Position,
    /// `fr` or `en`; the best of `Accept-Language` unless told, and else that of the livechat.
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

/// One line, as it is stored and as it reads.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TranscriptLine {
    #[serde(flatten)]
    line: Line,
    /// When, by the clocks of the livechat, with the offset from UTC.
    #[schema(value_type = String, example = "2027-01-15T13:00:00.000+01:00")]
    local_time: String,
    /// Who said it, or who did it where `words` leave that open; absent when the rules decided it.
    by: Option<String>,
    /// What happened, in words; absent where somebody said something, which is `text`.
    words: Option<String>,
    /// What the staff is told of how it came to be said: by whom really, from which article.
    aside: Option<String>,
    /// The questions of a survey that was answered, in its order, with their answers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    answers: Vec<Answered>,
}

impl TranscriptLine {
    /// A line, as it is told.
    pub(crate) fn of(renderer: &LineRenderer, line: Line) -> Self {
        let told = renderer.entry(&line);
        let words = (told.side == Side::Event).then_some(told.text);
        let (local_time, by) = (with_offset(told.at), told.author);
        Self { line, local_time, by, words, aside: told.aside, answers: told.answers }
    }
}

/// What was said and done in a conversation: as lines, at most 1,000 at once, or a few MiB; whole, as plain text; or whole, as
/// a page to print. All in the language of the reader and the time zone of the livechat.
///
/// Supervisors and administrators read any, analysts those that are over, operators those they are in charge of,
/// and of others the segments that they took part in, with internal messages; visitors their own, without them, and
/// without anything else that only the staff knows. Supervisors and administrators may ask for it as it was at any
/// moment of the past, in the words of today. Operators print while `desk.print` is on. A read by the staff is
/// recorded before it is answered; a page of lines is a read, unless it is empty.
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
            let then =
                found.map_err(as_of::unreadable)?.ok_or_else(|| crate::live::socket_frames::unknown(id))?;
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
        surveys: crate::transcript::KnownSurveys::default(),
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
        return reader.lines(which.after).await;
    };
    let form = if paper == Paper::Html { Form::Html } else { Form::Text };
    let access = Access::Transcript { conversation: id, form };
    reader.app.record_access(&reader.caller, access).await?;
    reader.print(paper, &place.name, conversation).await
}

/// What a transcript needs to know of the livechat.
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

/// Somebody who reads a conversation.
#[derive(Clone)]
struct TranscriptReader {
    app: App,
    caller: Caller,
    id: ConversationId,
    /// What the caller may read of it.
    part: Part,
    /// The last position that is told.
    until: Position,
    renderer: LineRenderer,
    introduced: IntroducedOperators,
}

impl TranscriptReader {
    /// Who was introduced to a visitor before the lines that are asked for.
    async fn meet(&mut self, after: Position) -> Result<(), Problem> {
        if self.caller.role != Role::Visitor {
            return Ok(());
        }
        let mut next = (after > 0).then_some(0);
        while let Some(from) = next {
            let until = self.until;
            self.until = after.min(until);
            let page = self.page(from).await;
            self.until = until;
            next = page?.next.filter(|next| *next < after);
        }
        Ok(())
    }

    /// A page of lines to work with.
    async fn lines(&mut self, after: Position) -> Result<Response, Problem> {
        let page = self.page(after).await?;
        let is_short = page.items.len() <= SHORT_LINES;
        if !page.items.is_empty() {
            let access = Access::Transcript { conversation: self.id, form: Form::Json };
            self.app.record_access(&self.caller, access).await?;
        }
        let (renderer, conversation) = (self.renderer.clone(), self.id.0);
        let told = move || {
            let lines = page.items.into_iter().map(|line| TranscriptLine::of(&renderer, line)).collect();
            let (time_zone, language) = (renderer.zone.clone(), renderer.language);
            axum::Json(Transcript { conversation, time_zone, language, lines, next: page.next })
                .into_response()
        };
        Ok(if is_short { told() } else { block_in_place(told) })
    }

    /// The whole of it, page by page. What goes wrong before the first is told; after it the answer is cut off.
    async fn print(
        mut self,
        paper: Paper,
        livechat: &Name,
        conversation: Conversation,
    ) -> Result<Response, Problem> {
        let mut typesetter = Typesetter::new(paper, self.renderer.language);
        let first = self.page(0).await?;
        let head = typesetter.head(&Head::of(livechat, &conversation, &first.items, &self.renderer));
        let beginning = head + &self.set(&mut typesetter, &first.items);
        let rest = stream::try_unfold(
            (self, typesetter, first.next, false),
            |(mut reader, mut typesetter, next, over)| async move {
                if over {
                    return Ok::<_, Cut>(None);
                }
                let Some(after) = next else {
                    let foot = typesetter.foot();
                    return Ok(Some((foot, (reader, typesetter, None, true))));
                };
                let page = reader.page(after).await.map_err(|problem| Cut(problem.detail.to_string()))?;
                let set = reader.set(&mut typesetter, &page.items);
                Ok(Some((set, (reader, typesetter, page.next, false))))
            },
        );
        let body = stream::iter([Ok(beginning)]).chain(rest);
        let headers = [
            (header::CONTENT_TYPE, paper.media_type()),
            // It loads nothing and runs nothing.
            (
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                 frame-ancestors 'none'; sandbox allow-modals",
            ),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CACHE_CONTROL, "no-store"),
            (header::VARY, "Accept-Language"),
        ];
        Ok((headers, Body::from_stream(body)).into_response())
    }

    fn set(&self, typesetter: &mut Typesetter, lines: &[Line]) -> String {
        let mut set = || {
            let entries: Vec<_> = lines.iter().flat_map(|line| self.renderer.entries(line)).collect();
            typesetter.entries(&entries)
        };
        if lines.len() <= SHORT_LINES { set() } else { block_in_place(set) }
    }

    /// Who was heard in which line, as the visitor was told.
    async fn heard(&self) -> Result<BTreeMap<i64, String>, Problem> {
        let mut names: BTreeMap<&str, Vec<OperatorName>> = BTreeMap::new();
        let mut heard = BTreeMap::new();
        for (at, id) in &self.introduced.speakers {
            if !names.contains_key(id.as_str()) {
                let found = self.app.views.operator_names(&self.caller.livechat, id).await;
                names.insert(id, found?);
            }
            let then = names.get(id.as_str()).and_then(|names| OperatorName::at(names, *at));
            heard.extend(then.map(|name| (*at, name.to_owned())));
        }
        Ok(heard)
    }

    /// The lines after a position, as the reader may know them, and what it takes to tell them.
    async fn page(&mut self, after: Position) -> Result<Page<Line>, Problem> {
        let livechat = &self.caller.livechat;
        let Some(after) = self.part.skip_to(i64::try_from(after).unwrap_or(i64::MAX)) else {
            return Ok(Page { items: vec![], next: None });
        };
        let after = after.unsigned_abs();
        let mut page = self.app.views.transcript(livechat, self.id, after).await?;
        page.items.retain(|line| self.part.contains(line.position));
        let is_told = |line: &Line| u64::try_from(line.position).is_ok_and(|position| position <= self.until);
        if page.items.last().is_some_and(|last| !is_told(last)) {
            page.items.retain(is_told);
            page.next = None;
        }
        let named = entry::operators(&page.items);
        let role = self.caller.role;
        let introduced = &mut self.introduced;
        let language = self.renderer.language;
        let skills = |settings: &Settings| settings.skills.names(language);
        let known = self.app.journal.peek(livechat, |state| {
            let settings: &Settings = state.settings();
            redaction::redact(role, settings, &mut page.items, introduced);
            let name = |id: &str| {
                let operator = state.operator(&OperatorId::parse(id).ok()?)?;
                Some(operator.profile.name.to_string())
            };
            let named = named.iter().filter(|_| role != Role::Visitor);
            (named.filter_map(|id| Some((id.clone(), name(id)?))).collect(), skills(settings))
        });
        let (operators, skills): (Vec<_>, _) = known.await?;
        self.renderer.operators.extend(operators);
        self.renderer.skills = skills;
        // A visitor is told what the operators were called then.
        if role == Role::Visitor {
            self.renderer.introduced = self.heard().await?;
        }
        // Who was removed is in the tables only.
        for id in named.iter().filter(|_| role != Role::Visitor) {
            if !self.renderer.operators.contains_key(id)
                && let Some(name) = self.app.views.operator_name(livechat, id).await?
            {
                self.renderer.operators.insert(id.clone(), name);
            }
        }
        self.renderer.surveys.add(&self.app.views, livechat, &page.items).await?;
        Ok(page)
    }
}

/// Why a transcript ends before its end; logged where it was noticed.
#[derive(Debug, thiserror::Error)]
#[error("the transcript is cut off: {0}")]
struct Cut(String);

fn with_offset(at: DateTime<FixedOffset>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, false)
}
