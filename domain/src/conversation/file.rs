//! Files (spec.md §Desk options, `request_file` and `send_file`): the operator asks the visitor for one, or
//! sends one; the visitor sends one when asked.
//!
//! The events carry what is known of a file; its bytes are not kept here. Only the operator who has picked
//! up asks and sends. A visitor sends nothing unasked, and one file per request. Asked again with another note while
//! none has come, the visitor is asked anew: the last note holds, and still one file is expected.
//!
//! For the clocks a file is a word of whoever sends it, and the question for one a word of the operator: a
//! visitor who sends what was asked for is not silent, and an operator who asks is not inactive.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::{Rejection as ConversationRejection, write};
use crate::Instant;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::{ConversationFact, Fact, Voice};
use crate::field::Check;
use crate::id::ConversationId;
use crate::limits::FILE_BYTES_MAX;
use crate::livechat::Livechat;
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::settings::DeskOption;
use crate::text::{Name, Note, Received};

const BYTES: RangeInclusive<u64> = 1..=FILE_BYTES_MAX;

/// What is known of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its name, without a path: 1 to 100 characters.
    pub name: Personal<Name>,
    /// Its size in bytes: 1 to 20,971,520.
    pub bytes: u64,
    /// Its media type, as `application/pdf`.
    pub media_type: String,
}

/// A file that the operator has asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// What it is, as the operator says.
    pub note: Option<Personal<Note>>,
}

impl Wanted {
    fn is_for(&self, note: &Personal<Note>) -> bool {
        self.note.as_ref() == Some(note)
    }
}

impl File {
    /// A name is shown beside what it is a name of, and becomes one on somebody's disk.
    pub(crate) fn read_texts(&mut self, texts: &mut Received) {
        texts.read("name", &mut self.name);
        let dots = self.name.reveal().as_str().chars().all(|c| c == '.');
        texts.must(
            !dots,
            "name",
            both("a name that is more than dots", "un nom qui ne soit pas que des points"),
        );
    }

    fn check(&self) -> Result<(), Rejection> {
        let mut check = Check::new();
        let name = self.name.reveal().as_str();
        check.must(
            !name.contains(['/', '\\']) && !name.chars().any(char::is_control),
            "name",
            both("a name without a path", "un nom sans chemin"),
        );
        check.range("bytes", &self.bytes, &BYTES, both("bytes", "octets"));
        check.must(
            is_media_type(&self.media_type),
            "media_type",
            both("a media type as application/pdf", "un type de média tel que application/pdf"),
        );
        Ok(check.finish()?)
    }
}

fn is_media_type(value: &str) -> bool {
    let token = |part: &str| {
        (1..=127).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    value.split_once('/').is_some_and(|(kind, name)| token(kind) && token(name))
}

pub(crate) fn ask(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    note: Option<&Personal<Note>>,
) -> Result<Vec<Fact>, Rejection> {
    livechat.settings().desk.allow(DeskOption::RequestFile, by)?;
    let conversation = livechat.live_conversation(id)?;
    let operator =
        super::operator_answering(conversation, id, by, both("ask for a file", "demander un fichier"))?;
    if conversation.file_requested.as_ref().is_some_and(|asked| note.is_none_or(|note| asked.is_for(note))) {
        return Ok(vec![]);
    }
    let fact = ConversationFact::FileRequested { note: note.cloned() };
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
            super::visitor_side(conversation, id, by, both("send a file here", "envoyer un fichier ici"))?;
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
            super::operator_answering(
                conversation,
                id,
                by,
                both("send a file here", "envoyer un fichier ici"),
            )?;
            Voice::Operator
        }
    };
    file.check()?;
    let fact = ConversationFact::FileSent { voice, file: file.clone() };
    Ok(vec![Fact::conversation(id, conversation.operator().cloned(), fact)])
}

pub(crate) fn asked(livechat: &mut Livechat, at: Instant, id: ConversationId, note: Option<&Personal<Note>>) {
    let wanted = Wanted { note: note.cloned() };
    livechat.change_conversation(id, |conversation, _| conversation.file_requested = Some(wanted));
    write::note_activity(livechat, at, id, Voice::Operator);
}

pub(crate) fn sent(livechat: &mut Livechat, at: Instant, id: ConversationId, voice: Voice) {
    livechat.change_conversation(id, |conversation, _| {
        if voice == Voice::Visitor {
            conversation.file_requested = None;
        }
    });
    write::note_activity(livechat, at, id, voice);
}
