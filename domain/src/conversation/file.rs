//! Files (spec.md §Desk options, `request_file` and `send_file`): the operator asks the visitor for one, or
//! sends one; the visitor sends one when asked.
//!
//! The events carry what is known of a file; its bytes are not kept here. Only the operator who has picked
//! up asks and sends. A visitor sends nothing unasked, and one file per request. Asked again with another note while
//! none has come, the visitor is asked again: the last note holds, and still one file is expected.
//!
//! For the clocks a file counts as a message from its sender, and a request for one as a message from the operator: a
//! visitor who sends the file is not silent, and an operator who asks for it is not inactive.

use super::write;
use crate::Timestamp;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::File;
use crate::event::{ConversationFact, Exchange, Fact, Voice};
use crate::id::ConversationId;
use crate::personal::Personal;
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::settings::DeskOption;
use crate::state::Livechat;
use crate::state::WantedFile;
use crate::text::Note;

pub(crate) fn ask(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    note: Option<&Personal<Note>>,
) -> Result<Vec<Fact>, Rejection> {
    livechat.settings().desk.allow(DeskOption::RequestFile, by)?;
    let conversation = livechat.live_conversation(id)?;
    let operator = super::roles::operator_answering(
        conversation,
        id,
        by,
        both("ask for a file", "demander un fichier"),
    )?;
    if conversation.file_requested.as_ref().is_some_and(|asked| note.is_none_or(|note| asked.is_for(note))) {
        return Ok(vec![]);
    }
    let fact = ConversationFact::Exchange(Exchange::FileRequested { note: note.cloned() });
    Ok(vec![Fact::conversation(id, Some(operator.clone()), fact)])
}

pub(crate) fn send(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    file: &File,
) -> Result<Vec<Fact>, Rejection> {
    livechat.settings().desk.allow(DeskOption::SendFile, by)?;
    let conversation = livechat.live_conversation(id)?;
    let voice = match by {
        Actor::Visitor(_) | Actor::Integration(_) => {
            super::roles::visitor_side(
                conversation,
                id,
                by,
                both("send a file here", "envoyer un fichier ici"),
            )?;
            if conversation.file_requested.is_none() {
                return Err(ConversationRejection::NoFileRequested(id).into());
            }
            Voice::Visitor
        }
        Actor::Operator(_)
        | Actor::Supervisor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::System => {
            super::roles::operator_answering(
                conversation,
                id,
                by,
                both("send a file here", "envoyer un fichier ici"),
            )?;
            Voice::Operator
        }
    };
    file.check()?;
    let fact = ConversationFact::Exchange(Exchange::FileSent { voice, file: file.clone() });
    Ok(vec![Fact::conversation(id, conversation.operator().cloned(), fact)])
}

pub(crate) fn asked(
    livechat: &mut Livechat,
    at: Timestamp,
    id: ConversationId,
    note: Option<&Personal<Note>>,
) {
    let wanted = WantedFile { note: note.cloned() };
    livechat.change_conversation(id, |conversation, _| conversation.file_requested = Some(wanted));
    write::note_activity(livechat, at, id, Voice::Operator);
}

pub(crate) fn sent(livechat: &mut Livechat, at: Timestamp, id: ConversationId, voice: Voice) {
    livechat.change_conversation(id, |conversation, _| {
        if voice == Voice::Visitor {
            conversation.file_requested = None;
        }
    });
    write::note_activity(livechat, at, id, voice);
}
