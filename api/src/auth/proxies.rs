//! From which address a request comes, when there are proxies in between (spec.md §History, audit, analysts).
//!
//! A proxy is trusted only if it is one of ours, and only for what it added itself: anything further left may be
//! forged. Only one of the two headers is read, the one that our proxies are configured to write; most proxies pass the
//! other on unchanged.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;

/// Which proxies are ours, and where they name their clients.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// Their networks; none by default: every address is that of the connection.
    pub trusted: Vec<IpNet>,
    /// The header that they use.
    pub header: ProxyHeader,
}

/// The header in which a proxy names its client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProxyHeader {
    /// `X-Forwarded-For: client, proxy`.
    #[default]
    XForwardedFor,
    /// `Forwarded: for=client, for=proxy` (RFC 7239).
    Forwarded,
}

impl Proxies {
    /// The address of the client of the outermost of our proxies, or of this server itself.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let mut hops = self.header.hops(headers).into_iter().rev();
        while self.trusts(client) {
            // A hop without an address ends the trusted chain.
            let Some(Some(hop)) = hops.next() else { break };
            client = hop;
        }
        client
    }

    /// Does one of our proxies say that its client came over TLS? The nearest counts: what it passes on, only it knows.
    pub fn speaks_tls(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        self.trusts(peer.to_canonical()) && self.header.scheme(headers).eq_ignore_ascii_case("https")
    }

    /// Is this one of them?
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }
}

/// The address of the other end of the connection.
pub(crate) fn peer_of(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip())
}

impl ProxyHeader {
    /// The scheme that the nearest proxy names; empty where it names none. Beside `X-Forwarded-For` it is in
    /// `X-Forwarded-Proto`.
    fn scheme(self, headers: &HeaderMap) -> &str {
        let name = match self {
            Self::XForwardedFor => HeaderName::from_static("x-forwarded-proto"),
            Self::Forwarded => header::FORWARDED,
        };
        let line = headers.get_all(name).iter().next_back().and_then(|line| line.to_str().ok());
        let nearest = line.and_then(|line| line.rsplit(',').next()).unwrap_or_default();
        match self {
            Self::XForwardedFor => nearest.trim(),
            Self::Forwarded => forwarded("proto", nearest).unwrap_or_default(),
        }
    }

    /// The client that each proxy names, the nearest last; nothing where one names none.
    fn hops(self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        let (name, address): (HeaderName, fn(&str) -> Option<IpAddr>) = match self {
            Self::XForwardedFor => (HeaderName::from_static("x-forwarded-for"), address),
            Self::Forwarded => (header::FORWARDED, forwarded_for),
        };
        let lines = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or_default());
        lines.flat_map(|line| line.split(',')).map(address).collect()
    }
}

/// `for="[2001:db8::1]:4711";proto=https`
fn forwarded_for(element: &str) -> Option<IpAddr> {
    address(forwarded("for", element)?)
}

/// What an element of `Forwarded` says under this name.
fn forwarded<'a>(name: &str, element: &'a str) -> Option<&'a str> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let mut named = pairs.filter(|(found, _)| found.trim().eq_ignore_ascii_case(name));
    named.next().map(|(_, value)| value.trim().trim_matches('"'))
}

/// An address with or without a port; one of version 6 may stand in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let parsed = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    parsed.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(header: ProxyHeader, peer: &str, lines: &[(&'static str, &str)]) -> String {
        let trusted = ["10.0.0.0/8", "2001:db8:aaaa::/48"].map(|network| network.parse().unwrap());
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        Proxies { trusted: trusted.into(), header }.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn the_right_most_address_that_is_not_ours_is_believed() {
        for (peer, value, expected) in [
            ("10.0.0.1", "192.0.2.7", "192.0.2.7"),
            ("10.0.0.1", "6.6.6.6, 192.0.2.7", "192.0.2.7"),
            ("10.0.0.1", "6.6.6.6, 192.0.2.7, 10.2.0.3", "192.0.2.7"),
            ("10.0.0.1", "192.0.2.7:4711", "192.0.2.7"),
            ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
            ("::ffff:10.0.0.1", "::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:aaaa::1", "2001:db8::1", "2001:db8::1"),
            // All are ours: the outermost is the client.
            ("10.0.0.1", "10.3.0.1, 10.2.0.3", "10.3.0.1"),
            // A value that is not an address ends the trusted chain.
            ("10.0.0.1", "192.0.2.7, unknown", "10.0.0.1"),
            ("10.0.0.1", "192.0.2.7, , 10.2.0.3", "10.2.0.3"),
            // Anyone who is not one of our proxies may claim anything.
            ("192.0.2.9", "192.0.2.7", "192.0.2.9"),
        ] {
            let lines = [("x-forwarded-for", value)];
            assert_eq!(client(ProxyHeader::XForwardedFor, peer, &lines), expected, "{peer}: {value}");
        }
    }

    #[test]
    fn each_proxy_may_add_a_line_of_its_own() {
        let lines = [("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "192.0.2.7, 10.2.0.3")];
        assert_eq!(client(ProxyHeader::XForwardedFor, "10.0.0.1", &lines), "192.0.2.7");
    }

    #[test]
    fn the_standard_header_is_read_when_it_is_the_one_our_proxies_write() {
        for (value, expected) in [
            ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
            ("for=6.6.6.6, For=\"[2001:db8::17]:4711\"", "2001:db8::17"),
            ("for=192.0.2.7, proto=https", "10.0.0.1"),
            ("for=_hidden", "10.0.0.1"),
        ] {
            assert_eq!(client(ProxyHeader::Forwarded, "10.0.0.1", &[("forwarded", value)]), expected);
        }
    }

    #[test]
    fn only_one_of_our_proxies_says_that_its_client_came_over_tls() {
        use ProxyHeader::{Forwarded, XForwardedFor};
        for (header, peer, line, expected) in [
            (XForwardedFor, "10.0.0.1", ("x-forwarded-proto", "https"), true),
            (XForwardedFor, "::ffff:10.0.0.1", ("x-forwarded-proto", " HTTPS "), true),
            (XForwardedFor, "10.0.0.1", ("x-forwarded-proto", "http, https"), true),
            (XForwardedFor, "10.0.0.1", ("x-forwarded-proto", "https, http"), false),
            (XForwardedFor, "10.0.0.1", ("x-forwarded-proto", "http"), false),
            (XForwardedFor, "10.0.0.1", ("forwarded", "for=192.0.2.7;proto=https"), false),
            (XForwardedFor, "192.0.2.9", ("x-forwarded-proto", "https"), false),
            (Forwarded, "10.0.0.1", ("forwarded", "for=192.0.2.7;proto=https"), true),
            (Forwarded, "10.0.0.1", ("forwarded", "proto=https, for=192.0.2.7;Proto=\"http\""), false),
            (Forwarded, "10.0.0.1", ("forwarded", "for=192.0.2.7"), false),
            (Forwarded, "10.0.0.1", ("x-forwarded-proto", "https"), false),
            (Forwarded, "192.0.2.9", ("forwarded", "proto=https"), false),
        ] {
            let headers = HeaderMap::from_iter([(HeaderName::from_static(line.0), line.1.parse().unwrap())]);
            let proxies = Proxies { trusted: vec!["10.0.0.0/8".parse().unwrap()], header };
            assert_eq!(proxies.speaks_tls(peer.parse().unwrap(), &headers), expected, "{peer}: {line:?}");
        }
    }

    #[test]
    fn the_other_header_is_whatever_the_client_sent() {
        let lines = [("forwarded", "for=6.6.6.6"), ("x-forwarded-for", "192.0.2.7")];
        assert_eq!(client(ProxyHeader::XForwardedFor, "10.0.0.1", &lines), "192.0.2.7");
        assert_eq!(client(ProxyHeader::Forwarded, "10.0.0.1", &lines), "6.6.6.6");
        assert_eq!(client(ProxyHeader::XForwardedFor, "10.0.0.1", &lines[..1]), "10.0.0.1");
    }
}
