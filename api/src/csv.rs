//! Tables of text, for spreadsheets (RFC 4180): written a page of rows at a time, whatever their number.

use std::borrow::Cow;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt};

use crate::problem::Problem;

/// What begins a formula in a spreadsheet, which would be run by whoever opens the table; in full width too.
const BEGINS_FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A text that a spreadsheet takes for nothing else: an apostrophe goes before what would be a formula, also
/// where blanks or controls stand before it, which some programs leave out. Numbers need none. Controls, which would
/// steer the terminal of whoever looks at the table there, are left out.
pub fn text(cell: &str) -> Cow<'_, str> {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let begins =
        cell.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || is_mark_of_order(c));
    let is_formula = begins.starts_with(BEGINS_FORMULA) || cell.starts_with(['\t', '\r', '\n']);
    if !is_formula && !cell.contains(steers) {
        return Cow::Borrowed(cell);
    }
    let kept: String = cell.chars().filter(|c| !steers(*c)).collect();
    Cow::Owned(if is_formula { format!("'{kept}") } else { kept })
}

/// Nothing to see, and nothing to a spreadsheet.
const fn is_mark_of_order(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Rows as lines.
///
/// # Errors
/// None that a table in memory could have.
pub fn lines<Row, Cell>(rows: impl IntoIterator<Item = Row>) -> Result<Bytes, csv::Error>
where
    Row: IntoIterator<Item = Cell>,
    Cell: AsRef<[u8]>,
{
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(vec![]);
    for row in rows {
        writer.write_record(row)?;
    }
    Ok(writer.into_inner().map_err(csv::IntoInnerError::into_error)?.into())
}

/// A table to take away under this name: a header and then pages of lines, as they are read. Whoever takes it
/// sees an error on the way as a table that is cut off, and not as a shorter one.
pub fn download<E>(
    name: &str,
    header: &[&str],
    pages: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
) -> Result<Response, Problem>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let first = lines([header]).map_err(|error| Problem::internal(&error))?;
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present")),
        (header::CONTENT_DISPOSITION, disposition.map_err(|error| Problem::internal(&error))?),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let pages = pages.inspect(|page| {
        if let Err(error) = page {
            tracing::error!(%error, "a table is cut off");
        }
    });
    let body = futures::stream::iter([Ok(first)]).chain(pages);
    Ok((headers, Body::from_stream(body)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for cell in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            " =1",
            "\u{a0}@A1",
            "\u{200b}=1",
            "＝1",
            "\u{202e}=1",
        ] {
            assert_eq!(text(cell), format!("'{cell}"));
        }
        assert_eq!(text("\u{1b}=1"), "'=1");
        assert_eq!(text("a\u{1b}[31mb\u{9b}c\nd"), "a[31mbc\nd");
        for cell in ["", "alice", "a=b", "[{\"path\":\"=\"}]"] {
            assert_eq!(text(cell), cell);
        }
    }

    #[test]
    fn what_divides_cells_and_lines_is_quoted() {
        let table = lines([["a", "b,c"], ["d\"e", "f\r\ng"]]).unwrap();
        assert_eq!(table, "a,\"b,c\"\r\n\"d\"\"e\",\"f\r\ng\"\r\n".as_bytes());
    }
}
