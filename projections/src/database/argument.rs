//! A value in a statement.

/// A value in a statement.
#[derive(Clone, Debug)]
pub(crate) enum Argument {
    Text(String),
    Integer(i64),
}

/// A query with its arguments, whichever database it is for.
macro_rules! bind {
    ($query:expr, $arguments:expr) => {{
        let mut query = $query;
        for argument in $arguments {
            query = match argument {
                $crate::database::argument::Argument::Text(text) => query.bind(text),
                $crate::database::argument::Argument::Integer(integer) => query.bind(integer),
            };
        }
        query
    }};
}

pub(super) use bind;
