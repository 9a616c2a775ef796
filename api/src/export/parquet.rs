//! Rows as columns of Parquet: times are milliseconds in UTC, text and JSON are UTF-8, integers have 64 bits,
//! and what may be missing is optional. Some thousand rows at a time are a row group, so that neither the
//! writer nor the reader has to hold all of them.

use std::sync::Arc;

use axum::body::Bytes;
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};
use projections::export::ExportKind;
use projections::projection::{Column, Kind};
use serde_json::Value;

use super::row::{Cut, Row, time};

/// Rows in a row group, give or take a page.
const GROUP_ROWS: usize = 20_000;
/// Bytes of text in a row group, give or take a page: long answers to surveys fill one sooner.
const GROUP_BYTES: usize = 16 * 1024 * 1024;

/// Writes row groups.
pub(super) struct Encoder {
    file: SerializedFileWriter<Vec<u8>>,
    columns: Vec<Values>,
    rows: usize,
}

/// The values of a column that are not written yet.
struct Values {
    column: Column,
    required: bool,
    /// For each row whether there is a value: 1 or 0.
    levels: Vec<i16>,
    pending: Typed,
}

enum Typed {
    Integers(Vec<i64>),
    Flags(Vec<bool>),
    Texts(Vec<ByteArray>),
}

impl Encoder {
    pub(super) fn new(rows: ExportKind) -> Result<Self, Cut> {
        let columns: Vec<Values> =
            rows.columns().into_iter().map(|column| Values::of(rows, column)).collect();
        let fields = columns.iter().map(Values::field).collect::<Result<Vec<_>, _>>()?;
        let schema = Type::group_type_builder("rows").with_fields(fields).build()?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("pupitre ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let file = SerializedFileWriter::new(vec![], Arc::new(schema), Arc::new(properties))?;
        Ok(Self { file, columns, rows: 0 })
    }

    pub(super) fn add(&mut self, rows: &[Row]) -> Result<Bytes, Cut> {
        for row in rows {
            for column in &mut self.columns {
                column.push(row.get(column.column.name))?;
            }
        }
        self.rows += rows.len();
        if self.rows >= GROUP_ROWS || self.columns.iter().map(Values::bytes).sum::<usize>() >= GROUP_BYTES {
            self.write_group()?;
        }
        self.written()
    }

    pub(super) fn end(mut self) -> Result<Bytes, Cut> {
        if self.rows > 0 {
            self.write_group()?;
        }
        self.file.finish()?;
        self.written()
    }

    fn write_group(&mut self) -> Result<(), Cut> {
        let mut group = self.file.next_row_group()?;
        for column in &mut self.columns {
            column.write(&mut group)?;
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }

    /// Bytes written and not yet sent: the writer counts its bytes itself, so they can be taken.
    fn written(&mut self) -> Result<Bytes, Cut> {
        self.file.flush().map_err(ParquetError::from)?;
        Ok(std::mem::take(self.file.inner_mut()).into())
    }
}

impl Values {
    fn of(rows: ExportKind, column: Column) -> Self {
        let pending = match column.kind {
            Kind::Integer | Kind::Time => Typed::Integers(vec![]),
            Kind::Flag => Typed::Flags(vec![]),
            Kind::Text | Kind::Json => Typed::Texts(vec![]),
        };
        let required = column.kind == Kind::Flag || rows.is_required(column.name);
        Self { column, required, levels: vec![], pending }
    }

    fn field(&self) -> Result<TypePtr, ParquetError> {
        let (physical, logical) = match self.column.kind {
            Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Json => (Physical::BYTE_ARRAY, Some(LogicalType::Json)),
            Kind::Integer => (Physical::INT64, None),
            Kind::Flag => (Physical::BOOLEAN, None),
            Kind::Time => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MILLIS))),
        };
        let repetition = if self.required { Repetition::REQUIRED } else { Repetition::OPTIONAL };
        let field = Type::primitive_type_builder(self.column.name, physical).with_logical_type(logical);
        field.with_repetition(repetition).build().map(Arc::new)
    }

    fn push(&mut self, value: Option<&Value>) -> Result<(), Cut> {
        let value = value.unwrap_or(&Value::Null);
        let mismatch = Cut::Type(self.column.name);
        if value.is_null() {
            if self.required {
                return Err(mismatch);
            }
            self.levels.push(0);
            return Ok(());
        }
        match (&mut self.pending, self.column.kind) {
            (Typed::Integers(values), Kind::Time) => {
                values.push(time(value.as_str().ok_or(mismatch)?)?.timestamp_millis());
            }
            (Typed::Integers(values), _) => values.push(value.as_i64().ok_or(mismatch)?),
            (Typed::Flags(values), _) => values.push(value.as_bool().ok_or(mismatch)?),
            (Typed::Texts(values), Kind::Json) => values.push(value.to_string().into_bytes().into()),
            (Typed::Texts(values), _) => values.push(value.as_str().ok_or(mismatch)?.into()),
        }
        self.levels.push(1);
        Ok(())
    }

    fn bytes(&self) -> usize {
        match &self.pending {
            Typed::Texts(values) => values.iter().map(ByteArray::len).sum(),
            Typed::Integers(_) | Typed::Flags(_) => 0,
        }
    }

    fn write(&mut self, group: &mut SerializedRowGroupWriter<'_, Vec<u8>>) -> Result<(), ParquetError> {
        let Some(mut writer) = group.next_column()? else {
            return Err(ParquetError::General(format!("no column {}", self.column.name)));
        };
        let levels = (!self.required).then_some(self.levels.as_slice());
        match &self.pending {
            Typed::Integers(values) => writer.typed::<Int64Type>().write_batch(values, levels, None)?,
            Typed::Flags(values) => writer.typed::<BoolType>().write_batch(values, levels, None)?,
            Typed::Texts(values) => writer.typed::<ByteArrayType>().write_batch(values, levels, None)?,
        };
        writer.close()?;
        self.levels.clear();
        match &mut self.pending {
            Typed::Integers(values) => values.clear(),
            Typed::Flags(values) => values.clear(),
            Typed::Texts(values) => values.clear(),
        }
        Ok(())
    }
}
