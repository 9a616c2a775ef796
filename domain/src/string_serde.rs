//! Validated values that are written as text, read and written without an intermediate copy: a log consists of them.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Visitor};

use crate::field::FieldError;

/// Reads a text and parses it where it stands.
pub(crate) fn read<'de, D, T>(
    deserializer: D,
    parse: fn(&str) -> Result<T, FieldError>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    struct Parse<T>(fn(&str) -> Result<T, FieldError>, PhantomData<T>);

    impl<T> Visitor<'_> for Parse<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            (self.0)(text).map_err(|error| E::custom(error.as_one()))
        }
    }

    deserializer.deserialize_str(Parse(parse, PhantomData))
}

/// Implements `Serialize` and `Deserialize` for a type with `as_str` and `parse`, or another function that reads it.
macro_rules! string_serde {
    ($name:ident) => {
        $crate::string_serde::string_serde!($name, parse);
    };
    ($name:ident, $read:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::string_serde::read(deserializer, |text| Self::$read(text))
            }
        }
    };
}

pub(crate) use string_serde;
