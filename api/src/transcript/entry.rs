//! What is told of a line: who and when, what was said, or what happened.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, FixedOffset, Utc};
use domain::event::{HistoryAuthor, HistoryLine};
use domain::settings::hours::TimeZone;
use domain::text::Language;
use projections::ToldBy;
use projections::transcript::{Kind, Line};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{KnownSurveys, wording};

/// A thing said or done.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When, by the clocks of the livechat.
    pub at: DateTime<FixedOffset>,
    /// On whose side it is set.
    pub side: Side,
    /// Who said or did it; nobody when the rules decided it, or when the text says who.
    pub author: Option<String>,
    /// What the staff is told of how it came to be said: by whom really, from which article.
    pub aside: Option<String>,
    /// What was said, or what happened.
    pub text: String,
    /// The questions of a survey with their answers.
    pub answers: Vec<Answered>,
}

/// On whose side an entry is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Said by the visitor.
    Visitor,
    /// Said in the voice of the operator.
    Operator,
    /// Said by Pupitre or by the bot before.
    Automatic,
    /// Said among the staff.
    Internal,
    /// Not said: it happened.
    Event,
}

/// A question of a survey and what was answered to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Answered {
    /// The question, in the language of the reader if there is one in it.
    pub question: String,
    /// The answer in words: `4 / 5` for a rating, the labels of what was chosen; absent when there is none.
    pub answer: Option<String>,
}

/// How lines are told: to whom, in which language and time.
#[derive(Clone, Debug)]
pub struct LineRenderer {
    /// The language of the reader.
    pub language: Language,
    /// The time zone of the livechat.
    pub zone: TimeZone,
    /// What the visitor is called, if the reader may know.
    pub visitor: Option<String>,
    /// Whether the reader is one of the staff.
    pub to_staff: bool,
    /// The names of the operators that the lines name; nobody's for a visitor.
    pub operators: BTreeMap<String, String>,
    /// What skills are called, in the language of the reader.
    pub skills: BTreeMap<String, String>,
    /// For a visitor: who was heard in the lines at these positions, as the visitor was told.
    pub introduced: BTreeMap<i64, String>,
    /// The surveys that the lines speak of.
    pub surveys: KnownSurveys,
}

impl LineRenderer {
    /// Every entry that a line makes: one, and before a request the exchange with the bot.
    pub fn entries(&self, line: &Line) -> Vec<Entry> {
        let mut entries = self.before(line);
        entries.push(self.entry(line));
        entries
    }

    /// The line itself.
    pub fn entry(&self, line: &Line) -> Entry {
        let at = self.zone.wall_clock(line.at);
        let language = self.language;
        let text = line.text.clone().unwrap_or_default();
        match line.kind {
            Kind::Message => {
                let (side, author) = self.voice(line);
                Entry { at, side, author: Some(author), aside: self.aside(line), text, answers: vec![] }
            }
            Kind::InternalMessage => Entry {
                at,
                side: Side::Internal,
                author: Some(self.author(line).unwrap_or_default()),
                aside: None,
                text,
                answers: vec![],
            },
            Kind::Requested
            | Kind::RequestedAgain
            | Kind::Refused
            | Kind::Queued
            | Kind::QueueAdvanced
            | Kind::Assigned
            | Kind::Left
            | Kind::Released
            | Kind::PickedUp
            | Kind::VisitorPresence
            | Kind::PageChanged
            | Kind::Transferred
            | Kind::AutoTransferred
            | Kind::AutoTransferFailed
            | Kind::ReturnedToQueue
            | Kind::FollowedUp
            | Kind::SearchNoticed
            | Kind::OperatorSearches
            | Kind::TimeoutAnnounced
            | Kind::ImportanceMarked
            | Kind::HelpCalled
            | Kind::HelpTaken
            | Kind::HelpDone
            | Kind::FileRequested
            | Kind::FileSent
            | Kind::CopyMailed
            | Kind::SurveyAsked
            | Kind::SurveyOpened
            | Kind::SurveyCancelled
            | Kind::SurveyAnswered
            | Kind::SurveyClosed
            | Kind::Ended
            | Kind::KeptOpen
            | Kind::Closed => Entry {
                at,
                side: Side::Event,
                author: self.author(line).filter(|_| wording::leaves_author_open(line.kind)),
                aside: None,
                text: wording::event_sentence(self, line),
                answers: if line.kind == Kind::SurveyAnswered {
                    self.surveys.answered(line, language)
                } else {
                    vec![]
                },
            },
        }
    }

    /// The exchange with the bot that a request carries.
    fn before(&self, line: &Line) -> Vec<Entry> {
        if !matches!(line.kind, Kind::Requested | Kind::RequestedAgain) {
            return vec![];
        }
        let history = line.data.as_ref().map_or(Value::Null, |data| data["history"].clone());
        let history: Vec<HistoryLine> = serde_json::from_value(history).unwrap_or_default();
        let entry = |said: HistoryLine| {
            let (side, author) = match said.author {
                HistoryAuthor::Visitor => (Side::Visitor, self.visitor().to_owned()),
                HistoryAuthor::Bot => (Side::Automatic, self.told_by(wording::bot(self.language), line)),
            };
            Entry {
                at: self.zone.wall_clock(said.at.unwrap_or(line.at)),
                side,
                author: Some(author),
                aside: None,
                text: said.text.reveal().to_string(),
                answers: vec![],
            }
        };
        history.into_iter().map(entry).collect()
    }

    /// What a request says of the visitor; the staff is told where that is the visitor's own claim.
    pub(super) fn told_by(&self, what: &str, request: &Line) -> String {
        match ToldBy::role(&request.role) {
            ToldBy::Visitor if self.to_staff => wording::claimed(what, self.language),
            ToldBy::Visitor | ToldBy::Integration => what.to_owned(),
        }
    }

    /// In whose voice a message was heard.
    fn voice(&self, line: &Line) -> (Side, String) {
        match line.voice.as_deref() {
            Some("visitor") => (Side::Visitor, self.visitor().to_owned()),
            Some("operator") => {
                let introduced = self.introduced(line);
                let name = introduced.unwrap_or_else(|| self.operator(line.operator.as_deref()));
                (Side::Operator, name.to_owned())
            }
            Some(_) | None => (Side::Automatic, wording::automatic(self.language).to_owned()),
        }
    }

    /// Who really wrote a message, where that is not who was heard, and from which article it is.
    fn aside(&self, line: &Line) -> Option<String> {
        if !self.to_staff {
            return None;
        }
        let writer = match (line.voice.as_deref(), line.role.as_str()) {
            (Some("operator"), "supervisor") | (Some("visitor"), "integration") => {
                Some(wording::written_by(line.role.as_str(), &line.author, self.language))
            }
            _ => None,
        };
        let article = line.data.as_ref().and_then(|data| data["source"]["sent"].as_str());
        let article = article.map(|id| wording::from_article(id, self.language));
        let asides: Vec<String> = writer.into_iter().chain(article).collect();
        (!asides.is_empty()).then(|| asides.join(wording::LIST))
    }

    /// Who did it, for the staff; nobody when the rules did.
    fn author(&self, line: &Line) -> Option<String> {
        if !self.to_staff {
            return None;
        }
        match line.role.as_str() {
            "system" => None,
            "visitor" => Some(self.visitor().to_owned()),
            "operator" => Some(self.operator(Some(&line.author)).to_owned()),
            role => Some(wording::staff(role, &line.author, self.language)),
        }
    }

    pub(super) fn visitor(&self) -> &str {
        self.visitor.as_deref().unwrap_or_else(|| wording::visitor(self.language))
    }

    /// What an operator is called.
    pub(super) fn operator<'a>(&'a self, id: Option<&'a str>) -> &'a str {
        match id {
            Some(id) => self.operators.get(id).map_or(id, String::as_str),
            None => wording::operator(self.language),
        }
    }

    /// What the operator of a line is called to the visitor who reads; nothing for the staff, or where nobody was
    /// named.
    pub(super) fn introduced(&self, line: &Line) -> Option<&str> {
        self.introduced.get(&line.position).map(String::as_str)
    }

    /// What a skill is called; its identifier if it has no name.
    pub(super) fn skill<'a>(&'a self, id: &'a str) -> &'a str {
        self.skills.get(id).map_or(id, String::as_str)
    }

    pub(super) fn wall_clock(&self, at: &str) -> Option<DateTime<FixedOffset>> {
        Some(self.zone.wall_clock(at.parse::<DateTime<Utc>>().ok()?))
    }
}

/// The operators that lines name, whose names are to be known.
pub fn operators(lines: &[Line]) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for line in lines {
        let data = line.data.as_ref();
        let from = data.and_then(|data| data["from"].as_str());
        let author = (line.role == "operator").then_some(line.author.as_str());
        let all = [from, author, line.operator.as_deref()];
        named.extend(all.into_iter().flatten().map(str::to_owned));
    }
    named
}
