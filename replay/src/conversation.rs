//! A conversation as it was.

use std::sync::Arc;

use domain::{ConversationId, LivechatId};
use journal::upcast::decode;
use journal::{Position, Store};
use projections::Projection;
use projections::conversations::{Conversation, Conversations};

use crate::error::Error;
use crate::past::Until;

/// Records read at once: most conversations fit, and others have their turn after a millisecond.
const PAGE: usize = 250;

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
    let mut reached: Position = 0;
    loop {
        let page = store.read().conversation(livechat, id, reached, PAGE).await?;
        for stored in &page {
            let record = decode(stored)?;
            if !extent.includes(&record) {
                return Ok(row.map(|row| *row));
            }
            for key in Conversations::keys(&record) {
                row = Conversations::fold(row.take(), &key, &record);
            }
            reached = record.position;
        }
        if page.len() < PAGE {
            return Ok(row.map(|row| *row));
        }
    }
}
