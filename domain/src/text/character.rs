//! What a character does in a text, by the properties that Unicode gives it.
//!
//! A text *shows* something if it has a letter, a digit, a punctuation mark or a symbol: marks need one to stand
//! on, and everything else is blank, invisible or not there.

use icu_properties::props::{
    BidiClass, DefaultIgnorableCodePoint, ExtendedPictographic, GeneralCategory, GeneralCategoryGroup,
    PrependedConcatenationMark, Script, VariationSelector,
};
use icu_properties::{
    CodePointMapData, CodePointMapDataBorrowed, CodePointSetData, CodePointSetDataBorrowed,
};
use unicode_normalization::char::canonical_combining_class;

const CATEGORIES: CodePointMapDataBorrowed<'static, GeneralCategory> =
    CodePointMapData::<GeneralCategory>::new();
const SCRIPTS: CodePointMapDataBorrowed<'static, Script> = CodePointMapData::<Script>::new();
const DIRECTIONS: CodePointMapDataBorrowed<'static, BidiClass> = CodePointMapData::<BidiClass>::new();
const IGNORABLE: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<DefaultIgnorableCodePoint>();
const PICTOGRAPHIC: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<ExtendedPictographic>();
const PREPENDED: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<PrependedConcatenationMark>();
const SELECTORS: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<VariationSelector>();

/// What a character does in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Can be seen by itself.
    Shown,
    /// Stands on the character before it.
    Mark,
    /// Takes room on the line and shows nothing.
    Blank,
    /// Ends the line, whatever program shows it.
    Break,
    /// The tab.
    Tab,
    /// A control of a terminal or a device.
    Control,
    /// Joins its neighbours, or keeps them apart: emoji of several people, Persian, the scripts of India.
    Joiner,
    /// Chooses a form of the character before it.
    Selector,
    /// Spells the name of a flag after 🏴, and hides messages elsewhere.
    Tag,
    /// A letter without form that has a direction.
    DirectionMark,
    /// Begins or ends a part with a direction of its own.
    Direction,
    /// Overrides the order of what follows, whatever its letters are.
    Override,
    /// Shows nothing: soft hyphens, fillers, places where a line may break.
    Hidden,
    /// A private-use or unassigned character.
    Reserved,
    /// Never a character.
    Never,
}

pub(crate) fn class(character: char) -> Class {
    if character.is_ascii() {
        return ascii(character);
    }
    match character {
        '\u{85}' | '\u{2028}' | '\u{2029}' => Class::Break,
        '\u{200C}' | '\u{200D}' => Class::Joiner,
        '\u{200E}' | '\u{200F}' | '\u{61C}' => Class::DirectionMark,
        '\u{202A}' | '\u{202B}' | '\u{202C}' | '\u{2066}'..='\u{2069}' => Class::Direction,
        '\u{202D}' | '\u{202E}' => Class::Override,
        '\u{E0020}'..='\u{E007F}' => Class::Tag,
        // Blank by design, though Unicode counts them among symbols and letters: Braille without a dot, and the
        // empty squares of hieroglyphs.
        '\u{2800}' | '\u{13441}' | '\u{13442}' => Class::Blank,
        // The place of an object that is not there, a note without a head, the frame of an annotation.
        '\u{FFFC}' | '\u{1D159}' | '\u{FFF9}'..='\u{FFFB}' => Class::Hidden,
        _ => by_properties(character),
    }
}

fn ascii(character: char) -> Class {
    match character {
        ' ' => Class::Blank,
        '\t' => Class::Tab,
        '\n' | '\r' | '\u{B}' | '\u{C}' => Class::Break,
        _ if character.is_control() => Class::Control,
        _ => Class::Shown,
    }
}

fn by_properties(character: char) -> Class {
    let category = CATEGORIES.get(character);
    let seen = [
        GeneralCategoryGroup::Letter,
        GeneralCategoryGroup::Punctuation,
        GeneralCategoryGroup::Symbol,
        GeneralCategoryGroup::Number,
    ];
    if seen.iter().any(|group| group.contains(category)) {
        if IGNORABLE.contains(character) { Class::Hidden } else { Class::Shown }
    } else if GeneralCategoryGroup::Mark.contains(category) {
        if SELECTORS.contains(character) {
            Class::Selector
        } else if IGNORABLE.contains(character) {
            Class::Hidden
        } else {
            Class::Mark
        }
    } else if GeneralCategoryGroup::Separator.contains(category) {
        Class::Blank
    } else if category == GeneralCategory::Control {
        Class::Control
    } else if IGNORABLE.contains(character) {
        Class::Hidden
    } else if category == GeneralCategory::Format {
        // The signs of Arabic numbers are seen; the joints of hieroglyphs are not.
        if PREPENDED.contains(character) { Class::Shown } else { Class::Mark }
    } else if PICTOGRAPHIC.contains(character) {
        // An emoji that is newer than these tables.
        Class::Shown
    } else if is_noncharacter(character) {
        Class::Never
    } else {
        Class::Reserved
    }
}

const fn is_noncharacter(character: char) -> bool {
    let code = character as u32;
    code & 0xFFFE == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF)
}

/// Is it a letter that is read from right to left?
pub(crate) fn is_right_to_left(character: char) -> bool {
    let direction = DIRECTIONS.get(character);
    (direction == BidiClass::RightToLeft || direction == BidiClass::ArabicLetter)
        && class(character) == Class::Shown
}

/// Is it read from right to left (`true`), from left to right, or as what is around it?
pub(crate) fn direction(character: char) -> Option<bool> {
    let class = DIRECTIONS.get(character);
    (class == BidiClass::LeftToRight).then_some(false).or(is_right_to_left(character).then_some(true))
}

/// Can it reverse what stands beside it where everything is read from right to left? Letters of the other direction,
/// numbers and what begins a direction do.
pub(crate) fn turns_leftward_text(character: char) -> bool {
    const PLAIN: [BidiClass; 9] = [
        BidiClass::RightToLeft,
        BidiClass::ArabicLetter,
        BidiClass::EuropeanSeparator,
        BidiClass::EuropeanTerminator,
        BidiClass::CommonSeparator,
        BidiClass::NonspacingMark,
        BidiClass::BoundaryNeutral,
        BidiClass::WhiteSpace,
        BidiClass::OtherNeutral,
    ];
    !PLAIN.contains(&DIRECTIONS.get(character))
}

/// Can it reverse what stands beside it on a line?
pub(crate) fn turns(character: char) -> bool {
    const PLAIN: [BidiClass; 9] = [
        BidiClass::LeftToRight,
        BidiClass::EuropeanNumber,
        BidiClass::EuropeanSeparator,
        BidiClass::EuropeanTerminator,
        BidiClass::CommonSeparator,
        BidiClass::NonspacingMark,
        BidiClass::BoundaryNeutral,
        BidiClass::WhiteSpace,
        BidiClass::OtherNeutral,
    ];
    !PLAIN.contains(&DIRECTIONS.get(character))
}

pub(crate) fn is_pictographic(character: char) -> bool {
    PICTOGRAPHIC.contains(character)
}

pub(crate) fn is_letter(character: char) -> bool {
    class(character) == Class::Shown && GeneralCategoryGroup::Letter.contains(CATEGORIES.get(character))
}

/// The script of a character, by Unicode.
pub fn script(character: char) -> Script {
    SCRIPTS.get(character)
}

/// Is it an accent? In the scripts of Asia, marks of class 0 are letters that stand around others.
pub(crate) fn is_accent(mark: char) -> bool {
    const PLAIN: [Script; 5] =
        [Script::Common, Script::Inherited, Script::Latin, Script::Greek, Script::Cyrillic];
    canonical_combining_class(mark) != 0 || PLAIN.contains(&SCRIPTS.get(mark))
}

/// Is it in a script that puts no spaces between its words?
pub fn has_no_spaces(character: char) -> bool {
    const SCRIPTS_WITHOUT_SPACES: [Script; 14] = [
        Script::Han,
        Script::Hiragana,
        Script::Katakana,
        Script::Hangul,
        Script::Bopomofo,
        Script::Yi,
        Script::Thai,
        Script::Lao,
        Script::Khmer,
        Script::Myanmar,
        Script::TaiLe,
        Script::NewTaiLue,
        Script::TaiTham,
        Script::TaiViet,
    ];
    // The sign that makes a sound of Japanese long belongs to two scripts, and so do half-width sounds.
    matches!(character, '\u{30FC}' | '\u{FF70}' | '\u{FF9E}' | '\u{FF9F}')
        || SCRIPTS_WITHOUT_SPACES.contains(&SCRIPTS.get(character)) && decimal_digit(character).is_none()
}

/// Does it show nothing within a word?
pub fn is_invisible(character: char) -> bool {
    // The dot of Catalan and the marks of Hebrew abbreviations are as good as not written.
    matches!(character, '\u{B7}' | '\u{5F3}' | '\u{5F4}')
        || matches!(
            class(character),
            Class::Joiner
                | Class::Selector
                | Class::Tag
                | Class::DirectionMark
                | Class::Direction
                | Class::Override
                | Class::Hidden
        )
}

/// Is it a Cyrillic letter?
pub fn is_cyrillic(character: char) -> bool {
    SCRIPTS.get(character) == Script::Cyrillic
}

/// A mark that people leave out when they type: an accent, a point, a vowel sign of Arabic, a nukta. Signs of scripts
/// in which they are letters are none.
pub fn is_plain_accent(character: char) -> bool {
    const WITH_POINTS: [Script; 7] = [
        Script::Common,
        Script::Inherited,
        Script::Latin,
        Script::Greek,
        Script::Hebrew,
        Script::Arabic,
        Script::Syriac,
    ];
    GeneralCategoryGroup::Mark.contains(CATEGORIES.get(character))
        && (WITH_POINTS.contains(&SCRIPTS.get(character))
            || is_cyrillic(character)
            || canonical_combining_class(character) == NUKTA)
}

/// The class of the dot below that makes other sounds of the letters of India.
const NUKTA: u8 = 7;

/// A decimal digit of any script as one of ours.
pub fn decimal_digit(character: char) -> Option<char> {
    let is_digit =
        |code: u32| char::from_u32(code).is_some_and(|c| CATEGORIES.get(c) == GeneralCategory::DecimalNumber);
    let code = u32::from(character);
    if character.is_ascii() || !is_digit(code) {
        return None;
    }
    // Each script has its ten in one row; a few have several rows one after the other.
    let before = (1..code).take_while(|back| is_digit(code - back)).count();
    char::from_digit(u32::try_from(before % 10).ok()?, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_that_unicode_calls_ignorable_or_white_shows_nothing() {
        let blank = |c: &char| IGNORABLE.contains(*c) || c.is_whitespace() || c.is_control();
        let all = (0..=u32::from(char::MAX)).filter_map(char::from_u32).filter(blank);
        let shown: Vec<char> = all.filter(|c| class(*c) == Class::Shown).collect();
        assert!(shown.is_empty(), "{shown:?}");
    }

    #[test]
    fn what_people_write_with_is_shown() {
        for shown in "aéЖ漢字かな한ไพက្ខعאक1٣.。!?€+👍🏴☺①½…’«\u{600}\u{1FAFF}".chars()
        {
            assert!(matches!(class(shown), Class::Shown | Class::Mark), "{shown:?}");
        }
    }
}
