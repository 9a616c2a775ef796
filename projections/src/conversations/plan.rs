//! How a query is run by the database: which conditions an index answers in its order, and which are checked row by
//! row.

use domain::{LivechatId, Timestamp};

use super::condition::{Condition, write_all};
use super::conversation::State;
use super::cursor::Cursor;
use super::filter::{Question, Sort};
use super::fold::Conversations;
use crate::database::{Statement, Transaction};
use crate::encoding;
use crate::projection::Projection;
use crate::search::query::TermInRows;

/// How a query is run.
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
    /// No row can meet both.
    pub(super) is_empty: bool,
}

impl<'a> Plan<'a> {
    pub(super) fn of(livechat: &'a LivechatId, question: &'a Question) -> Self {
        let by_request = question.sort.is_by_request();
        let filter = &question.filter;
        let states = states(question);
        let is_empty = states.as_ref().is_some_and(Vec::is_empty);
        let one = |column, value: Option<String>| value.map(|value| Condition::Is(column, vec![value]));
        // Ordered by how few rows they usually leave.
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

    /// The last of the next `window` conversations in the order; none if there are fewer.
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

    /// Without statistics, SQLite cannot choose the best index: the query names it. Without one, rows are found by
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
