//! Shows how far a load test is: a bar on a terminal, else a line every 5 s.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::shared::Shared;

const REDRAW: Duration = Duration::from_millis(250);
const NEXT_LINE: Duration = Duration::from_secs(5);

const BAR: &str = "{elapsed_precise} [{bar:40}] {pos}/{len} messages ({per_sec}) {msg}";

/// Shows the progress towards `messages` until cancelled.
pub fn show(shared: Arc<Shared>, messages: usize, cancel: CancellationToken) -> JoinHandle<()> {
    let bar = std::io::stderr().is_terminal().then(|| ProgressBar::new(messages as u64));
    if let Some(bar) = &bar
        && let Ok(style) = ProgressStyle::with_template(BAR)
    {
        bar.set_style(style);
    }
    tokio::spawn(async move {
        let mut sent_before = 0;
        let pause = if bar.is_some() { REDRAW } else { NEXT_LINE };
        while cancel.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
            let tally = &shared.tally;
            let sent = tally.sent.load(Ordering::Relaxed);
            let words = format!(
                "{} conversations over, {} waiting",
                tally.over.load(Ordering::Relaxed),
                tally.waiting.load(Ordering::Relaxed)
            );
            if let Some(bar) = &bar {
                bar.set_position(sent as u64);
                bar.set_message(words);
            } else {
                let rate = (sent - sent_before) / 5;
                eprintln!("{sent} of {messages} messages sent ({rate}/s), {words}");
            }
            sent_before = sent;
        }
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
    })
}
