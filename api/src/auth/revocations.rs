//! Live connections that end before their token does: those of a suspended or removed operator.
//!
//! Requests are refused by the state of the livechat; open connections are ended here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{LivechatId, OperatorId};
use tokio_util::sync::CancellationToken;

/// The live connections of operators. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Revocations(Arc<Mutex<HashMap<(LivechatId, OperatorId), CancellationToken>>>);

impl Revocations {
    /// What is cancelled when the connections of this operator have to end. Request it before checking the operator's
    /// standing, so that no change is missed in between.
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
