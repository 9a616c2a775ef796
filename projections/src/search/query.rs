//! What is looked for: words, of which each has to be said somewhere in the conversation.
//!
//! `remboursement carte` has both words, in any messages. `"carte bancaire"` has them one after the other in one
//! message, with nothing between them but words that say nothing. `rembours*` is any word that begins so. Letters of a
//! script without spaces, `商品`, may be anywhere in a run of them.

use domain::LivechatId;
use domain::bilingual::Bilingual;
use domain::words::{Sought, is_ignored, sought, stem};

use super::lines::known_by;
use crate::database::Statement;

/// Characters in a search: a sentence or two.
pub const CHARACTERS_MAX: usize = 200;

/// Words in a search: each is looked for by itself.
pub const TERMS_MAX: usize = 16;

/// Characters of the beginning of a word: fewer are the beginning of everything.
pub const PREFIX_CHARACTERS_MIN: usize = 2;

/// One thing that has to be said.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    /// A word with this stem.
    Word(String),
    /// A word that begins so, or has the stem of this beginning, taken as a word.
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
    #[error("at most {CHARACTERS_MAX} characters")]
    TooLong,
    /// Too many words.
    #[error("at most {TERMS_MAX} words, not counting those that say nothing, such as \"the\"")]
    TooMany,
    /// No words, or only words that say nothing.
    #[error("at least one word that says something, unlike \"the\"")]
    SaysNothing,
    /// A beginning of a word that is too short.
    #[error("at least {PREFIX_CHARACTERS_MIN} letters or digits before *")]
    ShortPrefix,
    /// A quotation mark without its other.
    #[error("quotation marks in pairs")]
    OpenQuote,
}

impl Wrong {
    /// What is allowed instead, in both languages.
    pub fn told(self) -> Bilingual {
        let french = match self {
            Self::TooLong => format!("{CHARACTERS_MAX} caractères au plus"),
            Self::TooMany => {
                format!(
                    "{TERMS_MAX} mots au plus, sans compter ceux qui ne disent rien, comme «\u{a0}le\u{a0}»"
                )
            }
            Self::SaysNothing => {
                "au moins un mot qui dise quelque chose, contrairement à «\u{a0}le\u{a0}»".to_owned()
            }
            Self::ShortPrefix => format!("au moins {PREFIX_CHARACTERS_MIN} lettres ou chiffres avant *"),
            Self::OpenQuote => "des guillemets par paires".to_owned(),
        };
        Bilingual::new(self.to_string(), french)
    }
}

impl Term {
    /// Understands what somebody typed. The order of the terms is that of the words.
    ///
    /// # Errors
    /// More than 200 characters or 16 words, a beginning of one letter, nothing that says something.
    pub fn parse(text: &str) -> Result<Vec<Self>, Wrong> {
        if text.chars().count() > CHARACTERS_MAX {
            return Err(Wrong::TooLong);
        }
        // What French keyboards and phones write for quotation marks means the same.
        let text = text.replace(['«', '»', '“', '”', '„'], "\"");
        let mut terms = vec![];
        let mut words = 0;
        let parts: Vec<&str> = text.split('"').collect();
        if parts.len().is_multiple_of(2) {
            return Err(Wrong::OpenQuote);
        }
        for (index, part) in parts.into_iter().enumerate() {
            let (found, of) = if index % 2 == 1 { phrase(part) } else { single_words(part)? };
            words += of;
            terms.extend(found);
        }
        match words {
            0 => Err(Wrong::SaysNothing),
            1..=TERMS_MAX => {
                let mut once = vec![];
                terms.retain(|term| {
                    !once.contains(term) && {
                        once.push(term.clone());
                        true
                    }
                });
                Ok(terms)
            }
            _ => Err(Wrong::TooMany),
        }
    }

    /// Which words of a line are meant, the line being the stems of its words; none, if it is not said there.
    pub(super) fn marks(&self, line: &[String]) -> Vec<usize> {
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
                marks.dedup();
                marks.sort_unstable();
                marks.dedup();
                marks
            }
        }
    }

    /// Adds: it is said in the line `l`.
    pub(super) fn is_in_line(&self, statement: &mut Statement) {
        const LINE: &str = "' ' || l.stems || ' '";
        match self {
            Self::Word(stem) => statement.contains(LINE, &format!(" {stem} ")),
            Self::Prefix { begins, stem } => {
                statement.say("(");
                statement.contains(LINE, &format!(" {begins}"));
                statement.say(" OR ");
                statement.contains(LINE, &format!(" {stem} "));
                statement.say(")");
            }
            Self::Phrase { stems, open } => {
                let end = if *open { "" } else { " " };
                statement.contains(LINE, &format!(" {}{end}", stems.join(" ")));
            }
        }
    }

    /// Adds: it is said in the conversation.
    pub(crate) fn is_said(&self, statement: &mut Statement) {
        statement.say(
            "EXISTS (SELECT 1 FROM search_lines AS l WHERE l.livechat = conversations.livechat \
             AND l.conversation = conversations.conversation AND ",
        );
        self.is_in_line(statement);
        statement.say(")");
    }

    /// Adds a query for `what` of every line `l` in which it is said, by the full-text index.
    pub(crate) fn matches(&self, statement: &mut Statement, what: &str, livechat: &LivechatId) {
        statement.say(&format!("SELECT {what} FROM "));
        statement.dialect(
            "search_index CROSS JOIN search_lines AS l ON l.id = search_index.rowid WHERE search_index MATCH ",
            "search_lines AS l WHERE search_words(l.livechat, l.stems) @@ ",
        );
        statement.dialect_text(&self.for_sqlite(livechat), &self.for_postgres(livechat));
        statement.dialect("", "::tsquery");
        statement.say(" AND l.livechat = ");
        statement.text(livechat);
        if let Self::Phrase { .. } = self {
            statement.say(" AND ");
            self.is_in_line(statement);
        }
    }

    /// In the language of FTS5. The index has each stem with its livechat before it.
    fn for_sqlite(&self, livechat: &LivechatId) -> String {
        match self {
            Self::Word(stem) => format!("\"{livechat}/{stem}\""),
            Self::Prefix { begins, stem } => format!("\"{livechat}/{begins}\" * OR \"{livechat}/{stem}\""),
            Self::Phrase { stems, open } => {
                let all: Vec<String> = stems.iter().map(|stem| format!("\"{livechat}/{stem}\"")).collect();
                all.join(" AND ") + if *open { " *" } else { "" }
            }
        }
    }

    /// In the language of `tsquery`.
    fn for_postgres(&self, livechat: &LivechatId) -> String {
        match self {
            Self::Word(stem) => format!("'{livechat}/{stem}'"),
            Self::Prefix { begins, stem } => format!("'{livechat}/{begins}':* | '{livechat}/{stem}'"),
            Self::Phrase { stems, open } => {
                let all: Vec<String> = stems.iter().map(|stem| format!("'{livechat}/{stem}'")).collect();
                all.join(" & ") + if *open { ":*" } else { "" }
            }
        }
    }
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

fn single_words(text: &str) -> Result<(Vec<Term>, usize), Wrong> {
    let mut terms = vec![];
    for word in sought(text) {
        match word {
            Sought::Word { folded, end } if text[end..].starts_with('*') => {
                if folded.chars().count() < PREFIX_CHARACTERS_MIN {
                    return Err(Wrong::ShortPrefix);
                }
                let stem = known_by(stem(&folded));
                terms.push(Term::Prefix { begins: known_by(folded), stem });
            }
            Sought::Word { folded, .. } => {
                if !is_ignored(&folded) {
                    terms.push(Term::Word(known_by(stem(&folded))));
                }
            }
            Sought::Letters { pairs, last } => {
                let open = pairs.is_empty();
                terms.extend(one_after_the_other(if open { vec![last] } else { pairs }, open));
            }
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
    fn words_phrases_and_beginnings_are_told_apart() {
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
