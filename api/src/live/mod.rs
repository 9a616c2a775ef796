//! Live connections: the visitor's socket, the operator's desk, and the views of the floor.
//!
//! Each frame that comes from the log carries its position; a client that reconnects with the last
//! position it saw gets everything after it, once. A reader that is too slow is cut off and resumes.
//! Signals (typing, the place in the queue) are not recorded and not repeated.
//!
//! Read in this order: [`feed`] (frames with positions), [`floors`] (what is followed, in memory), [`floor`],
//! [`queue`], [`conversation`] and [`desk`] (what is told, and to whom), [`now`] (the same once),
//! [`transport`] (how).

pub mod admission;
pub mod attendance;
pub mod colleagues;
pub mod conversation;
pub mod cursor;
pub mod desk;
pub mod events;
pub mod feed;
pub mod floor;
pub mod floors;
pub mod frame;
mod hidden;
mod insist;
pub mod newest;
pub mod now;
mod place;
pub mod presence;
pub mod queue;
pub mod signals;
mod socket;
pub mod tab;
pub mod transport;
pub mod visitor;
pub mod visitor_snapshot;

pub use admission::Admission;
pub use attendance::Attendance;
pub use floors::Floors;
pub use hidden::Hidden;
pub use now::FloorNow;
pub use presence::Presence;
pub use signals::Signals;
