//! Connections: how many there may be, for how long they may say nothing, and that nobody who does not read is
//! kept anything for (spec.md §Privacy and security: limits everywhere).
//!
//! Read [`serve`](mod@serve) (who is let in, and what answers), then [`register`] (who is there, and who makes room),
//! [`stream`] (the bytes of one connection, with their time limits), [`pace`] (how fast those of a WebSocket are read)
//! and [`body`] (those of a request). [`refusal`] is what is said where no route answers; [`headers`] what every answer
//! carries; [`files`] how many connections fit.
//!
//! What always holds: a connection is at each moment waiting for a request, busy with one, or a socket. While it
//! waits, its time is limited and it may have to make room for a new one; while it is busy, the body that comes and
//! the answer that goes each have to make headway. Nothing is read from whoever does not read.

pub mod body;
pub mod files;
pub mod headers;
mod pace;
mod refusal;
pub mod register;
mod serve;
mod state;
mod stream;
mod timer;

pub use register::Register;
pub use serve::serve;

use std::time::Duration;

use crate::limits::{
    BODY_GRACE, BODY_STALL, CONNECTIONS_PER_ADDRESS, FIRST_HEAD_TIMEOUT, HEAD_TIMEOUT, IDLE_CONNECTION,
    SLOW_READER, STAFF_FEEDS, VISITOR_FEEDS,
};

/// How long is waited for what a client has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientTimeouts {
    /// For the first request of a connection.
    pub first_head: Duration,
    /// For the whole head of a request once it has begun.
    pub head: Duration,
    /// For the next request.
    pub idle: Duration,
    /// For the next bytes of a body.
    pub body_stall: Duration,
    /// For the whole body, besides the time that its size gives it.
    pub body_grace: Duration,
    /// For somebody who takes nothing of what is written.
    pub reader: Duration,
}

impl Default for ClientTimeouts {
    fn default() -> Self {
        Self {
            first_head: FIRST_HEAD_TIMEOUT,
            head: HEAD_TIMEOUT,
            idle: IDLE_CONNECTION,
            body_stall: BODY_STALL,
            body_grace: BODY_GRACE,
            reader: SLOW_READER * 2,
        }
    }
}

/// How many connections there may be, and how many live feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once. Where there is no room for another, the one that has been waiting the longest for a
    /// request makes room; where all are in use, a new one is answered 503. 0: as many as the files that the process
    /// may open allow (`ulimit -n`), at most 40000.
    pub connections: u32,
    /// Connections from one address (of version 6, one /64), and live feeds for it where it comes through a trusted
    /// proxy; those of the proxies themselves and of programs on the same machine are not limited so. Without
    /// trusted proxies all visitors of a proxy are one address. 0: no limit.
    pub connections_per_address: u32,
    /// Live feeds (sockets and event streams) of one visitor at once; the first makes room for another. 0: no limit.
    pub visitor_feeds: u32,
    /// Live feeds of one operator, supervisor or program at once; the first makes room for another. 0: no limit.
    pub staff_feeds: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 0,
            connections_per_address: CONNECTIONS_PER_ADDRESS,
            visitor_feeds: VISITOR_FEEDS,
            staff_feeds: STAFF_FEEDS,
        }
    }
}

impl Limits {
    /// Connections at once.
    pub fn all(&self) -> usize {
        if self.connections == 0 { files::connections_that_fit() } else { self.connections as usize }
    }
}
