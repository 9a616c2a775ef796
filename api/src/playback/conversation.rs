//! A conversation, played back: what had been said by then, then line by line, in the words of its transcript.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use domain::event::{Access, Flow, Form};
use domain::settings::opening_hours::TimeZone;
use domain::text::Language;
use domain::{ConversationId, Rejection, Timestamp};
use futures::{Stream, StreamExt, stream};
use journal::{Position, Record, block_in_place};
use projections::transcript::{Line, LineRow};
use replay::playback::{Records, conversation};
use replay::{AsOf, Error, Extent};
use serde::{Deserialize, Serialize};
use tokio::time;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::PlaybackEnd;
use super::clock::Clock;
use super::params::PlaybackQuery;
use crate::auth::Caller;
use crate::fair_share::Permit;
use crate::http::as_of;
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::http::request::ConversationInPath;
use crate::limits::SHORT_LINES;
use crate::live::cursor::Cursor;
use crate::live::feed_end::Reason;
use crate::live::frame::Frame;
use crate::live::newest::Newest;
use crate::live::transport::{After, Resume, Transport};

use crate::app::App;
use crate::transcript::{KnownSurveys, LineRenderer, ShownLine, TranscriptLine};

/// Lines in the first frame, the last ones: a page of a transcript.
const LINES_MAX: usize = 1_000;
/// Bytes of their texts together.
const LINES_BYTES_MAX: usize = 1024 * 1024;

/// In which language.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Words {
    /// `fr` or `en`; the best of `Accept-Language` by default, and else that of the livechat.
    #[param(value_type = Option<String>)]
    lang: Option<Language>,
}

/// What had been said and done where the playback begins.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PastConversation {
    /// Its position: that of the last line, or where it begins.
    position: Position,
    /// The past time.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Which conversation.
    conversation: Uuid,
    /// The time zone of the livechat, which local times are in.
    #[schema(value_type = String, example = "Europe/Paris")]
    time_zone: TimeZone,
    /// The language of the words.
    #[schema(value_type = String, example = "fr")]
    language: Language,
    /// How many lines before these are left out.
    earlier: u32,
    /// The last lines so far, at most 1,000, or fewer where they are long, in order.
    lines: Vec<TranscriptLine>,
}

/// Plays a conversation back, as server-sent events, or over a WebSocket where one is asked for.
///
/// Frames `snapshot` (the lines so far, where `from` is), `line` at the intervals in which they came to be, or
/// faster, and at last `end`, with the position reached. Each has its position as its id. The server remembers
/// nothing: to pause, close the feed; to go on, to jump, or to change the speed, open another with `from`; for a
/// step, with `steps=1`. Opened with `Last-Event-ID` or `after`, it goes on from just after that position, without
/// a snapshot. That it is read is recorded each time it is opened.
#[utoipa::path(
    get, path = "/conversations/{conversation}/replay", tag = "replay", operation_id = "replay_conversation",
    params(PlaybackQuery, Words, Resume),
    responses(
        (status = 200, content_type = "text/event-stream", body = PastConversation,
            description = "Events `snapshot`, `line`, `end`; over a WebSocket the same as frames"),
        (status = 404, body = Problem, description = "`unknown_conversation`"),
        (status = 422, body = Problem, description = "A time that is not in the past of this livechat"),
        (status = 429, body = Problem, description = "`too_many_playbacks`: this livechat has its share"),
        (status = 503, body = Problem, description = "`too_many_playbacks`: all are taken by others")
    )
)]
pub async fn play(
    reader: Reader<PlaybackQuery>,
    ConversationInPath(id): ConversationInPath,
    after: After,
    ReaderLanguage(accepted): ReaderLanguage,
    words: Result<Query<Words>, QueryRejection>,
    transport: Transport,
) -> Result<Response, Problem> {
    let asked = reader.allowed()?.of(&reader.app, reader.livechat()).await?;
    let Reader { caller, app, .. } = reader;
    let language = words?.0.lang.or(accepted);
    let first = app
        .journal
        .beginning(&caller.livechat, id)
        .await?
        .ok_or_else(|| Problem::unknown_conversation(id))?;
    if let Some(head) = transport.head() {
        return Ok(head);
    }
    let after = after.start(&app, &caller.livechat).await?.position();
    let place = app.playbacks.take(&caller.livechat).await?;
    let access = Access::Transcript { conversation: id, form: Form::Live };
    app.record_access(&caller, access).await?;

    let beginning = asked.from.unwrap_or(AsOf::Position(first.position - 1));
    let start = after.map_or(beginning, AsOf::Position);
    let so_far = SoFar::read(&app, &caller, id, start, asked.head).await.map_err(as_of::unreadable)?;
    // No pause before the conversation begins.
    let last = so_far.at.unwrap_or(first.event.at);
    let at = if after.is_some() { last } else { asked.begins_at(last) };
    let position = so_far.position.unwrap_or(first.position - 1);
    let reached = Cursor::at(&app.journal, &caller.livechat, position).await?;
    let renderer = renderer(&app, &caller, language, &first).await?;
    let records = conversation(app.journal.store(), &caller.livechat, id, position, asked.last());
    let mut playing = Playing {
        clock: Clock::at(at, asked.steps.is_none().then_some(asked.tempo)),
        app: app.clone(),
        caller: caller.clone(),
        renderer,
        records,
        to: asked.extent,
        steps: asked.steps,
        first: None,
        reached,
        is_over: false,
        _place: place,
    };
    if after.is_none() {
        playing.first = Some(playing.snapshot(id, so_far).await);
    }
    Ok(transport.tell(app, caller, "replay", playing.frames()))
}

/// The context needed to show lines to a supervisor, in the wording of today.
async fn renderer(
    app: &App,
    caller: &Caller,
    language: Option<Language>,
    first: &Record,
) -> Result<LineRenderer, Problem> {
    let visitor = match &first.event.fact {
        domain::Fact::Conversation {
            fact: domain::ConversationFact::Flow(Flow::Requested(request)), ..
        } => request.visitor.name.as_ref().map(|name| name.reveal().to_string()),
        domain::Fact::Conversation { .. } | domain::Fact::Operator { .. } | domain::Fact::Livechat(_) => None,
    };
    let look = |state: &domain::Livechat| {
        let name = |(id, operator): (&domain::OperatorId, &domain::state::Operator)| {
            (id.to_string(), operator.profile.name.to_string())
        };
        let zone = state.settings().opening_hours.time_zone.clone();
        let operators = state.operators().iter().map(name).collect();
        let skills = state.settings().skills.clone();
        state.identity().map(|identity| (identity.language, zone, operators, skills))
    };
    let (own, zone, operators, skills) =
        app.journal.peek(&caller.livechat, look).await?.ok_or(Rejection::UnknownLivechat)?;
    let language = language.unwrap_or(own);
    let (skills, introduced) = (skills.names(language), BTreeMap::new());
    let surveys = KnownSurveys::default();
    Ok(LineRenderer { language, zone, visitor, to_staff: true, operators, skills, introduced, surveys })
}

/// The lines before the playback begins.
struct SoFar {
    position: Option<Position>,
    at: Option<Timestamp>,
    lines: Newest<ShownLine>,
}

impl SoFar {
    async fn read(
        app: &App,
        caller: &Caller,
        id: ConversationId,
        until: AsOf,
        head: Position,
    ) -> Result<Self, Error> {
        let mut records = conversation(app.journal.store(), &caller.livechat, id, 0, head);
        let extent = until.extent(app.journal.store(), &caller.livechat, head).await?;
        let mut so_far = Self { position: None, at: None, lines: Newest::up_to(LINES_MAX, LINES_BYTES_MAX) };
        while let Some(record) = records.next().await.transpose()? {
            if !extent.includes(&record) {
                break;
            }
            (so_far.position, so_far.at) = (Some(record.position), Some(record.event.at));
            if let Some(line) = Line::of(&record) {
                let bytes = LineRow::from(line.clone()).bytes();
                so_far.lines.push(ShownLine::whole(line), bytes);
            }
        }
        Ok(so_far)
    }
}

struct Playing {
    app: App,
    caller: Caller,
    clock: Clock,
    renderer: LineRenderer,
    records: Records,
    to: Extent,
    steps: Option<usize>,
    /// What comes before everything else.
    first: Option<Frame>,
    /// Up to where it was sent.
    reached: Cursor,
    is_over: bool,
    // Held for its `Drop`.
    _place: Permit,
}

impl Playing {
    fn frames(self) -> impl Stream<Item = Result<Frame, Error>> + Send {
        stream::try_unfold(self, |mut playing| async move {
            let frame = playing.frame().await?;
            Ok(frame.map(|frame| (frame, playing)))
        })
    }

    async fn frame(&mut self) -> Result<Option<Frame>, Error> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        if self.is_over {
            return Ok(None);
        }
        loop {
            if self.steps == Some(0) {
                return Ok(Some(self.end(Reason::Stepped)));
            }
            let record = self.records.next().await.transpose()?;
            let Some(record) = record.filter(|record| self.to.includes(record)) else {
                return Ok(Some(self.end(Reason::Over)));
            };
            self.reached = Cursor::from(&record);
            let Some(line) = Line::of(&record) else { continue };
            let due = self.clock.due(record.event.at);
            time::sleep_until(due).await;
            self.clock.go_on(record.event.at, due);
            self.steps = self.steps.map(|steps| steps - 1);
            let line = self.rendered(vec![ShownLine::whole(line)]).await.pop();
            if let Some(line) = line {
                return Ok(Some(Frame::new("line", Some(&record), &line)));
            }
        }
    }

    async fn snapshot(&mut self, id: ConversationId, so_far: SoFar) -> Frame {
        let earlier = so_far.lines.earlier();
        let lines = self.rendered(so_far.lines.into_kept()).await;
        let (time_zone, language) = (self.renderer.zone.clone(), self.renderer.language);
        let (position, at) = (self.reached.position, self.clock.past());
        let then = PastConversation { position, at, conversation: id.0, time_zone, language, earlier, lines };
        Frame::new("snapshot", Some(self.reached), &then)
    }

    /// Lines with their wording. A survey is shown without its questions if they cannot be found.
    async fn rendered(&mut self, lines: Vec<ShownLine>) -> Vec<TranscriptLine> {
        let lines_are_many = lines.len() > SHORT_LINES;
        let found = self.renderer.surveys.add(&self.app.views, &self.caller.livechat, &lines).await;
        if let Err(error) = found {
            tracing::warn!(%error, "the questions of a survey cannot be read");
        }
        let all = || lines.into_iter().map(|line| TranscriptLine::of(&self.renderer, line)).collect();
        // A thousand lines take some ten milliseconds.
        if lines_are_many { block_in_place(all) } else { all() }
    }

    fn end(&mut self, reason: Reason) -> Frame {
        self.is_over = true;
        PlaybackEnd::frame(reason, self.reached, self.clock.past())
    }
}
