//! The visitor's socket: own conversation only, from a position on.

use std::sync::Arc;

use axum::extract::ws::WebSocket;
use axum::extract::{Query, State, WebSocketUpgrade};
use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::event::EndReason;
use domain::event::File;
use domain::event::Page;
use domain::event::RefusalReason;
use domain::event::ReleaseReason;
use domain::id::{CommandId, SurveyId};
use domain::personal::Personal;
use domain::settings::surveys::{Audience, Survey};
use domain::state::timers::TimerKind;
use domain::text::Text;
use domain::{
    Action, Attention, ConversationAction, ConversationFact, ConversationId, Exchange, Fact, Flow, Notice,
    OperatorId, SurveyStep, Visit,
};
use futures::{StreamExt, stream};
use journal::{Position, Record, Scope};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::admission::Admitted;
use super::attendance::OpenPage;
use super::cursor::Cursor;
use super::hidden_transfers::HiddenTransfers;
use super::queue_position::{self, IsWaiting};
use super::signals::Sender;
use super::signals::{ReceiptKind, Receiver, Signal, What};
use super::socket::{self, BadFrame};
use super::socket_frames::{Answer, Logged, SignalFrame, text, unknown};
use super::stream::Frame;
use super::transport::{After, Reset, Start};
use super::visitor_snapshot::{VisitorSnapshot, WaitingSurvey};
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::problem::Problem;
use crate::request::IdempotencyKey;

/// Which conversation, and from where.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Resume {
    /// The visitor's conversation.
    conversation: Uuid,
    /// The last position seen; everything is told without one, and, after a frame `reset`, with one that is not of
    /// this log.
    #[param(example = "150")]
    after: Option<String>,
    /// Begin with a `VisitorSnapshot` of the whole page, and tell only what comes after it.
    #[serde(default)]
    snapshot: bool,
}

/// What a visitor is told.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum VisitorFrame {
    /// All operators are busy.
    Queued {
        /// The place in the queue, from 1.
        queue_position: usize,
        /// The estimated wait in minutes, if it can be told.
        wait_minutes: Option<u32>,
    },
    /// The visitor has come forward in the queue, or has to wait again.
    QueueAdvanced {
        /// The place in the queue, from 1.
        queue_position: usize,
        /// The estimated wait in minutes, if it can be told.
        wait_minutes: Option<u32>,
    },
    /// An operator has been found, who has not answered yet.
    Assigned,
    /// The operator is there.
    PickedUp {
        /// The operator's name.
        operator: Option<String>,
    },
    /// Somebody said something; the visitor's own messages are told as well.
    Message {
        /// Its number in the conversation, from 1 without gaps.
        number: u32,
        /// In whose voice.
        from: Sender,
        /// What was said.
        #[schema(value_type = String)]
        text: Text,
        /// The id of the command that sent it.
        command: Uuid,
    },
    /// Another operator takes over.
    Transferred {
        /// The new operator's name.
        operator: Option<String>,
    },
    /// Whether the operator is looking for information.
    Searching {
        /// Whether it is so.
        searching: bool,
    },
    /// The conversation ends soon if the visitor stays silent.
    TimeoutAnnounced {
        /// When.
        ends_at: DateTime<Utc>,
    },
    /// The operator asks for a file.
    FileRequested {
        /// Which one.
        note: Option<String>,
    },
    /// A file was sent; the visitor's own files are told as well.
    File {
        /// By whom.
        from: Sender,
        /// What is known of it.
        file: File,
    },
    /// A survey waits for answers.
    Survey(WaitingSurvey),
    /// The survey does not wait any more: it was answered, or its time is over.
    SurveyClosed {
        /// The number of the segment of the conversation that it is about, from 1.
        segment: u32,
    },
    /// Nobody will answer.
    RequestRefused {
        /// Why.
        reason: RefusalReason,
    },
    /// Nobody answered, and nobody will.
    Released {
        /// Why.
        reason: ReleaseReason,
    },
    /// The visitor has left before somebody picked up.
    Left,
    /// The livechat is over, and with it the conversation unless it is kept open.
    Ended {
        /// Why.
        reason: EndReason,
        /// Does the conversation go on with the bot? Until when tells the frame `kept_open`.
        kept_open: bool,
    },
    /// The conversation stays open: the visitor goes on with the bot and may ask again.
    KeptOpen {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// The conversation that was kept open is over.
    Closed,
}

/// What a visitor's page may say.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum VisitorCommand {
    /// A message.
    Message {
        /// Repeated with the same id, it is recorded once.
        id: Uuid,
        /// 1 to 5,000 characters.
        #[schema(value_type = String)]
        text: Text,
    },
    /// Give up waiting.
    Leave {
        /// See `message`.
        id: Uuid,
    },
    /// End the conversation.
    End {
        /// See `message`.
        id: Uuid,
    },
    /// The visitor is typing.
    Typing,
    /// The messages up to this number are on the screen.
    Delivered {
        /// The number of the last one.
        number: u32,
    },
    /// The visitor has looked at the messages up to this number.
    Read {
        /// The number of the last one.
        number: u32,
    },
    /// Whether the visitor looks at the page: it is, until this says otherwise. Of several pages of one visitor
    /// one is enough.
    Looking {
        /// Whether it is so.
        looking: bool,
    },
    /// The page of the site that the visitor is on; the same again is not recorded twice.
    Page {
        /// Its address: 1 to 2,000 characters.
        url: Personal<String>,
        /// Its title, if it has one: 1 to 2,000 characters.
        #[serde(default)]
        title: Option<Personal<String>>,
    },
}

/// Opens the visitor's socket.
#[utoipa::path(
    get, path = "/visitor", tag = "live", params(Resume),
    responses((status = 101, description = "A WebSocket of `VisitorFrame` (and a `VisitorSnapshot` first, if asked for) out and `VisitorCommand` in", body = VisitorFrame))
)]
pub async fn open(
    caller: Caller,
    State(app): State<App>,
    resume: Result<Query<Resume>, axum::extract::rejection::QueryRejection>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    caller.must_be(&[Role::Visitor])?;
    let Query(resume) = resume?;
    let conversation = ConversationId(resume.conversation);
    must_be_there(&app, &caller, conversation).await?;
    let upgrade = upgrade.map_err(|_| socket::no_upgrade())?;
    let start = After::of(resume.after.as_deref()).start(&app, &caller.livechat).await?;
    let admitted = app.admission.admit(&caller)?;
    let page = app.attendance.open(&caller.livechat, conversation, &caller.actor()?);
    let begin = (conversation, start, resume.snapshot);
    Ok(socket::upgrade(upgrade, move |socket| {
        let tracked = app.sockets.clone();
        tracked.track_future(run(app, caller, begin, socket, (page, admitted)))
    }))
}

/// The conversation must be the caller's, and be there.
///
/// # Errors
/// 403 when it is somebody else's, 404 when it is not there.
async fn must_be_there(app: &App, caller: &Caller, id: ConversationId) -> Result<(), Problem> {
    caller.must_hold(id)?;
    let is_live = app.journal.peek(&caller.livechat, |state| state.conversation(id).is_some()).await?;
    if is_live || app.visitor_of(caller, id).await?.is_some() { Ok(()) } else { Err(unknown(id)) }
}

async fn run(
    app: App,
    caller: Caller,
    (conversation, start, with_snapshot): (ConversationId, Start, bool),
    socket: WebSocket,
    (page, admitted): (OpenPage, Admitted),
) {
    let (first, after) = match Box::pin(first_frame(&app, &caller, conversation, start, with_snapshot)).await
    {
        Ok(first) => first,
        Err(error) => {
            tracing::warn!(%error, "cannot build the snapshot of a visitor’s page");
            return;
        }
    };
    metrics::gauge!("sockets_open", "kind" => "visitor").increment(1.0);
    let signals = app
        .signals
        .receive(&caller.livechat, Receiver::Visitor(conversation))
        .map(|signal| SignalFrame::of(signal, Sender::Operator));
    let waits = IsWaiting::now(&app, &caller.livechat, conversation).await;
    let places = queue_position::follow(app.clone(), caller.livechat.clone(), conversation, waits.clone());
    let log = app.journal.follow(&caller.livechat, Scope::Conversation(conversation), after);
    let log = log.inspect(move |record| {
        if let Ok(record) = record
            && let Fact::Conversation { fact, .. } = &record.event.fact
        {
            waits.note(fact);
        }
    });
    let teller = app.clone();
    let mut hidden = HiddenTransfers::at(&app, &caller.livechat, conversation, after).await;
    let frames = log.filter_map(move |record| {
        let is_hidden = record.as_ref().is_ok_and(|record| match &record.event.fact {
            Fact::Conversation { fact, .. } => hidden.hides(fact),
            Fact::Livechat(_) | Fact::Operator { .. } => false,
        });
        let told = (!is_hidden).then(|| frame(teller.clone(), record));
        async move { told?.await }
    });
    let frames = stream::iter(first.map(Ok)).chain(frames);
    let signals = stream::select(signals, places).map(|signal| Ok(Frame::tagged(None::<Cursor>, &signal)));
    let frames = stream::select(frames, signals);
    let ends = admitted.ends(caller.clone());
    let tab = Tab { app, caller, conversation, page };
    Box::pin(socket::run(&tab.app, &tab.caller, socket, frames, &tab, ends)).await;
    drop(tab);
    metrics::gauge!("sockets_open", "kind" => "visitor").decrement(1.0);
}

/// The whole page, if it is asked for, or that what was seen is to be forgotten, and where frames begin.
async fn first_frame(
    app: &App,
    caller: &Caller,
    conversation: ConversationId,
    start: Start,
    with_snapshot: bool,
) -> Result<(Option<Frame>, Position), journal::Error> {
    let anew = (Reset::frame(start), start.position().unwrap_or_default());
    if !with_snapshot {
        return Ok(anew);
    }
    let Some(page) = VisitorSnapshot::now(app, &caller.livechat, conversation).await? else {
        return Ok(anew);
    };
    let at = Cursor::at(&app.journal, &caller.livechat, page.position()).await?;
    Ok((Some(Frame::tagged(Some(at), &page)), page.position()))
}

async fn frame(
    app: App,
    record: Result<Arc<Record>, journal::Error>,
) -> Option<Result<Frame, journal::Error>> {
    let record = match record {
        Ok(record) => record,
        Err(error) => return Some(Err(error)),
    };
    let Fact::Conversation { operator, fact, .. } = &record.event.fact else { return None };
    let what = match fact {
        ConversationFact::Flow(
            Flow::Requested(_) | Flow::RequestedAgain(_) | Flow::AutoTransferFailed { .. },
        )
        | ConversationFact::Notice(Notice::FollowedUp | Notice::SearchNoticed { .. })
        | ConversationFact::Survey(
            SurveyStep::Opened { .. }
            | SurveyStep::Cancelled { .. }
            | SurveyStep::Asked { audience: Audience::Operator, .. }
            | SurveyStep::Answered { audience: Audience::Operator, .. }
            | SurveyStep::Closed { audience: Audience::Operator, .. },
        )
        | ConversationFact::Exchange(
            Exchange::InternalMessagePosted { .. }
            | Exchange::OperatorTyped
            | Exchange::Typing { .. }
            | Exchange::CopyMailed { .. },
        )
        | ConversationFact::Visit(Visit::VisitorPresence { .. } | Visit::PageChanged { .. })
        | ConversationFact::Attention(
            Attention::ImportanceMarked { .. }
            | Attention::HelpCalled { .. }
            | Attention::HelpTaken
            | Attention::HelpDone,
        ) => return None,
        ConversationFact::Flow(Flow::Refused { reason }) => VisitorFrame::RequestRefused { reason: *reason },
        ConversationFact::Flow(Flow::Released { reason }) => VisitorFrame::Released { reason: *reason },
        ConversationFact::Flow(Flow::Queued { position }) => VisitorFrame::Queued {
            queue_position: *position,
            wait_minutes: wait(&app, &record, *position).await,
        },
        ConversationFact::Flow(Flow::QueueAdvanced { position } | Flow::ReturnedToQueue { position, .. }) => {
            VisitorFrame::QueueAdvanced {
                queue_position: *position,
                wait_minutes: wait(&app, &record, *position).await,
            }
        }
        ConversationFact::Flow(Flow::Assigned | Flow::AssignedByHand { .. }) => VisitorFrame::Assigned,
        ConversationFact::Flow(Flow::Left) => VisitorFrame::Left,
        ConversationFact::Flow(Flow::PickedUp) => {
            VisitorFrame::PickedUp { operator: name(&app, &record, operator.as_ref()).await }
        }
        ConversationFact::Exchange(Exchange::MessagePosted { number, voice, text, .. }) => {
            VisitorFrame::Message {
                number: *number,
                from: (*voice).into(),
                text: text.reveal().clone(),
                command: record.command.0,
            }
        }
        ConversationFact::Flow(Flow::Transferred { .. } | Flow::AutoTransferred { .. }) => {
            VisitorFrame::Transferred { operator: name(&app, &record, operator.as_ref()).await }
        }
        ConversationFact::Notice(Notice::TimeoutAnnounced { ends_at }) => {
            VisitorFrame::TimeoutAnnounced { ends_at: *ends_at }
        }
        ConversationFact::Notice(Notice::OperatorSearches { searching }) => {
            VisitorFrame::Searching { searching: *searching }
        }
        ConversationFact::Exchange(Exchange::FileRequested { note }) => {
            VisitorFrame::FileRequested { note: note.as_ref().map(|note| note.reveal().to_string()) }
        }
        ConversationFact::Exchange(Exchange::FileSent { voice, file }) => {
            VisitorFrame::File { from: (*voice).into(), file: file.clone() }
        }
        ConversationFact::Survey(SurveyStep::Asked {
            audience: Audience::Visitor,
            segment,
            survey,
            version,
        }) => {
            let survey = Box::new(definition(&app, &record, survey, *version).await?);
            VisitorFrame::Survey(WaitingSurvey { segment: *segment, survey })
        }
        ConversationFact::Survey(
            SurveyStep::Answered { audience: Audience::Visitor, segment, .. }
            | SurveyStep::Closed { audience: Audience::Visitor, segment, .. },
        ) => VisitorFrame::SurveyClosed { segment: *segment },
        ConversationFact::Flow(Flow::Ended { reason }) => {
            VisitorFrame::Ended { reason: *reason, kept_open: keeps_open(&app, &record).await }
        }
        ConversationFact::Flow(Flow::KeptOpen { until }) => VisitorFrame::KeptOpen { until: *until },
        ConversationFact::Flow(Flow::Closed) => VisitorFrame::Closed,
    };
    let logged = Logged { position: record.position, at: record.event.at, what };
    Some(Ok(Frame::tagged(Some(&*record), &logged)))
}

/// The name visitors see.
async fn name(app: &App, record: &Record, operator: Option<&OperatorId>) -> Option<String> {
    let operator = operator?;
    let name = app.journal.peek(&record.livechat, |state| {
        state.operator(operator).map(|operator| operator.profile.name.to_string())
    });
    name.await.ok().flatten()
}

/// How long a visitor at this position waits, as far as can be told.
async fn wait(app: &App, record: &Record, position: usize) -> Option<u32> {
    let id = record.event.fact.conversation_id()?;
    let wait = app.journal.peek(&record.livechat, |state| {
        let skill = state.conversation(id).and_then(|live| live.skill.clone());
        state.wait_minutes(position, skill.as_ref())
    });
    wait.await.ok().flatten()
}

/// Does the conversation stay open after an end, as the settings are now?
async fn keeps_open(app: &App, record: &Record) -> bool {
    let keeps = app.journal.peek(&record.livechat, |state| state.settings().behaviour.keep_open);
    keeps.await.unwrap_or_default()
}

/// The survey that waits; `None` when it does not any more.
async fn definition(app: &App, record: &Record, survey: &SurveyId, version: u32) -> Option<Survey> {
    app.journal.peek(&record.livechat, |state| state.survey(survey, version).cloned()).await.ok().flatten()
}

/// The visitor's page at the other end.
struct Tab {
    app: App,
    caller: Caller,
    conversation: ConversationId,
    page: OpenPage,
}

impl socket::FrameHandler for Tab {
    async fn handle(&self, frame: &str) -> Result<Option<String>, BadFrame> {
        let said = Box::pin(socket::said(&self.app, &self.caller, frame)).await?;
        let (id, action) = match said {
            VisitorCommand::Message { id, text } => {
                (id, Action::Conversation(self.conversation, ConversationAction::Write(text)))
            }
            VisitorCommand::Leave { id } => {
                (id, Action::Conversation(self.conversation, ConversationAction::LeaveQueue))
            }
            VisitorCommand::End { id } => {
                (id, Action::Conversation(self.conversation, ConversationAction::End))
            }
            VisitorCommand::Typing => {
                signal(&self.app, &self.caller, self.conversation, What::Typing).await;
                return Ok(None);
            }
            VisitorCommand::Delivered { number } => {
                let delivered = What::Receipt(ReceiptKind::Delivered, number);
                signal(&self.app, &self.caller, self.conversation, delivered).await;
                return Ok(None);
            }
            VisitorCommand::Read { number } => {
                let read = What::Receipt(ReceiptKind::Read, number);
                signal(&self.app, &self.caller, self.conversation, read).await;
                return Ok(None);
            }
            VisitorCommand::Looking { looking } => {
                self.page.is_looked_at(looking);
                return Ok(None);
            }
            VisitorCommand::Page { url, title } => {
                return Ok(Box::pin(self.goes_to(Page { url, title })).await);
            }
        };
        // Boxed, so that a socket that waits does not hold the room for it.
        let done = Box::pin(self.app.command(&self.caller, IdempotencyKey(CommandId(id)), action)).await;
        Ok(Some(text(&Answer::to(id, done))))
    }
}

impl Tab {
    /// Tells the rules, unless they know. Only a refusal is answered.
    async fn goes_to(&self, page: Page) -> Option<String> {
        if !self.page.is_now(&page) {
            return None;
        }
        let key = IdempotencyKey(CommandId(Uuid::now_v7()));
        let change = Action::Conversation(self.conversation, ConversationAction::ChangePage(page));
        let refusal = self.app.command(&self.caller, key, change).await.err()?;
        self.page.is_nowhere();
        Some(text(&Answer::refusal(None, refusal)))
    }
}

/// Tells the operator in charge what the visitor does; of messages, only of those that there are. The rules are told
/// of typing where they count the visitor's silence.
async fn signal(app: &App, caller: &Caller, conversation: ConversationId, what: What) {
    let live = app.journal.peek(&caller.livechat, |state| {
        let live = state.conversation(conversation)?;
        let clocks = [TimerKind::VisitorInactivity, TimerKind::FollowUp];
        let clock_runs = clocks.into_iter().any(|clock| live.timers.deadline(clock).is_some());
        let (makes_sense, counts) = match what {
            What::Typing => (true, clock_runs),
            What::Receipt(_, number) => ((1..=live.messages).contains(&number), false),
        };
        Some((live.operator().filter(|_| makes_sense).cloned()?, counts, live.messages))
    });
    let Ok(Some((operator, counts, messages))) = live.await else { return };
    if what == What::Typing {
        app.signals.types(&caller.livechat, conversation, Sender::Visitor, messages);
    }
    app.signals.send(&caller.livechat, Receiver::Desk(operator), Signal { conversation, what });
    if counts {
        let key = IdempotencyKey(CommandId(Uuid::now_v7()));
        if let Err(problem) =
            app.command(caller, key, Action::Conversation(conversation, ConversationAction::Type)).await
        {
            tracing::debug!(code = problem.code, "typing was not recorded");
        }
    }
}
