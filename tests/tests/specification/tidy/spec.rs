//! What the code quotes from `docs/spec.md` is there: `spec.md §Timeouts, ` followed by a key in backticks asks for the
//! heading *Timeouts* and for the key below it.

use super::{files, read, report};

#[test]
fn every_section_that_the_code_quotes_exists() {
    let sections = sections(&read("docs/spec.md"));
    let mut findings = vec![];
    let mut quoted = 0;
    for folder in
        ["domain", "journal", "projections", "replay", "api", "cli", "tests", "benches", "migrations"]
    {
        if !super::root().join(folder).is_dir() {
            continue;
        }
        for file in files(folder, &["rs", "sql", "toml", "md"]) {
            if file.ends_with("tidy/spec.rs") {
                continue;
            }
            let text = unwrapped(&read(&file));
            for quote in text.split("spec.md §").skip(1) {
                quoted += 1;
                findings
                    .extend(check(quote, &sections).into_iter().map(|finding| format!("{file}: {finding}")));
            }
        }
    }
    assert!(quoted > 100, "quotes are found at all: {quoted}");
    report(&findings);
}

/// What is wrong with a quote: `Heading`, then any of `, §Heading` and ``, `key` ``.
fn check(quote: &str, sections: &[(String, String)]) -> Option<String> {
    let mut rest = quote;
    loop {
        let found = sections.iter().filter(|(heading, _)| {
            rest.strip_prefix(heading.as_str()).is_some_and(|after| !after.starts_with(char::is_alphanumeric))
        });
        let Some((heading, body)) = found.max_by_key(|(heading, _)| heading.len()) else {
            return Some(format!("spec.md has no section §{}", rest.chars().take(40).collect::<String>()));
        };
        rest = &rest[heading.len()..];
        while let Some(after) = rest.strip_prefix(", `").or_else(|| rest.strip_prefix(" and `")) {
            let (key, after) = after.split_once('`')?;
            if !body.contains(&format!("`{key}`")) {
                return Some(format!("spec.md §{heading} says nothing of `{key}`"));
            }
            rest = after;
        }
        rest = rest.strip_prefix(", §").or_else(|| rest.strip_prefix(" and §"))?;
    }
}

/// Each heading with what is below it, smaller headings included.
fn sections(spec: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = spec.lines().collect();
    let level = |line: &str| line.bytes().take_while(|byte| *byte == b'#').count();
    let headings = lines.iter().enumerate().filter(|(_, line)| level(line) > 0);
    let section = |(index, line): (usize, &&str)| {
        let below =
            lines[index + 1..].iter().take_while(|next| level(next) == 0 || level(next) > level(line));
        (line.trim_start_matches('#').trim().to_owned(), below.copied().collect::<Vec<_>>().join("\n"))
    };
    headings.map(section).collect()
}

/// The text with its lines joined, without what begins a line of a comment.
fn unwrapped(text: &str) -> String {
    let line = |line: &str| line.trim().trim_start_matches(['/', '!', '-', '#']).trim().to_owned();
    text.lines().map(line).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_quote_of_a_missing_section_is_found() {
    let sections = sections("# Pupitre\n## Time\n### Timeouts\n| `follow_up` |\n## Routing\n");
    assert_eq!(check("Timeouts, `follow_up`) and so on", &sections), None);
    assert_eq!(check("Time, §Routing: last", &sections), None);
    assert!(check("Timeouts, `unanswered`", &sections).is_some());
    assert!(check("Time, §Words", &sections).is_some());
    assert!(check("Timely", &sections).is_some());
}
