//! Signals between the two sides of a conversation that are never recorded: typing, and what of the messages was
//! delivered and read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::event::Voice;
use domain::{ConversationId, LivechatId, OperatorId};
use futures::{Stream, stream};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::limits::TYPING_SHOWN;

/// The voice in which something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// The visitor.
    Visitor,
    /// The operator.
    Operator,
    /// Pupitre itself.
    System,
}

impl From<Voice> for Sender {
    fn from(voice: Voice) -> Self {
        match voice {
            Voice::Visitor => Self::Visitor,
            Voice::Operator => Self::Operator,
            Voice::System => Self::System,
        }
    }
}

/// Signals that a slow receiver may miss: they are out of date by then.
const BACKLOG: usize = 16;

/// The receiver of a signal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Receiver {
    /// The visitor of a conversation.
    Visitor(ConversationId),
    /// An operator's desk.
    Desk(OperatorId),
}

/// A signal of the other side of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal {
    /// In which one.
    pub conversation: ConversationId,
    /// What.
    pub what: What,
}

/// The signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It is typing.
    Typing,
    /// All messages up to this one are on its screen, or were looked at.
    Receipt(ReceiptKind, u32),
}

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptKind {
    /// It is on the other side's screen.
    Delivered,
    /// The other side has looked at it.
    Read,
}

type Channel = (LivechatId, Receiver);
type Channels = HashMap<Channel, broadcast::Sender<Signal>>;

/// The live channels of signals, each as long as it has a receiver, and the sides that type. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    channels: Arc<Mutex<Channels>>,
    typing: Arc<Mutex<Typing>>,
}

/// The sides that have typed of late, so that a page that opens shows it.
#[derive(Debug, Default)]
struct Typing {
    last: HashMap<(LivechatId, ConversationId, Sender), Typed>,
    /// When the sides that do not type any more were last forgotten.
    tidied: Option<Instant>,
}

/// The last signal of one side of a conversation.
#[derive(Clone, Copy, Debug)]
struct Typed {
    at: Instant,
    /// The number of the last message then.
    after: u32,
}

impl Typed {
    fn counts(self) -> bool {
        self.at.elapsed() < TYPING_SHOWN
    }
}

impl Signals {
    /// Receives the signals for `receiver` from now on.
    pub fn receive(
        &self,
        livechat: &LivechatId,
        receiver: Receiver,
    ) -> impl Stream<Item = Signal> + Send + use<> {
        let channel = (livechat.clone(), receiver);
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        let live =
            channels.entry(channel.clone()).or_insert_with(|| broadcast::Sender::new(BACKLOG)).subscribe();
        let subscription = Subscription { signals: self.clone(), channel, live: Some(live) };
        stream::unfold(subscription, |mut subscription| async move {
            Some((subscription.next().await?, subscription))
        })
    }

    /// Sends a signal to the receivers that are there.
    pub fn send(&self, livechat: &LivechatId, receiver: Receiver, signal: Signal) {
        let channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(receivers) = channels.get(&(livechat.clone(), receiver)) {
            // The last receiver may be leaving now.
            let _ = receivers.send(signal);
        }
    }

    /// Notes that one side is typing, after the message of this number.
    pub(super) fn types(&self, livechat: &LivechatId, conversation: ConversationId, who: Sender, after: u32) {
        let mut typing = self.typing.lock().unwrap_or_else(PoisonError::into_inner);
        if typing.tidied.is_none_or(|tidied| tidied.elapsed() >= TYPING_SHOWN) {
            typing.last.retain(|_, typed| typed.counts());
            typing.tidied = Some(Instant::now());
        }
        typing.last.insert((livechat.clone(), conversation, who), Typed { at: Instant::now(), after });
    }

    /// Is one side typing, which has said nothing after the message of this number?
    pub(super) fn is_typing(
        &self,
        livechat: &LivechatId,
        conversation: ConversationId,
        who: Sender,
        last_said: u32,
    ) -> bool {
        let typing = self.typing.lock().unwrap_or_else(PoisonError::into_inner);
        let typed = typing.last.get(&(livechat.clone(), conversation, who));
        typed.is_some_and(|typed| typed.counts() && last_said <= typed.after)
    }
}

struct Subscription {
    signals: Signals,
    channel: Channel,
    live: Option<broadcast::Receiver<Signal>>,
}

impl Subscription {
    async fn next(&mut self) -> Option<Signal> {
        loop {
            match self.live.as_mut()?.recv().await {
                Ok(signal) => return Some(signal),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.live = None;
        let mut channels = self.signals.channels.lock().unwrap_or_else(PoisonError::into_inner);
        if channels.get(&self.channel).is_some_and(|receivers| receivers.receiver_count() == 0) {
            channels.remove(&self.channel);
        }
    }
}
