//! The floor of a livechat, live, in a terminal.
//!
//! Read in this order: [`draw`] below, [`events`] (server-sent events out of a stream of bytes), [`floor`]
//! (the board, kept up to date), [`drawing`] (the board as text), [`size`] (what of it fits).
//!
//! Invariant: what is drawn is the board as of one position, never a mixture of two.

pub mod drawing;
pub mod events;
pub mod floor;
pub mod size;

use std::io::{IsTerminal, Write};
use std::time::Duration;

use chrono::Utc;
use reqwest::Response;
use tokio::time::{Instant, interval, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::client::{self, Error, Http, Paths, Problem};

use events::{Event, Events};
use floor::Floor;

/// A person sees no more.
const REDRAW: Duration = Duration::from_millis(250);

/// How often the drawing is printed where it cannot be redrawn.
const REPRINT: Duration = Duration::from_secs(5);

/// The server sends a comment every 15 s; longer silence means that it is gone.
const SILENCE_MAX: Duration = Duration::from_secs(40);

const FOLLOW_AGAIN: Duration = Duration::from_secs(1);

/// Back to the corner; what is left of each line and below is cleared while drawing.
const HOME: &str = "\x1b[H";
const CLEAR_LINE: &str = "\x1b[K\n";
const CLEAR_BELOW: &str = "\x1b[J";
const OTHER_SCREEN: &str = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const FIRST_SCREEN: &str = "\x1b[?7h\x1b[?25h\x1b[?1049l";

/// Draws the floor of `livechat` until cancelled, about 4 times a second when something changes, at
/// least once a second. Where standard output is not a terminal, prints it every 5 s. A server that
/// goes away is waited for. `below` is drawn under the floor on a terminal.
///
/// # Errors
/// When the server refuses, or cannot be understood.
pub async fn draw(
    server: &str,
    livechat: &str,
    supervisor_token: &str,
    below: &str,
    cancel: CancellationToken,
) -> Result<(), Error> {
    let paths = Paths::new(server, livechat)?;
    let http = Http::new()?;
    let mut screen = Screen::open(below);
    let mut floor = Floor::new(livechat);
    let following = async {
        loop {
            let ended = follow(&http, &paths, supervisor_token, &mut floor, &mut screen).await?;
            floor.connection(match ended {
                Ended::ByServer => "the server ended the feed",
                Ended::Unreachable => "the server cannot be reached",
            });
            screen.show(&floor);
            sleep(FOLLOW_AGAIN).await;
        }
    };
    cancel.run_until_cancelled(following).await.unwrap_or(Ok(()))
}

/// Why a feed ended, when it can be followed again.
enum Ended {
    ByServer,
    Unreachable,
}

async fn follow(
    http: &Http,
    paths: &Paths,
    token: &str,
    floor: &mut Floor,
    screen: &mut Screen,
) -> Result<Ended, Error> {
    let url = paths.below("/floor");
    let mut request = http.streaming().get(&url).bearer_auth(token).header("Accept", "text/event-stream");
    if let Some(position) = floor.position() {
        request = request.header("Last-Event-ID", position.to_string());
    }
    let Ok(response) = request.send().await else { return Ok(Ended::Unreachable) };
    let status = response.status();
    if !status.is_success() {
        let Ok(body) = response.bytes().await else { return Ok(Ended::Unreachable) };
        let problem: Problem = client::http::problem(status, &body);
        if problem.is_retryable() {
            return Ok(Ended::Unreachable);
        }
        return Err(Error::Refused { what: url, problem: Box::new(problem) });
    }
    floor.connection("live");
    read(response, &url, floor, screen).await
}

/// Reads the feed to its end, drawing as it comes.
async fn read(
    mut response: Response,
    url: &str,
    floor: &mut Floor,
    screen: &mut Screen,
) -> Result<Ended, Error> {
    let mut events = Events::default();
    let mut redraw = interval(screen.pause());
    let mut silent_at = Instant::now() + SILENCE_MAX;
    loop {
        tokio::select! {
            chunk = response.chunk() => {
                let Ok(Some(chunk)) = chunk else { return Ok(Ended::ByServer) };
                silent_at = Instant::now() + SILENCE_MAX;
                events.push(&chunk);
                for event in events.by_ref() {
                    apply(floor, &event, url)?;
                }
            }
            _ = redraw.tick() => screen.show(floor),
            () = sleep_until(silent_at) => return Ok(Ended::Unreachable),
        }
    }
}

fn apply(floor: &mut Floor, event: &Event, url: &str) -> Result<(), Error> {
    let applied = match event.name.as_str() {
        "snapshot" => floor.begin(&event.data),
        "change" => floor.change(&event.data),
        "help" => floor.help(&event.data),
        // A newer server may say more.
        _ => Ok(()),
    };
    applied.map_err(|error| Error::Unexpected { what: url.to_owned(), reason: error.to_string() })
}

/// Where the floor is drawn. On a terminal it takes the other screen, and gives the first one back at
/// the end.
struct Screen {
    is_terminal: bool,
    /// What stands under the floor on a terminal, where nothing else can be read meanwhile.
    below: String,
    /// What is drawn now.
    drawn: String,
}

impl Screen {
    fn open(below: &str) -> Self {
        let is_terminal = std::io::stdout().is_terminal();
        if is_terminal {
            write(OTHER_SCREEN);
        }
        Self { is_terminal, below: below.to_owned(), drawn: String::new() }
    }

    const fn pause(&self) -> Duration {
        if self.is_terminal { REDRAW } else { REPRINT }
    }

    fn show(&mut self, floor: &Floor) {
        let mut drawing = drawing::draw(floor, Utc::now());
        if !self.is_terminal {
            write(&format!("{drawing}\n"));
            return;
        }
        drawing.push('\n');
        drawing.push_str(&self.below);
        drawing = size::page(&drawing, size::size());
        if drawing != self.drawn {
            write(&format!("{HOME}{}{CLEAR_BELOW}", drawing.replace('\n', CLEAR_LINE)));
            self.drawn = drawing;
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if self.is_terminal {
            write(FIRST_SCREEN);
        }
    }
}

/// A terminal that is gone has nobody to be told about it.
fn write(text: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).ok();
}
