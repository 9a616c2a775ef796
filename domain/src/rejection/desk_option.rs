//! The refusal of what a desk option forbids.

use super::Rejection;
use crate::actor::Actor;
use crate::settings::{Desk, DeskOption};

impl Desk {
    /// May `by` do what `option` permits? As far as this section goes, all roles but operators may.
    ///
    /// # Errors
    /// Names the option that forbids it.
    pub const fn allow(&self, option: DeskOption, by: &Actor) -> Result<(), Rejection> {
        match by {
            Actor::Operator(_) if !self.has(option) => Err(Rejection::OptionOff(option.key())),
            Actor::Operator(_)
            | Actor::Visitor(_)
            | Actor::Supervisor(_)
            | Actor::Administrator(_)
            | Actor::Analyst(_)
            | Actor::Integration(_)
            | Actor::System => Ok(()),
        }
    }
}
