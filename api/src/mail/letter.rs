//! A letter, and its form as a mail.

use std::fmt;

use domain::text::one_line;
use lettre::address::{Address, Envelope};
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use uuid::Uuid;

/// What is written to one person. It does not print itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// The e-mail address.
    pub address: String,
    /// The name of whoever it is for.
    pub name: String,
    /// The subject, on one line.
    pub subject: String,
    /// The text, with `\n` between its lines.
    pub text: String,
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹letter›")
    }
}

/// A letter that cannot be a mail: nobody can be written to at this address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a letter cannot be put into the form of a mail")]
pub(super) struct NotAMail;

/// Says that no person wrote it, so that no program answers that somebody is away (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Letter {
    /// The mail: who sends it to whom, and its bytes.
    pub(super) fn mail(&self, from: &Mailbox) -> Result<(Envelope, Vec<u8>), NotAMail> {
        let address: Address = self.address.parse().map_err(|_| NotAMail)?;
        let id = format!("<{}@{}>", Uuid::new_v4(), from.email.domain());
        let message = Message::builder()
            .from(from.clone())
            .to(Mailbox::new(Some(one_line(&self.name)), address))
            .subject(one_line(&self.subject))
            .message_id(Some(id))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(self.text.replace('\n', "\r\n"))
            .map_err(|_| NotAMail)?;
        Ok((message.envelope().clone(), message.formatted()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            address: "zoe@example.org".to_owned(),
            name: "Zoé \"Z\" Martin".to_owned(),
            subject: "Votre compte est prêt".to_owned(),
            text: "Bonjour,\nà bientôt.\n".to_owned(),
        }
    }

    #[test]
    fn a_mail_is_in_ascii_whatever_it_says_and_nobody_answers_it() {
        let from: Mailbox = "Pupitre <chat@example.org>".parse().unwrap();
        let (envelope, bytes) = letter().mail(&from).unwrap();
        assert_eq!(envelope.to()[0].to_string(), "zoe@example.org");
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.is_ascii(), "{text}");
        for line in
            ["Auto-Submitted: auto-generated", "From: Pupitre <chat@example.org>", "Date: ", "Message-ID: <"]
        {
            assert!(text.contains(line), "{line} is not in {text}");
        }
        assert!(!format!("{:?}", letter()).contains("zoe"));
    }

    #[test]
    fn a_name_with_a_line_break_adds_no_header() {
        let from: Mailbox = "chat@example.org".parse().unwrap();
        let name = "Zoé\r\nBcc: all@example.org".to_owned();
        let bytes = Letter { name, ..letter() }.mail(&from).map(|(_, bytes)| bytes).unwrap_or_default();
        assert!(!String::from_utf8(bytes).unwrap().contains("\nBcc:"));
    }

    #[test]
    fn an_address_that_is_none_is_no_mail() {
        let from: Mailbox = "chat@example.org".parse().unwrap();
        for address in ["", "zoe", "zoe@example.org, all@example.org", "zoe@example.org\r\nRCPT TO:<x@y.z>"] {
            let address = address.to_owned();
            assert!(Letter { address, ..letter() }.mail(&from).is_err());
        }
    }
}
