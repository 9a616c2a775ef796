//! What an e-mail address is: one mailbox, as `name@example.org`, and nothing around it.
//!
//! Names before the @ may be in any script (RFC 6531), and so may domains, which have to be names that can be
//! registered (IDNA), with a dot. Comments, quoted names, addresses of machines in brackets, display names and lists
//! are refused: nobody's mailbox needs them, and each is a way to say two things at once.

use email_address::{EmailAddress, Options};

use super::character::{Class, class};

const OPTIONS: Options = Options {
    minimum_sub_domains: 2,
    allow_domain_literal: false,
    allow_display_text: false,
    allow_long_local_parts: false,
};

/// Is it the address of one mailbox?
pub(crate) fn is_address(value: &str) -> bool {
    let plain = |c| matches!(class(c), Class::Shown | Class::Mark) && !"\"()<>[]\\,;:".contains(c);
    let Some((_, domain)) = value.rsplit_once('@') else { return false };
    value.chars().all(plain)
        && EmailAddress::parse_with_options(value, OPTIONS).is_ok()
        && idna::domain_to_ascii_strict(domain).is_ok_and(|ascii| has_letters_at_its_end(&ascii))
}

/// Four numbers are a machine.
fn has_letters_at_its_end(domain: &str) -> bool {
    domain.rsplit('.').next().is_some_and(|last| last.bytes().any(|b| b.is_ascii_alphabetic()))
}
