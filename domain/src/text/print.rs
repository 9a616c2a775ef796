//! Stored texts as lines that can be printed, on paper, in a terminal or in a cell of a table.
//!
//! What is stored is read as it is, also from logs that were written when anything was taken. So whoever prints
//! asks here: nothing that somebody wrote ends a line, moves a cursor or turns what stands beside it.

use super::character::{Class, class};
use super::direction::balanced;

/// The lines of a text, each without controls, and with its directions ended. At least one.
pub fn lines(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let Some(line) = lines.last_mut() else { break };
        match class(character) {
            Class::Break if character == '\r' && characters.peek() == Some(&'\n') => {}
            Class::Break => lines.push(String::new()),
            Class::Tab => line.push_str("    "),
            Class::Control | Class::Override | Class::Never => {}
            Class::Shown
            | Class::Mark
            | Class::Blank
            | Class::Joiner
            | Class::Selector
            | Class::Tag
            | Class::DirectionMark
            | Class::Direction
            | Class::Hidden
            | Class::Reserved => line.push(character),
        }
    }
    lines.iter().map(|line| balanced(line).into_owned()).collect()
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
    }

    #[test]
    fn a_direction_ends_with_its_line() {
        assert_eq!(lines("\u{2067}a\nb\u{2069}\u{202E}c"), ["\u{2067}a\u{2069}", "bc"]);
    }
}
