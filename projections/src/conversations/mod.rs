//! Answers: which conversations were there, and what was the outcome of each (spec.md §History, audit, analysts)?
//!
//! [`conversation`] is the row of one, [`fold`] applies each event to it, [`filter`] is which are asked for and in
//! which order, [`cursor`] where a page ends, and [`list`] how the database finds them in bounded time.

mod condition;
pub mod conversation;
pub mod cursor;
pub mod filter;
pub mod fold;
pub(crate) mod list;
mod plan;

use domain::{ConversationId, LivechatId};

use crate::database::{Select, Transaction};
use crate::error::Error;
use crate::projection::Projection;

pub use conversation::{Conversation, State};
pub use cursor::Cursor;
pub use filter::{AnswerFilter, Answered, Filter, Question, Reason, Settled, Sort};
pub use fold::Conversations;

pub(crate) async fn one(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    id: ConversationId,
) -> Result<Option<Conversation>, Error> {
    let select = Select::from(Conversations::TABLE).equal("livechat", livechat).equal("conversation", &id);
    Ok(transaction.select(select).await?.into_iter().next())
}
