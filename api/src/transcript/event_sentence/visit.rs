//! Where the visitor was on the site.

use domain::Visit;
use domain::event::Presence;
use domain::personal::Personal;
use domain::text::Language;

use super::sentence::Sentence;
use crate::transcript::wording::{colon, pick, within};

pub(super) fn sentence(fact: &Visit, language: Language) -> Sentence {
    match fact {
        Visit::VisitorPresence { presence } => Sentence::complete(present(*presence, language)),
        Visit::PageChanged { page: to } => page(to.title.as_ref(), Some(&to.url), language),
    }
}

const fn present(presence: Presence, language: Language) -> &'static str {
    match presence {
        Presence::Away => {
            pick(language, "L’internaute ne regarde plus la page", "The visitor is away from the page")
        }
        Presence::LeftSite => {
            pick(language, "L’internaute a quitté le site", "The visitor has left the site")
        }
        Presence::Here => {
            pick(language, "L’internaute est de retour sur la page", "The visitor is back on the page")
        }
    }
}

/// The visitor went to a page, of which this much is known.
pub(super) fn page(
    title: Option<&Personal<String>>,
    url: Option<&Personal<String>>,
    language: Language,
) -> Sentence {
    let known = [title, url].into_iter().flatten().map(|text| within(text.reveal()));
    let known: Vec<String> = known.filter(|text| !text.is_empty()).collect();
    if known.is_empty() {
        let somewhere = pick(language, "L’internaute change de page", "The visitor went to another page");
        return Sentence::complete(somewhere);
    }
    let what = pick(language, "L’internaute va à la page", "The visitor went to the page");
    Sentence::complete(format!("{what}{}{}", colon(language), known.join(" — ")))
}
