//! Each question finds exactly what it should, page by page.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::settings::{SectionName, Settings};
use domain::{ConversationFact, ConversationId, Fact, Flow, Livechat, LivechatFact};
use projections::transcript::LineRow;
use projections::{Queries, Runner, audit};
use uuid::Uuid;

use super::scratch::{Dump, Scratch};
use super::story::{ADDRESS, Story, slug};

#[tokio::test]
async fn the_audit_pages_and_filters() {
    let story = Story::of(32, 1_000);
    let all = Dump::expected(&story.events).audit;
    let conversation = all.iter().find(|entry| entry.entity == audit::Entity::Conversation).unwrap();
    let filters = [
        audit::Filter::default(),
        audit::Filter { actor: Some("alice".into()), role: Some("operator".into()), ..Default::default() },
        audit::Filter { actions: vec!["conversation.transferred".into()], ..Default::default() },
        audit::Filter {
            actions: vec!["operator.status_changed".into(), "livechat.settings_changed".into()],
            ..Default::default()
        },
        audit::Filter { address: Some(ADDRESS.parse().unwrap()), ..Default::default() },
        audit::Filter { entity: Some(audit::Entity::Settings), since: 10, ..Default::default() },
        audit::Filter {
            entity: Some(audit::Entity::Conversation),
            entity_id: Some(conversation.entity_id.clone()),
            ..Default::default()
        },
    ];
    for scratch in Scratch::each().await {
        let database = scratch.open().await;
        Runner::new(database.clone()).apply(&story.events).await.unwrap();
        let views = Queries::new(database);
        for filter in &filters {
            let is = |asked: &Option<String>, has: &str| asked.as_deref().is_none_or(|asked| asked == has);
            let mut expected: Vec<_> = all
                .iter()
                .filter(|entry| entry.livechat == "support")
                .filter(|entry| filter.entity.is_none_or(|entity| entity == entry.entity))
                .filter(|entry| is(&filter.entity_id, &entry.entity_id) && is(&filter.actor, &entry.actor))
                .filter(|entry| filter.actions.is_empty() || filter.actions.contains(&entry.action))
                .filter(|entry| is(&filter.role, &entry.role))
                .filter(|entry| {
                    filter.address.is_none_or(|from| entry.address.as_deref() == Some(&from.to_string()))
                })
                .filter(|entry| entry.position >= i64::try_from(filter.since).unwrap())
                .cloned()
                .collect();
            expected.reverse();
            assert!(!expected.is_empty(), "{filter:?}");
            let (mut found, mut cursor) = (vec![], None);
            loop {
                let page = views.audit(&slug("support"), filter, cursor, 7).await.unwrap();
                found.extend(page.items);
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(found, expected);
        }
    }
}

#[tokio::test]
async fn a_time_stands_for_the_position_of_the_first_entry_at_or_after_it() {
    let story = Story::of(37, 600);
    let log = &story.islands[0].log;
    for scratch in Scratch::each().await {
        let database = scratch.open().await;
        let views = Queries::new(database.clone());
        let id = &story.islands[0].id;
        assert_eq!(views.audit_at(id, &log[0].event.at).await.unwrap(), 1, "nothing there yet");
        Runner::new(database).apply(&story.events).await.unwrap();
        for record in log.iter().step_by(17) {
            let at = record.event.at;
            for time in [at, at - chrono::TimeDelta::milliseconds(1), at + chrono::TimeDelta::milliseconds(1)]
            {
                let first = log.iter().find(|record| record.event.at >= time);
                let expected = first.map_or(log.len() as u64 + 1, |first| first.position);
                assert_eq!(views.audit_at(id, &time).await.unwrap(), expected);
            }
        }
    }
}

#[tokio::test]
async fn the_settings_at_any_time_are_those_of_the_state_then() {
    let story = Story::of(35, 1_500);
    let island = &story.islands[0];
    for scratch in Scratch::each().await {
        let database = scratch.open().await;
        Runner::new(database.clone()).apply(&story.events).await.unwrap();
        let views = Queries::new(database);
        let first = island.log[0].event.at;
        let before = first - chrono::TimeDelta::milliseconds(1);
        assert_eq!(views.settings_at(&island.id, SectionName::Capacity, before).await.unwrap(), None);
        let mut state = Livechat::default();
        let mut tried = 0;
        for (index, record) in island.log.iter().enumerate() {
            domain::evolve(&mut state, &record.event);
            if let Fact::Livechat(LivechatFact::SettingsChanged { section, revision }) = &record.event.fact {
                assert_eq!(
                    *revision,
                    Some(state.revision(section.name())),
                    "the event carries what is counted"
                );
            }
            let next = island.log.get(index + 1);
            let ends_here = next.is_none_or(|next| next.event.at > record.event.at);
            if !ends_here || (index % 20 != 0 && index > 60 && next.is_some()) {
                continue;
            }
            tried += 1;
            for name in SectionName::ALL {
                let then = views.settings_at(&island.id, *name, record.event.at).await.unwrap().unwrap();
                assert_eq!(
                    (then.revision, then.section),
                    (state.revision(*name), state.settings().section(*name))
                );
                let counted = views.settings_revision(&island.id, *name, record.position).await.unwrap();
                assert_eq!(counted, state.revision(*name));
            }
        }
        assert!(tried > 10 && state.revision(SectionName::Capacity) > 2, "a story worth telling");
        assert_ne!(*state.settings(), Settings::default());
    }
}

#[tokio::test]
async fn the_pages_of_the_history_of_a_section_hold_each_change_exactly_once_newest_first() {
    let story = Story::of(36, 20_000);
    let island = &story.islands[0];
    let revisions = island.state.revision(SectionName::Capacity);
    assert!(revisions > 4, "a story worth telling: {revisions}");
    for scratch in Scratch::each().await {
        let database = scratch.open().await;
        Runner::new(database.clone()).apply(&story.events).await.unwrap();
        let views = Queries::new(database);
        for limit in [1, 3, 200] {
            let (mut found, mut cursor) = (vec![], None);
            loop {
                let name = SectionName::Capacity;
                let page = views.settings_history(&island.id, name, cursor, limit).await.unwrap();
                assert!(page.items.len() <= limit);
                found.extend(page.items);
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            let told: Vec<u64> = found.iter().map(|change| change.revision).collect();
            assert_eq!(told, (1..=revisions).rev().collect::<Vec<_>>());
            for change in &found {
                assert_eq!(
                    (change.author.role.as_str(), change.author.id.as_str()),
                    ("administrator", "sophie")
                );
                assert!(!change.changes.is_empty(), "{change:?}");
            }
            for pair in found.windows(2) {
                assert_eq!(pair[1].changes[0].after, pair[0].changes[0].before, "one follows from the other");
            }
        }
    }
}

#[tokio::test]
async fn a_transcript_reads_back_the_whole_life() {
    let story = Story::of(33, 1_000);
    let all = Dump::expected(&story.events);
    for scratch in Scratch::each().await {
        let database = scratch.open().await;
        Runner::new(database.clone()).apply(&story.events).await.unwrap();
        let views = Queries::new(database);
        for row in all.conversations.iter().filter(|row| row.livechat == "ventes") {
            let id = ConversationId(Uuid::parse_str(&row.conversation).unwrap());
            assert_eq!(views.conversation(&slug("ventes"), id).await.unwrap().as_ref(), Some(row));
            assert_eq!(views.conversation(&slug("support"), id).await.unwrap(), None, "an island");
            let lines = views.transcript(&slug("ventes"), id, 0).await.unwrap().items;
            let expected: Vec<_> =
                all.transcript.iter().filter(|line| line.conversation == row.conversation).cloned().collect();
            assert_eq!(lines.iter().cloned().map(LineRow::from).collect::<Vec<_>>(), expected);
            let first = &lines.first().unwrap().fact;
            assert!(matches!(first, ConversationFact::Flow(Flow::Requested(_))), "{first:?}");
            let middle = lines[lines.len() / 2].position;
            let after = views.transcript(&slug("ventes"), id, u64::try_from(middle).unwrap()).await.unwrap();
            assert_eq!(after.items, lines[lines.len() / 2 + 1..]);
        }
    }
}

#[tokio::test]
async fn a_writer_can_wait_until_the_write_is_readable() {
    let story = Story::of(34, 200);
    let scratch = Scratch::sqlite();
    let database = scratch.open().await;
    let runner = Runner::new(database.clone());
    let views = Queries::new(database);
    let last = story.events.iter().rfind(|event| event.livechat == slug("support")).unwrap().position;
    let no_time = Duration::from_millis(1);
    assert!(!views.wait_for(&slug("support"), last, no_time).await.unwrap(), "nothing there yet");
    assert!(views.floor(&slug("support")).await.unwrap().is_none());
    let waiting = tokio::spawn({
        let views = views.clone();
        async move { views.wait_for(&slug("support"), last, Duration::from_secs(60)).await }
    });
    tokio::task::yield_now().await;
    runner.apply(&story.events).await.unwrap();
    assert!(waiting.await.unwrap().unwrap());
    assert!(views.wait_for(&slug("support"), last, no_time).await.unwrap());
    assert!(!views.wait_for(&slug("support"), last + 1, no_time).await.unwrap());
    let livechats: BTreeSet<_> = runner.checkpoints().await.unwrap().into_keys().collect();
    assert_eq!(livechats, [slug("support"), slug("ventes")].into());
}
