//! Tokens and the secrets of keys.

use std::sync::OnceLock;

use accounts::api_keys::Secret;
use api::auth::{Keys, Role};
use chrono::TimeDelta;
use domain::LivechatId;

/// Nothing is a token but what was signed, and what was signed says what it said.
pub(super) fn token(bytes: &[u8]) {
    static SIGNED: OnceLock<(Keys, String)> = OnceLock::new();
    let (keys, signed) = SIGNED.get_or_init(|| {
        let keys = Keys::ephemeral();
        let support = LivechatId::parse("support").expect("a livechat");
        let (signed, _) =
            keys.issue(&support, Role::Supervisor, "sophie", TimeDelta::days(1)).expect("a token");
        (keys, signed)
    });
    let text = String::from_utf8_lossy(bytes);
    assert!(keys.check(&text).is_none(), "nobody signed that");
    // The bytes as changes of a token that is good: where, and what instead.
    let mut changed = signed.clone().into_bytes();
    for change in bytes.chunks_exact(3) {
        let at = usize::from(u16::from_be_bytes([change[0], change[1]])) % changed.len();
        changed[at] = change[2];
    }
    let changed = String::from_utf8_lossy(&changed);
    if let Some(verified) = keys.check(&changed) {
        let signed = keys.check(signed).expect("it is good").claims;
        assert_eq!(format!("{:?}", verified.claims), format!("{signed:?}"), "{changed}");
    }
}

/// A secret that can be read is the text that was read, and with any other character it is a typing error.
pub(super) fn api_key(bytes: &[u8]) {
    static DRAWN: OnceLock<Secret> = OnceLock::new();
    let drawn = DRAWN.get_or_init(|| Secret::draw().expect("random numbers"));
    let text = String::from_utf8_lossy(bytes);
    if let Some(secret) = Secret::read(&text) {
        assert_eq!(secret.reveal(), text);
        assert!(!format!("{secret:?}").contains(secret.reveal()), "it does not show itself");
    }
    // The bytes as one change of a secret that is good.
    let [at, instead, ..] = bytes else { return };
    let mut changed = drawn.reveal().to_owned().into_bytes();
    let at = usize::from(*at) % changed.len();
    changed[at] = *instead;
    let changed = String::from_utf8_lossy(&changed);
    if changed != drawn.reveal() {
        assert!(Secret::read(&changed).is_none(), "{changed} is mistyped");
    }
}
