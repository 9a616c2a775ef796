//! What is in the tables is what the folds say, row by row, whatever the batches.

use projections::Runner;
use projections::audit::Entity;
use serde_json::json;

use super::scratch::{Dump, Scratch};
use super::story::{Dice, Story};

#[tokio::test]
async fn the_tables_hold_what_the_folds_say_in_whatever_batches() {
    for seed in 1..=3 {
        let story = Story::of(seed, 1_500);
        let expected = Dump::expected(&story.events);
        assert!(expected.board.len() > 1 && expected.conversations.len() > 30, "a story worth telling");
        for scratch in Scratch::each().await {
            let runner = Runner::new(scratch.open().await);
            let mut dice = Dice::new(seed);
            let mut rest = &story.events[..];
            while !rest.is_empty() {
                let size = 1 + dice.roll(if seed == 1 { 400 } else { 40 });
                let (batch, after) = rest.split_at(rest.len().min(usize::try_from(size).unwrap()));
                runner.apply(batch).await.unwrap();
                rest = after;
            }
            assert!(scratch.dump().await == expected, "{} with seed {seed}", scratch.kind);
        }
    }
}

#[tokio::test]
async fn one_by_one_gives_the_same_rows_as_all_at_once() {
    let story = Story::of(7, 400);
    for scratch in Scratch::each().await {
        let runner = Runner::new(scratch.open().await);
        for event in &story.events {
            runner.apply(std::slice::from_ref(event)).await.unwrap();
        }
        let one_by_one = scratch.dump().await;
        assert!(one_by_one == Dump::expected(&story.events), "{}", scratch.kind);
    }
    for scratch in Scratch::each().await {
        Runner::new(scratch.open().await).apply(&story.events).await.unwrap();
        assert!(scratch.dump().await == Dump::expected(&story.events), "{}", scratch.kind);
    }
}

#[test]
fn a_row_has_the_columns_of_its_table() {
    use projections::assignments::Assignment;
    use projections::audit::{AuditEntry, AuditSubjects};
    use projections::contacts::Contact;
    use projections::conversations::Conversations;
    use projections::floor::{FloorConversations, FloorLivechats, FloorOperators};
    use projections::operator_time::OperatorTime;
    use projections::outbox::Outbox;
    use projections::search::SearchLines;
    use projections::settings::Settings;
    use projections::survey_answers::{PendingSurveys, SurveyAnswer};
    use projections::transcript::Transcript;
    use projections::{HistoryRow, Projection, projection::Table};
    use serde::Serialize;

    fn check<P: Projection>(rows: &[P::Row]) {
        same(P::TABLE, rows);
    }
    fn check_left<T: HistoryRow>(rows: &[T]) {
        same(T::TABLE, rows);
    }
    fn same(table: Table, rows: &[impl Serialize]) {
        let row = serde_json::to_value(rows.first().unwrap()).unwrap();
        let fields: std::collections::BTreeSet<&str> =
            row.as_object().unwrap().keys().map(String::as_str).collect();
        let columns = table.columns.iter().map(|column| column.name).collect();
        assert_eq!(fields, columns, "{}", table.name);
    }
    let all = Dump::expected(&Story::of(2, 2_000).events);
    check::<FloorLivechats>(&all.livechats);
    check::<FloorOperators>(&all.operators);
    check::<FloorConversations>(&all.board);
    check::<Conversations>(&all.conversations);
    check::<Transcript>(&all.transcript);
    check_left::<AuditEntry>(&all.audit);
    check::<AuditSubjects>(&all.audit_subjects);
    check::<Settings>(&all.settings);
    check::<Outbox>(&all.outbox);
    check::<SearchLines>(&all.search_lines);
    check::<PendingSurveys>(&all.pending_surveys);
    check_left::<Contact>(&all.contacts);
    check_left::<Assignment>(&all.stays);
    check_left::<OperatorTime>(&all.operator_time);
    check_left::<SurveyAnswer>(&all.survey_answers);
}

/// The stories of these tests are worth telling only if everything happens in them.
#[test]
fn a_long_story_tells_every_kind_of_event() {
    let mut never: std::collections::BTreeSet<&str> = [
        "livechat.accessed",
        "livechat.opened",
        "livechat.closed",
        "operator.connection_lost",
        "operator.reconnected",
        "operator.shift_started",
        "operator.shift_ended",
        "conversation.requested_again",
        "conversation.released",
        "conversation.queue_advanced",
        "conversation.typing",
        "conversation.auto_transferred",
        "conversation.auto_transfer_failed",
        "conversation.returned_to_queue",
        "conversation.followed_up",
        "conversation.search_noticed",
        "conversation.operator_searches",
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
        "conversation.kept_open",
        "conversation.closed",
    ]
    .into();
    for seed in 1..=6 {
        for event in &Story::of(seed, 4_000).events {
            never.remove(event.event.fact.name());
        }
    }
    assert!(never.is_empty(), "never seen: {never:?}");
}

#[test]
fn a_conversation_asked_for_again_keeps_its_first_wait_and_ends_anew() {
    use projections::conversations::State;

    let all = Dump::expected(&Story::of(4, 4_000).events);
    let again: Vec<_> = all.conversations.iter().filter(|row| row.segments > 1).collect();
    assert!(again.len() > 3, "some came back");
    for row in &again {
        assert!(row.last_requested_at > row.requested_at);
        let first_wait = row.picked_up_at.unwrap() - row.requested_at;
        assert_eq!(row.wait_ms, Some(first_wait.num_milliseconds()));
        assert!(row.ended_at.is_none_or(|ended_at| ended_at >= row.last_requested_at));
    }
    for row in &all.conversations {
        assert_eq!(row.kept_open_until.is_some(), row.state == State::KeptOpen);
        assert_eq!(row.transfers, row.transfers_manual + row.transfers_inactive + row.transfers_disconnected);
    }
    assert!(again.iter().any(|row| row.ended_at.is_some()), "some ended again");
}

#[test]
fn every_event_is_an_audit_entry_whose_old_values_are_the_new_ones_of_the_entry_before() {
    let story = Story::of(5, 4_000);
    let all = Dump::expected(&story.events).audit;
    assert_eq!(all.len(), story.events.len());
    let mut left = std::collections::BTreeMap::new();
    for entry in &all {
        // Of a name and a mail address, only that they were changed is shown.
        let is_shown = |path: &str| !matches!(path, "/name" | "/email");
        for change in entry.changes.iter().filter(|change| is_shown(&change.path)) {
            let place = (&entry.livechat, entry.entity, &entry.entity_id, &change.path);
            assert_ne!(change.before, change.after, "{entry:?}");
            if let Some(before) = left.insert(place, change.after.clone()) {
                assert_eq!(change.before, before, "{entry:?}");
            }
        }
    }
    let changes = |entity: Entity, path: &str| {
        let values = all.iter().filter(|entry| entry.entity == entity).flat_map(|entry| &entry.changes);
        let values = values.filter(|change| change.path == path);
        values.map(|change| (change.before.clone(), change.after.clone())).collect::<Vec<_>>()
    };
    let state = |before: &str, after: &str| (Some(json!(before)), Some(json!(after)));
    let states = changes(Entity::Conversation, "/state");
    for step in [
        ("requested", "waiting"),
        ("waiting", "assigned"),
        ("assigned", "picked_up"),
        ("picked_up", "assigned"),
        ("picked_up", "waiting"),
        ("picked_up", "ended"),
        ("ended", "kept_open"),
        ("kept_open", "requested"),
        ("waiting", "left"),
    ] {
        assert!(states.contains(&state(step.0, step.1)), "{step:?}");
    }
    assert!(changes(Entity::Conversation, "/operator").contains(&state("alice", "bob")), "a transfer");
    assert!(changes(Entity::Conversation, "/operator").contains(&(Some(json!("alice")), None)));
    assert!(changes(Entity::Conversation, "/important").contains(&(Some(json!(true)), None)));
    assert!(changes(Entity::Operator, "/status").contains(&state("available", "on_break")));
    let capacities = changes(Entity::Settings, "/conversations_per_operator");
    assert_eq!(capacities[0].0, Some(json!(3)), "the ready-made one");
    let reads: Vec<_> = all.iter().filter(|entry| entry.action == "livechat.accessed").collect();
    for entity in [Entity::Livechat, Entity::Conversation] {
        assert!(reads.iter().any(|entry| entry.entity == entity && entry.role == "analyst"));
    }
    for entry in &all {
        assert_eq!(entry.address.is_some(), ["operator", "administrator"].contains(&entry.role.as_str()));
    }
}

/// It is shown that the name of an operator was changed, and not what it is.
#[test]
fn the_audit_holds_no_personal_text() {
    let all = Dump::expected(&Story::of(3, 1_500).events);
    let audit = serde_json::to_string(&all.audit).unwrap();
    for secret in ["@exemple.fr", "Très aimable"] {
        let kept = serde_json::to_string(&(&all.outbox, &all.survey_answers)).unwrap();
        assert!(kept.contains(secret), "{secret} was said");
        assert!(!audit.contains(secret), "{secret}");
    }
    for secret in
        ["Zoé", "Bonjour", "urgent", "Puis-je", "Prix", "fâché", "relevé", "Besoin d'aide", "Votre relevé"]
    {
        assert!(serde_json::to_string(&all.transcript).unwrap().contains(secret), "{secret} was said");
        assert!(!audit.contains(secret), "{secret}");
    }
}
