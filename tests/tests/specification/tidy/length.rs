//! A file has at most 300 lines of code, a function 70; blank lines, comments and tests do not count.

use super::source::{code, tokens};
use super::{crates, files, read, report};

const FILE_LINES_MAX: usize = 300;

const FUNCTION_LINES_MAX: usize = 70;

/// Files that are longer, each with the reason. The list may only shrink.
const LONG_FILES: &[(&str, &str)] = &[
    (
        "domain/src/conversation/mod.rs",
        "the table of what can be done with a conversation: a line per use case in each column",
    ),
    ("domain/src/state/livechat.rs", "the whole state of a livechat, and the keepers of its indexes"),
    ("projections/src/figures/definitions/waits.rs", "a table, one entry per figure"),
    (
        "replay/src/simulation/actors.rs",
        "what each role tries, and how often: tables that are weighed against each other",
    ),
    ("replay/src/what_if/observe.rs", "one pass over history: what each event tells about the people in it"),
];

/// Functions that are longer: file, name, reason. The list may only shrink.
const LONG_FUNCTIONS: &[(&str, &str, &str)] = &[
    ("domain/src/livechat/react.rs", "follow", "a table, one line per event"),
    ("replay/src/invariants/lifecycle.rs", "next", "a table, one line per event"),
    ("api/src/openapi/bounds.rs", "bounds", "a table, one line per schema"),
];

#[test]
fn a_file_has_at_most_300_lines_of_code() {
    let mut findings = vec![];
    let mut long = vec![];
    for file in crates().iter().flat_map(|name| files(&format!("{name}/src"), &["rs"])) {
        let lines = code(&read(&file)).lines().filter(|line| !line.trim().is_empty()).count();
        if lines > FILE_LINES_MAX {
            if LONG_FILES.iter().all(|(known, _)| *known != file) {
                findings.push(format!("{file} has {lines} lines of code"));
            }
            long.push(file);
        }
    }
    for (known, _) in LONG_FILES {
        if !long.iter().any(|file| file == known) {
            findings.push(format!("{known} is no long file any more: take it out of LONG_FILES"));
        }
    }
    report(&findings);
}

#[test]
fn a_function_has_at_most_70_lines() {
    let mut findings = vec![];
    let mut long = vec![];
    for file in crates().iter().flat_map(|name| files(&format!("{name}/src"), &["rs"])) {
        for (name, lines) in functions(&code(&read(&file))) {
            if lines > FUNCTION_LINES_MAX {
                if !LONG_FUNCTIONS.iter().any(|(at, known, _)| *at == file && *known == name) {
                    findings.push(format!("{file}: the function {name} has {lines} lines"));
                }
                long.push((file.clone(), name));
            }
        }
    }
    for (file, name, _) in LONG_FUNCTIONS {
        if !long.iter().any(|(at, known)| at == file && known == name) {
            findings
                .push(format!("{file}: {name} is no long function any more: take it out of LONG_FUNCTIONS"));
        }
    }
    report(&findings);
}

/// Each function with its lines, in code as rustfmt sets it: the brace that ends it stands below its beginning.
fn functions(code: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = code.lines().filter(|line| !line.trim().is_empty()).collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = vec![];
    for (index, line) in lines.iter().enumerate() {
        let words = tokens(line);
        let Some(at) = words.iter().position(|word| *word == "fn") else { continue };
        let head = ["pub", "(", "crate", "super", ")", "const", "async"];
        if line.ends_with(['}', ';']) || !words[..at].iter().all(|word| head.contains(word)) {
            continue;
        }
        let rest = &lines[index..];
        let end = rest.iter().position(|end| end.trim() == "}" && indent(end) == indent(line));
        found.extend(words.get(at + 1).zip(end).map(|(name, end)| ((*name).to_owned(), end + 1)));
    }
    found
}

#[test]
fn the_lines_of_a_function_are_counted() {
    let code = "impl A {\n    pub(crate) async fn f(\n        a: u8,\n    ) {\n\n        g();\n    }\n    fn h() {}\n}\n";
    assert_eq!(functions(code), [("f".to_owned(), 5)]);
}
