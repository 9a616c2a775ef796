//! `FIGURES.md`: the table of figures for people. A test sees to it that the file is what this makes of the
//! definitions.

use std::fmt::Write as _;

use super::definitions::{self, Figure, Per, Source, Unit};

const HEAD: &str = "\
# Figures

Made from the definitions in `projections/src/figures/definitions` by `pupitre figures > FIGURES.md`; a test
checks that it still is. `GET /api/v1/livechats/{livechat}/figures` answers with them and
`GET …/figures/definitions` with this table.

**Period.** From `from` on, before `until`; a date is its first moment by the clocks of the livechat. Cut into
hours or days by those clocks: a day has 23 or 25 hours when they change, and the hour that comes twice is two
rows with different offsets. At most 400 days, 62 when cut into hours, 20,000 rows.

**Where a row counts.** A contact (a request and all that came of it) in the hour of its request; a stay (one time
that an operator had a conversation) in the hour in which it began; a survey in the hour in which it was asked.
Time within the period is clipped to it, at both ends and at now. What is not over counts with all that has
happened so far, except in means and percentiles of what has an end.

**Whose it is.** A contact is the operator's who picked it up first, or nobody's; a stay is its operator's; a
survey is of the operator in charge when it was asked. By skill, all is of the skill that the request asked for,
or of none. What *adds up* has the total of the livechat as its sum over hours, days, operators or skills.

**Units.** Names that end in `_s` are seconds, to the millisecond. Ratios are quotients: 1 is 100 %. A value is
empty (`null`) when there is nothing to measure. A percentile is the smallest value that at least so many percent
of the values do not exceed (nearest rank); so the median of four values is the second.

**Surveys, question by question.** `questions` has, for each field of each survey in whichever version, the answers
that were not blank, the mean of ratings and how often each rating was given or each choice chosen. In a table:
columns `survey.SURVEY.FIELD.answers`, `.mean` and one per rating or choice.

**Today.** The totals of the supervisor's screen are these figures from midnight to now; only those who wait count
whenever they asked. Its satisfaction is `satisfaction_mean`.
";

/// The whole file.
pub fn markdown() -> String {
    let mut text = HEAD.to_owned();
    let mut source = None;
    for figure in definitions::all() {
        if source != Some(figure.source) {
            source = Some(figure.source);
            // Writing to a string cannot fail.
            let _ = write!(text, "\n## {}\n\n", told(figure.source));
            text.push_str("| figure | unit | by | adds up | English | French |\n|---|---|---|---|---|---|\n");
        }
        let _ = writeln!(text, "{}", line(figure));
    }
    text
}

fn line(figure: &Figure) -> String {
    let unit = match figure.unit {
        Unit::Count => "count",
        Unit::Seconds => "s",
        Unit::Ratio => "ratio",
    };
    let per: Vec<&str> = figure
        .per
        .iter()
        .map(|per| match per {
            Per::Livechat => "livechat",
            Per::Operator => "operator",
            Per::Skill => "skill",
        })
        .collect();
    let adds_up = if figure.adds_up { "yes" } else { "" };
    format!(
        "| `{}` | {unit} | {} | {adds_up} | **{}.** {} | **{}.** {} |",
        figure.name,
        per.join(", "),
        figure.label.en,
        figure.formula.en,
        figure.label.fr,
        figure.formula.fr,
    )
}

const fn told(source: Source) -> &'static str {
    match source {
        Source::Contacts => "Contacts: table `contacts` and live conversations, requested in the period",
        Source::Stays => "Stays: table `stays` and live conversations, begun in the period",
        Source::StaysWithin => "Stays: table `stays` and live conversations, the part within the period",
        Source::OperatorTime => {
            "Operators: table `operator_time` and those connected, the part within the period"
        }
        Source::Surveys => "Surveys: tables `survey_answers` and `pending_surveys`, asked in the period",
    }
}
