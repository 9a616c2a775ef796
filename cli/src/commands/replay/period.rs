//! What the commands that look at a past period share: how the period is written, and how a table looks.

use chrono::{NaiveDate, NaiveTime};
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use domain::settings::opening_hours::TimeZone;
use domain::{LivechatId, Timestamp, timestamp};
use replay::what_if;

use crate::commands::failure::Failure;
use crate::commands::stored_log::StoredLog;

/// A period as it was written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Period {
    from: Edge,
    to: Edge,
}

impl Period {
    pub(super) fn parse(from: &str, to: &str) -> Result<Self, Failure> {
        Ok(Self { from: edge("--from", from)?, to: edge("--to", to)? })
    }

    /// Its ends; dates begin by the clocks of the livechat.
    pub(super) async fn of(
        self,
        log: &StoredLog,
        livechat: &LivechatId,
    ) -> Result<(Timestamp, Timestamp), what_if::Error> {
        let zone = match (self.from, self.to) {
            (Edge::Time(_), Edge::Time(_)) => TimeZone::default(),
            _ => what_if::time_zone(log, livechat).await?,
        };
        Ok((self.from.time(&zone), self.to.time(&zone)))
    }
}

/// An end of the period.
#[derive(Clone, Copy, Debug)]
enum Edge {
    Time(Timestamp),
    Date(NaiveDate),
}

fn edge(option: &str, text: &str) -> Result<Edge, Failure> {
    let edge = if let Ok(at) = chrono::DateTime::parse_from_rfc3339(text) {
        Edge::Time(at.to_utc())
    } else {
        text.parse().map(Edge::Date).map_err(|_| {
            format!("{option} {text}: a time as 2026-11-24T09:00:00+01:00, or a date as 2026-11-24")
        })?
    };
    let begins = match edge {
        Edge::Time(at) => at,
        Edge::Date(date) => date.and_time(NaiveTime::MIN).and_utc(),
    };
    // By the clocks of some place a date may begin a day earlier or later.
    if timestamp::is_allowed_everywhere(begins) {
        Ok(edge)
    } else {
        Err(format!("{option} {text}: {}", timestamp::ALLOWED_EVERYWHERE).into())
    }
}

impl Edge {
    fn time(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Time(at) => at,
            Self::Date(date) => zone.first_instant(date.and_time(NaiveTime::MIN)),
        }
    }
}

/// A table of which all columns but the first are numbers.
pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    table.set_header(header);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
