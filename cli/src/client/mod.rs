//! What programs that talk to a Pupitre server share: the load test, the demonstration, the terminal.
//!
//! Read in this order: [`frame`] (the vocabulary of the two sockets), [`http`] (one call, retried
//! until it is answered), [`socket`] (one connection that heals itself), [`trust`] (which servers are believed over TLS),
//! [`error`].
//!
//! Invariant: a command is never given up and never renamed. It carries its own id from the first
//! attempt to the last, so that sending it again is always safe.

pub mod error;
pub mod frame;
pub mod http;
pub mod socket;
pub mod trust;

use std::time::Duration;

use backon::ExponentialBuilder;

pub use error::{Error, Problem};
pub use frame::{DeskCommand, DeskFrame, Message, Tab, VisitorCommand, VisitorFrame};
pub use http::{Http, Paths};
pub use socket::{Received, Socket};
pub use trust::Trust;

/// Without any success for this long, the server is considered gone.
pub const UNREACHABLE_MAX: Duration = Duration::from_secs(60);

/// How often a client tries again: after 0.1 s, then after twice as long each time, up to 2 s. Each caller has its own
/// reason to give up.
const RETRIES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(PAUSE_MIN)
    .with_max_delay(PAUSE_MAX)
    .with_factor(2.0)
    .without_max_times();

const PAUSE_MIN: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(2);

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
    use backon::BackoffBuilder;

    use super::*;

    #[test]
    fn the_pause_doubles_up_to_its_limit() {
        let pauses: Vec<u128> = RETRIES.build().take(7).map(|pause| pause.as_millis()).collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1_600, 2_000, 2_000]);
    }
}
