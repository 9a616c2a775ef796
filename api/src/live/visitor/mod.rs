//! The visitor's page: one conversation, as its visitor is shown it.
//!
//! Read in this order: [`frames`] (what is sent and received), [`mod@snapshot`] (the whole page at once),
//! [`mod@event_frames`] (the frame for an event), [`hidden_transfers`] (what the visitor is not shown),
//! [`queue_position`] (their place while they wait), [`mod@socket`] (all of it over one connection).

mod event_frames;
pub mod frames;
mod hidden_transfers;
mod queue_position;
pub mod snapshot;
mod socket;

pub use frames::{VisitorCommand, VisitorFrame};
pub use hidden_transfers::HiddenTransfers;
pub use snapshot::VisitorSnapshot;
pub(crate) use socket::run;
