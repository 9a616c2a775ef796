//! Answers: which conversations were there, and how did each go (spec.md §History, audit, analysts)?
//!
//! [`row`] is how one went, [`filter`] which are asked for and in which order, [`cursor`] where a page ends,
//! and [`list`] how the database finds them in bounded time.

pub mod cursor;
pub mod filter;
pub(crate) mod list;
mod plan;
pub mod row;

use domain::{ConversationId, LivechatId};

use crate::database::{Select, Transaction};
use crate::error::Error;
use crate::projection::Projection;

pub use cursor::Cursor;
pub use filter::{Answered, Filter, Given, Question, Reason, Settled, Sort};
pub use row::{Conversation, Conversations, State};

pub(crate) async fn one(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    id: ConversationId,
) -> Result<Option<Conversation>, Error> {
    let select = Select::from(Conversations::TABLE).equal("livechat", livechat).equal("conversation", &id);
    Ok(transaction.select(select).await?.into_iter().next())
}
