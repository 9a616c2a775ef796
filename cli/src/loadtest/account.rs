//! The account of an operator.

/// An operator who can open a desk.
#[derive(Clone, Debug)]
pub struct Account {
    /// The identifier.
    pub operator: String,
    /// What opens the desk.
    pub token: String,
}
