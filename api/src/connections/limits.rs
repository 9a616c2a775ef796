//! How many connections there may be, and how long clients may take.

use std::time::Duration;

use crate::limits::{
    BODY_GRACE, BODY_STALL, CONNECTIONS_PER_ADDRESS, FIRST_HEAD_TIMEOUT, HEAD_TIMEOUT, IDLE_CONNECTION,
    SLOW_READER, STAFF_FEEDS, VISITOR_FEEDS,
};

/// How long the server waits for a client.
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
    /// For a client that does not read what is written.
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
        if self.connections == 0 { super::files::connections_that_fit() } else { self.connections as usize }
    }
}
