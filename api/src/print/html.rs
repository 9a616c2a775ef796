//! The exchange as a page for paper. Every text is escaped, and the page loads nothing.

use std::fmt::Write;

use super::document::{Document, Entry};

const STYLE: &str = "\
@page{margin:18mm}\
body{font:11pt/1.45 Georgia,serif;color:#000;background:#fff;max-width:42rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.4em;margin:0 0 .6em}\
h2{font-size:1em;margin:1.6em 0 .5em;border-bottom:1px solid #999;break-after:avoid}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1em 1em;margin:0;font-size:.9em}\
dt{color:#444}dd{margin:0;overflow-wrap:anywhere}\
ol{list-style:none;margin:0;padding:0}\
li{break-inside:avoid;margin:.45em 0;padding-left:5.2em;position:relative}\
time{position:absolute;left:0;color:#444;font-size:.85em;font-variant-numeric:tabular-nums}\
p{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}\
.happened{font-style:italic;color:#444}\
@media print{body{margin:0;max-width:none;padding:0}}";

pub(super) fn page(document: &Document) -> String {
    let (language, title) = (document.language.code(), Escaped(&document.title));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n<dl>"
    );
    for (label, value) in &document.facts {
        let _ = writeln!(page, "<dt>{}</dt><dd>{}</dd>", Escaped(label), Escaped(value));
    }
    page.push_str("</dl>\n");
    for day in &document.days {
        let _ = write!(page, "<h2>{}</h2>\n<ol>\n", Escaped(&day.date));
        day.entries.iter().for_each(|entry| line(&mut page, entry));
        page.push_str("</ol>\n");
    }
    page.push_str("</body></html>\n");
    page
}

fn line(page: &mut String, Entry { time, author, text }: &Entry) {
    let (time, text) = (Escaped(time), Escaped(text));
    let _ = match author {
        Some(author) => {
            writeln!(page, "<li><time>{time}</time><b>{}</b><p>{text}</p></li>", Escaped(author))
        }
        None => writeln!(page, "<li class=\"happened\"><time>{time}</time><p>{text}</p></li>"),
    };
}

/// Text that means nothing but itself in HTML, in an attribute too.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for letter in self.0.chars() {
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
    use super::Escaped;

    #[test]
    fn nothing_that_was_said_is_markup() {
        let text = Escaped("<script>\"a\" & 'b'</script>").to_string();
        assert_eq!(text, "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;");
    }
}
