//! Limits: of connections, times, bodies, rates and feeds; and what every answer and every file has.

mod bodies;
mod connections;
mod feeds;
mod headers;
mod logs;
pub(crate) mod private_files;
mod rates;
mod sockets;

use std::time::Duration;

use api::connections::ClientTimeouts;

/// Less patience than usual, so that tests need not wait for long.
const SHORT: Duration = Duration::from_millis(800);

/// Short for heads, bodies and pauses.
const IMPATIENT: ClientTimeouts = ClientTimeouts {
    first_head: SHORT,
    head: SHORT,
    idle: SHORT,
    // A busy machine takes some time to send one.
    body_stall: Duration::from_secs(2),
    body_grace: Duration::from_secs(4),
    reader: SHORT,
};
