//! What programs that talk to a Pupitre server share: the load test, the demonstration, the terminal.
//!
//! Read in this order: [`frame`] (the vocabulary of the two sockets), [`http`] (one call, retried
//! until it is answered), [`socket`] (one connection that heals itself), [`error`].
//!
//! Invariant: a command is never given up and never renamed. It carries its own id from the first
//! attempt to the last, so that sending it again is always safe.

pub mod error;
pub mod frame;
pub mod http;
pub mod socket;

use std::time::Duration;

pub use error::{Error, Problem};
pub use frame::{DeskCommand, DeskFrame, Message, Tab, VisitorCommand, VisitorFrame};
pub use http::{Http, Paths};
pub use socket::{Received, Socket};

/// Without any success for this long, the server is considered gone.
pub const UNREACHABLE_MAX: Duration = Duration::from_secs(60);

const PAUSE_MIN: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// The pause before the next attempt: 0.1 s, then twice as long each time, up to 2 s.
#[derive(Debug)]
struct Backoff(Duration);

impl Backoff {
    const fn new() -> Self {
        Self(PAUSE_MIN)
    }

    fn pause(&mut self) -> Duration {
        let pause = self.0;
        self.0 = (pause * 2).min(PAUSE_MAX);
        pause
    }

    const fn reset(&mut self) {
        self.0 = PAUSE_MIN;
    }
}

/// A short hint of the operating system's or the library's words, with its causes.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let words = next.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = next.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_its_limit() {
        let mut backoff = Backoff::new();
        let pauses: Vec<u128> = (0..7).map(|_| backoff.pause().as_millis()).collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1_600, 2_000, 2_000]);
        backoff.reset();
        assert_eq!(backoff.pause(), PAUSE_MIN);
    }
}
