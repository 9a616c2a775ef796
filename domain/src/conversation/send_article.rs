//! Send a knowledge article as an answer (spec.md §Behaviour, `redirects_as_operator`).
//!
//! The operator who has picked up sends an article. If it redirects to another, the answer is the other's
//! text, and it comes from Pupitre, unless `redirects_as_operator` is on: then it is shown, and recorded,
//! as coming from the operator. Either way it is the operator's answer for the clocks, for it was the
//! operator who gave it. An article longer than a message becomes several, cut where a line or a word ends.

use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::Source;
use crate::event::{ConversationFact, Exchange, Fact, Voice};
use crate::id::{ArticleId, ConversationId};
use crate::limits::{MESSAGE_CHARACTERS_MAX, MESSAGES_PER_CONVERSATION_MAX};
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::settings::DeskOption;
use crate::state::Livechat;
use crate::text::Text;

pub(crate) fn decide(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    article: &ArticleId,
) -> Result<Vec<Fact>, Rejection> {
    livechat.settings().desk.allow(DeskOption::SearchKnowledge, by)?;
    let conversation = livechat.live_conversation(id)?;
    let operator = super::roles::operator_answering(
        conversation,
        id,
        by,
        both("send an article", "envoyer un article"),
    )?;
    let settings = livechat.settings();
    let found =
        settings.knowledge.resolve(article).ok_or_else(|| Rejection::UnknownArticle(article.clone()))?;
    let voice = if found.redirected && !settings.behaviour.redirects_as_operator {
        Voice::System
    } else {
        Voice::Operator
    };
    let source = Source { chosen: article.clone(), sent: found.article.id.clone() };
    let mut facts = vec![];
    for (part, number) in parts(&found.article.body).into_iter().zip(conversation.messages + 1..) {
        if number > MESSAGES_PER_CONVERSATION_MAX {
            return Err(ConversationRejection::TooLong(id).into());
        }
        let fact = ConversationFact::Exchange(Exchange::MessagePosted {
            number,
            voice,
            phrase: None,
            text: Text::parse(part)?.into(),
            source: Some(source.clone()),
        });
        facts.push(Fact::conversation(id, Some(operator.clone()), fact));
    }
    Ok(facts)
}

/// The text as messages: each as long as one may be, and cut where a line ends, else where a word does.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = vec![];
    let mut rest = text.trim();
    while let Some((end, _)) = rest.char_indices().nth(MESSAGE_CHARACTERS_MAX) {
        let whole = &rest[..end];
        let cut = whole.rfind('\n').or_else(|| whole.rfind(' ')).filter(|cut| *cut > 0).unwrap_or(end);
        parts.push(whole[..cut].trim_end());
        rest = rest[cut..].trim_start();
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}
