//! The floor of a livechat, live, in a terminal.
//!
//! Read in this order: [`draw`] below, [`floor`] (the board, kept up to date), [`drawing`] (the board as text),
//! [`size`] (what of it fits), [`screen`] (where it is drawn).
//!
//! Invariant: what is drawn is the board as of one position, never a mixture of two.

pub mod drawing;
pub mod floor;
pub mod screen;
pub mod size;

use std::io::{IsTerminal, Write};
use std::time::Duration;

use chrono::Utc;
use eventsource_stream::{Event, EventStreamError, Eventsource};
use futures::StreamExt;
use reqwest::Response;
use tokio::time::{interval, sleep};
use tokio_util::sync::CancellationToken;

use crate::client::{self, Error, Http, Paths, Problem, Trust};

use floor::Floor;
use screen::Screen;

/// A person sees no more.
const REDRAW: Duration = Duration::from_millis(250);

/// How often the drawing is printed where it cannot be redrawn.
const REPRINT: Duration = Duration::from_secs(5);

const FOLLOW_AGAIN: Duration = Duration::from_secs(1);

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
    let http = Http::new(&Trust::default())?;
    let mut display = Display::open(below);
    let mut floor = Floor::new(livechat);
    let following = async {
        loop {
            let ended = follow(&http, &paths, supervisor_token, &mut floor, &mut display).await?;
            floor.connection(match ended {
                Ended::ByServer => "the server ended the feed",
                Ended::Unreachable => "the server cannot be reached",
            });
            display.show(&floor);
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
    display: &mut Display,
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
    read(response, &url, floor, display).await
}

/// Reads the feed to its end, drawing as it comes.
async fn read(
    response: Response,
    url: &str,
    floor: &mut Floor,
    display: &mut Display,
) -> Result<Ended, Error> {
    let mut events = response.bytes_stream().eventsource();
    let mut redraw = interval(display.pause());
    loop {
        tokio::select! {
            event = events.next() => match event {
                Some(Ok(event)) => apply(floor, &event, url)?,
                // Nothing came for longer than the server is ever silent.
                Some(Err(EventStreamError::Transport(error))) if error.is_timeout() => {
                    return Ok(Ended::Unreachable);
                }
                Some(Err(EventStreamError::Transport(_))) | None => return Ok(Ended::ByServer),
                Some(Err(error @ (EventStreamError::Utf8(_) | EventStreamError::Parser(_)))) => {
                    return Err(Error::Unexpected { what: url.to_owned(), reason: error.to_string() });
                }
            },
            _ = redraw.tick() => display.show(floor),
        }
    }
}

fn apply(floor: &mut Floor, event: &Event, url: &str) -> Result<(), Error> {
    let applied = match event.event.as_str() {
        "snapshot" => floor.begin(&event.data),
        "change" => floor.change(&event.data),
        "help" => floor.help(&event.data),
        // A newer server may say more.
        _ => Ok(()),
    };
    applied.map_err(|error| Error::Unexpected { what: url.to_owned(), reason: error.to_string() })
}

/// Where the floor is drawn: on the alternate screen of a terminal, or printed again and again where there is none.
struct Display {
    screen: Option<Screen>,
    /// What stands under the floor on a terminal, where nothing else can be read meanwhile.
    below: String,
    /// What is drawn now.
    drawn: String,
}

impl Display {
    fn open(below: &str) -> Self {
        // A terminal that cannot be written to has nobody in front of it.
        let screen = std::io::stdout().is_terminal().then(Screen::open).and_then(Result::ok);
        Self { screen, below: below.to_owned(), drawn: String::new() }
    }

    const fn pause(&self) -> Duration {
        if self.screen.is_some() { REDRAW } else { REPRINT }
    }

    fn show(&mut self, floor: &Floor) {
        let mut drawing = drawing::draw(floor, Utc::now());
        let Some(screen) = &self.screen else {
            // The reader may have gone, which is no reason to stop.
            writeln!(std::io::stdout(), "{drawing}").ok();
            return;
        };
        drawing.push('\n');
        drawing.push_str(&self.below);
        drawing = size::page(&drawing, size::size());
        if drawing != self.drawn {
            screen.show(&drawing).ok();
            self.drawn = drawing;
        }
    }
}
