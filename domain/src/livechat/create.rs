//! Create the livechat, with the ready-made settings. Administrators only. Creating it again with the same content
//! records nothing; with another content it is refused.

use crate::event::{Fact, LivechatFact};
use crate::rejection::Rejection;
use crate::state::{Identity, Livechat};
use crate::text::{Language, Name};

pub(crate) fn decide(livechat: &Livechat, name: &Name, language: Language) -> Result<Vec<Fact>, Rejection> {
    match livechat.identity() {
        None => Ok(vec![Fact::Livechat(LivechatFact::Created { name: name.clone(), language })]),
        Some(identity) if identity.name == *name && identity.language == language => Ok(vec![]),
        Some(_) => Err(Rejection::LivechatExists),
    }
}

pub(crate) fn evolve(livechat: &mut Livechat, name: &Name, language: Language) {
    livechat.identity = Some(Identity { name: name.clone(), language });
}
