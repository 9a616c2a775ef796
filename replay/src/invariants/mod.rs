//! What always holds, checked event by event.
//!
//! [`Checker`] follows one log: each event, with the state right after it, is compared with what it may
//! follow. That costs what the event touches, a fraction of a microsecond, so that whole logs can be checked.
//! [`state`] looks at everything a state holds instead, at a cost of its size: after each step of a
//! simulation, now and then along a long log; and [`hours`](hours()) compares it with the calendars once time has
//! passed. Read [`violation`] (what is promised), then `lifecycle` (what may follow what), `timers` and `state`.
//!
//! Invariant: nothing here uses the code of the rules it checks. It is written independently, from events and the
//! fields of the state; the one index of the rules that it uses (the next in the queue) is compared with the rest of
//! the state by [`state`].

mod checker;
mod hours;
mod lifecycle;
mod state;
mod timers;
pub mod violation;

pub use checker::Checker;
pub use hours::hours;
pub use state::state;
pub use violation::{Invariant, Violation};
