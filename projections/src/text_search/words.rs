//! The words of a text, folded and stemmed.

use domain::limits::SEARCH_WORD_CHARACTERS_MAX;

use super::runs::{self, Part, Word};

/// Stop words, without accents.
const IGNORED: &[&str] = &[
    "a", "about", "ai", "an", "and", "are", "as", "at", "au", "aux", "avec", "avez", "be", "by", "c", "can",
    "ce", "ces", "cet", "cette", "comment", "d", "dans", "de", "des", "do", "does", "du", "elle", "en",
    "est", "et", "etre", "for", "from", "have", "how", "i", "il", "ils", "in", "is", "it", "its", "j", "je",
    "l", "la", "le", "les", "leur", "lui", "m", "ma", "mais", "me", "mes", "mon", "my", "n", "ne", "no",
    "nos", "not", "notre", "nous", "of", "on", "or", "ou", "our", "par", "pas", "plus", "pour", "qu",
    "quand", "que", "quel", "quelle", "qui", "s", "sa", "se", "ses", "si", "son", "sont", "sur", "t", "ta",
    "te", "tes", "that", "the", "their", "this", "to", "ton", "tu", "un", "une", "us", "vos", "votre",
    "vous", "was", "we", "what", "when", "where", "which", "who", "will", "with", "y", "you", "your",
    "yours",
];

/// Is it a stop word?
pub fn is_ignored(folded: &str) -> bool {
    IGNORED.binary_search(&folded).is_ok()
}

/// Calls `each` with every word of `text` and its form without case and accents, in order. A run of letters of a script
/// without spaces counts as every two consecutive letters, and the last one.
pub fn each_word(text: &str, mut each: impl FnMut(Word, &str)) {
    runs::each_part(text, |part| match part {
        Part::Word(word, folded) => each(word, folded),
        Part::Letters(letters, folded) => {
            for pair in letters.windows(2) {
                let [one, next] = pair else { continue };
                let place = Word { start: one.place.start, end: next.place.end };
                each(place, one.with(*next, folded));
            }
            if let Some(last) = letters.last() {
                each(last.place, last.folded(folded));
            }
        }
    });
}

/// Calls `each` with every meaningful word of a text, in its folded form and as its stem.
pub fn each_stem(text: &str, mut each: impl FnMut(Word, &str, String)) {
    each_word(text, |word, folded| {
        if !is_ignored(folded) {
            each(word, folded, known_by(stem(folded)));
        }
    });
}

/// A word as far as it is known: its first 64 characters.
pub(crate) fn known_by(mut word: String) -> String {
    if let Some((end, _)) = word.char_indices().nth(SEARCH_WORD_CHARACTERS_MAX) {
        word.truncate(end);
    }
    word
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sought {
    /// A word, folded, and where it ends in the text.
    Word {
        /// As it is folded.
        folded: String,
        /// Where it ends, in bytes.
        end: usize,
    },
    /// Letters of a script without spaces, which may be anywhere in a run.
    Letters {
        /// Every two that follow one another, folded; none of a single letter.
        pairs: Vec<String>,
        /// The last one, folded.
        last: String,
    },
}

/// The words of a search, in order.
pub(super) fn sought(text: &str) -> Vec<Sought> {
    let mut all = vec![];
    runs::each_part(text, |part| match part {
        Part::Word(word, folded) => all.push(Sought::Word { folded: folded.to_owned(), end: word.end }),
        Part::Letters(letters, folded) => {
            let pairs = letters.windows(2).filter_map(|pair| match pair {
                [one, next] => Some(one.with(*next, folded).to_owned()),
                _ => None,
            });
            let last = letters.last().map_or("", |last| last.folded(folded)).to_owned();
            all.push(Sought::Letters { pairs: pairs.collect(), last });
        }
    });
    all
}

/// The stem of a folded word. Three characters or fewer, and words with digits, stay as they are.
pub fn stem(folded: &str) -> String {
    if folded.chars().count() <= 3 || folded.bytes().any(|byte| byte.is_ascii_digit()) {
        return folded.to_owned();
    }
    let mut stem = singular(folded);
    while stem.len() > 3 && stem.ends_with('e') {
        stem.pop();
    }
    if stem.len() > 3 && stem.ends_with('y') {
        stem.pop();
        stem.push('i');
    }
    // "personnelle" and "personnel".
    if let [.., before, last] = stem.as_bytes()
        && stem.len() > 3
        && before == last
        && last.is_ascii_alphabetic()
    {
        stem.pop();
    }
    stem
}

fn singular(folded: &str) -> String {
    let as_it_is = || folded.to_owned();
    if let Some(start) = folded.strip_suffix("aux") {
        // "réseaux" and "réseau", "journaux" and "journal".
        return if start.ends_with('e') { format!("{start}au") } else { format!("{start}al") };
    }
    if folded.ends_with("oux") || folded.ends_with("eux") || !folded.ends_with("ss") && folded.ends_with('s')
    {
        let mut shorter = as_it_is();
        shorter.pop();
        return shorter;
    }
    as_it_is()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut all = vec![];
        each_word(text, |word, folded| all.push(format!("{}-{} {folded}", word.start, word.end)));
        all
    }

    fn folded(text: &str) -> String {
        let mut all = vec![];
        each_word(text, |_, folded| all.push(folded.to_owned()));
        all.join(" ")
    }

    #[test]
    fn the_words_to_ignore_are_in_order() {
        assert!(IGNORED.is_sorted());
    }

    #[test]
    fn case_accents_and_ligatures_are_folded_and_the_place_in_the_text_is_kept() {
        assert_eq!(words("L'Été, cœur"), ["0-1 l", "2-7 ete", "9-14 coeur"]);
        assert_eq!(words("e\u{301}te\u{301}"), ["0-7 ete"]);
        assert_eq!(words("İ \u{301} — "), ["0-2 i"]);
        assert_eq!(words("½ ℌ ﷺ")[..2], ["0-2 12", "3-6 h"]);
        assert_eq!(words("résil\u{ad}ia\u{200b}tion"), ["0-17 resiliation"]);
        assert!(
            words("½ ⑴ ﷺ")
                .iter()
                .all(|word| word[word.find(' ').unwrap() + 1..].chars().all(char::is_alphanumeric))
        );
    }

    #[test]
    fn an_apostrophe_parts_two_words_where_there_are_capitals_and_is_nothing_elsewhere() {
        for (text, words) in [
            ("aujourd'hui", "aujourd hui"),
            ("l'été", "l ete"),
            ("c'hoar", "c hoar"),
            ("O'Brien", "o brien"),
            ("o'zbek", "o zbek"),
            ("don't", "don t"),
            ("д'Артаньян", "д артаньян"),
            ("м'ята", "мята"),
            ("ОБ'ЄКТ", "обєкт"),
            ("сям'я", "сямя"),
            ("ג'ירפה", "גירפה"),
            ("וכו' ר'", "וכו ר"),
            ("बर'आ", "बरआ"),
        ] {
            for apostrophe in ["'", "’", "ʼ", "‘", "ʻ", "′", "`", "´", "＇"] {
                assert_eq!(folded(&text.replace('\'', apostrophe)), words, "{text} {apostrophe}");
            }
        }
        for (text, words) in [
            ("צה\"ל", "צהל"),
            ("צה״ל", "צהל"),
            ("צה''ל", "צהל"),
            ("צָהָ\"ל", "צהל"),
            ("ג׳ירפה", "גירפה"),
            ("אמר \"שלום\" לו", "אמר שלומ לו"),
            ("a\"b", "a b"),
            ("ไทย'ไทย", folded("ไทย ไทย").as_str()),
        ] {
            assert_eq!(folded(text), words, "{text}");
        }
    }

    #[test]
    fn marks_that_show_nothing_are_nothing_within_a_word() {
        for (text, word) in [
            ("ᠭ\u{180b}ᠠ", "ᠭᠠ"),
            ("ᠭ\u{180c}\u{180d}ᠠ\u{180f}", "ᠭᠠ"),
            ("ᠬᠡᠯ\u{180e}ᠡ", "ᠬᠡᠯᠡ"),
            ("e\u{34f}\u{301}te", "ete"),
            ("葛\u{e0100}城", "葛城"),
        ] {
            assert_eq!(folded(text), folded(word), "{text:?}");
        }
        assert_eq!(sought("មិ\u{17b4}ន\u{17b5}"), sought("មិន"));
    }

    #[test]
    fn letters_without_spaces_are_pairs_and_the_last_one() {
        assert_eq!(
            words("iPhoneを注文 2台"),
            ["0-6 iphone", "6-12 を注", "9-15 注文", "12-15 文", "16-17 2", "17-20 台"]
        );
        assert_eq!(words("คืน"), ["0-9 คืน", "6-9 น"]);
        assert_eq!(words("\u{1112}\u{1161}\u{11AB}글"), ["0-12 한글", "9-12 글"]);
        assert_eq!(words("ｶﾞ"), ["0-6 ガ"]);
        let letters = |text| match &sought(text)[..] {
            [Sought::Letters { pairs, last }] => format!("{pairs:?} {last}"),
            other => panic!("{other:?}"),
        };
        assert_eq!(letters("商品"), "[\"商品\"] 品");
        assert_eq!(letters("猫"), "[] 猫");
    }

    #[test]
    fn forms_of_one_word_have_one_stem() {
        for (one, other) in [
            ("contrat", "contrats"),
            ("journal", "journaux"),
            ("reseau", "reseaux"),
            ("bijou", "bijoux"),
            ("personnel", "personnelles"),
            ("employe", "employees"),
            ("company", "companies"),
            ("box", "boxes"),
            ("address", "addresses"),
            ("invoice", "invoices"),
        ] {
            assert_eq!(stem(one), stem(other), "{one} {other}");
        }
    }

    #[test]
    fn short_words_and_references_stay_as_they_are() {
        for word in ["bus", "gas", "e", "", "a320s", "日本"] {
            assert_eq!(stem(word), word);
        }
    }
}
