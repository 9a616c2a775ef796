//! What was exchanged besides messages.

use domain::Exchange;
use domain::event::{File, Voice};
use domain::text::Language;

use super::sentence::{Sentence, noted};
use crate::transcript::size;
use crate::transcript::wording::{colon, pick, within};

pub(super) fn sentence(fact: &Exchange, language: Language) -> Sentence {
    match fact {
        Exchange::FileRequested { note } => {
            let asked = pick(language, "Fichier demandé à l’internaute", "File asked of the visitor");
            Sentence::by_author(noted(asked, note.as_ref(), language))
        }
        Exchange::FileSent { voice, file } => Sentence::by_author(sent(*voice, file, language)),
        Exchange::CopyMailed { .. } => Sentence::by_author(pick(
            language,
            "Copie envoyée par e-mail au conseiller",
            "Copy mailed to the operator",
        )),
        // Messages are set as what was said; typing makes no line.
        Exchange::MessagePosted { .. }
        | Exchange::InternalMessagePosted { .. }
        | Exchange::OperatorTyped
        | Exchange::Typing { .. } => Sentence::complete(""),
    }
}

fn sent(voice: Voice, file: &File, language: Language) -> String {
    let whose = if voice == Voice::Visitor {
        pick(language, "Fichier de l’internaute", "File from the visitor")
    } else {
        pick(language, "Fichier du conseiller", "File from the operator")
    };
    let size = size::in_words(file.bytes, language);
    let (name, media_type) = (within(file.name.reveal().as_str()), within(&file.media_type));
    format!("{whose}{}{name} ({size}, {media_type})", colon(language))
}
