//! A conversation as it was, or as its visible part shows it.

use std::ops::ControlFlow;
use std::sync::Arc;

use domain::{ConversationFact, ConversationId, Fact, Flow, LivechatId};
use journal::checked::each_of_conversation;
use journal::{Position, Record, Store};
use projections::Projection;
use projections::conversations::{Conversation, Conversations};

use crate::error::Error;
use crate::state_at::AsOf;

/// A conversation up to a position or a time; nothing when it had not begun.
///
/// # Errors
/// When the log cannot be read.
pub async fn conversation_at(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    id: ConversationId,
    until: AsOf,
) -> Result<Option<Conversation>, Error> {
    let head = store.read().head(livechat).await?.map_or(0, |head| head.position);
    let extent = until.extent(store, livechat, head).await?;
    fold(store, livechat, id, |record| {
        let is_there = extent.includes(record);
        if !is_there || extent.ends_by(record.position) {
            ControlFlow::Break(is_there)
        } else {
            ControlFlow::Continue(true)
        }
    })
    .await
}

/// A conversation up to a position, according to its visible events: nothing if there are none. Where the first of
/// them asks again, the conversation begins with it.
///
/// # Errors
/// When the log cannot be read.
pub async fn conversation_as_visible(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    id: ConversationId,
    until: Position,
    is_visible: impl Fn(&Record) -> bool + Send + Sync,
) -> Result<Option<Conversation>, Error> {
    fold(store, livechat, id, move |record| {
        if record.position < until {
            ControlFlow::Continue(is_visible(record))
        } else {
            ControlFlow::Break(record.position == until && is_visible(record))
        }
    })
    .await
}

/// Folds the events that `is_visible` lets through, up to the one at which it breaks.
async fn fold(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    id: ConversationId,
    is_visible: impl Fn(&Record) -> ControlFlow<bool, bool> + Send + Sync,
) -> Result<Option<Conversation>, Error> {
    let mut row: Option<Box<Conversation>> = None;
    let step = |mut record: Record| {
        let (is_visible, goes_on) = match is_visible(&record) {
            ControlFlow::Continue(is_visible) => (is_visible, ControlFlow::Continue(())),
            ControlFlow::Break(is_visible) => (is_visible, ControlFlow::Break(())),
        };
        if !is_visible {
            return goes_on;
        }
        if row.is_none() {
            begin(&mut record);
        }
        for key in Conversations::keys(&record) {
            row = Conversations::fold(row.take(), &key, &record);
        }
        goes_on
    };
    each_of_conversation(store.read(), livechat, id, 0, step).await?;
    Ok(row.map(|row| *row))
}

/// Makes the first visible event the beginning of the conversation.
fn begin(record: &mut Record) {
    if let Fact::Conversation { fact, .. } = &mut record.event.fact
        && let ConversationFact::Flow(Flow::RequestedAgain(request)) = fact
    {
        *fact = ConversationFact::Flow(Flow::Requested(request.clone()));
    }
}
