//! What an e-mail address is: one mailbox, as `name@example.org`, and nothing around it.
//!
//! Names before the @ may be in any script (RFC 6531), and so may domains, which have to be names that can be
//! registered (IDNA), with a dot. Comments, quoted names, addresses of machines in brackets, display names and lists
//! are refused: nobody's mailbox needs them, and each is a way to say two things at once. So are names that some
//! program reads as something else: encoded words (`=?…?=`), routes (`a%b`, `a!b`), options and files (`-a`, `/a`),
//! commands (`|a`), the rest of a link (`a?cc=b`), and letters that are another way to write others (`＠`, `ﬁ`).

use email_address::{EmailAddress, Options};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::character::{Class, class};

const OPTIONS: Options = Options {
    minimum_sub_domains: 2,
    allow_domain_literal: false,
    allow_display_text: false,
    allow_long_local_parts: false,
};

/// What begins an encoded word, a route, a command or the rest of a link.
const READ_AS_MORE: [char; 5] = ['?', '%', '!', '|', '`'];

/// A dot to programs that look a domain up, and to no other.
const IDEOGRAPHIC_STOP: char = '\u{3002}';

/// Is it the address of one mailbox?
pub(crate) fn is_address(value: &str) -> bool {
    let plain = |c| matches!(class(c), Class::Shown | Class::Mark) && !"\"()<>[]\\,;:".contains(c);
    let Some((name, domain)) = value.rsplit_once('@') else { return false };
    value.chars().all(plain)
        && is_name(name)
        && is_written_as_itself(domain)
        && EmailAddress::parse_with_options(value, OPTIONS).is_ok()
        && idna::domain_to_ascii_strict(domain).is_ok_and(|ascii| has_letters_at_its_end(&ascii))
}

/// Is it the name of a mailbox, and nothing that programs read as more? It begins with a letter, a digit or
/// an underscore, and marks need a letter to stand on.
fn is_name(name: &str) -> bool {
    let begins = |part: &str| part.starts_with(|c: char| c == '_' || c.is_alphanumeric());
    let stands = |part: &str| !part.starts_with(is_combining_mark);
    begins(name) && name.split('.').all(stands) && is_written_as_itself(name) && !name.contains(READ_AS_MORE)
}

/// Is no letter of it another way to write others?
fn is_written_as_itself(text: &str) -> bool {
    text.chars().eq(text.nfkc()) && !text.contains(IDEOGRAPHIC_STOP)
}

/// Four numbers are a machine.
fn has_letters_at_its_end(domain: &str) -> bool {
    domain.rsplit('.').next().is_some_and(|last| last.bytes().any(|b| b.is_ascii_alphabetic()))
}
