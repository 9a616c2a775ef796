//! What a load test found, as a table.

use std::fmt;
use std::time::Duration;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};

use super::compare::Difference;
use super::tally::{Counted, Micros};
use super::transcript::Verified;
use super::visitor::{Answer, Outcome};

/// Conversations named in the report when they differ.
const NAMED_MAX: usize = 20;

/// What a load test found.
#[derive(Debug)]
pub struct Report {
    /// Conversations requested.
    pub requested: usize,
    /// Of those, refused (no operator, or the queue was full).
    pub refused: usize,
    /// Of those, which waited in the queue.
    pub waited: usize,
    /// Of those, which an operator had.
    pub served: usize,
    /// Of those, whose request failed.
    pub failed: usize,
    /// Empty messages of the file, which are not sent.
    pub empty: usize,
    /// Messages of refused or failed conversations, which were not sent.
    pub not_sent: usize,
    /// How the transcripts differ from the file.
    pub difference: Difference,
    /// Operators who worked.
    pub operators: usize,
    /// How long it took, without preparing and reading back.
    pub duration: Duration,
    counted: Counted,
    different: Vec<(String, Difference)>,
}

impl Report {
    pub(super) fn new(
        counted: Counted,
        outcomes: &[Outcome],
        verified: Verified,
        operators: usize,
        duration: Duration,
    ) -> Self {
        let answered = |answer| outcomes.iter().filter(|outcome| outcome.answer == answer).count();
        let (assigned, waited) = (answered(Some(Answer::Assigned)), answered(Some(Answer::Waiting)));
        let unsent = |outcome: &&Outcome| match outcome.answer {
            Some(Answer::Assigned | Answer::Waiting) => false,
            Some(Answer::Refused) | None => true,
        };
        Self {
            requested: outcomes.len(),
            refused: answered(Some(Answer::Refused)),
            waited,
            served: assigned + waited,
            failed: answered(None),
            empty: outcomes.iter().map(|outcome| outcome.played.dialogue.empty).sum(),
            not_sent: outcomes.iter().filter(unsent).map(|outcome| outcome.played.dialogue.lines.len()).sum(),
            difference: verified.difference,
            operators,
            duration,
            counted,
            different: verified.different,
        }
    }

    /// Was nothing lost, doubled or out of order, in the transcripts and on the sockets, and did
    /// nothing else go wrong? A refused request is not wrong: the queue was full.
    pub const fn is_clean(&self) -> bool {
        self.difference.is_none()
            && self.failed == 0
            && self.counted.refused == 0
            && self.counted.undelivered == 0
            && self.counted.delivered_again == 0
            && self.counted.delivered_early == 0
            && self.counted.troubles_count == 0
    }

    /// Messages sent per second.
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    pub fn messages_per_second(&self) -> f64 {
        self.counted.sent as f64 / self.duration.as_secs_f64().max(f64::EPSILON)
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        table.load_preset(UTF8_FULL_CONDENSED);
        let counted = &self.counted;
        let count = |name: &str, value: usize| [name.to_owned(), value.to_string()];
        table.add_rows([
            count("conversations requested", self.requested),
            count("  refused", self.refused),
            count("  waited in the queue", self.waited),
            count("  served", self.served),
            count("  failed", self.failed),
            count("operators", self.operators),
            count("messages sent", counted.sent),
            count("  not sent (conversation refused)", self.not_sent),
            count("  empty, skipped", self.empty),
            count("  refused by the server", counted.refused),
            count("transcripts: lost", self.difference.lost),
            count("transcripts: doubled", self.difference.doubled),
            count("transcripts: out of order", self.difference.out_of_order),
            count("deliveries: missing", counted.undelivered),
            count("  over when the desk came back", counted.over_meanwhile),
        ]);
        table.add_rows([
            ["deliveries: doubled".into(), counted.delivered_again.to_string()],
            ["deliveries: out of order".into(), counted.delivered_early.to_string()],
            ["wait (mean, p90, worst)".into(), wait(&counted.waits)],
            ["send to delivery (p50, p99, max)".into(), latency(&counted.latencies)],
            ["reconnections".into(), counted.reconnections.to_string()],
            ["duration".into(), format!("{:.1} s", self.duration.as_secs_f64())],
            ["messages per second".into(), format!("{:.0}", self.messages_per_second())],
        ]);
        if let Some(column) = table.column_mut(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.table())?;
        for (name, difference) in self.different.iter().take(NAMED_MAX) {
            let Difference { lost, doubled, out_of_order } = difference;
            writeln!(f, "{name}: {lost} lost, {doubled} doubled, {out_of_order} out of order")?;
        }
        let unnamed = self.different.len().saturating_sub(NAMED_MAX);
        if unnamed > 0 {
            writeln!(f, "… and {unnamed} more conversations")?;
        }
        for trouble in &self.counted.troubles {
            writeln!(f, "{trouble}")?;
        }
        let untold = self.counted.troubles_count - self.counted.troubles.len();
        if untold > 0 {
            writeln!(f, "… and {untold} more")?;
        }
        Ok(())
    }
}

fn wait(waits: &Micros) -> String {
    waits.histogram().map_or_else(
        || "—".into(),
        |waits| {
            let p90 = millis(waits.value_at_quantile(0.9));
            format!("{:.1}, {p90}, {} ms", waits.mean() / 1_000.0, millis(waits.max()))
        },
    )
}

fn latency(latencies: &Micros) -> String {
    latencies.histogram().map_or_else(
        || "—".into(),
        |latencies| {
            let [p50, p99] = [0.5, 0.99].map(|quantile| millis(latencies.value_at_quantile(quantile)));
            format!("{p50}, {p99}, {} ms", millis(latencies.max()))
        },
    )
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds for people")]
fn millis(micros: u64) -> String {
    format!("{:.1}", micros as f64 / 1_000.0)
}
