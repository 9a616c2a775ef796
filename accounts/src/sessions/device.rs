//! What a browser or a program says of itself, so that people recognise their own sessions in a list. Anybody may
//! say anything there: it is shown, and nothing is decided by it.

use crate::limits::DEVICE_CHARACTERS_MAX;

/// The label of a device from the field `User-Agent` of a request: at most [`DEVICE_CHARACTERS_MAX`] characters, on one
/// line, without anything that is not seen or that turns the direction of a text. It may be empty.
pub fn device_label(user_agent: &str) -> String {
    // Far more than is kept, so that a long head is no long work.
    let visible =
        user_agent.chars().take(4 * DEVICE_CHARACTERS_MAX).map(|c| if is_shown(c) { c } else { ' ' });
    let words: String = visible.collect();
    let words: Vec<&str> = words.split_whitespace().collect();
    let label: String = words.join(" ").chars().take(DEVICE_CHARACTERS_MAX).collect();
    label.trim_end().to_owned()
}

/// Printable ASCII, which is what the field holds by its standard (RFC 9110), and letters and digits of any script.
fn is_shown(c: char) -> bool {
    c.is_ascii_graphic() || c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_short_on_one_line_and_all_of_it_is_seen() {
        assert_eq!(device_label(""), "");
        assert_eq!(device_label(" \t\r\n\0 "), "");
        assert_eq!(
            device_label("Mozilla/5.0  (X11;\r\n Linux\u{202e} x86_64)\0"),
            "Mozilla/5.0 (X11; Linux x86_64)"
        );
        assert_eq!(device_label("poste de Zoé"), "poste de Zoé");
        assert_eq!(device_label(&"é".repeat(200)).chars().count(), 200);
        assert_eq!(device_label(&"é".repeat(201)).chars().count(), 200);
        assert_eq!(device_label(&format!("{} x", "a".repeat(199))), "a".repeat(199));
        assert!(device_label(&"a ".repeat(1_000_000)).chars().count() <= 200);
    }
}
