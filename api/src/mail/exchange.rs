//! Hands one mail to the mail server.

use std::io;
use std::sync::Arc;

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::server::{Encryption, MailServer};
use super::start_tls;
use super::stream::Encrypted;

/// How this program names itself, as whoever has no name of its own does (RFC 5321 §4.1.3).
const NAME: &str = "[127.0.0.1]";

/// Why a mail was not taken. It names neither addresses nor what the mail server said, which may repeat them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Error {
    /// It cannot be reached, or the connection broke.
    #[error("the mail server cannot be reached: {0}")]
    Network(io::ErrorKind),
    /// It asks for another try.
    #[error("the mail server puts it off")]
    NotNow,
    /// It will never take it.
    #[error("the mail server refuses it{}", .0.map(|code| format!(" ({code})")).unwrap_or_default())]
    Refused(Option<u16>),
}

impl Error {
    /// Is it worth another try?
    pub(super) const fn may_pass(self) -> bool {
        matches!(self, Self::Network(_) | Self::NotNow)
    }
}

/// The authorities that it believes.
pub(super) fn authorities() -> TlsConnector {
    let roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// Hands a mail over.
///
/// # Errors
/// [`Error`].
pub(super) async fn hand_over(
    server: &MailServer,
    tls: &TlsConnector,
    (envelope, mail): &(Envelope, Vec<u8>),
) -> Result<(), Error> {
    let mut connection = connect(server, tls).await?;
    if let Some(credentials) = &server.credentials {
        connection
            .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
            .await
            .map_err(|error| said(&error))?;
    }
    connection.send(envelope, mail).await.map_err(|error| said(&error))?;
    // It is taken, however the farewell goes.
    let _ = connection.quit().await;
    Ok(())
}

async fn connect(server: &MailServer, tls: &TlsConnector) -> Result<AsyncSmtpConnection, Error> {
    let network = |error: io::Error| Error::Network(error.kind());
    let mut stream = TcpStream::connect((server.host.as_str(), server.port)).await.map_err(network)?;
    let is_greeted = server.encryption == Encryption::Required;
    if is_greeted {
        start_tls::ask(&mut stream, NAME).await.map_err(network)?;
    }
    let hello = ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST);
    let connected = if server.encryption == Encryption::Never {
        AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello).await
    } else {
        let name = ServerName::try_from(server.host.clone()).map_err(|_| Error::Refused(None))?;
        let stream = tls.connect(name, stream).await.map_err(network)?;
        let stream = Encrypted::new(stream, is_greeted);
        AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello).await
    };
    connected.map_err(|error| said(&error))
}

/// What the mail server said, in our words.
fn said(error: &lettre::transport::smtp::Error) -> Error {
    if error.is_permanent() {
        return Error::Refused(error.status().map(u16::from));
    }
    if error.is_transient() || error.is_response() {
        return Error::NotNow;
    }
    // It lacks something that this mail needs, such as addresses in every script.
    if error.is_client() {
        return Error::Refused(None);
    }
    Error::Network(io::ErrorKind::ConnectionAborted)
}
