//! The size of a file, for people.

use domain::text::Language;

/// In bytes, or in the decimal unit that leaves one to three digits before the comma.
pub(super) fn in_words(bytes: u64, language: Language) -> String {
    let (one, kilo, mega) = match language {
        Language::Fr => ("octet", "ko", "Mo"),
        Language::En => ("byte", "kB", "MB"),
    };
    match bytes {
        1 => format!("1\u{a0}{one}"),
        0..1_000 => format!("{bytes}\u{a0}{one}s"),
        1_000..999_950 => tenths(bytes, 1_000, kilo, language),
        // Rounded to a tenth, these are a megabyte.
        999_950.. => tenths(bytes, 1_000_000, mega, language),
    }
}

fn tenths(bytes: u64, unit: u64, name: &str, language: Language) -> String {
    let tenths = (bytes * 10 + unit / 2) / unit;
    let comma = match language {
        Language::Fr => ',',
        Language::En => '.',
    };
    format!("{}{comma}{}\u{a0}{name}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_the_unit_and_the_comma_of_the_reader() {
        for (bytes, fr, en) in [
            (1, "1 octet", "1 byte"),
            (999, "999 octets", "999 bytes"),
            (1_000, "1,0 ko", "1.0 kB"),
            (999_949, "999,9 ko", "999.9 kB"),
            (999_950, "1,0 Mo", "1.0 MB"),
            (20_971_520, "21,0 Mo", "21.0 MB"),
        ] {
            let plain = |language| in_words(bytes, language).replace('\u{a0}', " ");
            assert_eq!((plain(Language::Fr).as_str(), plain(Language::En).as_str()), (fr, en));
        }
    }
}
