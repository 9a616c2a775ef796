//! What is logged, and what never is (spec.md §Privacy and security).
//!
//! Messages, names, tokens and addresses of visitors are in no log, whatever level is asked for. Our own code sees to
//! that where it logs; libraries do not know what they carry, and at their lowest levels tell all of it. So nothing
//! of a library is logged below warnings, but for the one that tells of requests what we let it.

use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

/// Who may log at any level: our crates, and the layer that tells of each request its method, path, status and time.
const KNOWN: [&str; 7] = ["api", "cli", "domain", "journal", "projections", "replay", "tower_http"];

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

/// Can what is logged there be told?
fn is_harmless(what: &Metadata<'_>) -> bool {
    // The more is told, the greater the level.
    *what.level() <= Level::WARN || KNOWN.contains(&what.target().split("::").next().unwrap_or_default())
}
