//! Directions: how a line of user text is kept from reversing what stands beside it.

use std::borrow::Cow;

use super::character::{Class, class, direction, turns, turns_leftward_text};

/// Begins a part with the direction of its first letter, apart from what is around it.
const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_ISOLATE: char = '\u{2069}';
const POP: char = '\u{202C}';

/// A line as a part of another: it has the direction of its own first letter, and leaves no trace on what is
/// around it. For plain text; in HTML, `<bdi>` or `dir="auto"` does the same. One that reverses nothing stays as it is.
pub fn isolated(line: &str) -> Cow<'_, str> {
    if line.is_ascii() || !line.chars().any(turns) {
        return Cow::Borrowed(line);
    }
    Cow::Owned(format!("{FIRST_STRONG_ISOLATE}{}{POP_ISOLATE}", balanced(line)))
}

/// A text within another whose direction is given: each line of it that has another one is isolated. A number alone
/// is read the same way everywhere.
pub(crate) fn isolated_in(right_to_left: bool, text: &str) -> Cow<'_, str> {
    let differs = |line: &str| {
        let is_number = line.chars().all(|c| c.is_ascii_digit());
        line.chars().any(if right_to_left { turns_leftward_text } else { turns }) && !is_number
    };
    if !text.split('\n').any(differs) {
        return Cow::Borrowed(text);
    }
    let set_apart = |line: &str| format!("{FIRST_STRONG_ISOLATE}{}{POP_ISOLATE}", balanced(line));
    let lines: Vec<String> =
        text.split('\n').map(|line| if differs(line) { set_apart(line) } else { line.to_owned() }).collect();
    Cow::Owned(lines.join("\n"))
}

/// Is a text read from right to left, as its first letter is?
pub(crate) fn reads_right_to_left(text: impl IntoIterator<Item = char>) -> bool {
    text.into_iter().find_map(direction).unwrap_or_default()
}

/// A line in which every part with a direction of its own ends where it should, and nothing overrides the order of
/// letters against their script.
pub(crate) fn balanced(line: &str) -> Cow<'_, str> {
    let directs = |c| matches!(class(c), Class::Direction | Class::Override);
    if line.is_ascii() || !line.chars().any(directs) {
        return Cow::Borrowed(line);
    }
    let mut kept = String::with_capacity(line.len());
    let mut open = vec![];
    for character in line.chars() {
        match character {
            '\u{202D}' | '\u{202E}' => {}
            POP | POP_ISOLATE => {
                if open.last() == Some(&character) {
                    open.pop();
                    kept.push(character);
                }
            }
            '\u{202A}' | '\u{202B}' => {
                open.push(POP);
                kept.push(character);
            }
            '\u{2066}'..='\u{2068}' => {
                open.push(POP_ISOLATE);
                kept.push(character);
            }
            _ => kept.push(character),
        }
    }
    kept.extend(open.into_iter().rev());
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_turn_its_neighbours_is_isolated() {
        assert_eq!(isolated("Zoé, 4567 €"), "Zoé, 4567 €");
        assert_eq!(isolated("نور"), "\u{2068}نور\u{2069}");
        assert_eq!(isolated("٤٥"), "\u{2068}٤٥\u{2069}");
        assert_eq!(isolated("a\u{202E}b\u{2069}"), "\u{2068}ab\u{2069}");
    }

    #[test]
    fn open_isolates_are_closed_and_stray_ends_close_nothing() {
        assert_eq!(balanced("plain"), "plain");
        assert_eq!(balanced("\u{2068}נור\u{2069} 4567"), "\u{2068}נור\u{2069} 4567");
        assert_eq!(balanced("\u{2067}abc"), "\u{2067}abc\u{2069}");
        assert_eq!(balanced("a\u{2069}b\u{202C}"), "ab");
        assert_eq!(balanced("\u{202B}a\u{2066}b\u{202C}c"), "\u{202B}a\u{2066}bc\u{2069}\u{202C}");
        assert_eq!(balanced("invoice\u{202E}fdp.exe\u{202C}"), "invoicefdp.exe");
    }
}
