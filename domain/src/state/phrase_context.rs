//! What phrases need to know of a conversation.

use super::conversation::AboutVisitor;
use crate::id::{OperatorId, SkillId};
use crate::text::Language;

/// What a phrase to a visitor needs to know, also right after the end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PhraseContext<'a> {
    pub(crate) about: &'a AboutVisitor,
    pub(crate) language: Language,
    pub(crate) skill: Option<&'a SkillId>,
    /// Who is in charge.
    pub(crate) operator: Option<&'a OperatorId>,
    /// Who that is as far as the visitor knows.
    pub(crate) presented: Option<&'a OperatorId>,
    pub(crate) messages: u32,
}
