//! Live connections: the visitor's socket, the operator's desk, and the views of the floor. The endpoints are in
//! [`crate::routes`].
//!
//! Each frame that comes from the log carries its position; a client that reconnects with the last
//! position it saw gets everything after it, once. A reader that is too slow is cut off and resumes.
//! Signals (typing, the place in the queue) are not recorded and not repeated.
//!
//! Read in this order: [`mod@frame`] (what is sent, with its position), [`cursor`] (where a reader stands),
//! [`mod@transport`] (server-sent events or a WebSocket), [`mod@floor`], [`mod@desk`] and [`mod@visitor`] (what is sent, and
//! to which reader), [`presence`], [`attendance`] and [`signals`] (which desks and pages are open, and what happens there).

pub mod admission;
pub mod attendance;
pub mod colleagues;
pub mod cursor;
pub mod desk;
mod events;
pub mod feed_end;
pub mod floor;
pub mod frame;
pub mod newest;
mod open_feeds;
pub mod presence;
mod retry_until_recorded;
pub mod signals;
pub(crate) mod socket;
pub mod socket_frames;
pub mod transport;
pub mod visitor;

pub use admission::Admission;
pub use attendance::Attendance;
pub use floor::{FloorNow, LiveFloors};
pub use presence::Presence;
pub use signals::Signals;
pub use visitor::HiddenTransfers;
