//! Connections: how many there may be, for how long they may be silent, and that nothing is kept for a client that does
//! not read (spec.md §Privacy and security: limits everywhere).
//!
//! Read [`serve`](mod@serve) (which are accepted, and what answers), then [`register`] (which are open, and which makes
//! room), [`stream`] (the bytes of one connection, with their time limits), [`pace`] (how fast those of a WebSocket are
//! read) and [`body`] (those of a request). [`refusal`] is the answer where no route answers; [`headers`] what every
//! answer carries; [`files`] how many connections fit.
//!
//! What always holds: a connection is at any time waiting for a request, busy with one, or a socket. While it
//! waits, its time is limited and it may have to make room for a new one; while it is busy, the incoming body and the
//! outgoing answer each have to make headway. Nothing is read from a client that does not read.

pub mod body;
pub mod files;
pub mod headers;
mod limits;
mod pace;
mod refusal;
pub mod register;
mod serve;
mod state;
mod stream;
mod timer;

pub use limits::{ClientTimeouts, Limits};
pub use register::Register;
pub use serve::serve;
