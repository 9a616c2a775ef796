//! A conversation as it was.

use std::ops::ControlFlow;
use std::sync::Arc;

use domain::{ConversationId, LivechatId};
use journal::checked::each_of_conversation;
use journal::{Recorded, Store};
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
    let mut row: Option<Box<Conversation>> = None;
    let fold = |record: Recorded| {
        if !extent.includes(&record) {
            return ControlFlow::Break(());
        }
        for key in Conversations::keys(&record) {
            row = Conversations::fold(row.take(), &key, &record);
        }
        if extent.ends_by(record.position) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    each_of_conversation(store.read(), livechat, id, 0, fold).await?;
    Ok(row.map(|row| *row))
}
