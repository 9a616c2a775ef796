//! A chart of both sides, hour by hour, as SVG: one panel per figure, one pair of bars per hour.
//!
//! A dozen rectangles and their labels need no library for charts.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::report::{Part, WhatIf};

/// The figures that are shown: by name, with their labels, and whether they are shares.
const PANELS: [(&str, &str, bool); 4] = [
    ("wait_served_mean_s", "Mean wait of those served (s)", false),
    ("service_level", "Service level", true),
    ("abandonment_rate", "Abandonment rate", true),
    ("occupancy", "Occupancy", true),
];

const WIDTH: f64 = 960.0;
const MARGIN: f64 = 56.0;
const PANEL: f64 = 150.0;
const GAP: f64 = 56.0;
const HEAD: f64 = 72.0;
const BEFORE: &str = "#8a93a6";
const AFTER: &str = "#1f6feb";

/// The chart.
pub fn svg(what_if: &WhatIf) -> String {
    let hours = what_if.before.hours.len().max(1);
    let height = HEAD + (PANEL + GAP) * float(PANELS.len());
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n\
         <title>{}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
        escaped(&title(what_if)),
    );
    text(&mut svg, (MARGIN, 24.0), "start", &title(what_if));
    for (x, colour, label) in
        [(MARGIN, BEFORE, "as it was"), (MARGIN + 110.0, AFTER, "as it would have been")]
    {
        bar(&mut svg, (x, 38.0), (12.0, 12.0), colour, label);
        text(&mut svg, (x + 18.0, 49.0), "start", label);
    }
    for (index, (name, label, is_share)) in PANELS.into_iter().enumerate() {
        let top = HEAD + (PANEL + GAP) * float(index) + 16.0;
        panel(&mut svg, what_if, (name, label, is_share), top, hours);
    }
    svg.push_str("</svg>\n");
    svg
}

fn title(what_if: &WhatIf) -> String {
    let mut changes = what_if.set.clone();
    if what_if.operators != 0 {
        changes.push(format!("{:+} operators", what_if.operators));
    }
    if what_if.hours_replaced {
        changes.push("other opening hours".to_owned());
    }
    let changes = if changes.is_empty() { "nothing otherwise".to_owned() } else { changes.join(", ") };
    format!("{}, {} to {}: {changes}", what_if.livechat, what_if.from, what_if.until)
}

fn panel(
    svg: &mut String,
    what_if: &WhatIf,
    (name, label, is_share): (&str, &str, bool),
    top: f64,
    hours: usize,
) {
    let all = what_if.before.hours.iter().chain(&what_if.after.hours);
    let highest = all.filter_map(|part| value(&part.figures, name)).fold(0.0, f64::max);
    let highest = if is_share { highest.max(1.0) } else { highest.max(1.0).ceil() };
    let shown = |value: f64| match value {
        share if is_share => format!("{:.0} %", share * 100.0),
        short if short < 10.0 && short.fract() != 0.0 => format!("{short:.1}"),
        long => format!("{long:.0}"),
    };
    text(svg, (MARGIN, top - 8.0), "start", label);
    for (share, at) in [(0.0, top + PANEL), (0.5, top + PANEL / 2.0), (1.0, top)] {
        let _ = writeln!(
            svg,
            "<line x1=\"{MARGIN}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#d7dbe3\"/>",
            WIDTH - MARGIN / 2.0
        );
        text(svg, (MARGIN - 6.0, at + 4.0), "end", &shown(highest * share));
    }
    let step = (WIDTH - MARGIN * 1.5) / float(hours);
    let each = (hours * 2).div_ceil(24).max(1);
    let sides: [(&[Part], &str, f64); 2] =
        [(&what_if.before.hours, BEFORE, 0.1), (&what_if.after.hours, AFTER, 0.5)];
    for (parts, colour, offset) in sides {
        for (index, part) in parts.iter().enumerate() {
            let Some(value) = value(&part.figures, name) else { continue };
            let high = PANEL * (value / highest).clamp(0.0, 1.0);
            let x = MARGIN + step * (float(index) + offset);
            let told = format!("{}: {}", part.from, shown(value));
            bar(svg, (x, top + PANEL - high), (step * 0.38, high), colour, &told);
        }
    }
    for (index, part) in what_if.before.hours.iter().enumerate().step_by(each) {
        // The time of the clocks of the livechat: 2026-11-24T08:00:00+01:00.
        let hour = part.from.get(11..16).unwrap_or_default();
        text(svg, (MARGIN + step * (float(index) + 0.5), top + PANEL + 16.0), "middle", hour);
    }
}

fn value(figures: &Map<String, Value>, name: &str) -> Option<f64> {
    figures.get(name).and_then(Value::as_f64)
}

fn bar(svg: &mut String, (x, y): (f64, f64), (width, height): (f64, f64), colour: &str, told: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(
        svg,
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{colour}\">\
         <title>{}</title></rect>",
        escaped(told)
    );
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, told: &str) {
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"#24292f\">{}</text>",
        escaped(told)
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[expect(clippy::cast_precision_loss, reason = "a chart has fewer than 2^52 bars")]
const fn float(count: usize) -> f64 {
    count as f64
}
