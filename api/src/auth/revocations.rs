//! Live connections that end before their token does: those of an operator who was suspended or removed.
//!
//! Requests are refused by what the livechat says of the operator; a connection that is open is told here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{LivechatId, OperatorId};
use tokio_util::sync::CancellationToken;

/// The live connections of operators. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Revocations(Arc<Mutex<HashMap<(LivechatId, OperatorId), CancellationToken>>>);

impl Revocations {
    /// What is cancelled when the connections of this operator have to end. To be asked for before the
    /// operator's standing is looked at, so that nobody slips in between.
    pub fn watch(&self, livechat: &LivechatId, operator: &OperatorId) -> CancellationToken {
        let mut connections = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        connections.entry((livechat.clone(), operator.clone())).or_default().clone()
    }

    /// Ends all connections of this operator.
    pub fn revoke(&self, livechat: &LivechatId, operator: &OperatorId) {
        let mut connections = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = connections.remove(&(livechat.clone(), operator.clone())) {
            open.cancel();
        }
    }
}
