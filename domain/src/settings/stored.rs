//! The stored form of a section. Events name its version, so that each reader knows what the bytes say.

/// A section as it is stored.
pub(super) trait Stored {
    /// The version; the first, unless the section says otherwise.
    fn version(&self) -> &'static str {
        "1.0"
    }
}
