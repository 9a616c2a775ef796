//! Reads that leave a trace (spec.md §History, audit, analysts: the audit includes reads of transcripts and
//! exports by staff).
//!
//! Recorded are transcripts, searches through them, and exports. The desk's own tabs are not, for they are what
//! an operator works on; nor are rows without text of the conversation, as lists and boards have them.

use domain::Action;
use domain::event::Access;
use domain::id::CommandId;
use journal::Position;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::problem::Problem;
use crate::http::request::IdempotencyKey;

impl App {
    /// Records what the caller is about to be shown, by whom and from where: call it when the caller may see
    /// it and before anything is. It is durable once this returns. Returns its position in the log; a visitor
    /// leaves no trace, and neither does a request for the head of an answer only, which shows nothing.
    ///
    /// Every reading is one of its own: an idempotency key is for what is done, and does not make two readings one.
    ///
    /// # Errors
    /// When it cannot be recorded, and so must not be shown.
    pub async fn record_access(&self, caller: &Caller, access: Access) -> Result<Option<Position>, Problem> {
        if caller.role == Role::Visitor || caller.only_head {
            return Ok(None);
        }
        let key = IdempotencyKey(CommandId(Uuid::now_v7()));
        Ok(Some(self.command(caller, key, Action::RecordAccess(access)).await?.position))
    }
}
