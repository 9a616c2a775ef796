//! What Pupitre noticed, and let the visitor know.

use domain::Notice;

use super::sentence::{Sentence, with};
use crate::transcript::line_renderer::LineRenderer;
use crate::transcript::wording::{pick, time};

pub(super) fn sentence(renderer: &LineRenderer, fact: &Notice) -> Sentence {
    let language = renderer.language;
    let say = |fr, en| pick(language, fr, en);
    Sentence::complete(match fact {
        Notice::StillOnHold => say("Toujours en attente", "Still on hold"),
        Notice::FollowedUp => say("L’internaute ne répond pas", "The visitor does not answer"),
        Notice::SearchNoticed { .. } => say("La recherche dure encore", "The search goes on"),
        Notice::OperatorSearches { searching: true } => {
            say("Le conseiller recherche des informations", "The operator is looking for information")
        }
        Notice::OperatorSearches { searching: false } => say(
            "Le conseiller ne recherche plus d’informations",
            "The operator has stopped looking for information",
        ),
        Notice::TimeoutAnnounced { ends_at } => {
            let warned =
                say("L’internaute est prévenu de la fin du livechat", "The visitor is warned of the end");
            let ends_at = time(renderer.zone.wall_clock(*ends_at));
            return Sentence::complete(with(warned, say("à ", "at "), Some(ends_at)));
        }
    })
}
