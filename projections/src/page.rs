//! Pages of long answers, by cursor: a page says where the next one starts, so that rows that appear
//! meanwhile neither repeat nor hide another.

use journal::Position;
use serde::Serialize;
use utoipa::ToSchema;

use crate::encoding;

/// Rows in one page at most: fills a screen several times, and a database hardly notices.
pub const PAGE_MAX: usize = 200;

/// One page of an answer (spec.md §History, audit, analysts). It has as many rows as were asked for, or fewer where they
/// are long: a few MiB in all.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows, in the order of the question.
    pub items: Vec<T>,
    /// The cursor of the next page; absent on the last one.
    pub next: Option<Position>,
}

/// One page of a list that can be sorted and filtered: its cursors are for the same question only.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Listing<T> {
    /// The rows, in the order of the question. There may be fewer than asked for, or none, and still more on
    /// the next page: when few are found among many, a page ends after a bounded time.
    pub items: Vec<T>,
    /// The cursor of the next page, opaque; absent on the last one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of rows, and of whether there are more.
    pub(crate) fn of((items, more): (Vec<T>, bool), cursor: impl Fn(&T) -> i64) -> Self {
        let next = if more { items.last().map(|row| encoding::log_position(cursor(row))) } else { None };
        Self { items, next }
    }
}
