//! What Pupitre noticed, and let the visitor know.

use domain::Notice;

use super::sentence::{Sentence, with};
use crate::transcript::line_renderer::LineRenderer;
use crate::transcript::wording::{pick, time};

pub(super) fn sentence(renderer: &LineRenderer, fact: &Notice) -> Sentence {
    let language = renderer.language;
    let ends_at = match fact {
        Notice::TimeoutAnnounced { ends_at } => Some(time(renderer.zone.wall_clock(*ends_at))),
        _ => None,
    };
    Sentence::complete(with(fact.sentence().text(language), pick(language, "à ", "at "), ends_at))
}
