//! The transcript as plain text: one entry a line, further lines of a message set under its first.

use std::fmt::Write;

use domain::text::Language;

use super::{Entry, Head, Side, words};

/// As wide as a time and two spaces.
const INDENT: &str = "          ";

pub(super) fn head(head: &Head) -> String {
    let mut page = format!("{}\n{}\n\n", indented(&head.livechat), head.title);
    for (label, value) in &head.facts {
        let _ = writeln!(page, "{}{}{}", indented(label), words::colon(head.language), indented(value));
    }
    page
}

pub(super) fn day(page: &mut String, heading: &str) {
    let _ = writeln!(page, "\n{heading}\n");
}

pub(super) fn entry(page: &mut String, entry: &Entry, language: Language) {
    let (time, text, colon) = (words::time(entry.at), indented(&entry.text), words::colon(language));
    let author = entry.author.as_deref().map(indented).unwrap_or_default();
    let asides = match (entry.side, &entry.aside) {
        (Side::Internal, _) => Some(words::internal(language)),
        (_, Some(aside)) => Some(aside.as_str()),
        (_, None) => None,
    };
    let aside = asides.map(|aside| format!(" ({aside})")).unwrap_or_default();
    let _ = match entry.side {
        Side::Happened if author.is_empty() => writeln!(page, "{time}  — {text}"),
        Side::Happened => writeln!(page, "{time}  — {text} ({author})"),
        Side::Visitor | Side::Operator | Side::Automatic | Side::Internal => {
            writeln!(page, "{time}  {author}{aside}{colon}{text}")
        }
    };
    for answered in &entry.answers {
        let answer = answered.answer.as_deref().unwrap_or_else(|| words::unanswered(language));
        let question = indented(&answered.question);
        let divide = if question.ends_with(['?', '!', ':', '.', '…']) { " " } else { colon };
        let _ = writeln!(page, "{INDENT}{question}{divide}{}", indented(answer));
    }
}

fn indented(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join(&format!("\n{INDENT}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_two_lines_cannot_pass_for_two_entries() {
        let mut page = String::new();
        let said = Entry {
            at: "2027-01-15T12:00:00Z".parse().unwrap(),
            side: Side::Visitor,
            author: Some("Zoe".into()),
            aside: None,
            text: "a\n12:01:00  b".into(),
            answers: vec![],
        };
        entry(&mut page, &said, Language::En);
        assert_eq!(page, "12:00:00  Zoe: a\n          12:01:00  b\n");
    }
}
