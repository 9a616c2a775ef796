//! What a visitor's token opens: one conversation, and nothing else (spec.md §Privacy and security).
//!
//! Anybody may claim a visitor's identifier, by typing that person's address into a bot. So the identifier opens
//! nothing: the token of a conversation opens that one. The other conversations of the same identifier can be read only
//! if the integration vouched for the visitor both now and at that time.

use domain::event::Visitor;
use domain::{ConversationFact, ConversationId, Fact, Flow};
use journal::Record;

use super::Caller;
use super::caller::not_yours;
use crate::app::App;
use crate::http::problem::Problem;

impl Caller {
    /// Lets a visitor read the conversation of the token, and the others of the same identifier if the
    /// integration vouched for the visitor in both.
    ///
    /// # Errors
    /// 403 when it is another visitor's, or may be, or does not exist.
    pub async fn may_read_as_visitor(&self, app: &App, id: ConversationId) -> Result<(), Problem> {
        if self.conversation == Some(id) {
            return Ok(());
        }
        if self.authenticated
            && let Some(visitor) = app.visitor_of(self, id).await?
            && visitor.authenticated
            && visitor.id.as_str() == self.subject
        {
            return Ok(());
        }
        Err(not_yours(id))
    }
}

impl App {
    /// The visitor of a conversation, as its request says; none if there is no such conversation.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn visitor_of(&self, caller: &Caller, id: ConversationId) -> Result<Option<Visitor>, Problem> {
        let beginning = self.journal.beginning(&caller.livechat, id).await?;
        Ok(beginning.as_ref().and_then(asker))
    }
}

/// The visitor who requests a conversation with this record, for the first time or again.
pub fn asker(record: &Record) -> Option<Visitor> {
    if let Fact::Conversation {
        fact: ConversationFact::Flow(Flow::Requested(request) | Flow::RequestedAgain(request)),
        ..
    } = &record.event.fact
    {
        Some(request.visitor.clone())
    } else {
        None
    }
}
