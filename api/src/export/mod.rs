//! Exports of rows, as a stream of CSV or Parquet: written a page at a time as they are read, whatever
//! their number. Both are made from the description of the columns, so that a table is described once.

mod parquet;
mod row;
mod text;

pub use row::Cut;

use axum::body::Bytes;
use domain::event::Form;
use futures::Stream;
use projections::export::{ExportKind, Pages};
use serde::Deserialize;
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use row::Row;

use crate::csv::Separator;
use crate::fair_share::Permit;

/// In which form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Text, for spreadsheets (RFC 4180).
    #[default]
    Csv,
    /// Typed columns, for programs (Apache Parquet, compressed with Snappy).
    Parquet,
}

impl Format {
    /// As the log calls it.
    pub const fn form(self) -> Form {
        match self {
            Self::Csv => Form::Csv,
            Self::Parquet => Form::Parquet,
        }
    }

    /// The file name for this form.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }

    /// Its media type, with this between cells if it is text.
    pub const fn media_type(self, separator: Separator) -> &'static str {
        match self {
            Self::Csv => separator.media_type(),
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// The writer that turns rows into bytes.
enum Encoder {
    Csv(text::Encoder),
    Parquet(Box<parquet::Encoder>),
}

impl Encoder {
    fn new(rows: ExportKind, format: Format, separator: Separator) -> Result<Self, Cut> {
        Ok(match format {
            Format::Csv => Self::Csv(text::Encoder::new(rows, separator)),
            Format::Parquet => Self::Parquet(Box::new(parquet::Encoder::new(rows)?)),
        })
    }

    /// The bytes to send once these rows are added: possibly none yet.
    fn add(&mut self, page: &[String]) -> Result<Bytes, Cut> {
        let rows = page.iter().map(|row| serde_json::from_str(row)).collect::<Result<Vec<Row>, _>>()?;
        match self {
            Self::Csv(encoder) => encoder.add(&rows),
            Self::Parquet(encoder) => encoder.add(&rows),
        }
    }

    /// The bytes to send at the end.
    fn end(self) -> Result<Bytes, Cut> {
        match self {
            Self::Csv(encoder) => encoder.end(),
            Self::Parquet(encoder) => encoder.end(),
        }
    }
}

/// Where an export stands.
struct State {
    pages: Pages,
    /// Nothing once the end is written.
    encoder: Option<Encoder>,
    /// Held as long as the export lasts.
    _place: Permit,
}

/// The bytes of an export, as they are made. Reading ends when the stream is dropped.
///
/// # Errors
/// None that columns in order could have.
pub fn stream(
    pages: Pages,
    rows: ExportKind,
    (format, separator): (Format, Separator),
    place: Permit,
) -> Result<impl Stream<Item = Result<Bytes, Cut>> + Send + 'static, Cut> {
    let state = State { pages, encoder: Some(Encoder::new(rows, format, separator)?), _place: place };
    Ok(futures::stream::try_unfold(state, async |mut state: State| {
        loop {
            let Some(encoder) = state.encoder.take() else { return Ok(None) };
            let page = state.pages.next().await?;
            // It takes milliseconds, during which other tasks would wait.
            let (encoder, bytes) = spawn_blocking(move || step(encoder, page.as_deref())).await??;
            state.encoder = encoder;
            if !bytes.is_empty() {
                return Ok(Some((bytes, state)));
            }
        }
    }))
}

fn step(mut encoder: Encoder, page: Option<&[String]>) -> Result<(Option<Encoder>, Bytes), Cut> {
    match page {
        Some(page) => {
            let bytes = encoder.add(page)?;
            Ok((Some(encoder), bytes))
        }
        None => Ok((None, encoder.end()?)),
    }
}
