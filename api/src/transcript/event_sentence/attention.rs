//! What the staff marked.

use domain::Attention;
use domain::text::Language;

use super::sentence::{Sentence, noted};
use crate::transcript::wording::pick;

pub(super) fn sentence(fact: &Attention, language: Language) -> Sentence {
    let say = |fr, en| pick(language, fr, en);
    let text = match fact {
        Attention::ImportanceMarked { important: true } => {
            say("Conversation marquée comme importante", "Conversation marked as important")
        }
        Attention::ImportanceMarked { important: false } => {
            say("La conversation n’est plus importante", "Conversation not important any more")
        }
        Attention::HelpCalled { note } => {
            let called = say("Appel au superviseur", "Call for help");
            return Sentence::by_author(noted(called, note.as_ref(), language));
        }
        Attention::HelpTaken => say("Appel au superviseur pris en charge", "Call for help taken"),
        Attention::HelpDone => say("Appel au superviseur réglé", "Call for help settled"),
        Attention::PutOnHold => say("Mise en attente", "Put on hold"),
        Attention::TakenBack => say("Fin de la mise en attente", "Taken off hold"),
    };
    Sentence::by_author(text)
}
