//! The certificate in force, and when another takes its place: as soon as its files have changed, or at once when
//! somebody asks for it.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::Utc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{MissedTickBehavior, interval};
use tokio_rustls::Accept;

use super::pair::{Error, Files, Pair};
use crate::limits::{CERTIFICATE_LOOK, CERTIFICATE_WARNING, SLOW_READER_BYTES};

/// The TLS of a server.
pub struct Tls {
    files: Files,
    current: RwLock<Current>,
}

struct Current {
    pair: Pair,
    /// The files as they were when they were read last, whether they could be used or not.
    read: Stamp,
}

/// What changes with a file: another one in its place (also where a link leads elsewhere), other content, other rights.
type Stamp = [Option<(u64, u64, i64, i64)>; 2];

impl Tls {
    /// Reads a certificate and its key.
    ///
    /// # Errors
    /// When they cannot be used.
    pub fn load(files: Files) -> Result<Self, Error> {
        let read = stamp(&files);
        let pair = Pair::read(&files)?;
        announce(&files, &pair);
        Ok(Self { files, current: RwLock::new(Current { pair, read }) })
    }

    /// Begins a handshake with the certificate in force. The buffer of the connection is as small as what a slow reader
    /// has to take in time.
    pub(crate) fn accept<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) -> Accept<S> {
        let acceptor = self.current().pair.acceptor.clone();
        acceptor.accept_with(stream, |connection| connection.set_buffer_limit(Some(SLOW_READER_BYTES)))
    }

    /// Reads the files again, for connections from now on. If they cannot be used, that is logged, and the certificate
    /// in force stays.
    pub async fn reload(self: &Arc<Self>) {
        let tls = self.clone();
        // A file may be on a disk that is slow to answer.
        if let Err(error) = tokio::task::spawn_blocking(move || tls.reload_now()).await {
            tracing::error!(%error, "the certificate was not read again");
        }
    }

    fn reload_now(&self) {
        let read = stamp(&self.files);
        let pair = Pair::read(&self.files);
        let outcome = if pair.is_ok() { "loaded" } else { "refused" };
        metrics::counter!("tls_certificate_loads_total", "outcome" => outcome).increment(1);
        match pair {
            Ok(pair) => {
                announce(&self.files, &pair);
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Current { pair, read };
            }
            Err(error) => {
                tracing::error!(%error, "the new certificate cannot be used; the one in force stays");
                self.current.write().unwrap_or_else(PoisonError::into_inner).read = read;
            }
        }
    }

    /// Looks now and then, until it is dropped, whether the files have changed, and reads them once they have been left
    /// alone since the last look: a program that renews them writes one after the other. Warns daily of a certificate
    /// that has expired.
    pub(crate) async fn keep_current(self: Arc<Self>) {
        let mut looks = interval(CERTIFICATE_LOOK);
        let mut days = interval(CERTIFICATE_WARNING);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first is now, when it has just been loaded.
        days.tick().await;
        let mut seen = self.current().read;
        loop {
            tokio::select! {
                _ = looks.tick() => {
                    let tls = self.clone();
                    let Ok(now) = tokio::task::spawn_blocking(move || stamp(&tls.files)).await else { continue };
                    if now == seen && now != self.current().read {
                        self.reload().await;
                    }
                    seen = now;
                }
                _ = days.tick() => warn_if_expired(&self.files, &self.current().pair),
            }
        }
    }

    fn current(&self) -> std::sync::RwLockReadGuard<'_, Current> {
        self.current.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn stamp(files: &Files) -> Stamp {
    let of = |path: &Path| {
        let file = std::fs::metadata(path).ok()?;
        Some((file.dev(), file.ino(), file.ctime(), file.ctime_nsec()))
    };
    [of(&files.certificate), of(&files.key)]
}

/// Says which certificate is in force from now on.
fn announce(files: &Files, pair: &Pair) {
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 seconds")]
    let expires_at = pair.expires_at.timestamp() as f64;
    metrics::gauge!("tls_certificate_expires_at_seconds").set(expires_at);
    tracing::info!(
        file = %files.certificate.display(),
        expires_at = %pair.expires_at,
        "the certificate for TLS is loaded"
    );
    warn_if_expired(files, pair);
}

fn warn_if_expired(files: &Files, pair: &Pair) {
    if pair.expires_at <= Utc::now() {
        tracing::warn!(
            file = %files.certificate.display(),
            expired_at = %pair.expires_at,
            "the certificate has expired: clients refuse it until it is renewed"
        );
    }
}
