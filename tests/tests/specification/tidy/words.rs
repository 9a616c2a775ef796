//! Words that once meant something to us alone, and what the field says instead.

use std::cmp::Ordering;

use super::{crates, files, read, report};

/// The word, in small letters, and what to say.
const WORDS: &[(&str, &str)] = &[
    ("how-manieth", "sequence number"),
    ("stepping stone", "state snapshot"),
    ("stepping stones", "state snapshots"),
    ("deed", "audit entry"),
    ("deeds", "audit entries"),
    ("left behind", "emitted, written"),
    ("leaves behind", "emits, writes"),
    ("he", "they, or the noun"),
    ("his", "their, or the noun"),
    ("him", "them, or the noun"),
];

/// How many times the code says them still. It may only shrink; the documents never say them.
const IN_THE_CODE: usize = 9;

#[test]
fn private_words_do_not_come_back() {
    let mut findings = vec![];
    let documents = files("docs", &["md"]).into_iter();
    let documents = documents
        .chain(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "benches/README.md"].map(str::to_owned));
    for document in documents {
        findings.extend(said(&document));
    }
    let code: Vec<_> = crates().iter().flat_map(|name| files(&format!("{name}/src"), &["rs"])).collect();
    let code: Vec<_> = code.iter().flat_map(|file| said(file)).collect();
    match code.len().cmp(&IN_THE_CODE) {
        Ordering::Greater => {
            findings.push(format!("the code says {} such words, {IN_THE_CODE} are known:", code.len()));
            findings.extend(code);
        }
        Ordering::Less => {
            let count = code.len();
            findings
                .push(format!("the code says {count} such words: lower the {IN_THE_CODE} in IN_THE_CODE"));
        }
        Ordering::Equal => {}
    }
    report(&findings);
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
