//! What is told of an exchange, whatever it is set in: who and when, then day by day what was said and what
//! happened.

use chrono::{DateTime, Utc};
use domain::conversation::request::{HistoryAuthor, HistoryLine, Request};
use domain::settings::VisitorCard;
use domain::settings::visitor_card::{CardField, CardLine};
use domain::text::Language;
use projections::transcript::{Kind, Line};
use serde_json::Value;

use super::{Exchange, words};

/// An exchange, ready to be set.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    pub(super) language: Language,
    pub(super) title: String,
    /// What is said once, above: a label and a value each.
    pub(super) facts: Vec<(String, String)>,
    pub(super) days: Vec<Day>,
}

/// The entries of one day in the time zone of the livechat.
#[derive(Clone, Debug)]
pub(super) struct Day {
    pub(super) date: String,
    pub(super) entries: Vec<Entry>,
}

/// A thing said or done.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) time: String,
    /// Who said it; nobody when something happened.
    pub(super) author: Option<String>,
    pub(super) text: String,
}

impl Document {
    pub(super) fn of(exchange: &Exchange<'_>) -> Self {
        let language = exchange.language;
        let card = exchange.lines.iter().rev().find(|line| is_request(line)).map(card).unwrap_or_default();
        let mut document = Self {
            language,
            title: words::title(exchange.livechat, language),
            facts: facts(exchange, &card),
            days: vec![],
        };
        let visitor = card.iter().find(|line| line.field == CardField::Name);
        let visitor = visitor.map_or(words::visitor(language), |line| line.value.reveal());
        for line in exchange.lines {
            document.tell(exchange, line, visitor);
        }
        document
    }

    fn tell(&mut self, exchange: &Exchange<'_>, line: &Line, visitor: &str) {
        let language = self.language;
        if is_request(line) {
            for said in history(line) {
                let author = match said.author {
                    HistoryAuthor::Visitor => visitor,
                    HistoryAuthor::Bot => words::bot(language),
                };
                let at = said.at.unwrap_or(line.at);
                self.add(exchange, at, Some(author.to_owned()), said.text.reveal().to_string());
            }
        }
        let operator = line.operator.as_ref().map(|id| exchange.operators.get(id).unwrap_or(id).as_str());
        if line.kind == Kind::Message {
            let author = match line.voice.as_deref() {
                Some("visitor") => visitor,
                Some("operator") => operator.unwrap_or_else(|| words::operator(language)),
                Some(_) | None => words::automatic(language),
            };
            self.add(exchange, line.at, Some(author.to_owned()), line.text.clone().unwrap_or_default());
        } else if let Some(happened) = words::happened(line, operator, language) {
            self.add(exchange, line.at, None, happened);
        }
    }

    fn add(&mut self, exchange: &Exchange<'_>, at: DateTime<Utc>, author: Option<String>, text: String) {
        let wall = exchange.zone.wall_clock(at);
        let date = words::date(wall.date_naive(), self.language);
        let entry = Entry { time: wall.format("%H:%M:%S").to_string(), author, text };
        match self.days.last_mut().filter(|day| day.date == date) {
            Some(day) => day.entries.push(entry),
            None => self.days.push(Day { date, entries: vec![entry] }),
        }
    }
}

const fn is_request(line: &Line) -> bool {
    matches!(line.kind, Kind::Requested | Kind::RequestedAgain)
}

fn facts(exchange: &Exchange<'_>, card: &[CardLine]) -> Vec<(String, String)> {
    let language = exchange.language;
    let mut facts = vec![
        (words::conversation(language).to_owned(), exchange.conversation.conversation.clone()),
        (words::times(language).to_owned(), exchange.zone.0.clone()),
    ];
    facts.extend(card.iter().map(|line| {
        let value = match line.field {
            CardField::TimeOnSite => format!("{} s", line.value.reveal()),
            CardField::Name
            | CardField::Email
            | CardField::Language
            | CardField::PageUrl
            | CardField::PageTitle
            | CardField::Browser
            | CardField::System
            | CardField::Referrer
            | CardField::Country
            | CardField::Variable(_) => line.value.reveal().clone(),
        };
        (words::card_field(&line.field, language).to_owned(), value)
    }));
    facts
}

/// The card of a request: the lines that operators are shown, or else all it has.
fn card(request: &Line) -> Vec<CardLine> {
    let Some(data) = &request.data else { return vec![] };
    if data["card"].is_array() {
        return serde_json::from_value(data["card"].clone()).unwrap_or_default();
    }
    let Ok(request) = serde_json::from_value::<Request>(data.clone()) else { return vec![] };
    let variables = request.card.variables.keys().cloned().map(CardField::Variable);
    let all = VisitorCard(CardField::BUILT_IN.into_iter().chain(variables).collect());
    all.show(&request)
}

fn history(request: &Line) -> Vec<HistoryLine> {
    let history = request.data.as_ref().map_or(Value::Null, |data| data["history"].clone());
    serde_json::from_value(history).unwrap_or_default()
}
