//! Livechats whose log does not hold together. One that cannot be loaded is stopped by itself: its callers get an error,
//! and its log is not read again for every one of them. Of one that goes on, since it was loaded before or
//! from a snapshot behind the damage, readers there get an error, and nobody is shown what was changed.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::LivechatId;
use tokio::time::Instant;

use crate::error::Error;

/// How long what was found is believed: somebody may have brought back what was lost.
const BELIEVED: Duration = Duration::from_secs(10);

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Damages(Mutex<HashMap<LivechatId, Damage>>);

#[derive(Debug)]
struct Damage {
    problem: String,
    found_at: Instant,
    /// Whether it was found when the livechat was loaded, and not by a reader.
    stops: bool,
}

impl Damages {
    /// How many are known.
    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<LivechatId, Damage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses a livechat that was found damaged a short while ago.
    pub(crate) fn refuse(&self, livechat: &LivechatId) -> Result<(), Error> {
        match self.lock().get(livechat) {
            Some(damage) if damage.stops && damage.found_at.elapsed() < BELIEVED => {
                Err(Error::Damaged { livechat: livechat.clone(), problem: damage.problem.clone() })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// A livechat was loaded, or not.
    pub(crate) fn after_load(&self, livechat: &LivechatId, error: Option<&Error>) {
        match error {
            None => {
                let mut all = self.lock();
                if all.get(livechat).is_some_and(|damage| damage.stops) {
                    all.remove(livechat);
                }
            }
            Some(Error::Damaged { problem, .. }) => {
                tracing::error!(%livechat, problem, "the log of this livechat is damaged; it is stopped");
                self.note(livechat, problem, true);
            }
            // Says nothing about the log.
            Some(_) => {}
        }
    }

    /// Something was read of a livechat, or not.
    pub(crate) fn read(&self, livechat: &LivechatId, error: Option<&Error>) {
        if let Some(Error::Damaged { problem, .. }) = error
            && !self.lock().contains_key(livechat)
        {
            tracing::error!(%livechat, problem, "the log of this livechat is damaged at a position that was read");
            self.note(livechat, problem, false);
        }
    }

    fn note(&self, livechat: &LivechatId, problem: &str, stops: bool) {
        let damage = Damage { problem: problem.to_owned(), found_at: Instant::now(), stops };
        self.lock().insert(livechat.clone(), damage);
    }
}
