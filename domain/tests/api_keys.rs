//! Keys of programs: who may manage them, and that it is recorded.

use pupitre_domain::event::{ApiKeyChange, ApiKeyTerms};
use pupitre_domain::id::ApiKeyId;
use pupitre_domain::text::Name;
use pupitre_domain::{Action, Actor, Fact, LivechatFact};
use uuid::Uuid;

use crate::support::*;

const KEY: ApiKeyId = ApiKeyId(Uuid::nil());

fn revoke() -> Action {
    Action::RecordApiKey(KEY, ApiKeyChange::Revoked)
}

fn revoked() -> Fact {
    Fact::Livechat(LivechatFact::ApiKeyChanged { key: KEY, change: ApiKeyChange::Revoked })
}

#[test]
fn what_an_administrator_does_with_a_key_is_recorded_and_changes_nothing_else() {
    let before = given([connected("alice"), asks("zoe")]);
    let after = before.clone().when(administrator(), revoke()).then([revoked()]);
    assert!(before.livechat == after.livechat);
    after.restarted();
}

#[test]
fn nobody_else_manages_keys() {
    let others = [visitor("zoe"), operator("alice"), supervisor(), analyst(), bot(), Actor::System];
    for by in others {
        given([connected("alice"), asks("zoe")]).when(by, revoke()).then_refused("forbidden");
    }
}

#[test]
fn a_repeated_command_is_only_the_same_if_it_is_about_the_same_key_and_the_same_change() {
    let other = ApiKeyId(Uuid::from_u128(1));
    assert!(revoke().is_recorded_as(&revoked()));
    assert!(!Action::RecordApiKey(other, ApiKeyChange::Revoked).is_recorded_as(&revoked()));
    let name = Name::parse("Robot").unwrap();
    let changed = ApiKeyChange::Changed { name, terms: ApiKeyTerms::default() };
    assert!(!Action::RecordApiKey(KEY, changed).is_recorded_as(&revoked()));
}
