//! French is set as French is set, wherever the program speaks it: refusals, phrases, transcripts, figures, mails,
//! pages. Every text in the code that is French is looked at: ’ and not ', a no-break space (U+00A0) before a colon
//! and inside « », a narrow one (U+202F) before ; ! and ?.

use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Where the program's texts are.
const FOLDERS: [&str; 7] =
    ["domain/src", "journal/src", "projections/src", "replay/src", "api/src", "api/page", "cli/src"];

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all.sort();
    all
}

/// The texts between quotes in a source, as they are read by people; no comments, no tests.
fn texts(source: &str) -> Vec<String> {
    let mut rest = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut all = vec![];
    while let Some(first) = rest.chars().next() {
        let raw = rest.strip_prefix('r').map(|from| (from.len() - from.trim_start_matches('#').len(), from));
        rest = if rest.starts_with("//") {
            rest.split_once('\n').map_or("", |(_, next)| next)
        } else if let Some(character) = rest.strip_prefix('\'') {
            // A character, or the name of a lifetime.
            let length = character.char_indices().nth(if character.starts_with('\\') { 2 } else { 1 });
            let close = length.and_then(|(at, _)| character[at..].strip_prefix('\''));
            close.unwrap_or(character)
        } else if let Some((hashes, from)) = raw.filter(|(hashes, from)| from[*hashes..].starts_with('"')) {
            let (text, next) = from[hashes + 1..].split_once(&format!("\"{}", "#".repeat(hashes))).unwrap();
            all.push(text.to_owned());
            next
        } else if let Some(from) = rest.strip_prefix('"') {
            let mut escaped = false;
            let end = from.find(|one| {
                let ends = one == '"' && !escaped;
                escaped = one == '\\' && !escaped;
                ends
            });
            let end = end.unwrap_or(from.len());
            all.push(unescaped(&from[..end]));
            from.get(end + 1..).unwrap_or_default()
        } else {
            &rest[first.len_utf8()..]
        };
    }
    all
}

fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        plain.push_str(before);
        rest = if let Some((code, next)) = escape.strip_prefix("u{").and_then(|from| from.split_once('}')) {
            plain.extend(u32::from_str_radix(code, 16).ok().and_then(char::from_u32));
            next
        } else if let Some(next) = escape.strip_prefix('\n') {
            next.trim_start()
        } else {
            plain.push(if escape.starts_with('n') {
                '\n'
            } else {
                escape.chars().next().unwrap_or_default()
            });
            escape.get(1..).unwrap_or_default()
        };
    }
    plain + rest
}

/// Accents, or an article before a vowel.
fn is_french(text: &str) -> bool {
    let elided = |word: &str| {
        let Some((article, noun)) = word.split_once(['\'', '’']) else { return false };
        ["l", "d", "n", "s", "qu", "c", "j", "m"].contains(&article.to_lowercase().as_str())
            && noun.starts_with(|one| "aeéèêiouyàâhœ".contains(one))
    };
    let accented = |one: char| "àâçéèêëîïôûùœÀÉÈÊÇ".contains(one);
    let words = text.split(|one: char| !one.is_alphabetic() && one != '\'' && one != '’');
    text.contains(accented) || words.into_iter().any(elided)
}

/// What is not set as it should be.
fn wrong(text: &str) -> Option<String> {
    let all: Vec<char> = text.chars().collect();
    let is_wrong = |at: usize| {
        let before = at.checked_sub(1).map(|at| all[at]);
        let after = all.get(at + 1).copied();
        let ends = after.is_none_or(char::is_whitespace);
        match all[at] {
            '\'' => before.is_some_and(char::is_alphabetic) && after.is_some_and(char::is_alphabetic),
            ':' => ends && !matches!(before, Some('\u{a0}' | ':')),
            ';' | '!' | '?' => ends && !matches!(before, Some('\u{202f}' | ';' | '!' | '?' | '(' | '«')),
            '«' => after != Some('\u{a0}'),
            '»' => before != Some('\u{a0}'),
            '.' => before == Some('.') && after == Some('.'),
            ' ' if before.is_some_and(|one| one.is_ascii_digit() || one == '}') => {
                let unit: String = all[at + 1..].iter().take_while(|one| !one.is_whitespace()).collect();
                ["min", "%", "€"].contains(&unit.trim_end_matches(['.', ',']))
            }
            _ => false,
        }
    };
    let at = (0..all.len()).find(|at| is_wrong(*at))?;
    Some(all[at.saturating_sub(8)..all.len().min(at + 8)].iter().collect())
}

#[test]
fn every_french_text_of_the_program_is_set_as_french_is_set() {
    let (mut looked_at, mut faults) = (0, vec![]);
    for file in FOLDERS.iter().flat_map(|folder| files(&Path::new(ROOT).join(folder))) {
        if file.extension().is_none_or(|kind| kind != "rs" && kind != "html") {
            continue;
        }
        for text in texts(&std::fs::read_to_string(&file).unwrap()).iter().filter(|text| is_french(text)) {
            looked_at += 1;
            if let Some(wrong) = wrong(text) {
                faults.push(format!("{}: {wrong:?} in {text:?}", file.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(looked_at > 450, "only {looked_at} French texts were found");
}

#[test]
fn every_typographic_fault_is_detected() {
    for text in [
        "L'opérateur",
        "Attente estimée : 3",
        "Attente estimée: 3",
        "Où ?",
        "Où\u{a0}?",
        "Fermé ; à demain",
        "«\u{202f}été\u{a0}»",
        "« été »",
        "À bientôt...",
        "Encore {wait} min à l’attente",
    ] {
        assert!(is_french(text) && wrong(text).is_some(), "{text}");
    }
    for text in
        ["Où\u{202f}? À 12:30\u{a0}: «\u{a0}été\u{a0}», l’après-midi\u{202f}; 3\u{a0}min.", "https://é.fr/?a"]
    {
        assert_eq!(wrong(text), None, "{text}");
    }
    assert!(!is_french("The operator's desk: what isn't there?"));
    let source = "// « non »\nlet a = 'é'; let b = \"l\\u{2019}\u{e9}t\\u{e9}\"; let c = r#\"où ?\"#;\n#[cfg(test)] \"é ?\"";
    assert_eq!(texts(source), ["l’été", "où ?"]);
}
