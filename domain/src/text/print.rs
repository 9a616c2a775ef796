//! Stored texts as lines that can be printed, on paper, in a terminal or in a cell of a table.
//!
//! Stored texts are read as they are, also from logs of a time when any text was accepted. So everything that is
//! printed passes through here: no user text ends a line, moves a cursor or reverses what stands beside it.

use std::borrow::Cow;

use super::character::{Class, class};
use super::direction::balanced;

/// A text as it is shown beside others: every line break is a line feed, no controls are left, and each direction ends
/// on its line.
pub fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match class(character) {
            Class::Break if character == '\r' && characters.peek() == Some(&'\n') => {}
            Class::Break => kept.push('\n'),
            Class::Control | Class::Override | Class::Never => {}
            Class::Shown
            | Class::Mark
            | Class::Blank
            | Class::Tab
            | Class::Joiner
            | Class::Selector
            | Class::Tag
            | Class::DirectionMark
            | Class::Direction
            | Class::Hidden
            | Class::Reserved => kept.push(character),
        }
    }
    let lines: Vec<Cow<'_, str>> = kept.split('\n').map(balanced).collect();
    Cow::Owned(lines.join("\n"))
}

/// Does a character end a line in some program, move a cursor, or reverse what stands beside it? A line feed is no more
/// than the end of a line.
pub fn steers(character: char) -> bool {
    character != '\n'
        && matches!(
            class(character),
            Class::Break | Class::Control | Class::Override | Class::Direction | Class::Never
        )
}

/// The lines of a text as it is shown, each with blanks for tabs. At least one.
pub fn lines(text: &str) -> Vec<String> {
    shown(text).split('\n').map(|line| line.replace('\t', "    ")).collect()
}

/// A text on one line, its lines one after the other.
pub fn one_line(text: &str) -> String {
    let lines = lines(text);
    let full: Vec<&str> = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    full.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_separator_ends_a_line_and_no_control_is_left() {
        let text = "a\r\nb\rc\u{B}d\u{C}e\u{85}f\u{2028}g\u{2029}h\ti\u{1b}[31mj\u{9b}k\u{7}";
        assert_eq!(lines(text), ["a", "b", "c", "d", "e", "f", "g", "h    i[31mjk"]);
        assert_eq!(one_line("a\n\n b \u{2028}c"), "a b c");
        assert_eq!(lines(""), [""]);
        assert_eq!(shown("a\tb\r\nc\u{9b}\u{85}"), "a\tb\nc\n");
        assert_eq!(shown("a\tb\nc"), "a\tb\nc");
    }

    #[test]
    fn a_direction_ends_with_its_line() {
        assert_eq!(lines("\u{2067}a\nb\u{2069}\u{202E}c"), ["\u{2067}a\u{2069}", "bc"]);
    }
}
