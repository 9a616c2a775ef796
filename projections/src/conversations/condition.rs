//! One condition on conversations: the index that finds those that meet it, and its SQL.

use crate::text_search::Term;
use domain::settings::surveys::Audience;
use domain::{LivechatId, OperatorId, Timestamp};

use super::filter::{AnswerFilter, Answered, Settled};
use crate::database::Statement;
use crate::encoding;
use crate::search::query::TermInRows;

/// One thing that has to be true of a conversation.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    /// The column has one of these values.
    Is(&'static str, Vec<String>),
    /// This operator has it, last had it, or had picked it up before.
    TookPart(LivechatId, OperatorId),
    /// This operator had picked it up before, and another one has it or last had it.
    HadBefore(LivechatId, OperatorId),
    /// The column is true, or false.
    Flag(&'static str, bool),
    /// The time in the column is in this period, whose end, if any, is exclusive.
    During(&'static str, Option<Timestamp>, Option<Timestamp>),
    /// The number in the column is larger.
    Over(&'static str, i64),
    /// The number in the column is this.
    Zero(&'static str),
    /// There is something in the column.
    Present(&'static str),
    /// A survey was settled so.
    Settled(Audience, Settled),
    /// This was answered to a survey.
    Answered(Answered),
    /// This was said.
    Said(Term),
}

impl Condition {
    /// The same as several conditions with one value each: each of them is in order in an index.
    pub(super) fn branches(&self) -> Vec<Self> {
        match self {
            Self::Is(column, values) => {
                values.iter().map(|value| Self::Is(column, vec![value.clone()])).collect()
            }
            Self::TookPart(livechat, operator) => vec![
                Self::Is("operator", vec![operator.to_string()]),
                Self::HadBefore(livechat.clone(), operator.clone()),
            ],
            Self::HadBefore(..)
            | Self::Flag(..)
            | Self::During(..)
            | Self::Over(..)
            | Self::Zero(_)
            | Self::Present(_)
            | Self::Settled(..)
            | Self::Answered(_)
            | Self::Said(_) => vec![self.clone()],
        }
    }

    /// The index of those for which it is true; that of all in the order of requests, if it has none; none, if
    /// it names the keys.
    pub(super) fn index(&self) -> Option<&'static str> {
        Some(match self {
            Self::HadBefore(..) => return None,
            Self::Is("visitor", _) => "by_visitor",
            Self::Is("operator", _) | Self::TookPart(..) => "by_operator",
            Self::Is("skill", _) => "by_skill",
            Self::Is("reason", _) => "by_reason",
            Self::Is("state", _) => "by_state",
            Self::Flag(..) => "important",
            Self::Over(..) => "by_wait",
            Self::Is(..)
            | Self::During(..)
            | Self::Zero(_)
            | Self::Present(_)
            | Self::Settled(..)
            | Self::Answered(_)
            | Self::Said(_) => "by_request",
        })
    }

    /// Adds: it is true of the conversation.
    pub(super) fn write(&self, statement: &mut Statement) {
        match self {
            Self::Is(column, values) if values.len() == 1 => {
                statement.push_sql(&format!("{column} = "));
                statement.list(values);
            }
            Self::Is(column, values) => {
                statement.push_sql(&format!("{column} IN ("));
                statement.list(values);
                statement.push_sql(")");
            }
            Self::TookPart(livechat, operator) => took_part(statement, livechat, operator),
            Self::HadBefore(livechat, operator) => had_before(statement, livechat, operator),
            Self::Flag(column, true) => statement.push_sql(column),
            Self::Flag(column, false) => statement.push_sql(&format!("NOT {column}")),
            Self::During(column, from, until) => during(statement, column, from.as_ref(), until.as_ref()),
            Self::Over(column, number) => {
                statement.push_sql(&format!("{column} > "));
                statement.integer(*number);
            }
            Self::Zero(column) => statement.push_sql(&format!("{column} = 0")),
            Self::Present(column) => statement.push_sql(&format!("{column} IS NOT NULL")),
            Self::Settled(audience, settled) => is_settled(statement, *audience, *settled),
            Self::Answered(answered) => is_answered(statement, answered),
            Self::Said(term) => term.is_said(statement),
        }
    }
}

fn took_part(statement: &mut Statement, livechat: &LivechatId, operator: &OperatorId) {
    statement.push_sql("(operator = ");
    statement.text(operator);
    statement.push_sql(" OR EXISTS (SELECT 1 FROM assignments AS s WHERE s.livechat = ");
    statement.text(livechat);
    statement.push_sql(" AND s.operator = ");
    statement.text(operator);
    statement.push_sql(" AND s.conversation = conversations.conversation AND s.picked_up_at IS NOT NULL))");
}

fn had_before(statement: &mut Statement, livechat: &LivechatId, operator: &OperatorId) {
    statement.push_sql("conversation IN (SELECT s.conversation FROM assignments AS s WHERE s.livechat = ");
    statement.text(livechat);
    statement.push_sql(" AND s.operator = ");
    statement.text(operator);
    statement.push_sql(" AND s.picked_up_at IS NOT NULL) AND (operator IS NULL OR operator <> ");
    statement.text(operator);
    statement.push_sql(")");
}

fn during(statement: &mut Statement, column: &str, from: Option<&Timestamp>, until: Option<&Timestamp>) {
    let ends = [(">=", from), ("<", until)];
    let ends = ends.into_iter().filter_map(|(than, end)| Some((than, end?)));
    for (index, (than, end)) in ends.enumerate() {
        let and = if index == 0 { "" } else { " AND " };
        statement.push_sql(&format!("{and}{column} {than} "));
        statement.time(end);
    }
}

fn is_settled(statement: &mut Statement, audience: Audience, settled: Settled) {
    with_survey(statement, |statement| {
        statement.push_sql("a.audience = ");
        statement.text(&encoding::word(&audience));
        statement.push_sql(match settled {
            Settled::Answered => " AND a.closing IS NULL",
            Settled::Unanswered => " AND a.closing IS NOT NULL",
        });
    });
}

fn is_answered(statement: &mut Statement, Answered { survey, field }: &Answered) {
    with_survey(statement, |statement| {
        statement.push_sql("a.survey = ");
        statement.text(survey);
        statement.push_sql(" AND a.closing IS NULL");
        match field {
            None => {}
            Some((field, AnswerFilter::Choice(choice))) => {
                statement.push_sql(" AND ");
                statement.chosen("a.answers", field.as_str(), choice.as_str());
            }
            Some((field, AnswerFilter::Rating(range))) => {
                statement.push_sql(" AND ");
                statement.rated("a.answers", field.as_str(), *range.start(), *range.end());
            }
        }
    });
}

fn with_survey(statement: &mut Statement, write: impl FnOnce(&mut Statement)) {
    statement.push_sql(
        "EXISTS (SELECT 1 FROM survey_answers AS a WHERE a.livechat = conversations.livechat \
         AND a.conversation = conversations.conversation AND ",
    );
    write(statement);
    statement.push_sql(")");
}

/// Adds: all of these are true, with this before the first.
pub(super) fn write_all(statement: &mut Statement, before: &str, conditions: &[Condition]) {
    for (index, condition) in conditions.iter().enumerate() {
        statement.push_sql(if index == 0 { before } else { " AND " });
        condition.write(statement);
    }
}
