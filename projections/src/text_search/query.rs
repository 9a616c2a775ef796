//! What is looked for, in transcripts, articles and canned replies alike: words, of which each has to be said
//! somewhere in the conversation, the article, the reply.
//!
//! `remboursement carte` has both words, wherever they are. `"carte bancaire"` has them one after the other in one
//! message, one title or one text, with nothing between them but stop words. `rembours*` is any word with this
//! beginning. Letters of a script without spaces, `商品`, may be anywhere in a run of them.

use super::runs;
use super::words::{Sought, is_ignored, known_by, sought, stem};
use domain::bilingual::Bilingual;
use domain::limits::{SEARCH_CHARACTERS_MAX, SEARCH_PREFIX_CHARACTERS_MIN, SEARCH_WORDS_MAX};

/// One thing that has to be said.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    /// A word with this stem.
    Word(String),
    /// A word with this beginning, or with the stem of this beginning, taken as a word.
    Prefix {
        /// The beginning, folded.
        begins: String,
        /// Its stem.
        stem: String,
    },
    /// Words with these stems, one after the other in one message.
    Phrase {
        /// Two or more.
        stems: Vec<String>,
        /// Is the last one only the beginning of a word?
        open: bool,
    },
}

/// Why something cannot be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Too many characters.
    #[error("at most {SEARCH_CHARACTERS_MAX} characters")]
    TooLong,
    /// Too many words.
    #[error("at most {SEARCH_WORDS_MAX} words, not counting those that say nothing, such as \"the\"")]
    TooMany,
    /// No words, or only stop words.
    #[error("at least one word that says something, unlike \"the\"")]
    SaysNothing,
    /// A beginning of a word that is too short.
    #[error("at least {SEARCH_PREFIX_CHARACTERS_MIN} letters or digits before *")]
    ShortPrefix,
    /// A quotation mark without its other.
    #[error("quotation marks in pairs")]
    OpenQuote,
}

impl Wrong {
    /// What is allowed instead, in both languages.
    pub fn message(self) -> Bilingual {
        let french = match self {
            Self::TooLong => format!("{SEARCH_CHARACTERS_MAX} caractères au plus"),
            Self::TooMany => {
                format!(
                    "{SEARCH_WORDS_MAX} mots au plus, sans compter ceux qui ne disent rien, comme «\u{a0}le\u{a0}»"
                )
            }
            Self::SaysNothing => {
                "au moins un mot qui dise quelque chose, contrairement à «\u{a0}le\u{a0}»".to_owned()
            }
            Self::ShortPrefix => {
                format!("au moins {SEARCH_PREFIX_CHARACTERS_MIN} lettres ou chiffres avant *")
            }
            Self::OpenQuote => "des guillemets par paires".to_owned(),
        };
        Bilingual::new(self.to_string(), french)
    }
}

impl Term {
    /// Parses what a user typed. The order of the terms is that of the words.
    ///
    /// # Errors
    /// More than 200 characters or 16 words, a beginning of one letter, a quotation mark without its other, nothing but
    /// stop words.
    pub fn parse(text: &str) -> Result<Vec<Self>, Wrong> {
        if text.chars().count() > SEARCH_CHARACTERS_MAX {
            return Err(Wrong::TooLong);
        }
        let mut terms = vec![];
        let mut words = 0;
        for (index, part) in quoted(text).ok_or(Wrong::OpenQuote)?.into_iter().enumerate() {
            let (found, of) = if index % 2 == 1 { phrase(part) } else { single_words(part)? };
            words += of;
            terms.extend(found);
        }
        match words {
            0 => Err(Wrong::SaysNothing),
            1..=SEARCH_WORDS_MAX => Ok(each_once(terms)),
            _ => Err(Wrong::TooMany),
        }
    }

    /// The words of a question asked as a full sentence: the first 16 meaningful ones, each by itself. Quotation marks
    /// and stars have no special meaning in it, and its last word may be unfinished.
    pub fn of_question(text: &str) -> Vec<Self> {
        let all = sought(text);
        let count = all.len();
        let term = |(at, word)| match word {
            Sought::Word { folded, .. } if is_ignored(&folded) => None,
            Sought::Word { folded, .. } if at == count => Some(Self::begins(folded)),
            Sought::Word { folded, .. } => Some(Self::Word(known_by(stem(&folded)))),
            Sought::Letters { pairs, last } => letters(pairs, last),
        };
        each_once((1..).zip(all).filter_map(term).take(SEARCH_WORDS_MAX).collect())
    }

    fn begins(folded: String) -> Self {
        let stem = known_by(stem(&folded));
        Self::Prefix { begins: known_by(folded), stem }
    }

    /// Which words of a line match, the line being the stems of its words; none if the term does not occur.
    pub fn marks(&self, line: &[String]) -> Vec<usize> {
        let those = |is: &dyn Fn(&str) -> bool| (0..line.len()).filter(|at| is(&line[*at])).collect();
        match self {
            Self::Word(stem) => those(&|word| word == stem),
            Self::Prefix { begins, stem } => those(&|word| word == stem || word.starts_with(begins)),
            Self::Phrase { stems, open } => {
                let is_it = |window: &[String]| match (window.split_last(), stems.split_last()) {
                    (Some((word, before)), Some((last, stems))) => {
                        before == stems && (word == last || *open && word.starts_with(last))
                    }
                    _ => false,
                };
                let mut marks: Vec<usize> = line
                    .windows(stems.len())
                    .enumerate()
                    .filter(|(_, window)| is_it(window))
                    .flat_map(|(at, _)| at..at + stems.len())
                    .collect();
                marks.sort_unstable();
                marks.dedup();
                marks
            }
        }
    }
}

/// Each term once, where it comes first.
fn each_once(mut terms: Vec<Term>) -> Vec<Term> {
    let mut once = vec![];
    terms.retain(|term| {
        !once.contains(term) && {
            once.push(term.clone());
            true
        }
    });
    terms
}

/// What French keyboards, phones and Hebrew write for quotation marks means the same.
const QUOTATION_MARKS: [char; 6] = ['"', '«', '»', '“', '”', '„'];

/// A text between its quotation marks: outside, inside, outside, …; `None` where one has no other. A mark within a word
/// of Hebrew is a letter of it, unless only so they are pairs.
fn quoted(text: &str) -> Option<Vec<&str>> {
    let all: Vec<(usize, char)> =
        text.char_indices().filter(|(_, mark)| QUOTATION_MARKS.contains(mark)).collect();
    let between: Vec<(usize, char)> =
        all.iter().copied().filter(|(at, mark)| !runs::is_within_word(text, *at, *mark)).collect();
    let marks = [between, all].into_iter().find(|marks| marks.len().is_multiple_of(2))?;
    let mut parts = vec![];
    let mut begin = 0;
    for (at, mark) in marks {
        parts.push(&text[begin..at]);
        begin = at + mark.len_utf8();
    }
    parts.push(&text[begin..]);
    Some(parts)
}

/// The words between two quotation marks, and how many they are. A run of letters counts as one.
fn phrase(text: &str) -> (Vec<Term>, usize) {
    let mut all = sought(text);
    all.retain(|word| !matches!(word, Sought::Word { folded, .. } if is_ignored(folded)));
    let count = all.len();
    let (mut stems, mut open) = (vec![], false);
    for (at, word) in (1..).zip(all) {
        match word {
            Sought::Word { folded, .. } => stems.push(known_by(stem(&folded))),
            // A run that more follows has to end here; the last one may go on.
            Sought::Letters { pairs, last } => {
                open = at == count && pairs.is_empty();
                stems.extend(pairs);
                if at < count || open {
                    stems.push(last);
                }
            }
        }
    }
    (one_after_the_other(stems, open).into_iter().collect(), count)
}

/// Words with these stems.
fn one_after_the_other(mut stems: Vec<String>, open: bool) -> Option<Term> {
    if stems.len() > 1 {
        return Some(Term::Phrase { stems, open });
    }
    let stem = stems.pop()?;
    Some(if open { Term::Prefix { begins: stem.clone(), stem } } else { Term::Word(stem) })
}

/// Letters of a script without spaces: two that follow one another are said together, one is the beginning of two.
fn letters(pairs: Vec<String>, last: String) -> Option<Term> {
    let open = pairs.is_empty();
    one_after_the_other(if open { vec![last] } else { pairs }, open)
}

fn single_words(text: &str) -> Result<(Vec<Term>, usize), Wrong> {
    let mut terms = vec![];
    for word in sought(text) {
        match word {
            Sought::Word { folded, end } if text[end..].starts_with('*') => {
                if folded.chars().count() < SEARCH_PREFIX_CHARACTERS_MIN {
                    return Err(Wrong::ShortPrefix);
                }
                terms.push(Term::begins(folded));
            }
            Sought::Word { folded, .. } => {
                if !is_ignored(&folded) {
                    terms.push(Term::Word(known_by(stem(&folded))));
                }
            }
            Sought::Letters { pairs, last } => terms.extend(letters(pairs, last)),
        }
    }
    let count = terms.len();
    Ok((terms, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(stem: &str) -> Term {
        Term::Word(stem.to_owned())
    }

    fn phrase(stems: &[&str], open: bool) -> Term {
        Term::Phrase { stems: stems.iter().map(|stem| (*stem).to_owned()).collect(), open }
    }

    #[test]
    fn letters_without_spaces_are_looked_for_in_their_order() {
        assert_eq!(Term::parse("商品").unwrap(), [word("商品")]);
        assert_eq!(Term::parse("商品*").unwrap(), [word("商品")]);
        assert_eq!(Term::parse("注文した").unwrap(), [phrase(&["注文", "文し", "した"], false)]);
        let one = Term::Prefix { begins: "猫".into(), stem: "猫".into() };
        assert_eq!(Term::parse("猫").unwrap(), [one]);
        assert_eq!(Term::parse("iPhone 注文").unwrap(), [word("iphon"), word("注文")]);
        assert_eq!(Term::parse("\"注文 iPhone\"").unwrap(), [phrase(&["注文", "文", "iphon"], false)]);
        assert_eq!(Term::parse("\"iPhone 猫\"").unwrap(), [phrase(&["iphon", "猫"], true)]);
        assert!(Term::parse(&"品".repeat(200)).is_ok());
    }

    #[test]
    fn words_phrases_and_prefixes_are_distinguished() {
        let prefix = Term::Prefix { begins: "rembours".into(), stem: "rembour".into() };
        assert_eq!(Term::parse("Les Résiliations").unwrap(), [word("resiliation")]);
        assert_eq!(Term::parse("rembours* VISA").unwrap(), [prefix, word("visa")]);
        // "carte" and "bancaire" lose their last letter, as in every text.
        let phrase = phrase(&["cart", "bancair"], false);
        for text in ["\"carte bancaire\"", "«\u{a0}carte bancaire\u{a0}»", "“la carte, bancaire”"] {
            assert_eq!(Term::parse(text).unwrap(), std::slice::from_ref(&phrase), "{text}");
        }
        assert_eq!(Term::parse("\"seul\" seul").unwrap(), [word("seul")]);
    }

    #[test]
    fn a_quotation_mark_within_a_word_of_hebrew_is_none() {
        for text in ["צה\"ל", "צה״ל", "צה”ל", "צה''ל", "צהל", "צָהָ\"ל"] {
            assert_eq!(Term::parse(text).unwrap(), [word("צהל")], "{text}");
        }
        assert_eq!(Term::parse("\"צה\"ל חזק\"").unwrap(), [phrase(&["צהל", "חזק"], false)]);
        assert_eq!(Term::parse("\"צה\"ל\" דו\"ח").unwrap(), [word("צהל"), word("דוח")]);
        assert_eq!(Term::parse("ב\"הארץ שלי\"").unwrap(), [word("ב"), phrase(&["הארצ", "שלי"], false)]);
        assert_eq!(Term::parse("a\"carte bancaire\"b").unwrap()[0], phrase(&["cart", "bancair"], false));
        for open in ["\"צהל", "a\"b"] {
            assert_eq!(Term::parse(open), Err(Wrong::OpenQuote), "{open}");
        }
    }

    #[test]
    fn a_question_is_its_words_of_which_the_last_may_be_unfinished() {
        let unfinished = Term::Prefix { begins: "bancaires".into(), stem: "bancair".into() };
        let question = "C’est \"quoi\", la carte* carte des bancaires ?";
        assert_eq!(Term::of_question(question), [word("quoi"), word("cart"), unfinished]);
        assert_eq!(Term::of_question("我的订单"), [phrase(&["我的", "的订", "订单"], false)]);
        let many: Vec<String> = (0..20).map(|n| format!("mot{n}")).collect();
        assert_eq!(Term::of_question(&many.join(" ")).len(), 16);
        assert!(Term::of_question(" ?\" le").is_empty());
    }

    #[test]
    fn what_cannot_be_looked_for_is_refused() {
        for (text, wrong) in [
            ("", Wrong::SaysNothing),
            ("  ?! ", Wrong::SaysNothing),
            ("de la", Wrong::SaysNothing),
            ("\"de la\"", Wrong::SaysNothing),
            ("a*", Wrong::ShortPrefix),
            ("\"carte", Wrong::OpenQuote),
            (&"x".repeat(201), Wrong::TooLong),
            (&"mot ".repeat(17), Wrong::TooMany),
            (&format!("\"{}\"", "mot ".repeat(17)), Wrong::TooMany),
        ] {
            assert_eq!(Term::parse(text), Err(wrong), "{text}");
        }
        assert!(Term::parse(&"é".repeat(200)).is_ok());
        assert_eq!(Term::parse(&"mot ".repeat(16)).unwrap(), [word("mot")]);
    }

    #[test]
    fn the_words_that_are_meant_are_marked() {
        let line: Vec<String> = ["cart", "bancair", "cart", "bleu"].map(str::to_owned).into();
        assert_eq!(word("cart").marks(&line), [0, 2]);
        assert_eq!(word("vert").marks(&line), [0; 0]);
        let begins = |begins: &str| Term::Prefix { begins: begins.into(), stem: begins.into() };
        assert_eq!(begins("b").marks(&line), [1, 3]);
        assert_eq!(phrase(&["cart", "bleu"], false).marks(&line), [2, 3]);
        assert_eq!(phrase(&["bleu", "cart"], false).marks(&line), [0; 0]);
        assert_eq!(phrase(&["cart", "b"], true).marks(&line), [0, 1, 2, 3]);
    }
}
