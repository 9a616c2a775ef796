//! How fast the bytes of a WebSocket are read.
//!
//! The layer above reads messages, and takes any number of fragments of an endless one, or frames that it discards,
//! before it yields. This layer does not interpret the bytes, and need not: a frame of a client has at least six of
//! them, so a limit on bytes per second limits frames too.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

use super::timer::wait_until;
use crate::limits::{SOCKET_BYTES_AT_ONCE, SOCKET_BYTES_IN_A_ROW, SOCKET_BYTES_PER_SEC};

/// How fast one socket is read.
#[derive(Debug)]
pub(super) struct Pace {
    /// When all that was read will have been earned.
    earned: Instant,
    /// Bytes read since others had a turn.
    in_a_row: u32,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self { earned: Instant::now(), in_a_row: 0, timer: None }
    }

    /// Waits until something may be read.
    pub(super) fn may_read(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let at_once = time_for(SOCKET_BYTES_AT_ONCE);
        if self.earned.saturating_duration_since(Instant::now()) > at_once {
            ready!(wait_until(&mut self.timer, self.earned - at_once, context));
        }
        if self.in_a_row >= SOCKET_BYTES_IN_A_ROW {
            self.in_a_row = 0;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    }

    /// Notes that this many bytes were read.
    pub(super) fn has_read(&mut self, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.earned = self.earned.max(Instant::now()) + time_for(bytes);
        self.in_a_row = self.in_a_row.saturating_add(bytes);
    }
}

/// How long it takes to earn this many bytes.
fn time_for(bytes: u32) -> Duration {
    Duration::from_secs(1) * bytes / SOCKET_BYTES_PER_SEC.get()
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    /// Reads this many bytes this many times; returns how long that took and how often others had a turn.
    async fn reads(pace: &mut Pace, times: u32, bytes: usize) -> (Duration, u32) {
        let (begun, mut turns) = (Instant::now(), 0);
        for _ in 0..times {
            poll_fn(|context| {
                let may = pace.may_read(context);
                turns += u32::from(may.is_pending());
                may
            })
            .await;
            pace.has_read(bytes);
        }
        (begun.elapsed(), turns)
    }

    #[tokio::test(start_paused = true)]
    async fn a_faster_sender_is_read_more_slowly_however_its_bytes_are_cut() {
        let ten_seconds = SOCKET_BYTES_PER_SEC.get() * 10;
        for bytes in [100, 1_000, 4_096, 65_536] {
            let mut pace = Pace::new();
            let times = ten_seconds.div_ceil(bytes);
            let (took, _) = reads(&mut pace, times, bytes as usize).await;
            let in_advance = time_for(SOCKET_BYTES_AT_ONCE) + time_for(bytes) * 2;
            assert!(took + in_advance >= Duration::from_secs(10), "{bytes} at once: {took:?}");
            assert!(took <= Duration::from_millis(10_100), "{bytes} at once: {took:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_people_send_is_read_at_once_but_in_turns() {
        let mut pace = Pace::new();
        let (took, turns) = reads(&mut pace, SOCKET_BYTES_AT_ONCE / 1_024, 1_024).await;
        assert_eq!(took, Duration::ZERO);
        assert!(turns >= SOCKET_BYTES_AT_ONCE / SOCKET_BYTES_IN_A_ROW - 1, "{turns}");
        tokio::time::advance(Duration::from_secs(60)).await;
        // Unused allowance is not kept beyond that.
        let (took, _) = reads(&mut pace, 4 * SOCKET_BYTES_AT_ONCE / 1_024, 1_024).await;
        assert!(took >= time_for(2 * SOCKET_BYTES_AT_ONCE), "{took:?}");
    }
}
