//! A timer that is polled.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep};

/// Waits until a time, which may be another one at each call. The clock counts too: a timer does not ring for a task
/// that has used up its turn, and a client that sends without end would never run out of time.
pub(super) fn wait_until(
    timer: &mut Option<Pin<Box<Sleep>>>,
    until: Instant,
    context: &mut Context<'_>,
) -> Poll<()> {
    let timer = timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
    if timer.deadline() != until {
        timer.as_mut().reset(until);
    }
    if timer.as_mut().poll(context).is_ready() || Instant::now() >= until {
        return Poll::Ready(());
    }
    Poll::Pending
}
