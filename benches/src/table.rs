//! The figures of one run, as one table.

use std::time::Duration;

use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table};

/// How often something could be done in a second, measured several times.
#[derive(Debug)]
pub struct Rates {
    name: String,
    per_second: Vec<f64>,
}

impl Rates {
    /// Nothing is measured yet.
    pub fn of(name: impl Into<String>) -> Self {
        Self { name: name.into(), per_second: Vec::new() }
    }

    /// So many were done in this time.
    pub fn measured(&mut self, done: usize, took: Duration) {
        #[expect(clippy::cast_precision_loss, reason = "a rate is a floating-point number")]
        self.per_second.push(done as f64 / took.as_secs_f64());
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.per_second.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    fn median(&self) -> f64 {
        let sorted = self.sorted();
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

/// One line per thing measured, with its ratio to the first.
pub fn table(unit: &str, rates: &[Rates]) -> String {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN);
    table.set_header(vec!["", &format!("{unit}/s, median"), "lowest to highest", "ratio"]);
    let first = rates.first().map_or(f64::NAN, Rates::median);
    for rates in rates {
        let sorted = rates.sorted();
        let edge = |value: Option<&f64>| thousands(value.copied().unwrap_or(f64::NAN));
        table.add_row(vec![
            rates.name.clone(),
            thousands(rates.median()),
            format!("{} to {}", edge(sorted.first()), edge(sorted.last())),
            format!("{:.1}", rates.median() / first),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}

/// A rounded number with its thousands apart.
pub fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
