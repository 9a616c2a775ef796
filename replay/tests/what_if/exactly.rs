//! Where nothing is otherwise, everything comes out as it was, event by event.

use std::collections::BTreeMap;

use std::sync::Arc;

use chrono::TimeDelta;
use domain::Instant;
use journal::Recorded;
use pupitre_replay::what_if::{self, History, Question};

use crate::floor::Floor;

/// Plays a period again, and shows the first event that is not as it was.
#[track_caller]
fn is_as_it_was(floor: &Floor, from: Instant, until: Instant, what: &str) -> usize {
    let history = History::of(&floor.id, &floor.log, (from, until)).unwrap();
    let played = what_if::play(&history, &Question { seed: 7, ..Question::default() }).unwrap();
    if let Some((then, now)) = played.difference(&history) {
        let about = then.or(now).and_then(|record| record.event.fact.conversation_id());
        let before = then.or(now).map_or(0, |record| record.position);
        let alike = |record: &&Arc<Recorded>| {
            record.position <= before && record.event.fact.conversation_id() == about
        };
        for record in floor.log.iter().filter(alike) {
            println!("{} {:?} {:?}", record.position, record.event, record.command);
        }
        panic!("{what}: then {then:?}\nand now {now:?}");
    }
    assert_eq!(played.refused, 0, "{what}");
    history.records().len()
}

#[test]
fn everything_that_can_happen_happens_again() {
    let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut events = 0;
    for seed in 0..20 {
        let mut floor = Floor::new(seed);
        floor.furnish();
        floor.bustles(300);
        let from = floor.now;
        floor.bustles(1_500);
        let until = floor.now;
        floor.bustles(300);
        for (from, until, what) in [
            (from, until, "in the midst of it"),
            (floor.log[0].event.at, floor.now + TimeDelta::hours(1), "from the beginning to the end"),
        ] {
            events += is_as_it_was(&floor, from, until, &format!("seed {seed}, {what}"));
        }
        for record in &floor.log {
            *seen.entry(record.event.fact.name()).or_default() += 1;
        }
    }
    println!("{events} events: {seen:?}");
    let kinds = [
        "livechat.created",
        "conversation.requested",
        "conversation.requested_again",
        "conversation.refused",
        "conversation.queued",
        "conversation.queue_advanced",
        "conversation.assigned",
        "conversation.assigned_by_hand",
        "conversation.left",
        "conversation.released",
        "conversation.picked_up",
        "conversation.message_posted",
        "conversation.internal_message_posted",
        "conversation.visitor_presence",
        "conversation.page_changed",
        "conversation.typing",
        "conversation.transferred",
        "conversation.auto_transferred",
        "conversation.auto_transfer_failed",
        "conversation.returned_to_queue",
        "conversation.followed_up",
        "conversation.search_noticed",
        "conversation.operator_searches",
        "conversation.timeout_announced",
        "conversation.importance_marked",
        "conversation.help_called",
        "conversation.help_taken",
        "conversation.help_done",
        "conversation.file_requested",
        "conversation.file_sent",
        "conversation.copy_mailed",
        "conversation.survey_asked",
        "conversation.survey_opened",
        "conversation.survey_cancelled",
        "conversation.survey_answered",
        "conversation.survey_closed",
        "conversation.ended",
        "conversation.kept_open",
        "conversation.closed",
        "livechat.settings_changed",
        "livechat.accessed",
        "livechat.token_issued",
        "livechat.identity_changed",
        "livechat.opened",
        "livechat.closed",
        "livechat.shut",
        "livechat.reopened",
        "operator.registered",
        "operator.connected",
        "operator.connection_lost",
        "operator.reconnected",
        "operator.disconnected",
        "operator.status_changed",
        "operator.shift_started",
        "operator.shift_ended",
        "operator.suspended",
        "operator.reinstated",
        "operator.removed",
    ];
    for kind in kinds {
        assert!(seen.contains_key(kind), "{kind} never happened: {seen:?}");
    }
    for kind in seen.keys() {
        assert!(kinds.contains(kind), "{kind} happens, too");
    }
}
