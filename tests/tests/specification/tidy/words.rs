//! Words that once meant something to us alone, and what the field says instead.

use super::{crates, files, read, report};

/// The word, in small letters, and what to say.
const WORDS: &[(&str, &str)] = &[
    ("how-manieth", "sequence number"),
    ("stone", "state snapshot"),
    ("stones", "state snapshots"),
    ("deed", "audit entry"),
    ("deeds", "audit entries"),
    ("left behind", "emitted, written"),
    ("leaves behind", "emits, writes"),
    ("told_by", "requested_by"),
    ("toldby", "RequestedBy"),
    ("vigil", "crash detection"),
    ("happenings", "events"),
    ("he", "they, or the noun"),
    ("his", "their, or the noun"),
    ("him", "them, or the noun"),
];

#[test]
fn private_words_do_not_come_back() {
    let documents = files("docs", &["md"]).into_iter();
    let documents = documents
        .chain(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "benches/README.md"].map(str::to_owned));
    let code = crates().into_iter().flat_map(|name| files(&format!("{name}/src"), &["rs"]));
    report(&documents.chain(code).flat_map(|file| said(&file)).collect::<Vec<_>>());
}

fn said(file: &str) -> Vec<String> {
    let text = read(file).to_lowercase();
    let letter = |c: char| c.is_alphanumeric() || "_-\u{2019}".contains(c);
    let mut findings = vec![];
    for (word, instead) in WORDS {
        for (at, _) in text.match_indices(word) {
            if !text[..at].ends_with(letter) && !text[at + word.len()..].starts_with(letter) {
                let line = text[..at].matches('\n').count() + 1;
                findings.push(format!("{file}:{line}: \"{word}\", say: {instead}"));
            }
        }
    }
    findings
}
