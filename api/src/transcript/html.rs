//! The transcript as a page for paper. Every text is escaped, and the page loads nothing.
//!
//! It is read in black and white: a name says who speaks, a thick line beside them marks the operator's words and a
//! broken one those among the staff, smaller letters what happened. All user text has the direction of its own letters,
//! isolated from what is beside it.

use std::fmt::Write;

use domain::text::{Language, isolated, one_line, shown};

use super::entry::{Entry, Side};
use super::head::Head;
use super::wording;

const STYLE: &str = include_str!("page.css");

pub(super) fn head(head: &Head) -> String {
    let (language, title) = (head.language, Escaped(&head.title));
    let livechat = one_line(&head.livechat);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title} — {}</title>\n<style>\n{STYLE}\
         @page{{@bottom-right{{content:\"{} \" counter(page) \" / \" counter(pages)}}}}\n\
         </style></head>\n<body>\n<header><p class=\"livechat\" dir=\"auto\">{}</p><h1>{title}</h1>\n<dl>\n",
        language.code(),
        Escaped(&isolated(&livechat)),
        wording::page(language),
        Escaped(&livechat),
    );
    for (label, value) in &head.facts {
        let _ = writeln!(
            page,
            "<div><dt><bdi>{}</bdi></dt><dd><bdi>{}</bdi></dd></div>",
            Escaped(&one_line(label)),
            Escaped(value)
        );
    }
    page.push_str("</dl></header>\n<main>\n");
    page
}

pub(super) fn day(page: &mut String, heading: &str, is_first: bool) {
    let before = if is_first { "" } else { "</ol></section>\n" };
    let _ = writeln!(page, "{before}<section><h2>{}</h2>\n<ol>", Escaped(heading));
}

pub(super) fn entry(page: &mut String, entry: &Entry, language: Language) {
    let class = match entry.side {
        Side::Visitor => "visitor",
        Side::Operator => "operator",
        Side::Automatic => "automatic",
        Side::Internal => "internal",
        Side::Event => "happened",
    };
    let at = (entry.at.to_rfc3339(), wording::time(entry.at));
    let _ = write!(page, "<li class=\"{class}\"><time datetime=\"{}\">{}</time><div>", at.0, at.1);
    let author = entry.author.as_deref().map(one_line);
    let (text, author) = (Escaped(&entry.text), author.as_deref().map(Escaped));
    let aside = match (entry.side, &entry.aside) {
        (Side::Internal, _) => Some(wording::internal(language)),
        (_, Some(aside)) => Some(aside.as_str()),
        (_, None) => None,
    };
    let aside =
        aside.map(|aside| format!(" <small><bdi>{}</bdi></small>", Escaped(aside))).unwrap_or_default();
    let _ = match (entry.side, author) {
        (Side::Event, None) => write!(page, "<p>{text}</p>"),
        (Side::Event, Some(author)) => write!(page, "<p>{text} <small><bdi>{author}</bdi></small></p>"),
        (Side::Visitor | Side::Operator | Side::Automatic | Side::Internal, author) => {
            let author = author.unwrap_or(Escaped(""));
            write!(
                page,
                "<p class=\"by\"><b><bdi>{author}</bdi></b>{aside}</p><p class=\"text\" dir=\"auto\">{text}</p>"
            )
        }
    };
    if !entry.answers.is_empty() {
        page.push_str("<dl>");
        for answered in &entry.answers {
            let question = one_line(&answered.question);
            let question = Escaped(&question);
            let _ = match &answered.answer {
                Some(answer) => {
                    write!(page, "<dt dir=\"auto\">{question}</dt><dd dir=\"auto\">{}</dd>", Escaped(answer))
                }
                None => write!(
                    page,
                    "<dt dir=\"auto\">{question}</dt><dd><i>{}</i></dd>",
                    wording::unanswered(language)
                ),
            };
        }
        page.push_str("</dl>");
    }
    page.push_str("</div></li>\n");
}

pub(super) fn foot(has_entries: bool) -> String {
    let before = if has_entries { "</ol></section>\n" } else { "" };
    format!("{before}</main>\n</body></html>\n")
}

/// Text escaped for HTML, attributes included, without controls for a terminal that the page is copied to ([`shown`]).
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for letter in shown(self.0).chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                letter => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use domain::text::Language;

    use super::{Escaped, Head, head};

    #[test]
    fn nothing_that_was_said_is_markup() {
        let text = Escaped("<script>\"a\" & 'b'</script>").to_string();
        assert_eq!(text, "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;");
        assert_eq!(Escaped("a\u{1b}[31m\u{9b}b\nc\td").to_string(), "a[31mb\nc\td");
        assert_eq!(Escaped("a\rb\u{2028}c\u{85}d\u{202e}e").to_string(), "a\nb\nc\nde");
    }

    #[test]
    fn what_an_old_log_holds_steers_nothing_at_the_head_of_a_page() {
        let old = "x\u{1b}[31m\u{202e}RED\r\nAlice\rBob\u{2028}Z\u{85}Y\u{2067}open\u{9b}2J".to_owned();
        let facts = vec![(old.clone(), old.clone())];
        let page = head(&Head { language: Language::En, livechat: old, title: "Chat".to_owned(), facts });
        let title = page.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>")).unwrap().0;
        assert_eq!(title, "Chat — \u{2068}x[31mRED Alice Bob Z Y\u{2067}open2J\u{2069}\u{2069}");
        assert!(page.contains("dir=\"auto\">x[31mRED Alice Bob Z Y\u{2067}open2J\u{2069}</p>"), "{page}");
        let steers = |c: char| c != '\n' && c.is_control() || matches!(c, '\u{202e}' | '\u{2028}');
        assert!(!page.contains(steers), "{page:?}");
    }
}
