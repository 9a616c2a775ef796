//! Presence: which operators have a desk open.
//!
//! An operator is connected from the first desk to the last. A desk that is lost is given a grace, so
//! that a page reload is invisible; a deliberate sign-out is not. After a restart of the server,
//! operators whose desks do not come back within the grace are disconnected.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::id::CommandId;
use domain::operator::disconnect::DisconnectReason;
use domain::{Action, Actor, LivechatId, OperatorId};
use journal::Journal;

type Desks = HashMap<(LivechatId, OperatorId), usize>;

/// The open desks. Cheap to clone.
#[derive(Clone)]
pub struct Presence {
    desks: Arc<Mutex<Desks>>,
    journal: Journal,
    grace: Duration,
}

/// An open desk; dropping it closes it.
pub struct OpenDesk {
    presence: Presence,
    livechat: LivechatId,
    operator: OperatorId,
}

impl Presence {
    /// No desk is open yet.
    pub fn new(journal: Journal, grace: Duration) -> Self {
        Self { desks: Arc::default(), journal, grace }
    }

    /// Counts a desk as open.
    pub fn open(&self, livechat: &LivechatId, operator: &OperatorId) -> OpenDesk {
        let mut desks = self.desks.lock().unwrap_or_else(PoisonError::into_inner);
        *desks.entry((livechat.clone(), operator.clone())).or_default() += 1;
        OpenDesk { presence: self.clone(), livechat: livechat.clone(), operator: operator.clone() }
    }

    /// Gives the operators that the log says are connected the grace to come back: the server that
    /// knew their desks is gone.
    ///
    /// # Errors
    /// When the livechat cannot be loaded.
    pub async fn expect_back(&self, livechat: &LivechatId) -> Result<(), journal::Error> {
        let connected = self
            .journal
            .peek(livechat, |state| {
                let connected =
                    state.operators().iter().filter(|(_, operator)| operator.connected_since.is_some());
                connected.map(|(id, _)| id.clone()).collect::<Vec<_>>()
            })
            .await?;
        for operator in connected {
            tokio::spawn(self.clone().disconnect_after_grace(livechat.clone(), operator));
        }
        Ok(())
    }

    fn is_open(&self, livechat: &LivechatId, operator: &OperatorId) -> bool {
        let desks = self.desks.lock().unwrap_or_else(PoisonError::into_inner);
        desks.contains_key(&(livechat.clone(), operator.clone()))
    }

    async fn disconnect_after_grace(self, livechat: LivechatId, operator: OperatorId) {
        tokio::time::sleep(self.grace).await;
        while !self.is_open(&livechat, &operator) {
            let id = CommandId(uuid::Uuid::now_v7());
            let action = Action::DisconnectOperator(operator.clone(), DisconnectReason::ConnectionLost);
            match self.journal.execute(&livechat, id, Actor::System, action).await {
                Ok(_) | Err(journal::Error::Closed | journal::Error::Rejected(_)) => return,
                Err(error) => {
                    tracing::warn!(%livechat, %operator, %error, "a lost operator could not be disconnected yet");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }
}

impl Drop for OpenDesk {
    fn drop(&mut self) {
        let key = (self.livechat.clone(), self.operator.clone());
        let mut desks = self.presence.desks.lock().unwrap_or_else(PoisonError::into_inner);
        let left = desks.get_mut(&key).map_or(0, |open| {
            *open -= 1;
            *open
        });
        if left == 0 {
            desks.remove(&key);
            drop(desks);
            tokio::spawn(self.presence.clone().disconnect_after_grace(key.0, key.1));
        }
    }
}
