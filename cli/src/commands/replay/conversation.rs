//! `pupitre replay conversation`: a conversation again, as it was written.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

use ::replay::playback;
use ::replay::{AsOf, StateAt};
use crossterm::cursor::{MoveTo, MoveToColumn};
use crossterm::style::{StyledContent, Stylize};
use crossterm::terminal::{Clear, ClearType};
use crossterm::{execute, queue};
use domain::text::Language;
use domain::{ConversationId, LivechatId};
use futures::StreamExt;
use journal::{Position, Store};
use projections::Projection;
use projections::conversations::{Conversation, Conversations};
use projections::transcript::Line;

use super::log_args;
use super::player::{KEYS, Play, Player, Turn};
use crate::commands::database::Database;
use crate::commands::failure::Failure;
use crate::terminal::size;
use api::transcript::{Head, KnownSurveys, LineRenderer, Paper, ShownLine, Side, Typesetter};

/// Lines that ← goes back while it plays.
const BACK_LINES: usize = 5;

/// Options of `conversation`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The identifier of the conversation, a UUID.
    conversation: uuid::Uuid,
    #[command(flatten)]
    log: Database,
    /// The livechat; needed only if two have a conversation with this identifier.
    #[arg(long)]
    livechat: Option<String>,
    /// Start at a position of the log, or at a time such as 2026-01-31T09:00:00Z. What was before is shown at
    /// once.
    #[arg(long, value_parser = log_args::until)]
    from: Option<AsOf>,
    /// The language of the output: `fr` or `en`.
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    #[command(flatten)]
    play: Play,
}

fn language(text: &str) -> Result<Language, String> {
    serde_json::from_value(text.into()).map_err(|_| "fr or en".to_owned())
}

/// Plays it.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    let store = log_args::open(&options.log).await?;
    let played = play(&store, &options).await;
    store.close().await;
    played.map(|()| ExitCode::SUCCESS)
}

async fn play(store: &Arc<dyn Store>, options: &Options) -> Result<(), Failure> {
    let id = ConversationId(options.conversation);
    let livechat = log_args::livechat_of(&**store, options.livechat.as_deref(), id).await?;
    let recording = Recording::read(store, &livechat, id, options.lang).await?;
    let is_before = |line: &&ShownLine| options.from.is_some_and(|from| includes(from, line));
    let mut shown = recording.lines.iter().take_while(is_before).count();
    let first = recording.lines.get(shown.saturating_sub(1)).or(recording.lines.first());
    let Some(first) = first.map(|line| line.at) else { return Ok(()) };
    let mut player = Player::begin(options.play, first)?;
    let mut page = Page::begin(player.has_keys(), options.lang);
    page.show_all(&recording, shown)?;
    loop {
        let next = recording.lines.get(shown);
        if next.is_none() && !player.has_keys() {
            return Ok(());
        }
        let next_at = next.map(|line| line.at);
        if page.is_resized() {
            // What stands there was wrapped anew by the terminal.
            page.show_all(&recording, shown)?;
        }
        page.status(&recording, &player, shown, next_at)?;
        let turn = player.turn(next_at).await;
        let wanted = match turn {
            Turn::Next | Turn::Forward => {
                if let Some(line) = next {
                    if turn == Turn::Forward {
                        player.jump(line.at);
                    }
                    page.add(&recording, line)?;
                    shown += 1;
                }
                continue;
            }
            Turn::Back => shown.saturating_sub(if player.is_paused() { 1 } else { BACK_LINES }),
            Turn::Redraw => continue,
            Turn::Quit => break,
        };
        shown = wanted;
        let at = recording.lines.get(shown.saturating_sub(1)).or(recording.lines.first());
        player.jump(at.map_or(first, |line| line.at));
        page.show_all(&recording, shown)?;
    }
    page.end()
}

fn includes(from: AsOf, line: &ShownLine) -> bool {
    match from {
        AsOf::Position(position) => Position::try_from(line.position).is_ok_and(|line| line <= position),
        AsOf::Time(time) => line.at <= time,
    }
}

/// What is shown. A conversation has a bounded number of messages.
struct Recording {
    name: domain::text::Name,
    row: Conversation,
    lines: Vec<ShownLine>,
    renderer: LineRenderer,
}

impl Recording {
    async fn read(
        store: &Arc<dyn Store>,
        livechat: &LivechatId,
        id: ConversationId,
        language: Language,
    ) -> Result<Self, Failure> {
        let mut records = playback::conversation(store, livechat, id, 0, Position::MAX);
        let (mut row, mut lines, mut last) = (None, vec![], 0);
        while let Some(record) = records.next().await.transpose()? {
            last = record.position;
            for key in Conversations::keys(&record) {
                row = Conversations::fold(row.take(), &key, &record);
            }
            lines.extend(Line::of(&record).map(ShownLine::whole));
        }
        let row: Conversation = *row.ok_or("the conversation has no beginning")?;
        let StateAt { livechat: state, .. } =
            ::replay::as_of::in_store(store, livechat, AsOf::Position(last)).await?;
        let identity = state.identity().ok_or("the livechat was never created")?;
        let operators = state.operators().iter();
        let renderer = LineRenderer {
            language,
            zone: state.settings().opening_hours.time_zone.clone(),
            visitor: row.visitor_name.clone(),
            to_staff: true,
            operators: operators.map(|(id, one)| (id.to_string(), one.profile.name.to_string())).collect(),
            skills: state.settings().skills.names(language),
            introduced: std::collections::BTreeMap::new(),
            surveys: KnownSurveys::known(&state.settings().surveys.0),
        };
        Ok(Self { name: identity.name.clone(), row, lines, renderer })
    }
}

/// Where it is shown: at the end of the page, with a status line below it where there are keys.
struct Page {
    has_keys: bool,
    has_colours: bool,
    typesetter: Typesetter,
    /// The columns of the terminal when the last line was written.
    columns: usize,
}

impl Page {
    fn begin(has_keys: bool, language: Language) -> Self {
        let has_colours = std::io::stdout().is_terminal();
        Self {
            has_keys,
            has_colours,
            typesetter: Typesetter::new(Paper::Text, language),
            columns: size::size().0,
        }
    }

    /// Has the terminal another size than when it was asked last?
    fn is_resized(&mut self) -> bool {
        let columns = size::size().0;
        self.has_keys && std::mem::replace(&mut self.columns, columns) != columns
    }

    fn show_all(&mut self, recording: &Recording, shown: usize) -> Result<(), Failure> {
        if self.has_keys {
            execute!(std::io::stdout(), Clear(ClearType::All), MoveTo(0, 0))?;
        }
        self.typesetter = Typesetter::new(Paper::Text, recording.renderer.language);
        let head = Head::of(&recording.name, &recording.row, &recording.lines, &recording.renderer);
        self.write(&printable(&self.typesetter.head(&head)))?;
        recording.lines.iter().take(shown).try_for_each(|line| self.add(recording, line))
    }

    fn add(&mut self, recording: &Recording, line: &ShownLine) -> Result<(), Failure> {
        if self.has_keys {
            Self::clear_line()?;
        }
        for entry in recording.renderer.entries(line) {
            let text = printable(&self.typesetter.entries([&entry]));
            if self.has_colours {
                self.write(&coloured(entry.side, &text).to_string())?;
            } else {
                self.write(&text)?;
            }
        }
        Ok(())
    }

    fn status(
        &self,
        recording: &Recording,
        player: &Player,
        shown: usize,
        next: Option<domain::Timestamp>,
    ) -> Result<(), Failure> {
        if !self.has_keys {
            return Ok(());
        }
        let now = recording.renderer.zone.wall_clock(player.now(next));
        let (all, signs) = (recording.lines.len(), player.signs());
        let time = now.format("%H:%M:%S");
        let state = format!("{signs}  {time}  {shown}/{all}");
        let mut ways: Vec<String> = KEYS.iter().map(|keys| format!("{state}  {keys}")).collect();
        ways.push(state);
        // The last column stays free: some terminals wrap once it is written to.
        let line = size::first_that_fits(&ways, self.columns.saturating_sub(1));
        Self::clear_line()?;
        self.write(&line)
    }

    /// Clears the status line.
    fn clear_line() -> std::io::Result<()> {
        queue!(std::io::stdout(), MoveToColumn(0), Clear(ClearType::UntilNewLine))
    }

    fn end(&self) -> Result<(), Failure> {
        if self.has_keys { self.write("\n") } else { Ok(()) }
    }

    /// A terminal that gives keys at once does not go back to the left by itself.
    fn write(&self, text: &str) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        let text = if self.has_keys { text.replace('\n', "\r\n") } else { text.to_owned() };
        out.write_all(text.as_bytes())?;
        Ok(out.flush()?)
    }
}

fn coloured(side: Side, text: &str) -> StyledContent<&str> {
    match side {
        Side::Visitor => text.dark_cyan(),
        Side::Operator => text.dark_green(),
        Side::Automatic => text.dark_magenta(),
        Side::Internal => text.dark_yellow(),
        Side::Event => text.dim(),
    }
}

/// What visitors write must not steer the reader's terminal: a control character that is still here comes from a
/// place that does not use [`domain::text::lines`].
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() && letter != '\n' { '\u{fffd}' } else { letter })
        .collect()
}
