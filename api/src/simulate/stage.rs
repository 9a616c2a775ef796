//! What all players share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use super::options::{Options, Tokens};
use super::script::{Scene, Script};
use super::tally::Tally;
use super::{Error, faster, timeline};
use crate::client::{self, Http, PATIENCE, Paths};

/// Conversations requested at once: enough to keep the server busy, few enough for its sockets.
const REQUESTS_MAX: usize = 64;

/// The stage of one simulation.
pub struct Stage {
    /// For requests.
    pub http: Http,
    /// Where.
    pub paths: Paths,
    /// In whose name.
    pub tokens: Tokens,
    /// What has been counted and measured so far.
    pub tally: Tally,
    /// Without news for this long, what should have come will not come.
    pub patience: Duration,
    speed: f64,
    places: Arc<Semaphore>,
    scene: Mutex<HashMap<Uuid, Arc<Scene>>>,
}

impl Stage {
    /// The stage for these scripts.
    ///
    /// # Errors
    /// When the server's address is not one.
    pub fn new(options: &Options, tokens: Tokens, scripts: &[Arc<Script>]) -> Result<Self, client::Error> {
        let silence = faster(timeline::longest_silence(scripts), options.speed);
        Ok(Self {
            http: Http::new()?,
            paths: Paths::new(&options.server, &options.livechat)?,
            tokens,
            tally: Tally::default(),
            patience: PATIENCE.saturating_add(silence),
            speed: options.speed,
            places: Arc::new(Semaphore::new(REQUESTS_MAX)),
            scene: Mutex::default(),
        })
    }

    /// Time of the file as it passes here.
    pub fn faster(&self, time: Duration) -> Duration {
        faster(time, self.speed)
    }

    /// When a line of a conversation may be said.
    pub fn due(&self, scene: &Scene, line: usize) -> Instant {
        scene.origin + scene.script.lines.get(line).map_or(Duration::ZERO, |line| self.faster(line.after))
    }

    /// Waits for a place among those who request.
    pub(super) async fn place(&self) -> Result<OwnedSemaphorePermit, Error> {
        self.places.clone().acquire_owned().await.map_err(|error| Error::Broken(error.to_string()))
    }

    /// Makes a conversation known to the operators.
    pub fn enter(&self, scene: Arc<Scene>) {
        self.scene.lock().unwrap_or_else(PoisonError::into_inner).insert(scene.id, scene);
    }

    /// The conversation, if it is one of ours and not over.
    pub fn find(&self, id: Uuid) -> Option<Arc<Scene>> {
        self.scene.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Forgets a conversation that is over.
    pub fn leave(&self, id: Uuid) {
        self.scene.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}
