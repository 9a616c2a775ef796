//! The operator's desk: one live connection with everything that concerns the operator.
//!
//! Opening it connects the operator, over either transport: a client that is sent conversations is there. Over
//! server-sent events it only sends, and commands go over HTTP. Without a position it begins with a snapshot;
//! with the last position seen it goes on from there, if that is not long ago.
//!
//! A desk that resumes is sent again only what is the operator's still: for a conversation that has ended or moved to
//! another operator, only that its tab is closed, not what was said in it meanwhile. Reading that would be a read of
//! its transcript, and recorded.

mod connection;
pub mod conversation_view;
mod event_frames;
mod feed;
pub mod frames;
pub mod operator;
pub mod options;

pub(crate) use connection::Desk;
pub(crate) use feed::feed;
pub use frames::{ClosedReason, DeskCommand, DeskFrame, Snapshot};
pub use operator::DeskOperator;
pub use options::DeskOptions;
