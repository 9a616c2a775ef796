//! Tables of text, for spreadsheets and programs: written a page of rows at a time, whatever their number.
//!
//! A table is RFC 4180 in UTF-8: lines end in CRLF, cells are quoted where they have to be. It begins with a byte
//! order mark, without which Excel takes it for a file in the old code page of the machine (`é` for `Ã©`); readers of
//! UTF-8 skip it. Its media type says that there is a header, and what separates cells. That is a comma unless
//! `separator=` asks for a semicolon or a tab: an Excel set to French or German divides by semicolons and shows a
//! table with commas as one column. A first line `sep=;` would also work in Excel, but makes it ignore the byte order
//! mark, and other programs take it for the header.

use std::borrow::Cow;
use std::fmt::Write;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::bilingual::{Bilingual, both};
use domain::text::{shown, steers};
use futures::{Stream, StreamExt};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::problem::Problem;

/// The first bytes of every table.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// What separates the cells of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    /// `,`, as RFC 4180 has it.
    #[default]
    Comma,
    /// `;`, for spreadsheets of languages that write decimals with a comma.
    Semicolon,
    /// A tab.
    Tab,
}

impl Separator {
    /// The values of the parameter `separator`.
    pub const ALLOWED: Bilingual = both("comma, semicolon or tab", "comma, semicolon ou tab");

    const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }

    /// The media type of a table with this separator.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Comma => "text/csv; charset=utf-8; header=present; separator=comma",
            Self::Semicolon => "text/csv; charset=utf-8; header=present; separator=semicolon",
            Self::Tab => "text/csv; charset=utf-8; header=present; separator=tab",
        }
    }
}

/// Characters that begin a formula in a spreadsheet, which would run when the table is opened; full-width forms too.
const BEGINS_FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A text that a spreadsheet takes as text: an apostrophe goes before what would be a formula, even after blanks or
/// controls, which some programs ignore. Numbers need none. Characters that would control the terminal in which the
/// table is shown, or reverse what stands beside them, are left out ([`shown`]).
pub fn text(cell: &str) -> Cow<'_, str> {
    let begins =
        cell.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || is_mark_of_order(c));
    let is_formula = begins.starts_with(BEGINS_FORMULA) || cell.starts_with(['\t', '\r', '\n']);
    let kept = shown(cell);
    if is_formula { Cow::Owned(format!("'{kept}")) } else { kept }
}

/// A value as JSON. Terminal controls are escaped, so that the value stays the same.
pub fn json(value: &Value) -> String {
    let mut json = String::new();
    for character in value.to_string().chars() {
        if steers(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(json, "\\u{unit:04x}");
            }
        } else {
            json.push(character);
        }
    }
    json
}

/// Nothing to see, and nothing to a spreadsheet.
const fn is_mark_of_order(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// The beginning of a table: the byte order mark and the header.
///
/// # Errors
/// None that a table in memory could have.
pub fn beginning<Cell: AsRef<[u8]>>(
    separator: Separator,
    header: impl IntoIterator<Item = Cell>,
) -> Result<Bytes, csv::Error> {
    Ok([BYTE_ORDER_MARK, &lines(separator, [header])?].concat().into())
}

/// Rows as lines.
///
/// # Errors
/// None that a table in memory could have.
pub fn lines<Row, Cell>(
    separator: Separator,
    rows: impl IntoIterator<Item = Row>,
) -> Result<Bytes, csv::Error>
where
    Row: IntoIterator<Item = Cell>,
    Cell: AsRef<[u8]>,
{
    let mut writer = csv::WriterBuilder::new()
        .delimiter(separator.byte())
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(vec![]);
    for row in rows {
        writer.write_record(row)?;
    }
    Ok(writer.into_inner().map_err(csv::IntoInnerError::into_error)?.into())
}

/// A table as a file of this name: a header and then pages of lines, as they are read. An error on
/// the way cuts the table off: it does not look like a shorter one.
pub fn download<E>(
    name: &str,
    separator: Separator,
    header: &[&str],
    pages: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
) -> Result<Response, Problem>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let first = beginning(separator, header).map_err(|error| Problem::internal(&error))?;
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(separator.media_type())),
        (header::CONTENT_DISPOSITION, disposition.map_err(|error| Problem::internal(&error))?),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let pages = pages.inspect(|page| {
        if let Err(error) = page {
            tracing::error!(%error, "a CSV download was cut off");
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
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", " =1", "\u{a0}@A1", "\u{200b}=1", "＝1"]
        {
            assert_eq!(text(cell), format!("'{cell}"));
        }
        assert_eq!(text("\r=1"), "'\n=1");
        assert_eq!(text("\u{202e}=1"), "'=1");
        assert_eq!(text("\u{1b}=1"), "'=1");
        for cell in ["", "alice", "a=b", "[{\"path\":\"=\"}]"] {
            assert_eq!(text(cell), cell);
        }
    }

    #[test]
    fn no_cell_controls_a_terminal_or_reverses_its_neighbours() {
        let old = "a\u{1b}[31mb\u{9b}2Jc\r\nd\re\u{2028}f\u{85}g\u{202e}h\u{2067}i\tj";
        assert_eq!(text(old), "a[31mb2Jc\nd\ne\nf\ngh\u{2067}i\tj\u{2069}");
        let value = serde_json::json!({ "name": old, "é": "👍" });
        let cell = json(&value);
        assert!(
            !cell.contains(|c: char| c.is_control() || "\u{2028}\u{202e}\u{2067}".contains(c)),
            "{cell:?}"
        );
        assert!(cell.contains("\\u202e") && cell.contains("👍"), "{cell}");
        assert_eq!(serde_json::from_str::<Value>(&cell).unwrap(), value);
    }

    #[test]
    fn what_divides_cells_and_lines_is_quoted() {
        let table = lines(Separator::Comma, [["a;", "b,c"], ["d\"e", "f\r\ng"]]).unwrap();
        assert_eq!(table, "a;,\"b,c\"\r\n\"d\"\"e\",\"f\r\ng\"\r\n".as_bytes());
        let table = lines(Separator::Semicolon, [["a;", "b,c"]]).unwrap();
        assert_eq!(table, "\"a;\";b,c\r\n".as_bytes());
        let table = lines(Separator::Tab, [["a\tb", "c,d;e"]]).unwrap();
        assert_eq!(table, "\"a\tb\"\tc,d;e\r\n".as_bytes());
    }

    #[test]
    fn a_table_begins_with_the_mark_of_utf_8() {
        let table = beginning(Separator::Comma, ["été", "b"]).unwrap();
        assert_eq!(table, "\u{feff}été,b\r\n".as_bytes());
    }
}
