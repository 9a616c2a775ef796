//! Operators: the people who answer. One file per use case; `shift.rs` is the rule of their own
//! working hours.

pub mod change_status;
pub mod connect;
pub mod disconnect;
pub mod lose_connection;
pub mod register;
pub mod remove;
pub mod shift;
pub mod suspend;

use crate::actor::Actor;
use crate::bilingual::Bilingual;
use crate::id::OperatorId;
use crate::rejection::Rejection;

/// The operator in person, or the system, which watches the connections.
fn only_self_or_system(by: &Actor, id: &OperatorId, action: Bilingual) -> Result<(), Rejection> {
    match by {
        Actor::System => Ok(()),
        Actor::Operator(operator) if operator == id => Ok(()),
        Actor::Operator(_)
        | Actor::Visitor(_)
        | Actor::Supervisor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::Integration(_) => Err(Rejection::Forbidden { role: by.role(), action }),
    }
}
