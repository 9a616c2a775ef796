//! What a server keeps for links.

use std::sync::Arc;

use super::reset_limits::ResetLimits;
use super::setup::Setup;

/// What the handlers need for links. Cheap to clone.
#[derive(Clone)]
pub struct Links {
    /// Where browsers reach the server: what links begin with.
    pub base: Arc<str>,
    /// How many requests for another password are looked at.
    pub resets: Arc<ResetLimits>,
    /// The link of the first server administrator.
    pub setup: Arc<Setup>,
}

impl Links {
    /// Those of a server that browsers reach at `base`.
    pub fn new(base: &str, setup: Setup) -> Self {
        Self {
            base: base.trim_end_matches('/').into(),
            resets: Arc::new(ResetLimits::default()),
            setup: Arc::new(setup),
        }
    }
}
