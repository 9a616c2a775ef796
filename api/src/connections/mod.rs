//! Connections: how many there may be, for how long they may be silent, and that nothing is kept for a client that does
//! not read (spec.md §Privacy and security: limits everywhere).
//!
//! Read [`serve`](mod@serve) (which are accepted, and what answers), then [`register`] (which are open, and which makes
//! room), [`stream`] (the bytes of one connection, with their time limits), [`wire`] (how they travel, in the clear or by
//! TLS, whose bytes [`counted`] counts), [`pace`] (how fast those of a WebSocket are read) and [`body`] (those of a
//! request). [`refusal`] is the answer where no route answers; [`headers`] what every answer carries; [`encryption`]
//! whether an address speaks TLS, and who is told to come by it; [`files`] how many connections fit.
//!
//! What always holds: a connection is at any time waiting for a request, busy with one, or a socket. While it waits,
//! which includes the handshake of TLS, its time is limited and it may have to make room for a new one; while it is
//! busy, the incoming body and the outgoing answer each have to make headway. Nothing is read from a client that does
//! not read.

pub mod body;
mod counted;
mod encryption;
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
mod wire;

pub use encryption::Encryption;
pub use limits::{ClientTimeouts, Limits};
pub use register::Register;
pub use serve::serve;
