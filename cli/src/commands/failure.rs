//! What went wrong, for the person who runs the program.

/// Any error: all of them are shown alike, as one sentence on standard error.
pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;
