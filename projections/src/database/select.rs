//! A query over one table: every question of this crate is one, by equality, before or after a
//! position or a time, in the order of an index.

use std::fmt::Write as _;

use domain::Timestamp;

use super::argument::Argument;
use super::dialect::Dialect;
use super::table::{Column, Kind, Table};
use crate::encoding;

/// A query being written. Only names of columns that stand in the code are put into the text; values
/// are always arguments.
#[derive(Clone, Debug)]
pub(crate) struct Select {
    pub(super) table: Table,
    pub(super) arguments: Vec<Argument>,
    conditions: Vec<Condition>,
    order: Option<&'static str>,
    key_order: bool,
    limit: Option<usize>,
}

#[derive(Clone, Debug)]
enum Condition {
    /// The whole text.
    Plain(String),
    /// A comparison with a time, without the cast of its argument: its type is the dialect's to name.
    Time(String),
    /// These columns together are after these arguments, some of which are times.
    After(String, Vec<(bool, usize)>),
}

impl Select {
    pub(crate) const fn from(table: Table) -> Self {
        Self { table, arguments: vec![], conditions: vec![], order: None, key_order: false, limit: None }
    }

    /// Rows whose column has this value.
    pub(crate) fn equal(mut self, column: &'static str, value: &impl ToString) -> Self {
        self.condition(column, "=", Argument::Text(value.to_string()));
        self
    }

    /// Rows whose column has this value, if given.
    pub(crate) fn equal_if(self, column: &'static str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.equal(column, &value),
            None => self,
        }
    }

    /// Rows whose column has one of these values; all rows if the list is empty.
    pub(crate) fn any_of(mut self, column: &'static str, values: &[String]) -> Self {
        if values.is_empty() {
            return self;
        }
        let places: Vec<String> = values
            .iter()
            .map(|value| {
                self.arguments.push(Argument::Text(value.clone()));
                format!("${}", self.arguments.len())
            })
            .collect();
        self.conditions.push(Condition::Plain(format!("{column} IN ({})", places.join(", "))));
        self
    }

    /// Rows whose column differs from `value`, if `asked`. The value stands in the text of the query, so
    /// that the database may use an index that leaves out just that.
    pub(crate) fn unless_if(mut self, column: &'static str, value: &'static str, asked: bool) -> Self {
        if asked {
            self.conditions.push(Condition::Plain(format!("{column} <> '{value}'")));
        }
        self
    }

    /// Rows with more than this in the column.
    pub(crate) fn after(mut self, column: &'static str, value: i64) -> Self {
        self.condition(column, ">", Argument::Integer(value));
        self
    }

    /// Rows with less than this in the column, if a bound is given.
    pub(crate) fn before_if(mut self, column: &'static str, value: Option<i64>) -> Self {
        if let Some(value) = value {
            self.condition(column, "<", Argument::Integer(value));
        }
        self
    }

    /// Rows with this or less in the column.
    pub(crate) fn up_to(mut self, column: &'static str, value: i64) -> Self {
        self.condition(column, "<=", Argument::Integer(value));
        self
    }

    /// Rows at this time or before.
    pub(crate) fn up_to_time(self, column: &'static str, moment: &Timestamp) -> Self {
        self.moment(column, "<=", moment)
    }

    /// Rows at this time or after.
    pub(crate) fn since_time(self, column: &'static str, moment: &Timestamp) -> Self {
        self.moment(column, ">=", moment)
    }

    /// Rows before this time.
    pub(crate) fn before_time(self, column: &'static str, moment: &Timestamp) -> Self {
        self.moment(column, "<", moment)
    }

    /// The column is at this time or later, if one is given.
    pub(crate) fn since_time_if(self, column: &'static str, moment: Option<&Timestamp>) -> Self {
        match moment {
            Some(moment) => self.since_time(column, moment),
            None => self,
        }
    }

    /// The column is before this time, if one is given.
    pub(crate) fn before_time_if(self, column: &'static str, moment: Option<&Timestamp>) -> Self {
        match moment {
            Some(moment) => self.before_time(column, moment),
            None => self,
        }
    }

    fn moment(mut self, column: &'static str, comparison: &str, moment: &Timestamp) -> Self {
        self.arguments.push(Argument::Text(encoding::millis::text(moment)));
        let condition = format!("{column} {comparison} ${}", self.arguments.len());
        self.conditions.push(Condition::Time(condition));
        self
    }

    /// In this order.
    pub(crate) const fn order(mut self, order: &'static str) -> Self {
        self.order = Some(order);
        self
    }

    /// In the order of the primary key.
    pub(crate) fn in_key_order(mut self) -> Self {
        self.key_order = true;
        self
    }

    /// Rows whose key, without what it has to be equal to, comes after these values of these columns.
    pub(crate) fn after_key(mut self, columns: &[Column], values: Vec<Argument>) -> Self {
        let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
        let first = self.arguments.len() + 1;
        let places = columns.iter().zip(first..).map(|(column, place)| (column.kind == Kind::Time, place));
        let condition = Condition::After(names.join(", "), places.collect());
        self.arguments.extend(values);
        self.conditions.push(condition);
        self
    }

    /// Rows whose value of the column is in no row of another table.
    pub(crate) fn not_in(mut self, column: &'static str, other: Table) -> Self {
        let text = format!("{column} NOT IN (SELECT {column} FROM {})", other.name);
        self.conditions.push(Condition::Plain(text));
        self
    }

    /// At most this many.
    pub(crate) const fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    fn condition(&mut self, column: &'static str, comparison: &str, argument: Argument) {
        self.arguments.push(argument);
        let text = format!("{column} {comparison} ${}", self.arguments.len());
        self.conditions.push(Condition::Plain(text));
    }

    /// The query for how many rows there are.
    pub(super) fn count_sql(&self, dialect: Dialect) -> String {
        format!("SELECT count(*) FROM {}{}", self.table.name, self.filter(dialect))
    }

    pub(super) fn sql(&self, dialect: Dialect) -> String {
        let mut sql = format!("SELECT {} FROM {}{}", self.table.row(), self.table.name, self.filter(dialect));
        if let Some(order) = self.order {
            let _ = write!(sql, " ORDER BY {order}");
        }
        if self.key_order {
            let _ = write!(sql, " ORDER BY {}", self.table.key.join(", "));
        }
        if let Some(limit) = self.limit {
            let _ = write!(sql, " LIMIT {limit}");
        }
        sql
    }

    fn filter(&self, dialect: Dialect) -> String {
        let text = |condition: &Condition| match condition {
            Condition::Plain(text) => text.clone(),
            Condition::Time(text) => format!("{text}{}", dialect.time_cast()),
            Condition::After(columns, places) => {
                let place = |(is_time, place): &(bool, usize)| {
                    format!("${place}{}", if *is_time { dialect.time_cast() } else { "" })
                };
                format!("({columns}) > ({})", places.iter().map(place).collect::<Vec<_>>().join(", "))
            }
        };
        let conditions: Vec<String> = self.conditions.iter().map(text).collect();
        if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) }
    }
}
