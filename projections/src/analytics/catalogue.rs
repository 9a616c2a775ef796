//! The parts of the catalogue: views, their columns, and expressions that both databases understand.

use std::borrow::Cow;

use crate::database::{Dialect, Kind};

/// A view for analysts.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Its name; it never changes.
    pub name: &'static str,
    /// What one row of it is.
    pub comment: &'static str,
    /// Holds names or texts of visitors: not for every role that may read the others.
    pub personal: bool,
    /// Where the rows come from: what follows FROM, up to WHERE.
    pub(super) source: Sql,
    /// Which of those rows; all without it.
    pub(super) only: Option<Sql>,
    /// Its columns, the new ones at the end.
    pub columns: &'static [Column],
}

/// A column of a view.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name; it never changes.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What it means, with its unit.
    pub comment: &'static str,
    /// How it is computed; by default the column of this name.
    expression: Option<Sql>,
}

/// A piece of SQL.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sql {
    /// The same on both databases.
    Same(&'static str),
    /// Different ones.
    Each {
        /// On PostgreSQL.
        postgres: &'static str,
        /// On SQLite.
        sqlite: &'static str,
    },
    /// Milliseconds from one column of times to another.
    Elapsed {
        /// The earlier one.
        from: &'static str,
        /// The later one.
        to: &'static str,
    },
    /// Milliseconds from a time to now.
    RunningTotals {
        /// The time.
        from: &'static str,
    },
}

impl Sql {
    pub(super) fn on(self, dialect: Dialect) -> Cow<'static, str> {
        match (self, dialect) {
            (Self::Same(sql), _)
            | (Self::Each { postgres: sql, .. }, Dialect::Postgres)
            | (Self::Each { sqlite: sql, .. }, Dialect::Sqlite) => Cow::Borrowed(sql),
            (Self::Elapsed { from, to }, Dialect::Postgres) => Cow::Owned(format!(
                "CASE WHEN {to} < {from} THEN 0 ELSE CAST(round(extract(epoch FROM {to} - {from}) * 1000) AS bigint) END"
            )),
            (Self::Elapsed { from, to }, Dialect::Sqlite) => Cow::Owned(format!(
                "CASE WHEN \"{to}\" < \"{from}\" THEN 0 ELSE CAST({} - ({}) AS bigint) END",
                sqlite_ms(&quoted(to)),
                sqlite_ms(&quoted(from))
            )),
            (Self::RunningTotals { from }, Dialect::Postgres) => Cow::Owned(format!(
                "CASE WHEN now() < ({from}) THEN 0 \
                 ELSE CAST(round(extract(epoch FROM now() - ({from})) * 1000) AS bigint) END"
            )),
            (Self::RunningTotals { from }, Dialect::Sqlite) => {
                let so_far =
                    format!("({} - ({}))", sqlite_ms("CAST(CURRENT_TIMESTAMP AS text)"), sqlite_ms(from));
                Cow::Owned(format!("CASE WHEN {so_far} < 0 THEN 0 ELSE CAST({so_far} AS bigint) END"))
            }
        }
    }
}

impl Column {
    const fn new(name: &'static str, kind: Kind, comment: &'static str) -> Self {
        Self { name, kind, comment, expression: None }
    }

    /// The column that every view begins with.
    pub(super) const fn livechat() -> Self {
        Self::text("livechat", "In which livechat.")
    }

    pub(super) const fn text(name: &'static str, comment: &'static str) -> Self {
        Self::new(name, Kind::Text, comment)
    }

    pub(super) const fn integer(name: &'static str, comment: &'static str) -> Self {
        Self::new(name, Kind::Integer, comment)
    }

    pub(super) const fn time(name: &'static str, comment: &'static str) -> Self {
        Self::new(name, Kind::Time, comment)
    }

    pub(super) const fn flag(name: &'static str, comment: &'static str) -> Self {
        Self::new(name, Kind::Flag, comment)
    }

    pub(super) const fn json(name: &'static str, comment: &'static str) -> Self {
        Self::new(name, Kind::Json, comment)
    }

    /// Computed, in the same way on both databases.
    pub(super) const fn is(self, sql: &'static str) -> Self {
        self.computed(Sql::Same(sql))
    }

    /// Computed.
    pub(super) const fn computed(self, sql: Sql) -> Self {
        Self { expression: Some(sql), ..self }
    }

    /// Its expression, or nothing when it is the column of its own name.
    pub(super) fn expression(&self, dialect: Dialect) -> Option<Cow<'static, str>> {
        self.expression.map(|sql| sql.on(dialect))
    }
}

/// Milliseconds from one column of times to another: 0 where the clock was set back between the two.
pub(super) const fn elapsed_ms(from: &'static str, to: &'static str) -> Sql {
    Sql::Elapsed { from, to }
}

/// Milliseconds from a time to now: 0 where the clock of the database is behind.
pub(super) const fn so_far_ms(from: &'static str) -> Sql {
    Sql::RunningTotals { from }
}

fn quoted(column: &str) -> String {
    format!("\"{column}\"")
}

/// Milliseconds of a time as SQLite has it (`2026-01-31T09:00:00.000Z`), from some fixed time long ago. It is arithmetic
/// on the text and nothing else: programs that read the file and understand the view by themselves (`DuckDB` does) have
/// `julianday` under another name or not at all and divide integers differently. Here every division is exact.
///
/// Days are counted from the first of March of the year 0 by the Gregorian calendar: years begin in March, so that the
/// day of a leap year is the last one.
fn sqlite_ms(at: &str) -> String {
    let number = |from: u8, length: u8| format!("CAST(substr({at}, {from}, {length}) AS bigint)");
    let is_before_march = format!("substr({at}, 6, 2) < '03'");
    let year = format!("({} - CASE WHEN {is_before_march} THEN 1 ELSE 0 END)", number(1, 4));
    let month = format!("({} + CASE WHEN {is_before_march} THEN 9 ELSE -3 END)", number(6, 2));
    let divided = |dividend: &str, divisor: u16| format!("({dividend} - {dividend} % {divisor}) / {divisor}");
    let days = format!(
        "{} + {} + 365 * {year} + {} - {} + {}",
        number(9, 2),
        divided(&format!("(153 * {month} + 2)"), 5),
        divided(&year, 4),
        divided(&year, 100),
        divided(&year, 400),
    );
    let (hours, minutes, seconds, millis) = (number(12, 2), number(15, 2), number(18, 2), number(21, 3));
    format!("(((({days}) * 24 + {hours}) * 60 + {minutes}) * 60 + {seconds}) * 1000 + {millis}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_computes_intervals_by_arithmetic() {
        let lite = rusqlite::Connection::open_in_memory().unwrap();
        lite.execute_batch("CREATE TABLE moments (a TEXT, b TEXT)").unwrap();
        let elapsed = elapsed_ms("a", "b").on(Dialect::Sqlite).into_owned();
        for (a, b, expected) in [
            ("2021-03-28T00:59:59.999Z", "2021-03-28T01:00:00.001Z", 2),
            ("2024-02-28T23:59:59.000Z", "2024-03-01T00:00:00.000Z", 86_401_000),
            ("2023-02-28T23:59:59.000Z", "2023-03-01T00:00:00.000Z", 1_000),
            ("2000-02-28T12:00:00.000Z", "2000-03-01T12:00:00.000Z", 2 * 86_400_000),
            ("2100-02-28T12:00:00.000Z", "2100-03-01T12:00:00.000Z", 86_400_000),
            ("2021-12-31T23:59:59.999Z", "2022-01-01T00:00:00.000Z", 1),
            ("1970-01-01T00:00:00.000Z", "2026-11-30T00:00:00.000Z", 1_795_996_800_000),
            ("2026-01-02T00:00:00.000Z", "2026-01-01T00:00:00.000Z", 0),
        ] {
            lite.execute("DELETE FROM moments", []).unwrap();
            lite.execute("INSERT INTO moments VALUES (?, ?)", [a, b]).unwrap();
            let sql = format!("SELECT {elapsed} FROM moments");
            let found: i64 = lite.query_row(&sql, [], |row| row.get(0)).unwrap();
            assert_eq!(found, expected, "from {a} to {b}");
        }
        lite.execute("UPDATE moments SET b = NULL", []).unwrap();
        let sql = format!("SELECT {elapsed} FROM moments");
        assert_eq!(lite.query_row(&sql, [], |row| row.get::<_, Option<i64>>(0)).unwrap(), None);
    }
}
