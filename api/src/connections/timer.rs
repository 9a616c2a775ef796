//! A timer that is polled.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep};

/// Waits until a time, which may be another one at each call.
pub(super) fn wait_until(
    timer: &mut Option<Pin<Box<Sleep>>>,
    until: Instant,
    context: &mut Context<'_>,
) -> Poll<()> {
    let timer = timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
    if timer.deadline() != until {
        timer.as_mut().reset(until);
    }
    timer.as_mut().poll(context)
}
