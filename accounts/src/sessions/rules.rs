//! The rules of sessions, as functions of what is stored and of the time.

use chrono::TimeDelta;
use domain::Timestamp;

use crate::limits::{REFRESH_REPEAT_MAX_SECS, USE_WRITTEN_EVERY_SECS};

use super::kind::SessionKind;
use super::options::SessionOptions;

/// When a session that is not used any more ends: after it was idle, or for good.
pub(crate) fn expiry(
    options: &SessionOptions,
    kind: SessionKind,
    created_at: Timestamp,
    last_used_at: Timestamp,
) -> Timestamp {
    (last_used_at + options.idle(kind)).min(created_at + options.lifetime(kind))
}

/// Is a use now worth writing down?
pub(crate) fn is_new_use(last_used_at: Timestamp, now: Timestamp) -> bool {
    now - last_used_at >= TimeDelta::seconds(USE_WRITTEN_EVERY_SECS)
}

/// What is known of a refresh token that was sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SentRefresh {
    /// Its generation.
    pub(crate) generation: i64,
    /// When it was used, if it was.
    pub(crate) used_at: Option<Timestamp>,
    /// The generation of its session.
    pub(crate) current: i64,
}

/// What a refresh token that was sent means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The next generation is asked for.
    Next,
    /// The answer was lost, or two asked at once: the generation that there is already is asked for.
    Repeat,
    /// Two hold the same token, of whom one must have stolen it.
    Reuse,
}

/// What a refresh token means: the current one asks for the next generation; the one before it asks for the current
/// one again, within [`REFRESH_REPEAT_MAX_SECS`] of its use; every other one is a reuse.
///
/// A clock that was set back meanwhile by more than that makes a repeat a reuse: rather a sign-in too many than a
/// stolen token that is good for longer.
pub(crate) fn meaning(sent: SentRefresh, now: Timestamp) -> Meaning {
    let Some(used_at) = sent.used_at else { return Meaning::Next };
    let repeat = TimeDelta::seconds(REFRESH_REPEAT_MAX_SECS);
    if (now - used_at).abs() <= repeat && sent.generation + 1 == sent.current {
        Meaning::Repeat
    } else {
        Meaning::Reuse
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_timestamp_millis(1_800_000_000_000 + millis).unwrap()
    }

    #[test]
    fn a_session_ends_by_whichever_comes_first() {
        let options = SessionOptions::default();
        let expiry = |last_used: i64| expiry(&options, SessionKind::Page, at(0), at(last_used)) - at(0);
        assert_eq!(expiry(0), TimeDelta::hours(12));
        assert_eq!(expiry(1), TimeDelta::hours(12) + TimeDelta::milliseconds(1));
        assert_eq!(expiry(TimeDelta::days(30).num_milliseconds()), TimeDelta::days(30));
        assert_eq!(expiry(-1_000), TimeDelta::hours(12) - TimeDelta::seconds(1), "the clock was set back");
    }

    #[test]
    fn a_use_is_written_at_most_once_a_minute() {
        assert!(!is_new_use(at(0), at(0)));
        assert!(!is_new_use(at(0), at(59_999)));
        assert!(is_new_use(at(0), at(60_000)));
        assert!(!is_new_use(at(0), at(-1_000_000)), "the clock was set back");
    }

    #[test]
    fn a_refresh_may_be_repeated_for_ten_seconds() {
        let meaning = |used_at: Option<i64>, now: i64| {
            meaning(SentRefresh { generation: 3, used_at: used_at.map(at), current: 4 }, at(now))
        };
        assert_eq!(meaning(None, 0), Meaning::Next);
        assert_eq!(meaning(Some(0), 0), Meaning::Repeat);
        assert_eq!(meaning(Some(0), 10_000), Meaning::Repeat);
        assert_eq!(meaning(Some(0), 10_001), Meaning::Reuse);
        assert_eq!(meaning(Some(0), -10_000), Meaning::Repeat, "the clock was set back a little");
        assert_eq!(meaning(Some(0), -10_001), Meaning::Reuse, "the clock was set back far");
    }

    #[test]
    fn only_the_last_refresh_may_be_repeated() {
        for (current, expected) in [(4, Meaning::Repeat), (5, Meaning::Reuse), (6, Meaning::Reuse)] {
            let sent = SentRefresh { generation: 3, used_at: Some(at(0)), current };
            assert_eq!(meaning(sent, at(0)), expected, "{current}");
        }
    }
}
