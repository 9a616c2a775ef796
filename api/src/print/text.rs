//! The exchange as plain text: one entry a line, further lines of a message set under its first.

use std::fmt::Write;

use super::document::{Document, Entry};

/// As wide as a time and two spaces.
const INDENT: &str = "          ";

pub(super) fn page(document: &Document) -> String {
    let mut page = format!("{}\n\n", document.title);
    for (label, value) in &document.facts {
        let _ = writeln!(page, "{label}: {}", indented(value));
    }
    for day in &document.days {
        let _ = writeln!(page, "\n{}\n", day.date);
        day.entries.iter().for_each(|entry| line(&mut page, entry));
    }
    page
}

fn line(page: &mut String, Entry { time, author, text }: &Entry) {
    let text = indented(text);
    let _ = match author {
        Some(author) => writeln!(page, "{time}  {author}: {text}"),
        None => writeln!(page, "{time}  — {text}"),
    };
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
        let entry =
            Entry { time: "12:00:00".into(), author: Some("Zoe".into()), text: "a\n12:01:00  b".into() };
        line(&mut page, &entry);
        assert_eq!(page, "12:00:00  Zoe: a\n          12:01:00  b\n");
    }
}
