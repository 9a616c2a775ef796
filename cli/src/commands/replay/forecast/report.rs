//! A forecast for people, for programs, and for spreadsheets.

use std::collections::HashMap;
use std::fmt::Write;

use chrono::{NaiveTime, Weekday};
use replay::forecast::{Measured, Method, Need, Simulated, Times, Traffic};
use serde_json::{Value, json};

use crate::commands::failure::Failure;
use crate::commands::replay::period::table;
use api::csv::{self, Separator};

/// What each number of visitors in half an hour needs, by its bits.
pub(super) type Needs = HashMap<u64, Need>;

/// The half hours of a day, with their visitors.
pub(super) struct Day {
    /// Of which weekday; none is the mean of all.
    pub(super) weekday: Option<Weekday>,
    /// By the clocks of the livechat, or of any time.
    pub(super) half_hours: Vec<(Option<NaiveTime>, f64)>,
}

impl Day {
    /// All days in the mean, then each weekday.
    pub(super) fn of(measured: &Measured) -> Vec<Self> {
        let weekdays = measured.weekdays.iter().map(|(weekday, day)| (Some(*weekday), day));
        std::iter::once((None, &measured.half_hours))
            .chain(weekdays)
            .map(|(weekday, day)| {
                let half_hours = day.iter().map(|(time, count)| (Some(*time), *count)).collect();
                Self { weekday, half_hours }
            })
            .collect()
    }
}

/// What is reported.
pub(super) struct Forecast<'a> {
    pub(super) traffic: &'a Traffic,
    pub(super) method: &'a Method,
    pub(super) measured: Option<&'a Measured>,
    pub(super) days: Vec<Day>,
    pub(super) needs: Needs,
}

const COLUMNS: [&str; 10] = [
    "weekday",
    "from",
    "visitors",
    "load_erlangs",
    "operators",
    "in_time",
    "gave_up",
    "mean_wait_s",
    "erlang_c",
    "erlang_a",
];

const WEEKDAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

impl Forecast<'_> {
    fn need(&self, visitors: f64) -> Option<&Need> {
        self.needs.get(&visitors.to_bits())
    }

    /// The share answered in time with any number of operators, which is the same in every half hour.
    fn at_best(&self) -> Option<f64> {
        self.needs.values().next().map(|need| need.at_best)
    }

    fn can_be_kept(&self) -> bool {
        self.at_best().is_none_or(|at_best| at_best >= self.method.promise.share)
    }

    pub(super) fn as_json(&self) -> Value {
        let half_hours = |day: &Day| -> Vec<Value> {
            let half_hours = day.half_hours.iter().map(|(time, visitors)| {
                let from = time.map(|time| time.format("%H:%M").to_string());
                json!({ "from": from, "need": self.need(*visitors) })
            });
            half_hours.collect()
        };
        let weekdays = self.days.iter().filter_map(|day| {
            let weekday = day.weekday?;
            Some(json!({ "weekday": name(weekday), "half_hours": half_hours(day) }))
        });
        json!({
            "service_level": self.method.promise,
            "at_best": self.at_best(),
            "can_be_kept": self.can_be_kept(),
            "seed": self.method.seed,
            "visitors_per_simulation": self.method.visitors,
            "conversations_per_operator": self.traffic.conversations_per_operator,
            "handle_mean_s": seconds(&self.traffic.handle),
            "pick_up_mean_s": seconds(&self.traffic.pick_up),
            "patience_mean_s": self.traffic.patience.as_ref().and_then(seconds),
            "time_zone": self.measured.map(|measured| &measured.time_zone),
            "requests_while_closed": self.measured.map(|measured| measured.while_closed),
            "half_hours": self.days.first().map(half_hours),
            "weekdays": weekdays.collect::<Vec<_>>(),
        })
    }

    /// A line for each half hour of each day; `all` is the mean of all days.
    pub(super) fn as_csv(&self) -> Result<String, Failure> {
        let mut rows = vec![];
        for day in &self.days {
            for (time, visitors) in &day.half_hours {
                let Some(need) = self.need(*visitors) else { continue };
                let count = |count: Option<u32>| count.map(|count| count.to_string()).unwrap_or_default();
                let simulated = |of: fn(&Simulated) -> f64| {
                    need.simulated.as_ref().map(|it| format!("{:.4}", of(it))).unwrap_or_default()
                };
                rows.push([
                    day.weekday.map_or("all", name).to_owned(),
                    time.map(|time| time.format("%H:%M").to_string()).unwrap_or_default(),
                    format!("{:.3}", need.arrivals),
                    format!("{:.3}", need.load_erlangs),
                    count(need.operators),
                    simulated(|it| it.service_level),
                    simulated(|it| it.abandonment),
                    simulated(|it| it.mean_wait_s),
                    count(need.erlang_c),
                    count(need.erlang_a),
                ]);
            }
        }
        let beginning = csv::beginning(Separator::Comma, COLUMNS)?;
        let lines = csv::lines(Separator::Comma, rows)?;
        Ok(String::from_utf8([beginning, lines].concat())?)
    }

    pub(super) fn text(&self) -> String {
        let mean = |times: &Times| seconds(times).map_or_else(|| "unknown".to_owned(), |s| format!("{s} s"));
        let promise = self.method.promise;
        let mut text = format!(
            "{} % answered within {} s; {} conversations per operator, handle time {}, pick-up {}, patience {}",
            percent(promise.share),
            promise.within_s,
            self.traffic.conversations_per_operator,
            mean(&self.traffic.handle),
            mean(&self.traffic.pick_up),
            self.traffic.patience.as_ref().map_or_else(|| "endless".to_owned(), mean),
        );
        let mut add = |more: &str| text.write_fmt(format_args!("\n{more}")).unwrap_or_default();
        if let Some(at_best) = self.at_best().filter(|_| !self.can_be_kept()) {
            add(&format!(
                "No number of operators reaches that: at best {} % are answered within {} s, because operators take so \
                 long to pick up.",
                percent(at_best),
                promise.within_s,
            ));
        }
        if let Some(closed) = self.measured.map(|measured| measured.while_closed).filter(|count| *count > 0) {
            add(&format!(
                "{closed} requests came while the service was closed; no operators are planned for them."
            ));
        }
        if let Some(day) = self.days.first() {
            add(&self.table_of(day).to_string());
        }
        if self.days.iter().filter(|day| day.weekday.is_some()).count() > 1 {
            add("Operators on each weekday, for so many visitors:");
            add(&self.week().to_string());
        }
        text
    }

    fn table_of(&self, day: &Day) -> comfy_table::Table {
        let mut table = table(&[
            "Half hour",
            "Visitors",
            "Load",
            "Operators",
            "In time",
            "Gave up",
            "Mean wait (s)",
            "Erlang C",
            "Erlang A",
        ]);
        for (time, visitors) in &day.half_hours {
            // Half hours in which nobody comes need nobody.
            let Some(need) = self.need(*visitors).filter(|need| need.arrivals > 0.0) else { continue };
            let simulated = |text: fn(&Simulated) -> String| need.simulated.as_ref().map_or_else(none, text);
            table.add_row([
                time.map(|time| time.format("%H:%M").to_string()).unwrap_or_default(),
                format!("{:.1}", need.arrivals),
                format!("{:.2}", need.load_erlangs),
                count(need.operators),
                simulated(|it| format!("{:.1} %", it.service_level * 100.0)),
                simulated(|it| format!("{:.1} %", it.abandonment * 100.0)),
                simulated(|it| format!("{:.1}", it.mean_wait_s)),
                count(need.erlang_c),
                count(need.erlang_a),
            ]);
        }
        table
    }

    /// Weekday by weekday: the operators, and the visitors in brackets; empty where the service is closed.
    fn week(&self) -> comfy_table::Table {
        let mut header = vec!["Half hour"];
        let days: Vec<(&'static str, &Day)> = WEEKDAYS
            .iter()
            .filter_map(|weekday| {
                let day = self.days.iter().find(|day| day.weekday == Some(*weekday))?;
                Some((short(*weekday), day))
            })
            .collect();
        header.extend(days.iter().map(|(name, _)| *name));
        let mut table = table(&header);
        for (time, _) in self.days.first().iter().flat_map(|day| &day.half_hours) {
            let cell = |day: &Day| {
                let visitors =
                    day.half_hours.iter().find(|(at, _)| at == time).map(|(_, visitors)| *visitors);
                let need = visitors.and_then(|visitors| self.need(visitors));
                need.map(|need| format!("{} ({:.1})", count(need.operators), need.arrivals))
            };
            let cells: Vec<String> = days.iter().map(|(_, day)| cell(day).unwrap_or_default()).collect();
            let time = time.map(|time| time.format("%H:%M").to_string()).unwrap_or_default();
            table.add_row(std::iter::once(time).chain(cells));
        }
        table
    }
}

fn none() -> String {
    "–".to_owned()
}

fn count(count: Option<u32>) -> String {
    count.map_or_else(none, |count| count.to_string())
}

fn seconds(times: &Times) -> Option<f64> {
    times.mean().map(|millis| (millis / 100.0).round() / 10.0)
}

/// As in the settings.
const fn name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "monday",
        Weekday::Tue => "tuesday",
        Weekday::Wed => "wednesday",
        Weekday::Thu => "thursday",
        Weekday::Fri => "friday",
        Weekday::Sat => "saturday",
        Weekday::Sun => "sunday",
    }
}

const fn short(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "Mon",
        Weekday::Tue => "Tue",
        Weekday::Wed => "Wed",
        Weekday::Thu => "Thu",
        Weekday::Fri => "Fri",
        Weekday::Sat => "Sat",
        Weekday::Sun => "Sun",
    }
}

/// A share in percent, to a tenth where that says more.
fn percent(share: f64) -> String {
    let tenths = (share * 1_000.0).round().max(0.0);
    if tenths % 10.0 == 0.0 { format!("{:.0}", tenths / 10.0) } else { format!("{:.1}", tenths / 10.0) }
}
