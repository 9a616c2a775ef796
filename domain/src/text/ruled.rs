//! Texts that can be tidied, and types of text that say how.

use super::rule::Rule;

/// A text of any type.
pub(crate) trait Written {
    fn written(&self) -> &str;
    fn replace(&mut self, tidy: String);
}

/// A text whose type says what it has to be.
pub(crate) trait Ruled: Written {
    const RULE: Rule;
}
