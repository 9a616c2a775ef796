//! What all players share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use super::dialogue::{Dialogue, PlayedDialogue};
use super::error::Error;
use super::options::{Options, Tokens};
use super::tally::Tally;
use super::timeline::{self, faster};
use crate::client::{self, Http, Paths, Trust, UNREACHABLE_MAX};

/// Conversations requested at once: enough to keep the server busy, few enough for its sockets.
const REQUESTS_MAX: usize = 64;

/// What one load test shares.
pub struct Shared {
    /// For requests.
    pub http: Http,
    /// Which servers are believed.
    pub trust: Trust,
    /// Where.
    pub paths: Paths,
    /// In whose name.
    pub tokens: Tokens,
    /// What has been counted and measured so far.
    pub tally: Tally,
    /// Without news for this long, what should have come will not come.
    pub silence_max: Duration,
    speed: f64,
    places: Arc<Semaphore>,
    played: Mutex<HashMap<Uuid, Arc<PlayedDialogue>>>,
}

impl Shared {
    /// For these dialogues.
    ///
    /// # Errors
    /// When the server's address is not one, or the file of authorities cannot be used.
    pub fn new(
        options: &Options,
        tokens: Tokens,
        dialogues: &[Arc<Dialogue>],
    ) -> Result<Self, client::Error> {
        let trust = options.ca_file.as_deref().map_or_else(|| Ok(Trust::default()), Trust::also_in)?;
        let silence = faster(timeline::longest_silence(dialogues), options.speed);
        Ok(Self {
            http: Http::new(&trust)?,
            trust,
            paths: Paths::new(&options.server, &options.livechat)?,
            tokens,
            tally: Tally::default(),
            silence_max: UNREACHABLE_MAX.saturating_add(silence),
            speed: options.speed,
            places: Arc::new(Semaphore::new(REQUESTS_MAX)),
            played: Mutex::default(),
        })
    }

    /// Time of the file as it passes here.
    pub fn faster(&self, time: Duration) -> Duration {
        faster(time, self.speed)
    }

    /// When a line of a conversation may be said.
    pub fn due(&self, played: &PlayedDialogue, line: usize) -> Instant {
        played.origin + played.dialogue.lines.get(line).map_or(Duration::ZERO, |line| self.faster(line.after))
    }

    /// Waits for a place among the visitors who request.
    pub(super) async fn place(&self) -> Result<OwnedSemaphorePermit, Error> {
        self.places.clone().acquire_owned().await.map_err(|error| Error::Broken(error.to_string()))
    }

    /// Makes a conversation known to the operators.
    pub fn enter(&self, played: Arc<PlayedDialogue>) {
        self.played.lock().unwrap_or_else(PoisonError::into_inner).insert(played.id, played);
    }

    /// The conversation, if it is one of ours and not over.
    pub fn find(&self, id: Uuid) -> Option<Arc<PlayedDialogue>> {
        self.played.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Forgets a conversation that is over.
    pub fn leave(&self, id: Uuid) {
        self.played.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}
