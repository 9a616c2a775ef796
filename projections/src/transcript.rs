//! Answers: what was said and done in a conversation, by whom, when (spec.md §History, audit, analysts)?
//!
//! One line per event of the conversation: the whole life reads back, from what the bot said before to
//! the last phrase. Only that an operator typed is left out: it moves a timer and shows nothing.

use chrono::{DateTime, Utc};
use domain::event::Request;
use domain::{
    Attention, ConversationFact, ConversationId, Exchange, Fact, Flow, LivechatId, Notice, SurveyStep, Visit,
};
use journal::{Position, Record};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::database::{Select, Transaction};
use crate::encoding;
use crate::error::Error;
use crate::page::Page;
use crate::projection::{Column, Projection, Table};
use crate::search::SearchLine;
use crate::told_by::ToldBy;

/// Lines in one page of a transcript: most conversations fit in the first.
pub const LINES_MAX: usize = 1_000;

/// The projection.
#[derive(Clone, Copy, Debug)]
pub struct Transcript;

/// Who made a request, beside its content.
const TOLD_BY: &str = "told_by";

/// The key of a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LineKey {
    /// In which livechat.
    pub livechat: LivechatId,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// The position of the event in the log.
    pub position: i64,
}

impl LineKey {
    /// The line that a line of the search is from.
    pub(crate) fn of(found: &SearchLine) -> Option<Self> {
        let livechat = LivechatId::stored(&found.livechat).ok()?;
        let conversation = ConversationId(found.conversation.parse().ok()?);
        Some(Self { livechat, conversation, position: found.position })
    }
}

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The request; `data` is all it carried: visitor, card, exchange with the bot.
    Requested,
    /// Asked again in a conversation that was kept open; `data` as for `requested`.
    RequestedAgain,
    /// Refused; `data.reason` says why.
    Refused,
    /// Started to wait; `data.position` is the position in the queue, from 1.
    Queued,
    /// Came forward in the queue; `data.position` is the position in the queue, from 1.
    QueueAdvanced,
    /// Given to `operator`.
    Assigned,
    /// The visitor gave up waiting.
    Left,
    /// Nobody answered; `data.reason` says why the visitor was released.
    Released,
    /// `operator` took it in charge.
    PickedUp,
    /// Somebody said `text` in `voice`.
    Message,
    /// The operator or a supervisor said `text`, which the visitor never sees.
    InternalMessage,
    /// The visitor went away from the page, came back, or left the site; `data.presence`.
    VisitorPresence,
    /// The visitor went to another page; `data` has `url` and `title`.
    PageChanged,
    /// Passed to `operator`; `data` has `from`, `target`, `note` (for the receiver only) and `forced`.
    Transferred,
    /// Passed to `operator` by rule; `data` has `from` and `cause`.
    AutoTransferred,
    /// The operator was inactive and nobody else had room; `data.again_at` is when it is tried again.
    AutoTransferFailed,
    /// Back in the queue; `data` has `from` and `position`.
    ReturnedToQueue,
    /// The visitor did not reply for a while.
    FollowedUp,
    /// `operator` was still looking for information; `data.again_at` is when that is announced again.
    SearchNoticed,
    /// `operator` began to look for information or stopped; `data.searching`.
    OperatorSearches,
    /// The silent visitor was warned; `data.ends_at` is when it will end.
    TimeoutAnnounced,
    /// Marked as important, or not any more; `data.important`.
    ImportanceMarked,
    /// `operator` called the manager; `data.note`.
    HelpCalled,
    /// A supervisor took the call for help.
    HelpTaken,
    /// The call for help is settled.
    HelpDone,
    /// `operator` asked for a file; `data.note`.
    FileRequested,
    /// A file was sent in `voice`; `data` has `name`, `bytes`, `media_type`.
    FileSent,
    /// `operator` had a copy mailed.
    CopyMailed,
    /// A survey was asked; `data` has `audience`, `survey`, `version`.
    SurveyAsked,
    /// The survey was opened; `data.audience`.
    SurveyOpened,
    /// The attempt to answer was given up; `data.audience`.
    SurveyCancelled,
    /// The survey was answered; `data` has `audience`, `survey`, `version`, `opened_at`, `answers`.
    SurveyAnswered,
    /// The survey stays unanswered; `data` has `audience`, `survey`, `version`, `closing`.
    SurveyClosed,
    /// Over; `data.reason` says why.
    Ended,
    /// Kept open; `data.until` is until when the visitor may ask again.
    KeptOpen,
    /// Not kept open any more.
    Closed,
}

/// One line of a transcript.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Line {
    /// In which livechat.
    pub livechat: String,
    /// Of which conversation, a UUID.
    pub conversation: String,
    /// The position of the event in the log.
    pub position: i64,
    /// When.
    #[serde(with = "encoding::millis")]
    pub at: DateTime<Utc>,
    /// What the line is about.
    pub kind: Kind,
    /// The role of the true author: `visitor`, `operator`, `supervisor`, `integration`, `system`.
    pub role: String,
    /// The true author within the role; empty for the system.
    pub author: String,
    /// Who is in charge once this has happened; for an end, who was.
    pub operator: Option<String>,
    /// In whose voice a message was heard: `visitor`, `operator`, `system`.
    pub voice: Option<String>,
    /// The sequence number of the message in the conversation, from 1.
    pub number: Option<i64>,
    /// Which phrase of the settings it was.
    pub phrase: Option<String>,
    /// What was said.
    pub text: Option<String>,
    /// The details, by kind.
    pub data: Option<Value>,
    /// The command that caused it, a UUID.
    pub command: String,
}

impl Projection for Transcript {
    type Row = Line;
    type Key = LineKey;

    const TABLE: Table = Table {
        name: "transcript",
        key: &["livechat", "conversation", "position"],
        columns: &[
            Column::text("livechat"),
            Column::text("conversation"),
            Column::integer("position"),
            Column::time("at"),
            Column::text("kind"),
            Column::text("role"),
            Column::text("author"),
            Column::text("operator"),
            Column::text("voice"),
            Column::integer("number"),
            Column::text("phrase"),
            Column::text("text"),
            Column::json("data"),
            Column::text("command"),
        ],
    };

    const APPEND_ONLY: bool = true;

    fn keys(event: &Record) -> impl IntoIterator<Item = LineKey> {
        let livechat = &event.livechat;
        let position = encoding::position(event.position);
        match &event.event.fact {
            Fact::Conversation {
                fact: ConversationFact::Exchange(Exchange::OperatorTyped | Exchange::Typing { .. }),
                ..
            }
            | Fact::Livechat(_)
            | Fact::Operator { .. } => None,
            Fact::Conversation { conversation, .. } => {
                Some(LineKey { livechat: livechat.clone(), conversation: *conversation, position })
            }
        }
    }

    fn fold(row: Option<Box<Line>>, key: &LineKey, event: &Record) -> Option<Box<Line>> {
        let Fact::Conversation { operator, fact, .. } = &event.event.fact else { return row };
        let (kind, mut data) = kind(fact)?;
        if let (Kind::Requested | Kind::RequestedAgain, Some(Value::Object(request))) = (kind, &mut data) {
            request.insert(TOLD_BY.to_owned(), encoding::json(&ToldBy::author(&event.event.by)));
        }
        let mut line = Box::new(Line {
            livechat: key.livechat.to_string(),
            conversation: key.conversation.to_string(),
            position: key.position,
            at: event.event.at,
            kind,
            role: event.event.by.role().to_owned(),
            author: event.event.by.subject().to_owned(),
            operator: operator.as_ref().map(ToString::to_string),
            voice: None,
            number: None,
            phrase: None,
            text: None,
            data,
            command: event.command.to_string(),
        });
        if let ConversationFact::Exchange(Exchange::FileSent { voice, .. }) = fact {
            line.voice = Some(encoding::word(voice));
        }
        if let ConversationFact::Exchange(Exchange::MessagePosted { number, voice, phrase, text, .. }) = fact
        {
            line.number = Some(i64::from(*number));
            line.voice = Some(encoding::word(voice));
            line.phrase = phrase.as_ref().map(encoding::word);
            line.text = Some(text.reveal().to_string());
        }
        if let ConversationFact::Exchange(Exchange::InternalMessagePosted { text }) = fact {
            line.text = Some(text.reveal().to_string());
        }
        Some(line)
    }
}

impl Line {
    /// The bytes of the content, beside the few that every line has.
    pub fn bytes(&self) -> usize {
        let data = self.data.as_ref().map_or(0, |data| data.to_string().len());
        self.text.as_ref().map_or(0, String::len) + data
    }

    /// The line of an event; some are none.
    pub fn of(event: &Record) -> Option<Self> {
        let key = Transcript::keys(event).into_iter().next()?;
        Transcript::fold(None, &key, event).map(|line| *line)
    }

    /// The request in this line, if it is one.
    pub fn request(&self) -> Option<Request> {
        let mut data = self.data.clone()?;
        // Who made the request is no part of it.
        data.as_object_mut()?.remove(TOLD_BY);
        serde_json::from_value(data).ok()
    }
}

fn because(reason: impl Serialize) -> Value {
    json!({ "reason": reason })
}

/// Nothing for what is no line.
fn kind(fact: &ConversationFact) -> Option<(Kind, Option<Value>)> {
    let moment = |at: &Option<DateTime<Utc>>| at.as_ref().map(encoding::millis::text);
    Some(match fact {
        ConversationFact::Flow(Flow::Requested(request)) => (Kind::Requested, Some(encoding::json(request))),
        ConversationFact::Flow(Flow::RequestedAgain(request)) => {
            (Kind::RequestedAgain, Some(encoding::json(request)))
        }
        ConversationFact::Flow(Flow::Refused { reason }) => {
            (Kind::Refused, Some(because(encoding::word(reason))))
        }
        ConversationFact::Flow(Flow::Queued { position }) => {
            (Kind::Queued, Some(json!({ "position": position })))
        }
        ConversationFact::Flow(Flow::QueueAdvanced { position }) => {
            (Kind::QueueAdvanced, Some(json!({ "position": position })))
        }
        ConversationFact::Flow(Flow::Assigned) => (Kind::Assigned, None),
        ConversationFact::Flow(Flow::AssignedByHand { forced }) => {
            (Kind::Assigned, Some(json!({ "forced": forced })))
        }
        ConversationFact::Flow(Flow::Left) => (Kind::Left, None),
        ConversationFact::Flow(Flow::Released { reason }) => {
            (Kind::Released, Some(because(encoding::word(reason))))
        }
        ConversationFact::Flow(Flow::PickedUp) => (Kind::PickedUp, None),
        ConversationFact::Exchange(Exchange::MessagePosted { source, .. }) => {
            (Kind::Message, source.as_ref().map(|source| json!({ "source": source })))
        }
        ConversationFact::Exchange(Exchange::OperatorTyped | Exchange::Typing { .. }) => return None,
        ConversationFact::Exchange(Exchange::InternalMessagePosted { .. }) => (Kind::InternalMessage, None),
        ConversationFact::Visit(Visit::VisitorPresence { presence }) => {
            (Kind::VisitorPresence, Some(json!({ "presence": presence })))
        }
        ConversationFact::Visit(Visit::PageChanged { page }) => {
            (Kind::PageChanged, Some(encoding::json(page)))
        }
        ConversationFact::Flow(Flow::Transferred { from, target, note, forced }) => (
            Kind::Transferred,
            Some(json!({ "from": from, "target": target, "note": note, "forced": forced })),
        ),
        ConversationFact::Flow(Flow::AutoTransferred { from, cause, hidden: false }) => {
            (Kind::AutoTransferred, Some(json!({ "from": from, "cause": cause })))
        }
        ConversationFact::Flow(Flow::AutoTransferred { from, cause, hidden: true }) => {
            (Kind::AutoTransferred, Some(json!({ "from": from, "cause": cause, "hidden": true })))
        }
        ConversationFact::Flow(Flow::AutoTransferFailed { again_at }) => {
            (Kind::AutoTransferFailed, Some(json!({ "again_at": moment(again_at) })))
        }
        ConversationFact::Flow(Flow::ReturnedToQueue { from, position }) => {
            (Kind::ReturnedToQueue, Some(json!({ "from": from, "position": position })))
        }
        ConversationFact::Notice(Notice::FollowedUp) => (Kind::FollowedUp, None),
        ConversationFact::Notice(Notice::SearchNoticed { again_at }) => {
            (Kind::SearchNoticed, Some(json!({ "again_at": moment(again_at) })))
        }
        ConversationFact::Notice(Notice::OperatorSearches { searching }) => {
            (Kind::OperatorSearches, Some(json!({ "searching": searching })))
        }
        ConversationFact::Notice(Notice::TimeoutAnnounced { ends_at }) => {
            (Kind::TimeoutAnnounced, Some(json!({ "ends_at": encoding::millis::text(ends_at) })))
        }
        ConversationFact::Attention(Attention::ImportanceMarked { important }) => {
            (Kind::ImportanceMarked, Some(json!({ "important": important })))
        }
        ConversationFact::Attention(Attention::HelpCalled { note }) => {
            (Kind::HelpCalled, Some(json!({ "note": note })))
        }
        ConversationFact::Attention(Attention::HelpTaken) => (Kind::HelpTaken, None),
        ConversationFact::Attention(Attention::HelpDone) => (Kind::HelpDone, None),
        ConversationFact::Exchange(Exchange::FileRequested { note }) => {
            (Kind::FileRequested, Some(json!({ "note": note })))
        }
        ConversationFact::Exchange(Exchange::FileSent { file, .. }) => {
            (Kind::FileSent, Some(encoding::json(file)))
        }
        ConversationFact::Exchange(Exchange::CopyMailed { .. }) => (Kind::CopyMailed, None),
        ConversationFact::Survey(SurveyStep::Asked { audience, segment, survey, version }) => (
            Kind::SurveyAsked,
            Some(json!({ "audience": audience, "segment": segment, "survey": survey, "version": version })),
        ),
        ConversationFact::Survey(SurveyStep::Opened { audience, segment }) => {
            (Kind::SurveyOpened, Some(json!({ "audience": audience, "segment": segment })))
        }
        ConversationFact::Survey(SurveyStep::Cancelled { audience, segment }) => {
            (Kind::SurveyCancelled, Some(json!({ "audience": audience, "segment": segment })))
        }
        ConversationFact::Survey(SurveyStep::Answered {
            audience,
            segment,
            survey,
            version,
            opened_at,
            answers,
        }) => (
            Kind::SurveyAnswered,
            Some(json!({
                "audience": audience,
                "segment": segment,
                "survey": survey,
                "version": version,
                "opened_at": moment(opened_at),
                "answers": answers,
            })),
        ),
        ConversationFact::Survey(SurveyStep::Closed { audience, segment, survey, version, closing }) => (
            Kind::SurveyClosed,
            Some(json!({
                "audience": audience,
                "segment": segment,
                "survey": survey,
                "version": version,
                "closing": closing,
            })),
        ),
        ConversationFact::Flow(Flow::Ended { reason }) => {
            (Kind::Ended, Some(because(encoding::word(reason))))
        }
        ConversationFact::Flow(Flow::KeptOpen { until }) => {
            (Kind::KeptOpen, Some(json!({ "until": encoding::millis::text(until) })))
        }
        ConversationFact::Flow(Flow::Closed) => (Kind::Closed, None),
    })
}

/// The lines after a position, oldest first, at most [`LINES_MAX`].
pub(crate) async fn read(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    conversation: ConversationId,
    after: Position,
) -> Result<Page<Line>, Error> {
    let select = Select::from(Transcript::TABLE)
        .equal("livechat", livechat)
        .equal("conversation", &conversation)
        .after("position", encoding::position(after))
        .order("position");
    Ok(Page::of(transaction.page(select, LINES_MAX).await?, |line: &Line| line.position))
}
