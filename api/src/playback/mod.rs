//! The past played back, over the same kind of feeds as live ones: with its real intervals, faster, slower, or step by
//! step (spec.md §The desk, the supervisor, the visitor: any conversation replayed at speed).
//!
//! The server remembers nothing of its viewers. To pause, a page closes the feed; to go on, to jump, or to change
//! the speed, it opens another from the position it wants; a step is a feed of one event. A feed that was cut off
//! is resumed with `Last-Event-ID`, as any other.
//!
//! [`params`] are the parameters, [`clock`] waits, [`conversation`] and [`floor`] are played.

mod clock;
pub mod conversation;
pub mod event_summary;
pub mod floor;
pub mod params;

use domain::Timestamp;
use journal::Position;
use serde::Serialize;
use utoipa::ToSchema;

use crate::live::cursor::Cursor;
use crate::live::feed_end::Reason;
use crate::live::frame::Frame;

/// The last frame of a playback.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct PlaybackEnd {
    /// Why it ends: `over`, it has reached its end; `stepped`, all steps asked for were taken.
    reason: Reason,
    /// The position it has reached: from where to go on.
    position: Position,
    /// The past time that it has reached.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl PlaybackEnd {
    fn frame(reason: Reason, reached: Cursor, at: Timestamp) -> Frame {
        Frame::end(Some(reached), &Self { reason, position: reached.position, at })
    }
}
