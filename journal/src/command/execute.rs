//! The way of a command, step by step.

use domain::id::CommandId;
use domain::{Action, LivechatId};

use super::context::Context;
use super::receipt::Receipt;
use super::turn::Turn;
use crate::error::Error;
use crate::log::record::Author;

/// Executes a command: decides it, makes its events durable, and returns them. See
/// [`Journal::execute`](crate::Journal::execute).
pub(crate) async fn execute(
    context: &Context,
    livechat: &LivechatId,
    id: CommandId,
    author: Author,
    action: Action,
) -> Result<Receipt, Error> {
    // The livechat is locked, and loaded from its log if it is not in memory.
    let resident = context.livechats.load(livechat).await?;
    // A place in the queue is reserved, so that whatever is decided can be written.
    let mut turn = Turn::begin(context, livechat, resident, id, author, action)?;
    // A repeated command gets the answer of the first time.
    if let Some(span) = turn.done_before() {
        return turn.answer_again(span).await;
    }
    // An id used so long ago that the state has forgotten it is still in the log.
    turn.must_be_new().await?;
    // What the passing of time causes comes first; then the command is decided and applied, with what follows.
    turn.apply_elapsed_time()?;
    let decision = turn.decide()?;
    // The events are queued and the livechat is unlocked: the next command is decided on top of them while they
    // are being appended and published.
    let queued = turn.append(decision);
    // Once they are durable, the caller is answered.
    queued.reply().await
}
