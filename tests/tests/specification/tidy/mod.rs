//! What keeps the code and its documents in order, checked by reading the repository as plain text.
//!
//! | file | what it checks |
//! |---|---|
//! | [`circles`] | files of a crate import each other in one direction only |
//! | [`length`] | a file has at most 300 lines of code, a function 70 |
//! | [`words`] | private words do not come back |
//! | [`sleep`] | tests do not sleep |
//! | [`documents`] | what the documents name exists, and they stay short |
//! | [`spec`] | what the code quotes from `docs/spec.md` is there |
//!
//! What is not in order yet stands in lists that may only shrink: a finding that is not in its list fails the
//! test, and so does an entry that nothing needs any more. One failure reports all findings.

mod circles;
mod documents;
mod length;
mod sleep;
mod source;
mod spec;
mod words;

use std::path::{Path, PathBuf};

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file below a folder that has one of these extensions, by its path from the root, in order.
fn files(folder: &str, extensions: &[&str]) -> Vec<String> {
    let mut found = vec![];
    collect(&root().join(folder), extensions, &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, extensions: &[&str], found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let name = entry.file_name().into_string().unwrap();
        if path.is_dir() {
            if !name.starts_with('.') && name != "target" && name != "node_modules" {
                collect(&path, extensions, found);
            }
        } else if name.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension)) {
            found.push(path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned());
        }
    }
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The folders of the crates that make the program, in the order of the workspace.
fn crates() -> Vec<String> {
    let manifest = read("Cargo.toml");
    let (_, members) = manifest.split_once("\nmembers = [").expect("the members of the workspace");
    let names = members.split(']').next().unwrap().split(',');
    let names = names.map(|name| name.trim().trim_matches('"')).filter(|name| !name.is_empty());
    names.filter(|name| *name != "tests" && *name != "benches").map(str::to_owned).collect()
}

/// Fails with all findings at once.
fn report(findings: &[String]) {
    assert!(findings.is_empty(), "{} to put in order:\n{}", findings.len(), findings.join("\n"));
}
