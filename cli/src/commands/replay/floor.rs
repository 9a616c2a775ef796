//! `pupitre replay floor`: the floor again, as it was.

use std::collections::{HashMap, VecDeque};
use std::process::ExitCode;
use std::sync::Arc;

use ::replay::playback::{self, Records};
use ::replay::{AsOf, Extent, StateAt};
use chrono::TimeDelta;
use domain::settings::opening_hours::TimeZone;
use domain::text::{isolated, one_line};
use domain::{ConversationFact, Exchange, Fact, Flow, LivechatId, Timestamp};
use futures::StreamExt;
use journal::{Position, Record, Store};
use projections::RequestedBy;

use super::conversation::printable;
use super::log_args;
use super::player::{KEYS, Play, Player, Turn};
use crate::commands::database::Database;
use crate::commands::failure::Failure;
use crate::commands::output::say;
use crate::terminal::screen::Screen;
use crate::terminal::{drawing, floor, size};

/// How far → and ← lead while it plays.
const LEAP: TimeDelta = TimeDelta::seconds(30);

/// Events that stay on the screen.
const HAPPENED_MAX: usize = 8;

/// Names of visitors that are kept before those are forgotten whose conversations are over.
const NAMES_MAX: usize = 10_000;

/// How often the screen is drawn at most.
const REDRAW: std::time::Duration = std::time::Duration::from_millis(100);

/// Options of `floor`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    log: Database,
    /// The livechat; may be left out if there is only one.
    #[arg(long)]
    livechat: Option<String>,
    /// Start at a position of the log, or at a time such as 2026-01-31T09:00:00Z; from the beginning, when left
    /// out.
    #[arg(long, value_parser = log_args::until)]
    from: Option<AsOf>,
    /// End there, in the same forms; by default at the end of the log.
    #[arg(long, value_parser = log_args::until)]
    to: Option<AsOf>,
    #[command(flatten)]
    play: Play,
}

/// Plays it.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    let store = log_args::open(&options.log).await?;
    let played = play(&store, &options).await;
    store.close().await;
    played.map(|()| ExitCode::SUCCESS)
}

async fn play(store: &Arc<dyn Store>, options: &Options) -> Result<(), Failure> {
    let livechat = log_args::livechat(&**store, options.livechat.as_deref()).await?;
    let head = store.read().head(&livechat).await?.map_or(0, |head| head.position);
    let to = options.to.unwrap_or(AsOf::Position(head));
    let from = options.from.unwrap_or(AsOf::Position(1));
    let to = to.extent(store, &livechat, head).await?;
    let mut stage = Stage::at(store, &livechat, from, (to, head)).await?;
    let begun = match from {
        AsOf::Time(time) => time.max(stage.past.livechat.clock()),
        AsOf::Position(_) => stage.past.livechat.clock(),
    };
    let mut player = Player::begin(options.play, begun)?;
    let mut display = Display::open(player.has_keys())?;
    loop {
        let next = stage.next().await?.map(|record| record.event.at);
        if next.is_none() && !player.has_keys() {
            return Ok(());
        }
        display.draw(&stage, &player, next)?;
        let leap = match player.turn(next).await {
            Turn::Next => {
                if let Some(happened) = stage.apply()? {
                    display.print(&happened)?;
                }
                continue;
            }
            Turn::Redraw => continue,
            Turn::Quit => return Ok(()),
            Turn::Back if player.is_paused() => AsOf::Position(stage.past.position.saturating_sub(1).max(1)),
            Turn::Back => AsOf::Time(player.now(next) - LEAP),
            Turn::Forward => AsOf::Time(player.now(next) + LEAP),
        };
        stage = Stage::at(store, &livechat, leap, (to, head)).await?;
        let now = match leap {
            AsOf::Time(time) if stage.past.position < head => time,
            AsOf::Time(_) | AsOf::Position(_) => stage.past.livechat.clock(),
        };
        player.jump(now);
        display.drawn_at = None;
    }
}

/// The floor as it is played.
struct Stage {
    past: StateAt,
    records: Records,
    upcoming: Option<Record>,
    to: Extent,
    head: Position,
    happened: VecDeque<String>,
    zone: TimeZone,
    /// What the visitors of conversations are called.
    visitors: HashMap<domain::ConversationId, String>,
}

impl Stage {
    async fn at(
        store: &Arc<dyn Store>,
        livechat: &LivechatId,
        from: AsOf,
        (to, head): (Extent, Position),
    ) -> Result<Self, Failure> {
        let past = ::replay::as_of::in_store(store, livechat, from).await?;
        let records = playback::floor(store, livechat, past.position, head);
        let zone = past.livechat.settings().opening_hours.time_zone.clone();
        let rows = past.floor.view().map(|board| board.conversations).unwrap_or_default();
        let named = rows.into_iter().filter_map(|row| {
            let id = domain::ConversationId(row.conversation.parse().ok()?);
            let name = row.visitor_name.map(|name| drawing::claimed(name, row.requested_by));
            Some((id, name.unwrap_or(row.visitor)))
        });
        let visitors = named.collect();
        Ok(Self { past, records, upcoming: None, to, head, happened: VecDeque::new(), zone, visitors })
    }

    /// The record that comes next, if it is to be played.
    async fn next(&mut self) -> Result<Option<&Record>, Failure> {
        if self.upcoming.is_none() {
            self.upcoming = self.records.next().await.transpose()?;
        }
        Ok(self.upcoming.as_ref().filter(|record| self.to.includes(record)))
    }

    /// Plays it, and returns a line about it, where there is anything to see.
    fn apply(&mut self) -> Result<Option<String>, Failure> {
        let Some(record) = self.upcoming.take() else { return Ok(None) };
        if let Fact::Conversation {
            conversation,
            fact: ConversationFact::Flow(Flow::Requested(request)),
            ..
        } = &record.event.fact
        {
            let requested_by = RequestedBy::author(&record.event.by);
            let name = request.visitor.name.as_ref();
            let name = name.map(|name| drawing::claimed(name.reveal().to_string(), requested_by));
            self.visitors.insert(*conversation, name.unwrap_or_else(|| request.visitor.id.to_string()));
        }
        self.past.apply(&record)?;
        let line = self.describe(&record);
        // Those of conversations that have just ended are still mentioned for a while.
        if self.visitors.len() > NAMES_MAX {
            let livechat = &self.past.livechat;
            self.visitors.retain(|id, _| livechat.conversation(*id).is_some());
        }
        if let Some(line) = &line {
            self.happened.push_back(line.clone());
            if self.happened.len() > HAPPENED_MAX {
                self.happened.pop_front();
            }
        }
        Ok(line)
    }

    /// `13:00:05  Fatou: picked up  (Alice)`.
    fn describe(&self, record: &Record) -> Option<String> {
        let time = self.zone.wall_clock(record.event.at).format("%H:%M:%S").to_string();
        let name = record.event.fact.name();
        let what = name.split_once('.').map_or(name, |(_, what)| what).replace('_', " ");
        let operator = |id: &domain::OperatorId| {
            let known = self.past.livechat.operator(id);
            let name = known.map_or(id.as_str(), |known| known.profile.name.as_str());
            isolated(&one_line(name)).into_owned()
        };
        let line = match &record.event.fact {
            Fact::Livechat(_) => format!("{time}  {what}"),
            Fact::Operator { operator: id, .. } => format!("{time}  {}: {what}", operator(id)),
            Fact::Conversation {
                fact: ConversationFact::Exchange(Exchange::OperatorTyped | Exchange::Typing { .. }),
                ..
            } => return None,
            Fact::Conversation { conversation, operator: id, .. } => {
                let visitor = self.visitors.get(conversation).cloned();
                let visitor = one_line(&visitor.unwrap_or_else(|| conversation.to_string()));
                let visitor = isolated(&visitor);
                let by = id.as_ref().map(|id| format!("  ({})", operator(id))).unwrap_or_default();
                format!("{time}  {visitor}: {what}{by}")
            }
        };
        Some(printable(&line))
    }
}

/// Where it is drawn: on the alternate screen of a terminal, and else line by line.
struct Display {
    screen: Option<Screen>,
    drawn_at: Option<std::time::Instant>,
}

impl Display {
    fn open(has_keys: bool) -> Result<Self, Failure> {
        Ok(Self { screen: has_keys.then(Screen::open).transpose()?, drawn_at: None })
    }

    /// A line, where there is no screen to be drawn.
    fn print(&self, happened: &str) -> Result<(), Failure> {
        if self.screen.is_none() {
            say(happened)?;
        }
        Ok(())
    }

    fn draw(&mut self, stage: &Stage, player: &Player, next: Option<Timestamp>) -> Result<(), Failure> {
        let is_early = self.drawn_at.is_some_and(|drawn| drawn.elapsed() < REDRAW) && !player.is_paused();
        let Some(screen) = self.screen.as_ref().filter(|_| !is_early) else { return Ok(()) };
        self.drawn_at = Some(std::time::Instant::now());
        let now = player.now(next);
        let local = stage.zone.wall_clock(now).format("%Y-%m-%d %H:%M:%S");
        let mut text = format!(
            "{}  {local} {}  {}/{}{}\n{}\n\n",
            player.signs(),
            stage.zone.0,
            stage.past.position,
            stage.head,
            if next.is_none() { "  the end" } else { "" },
            size::first_that_fits(&KEYS.map(str::to_owned), size::size().0),
        );
        if let Some(board) = stage.past.floor.view() {
            let mut floor = floor::Floor::new(stage.past.floor.livechat().as_str());
            floor.connection("as it was");
            floor.shows(board);
            text.push_str(&printable(&drawing::draw(&floor, now)));
        }
        text.push('\n');
        for happened in &stage.happened {
            text.push_str(happened);
            text.push('\n');
        }
        Ok(screen.show(&size::page(&text, size::size()))?)
    }
}
