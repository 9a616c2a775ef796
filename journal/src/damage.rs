//! Livechats whose log does not hold together. Each is stopped by itself, whoever gives it a command is told so, and
//! its log is not read again by every one of them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::LivechatId;
use tokio::time::Instant;

use crate::error::Error;
use crate::journal::Journal;

/// How long what was found is believed: somebody may have brought back what was lost.
const BELIEVED: Duration = Duration::from_secs(10);

/// What was found, and when.
#[derive(Debug, Default)]
pub(crate) struct Damages(Mutex<HashMap<LivechatId, (String, Instant)>>);

impl Damages {
    fn lock(&self) -> MutexGuard<'_, HashMap<LivechatId, (String, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses a livechat that was found damaged a short while ago.
    pub(crate) fn refuse(&self, livechat: &LivechatId) -> Result<(), Error> {
        match self.lock().get(livechat) {
            Some((problem, found_at)) if found_at.elapsed() < BELIEVED => {
                Err(Error::Damaged { livechat: livechat.clone(), problem: problem.clone() })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// A livechat was loaded, or not.
    pub(crate) fn loaded(&self, livechat: &LivechatId, error: Option<&Error>) {
        match error {
            None => {
                self.lock().remove(livechat);
            }
            Some(Error::Damaged { problem, .. }) => {
                tracing::error!(%livechat, problem, "the log of this livechat is damaged; it is stopped");
                self.lock().insert(livechat.clone(), (problem.clone(), Instant::now()));
            }
            // Says nothing about the log.
            Some(_) => {}
        }
    }
}

impl Journal {
    /// How many livechats are stopped because their logs do not hold together, as far as anybody has tried to load
    /// them. The others go on.
    pub fn damaged(&self) -> usize {
        self.0.damages.lock().len()
    }
}
