//! What Pupitre noticed, and let the visitor know.

use domain::Notice;

use super::sentence::{Sentence, with};
use crate::transcript::line_renderer::LineRenderer;
use crate::transcript::wording::{pick, time};

pub(super) fn sentence(renderer: &LineRenderer, fact: &Notice) -> Sentence {
    let language = renderer.language;
    let ends_at = if let Notice::TimeoutAnnounced { ends_at } = fact {
        Some(time(renderer.zone.wall_clock(*ends_at)))
    } else {
        None
    };
    Sentence::complete(with(fact.sentence().text(language), pick(language, "à ", "at "), ends_at))
}
