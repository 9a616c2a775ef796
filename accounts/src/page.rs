//! Pages of lists, by cursor: a page says where the next one starts, so that rows that appear meanwhile neither repeat
//! nor hide another.

use domain::bilingual::both;
use domain::both;
use domain::field::FieldError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Error;
use crate::limits::PAGE_ROWS;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows, in the order of the list.
    pub items: Vec<T>,
    /// The cursor of the next page, opaque; absent on the last one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of rows, of which one more was read than it takes.
    pub(crate) fn of(mut items: Vec<T>, limit: usize, cursor: impl Fn(&T) -> String) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(cursor) } else { None };
        Self { items, next }
    }
}

/// The number of rows asked for, if it is allowed.
pub(crate) fn limit(rows: usize) -> Result<usize, Error> {
    if PAGE_ROWS.contains(&rows) {
        return Ok(rows);
    }
    let (min, max) = (PAGE_ROWS.start(), PAGE_ROWS.end());
    Err(Error::wrong(FieldError::new("limit", both!("{min} to {max} rows", "{min} à {max} lignes"))))
}

/// How many rows are read for a page: one more shows whether there is another page.
pub(crate) fn one_more(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)
}

/// The refusal of a cursor.
pub(crate) fn wrong_cursor() -> Error {
    let allowed = both("the cursor of a page of this list", "le curseur d’une page de cette liste");
    Error::wrong(FieldError::new("after", allowed))
}
