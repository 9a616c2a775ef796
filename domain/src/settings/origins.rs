//! Origins (spec.md §Settings, *Origins*): the web sites whose pages may call this livechat from a browser.
//!
//! They are what a browser sends as `Origin`: scheme, host and port, in the form of the standard. A token is still
//! needed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::bilingual::both;
use crate::both;
use crate::field::Check;
use crate::limits::ORIGINS_MAX;

/// The origins section.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Origins {
    /// At most 100 origins such as `https://www.example.org` or `http://localhost:3000`, each once; none by
    /// default.
    pub allowed: Vec<String>,
}

impl Origins {
    pub(super) fn check(&self, check: &mut Check) {
        if self.allowed.len() > ORIGINS_MAX {
            return check
                .wrong("allowed", both!("at most {ORIGINS_MAX} origins", "{ORIGINS_MAX} origines au plus"));
        }
        let mut seen = BTreeSet::new();
        for (position, origin) in self.allowed.iter().enumerate() {
            let field = format!("allowed[{position}]");
            check.must(
                seen.insert(origin),
                &field,
                both("each origin once", "chaque origine une seule fois"),
            );
            match normal_form(origin) {
                Some(normal) if normal == *origin => {}
                Some(normal) => check.wrong(
                    field,
                    both!(
                        "an origin as browsers write it: {normal}",
                        "une origine écrite comme par les navigateurs\u{a0}: {normal}"
                    ),
                ),
                None => check.wrong(
                    field,
                    both(
                        "an origin: http or https, host and port, as https://example.org",
                        "une origine\u{a0}: http ou https, hôte et port, comme https://example.org",
                    ),
                ),
            }
        }
    }

    /// May pages of this origin call?
    pub fn allows(&self, origin: &str) -> bool {
        self.allowed.iter().any(|allowed| allowed == origin)
    }
}

/// The origin as a browser writes it, of an address that is one and nothing more.
fn normal_form(origin: &str) -> Option<String> {
    let url = Url::parse(origin).ok()?;
    let is_bare = matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && url.host_str().is_some_and(|host| !host.contains('*'));
    is_bare.then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(allowed: &[&str]) -> Vec<String> {
        let mut check = Check::new();
        Origins { allowed: allowed.iter().map(ToString::to_string).collect() }.check(&mut check);
        check.finish().err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_origin_is_scheme_host_and_port_as_a_browser_writes_it() {
        let right = [
            "https://example.org",
            "http://localhost:3000",
            "https://xn--caf-dma.fr",
            "https://192.0.2.7:8443",
            "http://[2001:db8::1]",
        ];
        assert!(wrong(&right).is_empty());
        for (written, normal) in [
            ("https://example.org/", "https://example.org"),
            ("https://Example.ORG", "https://example.org"),
            ("https://example.org:443", "https://example.org"),
            ("https://café.fr", "https://xn--caf-dma.fr"),
            (" https://example.org", "https://example.org"),
        ] {
            assert_eq!(wrong(&[written]), [format!("allowed[0]: an origin as browsers write it: {normal}")]);
        }
        for nonsense in [
            "",
            "*",
            "null",
            "example.org",
            "https://",
            "https://*.example.org",
            "ftp://example.org",
            "file:///tmp",
            "javascript:alert(1)",
            "https://example.org/page",
            "https://example.org?a",
            "https://example.org#a",
            "https://me:secret@example.org",
            "https://exa mple.org",
        ] {
            assert!(wrong(&[nonsense])[0].contains("an origin: http or https"), "{nonsense}");
        }
    }

    #[test]
    fn each_once_and_not_too_many() {
        assert_eq!(wrong(&["https://a.org", "https://a.org"]), ["allowed[1]: each origin once"]);
        let many: Vec<String> = (0..=ORIGINS_MAX).map(|n| format!("https://site-{n}.org")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(wrong(&many[..ORIGINS_MAX]).is_empty());
        assert_eq!(wrong(&many), ["allowed: at most 100 origins"]);
    }
}
