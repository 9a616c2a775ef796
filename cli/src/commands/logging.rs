//! What is logged, and what never is (spec.md §Privacy and security).
//!
//! Messages, names, tokens and addresses of visitors are in no log, whatever level is asked for. Our own code sees to
//! that where it logs; libraries do not know what they carry, and at their lowest levels tell all of it. So nothing
//! of a library is logged below warnings, but for the one that logs what we allow of each request.

use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

/// Origins that may log at any level: our crates, and the layer that logs the method, path, status and time of each request.
const KNOWN: [&str; 8] =
    ["accounts", "api", "cli", "domain", "journal", "projections", "replay", "tower_http"];

/// Logs what is `asked` for (as in `RUST_LOG`), or what is usual.
pub(super) fn begin(asked: Option<&str>, usual: &str, json: bool) {
    let asked = asked.unwrap_or(usual);
    let filter = EnvFilter::try_new(asked).unwrap_or_else(|error| {
        eprintln!("pupitre: --log {asked}: {error}; logging from {usual} up");
        EnvFilter::new(usual)
    });
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = if json { lines.json().boxed() } else { lines.boxed() };
    let harmless = filter_fn(is_harmless).with_max_level_hint(LevelFilter::TRACE);
    tracing_subscriber::registry().with(lines.with_filter(filter.and(harmless))).init();
}

/// May a log line with this origin be written?
fn is_harmless(what: &Metadata<'_>) -> bool {
    // A more detailed level is a greater one.
    *what.level() <= Level::WARN || KNOWN.contains(&what.target().split("::").next().unwrap_or_default())
}
