//! A letter as people type it when they look for it: small, without accents, in its plain form.
//!
//! | script | what is one |
//! |---|---|
//! | Latin | accents (Vietnamese too), ligatures, `ß` = `ss`, `æ` = `ae`, `œ` = `oe`, `ø` = `o`, `đ` = `d`, `ł` = `l`, `þ` = `th`, dotless `ı` = `i` |
//! | Greek | accents and breathings, the final sigma |
//! | Cyrillic | `ё` = `е` and marks of stress; `й`, `ї`, `ў` are letters of their own |
//! | Arabic | the alefs, the yehs, `ة` = `ه`, the keheh of Persian; vowel signs and the tatweel do not count |
//! | Hebrew | points do not count; final letters |
//! | India | the nukta and the candrabindu; vowel signs and viramas are letters |
//! | Thai, Lao, Khmer, Burmese, Tibetan | all signs are letters |
//! | Japanese | half-width and full-width forms; `か` and `が`, `は` and `ハ` are different letters |
//! | Korean | syllables, however they are composed |
//! | digits | of every script, and those in circles |

use unicode_normalization::char::{compose, decompose_compatible, is_combining_mark};

use domain::text::{decimal_digit, is_cyrillic, is_plain_accent};

/// Adds a character of a word, folded. Marks change what stands before them, or do nothing.
pub(super) fn fold(character: char, to: &mut String) {
    if character.is_ascii() {
        return to.push(character.to_ascii_lowercase());
    }
    // A syllable of Korean is one letter, though Unicode takes it apart.
    if ('\u{AC00}'..='\u{D7A3}').contains(&character) {
        return to.push(character);
    }
    for lower in character.to_lowercase() {
        match plain(lower) {
            Some(letters) => to.push_str(letters),
            None if is_cyrillic(lower) && !is_combining_mark(lower) => to.push(lower),
            None => decompose_compatible(lower, |part| add(part, to)),
        }
    }
}

/// Letters that Unicode does not take apart, as people type them.
const fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'œ' => "oe",
        'æ' => "ae",
        'ß' => "ss",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ħ' => "h",
        'ŧ' => "t",
        'ŋ' => "n",
        'þ' => "th",
        'ı' => "i",
        'ς' => "σ",
        'ё' | 'ѐ' => "е",
        'ѝ' => "и",
        _ => return None,
    })
}

/// Adds a part of a character.
fn add(part: char, to: &mut String) {
    if part.is_ascii_alphanumeric() {
        return to.push(part.to_ascii_lowercase());
    }
    if let Some(digit) = decimal_digit(part) {
        return to.push(digit);
    }
    match part {
        // Parts of a syllable, and the sounds of Japanese, go into the letter before.
        '\u{1161}'..='\u{11FF}' | '\u{3099}' | '\u{309A}' => {
            let alone = (!join(part, to)).then_some(part);
            to.extend(alone);
        }
        'ٱ' | 'ٲ' | 'ٳ' => to.push('ا'),
        'ى' | 'ی' | 'ې' => to.push('ي'),
        'ة' | 'ھ' | 'ہ' | 'ە' => to.push('ه'),
        'ک' => to.push('ك'),
        'ـ' | '\u{5F3}' | '\u{5F4}' => {}
        'ך' => to.push('כ'),
        'ם' => to.push('מ'),
        'ן' => to.push('נ'),
        'ף' => to.push('פ'),
        'ץ' => to.push('צ'),
        '\u{901}' | '\u{981}' | '\u{A81}' | '\u{B01}' => to.extend(char::from_u32(u32::from(part) + 1)),
        _ if is_plain_accent(part) => accent(part, to),
        _ if is_combining_mark(part) => to.push(part),
        // What is left are letters and digits: "½" has a stroke, and "ℌ" is a capital again.
        _ if part.is_alphanumeric() => {
            for lower in part.to_lowercase() {
                match plain(lower) {
                    Some(letters) => to.push_str(letters),
                    None => to.push(lower),
                }
            }
        }
        _ => {}
    }
}

/// An accent by itself makes another letter in Cyrillic, and nothing elsewhere.
fn accent(mark: char, to: &mut String) {
    if to.chars().next_back().is_some_and(is_cyrillic)
        && join(mark, to)
        && let Some(letter) = to.pop()
    {
        fold(letter, to);
    }
}

fn join(mark: char, to: &mut String) -> bool {
    let joined = to.chars().next_back().and_then(|last| compose(last, mark));
    if let Some(joined) = joined {
        to.pop();
        to.push(joined);
    }
    joined.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let mut to = String::new();
        text.chars().for_each(|character| fold(character, &mut to));
        to
    }

    #[test]
    fn what_people_type_for_a_letter_is_one_with_it() {
        for (written, typed) in [
            ("Été", "ete"),
            ("ĽUBOŠ", "lubos"),
            ("Straße", "strasse"),
            ("ﬁn", "fin"),
            ("Æsir", "aesir"),
            ("Øre", "ore"),
            ("Łódź", "lodz"),
            ("đường", "duong"),
            ("ISTANBUL", "istanbul"),
            ("Iğdır", "igdir"),
            ("İzmir", "izmir"),
            ("Ὀδυσσεύς", "οδυσσευσ"),
            ("ΟΔΟΣ", "οδοσ"),
            ("ёлка", "елка"),
            ("е\u{308}лка", "елка"),
            ("мука\u{301}", "мука"),
            ("ПАРОЛЬ", "пароль"),
            ("أإآٱ", "اااا"),
            ("مكتبة", "مكتبه"),
            ("علی کتاب", "علي كتاب"),
            ("مُحَمَّد", "محمد"),
            ("محـــمد", "محمد"),
            ("שָׁלוֹם", "שלומ"),
            ("क़लम", "कलम"),
            ("हिन्दी", "हिन्दी"),
            ("ＡＢＣ１２３", "abc123"),
            ("ｶﾞﾗｽ", "ガラス"),
            ("か\u{3099}", "が"),
            ("١٢٣", "123"),
            ("१२३", "123"),
            ("๑๒๓", "123"),
            ("①²", "12"),
            ("\u{1112}\u{1161}\u{11AB}", "한"),
            ("한", "한"),
            ("ที่", "ที่"),
        ] {
            let typed = folded(typed).replace(' ', "");
            assert_eq!(folded(written).replace(' ', ""), typed, "{written}");
        }
    }

    #[test]
    fn different_letters_stay_different() {
        for (one, other) in [("й", "и"), ("ї", "і"), ("が", "か"), ("は", "ハ"), ("की", "का"), ("ม้า", "มา")]
        {
            assert_ne!(folded(one), folded(other));
        }
        assert_eq!(folded("и\u{306}"), folded("й"));
    }
}
