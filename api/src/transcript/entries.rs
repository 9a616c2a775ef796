//! Lines as entries: one each, and before a request the exchange with the bot.

use domain::event::{HistoryAuthor, HistoryLine, Source, Voice};
use domain::{ConversationFact, Exchange, Flow, SurveyStep};

use super::entry::{Entry, Side};
use super::event_sentence::event_sentence;
use super::line_renderer::LineRenderer;
use super::shown_line::{Content, ShownLine};
use super::wording;

impl LineRenderer {
    /// Every entry that a line makes: one, and before a request the exchange with the bot.
    pub fn entries(&self, line: &ShownLine) -> Vec<Entry> {
        let mut entries: Vec<_> = history(line).iter().map(|said| self.said_before(said, line)).collect();
        entries.push(self.entry(line));
        entries
    }

    /// The line itself.
    pub fn entry(&self, line: &ShownLine) -> Entry {
        let at = self.zone.wall_clock(line.at);
        match &line.content {
            Content::Fact(ConversationFact::Exchange(Exchange::MessagePosted {
                voice,
                text,
                source,
                ..
            })) => {
                let (side, author) = self.heard(*voice, line);
                let aside = self.aside(*voice, source.as_ref(), line);
                let text = text.reveal().to_string();
                Entry { at, side, author: Some(author), aside, text, answers: vec![] }
            }
            Content::Fact(ConversationFact::Exchange(Exchange::InternalMessagePosted { text })) => Entry {
                at,
                side: Side::Internal,
                author: Some(self.author(line).unwrap_or_default()),
                aside: None,
                text: text.reveal().to_string(),
                answers: vec![],
            },
            Content::Fact(_) | Content::Request { .. } | Content::Page(_) | Content::Moved(_) => {
                let sentence = event_sentence(self, line);
                Entry {
                    at,
                    side: Side::Event,
                    author: self.author(line).filter(|_| sentence.leaves_author_open),
                    aside: None,
                    text: sentence.text,
                    answers: match &line.content {
                        Content::Fact(ConversationFact::Survey(SurveyStep::Answered {
                            survey,
                            version,
                            answers,
                            ..
                        })) => self.surveys.answered(survey, *version, answers, self.language),
                        Content::Fact(_) | Content::Request { .. } | Content::Page(_) | Content::Moved(_) => {
                            vec![]
                        }
                    },
                }
            }
        }
    }

    /// A line of the exchange with the bot that a request carries.
    fn said_before(&self, said: &HistoryLine, request: &ShownLine) -> Entry {
        let (side, author) = match said.author {
            HistoryAuthor::Visitor => (Side::Visitor, self.visitor().to_owned()),
            HistoryAuthor::Bot => (Side::Automatic, self.claimed(wording::bot(self.language), request)),
        };
        Entry {
            at: self.zone.wall_clock(said.at.unwrap_or(request.at)),
            side,
            author: Some(author),
            aside: None,
            text: said.text.reveal().to_string(),
            answers: vec![],
        }
    }

    /// In whose voice a message was heard.
    fn heard(&self, voice: Voice, line: &ShownLine) -> (Side, String) {
        match voice {
            Voice::Visitor => (Side::Visitor, self.visitor().to_owned()),
            Voice::Operator => {
                let introduced = self.introduced(line);
                let name = introduced.unwrap_or_else(|| self.operator(line.operator.as_deref()));
                (Side::Operator, name.to_owned())
            }
            Voice::System => (Side::Automatic, wording::automatic(self.language).to_owned()),
        }
    }

    /// The true author of a message that was heard in another voice, and the article it is from.
    fn aside(&self, voice: Voice, source: Option<&Source>, line: &ShownLine) -> Option<String> {
        if !self.to_staff {
            return None;
        }
        let writer = match (voice, line.role.as_str()) {
            (Voice::Operator, "supervisor") | (Voice::Visitor, "integration") => {
                Some(wording::written_by(line.role.as_str(), &line.author, self.language))
            }
            _ => None,
        };
        let article = source.map(|source| wording::from_article(source.sent.as_str(), self.language));
        let asides: Vec<String> = writer.into_iter().chain(article).collect();
        (!asides.is_empty()).then(|| asides.join(wording::LIST))
    }

    /// The author, for the staff; none when the rules decided it.
    fn author(&self, line: &ShownLine) -> Option<String> {
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
}

/// The exchange with the bot that a line carries.
fn history(line: &ShownLine) -> &[HistoryLine] {
    match &line.content {
        Content::Fact(ConversationFact::Flow(Flow::Requested(request) | Flow::RequestedAgain(request))) => {
            &request.history
        }
        Content::Request { request, .. } => &request.history,
        Content::Fact(_) | Content::Page(_) | Content::Moved(_) => &[],
    }
}
