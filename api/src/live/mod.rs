//! Live connections: the visitor's socket, the operator's desk, the feed of the floor.
//!
//! Each frame that comes from the log carries its position; a client that reconnects with the last
//! position it saw gets everything after it, once. A reader that is too slow is cut off and resumes.
//! Signals (typing, the place in the queue) are not recorded and not repeated.

pub mod attendance;
pub mod desk;
pub mod floor;
pub mod frame;
mod insist;
mod place;
pub mod presence;
pub mod signals;
mod socket;
pub mod tab;
pub mod visitor;

pub use attendance::Attendance;
pub use floor::Floor;
pub use presence::Presence;
pub use signals::{Signal, Signals};
