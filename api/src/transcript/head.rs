//! What stands above a transcript on paper: what it is of, and what is known of the visitor.

use domain::settings::VisitorCard;
use domain::settings::visitor_card::{CardField, CardLine};
use domain::text::{Language, Name};
use projections::conversations::Conversation;
use projections::transcript::{Kind, Line};

use super::{LineRenderer, wording};

/// What stands above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// In which all of it is.
    pub language: Language,
    /// What the livechat is called.
    pub livechat: String,
    /// What this is.
    pub title: String,
    /// A label and a value each.
    pub facts: Vec<(String, String)>,
}

impl Head {
    /// Of a conversation, with the first of its lines, all as the reader may know them.
    pub fn of(livechat: &Name, conversation: &Conversation, lines: &[Line], renderer: &LineRenderer) -> Self {
        let language = renderer.language;
        let mut facts = vec![];
        let mut add = |label: &str, value: Option<String>| {
            facts.extend(value.map(|value| (label.to_owned(), value)));
        };
        let moment = |at| wording::moment(renderer.zone.wall_clock(at), language);
        let request = lines.iter().rev().find(|l| matches!(l.kind, Kind::Requested | Kind::RequestedAgain));
        let name =
            |name: &String| request.map_or_else(|| name.clone(), |request| renderer.told_by(name, request));
        add(wording::visitor(language), renderer.visitor.as_ref().map(name));
        add(wording::requested_at(language), Some(moment(conversation.requested_at)));
        add(wording::ended_at(language), conversation.ended_at.map(moment));
        let operator = if renderer.to_staff {
            conversation.operator.as_deref().map(|id| renderer.operator(Some(id)).to_owned())
        } else {
            renderer.introduced.values().next_back().cloned()
        };
        add(wording::operator(language), operator);
        let important =
            (conversation.important && renderer.to_staff).then(|| wording::yes(language).to_owned());
        add(wording::important(language), important);
        for line in request.map(card).unwrap_or_default() {
            let (label, value) = (wording::card_field(&line.field, language), value(&line, language));
            let told = match (&line.field, request) {
                (CardField::Name, _) => None,
                (CardField::Email | CardField::Variable(_), Some(request)) => {
                    Some(renderer.told_by(&value, request))
                }
                _ => Some(value),
            };
            add(&label, told);
        }
        add(wording::conversation(language), Some(conversation.conversation.clone()));
        add(wording::times(language), Some(renderer.zone.0.clone()));
        let title =
            wording::title(renderer.zone.wall_clock(conversation.requested_at).date_naive(), language);
        Self { language, livechat: livechat.to_string(), title, facts }
    }
}

/// The card of a request: the lines that operators are shown, or else all it has.
fn card(request: &Line) -> Vec<CardLine> {
    let Some(data) = &request.data else { return vec![] };
    if data["card"].is_array() {
        return serde_json::from_value(data["card"].clone()).unwrap_or_default();
    }
    let Some(request) = request.request() else { return vec![] };
    let variables = request.card.variables.keys().cloned().map(CardField::Variable);
    let all = VisitorCard(CardField::BUILT_IN.into_iter().chain(variables).collect());
    all.show(&request)
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
