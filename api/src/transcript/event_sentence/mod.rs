//! What happened between the messages, one sentence per event, one file per group of events. The visitor reads the same
//! as the staff, without names and without what only the staff knows.

mod exchange;
mod flow;
mod notice;
mod sentence;
mod survey;
mod visit;

use domain::ConversationFact;

use super::line_renderer::LineRenderer;
use super::shown_line::{Content, ShownLine};

use sentence::{Sentence, noted};

/// The sentence of a line that is no message.
pub(super) fn event_sentence(renderer: &LineRenderer, line: &ShownLine) -> Sentence {
    let language = renderer.language;
    match &line.content {
        Content::Fact(ConversationFact::Flow(fact)) => flow::sentence(renderer, line, fact),
        Content::Fact(ConversationFact::Exchange(fact)) => exchange::sentence(fact, language),
        Content::Fact(ConversationFact::Notice(fact)) => notice::sentence(renderer, fact),
        Content::Fact(ConversationFact::Attention(fact)) => {
            Sentence::by_author(noted(fact.sentence().text(language), fact.note(), language))
        }
        Content::Fact(ConversationFact::Visit(fact)) => visit::sentence(fact, language),
        Content::Fact(ConversationFact::Survey(step)) => survey::sentence(renderer, step),
        Content::Request { again, request } => flow::request(renderer, *again, request.skill.as_ref()),
        Content::Page(page) => visit::page(
            page.as_ref().and_then(|page| page.title.as_ref()),
            page.as_ref().and_then(|page| page.url.as_ref()),
            language,
        ),
        Content::Moved(how) => flow::moved(renderer, line, *how),
    }
}
