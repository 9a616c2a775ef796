//! A row and its table from one description: [`row!`] makes of it the structure that is folded, and the columns that
//! both databases have for it.
//!
//! A column has the name of its field and holds what the field's type says ([`ColumnType`]).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::LivechatId;
use serde_json::Value;

use crate::database::Kind;

/// Defines a row. The first line names its table and the columns of the primary key, or the row whose table it is read
/// from with fewer columns:
///
/// ```ignore
/// row! {
///     table "operator_names", key [livechat, position];
///
///     /// What an operator was called from a position on.
///     #[derive(Clone, Debug, Serialize, Deserialize)]
///     pub struct OperatorName {
///         /// In which livechat.
///         pub livechat: String,
///         /// Computed when it is shown.
///         pub skill_name: Option<String> = no column,
///     }
/// }
/// row! {
///     columns of OperatorName;
///
///     pub(super) struct Name { name: String }
/// }
/// ```
///
/// The table is the constant `TABLE` of the structure. A row that has the metrics of a contact among its fields is given
/// to [`contact_metrics!`] and says `..metrics` and `..later metrics` where they are.
macro_rules! row {
    (
        table $table:literal, key [$($key:ident),+];
        $(#[$attribute:meta])*
        $visibility:vis struct $Row:ident { $($fields:tt)* }
    ) => {
        row! { structure $(#[$attribute])* $visibility struct $Row { $($fields)* } }

        impl $Row {
            /// Where such rows are kept.
            $visibility const TABLE: $crate::projection::Table = $crate::projection::Table {
                name: $table,
                key: &[$(stringify!($key)),+],
                columns: row! { columns $($fields)* },
            };
        }
    };
    (
        columns of $Whole:ty;
        $(#[$attribute:meta])*
        $visibility:vis struct $Row:ident { $($fields:tt)* }
    ) => {
        row! { structure $(#[$attribute])* $visibility struct $Row { $($fields)* } }

        impl $Row {
            /// Where such rows are read from.
            $visibility const TABLE: $crate::projection::Table = $crate::projection::Table {
                columns: row! { columns $($fields)* },
                ..<$Whole>::TABLE
            };
        }
    };
    (
        structure $(#[$attribute:meta])*
        $visibility:vis struct $Row:ident {
            $(
                $(#[$field_attribute:meta])*
                $field_visibility:vis $field:ident: $type:ty $(= $no:ident column)?,
            )*
        }
    ) => {
        $(#[$attribute])*
        $visibility struct $Row {
            $( $(#[$field_attribute])* $field_visibility $field: $type, )*
        }
    };
    (
        columns
        $(
            $(#[$field_attribute:meta])*
            $field_visibility:vis $field:ident: $type:ty $(= $no:ident column)?,
        )*
    ) => {{
        const PARTS: &[&[$crate::projection::Column]] = &[$( row! { column $field: $type $(= $no column)? } ),*];
        const COLUMNS: [$crate::projection::Column; $crate::row::count(PARTS)] =
            $crate::row::joined(PARTS, $crate::projection::Column::text(""));
        &COLUMNS
    }};
    // Given by `contact_metrics!`.
    ({ table $table:literal, key [$($key:ident),+]; $($row:tt)* } $first:tt $later:tt) => {
        row! { with metrics [table $table, key [$($key),+];] { $($row)* } $first $later }
    };
    ({ columns of $Whole:ident; $($row:tt)* } $first:tt $later:tt) => {
        row! { with metrics [columns of $Whole;] { $($row)* } $first $later }
    };
    (
        with metrics [$($from:tt)*]
        {
            $(#[$attribute:meta])*
            $visibility:vis struct $Row:ident {
                $(
                    $(#[$begin_attribute:meta])*
                    $begin_visibility:vis $begin:ident: $begin_type:ty $(= $begin_no:ident column)?,
                )*
                ..metrics,
                $(
                    $(#[$end_attribute:meta])*
                    $end_visibility:vis $end:ident: $end_type:ty $(= $end_no:ident column)?,
                )*
                ..later metrics,
            }
        }
        { $($(#[doc = $first_doc:literal])+ $first:ident $({ $($first_own:tt)* })?,)* }
        { $($(#[doc = $later_doc:literal])+ $later:ident $({ $($later_own:tt)* })?,)* }
    ) => {
        row! {
            $($from)*
            $(#[$attribute])*
            $visibility struct $Row {
                $($(#[$begin_attribute])* $begin_visibility $begin: $begin_type $(= $begin_no column)?,)*
                $($(#[doc = $first_doc])+ $visibility $first: i64,)*
                $($(#[$end_attribute])* $end_visibility $end: $end_type $(= $end_no column)?,)*
                $($(#[doc = $later_doc])+ $visibility $later: i64,)*
            }
        }
    };
    (column $field:ident: $type:ty = no column) => { &[] };
    (column $field:ident: $type:ty) => {
        &[$crate::projection::Column {
            name: stringify!($field),
            kind: <$type as $crate::row::ColumnType>::KIND,
        }]
    };
}

/// What the column of a field of this type holds.
pub(crate) trait ColumnType {
    /// It is this.
    const KIND: Kind;
}

impl<T: ColumnType> ColumnType for Option<T> {
    const KIND: Kind = T::KIND;
}

impl<T> ColumnType for Vec<T> {
    const KIND: Kind = Kind::Json;
}

impl<K, V> ColumnType for BTreeMap<K, V> {
    const KIND: Kind = Kind::Json;
}

/// Maps types to the columns that keep their values.
macro_rules! column_types {
    ($($kind:ident: $($type:ty),+;)+) => {
        $($(
            impl $crate::row::ColumnType for $type {
                const KIND: $crate::projection::Kind = $crate::projection::Kind::$kind;
            }
        )+)+
    };
}

column_types! {
    Text: String, LivechatId;
    Integer: i64;
    Time: DateTime<Utc>;
    Flag: bool;
    Json: Value;
}

/// How many there are in all parts together.
pub(crate) const fn count<T>(parts: &[&[T]]) -> usize {
    let (mut count, mut part) = (0, 0);
    while part < parts.len() {
        count += parts[part].len();
        part += 1;
    }
    count
}

/// The parts one after the other.
pub(crate) const fn joined<T: Copy, const COUNT: usize>(parts: &[&[T]], blank: T) -> [T; COUNT] {
    let mut all = [blank; COUNT];
    let (mut part, mut at) = (0, 0);
    while part < parts.len() {
        let mut index = 0;
        while index < parts[part].len() {
            all[at] = parts[part][index];
            at += 1;
            index += 1;
        }
        part += 1;
    }
    all
}
