//! Tests do not sleep: they await what they wait for, or look for it with `patience::eventually`.

use super::source::{code, tokens};
use super::{files, read, report};

/// The one file that looks again after a pause.
const POLLS: &str = "tests/src/patience.rs";

#[test]
fn tests_do_not_sleep() {
    let folders =
        ["tests/src", "tests/tests", "domain/tests", "journal/tests", "projections/tests", "replay/tests"];
    let folders = folders.into_iter().filter(|folder| super::root().join(folder).is_dir());
    let files = folders.flat_map(|folder| files(folder, &["rs"])).filter(|file| file != POLLS);
    let sleeps = |source: &str| tokens(&code(source)).windows(2).any(|pair| pair == ["sleep", "("]);
    let findings = files.filter(|file| sleeps(&read(file)));
    let findings = findings.map(|file| format!("{file} sleeps: await an event, or use patience::eventually"));
    report(&findings.collect::<Vec<_>>());
}
