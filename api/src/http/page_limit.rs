//! How many rows a page has.

use domain::both;
use projections::PAGE_MAX;

use crate::http::problem::Problem;

/// Rows in a page by default.
pub const PAGE_DEFAULT: usize = 50;

/// The rows in a page: as many as are asked for.
///
/// # Errors
/// 422 when there are more than a page may have, or none.
pub fn page_limit(asked: Option<usize>) -> Result<usize, Problem> {
    match asked.unwrap_or(PAGE_DEFAULT) {
        limit if (1..=PAGE_MAX).contains(&limit) => Ok(limit),
        _ => Err(Problem::field("limit", both!("1 to {PAGE_MAX}", "1 à {PAGE_MAX}"))),
    }
}
