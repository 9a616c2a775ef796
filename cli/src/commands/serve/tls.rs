//! TLS, as options; and reading the certificate again when a signal asks for it.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use crate::commands::failure::Failure;
use api::limits::{HSTS_SECS, HSTS_SECS_MAX};
use api::tls::{Files, Tls};

/// Whether the server speaks TLS itself, and who is told to come by it.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub(super) struct TlsOptions {
    /// The certificate of this server in PEM, followed by those of the authorities between it and the root: the server
    /// then speaks TLS (1.2 and 1.3) and nothing else. When the files change, or on SIGHUP, they are read again.
    #[arg(long, env = "PUPITRE_TLS_CERTIFICATE", value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// The private key of the certificate in PEM (PKCS#8, PKCS#1 or SEC1), readable by its owner only.
    #[arg(long, env = "PUPITRE_TLS_KEY", value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// Seconds for which browsers are told to come by TLS only (`Strict-Transport-Security`), over TLS and behind a
    /// trusted proxy that says `https`; 0: they are not told, at most ten years. By default a year when the server
    /// speaks TLS itself, and 0 when not.
    #[arg(long, env = "PUPITRE_HSTS", value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(..=i64::from(HSTS_SECS_MAX)))]
    hsts: Option<u32>,
}

impl TlsOptions {
    /// Where the certificate is, if there is one.
    pub(super) fn files(&self) -> Option<Files> {
        let (certificate, key) = (self.tls_certificate.clone()?, self.tls_key.clone()?);
        Some(Files { certificate, key })
    }

    /// For how long browsers are told to come by TLS only, in seconds.
    pub(super) fn hsts_secs(&self) -> u32 {
        self.hsts.unwrap_or(if self.tls_certificate.is_some() { HSTS_SECS } else { 0 })
    }
}

/// Reads the certificate again on each SIGHUP, until aborted. Without a certificate the signal ends the process, as it
/// always does.
pub(super) fn reload_when_asked(tls: Option<Arc<Tls>>) -> Result<JoinHandle<()>, Failure> {
    let Some(tls) = tls else { return Ok(tokio::spawn(async {})) };
    let mut asked = signal(SignalKind::hangup())?;
    Ok(tokio::spawn(async move {
        while asked.recv().await.is_some() {
            tls.reload().await;
        }
    }))
}
