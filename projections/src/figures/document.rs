//! `FIGURES.md`: the table of figures for people. A test checks that the file is generated from the definitions.

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

**Where a row counts.** A contact (a request and all that came of it) in the hour of its request; an assignment (one time
that an operator had a conversation) in the hour in which it began; a survey in the hour in which it was asked.
Time within the period is clipped to it, at both ends and at now. What is not over counts with all that has
happened so far, except in means and percentiles of what has an end.

**Segments.** A conversation that was kept open and is asked for again has another contact: the request counts
again (`requested_again`), its wait runs from that request, whoever leaves before the pick-up then has abandoned it,
whatever became of the segments before, and its surveys are its own.

**Waiting.** A visitor waits from the request until an operator has picked up, in the queue as on a tab that flashes.
Whoever was not refused and goes before that, by choice or by leaving the site, has *abandoned* it. Whom an operator
had picked up before has not: of those who came back to the queue or were passed on, and left while they waited for the
next one, `left` counts also these, and `left_after_answer` only these.

**Whose it is.** What an operator did counts for that operator, whoever the contact began with; what no operator did,
as what a supervisor wrote in an operator's stead, is in the row of nobody. What a figure says of an operator stands
beside its formula; one that says nothing of a single operator is empty in those rows. An assignment is its operator's; a
survey is about the operator who had picked up the segment it belongs to. By skill, all is of the skill that the
request asked for, or of none. What *adds up* has the total of the livechat as its sum over hours, days, operators or
skills, as far as it is broken down by them.

**Occupancy** is the time in conversations, from the pick-up to the end, ÷ (reference concurrency × time online), here,
in `analytics/occupancy_per_operator.sql` and in what-ifs; what is not over yet counts until now. The reference is the
setting `figures.reference_concurrency`, 3 by default.

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
    let of_operator =
        |by: &str, words: Option<&str>| words.map_or(String::new(), |text| format!(" *{by}* {text}"));
    let english = of_operator("By operator:", figure.of_operator.map(|words| words.en));
    let french = of_operator("Par opérateur\u{a0}:", figure.of_operator.map(|words| words.fr));
    format!(
        "| `{}` | {unit} | {} | {adds_up} | **{}.** {}{english} | **{}.** {}{french} |",
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
        Source::Assignments => "Assignments: table `assignments` and live conversations, begun in the period",
        Source::AssignmentsWithin => {
            "Assignments: table `assignments` and live conversations, the part within the period"
        }
        Source::OperatorTime => {
            "Operators: table `operator_time` and those connected, the part within the period"
        }
        Source::Surveys => "Surveys: tables `survey_answers` and `pending_surveys`, asked in the period",
    }
}
