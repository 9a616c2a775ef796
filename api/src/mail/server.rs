//! Which mail server takes the mails, and in whose name they are.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use url::{Host, Url};

use crate::limits::MAIL_PAUSE_FIRST;

/// The port of mails that programs hand in, in the clear at first (RFC 6409).
const SUBMISSION: u16 = 587;

/// The port of the same over TLS from the first byte (RFC 8314).
const SUBMISSIONS: u16 = 465;

/// When the exchange with the mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encryption {
    /// From the first byte.
    FromTheStart,
    /// After a few lines in the clear (STARTTLS); no mail is handed over without.
    Required,
    /// Never: the mail server is on this machine, or the network is trusted.
    Never,
}

/// A mail server: `smtps://USER:PASSWORD@HOST:PORT`, or `smtp://…`, which changes over to TLS, but not on this machine or
/// with `?tls=never`. It does not print its password.
#[derive(Clone)]
pub struct MailServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    pub(super) credentials: Option<Credentials>,
}

/// What is not the address of a mail server. It does not say what was given, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the address of a mail server is smtps://USER:PASSWORD@HOST:PORT or smtp://USER:PASSWORD@HOST:PORT, with ?tls=never where \
     nothing is to be encrypted; user and password may be left out, and characters such as @ in them are written %40"
)]
pub struct WrongServer;

/// How mails are sent.
#[derive(Clone, Debug)]
pub struct Options {
    /// The mail server.
    pub server: MailServer,
    /// In whose name.
    pub from: Mailbox,
    /// The pause after the first failure; each further one is twice as long.
    pub pause: Duration,
}

impl Options {
    /// By this mail server, in this name.
    pub const fn new(server: MailServer, from: Mailbox) -> Self {
        Self { server, from, pause: MAIL_PAUSE_FIRST }
    }
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl FromStr for MailServer {
    type Err = WrongServer;

    fn from_str(text: &str) -> Result<Self, WrongServer> {
        let url = Url::parse(text.trim()).map_err(|_| WrongServer)?;
        let host = url.host().filter(|_| url.host_str() != Some("")).ok_or(WrongServer)?;
        // The parser reads the host of a scheme that it does not know as any text.
        let is_local = match &host {
            Host::Domain(name) => {
                *name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            }
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        let asked = url.query_pairs().collect::<Vec<_>>();
        let asked: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (&**name, &**value)).collect();
        let (encryption, port) = match (url.scheme(), asked.as_slice()) {
            ("smtps", []) => (Encryption::FromTheStart, SUBMISSIONS),
            ("smtp", [("tls", "never")]) => (Encryption::Never, SUBMISSION),
            ("smtp", []) if is_local => (Encryption::Never, SUBMISSION),
            ("smtp", [] | [("tls", "required")]) => (Encryption::Required, SUBMISSION),
            _ => return Err(WrongServer),
        };
        let is_bare = matches!(url.path(), "" | "/") && url.fragment().is_none();
        let user = decoded(url.username())?;
        let password = url.password().map(decoded).transpose()?;
        let credentials = match (user.is_empty(), password) {
            (true, None) => None,
            (false, Some(password)) => Some(Credentials::new(user, password)),
            _ => return Err(WrongServer),
        };
        if !is_bare {
            return Err(WrongServer);
        }
        let host = match host {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        Ok(Self { host, port: url.port().unwrap_or(port), encryption, credentials })
    }
}

/// A part of an address in which `%40` stands for `@`.
fn decoded(text: &str) -> Result<String, WrongServer> {
    let text = text.replace('+', "%2B");
    let mut pairs = url::form_urlencoded::parse(text.as_bytes());
    let decoded = pairs.next().map(|(text, _)| text.into_owned()).unwrap_or_default();
    // An equals sign or an ampersand would have begun another part.
    let is_whole = pairs.next().is_none() && !text.contains(['=', '&']);
    if is_whole && !decoded.contains('\u{fffd}') { Ok(decoded) } else { Err(WrongServer) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> Option<(String, u16, Encryption, bool)> {
        let server = text.parse::<MailServer>().ok()?;
        Some((server.host.clone(), server.port, server.encryption, server.credentials.is_some()))
    }

    #[test]
    fn a_password_goes_over_no_foreign_network_in_the_clear_unless_that_is_asked_for() {
        let known = |host: &str, port, encryption, has| Some((host.to_owned(), port, encryption, has));
        let (start, required, never) = (Encryption::FromTheStart, Encryption::Required, Encryption::Never);
        assert_eq!(server("smtps://u:p@mail.example.org"), known("mail.example.org", 465, start, true));
        assert_eq!(server("smtps://mail.example.org:2465"), known("mail.example.org", 2465, start, false));
        assert_eq!(server("smtp://u:p@mail.example.org"), known("mail.example.org", 587, required, true));
        assert_eq!(server("smtp://relay:25?tls=never"), known("relay", 25, never, false));
        assert_eq!(server("smtp://127.0.0.1:2525"), known("127.0.0.1", 2525, never, false));
        assert_eq!(server("smtp://localhost:2525"), known("localhost", 2525, never, false));
        assert_eq!(server("smtp://localhost?tls=required"), known("localhost", 587, required, false));
    }

    #[test]
    fn what_is_not_the_address_of_a_mail_server_is_refused_without_being_repeated() {
        let wrong = [
            "",
            "mail.example.org",
            "http://mail.example.org",
            "smtp://",
            "smtps://u@mail.example.org",
            "smtps://:p@mail.example.org",
            "smtps://mail.example.org/path",
            "smtps://mail.example.org?tls=never",
            "smtp://mail.example.org?tls=maybe",
        ];
        for text in wrong {
            assert_eq!(text.parse::<MailServer>().err(), Some(WrongServer), "{text}");
        }
        let server: MailServer = "smtps://zoe%40example.org:p%40ss+word@mail.example.org".parse().unwrap();
        let expected = Credentials::new("zoe@example.org".to_owned(), "p@ss+word".to_owned());
        assert_eq!(server.credentials, Some(expected));
        assert!(!format!("{server:?}").contains("ss+word"));
    }
}
