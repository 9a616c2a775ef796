//! Signals between the two sides of a conversation that are never recorded: typing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{ConversationId, LivechatId, OperatorId};
use tokio::sync::broadcast;

/// Signals that a slow receiver may miss: they are out of date by then.
const BACKLOG: usize = 16;

/// Who is to receive a signal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Receiver {
    /// The visitor of a conversation.
    Visitor(ConversationId),
    /// An operator's desk.
    Desk(OperatorId),
}

/// The other side is typing in this conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal(pub ConversationId);

type Channels = HashMap<(LivechatId, Receiver), broadcast::Sender<Signal>>;

/// The live channels of signals. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Signals(Arc<Mutex<Channels>>);

impl Signals {
    /// Receives the signals for `receiver` from now on.
    pub fn subscribe(&self, livechat: &LivechatId, receiver: Receiver) -> broadcast::Receiver<Signal> {
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        channels
            .entry((livechat.clone(), receiver))
            .or_insert_with(|| broadcast::Sender::new(BACKLOG))
            .subscribe()
    }

    /// Sends a signal to whoever is there.
    pub fn send(&self, livechat: &LivechatId, receiver: Receiver, signal: Signal) {
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let channel = (livechat.clone(), receiver);
        // A channel whose last receiver left is dropped here.
        if channels.get(&channel).is_some_and(|receivers| receivers.send(signal).is_err()) {
            channels.remove(&channel);
        }
    }
}
