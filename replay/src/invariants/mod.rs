//! What always holds, checked event by event.
//!
//! [`Checker`] follows one log: each event, with the state right after it, is compared with what it may
//! follow. That costs what the event touches, a fraction of a microsecond, so that whole logs can be checked.
//! [`state`] looks at everything a state holds instead, at the price of its size: after each step of a
//! simulation, now and then along a long log. Read [`violation`] (what is promised), then `life` (what may
//! follow what), `timers` and `whole`.
//!
//! Invariant: nothing here decides by the code of the rules it checks. It is written independently, from events and
//! the fields of the state; the one index of the rules that is asked (who is next in the queue) is compared
//! with the rest of the state by [`state`].

mod checker;
mod lifecycle;
mod state;
mod timers;
pub mod violation;

pub use checker::Checker;
pub use state::state;
pub use violation::{Invariant, Violation};
