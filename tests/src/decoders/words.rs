//! What is read from headers and addresses: cursors, keys of commands, words that are searched for, times.

use std::str::FromStr;

use api::http::dates;
use api::http::idempotency::IdempotencyKey;
use api::live::cursor::Cursor as FeedCursor;
use axum::extract::FromRequestParts;
use axum::http::{HeaderValue, Request};
use domain::LivechatId;
use domain::settings::opening_hours::{ClockTime, TimeZone};
use futures::FutureExt;
use projections::conversations::{Cursor, Question};
use projections::text_search::Term;

/// Where a reader of a feed stands.
pub(super) fn feed_cursor(bytes: &[u8]) {
    let Ok(read) = FeedCursor::from_str(&String::from_utf8_lossy(bytes)) else { return };
    assert_eq!(FeedCursor::from_str(&read.to_string()), Ok(read));
}

/// Where a page of a list ends: of this list, and of no other.
pub(super) fn list_cursor(bytes: &[u8]) {
    let livechat = |id| LivechatId::parse(id).expect("a livechat");
    let (support, sales, all) = (livechat("support"), livechat("sales"), Question::default());
    let text = String::from_utf8_lossy(bytes);
    let made = Cursor::new(0, 0).text(&support, &all);
    let mark = made.split('.').next().unwrap_or_default();
    for text in [text.clone().into_owned(), format!("{mark}.{text}")] {
        let Some(read) = Cursor::parse(&text, &support, &all) else { continue };
        assert_eq!(Cursor::parse(&read.text(&support, &all), &support, &all), Some(read));
        assert_eq!(Cursor::parse(&text, &sales, &all), None, "{text} is of another list");
    }
}

/// The key with which a command may be repeated.
pub(super) fn idempotency_key(bytes: &[u8]) {
    let read = |value: HeaderValue| {
        let (mut parts, ()) =
            Request::builder().header("Idempotency-Key", value).body(()).expect("a request").into_parts();
        let read = IdempotencyKey::from_request_parts(&mut parts, &()).now_or_never();
        read.expect("it awaits nothing")
    };
    let Ok(value) = HeaderValue::from_bytes(bytes) else { return };
    match read(value) {
        Ok(key) => {
            let text = key.0.0.to_string();
            let again = read(HeaderValue::from_str(&text).expect("a header")).expect("a key");
            assert_eq!(again.0, key.0);
        }
        Err(problem) => assert_eq!(problem.errors[0].field, "Idempotency-Key"),
    }
}

/// Words that are searched for.
pub(super) fn search_words(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match Term::parse(&text) {
        Ok(terms) => assert!(!terms.is_empty(), "{text:?} looks for nothing"),
        Err(wrong) => assert!(!wrong.to_string().is_empty()),
    }
    Term::of_question(&text);
}

/// A time zone, a time, and some times of the day or dates, each on its line.
pub(super) fn times(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    let zone = TimeZone(lines.next().unwrap_or_default().to_owned());
    match dates::time_in("from", lines.next().unwrap_or_default()) {
        Ok(time) => {
            assert_eq!(dates::time_in("from", &time.to_rfc3339()).expect("a time"), time);
            if zone.is_known() {
                let wall = zone.wall_clock(time);
                assert_eq!(wall.to_utc(), time, "{zone:?}");
                assert!(zone.first_instant(wall.naive_local()) <= time, "{zone:?} {time}");
            }
        }
        Err(problem) => assert_eq!(problem.errors[0].field, "from"),
    }
    for line in lines {
        if ClockTime::parse(line).minutes().is_some() {
            assert_eq!(ClockTime::parse(line).to_string(), line);
        }
        if let Some(date) = dates::date(line) {
            assert_eq!(date.to_string(), line);
        }
    }
}
