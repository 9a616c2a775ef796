//! Presence: which operators have a desk open.
//!
//! An operator is connected from the first desk to the last. That the last desk is lost is reported to the
//! rules at once, which give it the time of `disconnect_notice` to come back; a deliberate sign-out is
//! given none. A server that stops reports nothing: no desk can come back to it. When it is up again, it reports desks
//! that have not come back as lost, so that their time begins then.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::{Action, Actor, LivechatId, OperatorId};
use journal::Journal;
use tokio_util::sync::CancellationToken;

use super::retry_until_recorded::retry_until_recorded;

type Desks = HashMap<(LivechatId, OperatorId), Seat>;

/// The desks of one operator, remembered after the last is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seat {
    open: usize,
    /// How often a desk was opened, so that a loss before the last opening is not reported.
    opened: u64,
}

/// The open desks. Cheap to clone.
#[derive(Clone)]
pub struct Presence {
    desks: Arc<Mutex<Desks>>,
    journal: Journal,
    stopping: CancellationToken,
}

/// An open desk; dropping it closes it.
pub struct OpenDesk {
    presence: Presence,
    livechat: LivechatId,
    operator: OperatorId,
}

impl Presence {
    /// No desk is open yet. Desks that are closed once the server is `stopping` are not reported as lost.
    pub fn new(journal: Journal, stopping: CancellationToken) -> Self {
        Self { desks: Arc::default(), journal, stopping }
    }

    /// Counts a desk as open.
    pub fn open(&self, livechat: &LivechatId, operator: &OperatorId) -> OpenDesk {
        let mut desks = self.desks.lock().unwrap_or_else(PoisonError::into_inner);
        let seat = desks.entry((livechat.clone(), operator.clone())).or_default();
        seat.open += 1;
        seat.opened += 1;
        drop(desks);
        OpenDesk { presence: self.clone(), livechat: livechat.clone(), operator: operator.clone() }
    }

    /// Reports as lost the desks of the operators that are connected by the log, unless they are back:
    /// the server that knew them is gone.
    pub async fn expect_all_back(self, livechats: Vec<LivechatId>) {
        for livechat in livechats {
            loop {
                match self.expect_back(&livechat).await {
                    Ok(()) | Err(journal::Error::Closed) => break,
                    Err(error @ (journal::Error::Damaged { .. } | journal::Error::Unreadable(_))) => {
                        tracing::error!(%livechat, %error, "a livechat cannot be loaded");
                        break;
                    }
                    Err(error) => {
                        tracing::warn!(%livechat, %error, "a livechat cannot be loaded yet");
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                }
            }
        }
    }

    async fn expect_back(&self, livechat: &LivechatId) -> Result<(), journal::Error> {
        let connected = self
            .journal
            .peek(livechat, |state| {
                let connected =
                    state.operators().iter().filter(|(_, operator)| operator.connected_since.is_some());
                connected.map(|(id, _)| id.clone()).collect::<Vec<_>>()
            })
            .await?;
        for operator in connected {
            let seat = self.seat(livechat, &operator);
            if seat.open == 0 {
                tokio::spawn(self.clone().lose(livechat.clone(), operator, seat));
            }
        }
        Ok(())
    }

    fn seat(&self, livechat: &LivechatId, operator: &OperatorId) -> Seat {
        let desks = self.desks.lock().unwrap_or_else(PoisonError::into_inner);
        desks.get(&(livechat.clone(), operator.clone())).copied().unwrap_or_default()
    }

    /// Reports an operator's desk as lost, if no desk was opened since.
    async fn lose(self, livechat: LivechatId, operator: OperatorId, lost: Seat) {
        let action = Action::LoseConnection(operator.clone());
        let still = || self.seat(&livechat, &operator) == lost;
        if retry_until_recorded(&self.journal, &livechat, &Actor::System, &action, still).await {
            self.connect_if_back(&livechat, &operator).await;
        }
    }

    /// A desk that was opened while another was being reported as lost found its operator connected still.
    async fn connect_if_back(&self, livechat: &LivechatId, operator: &OperatorId) {
        let action = Action::ConnectOperator(operator.clone());
        let still = || self.seat(livechat, operator).open > 0;
        retry_until_recorded(&self.journal, livechat, &Actor::System, &action, still).await;
    }
}

impl Drop for OpenDesk {
    fn drop(&mut self) {
        let key = (self.livechat.clone(), self.operator.clone());
        let mut desks = self.presence.desks.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(seat) = desks.get_mut(&key) else { return };
        seat.open -= 1;
        let seat = *seat;
        drop(desks);
        if seat.open == 0 && !self.presence.stopping.is_cancelled() {
            tokio::spawn(self.presence.clone().lose(key.0, key.1, seat));
        }
    }
}
