//! What fits on a terminal: nothing that is drawn anew in its place may wrap or scroll, or it is drawn below itself.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// Of a terminal that does not tell its size.
const COLUMNS: usize = 80;
const ROWS: usize = 24;

/// Columns and rows of the terminal, now: it may be resized at any time.
pub fn size() -> (usize, usize) {
    match crossterm::terminal::size() {
        Ok((columns, rows)) if columns > 0 && rows > 0 => (columns.into(), rows.into()),
        Ok(_) | Err(_) => (COLUMNS, ROWS),
    }
}

/// The columns that a text takes. Letters that some terminals draw wider than Unicode says count as wide.
pub fn width(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

fn columns_of(letter: char) -> usize {
    match letter {
        '▶' | '⏸' => 2,
        letter => letter.width().unwrap_or(0),
    }
}

/// A line that takes at most so many columns: what is too much is left out, and `…` says so.
pub fn cut(line: &str, columns: usize) -> Cow<'_, str> {
    if width(line) <= columns {
        return Cow::Borrowed(line);
    }
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    let mut taken = 0;
    let fits = line.char_indices().take_while(|(_, letter)| {
        taken += columns_of(*letter);
        taken <= room
    });
    let end = fits.last().map_or(0, |(at, letter)| at + letter.len_utf8());
    Cow::Owned(format!("{}…", &line[..end]))
}

/// The first of several ways to say the same that takes at most so many columns; the last one is cut.
pub fn first_that_fits(ways: &[String], columns: usize) -> Cow<'_, str> {
    let fits = ways.iter().find(|way| width(way) <= columns);
    fits.map_or_else(|| cut(ways.last().map_or("", String::as_str), columns), |way| Cow::Borrowed(way))
}

/// A drawing that fits on a screen of this size: lines are cut, and those that would scroll are left out.
pub fn page(drawing: &str, (columns, rows): (usize, usize)) -> String {
    let lines: Vec<Cow<'_, str>> = drawing.lines().take(rows).map(|line| cut(line, columns)).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_by_the_columns_that_it_takes() {
        for (line, columns, expected) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("", 0, ""),
            ("abc", 0, ""),
            ("abc", 1, "…"),
            ("日本語", 6, "日本語"),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日…"),
            ("e\u{301}e\u{301}e\u{301}", 3, "e\u{301}e\u{301}e\u{301}"),
            ("🙂🙂", 3, "🙂…"),
        ] {
            assert_eq!(cut(line, columns), expected, "{line:?} in {columns}");
            assert!(width(&cut(line, columns)) <= columns);
        }
    }

    #[test]
    fn the_longest_way_that_fits_is_taken() {
        let ways = ["space pause · q quit", "space · q", "q"].map(str::to_owned);
        assert_eq!(first_that_fits(&ways, 20), "space pause · q quit");
        assert_eq!(first_that_fits(&ways, 19), "space · q");
        assert_eq!(first_that_fits(&ways, 1), "q");
        assert_eq!(first_that_fits(&ways, 0), "");
        assert_eq!(first_that_fits(&[], 5), "");
    }

    #[test]
    fn a_drawing_never_wraps_or_scrolls() {
        let drawing = "a long first line\nb\nc\nd\n";
        assert_eq!(page(drawing, (6, 3)), "a lon…\nb\nc");
        assert_eq!(page(drawing, (80, 24)), "a long first line\nb\nc\nd");
    }
}
