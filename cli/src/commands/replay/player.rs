//! How the past is played in a terminal: the pauses between events, and the keys that change them.
//!
//! Where standard input or output is no terminal there are no keys: the events come at their intervals, or, step by
//! step, one for each line that is read.

use std::io::IsTerminal;
use std::time::Duration;

use ::replay::playback::{SPEED_MAX, SPEED_MIN, Tempo};
use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers};
use domain::Timestamp;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time;

use crate::commands::failure::Failure;

/// The speeds that the keys lead through.
const SPEEDS: [f64; 10] = [SPEED_MIN, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, SPEED_MAX];

/// How often the time that passes is shown.
const REDRAW: Duration = Duration::from_millis(200);

/// How often it is looked whether the terminal is still wanted.
const LOOK: Duration = Duration::from_millis(100);

/// How it is played.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Play {
    /// Speed, as a factor: 0.1 to 1000.
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    speed: f64,
    /// Shorten every pause to this many seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    skip_idle: Option<Duration>,
    /// Step through the events with →, or, without a terminal, with each line of standard input.
    #[arg(long)]
    step: bool,
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse().ok().filter(|speed| Tempo::new(*speed, None).is_some());
    speed.ok_or_else(|| format!("a number, {SPEED_MIN} to {SPEED_MAX}"))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let secs = text.strip_suffix('s').unwrap_or(text).parse().ok();
    let pause = secs.and_then(|secs| Duration::try_from_secs_f64(secs).ok());
    pause.ok_or_else(|| "seconds, such as 2 or 0.5".to_owned())
}

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// The next event is due.
    Next,
    /// Go back: one event while it is paused, else some way.
    Back,
    /// Go forward some way.
    Forward,
    /// Only the time has changed, or how it passes.
    Redraw,
    /// Enough.
    Quit,
}

/// Plays.
pub(super) struct Player {
    tempo: Tempo,
    is_paused: bool,
    /// A message for each line that is read, where events come at those.
    by_line: Option<mpsc::Receiver<()>>,
    keys: Option<Keys>,
    /// The time in the past at `since`.
    past: Timestamp,
    since: time::Instant,
}

impl Player {
    /// A player that starts at this time in the past; with keys where there is a terminal to press them on.
    ///
    /// # Errors
    /// When the terminal cannot be used.
    pub(super) fn begin(play: Play, past: Timestamp) -> Result<Self, Failure> {
        let is_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        let keys = if is_terminal { Some(Keys::listen()?) } else { None };
        let reads = play.step && !is_terminal;
        let tempo = Tempo::new(play.speed, play.skip_idle).ok_or("no such speed")?;
        Ok(Self {
            tempo,
            is_paused: play.step && is_terminal,
            by_line: reads.then(lines_read),
            keys,
            past,
            since: time::Instant::now(),
        })
    }

    /// Is somebody at the keys?
    pub(super) const fn has_keys(&self) -> bool {
        self.keys.is_some()
    }

    /// Does it stand still?
    pub(super) const fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// The time in the past that is reached now, on the way to the next event.
    pub(super) fn now(&self, next: Option<Timestamp>) -> Timestamp {
        let Some(next) = next.filter(|_| !self.is_paused) else { return self.past };
        let pause = self.tempo.pause(self.past, next);
        let way = next - self.past;
        if pause.is_zero() {
            return next;
        }
        let done = (self.since.elapsed().as_secs_f64() / pause.as_secs_f64()).min(1.0);
        let passed = way.to_std().unwrap_or_default().mul_f64(done);
        self.past + chrono::TimeDelta::from_std(passed).unwrap_or_default()
    }

    /// Jumps to a time in the past.
    pub(super) fn jump(&mut self, past: Timestamp) {
        (self.past, self.since) = (past, time::Instant::now());
    }

    /// Waits until the next event, if there is one, is due, or somebody wants something else.
    pub(super) async fn turn(&mut self, next: Option<Timestamp>) -> Turn {
        if let Some(lines) = &mut self.by_line {
            let goes_on = next.is_some() && lines.recv().await.is_some();
            return if goes_on { Turn::Next } else { Turn::Quit };
        }
        let due = next.map(|next| self.since + self.tempo.pause(self.past, next));
        let Some(keys) = &mut self.keys else {
            let (Some(next), Some(due)) = (next, due) else { return Turn::Quit };
            time::sleep_until(due).await;
            (self.past, self.since) = (next, due);
            return Turn::Next;
        };
        let key = tokio::select! {
            biased;
            key = keys.pressed.recv() => key,
            _ = keys.terminated.recv() => return Turn::Quit,
            () = time::sleep_until(due.unwrap_or(self.since)), if due.is_some() && !self.is_paused => {
                self.past = next.unwrap_or(self.past);
                self.since = due.unwrap_or(self.since);
                return Turn::Next;
            }
            () = time::sleep(REDRAW) => return Turn::Redraw,
        };
        self.obey(key.unwrap_or(KeyCode::Esc), next)
    }

    fn obey(&mut self, key: KeyCode, next: Option<Timestamp>) -> Turn {
        let now = self.now(next);
        self.jump(now);
        let speed = self.tempo.speed();
        if key == KeyCode::Right && self.is_paused {
            self.jump(next.unwrap_or(now));
            return if next.is_some() { Turn::Next } else { Turn::Redraw };
        }
        let faster = || SPEEDS.into_iter().find(|faster| *faster > speed).unwrap_or(SPEED_MAX);
        let slower = || SPEEDS.into_iter().rev().find(|slower| *slower < speed).unwrap_or(SPEED_MIN);
        if key == KeyCode::Char(' ') {
            self.is_paused = !self.is_paused;
        } else if key == KeyCode::Up {
            self.tempo = self.tempo.at_speed(faster());
        } else if key == KeyCode::Down {
            self.tempo = self.tempo.at_speed(slower());
        } else if key == KeyCode::Right {
            return Turn::Forward;
        } else if key == KeyCode::Left {
            return Turn::Back;
        } else if key == KeyCode::Char('q') || key == KeyCode::Esc {
            return Turn::Quit;
        }
        Turn::Redraw
    }

    /// How it is played, in a few signs.
    pub(super) fn signs(&self) -> String {
        let sign = if self.is_paused { "⏸" } else { "▶" };
        format!("{sign} ×{}", self.tempo.speed())
    }
}

/// A message for each line of standard input.
fn lines_read() -> mpsc::Receiver<()> {
    let (read, lines) = mpsc::channel(1);
    // Reading waits, and cannot be given up.
    std::thread::spawn(move || {
        for line in std::io::stdin().lines() {
            if line.is_err() || read.blocking_send(()).is_err() {
                return;
            }
        }
    });
    lines
}

/// What the keys do: in as many words as there is room for.
pub(super) const KEYS: [&str; 4] = [
    "space pause · → step or forward · ← back · ↑↓ speed · q quit",
    "space pause · ←→ · ↑↓ speed · q quit",
    "space · ←→ · ↑↓ · q",
    "q",
];

/// Keys as they are pressed. While it lives, the terminal gives them at once and does not echo.
struct Keys {
    pressed: mpsc::UnboundedReceiver<KeyCode>,
    /// Asked to stop, the player ends by itself, or the terminal would stay as it is here.
    terminated: Signal,
}

impl Keys {
    fn listen() -> std::io::Result<Self> {
        let terminated = signal(SignalKind::terminate())?;
        crossterm::terminal::enable_raw_mode()?;
        let (press, pressed) = mpsc::unbounded_channel();
        // Reading waits, and a terminal has one reader.
        std::thread::spawn(move || {
            while !press.is_closed() {
                let Ok(is_pressed) = crossterm::event::poll(LOOK) else { return };
                if !is_pressed {
                    continue;
                }
                let Ok(event) = crossterm::event::read() else { return };
                let Event::Key(key) = event else { continue };
                let is_interrupt =
                    key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
                let code = if is_interrupt { KeyCode::Esc } else { key.code };
                if key.kind != KeyEventKind::Release && press.send(code).is_err() {
                    return;
                }
            }
        });
        Ok(Self { pressed, terminated })
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        crossterm::terminal::disable_raw_mode().ok();
    }
}
