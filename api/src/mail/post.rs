//! The post: takes letters, and hands them over in the background.
//!
//! A letter is tried again with growing pauses for some minutes, also because mail servers put unknown senders off at first.
//! Those that wait for another try hold up no others. They are in memory: a restart loses them, and whoever waits for one
//! asks again.

use std::sync::Arc;

use backon::{ExponentialBuilder, Retryable};
use domain::bilingual::both;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

use super::exchange::{self, Error};
use super::letter::Letter;
use super::server::Options;
use crate::http::problem::Problem;
use crate::limits::{MAIL_TIMEOUT, MAIL_TRIES, MAILS_AT_ONCE, MAILS_WAITING_MAX};

/// The post of a server; none where no mail server is named. Cheap to clone.
#[derive(Clone)]
pub struct Mail(Option<Arc<Post>>);

struct Post {
    options: Options,
    tls: TlsConnector,
    /// One for each letter that is taken and not sent yet.
    waiting: Arc<Semaphore>,
    /// One for each exchange with the mail server.
    at_once: Semaphore,
    stopping: CancellationToken,
}

/// Room for one letter.
#[must_use = "room that is not used is for nothing"]
pub struct Slot {
    post: Arc<Post>,
    room: OwnedSemaphorePermit,
}

impl Mail {
    /// The post with these options, until the server stops.
    pub fn new(options: Option<Options>, stopping: CancellationToken) -> Self {
        let post = |options| Post {
            options,
            tls: exchange::authorities(),
            waiting: Arc::new(Semaphore::new(MAILS_WAITING_MAX)),
            at_once: Semaphore::new(MAILS_AT_ONCE),
            stopping,
        };
        Self(options.map(post).map(Arc::new))
    }

    /// Are mails sent at all?
    pub const fn is_sent(&self) -> bool {
        self.0.is_some()
    }

    /// Room for one letter, to be had before what the letter is about is done; none where no mails are sent.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub fn room(&self) -> Result<Option<Slot>, Problem> {
        let Some(post) = &self.0 else { return Ok(None) };
        let Ok(room) = post.waiting.clone().try_acquire_owned() else {
            count("turned_away");
            return Err(Problem::unavailable(
                "too_many_mails",
                both("too many mails are waiting to be sent", "trop de courriels attendent d’être envoyés"),
            ));
        };
        Ok(Some(Slot { post: post.clone(), room }))
    }
}

impl Slot {
    /// Sends a letter in the background.
    pub fn send(self, letter: Letter) {
        tokio::spawn(async move {
            let stopping = self.post.stopping.clone();
            if stopping.run_until_cancelled_owned(self.deliver(letter)).await.is_none() {
                count("lost");
                tracing::warn!("a mail was not sent before the server stopped");
            }
        });
    }

    async fn deliver(self, letter: Letter) {
        let Ok(mail) = letter.mail(&self.post.options.from) else {
            count("failed");
            tracing::warn!("a mail was not sent: there is no such address");
            return;
        };
        let pauses = ExponentialBuilder::new()
            .with_min_delay(self.post.options.pause)
            .with_factor(2.0)
            .with_max_times(MAIL_TRIES - 1)
            .without_max_delay();
        let sent = (async || self.post.try_once(&mail).await).retry(pauses).when(|error| error.may_pass());
        match sent.await {
            Ok(()) => count("sent"),
            Err(error) => {
                count("failed");
                tracing::warn!(%error, "a mail was not sent");
            }
        }
        drop(self.room);
    }
}

impl Post {
    async fn try_once(&self, mail: &(lettre::address::Envelope, Vec<u8>)) -> Result<(), Error> {
        let _turn = self.at_once.acquire().await.map_err(|_| Error::NotNow)?;
        let handing_over = exchange::hand_over(&self.options.server, &self.tls, mail);
        let done = tokio::time::timeout(MAIL_TIMEOUT, handing_over).await;
        done.unwrap_or(Err(Error::Network(std::io::ErrorKind::TimedOut)))
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("mails_total", "outcome" => outcome).increment(1);
}
