//! Access: a read by the staff is recorded, and changes nothing.

use pupitre_domain::event::{Access, Exported, Form};
use pupitre_domain::{Action, Actor, Fact, LivechatFact};

use crate::support::*;

fn transcript_of(of: &str) -> Access {
    Access::Transcript { conversation: conversation(of), form: Form::Html }
}

fn accessed(access: Access) -> Fact {
    Fact::Livechat(LivechatFact::Accessed { access })
}

#[test]
fn each_role_of_the_staff_leaves_the_trace_of_what_it_read() {
    let export = Access::Export { what: Exported::Audit, form: Form::Csv, from: None, until: Some(start()) };
    for reader in [operator("alice"), supervisor(), administrator(), analyst(), bot()] {
        for access in [transcript_of("zoe"), Access::Search { shown: 0 }, export.clone()] {
            given([]).when(reader.clone(), Action::RecordAccess(access.clone())).then([accessed(access)]);
        }
    }
}

#[test]
fn a_visitor_reads_the_own_conversation_without_a_trace_and_pupitre_itself_reads_nothing() {
    for reader in [visitor("zoe"), Actor::System] {
        given([]).when(reader, Action::RecordAccess(transcript_of("zoe"))).then_refused("forbidden");
    }
}

#[test]
fn reading_twice_is_two_reads() {
    let read = || Action::RecordAccess(transcript_of("zoe"));
    given([Step::Do(analyst(), read())]).when(analyst(), read()).then([accessed(transcript_of("zoe"))]);
}

#[test]
fn a_conversation_of_long_ago_is_read_like_any_other() {
    let read = Action::RecordAccess(transcript_of("nobody remembers"));
    given([]).when(supervisor(), read).then([accessed(transcript_of("nobody remembers"))]);
}

#[test]
fn a_read_changes_nothing() {
    let before = given([connected_with_capacity("alice", 1), asks("zoe"), asks("yann")]);
    let after = before.clone().when(supervisor(), Action::RecordAccess(transcript_of("zoe"))).then_whatever();
    assert!(before.livechat == after.livechat);
    after.restarted();
}

#[test]
fn nothing_is_read_in_a_livechat_that_was_not_created() {
    let read = Action::RecordAccess(transcript_of("zoe"));
    given_nothing().when(supervisor(), read).then_refused("unknown_livechat");
}
