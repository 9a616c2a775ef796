//! The whole floor, played back: the board as it was, then what changed, as the live feed of the floor sends it.

use std::collections::VecDeque;
use std::time::Duration;

use axum::response::Response;
use domain::Timestamp;
use domain::text::Language;
use futures::{Stream, StreamExt, stream};
use journal::{Position, Record, block_in_place};
use projections::{Changes, FloorView, HelpCall, LiveFloor, Named};
use replay::playback::{Records, floor};
use replay::{AsOf, Error, Extent, StateAt};
use serde::Serialize;
use tokio::time;
use utoipa::ToSchema;

use super::PlaybackEnd;
use super::clock::Clock;
use super::event_summary::EventSummary;
use super::params::{PlaybackParams, PlaybackQuery};
use crate::fair_share::Permit;
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::live::cursor::Cursor;
use crate::live::feed_end::Reason;
use crate::live::frame::Frame;
use crate::live::transport::{After, Resume, Transport};

/// What happens within this time is sent together: a page draws no faster, and at 1,000 times the real speed a busy
/// floor would be ten thousand frames a second.
const TOGETHER: Duration = Duration::from_millis(50);

/// Events that are sent together, at most.
const EVENTS_TOGETHER_MAX: u64 = 1_000;

/// Events that a frame summarises, the last ones: as many as a page shows.
const HAPPENED_MAX: usize = 20;

/// The floor as it was where the playback begins.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PastFloor {
    /// The past time.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The operators who were there, what each was doing, the conversations that were live, and the visitors who
    /// waited.
    #[serde(flatten)]
    board: FloorView,
    /// The calls for help that were not settled, oldest first.
    help: Vec<HelpCall>,
}

/// What changed on the floor within a twentieth of a second of the playback.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FloorChange {
    /// The past time: that of the last event that is in it.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The rows that changed.
    #[serde(flatten)]
    changes: Changes,
    /// How many events are in it.
    events: u64,
    /// The last of them, at most 20, oldest first.
    happened: Vec<EventSummary>,
}

/// Plays the floor back, as server-sent events, or over a WebSocket where one is asked for.
///
/// Frames `snapshot` (the board as it was at `from`), `change` (rows that changed, with what happened) at the
/// intervals in which that happened, or faster, and at last `end`, with the position reached. Each has its position
/// as its id and has the past time that is played. The server remembers nothing: to pause, close the feed; to go on, to
/// jump, or to change the speed, open another with `from`; for a step, with `steps=1`. Opened with `Last-Event-ID`
/// or `after`, it goes on from just after that position, without a snapshot.
#[utoipa::path(
    get, path = "/floor/replay", tag = "replay", operation_id = "replay_floor", params(PlaybackQuery, Resume),
    responses(
        (status = 200, content_type = "text/event-stream", body = PastFloor,
            description = "Events `snapshot`, `change`, `end`; over a WebSocket the same as frames"),
        (status = 422, body = Problem, description = "A time that is not in the past of this livechat"),
        (status = 429, body = Problem, description = "`too_many_playbacks`: this livechat has its share"),
        (status = 503, body = Problem, description = "`too_many_playbacks`: all are taken by others")
    )
)]
pub async fn play(
    reader: Reader<PlaybackQuery>,
    after: After,
    accepted: ReaderLanguage,
    transport: Transport,
) -> Result<Response, Problem> {
    reader.caller.may_call()?;
    if let Some(head) = transport.head() {
        return Ok(head);
    }
    let after = after.start(&reader.app, reader.livechat()).await?.position();
    let asked = reader.parameters()?.of(&reader.app, reader.livechat()).await?;
    let Reader { caller, app, .. } = reader;
    let place = app.playbacks.take(&caller.livechat).await?;
    let beginning = asked.from.unwrap_or(AsOf::Position(1));
    let past = app.state_at(&caller.livechat, after.map_or(beginning, AsOf::Position)).await?;
    let records = floor(app.journal.store(), &caller.livechat, past.position, asked.last());
    let reached = Cursor::at(&app.journal, &caller.livechat, past.floor.position()).await?;
    let start = Beginning { reached, language: accepted.or_livechats(&app.journal, &caller.livechat).await? };
    let playing = Playing::new(&past, start, &asked, after.is_some(), records, place);
    Ok(transport.tell(app, caller, "replay", playing.frames()))
}

/// Where a playback begins, and in which language skills are named.
struct Beginning {
    reached: Cursor,
    language: Language,
}

struct Playing {
    clock: Clock,
    board: LiveFloor,
    records: Records,
    /// The next record, if it was already read.
    next: Option<Record>,
    to: Extent,
    steps: Option<usize>,
    /// What comes before everything else.
    first: Option<Frame>,
    /// Up to where it is played.
    reached: Cursor,
    language: Language,
    /// Up to where it was sent.
    sent: Position,
    /// Since when there is something to send.
    unsent_since: Option<time::Instant>,
    events: u64,
    happened: VecDeque<EventSummary>,
    is_over: bool,
    // Held for its `Drop`.
    _place: Permit,
}

impl Playing {
    fn new(
        past: &StateAt,
        Beginning { reached, language }: Beginning,
        asked: &PlaybackParams,
        is_resumed: bool,
        records: Records,
        place: Permit,
    ) -> Self {
        let livechat = past.floor.livechat().clone();
        let last = past.livechat.clock();
        let at = if is_resumed { last } else { asked.begins_at(last) };
        let board = past.floor.view();
        let snapshot = board.clone().filter(|_| !is_resumed).map(|board| {
            let help = past.floor.help();
            block_in_place(|| {
                let board = board.named(language);
                Frame::new("snapshot", Some(reached), &PastFloor { at, board, help })
            })
        });
        let board = match board {
            Some(board) => LiveFloor::seeded(livechat, board, past.floor.notes().clone()),
            None => LiveFloor::empty(livechat),
        };
        Self {
            clock: Clock::at(at, asked.steps.is_none().then_some(asked.tempo)),
            reached,
            language,
            sent: board.position(),
            board,
            records,
            next: None,
            to: asked.extent,
            steps: asked.steps,
            first: snapshot,
            unsent_since: None,
            events: 0,
            happened: VecDeque::new(),
            is_over: false,
            _place: place,
        }
    }

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
            let Some(record) = self.upcoming().await? else {
                let unsent = self.unsent_since.take().and_then(|_| self.change());
                return Ok(Some(unsent.unwrap_or_else(|| self.end(Reason::Over))));
            };
            let due = self.clock.due(record.event.at);
            let is_full = self.events >= EVENTS_TOGETHER_MAX;
            if self.unsent_since.is_some_and(|since| is_full || due >= since + TOGETHER) {
                self.next = Some(record);
                self.unsent_since = None;
                if let Some(change) = self.change() {
                    return Ok(Some(change));
                }
                continue;
            }
            time::sleep_until(due).await;
            self.apply(&record, due);
            if let Some(steps) = &mut self.steps {
                *steps -= 1;
                self.unsent_since = None;
                if let Some(change) = self.change() {
                    return Ok(Some(change));
                }
            }
        }
    }

    /// The record that comes next, if it is to be played.
    async fn upcoming(&mut self) -> Result<Option<Record>, Error> {
        let record = match self.next.take() {
            Some(record) => Some(record),
            None => self.records.next().await.transpose()?,
        };
        let record = record.filter(|record| self.to.includes(record));
        if record.is_none() {
            self.records = stream::empty().boxed();
        }
        Ok(record)
    }

    fn apply(&mut self, record: &Record, due: time::Instant) {
        self.board.apply(record);
        self.reached = Cursor::from(record);
        self.clock.go_on(record.event.at, due);
        self.unsent_since.get_or_insert(due);
        self.events += 1;
        if self.happened.len() == HAPPENED_MAX {
            self.happened.pop_front();
        }
        self.happened.push_back(record.into());
    }

    /// The frame to send; the whole, if the difference is not known.
    fn change(&mut self) -> Option<Frame> {
        let (at, position) = (self.clock.past(), self.board.position());
        let (events, happened) =
            (std::mem::take(&mut self.events), std::mem::take(&mut self.happened).into());
        let sent = std::mem::replace(&mut self.sent, position);
        if let Some(mut changes) = self.board.changes_after(sent) {
            changes.name_skills(&self.board.skill_names(self.language));
            return Some(Frame::new(
                "change",
                Some(self.reached),
                &FloorChange { at, changes, events, happened },
            ));
        }
        let then = PastFloor { at, board: self.board.view()?.named(self.language), help: self.board.help() };
        Some(Frame::new("snapshot", Some(self.reached), &then))
    }

    fn end(&mut self, reason: Reason) -> Frame {
        self.is_over = true;
        PlaybackEnd::frame(reason, self.reached, self.clock.past())
    }
}
