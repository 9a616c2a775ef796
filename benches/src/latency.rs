//! How long a command takes at a given rate, whatever the ones before it took.

use std::time::Duration;

use domain::text::Text;
use domain::{Action, ConversationAction};
use hdrhistogram::Histogram;
use journal::Journal;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::floors::{Exchange, TEXT, execute};

/// A minute.
const LONGEST_MICROS: u64 = 60_000_000;

/// Sends commands at a fixed rate for some time, each when it is due, and collects in microseconds how
/// long after that each was acknowledged.
pub async fn at_rate(
    journal: &Journal,
    exchanges: &[Exchange],
    per_second: u32,
    time: Duration,
) -> Histogram<u64> {
    let (took, mut all) = mpsc::unbounded_channel();
    let text = Text::parse(TEXT).expect("a text");
    let interval = Duration::from_secs(1) / per_second;
    let begun = Instant::now();
    for (index, exchange) in exchanges.iter().cycle().enumerate() {
        let due = begun + interval * u32::try_from(index).expect("a count");
        if due > begun + time {
            break;
        }
        tokio::time::sleep_until(due).await;
        let (journal, exchange, text, took) = (journal.clone(), exchange.clone(), text.clone(), took.clone());
        tokio::spawn(async move {
            let action = Action::Conversation(exchange.conversation, ConversationAction::Write(text));
            execute(&journal, &exchange.livechat, exchange.visitor, action).await;
            let _ = took.send(due.elapsed());
        });
    }
    drop(took);
    let mut histogram = Histogram::new_with_max(LONGEST_MICROS, 3).expect("a histogram");
    while let Some(took) = all.recv().await {
        histogram.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }
    histogram
}
