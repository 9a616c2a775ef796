//! Why a live feed ends, and the frame that says so.

use serde::Serialize;
use utoipa::ToSchema;

/// Why the server ends an event stream; a reader who may come back does so with the last id they saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FeedEndReason)]
pub enum Reason {
    /// The token it was opened with has expired.
    TokenExpired,
    /// The same person or program has opened more feeds than allowed at once, and this one was the first.
    TooManyFeeds,
    /// The server is stopping.
    ServerStopping,
    /// The reader took too long to take a frame.
    TooSlow,
    /// The feed broke off.
    Broken,
    /// The playback has reached its end.
    Over,
    /// All requested steps were taken.
    Stepped,
}

/// The last event of a stream.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct End {
    pub(super) reason: Reason,
}
