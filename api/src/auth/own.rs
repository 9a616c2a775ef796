//! What a visitor's token opens: one conversation, and nothing else (spec.md §Privacy and security).
//!
//! Anybody may claim to be a visitor of some identifier, by typing somebody's address into a bot. So the
//! identifier opens nothing: the token of a conversation opens that one. The other conversations of the same
//! identifier can be read only if the integration has made sure who the visitor is, now and then.

use domain::conversation::Rejection as ConversationRejection;
use domain::event::Visitor;
use domain::{Action, ConversationFact, ConversationId, Fact, Flow, Rejection};
use journal::Record;

use super::{Caller, Role};
use crate::app::App;
use crate::problem::Problem;

impl Caller {
    /// Lets a visitor change no conversation but the one of the token; everybody else is judged by the rules.
    ///
    /// # Errors
    /// 403 when it is another one.
    pub fn may_change(&self, action: &Action) -> Result<(), Problem> {
        action.conversation().map_or(Ok(()), |id| self.must_hold(id))
    }

    /// Lets a visitor see no conversation live but the one of the token.
    ///
    /// # Errors
    /// 403 when it is another one, whether that exists or not.
    pub fn must_hold(&self, id: ConversationId) -> Result<(), Problem> {
        if self.role != Role::Visitor || self.conversation == Some(id) { Ok(()) } else { Err(not_yours(id)) }
    }

    /// Lets a visitor read the conversation of the token, and the others of the same identifier if the
    /// integration vouched for the visitor in both.
    ///
    /// # Errors
    /// 403 when it is somebody else's, or may be, or does not exist.
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

/// Who asked, with this record or again with this record.
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

fn not_yours(id: ConversationId) -> Problem {
    Rejection::from(ConversationRejection::NotYours(id)).into()
}
