//! Live connections: the visitor's socket, the operator's desk, and the views of the floor.
//!
//! Each frame that comes from the log carries its position; a client that reconnects with the last
//! position it saw gets everything after it, once. A reader that is too slow is cut off and resumes.
//! Signals (typing, the place in the queue) are not recorded and not repeated.
//!
//! Read in this order: [`mod@stream`] (frames with positions), [`live_floors`] (what is followed, in memory), [`floor`],
//! [`queue`], [`conversation`] and [`desk`] (what is told, and to whom), [`mod@snapshot`] (the same once),
//! [`transport`] (how).

pub mod admission;
pub mod attendance;
pub mod colleagues;
pub mod conversation;
pub mod cursor;
pub mod desk;
pub mod events;
pub mod feed_end;
pub mod floor;
mod hidden_transfers;
pub mod live_floors;
pub mod newest;
mod open_feeds;
pub mod presence;
pub mod queue;
mod queue_position;
mod retry_until_recorded;
pub mod signals;
pub mod snapshot;
mod socket;
pub mod socket_frames;
pub mod stream;
pub mod tab;
pub mod transport;
pub mod visitor;
pub mod visitor_snapshot;

pub use admission::Admission;
pub use attendance::Attendance;
pub use hidden_transfers::HiddenTransfers;
pub use live_floors::LiveFloors;
pub use presence::Presence;
pub use signals::Signals;
pub use snapshot::FloorNow;
