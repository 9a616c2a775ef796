//! The name of a cursor in the API.

/// What is wrong with a cursor, said of its parameter.
pub(crate) fn named_cursor(mut error: accounts::Error) -> accounts::Error {
    if let accounts::Error::Wrong(fields) = &mut error {
        for field in fields.iter_mut().filter(|field| field.field == "after") {
            "cursor".clone_into(&mut field.field);
        }
    }
    error
}
