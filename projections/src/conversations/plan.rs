//! How a question is asked of the database: what is read by an index in its order, and what is looked at row
//! by row.

use crate::text_search::Term;
use domain::settings::surveys::Audience;
use domain::{LivechatId, OperatorId, Timestamp};

use super::cursor::Cursor;
use super::filter::{Answered, Given, Question, Settled, Sort};
use super::row::{Conversations, State};
use crate::database::{Statement, Transaction};
use crate::encoding;
use crate::projection::Projection;
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

/// How a question is asked.
#[derive(Clone, Debug)]
pub(super) struct Plan<'a> {
    livechat: &'a LivechatId,
    question: &'a Question,
    /// The column, if any, whose index has those with these values in the order of the question; else the
    /// index of the order alone is read.
    lead: Option<Condition>,
    /// The part of that index.
    bounds: Vec<Condition>,
    /// What no index in that order covers.
    pub(super) rest: Vec<Condition>,
    /// Those of all conditions that some index covers, in whichever order.
    pub(super) narrow: Vec<Condition>,
    /// Nothing can be both.
    pub(super) is_empty: bool,
}

impl<'a> Plan<'a> {
    pub(super) fn of(livechat: &'a LivechatId, question: &'a Question) -> Self {
        let by_request = question.sort.is_by_request();
        let filter = &question.filter;
        let states = states(question);
        let is_empty = states.as_ref().is_some_and(Vec::is_empty);
        let one = |column, value: Option<String>| value.map(|value| Condition::Is(column, vec![value]));
        // By how few they usually leave.
        let mut indexed: Vec<Condition> = [
            one("visitor", filter.visitor.as_ref().map(ToString::to_string)),
            filter.important.filter(|important| *important).map(|_| Condition::Flag("important", true)),
            filter.operator.clone().map(|operator| Condition::TookPart(livechat.clone(), operator)),
            one("skill", filter.skill.as_ref().map(ToString::to_string)),
            words("reason", &filter.reasons),
            states.as_ref().and_then(|states| words("state", states)),
        ]
        .into_iter()
        .flatten()
        .collect();
        let mut narrow = indexed.clone();
        let (from, until) = (filter.requested_from, filter.requested_until);
        let window =
            (from.is_some() || until.is_some()).then_some(Condition::During("requested_at", from, until));
        let mut bounds = vec![];
        let mut rest = vec![];
        let mut lead = None;
        if by_request {
            lead = (!indexed.is_empty()).then(|| indexed.remove(0));
            bounds.extend(window);
        } else {
            bounds.push(Condition::Present(question.sort.column()));
            narrow.extend(window.clone());
            rest.extend(window);
        }
        rest.extend(indexed);
        if let Some(secs) = filter.wait_over_secs {
            let over = Condition::Over("wait_ms", i64::from(secs) * 1_000);
            narrow.push(over.clone());
            if question.sort.column() == "wait_ms" { bounds.push(over) } else { rest.push(over) }
        }
        // What has ended since has been requested before or since: only the latter is asked for.
        if question.sort.column() == "ended_at" && from.is_some() {
            bounds.push(Condition::During("ended_at", from, None));
        }
        rest.extend(
            filter.important.filter(|important| !important).map(|_| Condition::Flag("important", false)),
        );
        rest.extend(filter.transferred.map(|transferred| {
            if transferred { Condition::Over("transfers", 0) } else { Condition::Zero("transfers") }
        }));
        rest.extend(one("language", filter.language.map(|language| language.code().to_owned())));
        rest.extend(filter.settled().map(|(audience, settled)| Condition::Settled(audience, settled)));
        rest.extend(filter.answered.clone().map(Condition::Answered));
        rest.extend(question.said.iter().cloned().map(Condition::Said));
        Self { livechat, question, lead, bounds, rest, narrow, is_empty }
    }

    /// The next `window` conversations in the order, of which those that fit, at most `limit`.
    pub(super) fn page(
        &self,
        transaction: &Transaction,
        after: Option<Cursor>,
        window: usize,
        limit: usize,
    ) -> Statement {
        let mut statement = transaction.statement();
        statement.push_sql(&format!("SELECT {} FROM (", transaction.row_of(Conversations::TABLE)));
        self.walk(&mut statement, after, window);
        statement.push_sql(&format!(" LIMIT {window}) AS conversations"));
        write_all(&mut statement, " WHERE ", &self.rest);
        statement.push_sql(&self.order());
        statement.push_sql(&format!(" LIMIT {limit}"));
        statement
    }

    /// The last of the next `window` conversations in the order; none, if there are not so many.
    pub(super) fn last(&self, transaction: &Transaction, after: Option<Cursor>, window: usize) -> Statement {
        let mut statement = transaction.statement();
        statement.push_sql(&format!("SELECT {} FROM (", transaction.row_of(Conversations::TABLE)));
        self.walk(&mut statement, after, window);
        statement.push_sql(&format!(" LIMIT 1 OFFSET {}) AS conversations", window.saturating_sub(1)));
        statement
    }

    /// How many of the next `window` conversations fit one condition.
    pub(super) fn sample(
        &self,
        transaction: &Transaction,
        condition: &Condition,
        window: usize,
    ) -> Statement {
        let mut statement = transaction.statement();
        statement.push_sql("SELECT CAST(count(*) AS text) FROM (");
        self.walk(&mut statement, None, window);
        statement.push_sql(&format!(" LIMIT {window}) AS conversations WHERE "));
        condition.write(&mut statement);
        statement
    }

    /// How many rows an index has for one condition, if fewer than `up_to`; else that many.
    pub(super) fn probe(&self, transaction: &Transaction, narrow: &Condition, up_to: usize) -> Statement {
        let mut statement = transaction.statement();
        statement.push_sql("SELECT CAST(count(*) AS text) FROM (");
        if let Condition::Said(term) = narrow {
            term.matches(&mut statement, "1", self.livechat);
        } else {
            self.all(&mut statement, narrow);
        }
        statement.push_sql(&format!(" LIMIT {up_to}) AS probed"));
        statement
    }

    /// All that one condition leaves (there is some other, or nothing would have to be looked at), of which those that fit, in the order, at most `limit`.
    pub(super) fn gather(
        &self,
        transaction: &Transaction,
        narrow: &Condition,
        after: Option<Cursor>,
        limit: usize,
    ) -> Statement {
        let mut statement = transaction.statement();
        // Materialised: or else it might be found by reading the whole order.
        statement.push_sql("WITH few AS MATERIALIZED (");
        if let Condition::Said(term) = narrow {
            statement.push_sql("SELECT * FROM conversations WHERE livechat = ");
            statement.text(self.livechat);
            statement.push_sql(" AND conversation IN (");
            term.matches(&mut statement, "l.conversation", self.livechat);
            statement.push_sql(")");
        } else {
            self.all(&mut statement, narrow);
        }
        statement.push_sql(&format!(
            ") SELECT {} FROM few AS conversations WHERE ",
            transaction.row_of(Conversations::TABLE)
        ));
        let all: Vec<Condition> = self.lead.iter().chain(&self.bounds).chain(&self.rest).cloned().collect();
        write_all(&mut statement, "", &all);
        self.after(&mut statement, after);
        statement.push_sql(&self.order());
        statement.push_sql(&format!(" LIMIT {limit}"));
        statement
    }

    /// The conversations in the order, as an index has them.
    fn walk(&self, statement: &mut Statement, after: Option<Cursor>, window: usize) {
        let in_order = match self.question.sort {
            Sort::Newest | Sort::Oldest => "by_request",
            Sort::LongestWait => "by_wait",
            Sort::LastEnded => "by_end",
        };
        let branches = self.lead.as_ref().map_or(vec![], Condition::branches);
        // PostgreSQL merges what comes in order by itself; SQLite puts branches in order by the order of all.
        let (begin, end) = if branches.len() > 1 {
            ("(", format!("{} LIMIT {window})", self.order()))
        } else {
            ("", String::new())
        };
        for number in 0..branches.len().max(1) {
            statement.push_sql(if number == 0 { "" } else { " UNION ALL " });
            statement.dialect("", begin);
            if let Some(branch) = branches.get(number) {
                self.of_livechat(statement, branch.index());
                statement.push_sql(" AND ");
                branch.write(statement);
            } else {
                self.of_livechat(statement, Some(in_order));
            }
            write_all(statement, " AND ", &self.bounds);
            self.after(statement, after);
            statement.dialect("", &end);
        }
        statement.push_sql(&self.order());
    }

    /// Every conversation that one condition leaves.
    fn all(&self, statement: &mut Statement, narrow: &Condition) {
        for (number, branch) in narrow.branches().iter().enumerate() {
            statement.push_sql(if number == 0 { "" } else { " UNION ALL " });
            self.of_livechat(statement, branch.index());
            statement.push_sql(" AND ");
            branch.write(statement);
        }
    }

    /// Without statistics, SQLite cannot tell which index is best: the query names it. Without one, rows are found by
    /// their key.
    fn of_livechat(&self, statement: &mut Statement, index: Option<&str>) {
        statement.push_sql("SELECT * FROM conversations");
        let index = index
            .map_or("sqlite_autoindex_conversations_1".to_owned(), |index| format!("conversations_{index}"));
        statement.dialect(&format!(" INDEXED BY {index}"), "");
        statement.push_sql(" WHERE livechat = ");
        statement.text(self.livechat);
    }

    fn after(&self, statement: &mut Statement, after: Option<Cursor>) {
        let Some(Cursor { value, position }) = after else { return };
        let sort = self.question.sort;
        let than = if sort.ascends() { ">" } else { "<" };
        statement.push_sql(&format!(" AND ({}, requested_position) {than} (", sort.column()));
        if sort.is_by_moment() {
            statement.time(&Timestamp::from_timestamp_millis(value).unwrap_or_default());
        } else {
            statement.integer(value);
        }
        statement.push_sql(", ");
        statement.integer(position);
        statement.push_sql(")");
    }

    fn order(&self) -> String {
        let sort = self.question.sort;
        let direction = if sort.ascends() { "" } else { " DESC" };
        let column = sort.column();
        format!(" ORDER BY {column}{direction}, requested_position{direction}")
    }
}

/// The states asked for; none, if any will do. Only those that are over: no index is of those alone.
fn states(question: &Question) -> Option<Vec<State>> {
    let asked = &question.filter.states;
    match (question.filter.over_only, asked.is_empty()) {
        (false, true) => None,
        (false, false) => Some(asked.clone()),
        (true, any) => {
            let over = State::ALL.into_iter().filter(|state| state.is_over());
            Some(over.filter(|state| any || asked.contains(state)).collect())
        }
    }
}

fn words(column: &'static str, values: &[impl serde::Serialize]) -> Option<Condition> {
    let mut values: Vec<String> = values.iter().map(encoding::word).collect();
    values.sort_unstable();
    values.dedup();
    (!values.is_empty()).then_some(Condition::Is(column, values))
}

fn write_all(statement: &mut Statement, before: &str, conditions: &[Condition]) {
    for (index, condition) in conditions.iter().enumerate() {
        statement.push_sql(if index == 0 { before } else { " AND " });
        condition.write(statement);
    }
}

impl Condition {
    /// The same as several conditions with one value each: each of them is in order in an index.
    fn branches(&self) -> Vec<Self> {
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
    fn index(&self) -> Option<&'static str> {
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

    fn write(&self, statement: &mut Statement) {
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
            Self::TookPart(livechat, operator) => {
                statement.push_sql("(operator = ");
                statement.text(operator);
                statement.push_sql(" OR EXISTS (SELECT 1 FROM assignments AS s WHERE s.livechat = ");
                statement.text(livechat);
                statement.push_sql(" AND s.operator = ");
                statement.text(operator);
                statement.push_sql(
                    " AND s.conversation = conversations.conversation AND s.picked_up_at IS NOT NULL))",
                );
            }
            Self::HadBefore(livechat, operator) => {
                statement.push_sql(
                    "conversation IN (SELECT s.conversation FROM assignments AS s WHERE s.livechat = ",
                );
                statement.text(livechat);
                statement.push_sql(" AND s.operator = ");
                statement.text(operator);
                statement.push_sql(" AND s.picked_up_at IS NOT NULL) AND (operator IS NULL OR operator <> ");
                statement.text(operator);
                statement.push_sql(")");
            }
            Self::Flag(column, true) => statement.push_sql(column),
            Self::Flag(column, false) => statement.push_sql(&format!("NOT {column}")),
            Self::During(column, from, until) => {
                let ends = [(">=", from), ("<", until)];
                let ends = ends.iter().filter_map(|(than, end)| Some((than, end.as_ref()?)));
                for (index, (than, end)) in ends.enumerate() {
                    let and = if index == 0 { "" } else { " AND " };
                    statement.push_sql(&format!("{and}{column} {than} "));
                    statement.time(end);
                }
            }
            Self::Over(column, number) => {
                statement.push_sql(&format!("{column} > "));
                statement.integer(*number);
            }
            Self::Zero(column) => statement.push_sql(&format!("{column} = 0")),
            Self::Present(column) => statement.push_sql(&format!("{column} IS NOT NULL")),
            Self::Settled(audience, settled) => {
                with_survey(statement, |statement| {
                    statement.push_sql("a.audience = ");
                    statement.text(&encoding::word(audience));
                    statement.push_sql(match settled {
                        Settled::Answered => " AND a.closing IS NULL",
                        Settled::Unanswered => " AND a.closing IS NOT NULL",
                    });
                });
            }
            Self::Answered(Answered { survey, field }) => {
                with_survey(statement, |statement| {
                    statement.push_sql("a.survey = ");
                    statement.text(survey);
                    statement.push_sql(" AND a.closing IS NULL");
                    match field {
                        None => {}
                        Some((field, Given::Choice(choice))) => {
                            statement.push_sql(" AND ");
                            statement.chosen("a.answers", field.as_str(), choice.as_str());
                        }
                        Some((field, Given::Rating(range))) => {
                            statement.push_sql(" AND ");
                            statement.rated("a.answers", field.as_str(), *range.start(), *range.end());
                        }
                    }
                });
            }
            Self::Said(term) => term.is_said(statement),
        }
    }
}

fn with_survey(statement: &mut Statement, write: impl FnOnce(&mut Statement)) {
    statement.push_sql(
        "EXISTS (SELECT 1 FROM survey_answers AS a WHERE a.livechat = conversations.livechat \
         AND a.conversation = conversations.conversation AND ",
    );
    write(statement);
    statement.push_sql(")");
}
