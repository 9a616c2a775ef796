//! Invisible characters that do something where they stand: they are spelling there, and a hiding place elsewhere.
//!
//! | | does something |
//! |---|---|
//! | a joiner (ZWJ) | between emoji; behind a virama or before one, in the scripts of India; beside one letter that joins, in Arabic and the like |
//! | a non-joiner (ZWNJ) | behind a virama with a letter next, or before one; between two letters that would join; behind the signs of Khmer that move |
//! | U+FE0E, U+FE0F | behind an emoji; in keycaps |
//! | U+FE00 to U+FE0D | behind characters that have registered variants: Chinese ones, signs of mathematics, hieroglyphs |
//! | U+E0100 to U+E01EF | behind a Chinese character |
//! | the selectors and the vowel separator of Mongolian | behind a letter of it; between two |
//! | tags | behind 🏴, as the whole name of England, Scotland or Wales |
//! | a direction mark | beside what has no direction of its own |

use std::collections::BTreeSet;
use std::sync::LazyLock;

use icu_properties::props::{
    Emoji, EmojiComponent, IndicSyllabicCategory, JoiningType, Math, Script, UnifiedIdeograph,
};
use icu_properties::{
    CodePointMapData, CodePointMapDataBorrowed, CodePointSetData, CodePointSetDataBorrowed,
};
use unicode_normalization::char::decompose_cjk_compat_variants;

use super::character::{Class, class, direction, is_letter, is_pictographic, script};

const SYLLABLES: CodePointMapDataBorrowed<'static, IndicSyllabicCategory> =
    CodePointMapData::<IndicSyllabicCategory>::new();
const JOINING: CodePointMapDataBorrowed<'static, JoiningType> = CodePointMapData::<JoiningType>::new();
const EMOJI: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<Emoji>();
const COMPONENTS: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<EmojiComponent>();
const MATHS: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<Math>();
const IDEOGRAPHS: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<UnifiedIdeograph>();

const JOINER: char = '\u{200D}';
const KEYCAP: char = '\u{20E3}';
const FLAG: char = '\u{1F3F4}';

/// The names of the three flags that are spelt: England, Scotland, Wales.
const FLAGS: [&str; 3] = ["gbeng", "gbsct", "gbwls"];

/// The tags of each, with the one that ends it.
const FLAG_TAGS: usize = 6;

/// By how much a tag is further than its letter.
const TAGS: u32 = 0xE0000;

/// The variants of Chinese characters that are registered for the sake of other standards.
static VARIANTS: LazyLock<BTreeSet<(char, char)>> = LazyLock::new(|| {
    let compatible = ('\u{F900}'..='\u{FAFF}').chain('\u{2F800}'..='\u{2FA1F}');
    compatible
        .filter_map(|character| {
            let mut parts = vec![];
            decompose_cjk_compat_variants(character, |part| parts.push(part));
            <[char; 2]>::try_from(parts).ok().map(<(char, char)>::from)
        })
        .collect()
});

/// Does an invisible character do something between what is kept `before` it and what comes `behind`?
pub(super) fn does_something(character: char, before: &[char], behind: &[char]) -> bool {
    let Some(last) = before.last().copied() else { return false };
    match class(character) {
        Class::Joiner => joins(character, before, last, behind),
        Class::Selector => selects(character, last, behind),
        Class::Tag => is_of_a_flag(character, before, behind),
        Class::DirectionMark => !has_direction(last) || is_before_what_turns(behind),
        Class::Hidden => {
            let parts_letters = character == '\u{180E}' && is_mongolian(last);
            parts_letters && behind.first().copied().is_some_and(is_mongolian)
        }
        Class::Shown
        | Class::Mark
        | Class::Blank
        | Class::Break
        | Class::Tab
        | Class::Control
        | Class::Direction
        | Class::Override
        | Class::Reserved
        | Class::Never => true,
    }
}

/// Is it as good as not there to what stands on its other side?
fn passes(character: char) -> bool {
    matches!(
        class(character),
        Class::Joiner | Class::Selector | Class::Tag | Class::DirectionMark | Class::Hidden
    )
}

fn joins(character: char, before: &[char], last: char, behind: &[char]) -> bool {
    let next = behind.iter().copied().find(|next| !passes(*next));
    if is_joiner(last) {
        return false;
    }
    if is_virama(last) {
        return character == JOINER || next.is_some_and(is_letter);
    }
    if next.is_some_and(|next| is_virama(next) && script(next) == script(last)) {
        return true;
    }
    // The signs of Khmer that another one above would push below.
    if matches!(last, '\u{17C9}' | '\u{17CA}') {
        return next.is_some_and(|next| class(next) == Class::Mark);
    }
    if character == JOINER && ends_in_emoji(before) {
        return next.is_some_and(is_pictographic);
    }
    let seen = |c: &char| JOINING.get(*c) != JoiningType::Transparent && !passes(*c);
    let joins_forward = before.iter().copied().rfind(seen).is_some_and(joins_what_follows);
    let joins_back = behind.iter().copied().find(seen).is_some_and(joins_what_precedes);
    if character == JOINER { joins_forward != joins_back } else { joins_forward && joins_back }
}

fn is_joiner(character: char) -> bool {
    class(character) == Class::Joiner
}

fn is_virama(character: char) -> bool {
    SYLLABLES.get(character) == IndicSyllabicCategory::Virama
}

fn joins_what_follows(letter: char) -> bool {
    [JoiningType::DualJoining, JoiningType::LeftJoining, JoiningType::JoinCausing]
        .contains(&JOINING.get(letter))
}

fn joins_what_precedes(letter: char) -> bool {
    [JoiningType::DualJoining, JoiningType::RightJoining, JoiningType::JoinCausing]
        .contains(&JOINING.get(letter))
}

/// An emoji, in the form and with the skin that it may have.
fn ends_in_emoji(text: &[char]) -> bool {
    let is_of_form = |c: &&char| **c == '\u{FE0F}' || ('\u{1F3FB}'..='\u{1F3FF}').contains(*c);
    text.iter().rev().find(|c| !is_of_form(c)).copied().is_some_and(is_pictographic)
}

fn selects(character: char, last: char, behind: &[char]) -> bool {
    match character {
        '\u{FE0F}' if last.is_ascii() => COMPONENTS.contains(last) && behind.first() == Some(&KEYCAP),
        '\u{FE0E}' | '\u{FE0F}' => EMOJI.contains(last) && !COMPONENTS.contains(last),
        '\u{FE00}'..='\u{FE0D}' => {
            const WITH_VARIANTS: [Script; 4] =
                [Script::Myanmar, Script::PhagsPa, Script::Manichaean, Script::EgyptianHieroglyphs];
            VARIANTS.contains(&(last, character))
                || WITH_VARIANTS.contains(&script(last)) && is_letter(last)
                || MATHS.contains(last) && !last.is_ascii()
        }
        '\u{E0100}'..='\u{E01EF}' => IDEOGRAPHS.contains(last),
        _ => is_mongolian(last),
    }
}

fn is_mongolian(character: char) -> bool {
    script(character) == Script::Mongolian && is_letter(character)
}

fn is_of_a_flag(character: char, before: &[char], behind: &[char]) -> bool {
    let is_tag = |c: &&char| class(**c) == Class::Tag;
    let spelt = before.iter().rev().take_while(is_tag).count();
    let (flag, spelt) = before.split_at(before.len() - spelt);
    let tags = spelt.iter().chain([&character]).chain(behind.iter().take_while(is_tag));
    let name: String =
        tags.take(FLAG_TAGS).filter_map(|tag| char::from_u32(u32::from(*tag) - TAGS)).collect();
    flag.last() == Some(&FLAG)
        && spelt.len() < FLAG_TAGS
        && name.strip_suffix('\u{7F}').is_some_and(|name| FLAGS.contains(&name))
}

/// Does something come next that has no direction of its own? Blanks at the end are none.
fn is_before_what_turns(behind: &[char]) -> bool {
    let mut seen = behind.iter().copied().filter(|next| !passes(*next));
    let next = seen.next();
    next.is_some_and(|next| !has_direction(next))
        && next.into_iter().chain(seen).any(|next| class(next) != Class::Blank)
}

/// Does it have a direction of its own, or that of the letter it stands on?
fn has_direction(character: char) -> bool {
    direction(character).is_some() || class(character) == Class::Mark
}
