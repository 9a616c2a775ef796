//! What names and addresses are compared, sorted and searched by.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// An address as it is compared: without case, in NFKC, so that two that people cannot tell apart are one. Letters that
/// differ only in some languages (dotless i, sharp s) stay different, and an address is never changed into another.
pub(crate) fn address_key(address: &str) -> String {
    address.trim().nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// A text as it is sorted and searched: without case and accents, so that "été" is found by "ete".
pub(super) fn folded(text: &str) -> String {
    text.nfkd().filter(|character| !is_combining_mark(*character)).flat_map(char::to_lowercase).collect()
}

/// What is searched of an account.
pub(super) fn search_key(name: &str, address: &str) -> String {
    format!("{}\n{}", folded(name), folded(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_without_case_and_compatibility() {
        for same in ["Zoe@Example.org", " ZOE@EXAMPLE.ORG ", "zoe＠example.org", "ｚｏｅ@example.org"] {
            assert_eq!(address_key(same), "zoe@example.org", "{same}");
        }
        assert_eq!(address_key("ÉTÉ@example.org"), address_key("e\u{301}te\u{301}@example.org"));
        for other in ["zoé@example.org", "zoe@example.com", "zo\u{131}@example.org", "zoe+1@example.org"] {
            assert_ne!(address_key(other), "zoe@example.org", "{other}");
        }
    }

    #[test]
    fn a_name_is_found_without_its_accents() {
        assert_eq!(folded("Zoé ÇELIK"), "zoe celik");
    }
}
