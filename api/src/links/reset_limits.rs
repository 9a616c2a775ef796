//! How many requests for another password are looked at: at once, for each account, and for each network.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::hourly::Hourly;
use crate::limits::{PASSWORD_RESETS_AT_ONCE, PASSWORD_RESETS_PER_ACCOUNT, PASSWORD_RESETS_PER_NETWORK};

/// See the module.
#[derive(Debug)]
pub struct ResetLimits {
    pub(super) at_once: Arc<Semaphore>,
    pub(super) accounts: Hourly,
    pub(super) networks: Hourly,
}

impl Default for ResetLimits {
    fn default() -> Self {
        Self {
            at_once: Arc::new(Semaphore::new(PASSWORD_RESETS_AT_ONCE)),
            accounts: Hourly::new(PASSWORD_RESETS_PER_ACCOUNT),
            networks: Hourly::new(PASSWORD_RESETS_PER_NETWORK),
        }
    }
}
