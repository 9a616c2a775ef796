//! The floor and its queue, live, for all their followers: folded once, in memory, and serialized once per view.
//!
//! Read in this order: [`view`] (what can be followed), [`frames`] and [`queue_frames`] (what is sent),
//! [`mod@followed_floor`] (one floor), [`mod@task`] (what keeps it up to date), [`mod@live_floors`] (all of them),
//! [`mod@feed`] (one reader of a floor), [`mod@now`] (the same, asked for once).

pub mod feed;
mod followed_floor;
pub mod frames;
mod live_floors;
mod now;
pub mod queue_frames;
mod registry;
mod task;
pub mod view;

pub use frames::{FloorNow, FloorSnapshot, HelpFrame, HelpWhat, Totals};
pub use live_floors::LiveFloors;
pub use queue_frames::{QueueLength, QueueLengths};
