//! A command as it comes in: its texts are tidied, and each has to be what its field asks for (spec.md §Names,
//! lines, texts, addresses).
//!
//! This is checked on what people and programs send, once, before it is looked up, decided or recorded; never on what a
//! log holds. So a rule that became stricter makes no old log unreadable, and replaying one decides as before.

use crate::command::Action;
use crate::rejection::Rejection;
use crate::text::Received;

impl Action {
    /// The action with its texts as they are kept.
    ///
    /// # Errors
    /// All fields that are not the name, the line, the text or the address they should be; of a section, every
    /// other wrong field too.
    pub fn received(mut self) -> Result<Self, Rejection> {
        let mut texts = Received::default();
        self.read_texts(&mut texts);
        let mut wrong = texts.finish();
        if wrong.is_empty() {
            return Ok(self);
        }
        if let Self::ChangeSettings { section, .. } | Self::PatchSettings { section, .. } = &self {
            let others = section.validate().err().unwrap_or_default().into_iter();
            let others: Vec<_> =
                others.filter(|other| wrong.iter().all(|known| known.field != other.field)).collect();
            wrong.extend(others);
        }
        Err(Rejection::Invalid(wrong))
    }

    fn read_texts(&mut self, texts: &mut Received) {
        match self {
            Self::CreateLivechat { name, .. } => texts.read("name", name),
            Self::ChangeSettings { section, .. } | Self::PatchSettings { section, .. } => {
                section.read_texts(texts);
            }
            Self::RenameLivechat(renaming) => texts.read_if_any("name", &mut renaming.name),
            Self::RegisterOperator(_, profile) | Self::ChangeProfile { profile, .. } => {
                profile.read_texts(texts);
            }
            Self::Conversation(_, action) => action.read_texts(texts),
            Self::Tick
            | Self::RecordAccess(_)
            | Self::IssueToken(_)
            | Self::RecordApiKey(..)
            | Self::CloseLivechat
            | Self::ReopenLivechat
            | Self::SuspendOperator(_)
            | Self::ReinstateOperator(_)
            | Self::RemoveOperator(..)
            | Self::ConnectOperator(_)
            | Self::LoseConnection(_)
            | Self::DisconnectOperator(..)
            | Self::ChangeStatus(..) => {}
        }
    }
}
