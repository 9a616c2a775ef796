//! The outcome of a command.

use std::sync::Arc;

use crate::log::record::{Position, Record};

/// The outcome of a command.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Up to where the log has to be read to see what the command did.
    pub position: Position,
    /// What the command made happen, and what followed; empty when it changed nothing.
    pub records: Vec<Arc<Record>>,
}
