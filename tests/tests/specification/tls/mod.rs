//! TLS: who is served and who is not, how certificates are renewed, which limits hold, and what browsers are told.

mod client;
mod hsts;
mod limits;
mod renewal;
mod serving;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use pupitre_tests::authority;
use pupitre_tests::patience::soon;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

/// Makes a handshake, as the configuration says.
async fn connects_as(address: SocketAddr, config: ClientConfig) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = soon(TcpStream::connect(address)).await?;
    let name = ServerName::from(IpAddr::V4(Ipv4Addr::LOCALHOST));
    soon(TlsConnector::from(Arc::new(config)).connect(name, stream)).await
}

/// Makes a handshake.
async fn connects(address: SocketAddr) -> TlsStream<TcpStream> {
    connects_as(address, authority::client()).await.expect("a handshake")
}

/// The certificate that new connections are shown.
async fn shown(address: SocketAddr) -> Vec<u8> {
    let stream = connects(address).await;
    let certificates = stream.get_ref().1.peer_certificates().expect("certificates");
    certificates[0].to_vec()
}

/// Says this, and gives all that is answered until the server closes.
async fn is_answered(stream: &mut TlsStream<TcpStream>, said: &str) -> String {
    soon(stream.write_all(said.as_bytes())).await.expect("the server takes it");
    hears_out(stream).await
}

/// All that comes until the server closes.
async fn hears_out(stream: &mut TlsStream<TcpStream>) -> String {
    let mut heard = vec![];
    // Whether it is closed politely does not matter here.
    let _ = soon(stream.read_to_end(&mut heard)).await;
    String::from_utf8(heard).expect("text")
}

/// A request after which the server closes.
const LAST_REQUEST: &str = "GET /healthz HTTP/1.1\r\nHost: pupitre\r\nConnection: close\r\n\r\n";
