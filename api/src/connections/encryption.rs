//! Whether an address speaks TLS, and which answers tell browsers to come by TLS only (RFC 6797).

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue};
use tokio::net::TcpStream;

use super::counted::Counted;
use super::wire::Wire;
use crate::auth::Proxies;
use crate::tls::Tls;

/// How the connections to one address are encrypted, here or by a proxy in front of it.
#[derive(Clone, Default)]
pub struct Encryption {
    tls: Option<Arc<Tls>>,
    hsts: Option<HeaderValue>,
    proxies: Arc<Proxies>,
}

impl Encryption {
    /// By this certificate, if there is one; browsers are told to come by TLS only for so many seconds from each answer
    /// on, 0: not at all. The default is no encryption, and nothing that is told.
    pub fn new(tls: Option<Arc<Tls>>, hsts_secs: u32, proxies: Arc<Proxies>) -> Self {
        let told = || HeaderValue::try_from(format!("max-age={hsts_secs}")).ok();
        Self { tls, hsts: (hsts_secs > 0).then(told).flatten(), proxies }
    }

    /// How the bytes of a new connection travel.
    pub(super) fn wire(&self, stream: TcpStream) -> Wire {
        match &self.tls {
            Some(tls) => Wire::Handshake(Box::new(tls.accept(Counted::new(stream)))),
            None => Wire::Plain(stream),
        }
    }

    /// What an answer says where its request is not known.
    pub(super) fn hsts(&self) -> Option<HeaderValue> {
        self.tls.as_ref().and(self.hsts.clone())
    }

    /// What the answer to a request says: where it came over TLS, to this server or to one of our proxies. In the clear
    /// it would mean nothing, since anybody on the way could have said it.
    pub(super) fn hsts_for(&self, peer: IpAddr, headers: &HeaderMap) -> Option<HeaderValue> {
        let hsts = self.hsts.as_ref()?;
        (self.tls.is_some() || self.proxies.speaks_tls(peer, headers)).then(|| hsts.clone())
    }
}
