//! A file has at most 300 lines of code; blank lines, comments and tests do not count.

use super::source::code;
use super::{crates, files, read, report};

const LINES_MAX: usize = 300;

/// Files that are longer, each with the reason. The list may only shrink.
const LONG: &[(&str, &str)] = &[
    (
        "domain/src/conversation/request.rs",
        "one use case: what a request carries, why it is refused, where it goes",
    ),
    (
        "domain/src/event/conversation.rs",
        "every event of a conversation on one screen, with its stored name and version",
    ),
    ("domain/src/livechat/mod.rs", "the state with its indexes, until they have a folder of their own"),
    ("projections/src/board/conversations.rs", "a row of the floor, and what each event makes of it"),
    (
        "projections/src/conversations/plan.rs",
        "which index answers which question: cases that are compared with each other",
    ),
    ("projections/src/conversations/row.rs", "a row of the list, and what each event makes of it"),
    ("projections/src/figures/definitions/contacts.rs", "a table, one entry per figure"),
    ("projections/src/figures/definitions/waits.rs", "a table, one entry per figure"),
    ("projections/src/figures/mod.rs", "to be split: the question, its checks and its queries"),
    ("replay/src/what_if/observe.rs", "one pass over history: what each event tells about the people in it"),
    ("api/src/live/desk/frames.rs", "every frame of the desk, in both directions, with its documentation"),
    ("api/src/live/floors.rs", "to be split: the task that follows a floor, and its readers"),
    ("api/src/live/visitor.rs", "to be split: the endpoint, the frames and the socket of the visitor's page"),
    ("api/src/problem.rs", "the one table from errors to answers"),
    ("api/src/routes/mod.rs", "to be split: the table of URLs, and what its handlers share"),
    ("api/src/routes/transcript.rs", "to be split: one transcript in three forms"),
    ("api/src/transcript/words/happened.rs", "a table: one sentence per event, in two languages"),
];

#[test]
fn a_file_has_at_most_300_lines_of_code() {
    let mut findings = vec![];
    let mut long = vec![];
    for file in crates().iter().flat_map(|name| files(&format!("{name}/src"), &["rs"])) {
        let lines = code(&read(&file)).lines().filter(|line| !line.trim().is_empty()).count();
        if lines > LINES_MAX {
            if LONG.iter().all(|(known, _)| *known != file) {
                findings.push(format!("{file} has {lines} lines of code"));
            }
            long.push(file);
        }
    }
    for (known, _) in LONG {
        if !long.iter().any(|file| file == known) {
            findings.push(format!("{known} is no long file any more: take it out of LONG"));
        }
    }
    report(&findings);
}
