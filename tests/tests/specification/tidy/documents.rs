//! The documents name what exists, and stay short.

use super::{files, read, report, root};

/// Documents that a reader is to finish, and the lines that each may have.
const LINES_MAX: &[(&str, usize)] = &[("README.md", 120), ("ARCHITECTURE.md", 250)];

const DECISIONS: &str = "docs/decisions";

fn documents() -> Vec<String> {
    let more = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "benches/README.md"];
    files("docs", &["md"]).into_iter().chain(more.map(str::to_owned)).collect()
}

#[test]
fn every_file_that_a_document_names_exists() {
    let mut findings = vec![];
    let mut named = 0;
    for document in documents() {
        let text = outside_of_blocks(&read(&document));
        let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
        for link in links(&text) {
            named += 1;
            if !root().join(folder).join(link).exists() {
                findings.push(format!("{document} links to {link}"));
            }
        }
        for path in paths(&text) {
            named += 1;
            if !root().join(path).exists() && !root().join(folder).join(path).exists() {
                findings.push(format!("{document} names {path}"));
            }
        }
    }
    assert!(named > 100, "paths are found at all: {named}");
    report(&findings);
}

#[test]
fn documents_for_new_readers_stay_short() {
    let long = |(document, max): &(&str, usize)| {
        let lines = read(document).lines().count();
        (lines > *max).then(|| format!("{document} has {lines} lines, {max} are allowed"))
    };
    report(&LINES_MAX.iter().filter_map(long).collect::<Vec<_>>());
}

#[test]
fn every_decision_is_in_the_index() {
    let index = read(&format!("{DECISIONS}/README.md"));
    let names = files(DECISIONS, &["md"]).into_iter().filter_map(|file| {
        let name = file.strip_prefix(DECISIONS)?.trim_start_matches('/').to_owned();
        (name != "README.md" && !index.contains(&format!("({name})")))
            .then(|| format!("{file} is not in the index"))
    });
    report(&names.collect::<Vec<_>>());
}

fn outside_of_blocks(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

/// The files that links lead to.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let targets = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    targets.map(|target| target.split('#').next().unwrap()).collect()
}

/// Paths in backticks: they begin with a folder of the repository or of the document.
fn paths(text: &str) -> Vec<&str> {
    let quoted = text.split('`').skip(1).step_by(2);
    let path = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    quoted
        .filter(|word| word.chars().all(path))
        .filter(|word| word.split_once('/').is_some_and(|(first, _)| is_ours(first)))
        .collect()
}

/// A folder of the repository, or one that crates have.
fn is_ours(folder: &str) -> bool {
    folder == "src" || (!folder.is_empty() && !folder.starts_with("..") && root().join(folder).is_dir())
}
