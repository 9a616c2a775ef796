//! The cookie of a page.

use accounts::sessions::Token;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};

use crate::app::App;
use crate::auth::peer_of;

/// Its name where the request came over TLS: a browser then takes it from this very host only, for all of its paths.
const SECURE: &str = "__Host-pupitre";

/// Its name in the clear, which is for a machine of one's own.
const PLAIN: &str = "pupitre";

/// How the cookie of a page is named and set for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cookie {
    is_secure: bool,
}

impl Cookie {
    /// As it has to be for this request: secure when it came over TLS, to this server or to a proxy that is trusted.
    pub fn of(app: &App, parts: &Parts) -> Self {
        let by_proxy = peer_of(parts).is_some_and(|peer| app.proxies.speaks_tls(peer, &parts.headers));
        Self { is_secure: app.speaks_tls || by_proxy }
    }

    const fn name(self) -> &'static str {
        if self.is_secure { SECURE } else { PLAIN }
    }

    /// The token in the request. Two cookies of the name are none: one of them was set by somebody else.
    pub fn read(self, headers: &HeaderMap) -> Option<&str> {
        let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        let mut values = lines.flat_map(|line| line.split(';')).filter_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == self.name()).then_some(value)
        });
        let value = values.next()?;
        values.next().is_none().then_some(value)
    }

    /// Gives the browser a token. It lasts as long as the browser keeps it: the session says when it ends. Scripts do not
    /// see it, and requests that other sites make do not carry it.
    pub fn with(self, token: &Token) -> Option<HeaderValue> {
        self.line(&token.reveal(), "Max-Age=34560000")
    }

    /// Takes it away again.
    pub fn none(self) -> Option<HeaderValue> {
        self.line("", "Max-Age=0")
    }

    fn line(self, value: &str, age: &str) -> Option<HeaderValue> {
        let secure = if self.is_secure { "; Secure" } else { "" };
        let line = format!("{}={value}; Path=/; {age}; HttpOnly; SameSite=Lax{secure}", self.name());
        let mut value = HeaderValue::try_from(line).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(is_secure: bool, lines: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_static(line));
        }
        Cookie { is_secure }.read(&headers).map(str::to_owned)
    }

    #[test]
    fn the_token_is_found_among_other_cookies() {
        assert_eq!(read(true, &["a=1; __Host-pupitre=t; b=2"]).as_deref(), Some("t"));
        assert_eq!(read(true, &["a=1", "__Host-pupitre=t"]).as_deref(), Some("t"));
        assert_eq!(read(false, &["pupitre=t"]).as_deref(), Some("t"));
    }

    #[test]
    fn a_cookie_that_another_site_may_have_set_is_none() {
        assert_eq!(read(true, &["pupitre=t"]), None, "without the prefix any sister site could have set it");
        assert_eq!(read(true, &["__Host-pupitre=t; __Host-pupitre=u"]), None);
        assert_eq!(read(true, &["__Host-pupitre=t", "__Host-pupitre=u"]), None);
        assert_eq!(read(true, &["x__Host-pupitre=t"]), None);
        assert_eq!(read(true, &["", ";;=;", "__Host-pupitre"]), None);
    }

    #[test]
    fn scripts_and_other_sites_do_not_get_it() {
        let line = Cookie { is_secure: true }.none().unwrap();
        assert!(line.is_sensitive());
        let line = line.to_str().unwrap();
        assert_eq!(line, "__Host-pupitre=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");
    }
}
