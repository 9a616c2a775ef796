//! A certificate and its key, as read from two files in PEM.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{NoServerSessionStorage, ServerConfig};
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{self, InconsistentKeys};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::Decode;

use crate::auth::{KeyError, check_rights};

/// The only protocol within TLS.
const PROTOCOL: &[u8] = b"http/1.1";

/// Where the certificate and its key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The certificate of the server, followed by those of the authorities between it and the root.
    pub certificate: PathBuf,
    /// Its private key: PKCS#8, PKCS#1 or SEC1, not encrypted.
    pub key: PathBuf,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("{0} cannot be read: {1}")]
    File(String, std::io::Error),
    /// Others may read the key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A file is damaged.
    #[error("{0} is damaged: {1}")]
    Damaged(String, pem::Error),
    /// There is no certificate.
    #[error("{0} has no certificate in PEM (-----BEGIN CERTIFICATE-----)")]
    NoCertificate(String),
    /// There is no key.
    #[error("{0} has no private key in PEM that is PKCS#8, PKCS#1 or SEC1 and not encrypted")]
    NoKey(String),
    /// The certificate cannot be understood.
    #[error("the certificate in {0} cannot be understood: {1}")]
    Malformed(String, x509_cert::der::Error),
    /// The key is that of another certificate.
    #[error("the key in {1} does not belong to the certificate in {0}")]
    Mismatch(String, String),
    /// The certificate or its key is of a kind that is not supported.
    #[error("the certificate in {0} cannot be used: {1}")]
    Unusable(String, rustls::Error),
}

/// A certificate that connections can be made with.
pub(super) struct Pair {
    pub(super) acceptor: TlsAcceptor,
    pub(super) expires_at: DateTime<Utc>,
}

impl Pair {
    /// Reads the files, and checks that the certificate and the key belong together. An expired one is a good one:
    /// clients that are told to can still connect.
    ///
    /// # Errors
    /// When a file cannot be read, others may read the key, or the two cannot be used together.
    pub(super) fn read(files: &Files) -> Result<Self, Error> {
        let chain = certificates(&files.certificate)?;
        let key = key(&files.key)?;
        let (certificate_file, key_file) = (name(&files.certificate), name(&files.key));
        let first = chain.first().ok_or_else(|| Error::NoCertificate(certificate_file.clone()))?;
        let expires_at = expiry(first).map_err(|error| Error::Malformed(certificate_file.clone(), error))?;
        let acceptor = acceptor(chain, key).map_err(|error| {
            if error == rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) {
                Error::Mismatch(certificate_file, key_file)
            } else {
                Error::Unusable(certificate_file, error)
            }
        })?;
        Ok(Self { acceptor, expires_at })
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let bytes = std::fs::read(path).map_err(|error| Error::File(name(path), error))?;
    let found = CertificateDer::pem_slice_iter(&bytes).collect::<Result<_, _>>();
    found.map_err(|error| Error::Damaged(name(path), error))
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    let failed = |error| Error::File(name(path), error);
    let mut file = File::open(path).map_err(failed)?;
    check_rights(&file.metadata().map_err(failed)?, path)?;
    let mut bytes = vec![];
    file.read_to_end(&mut bytes).map_err(failed)?;
    let found = PrivateKeyDer::pem_slice_iter(&bytes).next().ok_or_else(|| Error::NoKey(name(path)))?;
    found.map_err(|error| Error::Damaged(name(path), error))
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

/// Until when a certificate is valid. Its other fields may break the rules: whether to believe it is for clients to say.
fn expiry(certificate: &CertificateDer<'_>) -> Result<DateTime<Utc>, x509_cert::der::Error> {
    let certificate = CertificateInner::<Raw>::from_der(certificate)?;
    Ok(certificate.tbs_certificate.validity.not_after.to_system_time().into())
}

/// TLS 1.2 and 1.3. A client that comes back resumes its session by a ticket, so that nothing is kept for it here. The
/// key of the tickets is new with each pair: a session does not outlive the certificate that it began with.
fn acceptor(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<TlsAcceptor, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let pair = CertifiedKey::from_der(chain, key, &provider)?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(pair)));
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.ticketer = ring::Ticketer::new()?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
