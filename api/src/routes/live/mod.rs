//! The live feeds: each follows something from a position on, over server-sent events or a WebSocket
//! ([`crate::live`] is how).

pub mod colleagues;
pub mod conversation;
pub mod desk;
pub mod floor;
pub mod queue;
pub mod visitor;
