//! A conversation as it was, or as a part of it tells.

use std::ops::ControlFlow;
use std::sync::Arc;

use domain::{ConversationFact, ConversationId, Fact, LivechatId};
use journal::checked::each_of_conversation;
use journal::{Position, Recorded, Store};
use projections::Projection;
use projections::conversations::{Conversation, Conversations};

use crate::error::Error;
use crate::past::Until;

/// How a conversation went up to a position or a moment; nothing when it had not begun.
///
/// # Errors
/// When the log cannot be read.
pub async fn conversation_at(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    id: ConversationId,
    until: Until,
) -> Result<Option<Conversation>, Error> {
    let head = store.read().head(livechat).await?.map_or(0, |head| head.position);
    let extent = until.extent(store, livechat, head).await?;
    fold(store, livechat, id, |record| if extent.includes(record) { Tells::This } else { Tells::NoMore })
        .await
}

/// How a conversation went up to a position, as its events tell that are told: nothing, when none is. Where the first of
/// them asks again, the conversation begins with it.
///
/// # Errors
/// When the log cannot be read.
pub async fn conversation_as_told(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    id: ConversationId,
    until: Position,
    is_told: impl Fn(&Recorded) -> bool + Send + Sync,
) -> Result<Option<Conversation>, Error> {
    fold(store, livechat, id, move |record| {
        if record.position > until {
            Tells::NoMore
        } else if is_told(record) {
            Tells::This
        } else {
            Tells::Nothing
        }
    })
    .await
}

/// What an event tells of a conversation.
enum Tells {
    This,
    Nothing,
    /// Nor does any after it.
    NoMore,
}

async fn fold(
    store: &Arc<dyn Store>,
    livechat: &LivechatId,
    id: ConversationId,
    tells: impl Fn(&Recorded) -> Tells + Send + Sync,
) -> Result<Option<Conversation>, Error> {
    let mut row: Option<Box<Conversation>> = None;
    let step = |mut record: Recorded| {
        match tells(&record) {
            Tells::This => {}
            Tells::Nothing => return ControlFlow::Continue(()),
            Tells::NoMore => return ControlFlow::Break(()),
        }
        if row.is_none() {
            begin(&mut record);
        }
        for key in Conversations::keys(&record) {
            row = Conversations::fold(row.take(), &key, &record);
        }
        ControlFlow::Continue(())
    };
    each_of_conversation(store.read(), livechat, id, 0, step).await?;
    Ok(row.map(|row| *row))
}

/// Makes the first event that is told the beginning of the conversation.
fn begin(record: &mut Recorded) {
    if let Fact::Conversation { fact, .. } = &mut record.event.fact
        && let ConversationFact::RequestedAgain(request) = fact
    {
        *fact = ConversationFact::Requested(request.clone());
    }
}
