//! Everything that reads what others wrote, and what holds of it for any bytes at all: it does not panic, what it reads is
//! the same when it is written and read again, and what it refuses it names.
//!
//! The targets of `fuzz/` and the test `specification/decoders.rs` both call these: the former with what libFuzzer thinks
//! of, the latter in every run of the tests with seeds and random changes of them.

mod json;
mod records;
mod secrets;
mod words;

/// A decoder with its laws, which panics when one does not hold.
pub type Decoder = fn(&[u8]);

/// Every decoder, by the name of its target and of its folder in `fuzz/seeds/`.
pub const ALL: &[(&str, Decoder)] = &[
    ("api_key", secrets::api_key),
    ("desk_frame", json::desk_frame),
    ("event", records::event),
    ("feed_cursor", words::feed_cursor),
    ("idempotency_key", words::idempotency_key),
    ("import_line", records::import_line),
    ("list_cursor", words::list_cursor),
    ("request_body", json::request_body),
    ("search_words", words::search_words),
    ("settings", json::settings),
    ("times", words::times),
    ("token", secrets::token),
    ("visitor_frame", json::visitor_frame),
];

/// The decoder with this name.
pub fn named(name: &str) -> Decoder {
    ALL.iter().find(|(known, _)| *known == name).expect("the name of a decoder").1
}
