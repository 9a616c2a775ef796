//! Where a visitor stands in the queue, live (spec.md §Routing: position and estimated wait, updated as they
//! change). The log has milestones only; this follows every change, and is never recorded.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::{ConversationFact, ConversationId, Flow, LivechatId};
use futures::{Stream, stream};

use crate::app::App;
use crate::live::socket_frames::SignalFrame;

/// How often it is checked: a queue moves in seconds, and the page shows minutes.
const PERIOD: Duration = Duration::from_secs(1);

/// Whether the visitor of a socket waits, as its log says; cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct IsWaiting(Arc<AtomicBool>);

impl IsWaiting {
    /// The state when the socket opens: a page that resumes may already have seen that it waits.
    pub(super) async fn now(app: &App, livechat: &LivechatId, conversation: ConversationId) -> Self {
        let waits = app.journal.peek(livechat, |state| {
            state.conversation(conversation).is_some_and(domain::state::Conversation::is_waiting)
        });
        Self(Arc::new(AtomicBool::new(Box::pin(waits).await.unwrap_or_default())))
    }

    /// Notes what an event means for the place; most mean nothing.
    pub(super) fn note(&self, fact: &ConversationFact) {
        if matches!(fact, ConversationFact::Flow(Flow::Queued { .. } | Flow::ReturnedToQueue { .. })) {
            self.0.store(true, Ordering::Relaxed);
        } else if fact.is_assignment() || fact.is_end() {
            self.0.store(false, Ordering::Relaxed);
        }
    }
}

/// A frame whenever the place or the estimated wait has changed.
pub(super) fn follow(
    app: App,
    livechat: LivechatId,
    conversation: ConversationId,
    waits: IsWaiting,
) -> impl Stream<Item = SignalFrame> + Send {
    stream::unfold((app, waits, None), move |(app, waits, sent)| {
        let livechat = livechat.clone();
        async move {
            loop {
                tokio::time::sleep(PERIOD).await;
                if !waits.0.load(Ordering::Relaxed) {
                    continue;
                }
                let place = app.journal.peek(&livechat, |state| {
                    let live = state.conversation(conversation).filter(|live| live.is_waiting())?;
                    let position = state.queue().position_of(&live.place(conversation));
                    Some((position, state.wait_minutes(position, live.skill.as_ref())))
                });
                // Boxed, so that a socket that waits does not hold the room for it.
                if let Ok(Some(place)) = Box::pin(place).await
                    && sent != Some(place)
                {
                    let (queue_position, wait_minutes) = place;
                    let place_now = SignalFrame::Place { queue_position, wait_minutes };
                    return Some((place_now, (app, waits, Some(place))));
                }
            }
        }
    })
}
