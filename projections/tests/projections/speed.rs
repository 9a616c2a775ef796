//! How fast, for who asks: `cargo test -p pupitre-projections --release -- --ignored --nocapture`.

use std::time::Instant;

use pupitre_projections::Runner;

use crate::scratch::{Dump, Scratch};
use crate::story::Story;

#[tokio::test]
#[ignore = "a measurement, not a test"]
async fn how_many_events_a_second() {
    let events = Story::of(51, 100_000).events;
    let start = Instant::now();
    let rows = Dump::expected(&events);
    report("memory, with a sorted copy of all rows,", events.len(), start);
    for scratch in Scratch::each().await {
        let mut runner = Runner::new(scratch.open().await);
        let start = Instant::now();
        for batch in events.chunks(1_000) {
            runner.apply(batch).await.unwrap();
        }
        report(scratch.kind, events.len(), start);
    }
    println!("{} conversations, {} lines", rows.conversations.len(), rows.transcript.len());
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
fn report(what: &str, events: usize, start: Instant) {
    println!("{what}: {:.0} events/s", events as f64 / start.elapsed().as_secs_f64());
}
