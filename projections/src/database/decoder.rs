//! The values of a stored row as the [`Deserialize`](serde::Deserialize) of a row type asks for them: the
//! other direction of `encoder.rs`, without any text in between.

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{self, DeserializeOwned, DeserializeSeed, MapAccess, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};

use super::table::Column;

/// A value of a stored row.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell<'de> {
    /// Nothing is there.
    Null,
    /// Text.
    Text(&'de str),
    /// A number, or a time in milliseconds since 1970.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// JSON text.
    Json(&'de str),
}

/// A row of these cells, in the order of the columns.
pub(super) fn decode<'de, T: DeserializeOwned>(
    columns: &[Column],
    cells: impl Iterator<Item = Result<Cell<'de>, sqlx::Error>>,
) -> Result<T, serde_json::Error> {
    T::deserialize(Row { cells: columns.iter().zip(cells), value: None })
}

/// A row being read.
struct Row<'de, I> {
    cells: I,
    value: Option<Cell<'de>>,
}

impl<'c, 'de, I> MapAccess<'de> for Row<'de, I>
where
    I: Iterator<Item = (&'c Column, Result<Cell<'de>, sqlx::Error>)>,
{
    type Error = serde_json::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Self::Error> {
        let Some((column, cell)) = self.cells.next() else { return Ok(None) };
        self.value = Some(cell.map_err(de::Error::custom)?);
        seed.deserialize(BorrowedStrDeserializer::new(column.name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Self::Error> {
        seed.deserialize(self.value.take().unwrap_or(Cell::Null))
    }
}

impl<'c, 'de, I> Deserializer<'de> for Row<'de, I>
where
    I: Iterator<Item = (&'c Column, Result<Cell<'de>, sqlx::Error>)>,
{
    type Error = serde_json::Error;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_map(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> Deserializer<'de> for Cell<'de> {
    type Error = serde_json::Error;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Text(text) => visitor.visit_borrowed_str(text),
            Self::Number(number) => visitor.visit_i64(number),
            Self::Flag(flag) => visitor.visit_bool(flag),
            Self::Json(text) => serde_json::Deserializer::from_str(text).deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self {
            Self::Null => visitor.visit_none(),
            Self::Text(_) | Self::Number(_) | Self::Flag(_) | Self::Json(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match self {
            Self::Text(text) => StrDeserializer::new(text).deserialize_enum(name, variants, visitor),
            Self::Json(text) => {
                serde_json::Deserializer::from_str(text).deserialize_enum(name, variants, visitor)
            }
            Self::Null | Self::Number(_) | Self::Flag(_) => self.deserialize_any(visitor),
        }
    }

    /// Identifiers that are UUIDs are kept as text.
    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self {
            Self::Text(text) => match uuid::Uuid::parse_str(text) {
                Ok(id) => visitor.visit_bytes(id.as_bytes()),
                Err(error) => Err(de::Error::custom(error)),
            },
            Self::Null | Self::Number(_) | Self::Flag(_) | Self::Json(_) => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
