//! The stored form of a state, by its version: what snapshots hold.
//!
//! A state that is serialised otherwise, or that the same events lead elsewhere, fails here: raise
//! [`STATE_VERSION`] and write the new golden beside the old one, which can then go.

use chrono::TimeDelta;
use pupitre_domain::livechat::STATE_VERSION;

use crate::support::*;

/// A livechat in the middle of a day: who waits, who talks, who has just gone.
fn state() -> pupitre_domain::Livechat {
    given_with_phrases([
        change(capacity(1, 5)),
        change(skills(&["billing", "technical"])),
        connected_with_skills("alice", &["billing"]),
        connected_with_skills("bob", &[]),
        asks("zoe"),
        asks("yann"),
        talks_to("alice", "zoe"),
        Step::Later(TimeDelta::seconds(30)),
        writes("zoe"),
        answers("alice", "zoe"),
        asks_for("ivan", "technical"),
        takes_a_break("bob"),
        picks_up("bob", "yann"),
        ends("bob", "yann"),
        asks("lea"),
    ])
    .livechat
}

#[test]
fn the_state_is_stored_as_its_version_says() {
    let name = format!("states/{STATE_VERSION}.json");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/").to_owned() + &name;
    let stored = serde_json::to_value(state()).unwrap();
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    let golden: serde_json::Value = serde_json::from_str(&golden).unwrap_or_default();
    assert!(
        stored == golden,
        "the state is not what {name} says; if that is meant, raise STATE_VERSION and store this:\n{stored:#}"
    );
    let read: pupitre_domain::Livechat = serde_json::from_value(golden).unwrap();
    assert_eq!(read, state());
}
