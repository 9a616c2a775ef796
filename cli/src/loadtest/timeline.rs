//! When each conversation begins. The intervals of the file are kept, except that time in which
//! nobody talks shrinks to a minute: the days of a file may be years apart. Pure.

use std::borrow::Borrow;
use std::time::Duration;

use super::dialogue::Dialogue;

/// Silence between conversations longer than this is shortened to it.
pub const IDLE_MAX: Duration = Duration::from_secs(60);

/// The beginnings of the dialogues, which are sorted by beginning, and the length of the whole.
#[derive(Debug, PartialEq, Eq)]
pub struct Timeline {
    /// For each dialogue, how long after the start, in time of the file.
    pub begins: Vec<Duration>,
    /// After this long the next repetition may begin: the last end, and a minute.
    pub lasts: Duration,
}

/// Lays the dialogues out.
pub fn lay_out<S: Borrow<Dialogue>>(dialogues: &[S]) -> Timeline {
    let mut dialogues = dialogues.iter().map(Borrow::borrow).peekable();
    let Some(first) = dialogues.peek() else {
        return Timeline { begins: Vec::new(), lasts: Duration::ZERO };
    };
    let start_secs = first.begins_at_secs;
    let mut begins = Vec::with_capacity(dialogues.size_hint().0);
    let mut cut = Duration::ZERO;
    // When everybody has gone, before any cut.
    let mut silent_from = Duration::ZERO;
    for dialogue in dialogues {
        let secs = u64::try_from(dialogue.begins_at_secs - start_secs).unwrap_or(0);
        let at = Duration::from_secs(secs);
        cut += at.saturating_sub(silent_from).saturating_sub(IDLE_MAX);
        begins.push(at.saturating_sub(cut));
        silent_from = silent_from.max(at + dialogue.lasts());
    }
    Timeline { begins, lasts: silent_from.saturating_sub(cut) + IDLE_MAX }
}

/// Time of the file as it passes at this speed.
pub(super) fn faster(time: Duration, speed: f64) -> Duration {
    Duration::try_from_secs_f64(time.as_secs_f64() / speed).unwrap_or(Duration::MAX / 4)
}

/// The longest time between two lines of one conversation.
pub fn longest_silence<S: Borrow<Dialogue>>(dialogues: &[S]) -> Duration {
    let pairs = dialogues.iter().flat_map(|dialogue| dialogue.borrow().lines.windows(2));
    pairs.map(|pair| pair[1].after.saturating_sub(pair[0].after)).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use domain::text::Language;

    use super::super::dialogue::{Line, Side};
    use super::*;

    fn dialogue(begins_at_secs: i64, lasts: u64) -> Dialogue {
        let line =
            |after| Line { after: Duration::from_secs(after), side: Side::Visitor, text: "…".into() };
        Dialogue {
            name: String::new(),
            begins_at_secs,
            visitor: String::new(),
            language: Language::Fr,
            skill: None,
            lines: vec![line(0), line(lasts)],
            empty: 0,
        }
    }

    fn seconds(timeline: &Timeline) -> Vec<u64> {
        timeline.begins.iter().map(Duration::as_secs).collect()
    }

    #[test]
    fn intervals_are_kept_while_somebody_talks() {
        let timeline = lay_out(&[dialogue(1_000, 500), dialogue(1_300, 10), dialogue(1_550, 1)]);
        assert_eq!(seconds(&timeline), [0, 300, 550]);
        assert_eq!(timeline.lasts, Duration::from_secs(551 + 60));
    }

    #[test]
    fn years_of_silence_become_a_minute() {
        let timeline = lay_out(&[dialogue(0, 100), dialogue(90_000_000, 5), dialogue(90_000_030, 5)]);
        assert_eq!(seconds(&timeline), [0, 160, 190]);
        assert_eq!(timeline.lasts, Duration::from_secs(195 + 60));
    }

    #[test]
    fn a_long_conversation_covers_the_silence_of_the_short_ones() {
        let timeline = lay_out(&[dialogue(0, 1_000), dialogue(10, 5), dialogue(900, 5), dialogue(1_200, 5)]);
        assert_eq!(seconds(&timeline), [0, 10, 900, 1_060]);
        assert_eq!(longest_silence(&[dialogue(0, 7), dialogue(0, 3)]), Duration::from_secs(7));
    }
}
