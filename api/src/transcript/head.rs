//! The head of a transcript on paper: its subject, and what is known of the visitor.

use domain::settings::VisitorCard;
use domain::settings::visitor_card::{CardField, CardLine};
use domain::text::{Language, Name};
use domain::{ConversationFact, Flow};
use projections::conversations::Conversation;

use super::line_renderer::LineRenderer;
use super::shown_line::{Content, ShownLine};
use super::wording;

/// The head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The language of all of it.
    pub language: Language,
    /// The name of the livechat.
    pub livechat: String,
    /// The title.
    pub title: String,
    /// A label and a value each.
    pub facts: Vec<(String, String)>,
}

impl Head {
    /// Of a conversation, with the first of its lines, all as the reader may know them.
    pub fn of(
        livechat: &Name,
        conversation: &Conversation,
        lines: &[ShownLine],
        renderer: &LineRenderer,
    ) -> Self {
        let language = renderer.language;
        let mut facts = vec![];
        let mut add = |label: &str, value: Option<String>| {
            facts.extend(value.map(|value| (label.to_owned(), value)));
        };
        let time = |at| wording::date_and_time(renderer.zone.wall_clock(at), language);
        let request = lines.iter().rev().find_map(|line| Some((line, card(line)?)));
        let name = |name: &String| {
            request.as_ref().map_or_else(|| name.clone(), |(line, _)| renderer.claimed(name, line))
        };
        add(wording::visitor(language), renderer.visitor.as_ref().map(name));
        add(wording::requested_at(language), Some(time(conversation.requested_at)));
        add(wording::ended_at(language), conversation.ended_at.map(time));
        let operator = if renderer.to_staff {
            conversation.operator.as_deref().map(|id| renderer.operator(Some(id)).to_owned())
        } else {
            renderer.introduced.values().next_back().cloned()
        };
        add(wording::operator(language), operator);
        let important =
            (conversation.important && renderer.to_staff).then(|| wording::yes(language).to_owned());
        add(wording::important(language), important);
        for (request, fact) in
            request.iter().flat_map(|(line, card)| card.iter().map(move |fact| (line, fact)))
        {
            let (label, value) = (wording::card_field(&fact.field, language), value(fact, language));
            let shown = match &fact.field {
                CardField::Name => None,
                CardField::Email | CardField::Variable(_) => Some(renderer.claimed(&value, request)),
                CardField::Language
                | CardField::PageUrl
                | CardField::PageTitle
                | CardField::Browser
                | CardField::System
                | CardField::Referrer
                | CardField::Country
                | CardField::TimeOnSite => Some(value),
            };
            add(&label, shown);
        }
        add(wording::conversation(language), Some(conversation.conversation.clone()));
        add(wording::times(language), Some(renderer.zone.0.clone()));
        let title =
            wording::title(renderer.zone.wall_clock(conversation.requested_at).date_naive(), language);
        Self { language, livechat: livechat.to_string(), title, facts }
    }
}

/// The card of a request: the lines that operators are shown, or else all it has. None for a line that is not a
/// request.
fn card(line: &ShownLine) -> Option<Vec<CardLine>> {
    match &line.content {
        Content::Request { request, .. } => Some(request.card.clone()),
        Content::Fact(ConversationFact::Flow(Flow::Requested(request) | Flow::RequestedAgain(request))) => {
            let variables = request.card.variables.keys().cloned().map(CardField::Variable);
            let all = VisitorCard(CardField::BUILT_IN.into_iter().chain(variables).collect());
            Some(all.show(request))
        }
        Content::Fact(_) | Content::Page(_) | Content::Moved(_) => None,
    }
}

fn value(line: &CardLine, language: Language) -> String {
    let value = line.value.reveal();
    match line.field {
        CardField::TimeOnSite => value.parse().map_or_else(|_| value.clone(), wording::duration),
        CardField::Language => wording::language(value, language).to_owned(),
        CardField::Name
        | CardField::Email
        | CardField::PageUrl
        | CardField::PageTitle
        | CardField::Browser
        | CardField::System
        | CardField::Referrer
        | CardField::Country
        | CardField::Variable(_) => value.clone(),
    }
}
