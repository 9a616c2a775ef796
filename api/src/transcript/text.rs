//! The transcript as plain text: one entry a line. Further lines of a message are set under its first, behind a bar, so
//! that no user text can pass for an entry; controls are left out, and right-to-left text is kept from reversing what
//! stands beside it.

use std::fmt::Write;

use domain::text::{self, Language, isolated};

use super::entry::{Entry, Side};
use super::head::Head;
use super::wording;

/// As wide as a time and two spaces.
const INDENT: &str = "          ";

/// The same, before a further line of user text.
const FURTHER: &str = "        │ ";

pub(super) fn head(head: &Head) -> String {
    let mut page = format!("{}\n{}\n\n", on_one_line(&head.livechat), head.title);
    for (label, value) in &head.facts {
        let _ = writeln!(page, "{}{}{}", on_one_line(label), wording::colon(head.language), indented(value));
    }
    page
}

pub(super) fn day(page: &mut String, heading: &str) {
    let _ = writeln!(page, "\n{heading}\n");
}

pub(super) fn entry(page: &mut String, entry: &Entry, language: Language) {
    let (time, text, colon) = (wording::time(entry.at), indented(&entry.text), wording::colon(language));
    let author = entry.author.as_deref().map(on_one_line).unwrap_or_default();
    // Visitors choose their own names: the role is shown beside them.
    let side = match entry.side {
        Side::Internal => Some(wording::internal(language)),
        Side::Visitor if author != wording::visitor(language) => {
            Some(wording::on_the_side_of_the_visitor(language))
        }
        Side::Visitor | Side::Operator | Side::Automatic | Side::Event => None,
    };
    let aside = entry.aside.as_deref().filter(|_| entry.side != Side::Internal);
    let asides: Vec<String> =
        side.into_iter().chain(aside).map(|aside| format!(" ({})", on_one_line(aside))).collect();
    let aside = asides.concat();
    let _ = match entry.side {
        Side::Event if author.is_empty() => writeln!(page, "{time}  — {text}"),
        Side::Event => writeln!(page, "{time}  — {text} ({author})"),
        Side::Visitor | Side::Operator | Side::Automatic | Side::Internal => {
            writeln!(page, "{time}  {author}{aside}{colon}{text}")
        }
    };
    for answered in &entry.answers {
        let answer = answered.answer.as_deref().unwrap_or_else(|| wording::unanswered(language));
        let question = on_one_line(&answered.question);
        let divide = if question.ends_with(['?', '!', ':', '.', '…']) { " " } else { colon };
        let _ = writeln!(page, "{INDENT}{question}{divide}{}", indented(answer));
    }
}

/// A name, or a label.
fn on_one_line(name: &str) -> String {
    isolated(&text::one_line(name)).into_owned()
}

fn indented(text: &str) -> String {
    let lines = text::lines(text);
    let lines: Vec<_> = lines.iter().map(|line| isolated(line)).collect();
    lines.join(&format!("\n{FURTHER}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(author: &str, text: &str) -> String {
        let mut page = String::new();
        let said = Entry {
            at: "2027-01-15T12:00:00Z".parse().unwrap(),
            side: Side::Visitor,
            author: Some(author.into()),
            aside: None,
            text: text.into(),
            answers: vec![],
        };
        entry(&mut page, &said, Language::En);
        page
    }

    #[test]
    fn a_message_of_two_lines_cannot_pass_for_two_entries() {
        for between in ["\n", "\r\n", "\r", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}"] {
            let page = set("Zoe", &format!("a{between}12:01:00  b"));
            assert_eq!(page, "12:00:00  Zoe (visitor): a\n        │ 12:01:00  b\n", "{between:?}");
        }
        // As it could be stored when any text was accepted as a name.
        assert_eq!(set("Zoe\n12:01:00  Alice", "a"), "12:00:00  Zoe 12:01:00  Alice (visitor): a\n");
    }

    #[test]
    fn the_name_of_a_visitor_cannot_pass_for_somebody_else() {
        for name in [
            "Alice",
            "Automatic message",
            "Chatbot",
            "Supervisor",
            "— Ended by the operator",
            "Alice (internal message)",
        ] {
            assert_eq!(set(name, "a"), format!("12:00:00  {name} (visitor): a\n"));
        }
        assert_eq!(set("Visitor", "a"), "12:00:00  Visitor: a\n", "who gave no name");
    }

    #[test]
    fn nothing_steers_the_terminal_or_turns_the_line() {
        assert_eq!(set("Zoe", "\u{1b}[2Ja\u{9b}31m\u{7}\u{8}"), "12:00:00  Zoe (visitor): [2Ja31m\n");
        assert_eq!(
            set("نور", "رقم 4567."),
            "12:00:00  \u{2068}نور\u{2069} (visitor): \u{2068}رقم 4567.\u{2069}\n"
        );
        assert_eq!(set("Zoe\u{202e}", "a\u{202e}b"), "12:00:00  Zoe (visitor): ab\n");
    }
}
