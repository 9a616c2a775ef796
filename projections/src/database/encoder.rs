//! A row as the values of its columns: the [`Serialize`] of a row type is given the column of each field
//! for, and writes the bytes that PostgreSQL has for a value of that kind.

use std::fmt;

use domain::Timestamp;
use serde::ser::{self, Impossible, SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::column_values::Values;
use super::table::Kind;

/// 2000-01-01 in microseconds since 1970: PostgreSQL counts from there.
pub(super) const EPOCH_MICROS: i64 = 946_684_800_000_000;

/// Why a row does not fit its columns.
#[derive(Debug)]
pub(super) struct ColumnMismatch(pub(super) serde_json::Error);

impl fmt::Display for ColumnMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for ColumnMismatch {}

impl ser::Error for ColumnMismatch {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(ser::Error::custom(message))
    }
}

/// A row being written into its columns.
pub(super) struct Row<'a> {
    columns: &'a mut [Values],
    /// Where the next field probably goes: fields are in the order of the columns.
    next: usize,
    /// The key of the map entry that is being written.
    key: Option<usize>,
}

impl Row<'_> {
    /// The column of this name. A key has some columns only, and leaves out the other fields of a row.
    fn find(&mut self, name: &str) -> Option<usize> {
        let is_it = |values: &Values| values.column.name == name;
        let found = if self.columns.get(self.next).is_some_and(is_it) {
            Some(self.next)
        } else {
            self.columns.iter().position(is_it)
        };
        if let Some(found) = found {
            self.next = found + 1;
        }
        found
    }

    fn write<T: Serialize + ?Sized>(
        &mut self,
        column: Option<usize>,
        value: &T,
    ) -> Result<(), ColumnMismatch> {
        let Some(values) = column.and_then(|column| self.columns.get_mut(column)) else { return Ok(()) };
        match values.column.kind {
            Kind::Json => values.json(value).map_err(ColumnMismatch),
            Kind::Text | Kind::Integer | Kind::Time | Kind::Flag => value.serialize(Encoder::Field(values)),
        }
    }
}

impl SerializeStruct for Row<'_> {
    type Ok = ();
    type Error = ColumnMismatch;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), ColumnMismatch> {
        let column = self.find(name);
        self.write(column, value)
    }

    fn end(self) -> Result<(), ColumnMismatch> {
        Ok(())
    }
}

impl SerializeMap for Row<'_> {
    type Ok = ();
    type Error = ColumnMismatch;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), ColumnMismatch> {
        // The keys of an object are text.
        let name = serde_json::to_value(key).map_err(ColumnMismatch)?;
        self.key = name.as_str().and_then(|name| self.find(name));
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ColumnMismatch> {
        let column = self.key.take();
        self.write(column, value)
    }

    fn end(self) -> Result<(), ColumnMismatch> {
        Ok(())
    }
}

/// The serializer of a row, or of a value of one.
pub(super) enum Encoder<'a> {
    /// A whole row.
    Row(&'a mut [Values]),
    /// A value, for its column.
    Field(&'a mut Values),
}

impl<'a> Encoder<'a> {
    fn mismatch(&self, what: &str) -> ColumnMismatch {
        match self {
            Self::Row(_) => ser::Error::custom(format_args!("a row is a structure, not {what}")),
            Self::Field(values) => {
                ser::Error::custom(format_args!("the column {} takes no {what}", values.column.name))
            }
        }
    }

    /// Writes a value if its column is of this kind.
    fn value(self, kind: Kind, bytes: &[u8], what: &str) -> Result<(), ColumnMismatch> {
        match self {
            Self::Field(values) if values.column.kind == kind => {
                values.value(bytes);
                Ok(())
            }
            Self::Row(_) | Self::Field(_) => Err(self.mismatch(what)),
        }
    }

    fn moment(self, at: Option<Timestamp>, what: &str) -> Result<(), ColumnMismatch> {
        match at {
            Some(at) => self.value(Kind::Time, &(at.timestamp_micros() - EPOCH_MICROS).to_be_bytes(), what),
            None => Err(self.mismatch(what)),
        }
    }

    const fn is_time(&self) -> bool {
        matches!(self, Self::Field(values) if matches!(values.column.kind, Kind::Time))
    }

    fn row(self) -> Result<Row<'a>, ColumnMismatch> {
        match self {
            Self::Row(columns) => Ok(Row { columns, next: 0, key: None }),
            Self::Field(_) => Err(self.mismatch("a structure")),
        }
    }
}

/// Numbers of other widths.
macro_rules! widen {
    ($($method:ident($type:ty) as $wide:ident),* $(,)?) => {
        $(fn $method(self, number: $type) -> Result<(), ColumnMismatch> {
            self.$wide(number.into())
        })*
    };
}

/// Values that no column holds.
macro_rules! refuse {
    ($($method:ident($($type:ty),*) -> $ok:ty, $what:literal;)*) => {
        $(fn $method(self, $(_: $type),*) -> Result<$ok, ColumnMismatch> {
            Err(self.mismatch($what))
        })*
    };
}

impl<'a> Serializer for Encoder<'a> {
    type Ok = ();
    type Error = ColumnMismatch;
    type SerializeSeq = Impossible<(), ColumnMismatch>;
    type SerializeTuple = Impossible<(), ColumnMismatch>;
    type SerializeTupleStruct = Impossible<(), ColumnMismatch>;
    type SerializeTupleVariant = Impossible<(), ColumnMismatch>;
    type SerializeMap = Row<'a>;
    type SerializeStruct = Row<'a>;
    type SerializeStructVariant = Impossible<(), ColumnMismatch>;

    /// Times come as numbers then and identifiers as their bytes, which are cheaper to read back than text.
    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_str(self, text: &str) -> Result<(), ColumnMismatch> {
        // A row that is JSON already has times as text.
        if self.is_time() {
            return self.moment(text.parse().ok(), "such text");
        }
        self.value(Kind::Text, text.as_bytes(), "text")
    }

    fn serialize_i64(self, number: i64) -> Result<(), ColumnMismatch> {
        if self.is_time() {
            return self.moment(Timestamp::from_timestamp_millis(number), "such number");
        }
        self.value(Kind::Integer, &number.to_be_bytes(), "number")
    }

    fn serialize_u64(self, number: u64) -> Result<(), ColumnMismatch> {
        match i64::try_from(number) {
            Ok(number) => self.serialize_i64(number),
            Err(_) => Err(self.mismatch("such number")),
        }
    }

    fn serialize_bool(self, yes: bool) -> Result<(), ColumnMismatch> {
        self.value(Kind::Flag, &[u8::from(yes)], "yes or no")
    }

    /// The only bytes that a row or a key holds are those of a UUID.
    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), ColumnMismatch> {
        match Uuid::from_slice(bytes) {
            Ok(id) => self.serialize_str(id.hyphenated().encode_lower(&mut Uuid::encode_buffer())),
            Err(_) => Err(self.mismatch("bytes")),
        }
    }

    fn serialize_none(self) -> Result<(), ColumnMismatch> {
        match self {
            Self::Field(values) => {
                values.null();
                Ok(())
            }
            Self::Row(_) => Err(self.mismatch("nothing")),
        }
    }

    fn serialize_unit(self) -> Result<(), ColumnMismatch> {
        self.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), ColumnMismatch> {
        value.serialize(self)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
    ) -> Result<(), ColumnMismatch> {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), ColumnMismatch> {
        value.serialize(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Row<'a>, ColumnMismatch> {
        self.row()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Row<'a>, ColumnMismatch> {
        self.row()
    }

    widen! {
        serialize_i8(i8) as serialize_i64,
        serialize_i16(i16) as serialize_i64,
        serialize_i32(i32) as serialize_i64,
        serialize_u8(u8) as serialize_i64,
        serialize_u16(u16) as serialize_i64,
        serialize_u32(u32) as serialize_i64,
    }

    refuse! {
        serialize_f32(f32) -> (), "fraction";
        serialize_f64(f64) -> (), "fraction";
        serialize_char(char) -> (), "character";
        serialize_unit_struct(&'static str) -> (), "structure";
        serialize_seq(Option<usize>) -> Self::SerializeSeq, "list";
        serialize_tuple(usize) -> Self::SerializeTuple, "list";
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct, "list";
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant, "list";
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant, "variant";
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), ColumnMismatch> {
        Err(self.mismatch("variant"))
    }
}
