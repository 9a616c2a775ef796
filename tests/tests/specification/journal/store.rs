//! What every store promises.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Duration;

use journal::checked::{Page, each_of_conversation};
use journal::entry::{Entry, GENESIS};
use journal::store::{PAGE_BYTES, StoreError, StoredRecord, is_full};
use journal::upcast::decode;
use journal::{Journal, Options, Store};
use pupitre_tests::patience::{consistently, soon};
use pupitre_tests::store::{Sql, each_store, on_postgres};

use super::story::{Story, by_operator, by_visitor, chained_again, id, words, write};
use domain::{Action, ConversationAction, Livechat};

/// The stored records are these, and nothing else.
fn assert_same(stored: &[impl AsRef<StoredRecord>], entries: &[Entry]) {
    assert_eq!(stored.len(), entries.len());
    for (stored, entry) in stored.iter().map(AsRef::as_ref).zip(entries) {
        assert_eq!(stored.livechat, entry.livechat);
        assert_eq!(stored.position, entry.position);
        assert_eq!(stored.event_type, entry.event_type);
        assert_eq!(stored.event_version, entry.event_version);
        assert_eq!((&stored.payload, &stored.metadata), (&entry.payload, &entry.metadata));
        assert_eq!(stored.hash, entry.hash);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn appended_records_are_loaded_in_order() {
    each_store(async |under_test| {
        let log = under_test.open().await;
        let (mut story, mut entries) = Story::opened("support");
        log.append(&entries).await.unwrap();
        let (conversation, more) = story.requests("zoe");
        log.append(&more).await.unwrap();
        entries.extend(more);
        let more = story.goes_on(by_visitor("zoe"), write(conversation, "bonjour"));
        log.append(&more).await.unwrap();
        entries.extend(more);

        assert_same(&log.read().page(&story.livechat, 0, 1_000).await.unwrap(), &entries);
        assert_same(&log.read().page(&story.livechat, 3, 1_000).await.unwrap(), &entries[3..]);
        assert_same(&log.read().page(&story.livechat, story.position, 1_000).await.unwrap(), &[]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn positions_start_at_one_and_have_no_gaps_whatever_the_size_of_the_batch() {
    each_store(async |under_test| {
        let log = under_test.open().await;
        // 512, 128, 32, 8 and 1 rows are one statement each in SQLite: every size of it, more than once.
        let records = 2 * (512 + 128 + 32 + 8 + 1);
        let (story, _, entries) = Story::repeating("support", "encore", records);
        soon(log.append(&entries)).await.unwrap();
        let stored = log.read().page(&story.livechat, 0, 10_000).await.unwrap();
        assert_same(&stored, &entries);
        assert!(stored.iter().map(|record| record.position).eq(1..=entries.len() as u64));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_batch_holds_records_of_several_livechats() {
    each_store(async |under_test| {
        let log = under_test.open().await;
        let (a, of_a) = Story::opened("a");
        let (b, of_b) = Story::opened("b");
        let (c, of_c) = Story::opened("c");
        let mut batch = Vec::new();
        for ((a, b), c) in of_a.iter().zip(&of_b).zip(&of_c) {
            batch.extend([a.clone(), b.clone(), c.clone()]);
        }
        log.append(&batch).await.unwrap();
        for (story, entries) in [(a, of_a), (b, of_b), (c, of_c)] {
            assert_same(&log.read().page(&story.livechat, 0, 1_000).await.unwrap(), &entries);
            let head = log.read().head(&story.livechat).await.unwrap().unwrap();
            assert_eq!((head.position, head.hash), (story.position, story.hash));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_expected_position_is_a_conflict_and_nothing_of_the_batch_is_written() {
    each_store(async |under_test| {
        let log = under_test.open().await;
        let sql = under_test.sql().await;
        let (mut story, opening) = Story::opened("support");
        let repeated = opening.clone();
        log.append(&opening).await.unwrap();
        let (conversation, request) = story.requests("zoe");
        let ahead = story.goes_on(by_visitor("zoe"), write(conversation, "trop tôt"));
        let unborn = Story::opened("unborn").1.split_off(1);
        let before = (sql.rows(&story.livechat).await, log.read().heads().await.unwrap());

        // Behind the head, inside the log, past the head, and past the head of a livechat without a log.
        for wrong in [repeated.clone(), repeated[2..].to_vec(), ahead, unborn] {
            let (mut innocent, mut batch) = Story::opened("innocent");
            batch.extend(wrong);
            batch.extend(innocent.requests("ivan").1);
            assert!(matches!(log.append(&batch).await, Err(StoreError::Conflict)));
            assert_eq!((sql.rows(&story.livechat).await, log.read().heads().await.unwrap()), before);
            assert_eq!(sql.count().await, 4);
        }

        log.append(&request).await.unwrap();
        assert_eq!(
            log.read().head(&story.livechat).await.unwrap().unwrap().position,
            request.last().unwrap().position
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_writers_at_once_exactly_one_succeeds() {
    each_store(async |under_test| {
        let (one, other) = (under_test.open().await, under_test.open().await);
        for livechat in 0..20 {
            let (mut story, opening) = Story::opened(&format!("livechat-{livechat}"));
            if livechat % 2 == 0 {
                one.append(&opening).await.unwrap();
                let mut elsewhere = story.clone();
                let (mine, yours) = (story.requests("zoe").1, elsewhere.requests("yann").1);
                assert_one_wins(one.as_ref(), &mine, other.as_ref(), &yours).await;
            } else {
                assert_one_wins(one.as_ref(), &opening, other.as_ref(), &opening).await;
            }
        }
    })
    .await;
}

async fn assert_one_wins(one: &dyn Store, mine: &[Entry], other: &dyn Store, yours: &[Entry]) {
    let livechat = &mine[0].livechat;
    let before = mine[0].position - 1;
    let outcome = soon(async { tokio::join!(one.append(mine), other.append(yours)) }).await;
    let winner = match outcome {
        (Ok(()), Err(StoreError::Conflict)) => mine,
        (Err(StoreError::Conflict), Ok(())) => yours,
        neither => panic!("one and only one wins, not {neither:?}"),
    };
    assert_same(&one.read().page(livechat, before, 1_000).await.unwrap(), winner);
    assert_eq!(other.read().head(livechat).await.unwrap().unwrap().hash, winner.last().unwrap().hash);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_abandoned_append_is_committed_before_the_head_is_settled_or_never() {
    each_store(async |under_test| {
        const LAST: i32 = 59;
        let log = under_test.open().await;
        let (mut done, mut undone) = (0, 0);
        for n in 0..=LAST {
            let (mut story, opening) = Story::opened(&format!("livechat-{n}"));
            log.append(&opening).await.unwrap();
            let before = story.position;
            let (conversation, mut entries) = story.requests("zoe");
            while entries.len() < 100 {
                entries.extend(story.goes_on(by_visitor("zoe"), write(conversation, "encore")));
            }
            // The caller goes away at some time: at once, in the middle, or when all is done.
            let patience = match n {
                0 => Duration::ZERO,
                LAST => Duration::from_secs(60),
                n => Duration::from_micros(50).mul_f64(1.15_f64.powi(n)),
            };
            let _ = tokio::time::timeout(patience, log.append(&entries)).await;
            let settled = soon(log.settled_head(&story.livechat)).await.unwrap().unwrap();
            let is_done = settled.position == story.position;
            assert!(is_done || settled.position == before, "a part of it, up to {}", settled.position);
            // Another append would be the fence; without one, nothing may change any more.
            consistently("the head is settled", Duration::from_millis(5), async || {
                log.read().head(&story.livechat).await.unwrap().as_ref() == Some(&settled)
            })
            .await;
            *if is_done { &mut done } else { &mut undone } += 1;
        }
        assert!(done > 0 && undone > 0, "{done} were done and {undone} were not");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_settles_once_the_transaction_that_locked_it_commits() {
    let Some(under_test) = on_postgres().await else { return };
    let log = under_test.open().await;
    let Sql::Postgres(pool) = under_test.sql().await else { unreachable!() };
    let (story, opening) = Story::opened("support");
    log.append(&opening).await.unwrap();
    // As a process that has fallen since leaves it: moved, and not committed yet.
    let mut fallen = pool.begin().await.unwrap();
    sqlx::query("UPDATE heads SET sequence = sequence + 1").execute(&mut *fallen).await.unwrap();
    let mut settled = log.settled_head(&story.livechat);
    let hurried = tokio::time::timeout(Duration::from_millis(200), &mut settled).await;
    assert!(hurried.is_err(), "it did not wait");
    assert_eq!(log.read().head(&story.livechat).await.unwrap().unwrap().position, story.position);
    fallen.commit().await.unwrap();
    assert_eq!(soon(settled).await.unwrap().unwrap().position, story.position + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_refuses_to_change_or_delete_an_event() {
    each_store(async |under_test| {
        let log = under_test.open().await;
        let sql = under_test.sql().await;
        let (story, entries) = Story::opened("support");
        log.append(&entries).await.unwrap();
        let before = sql.rows(&story.livechat).await;
        let mut attempts = vec![
            "UPDATE events SET payload = '{}'",
            "UPDATE events SET recorded_at = recorded_at WHERE sequence = 1",
            "DELETE FROM events WHERE sequence = 4",
            "DELETE FROM events",
        ];
        if matches!(sql, Sql::Postgres(_)) {
            attempts.push("TRUNCATE events");
        }
        for attempt in attempts {
            let refusal = sql.execute(attempt).await.unwrap_err().to_string();
            assert!(refusal.contains("the log is append-only"), "{attempt}: {refusal}");
        }
        assert_eq!(sql.rows(&story.livechat).await, before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_postgresql_the_server_has_no_right_to_change_the_log_even_without_the_triggers() {
    let Some(under_test) = on_postgres().await else { return };
    let log = under_test.open().await;
    let (story, entries) = Story::opened("support");
    log.append(&entries).await.unwrap();
    let Sql::Postgres(pool) = under_test.sql().await else { unreachable!("it is PostgreSQL") };
    let before = Sql::Postgres(pool.clone()).rows(&story.livechat).await;
    let mut connection = pool.acquire().await.unwrap();
    sqlx::query("DROP TRIGGER events_are_append_only ON events").execute(&mut *connection).await.unwrap();
    sqlx::query("SET ROLE pupitre_log").execute(&mut *connection).await.unwrap();
    for attempt in
        ["UPDATE events SET payload = '{}'", "DELETE FROM events", "TRUNCATE events", "DROP TABLE events"]
    {
        let refusal = sqlx::query(attempt).execute(&mut *connection).await.unwrap_err();
        let code = refusal.as_database_error().and_then(|error| error.code().map(Cow::into_owned));
        assert_eq!(code.as_deref(), Some("42501"), "{attempt}: {refusal}");
    }
    assert_eq!(Sql::Postgres(pool).rows(&story.livechat).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_heads_agree_with_the_events() {
    each_store(async |under_test| {
        let log = under_test.open().await;
        let sql = under_test.sql().await;
        let mut expected = BTreeMap::new();
        for livechat in ["b", "a", "c"] {
            let (mut story, opening) = Story::opened(livechat);
            log.append(&opening).await.unwrap();
            log.append(&story.requests("zoe").1).await.unwrap();
            expected.insert(story.livechat.clone(), (story.position, story.hash));
        }
        let heads = log.read().heads().await.unwrap();
        let heads: BTreeMap<_, _> =
            heads.into_iter().map(|head| (head.livechat, (head.position, head.hash))).collect();
        assert_eq!(heads, expected);
        for (livechat, (position, hash)) in expected {
            let last = sql.rows(&livechat).await.pop().unwrap();
            assert_eq!((u64::try_from(last.sequence).unwrap(), last.hash), (position, hash.to_vec()));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_livechat_has_no_log() {
    each_store(async |under_test| {
        let log = under_test.open().await;
        let (_, opening) = Story::opened("support");
        log.append(&opening).await.unwrap();
        let unknown = id("nobody");
        assert_eq!(log.read().head(&unknown).await.unwrap(), None);
        assert_same(&log.read().page(&unknown, 0, 1_000).await.unwrap(), &[]);
        assert_same(&log.read().page(&unknown, 0, 10).await.unwrap(), &[]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_is_read_alone() {
    each_store(async |under_test| {
        let log = under_test.open().await;
        let (mut story, mut entries) = Story::opened("support");
        let (zoe, more) = story.requests("zoe");
        entries.extend(more);
        let (yann, more) = story.requests("yann");
        entries.extend(more);
        entries.extend(
            story.goes_on(by_operator("alice"), Action::Conversation(zoe, ConversationAction::PickUp)),
        );
        entries.extend(story.goes_on(by_visitor("yann"), write(yann, "et moi ?")));
        entries.extend(story.goes_on(by_visitor("zoe"), write(zoe, "bonjour")));
        entries.extend(story.goes_on(by_visitor("zoe"), Action::Conversation(zoe, ConversationAction::End)));
        log.append(&entries).await.unwrap();
        // The same conversation elsewhere is another one.
        let (mut namesake, opening) = Story::opened("sales");
        log.append(&opening).await.unwrap();
        log.append(&namesake.requests("zoe").1).await.unwrap();

        let of = |conversation| -> Vec<Entry> {
            entries.iter().filter(|entry| entry.conversation == Some(conversation)).cloned().collect()
        };
        let (of_zoe, of_yann) = (of(zoe), of(yann));
        assert!(of_zoe.len() >= 5 && of_yann.len() >= 3);
        assert_same(&log.read().conversation(&story.livechat, zoe, 0, 1_000).await.unwrap(), &of_zoe);
        assert_same(&log.read().conversation(&story.livechat, yann, 0, 1_000).await.unwrap(), &of_yann);
        let after = of_zoe[2].position;
        assert_same(
            &log.read().conversation(&story.livechat, zoe, after, 1_000).await.unwrap(),
            &of_zoe[3..],
        );
        assert_same(&log.read().conversation(&namesake.livechat, zoe, 0, 1_000).await.unwrap(), &[]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_no_longer_than_asked() {
    each_store(async |under_test| {
        let log = under_test.open().await;
        let (mut story, mut entries) = Story::opened("support");
        let (_, more) = story.requests("zoe");
        entries.extend(more);
        log.append(&entries).await.unwrap();
        let page = async |after, limit| log.read().page(&story.livechat, after, limit).await.unwrap();
        assert_same(&page(0, 0).await, &[]);
        assert_same(&page(0, 1).await, &entries[..1]);
        assert_same(&page(2, 3).await, &entries[2..5]);
        assert_same(&page(0, 1_000).await, &entries);
        assert_same(&page(story.position, 10).await, &[]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_long_records_ends_early_and_the_next_goes_on() {
    const LONGEST: usize = PAGE_BYTES + 1_000;
    each_store(async |under_test| {
        let log = under_test.open().await;
        let (mut story, mut entries) = Story::opened("support");
        let (zoe, more) = story.requests("zoe");
        entries.extend(more);
        for number in 0..500 {
            // One of them is longer than a page may be.
            let text = if number == 250 { "x".repeat(LONGEST) } else { "🙂".repeat(5_000) };
            // A log may hold what no command may say any more.
            let text = serde_json::from_value(text.into()).unwrap();
            entries.extend(
                story.goes_on(by_visitor("zoe"), Action::Conversation(zoe, ConversationAction::Write(text))),
            );
        }
        log.append(&entries).await.unwrap();
        let bytes = |page: &[StoredRecord]| page.iter().map(StoredRecord::bytes).sum::<usize>();
        let (mut all, mut pages) = (vec![], 0);
        loop {
            let page = log.read().page(&story.livechat, all.len() as u64, 1_000).await.unwrap();
            assert!(bytes(&page) <= PAGE_BYTES + LONGEST + 1_000, "{}", page.len());
            let is_last = !is_full(&page, 1_000);
            all.extend(page);
            pages += 1;
            assert_eq!(is_last, all.len() == entries.len());
            if is_last {
                break;
            }
        }
        assert_same(&all, &entries);
        assert!(pages >= 4, "{pages}");

        // Of a conversation, too.
        let of_zoe: Vec<Entry> =
            entries.iter().filter(|entry| entry.conversation == Some(zoe)).cloned().collect();
        let (mut all, mut reached) = (vec![], 0);
        while all.len() < of_zoe.len() {
            let page = log.read().conversation(&story.livechat, zoe, reached, 1_000).await.unwrap();
            reached = page.last().expect("there is one at least").stored.position;
            let page: Vec<_> = page.into_iter().map(|linked| linked.stored).collect();
            assert!(bytes(&page) <= PAGE_BYTES + LONGEST + 1_000, "{}", page.len());
            all.extend(page);
        }
        assert_same(&all, &of_zoe);

        // A checked read reads the record before as well, which may be a page by itself.
        let giant = entries.iter().find(|entry| entry.payload.len() > PAGE_BYTES).unwrap().position;
        for after in [giant - 2, giant - 1, giant, giant + 1] {
            let read = Page::read(log.read(), &story.livechat, after, 100).await.unwrap().decode().unwrap();
            assert_eq!(read.first().map(|record| record.position), Some(after + 1));
        }
        let mut count = 0;
        let count_all = |_| {
            count += 1;
            ControlFlow::Continue(())
        };
        each_of_conversation(log.read(), &story.livechat, zoe, 0, count_all).await.unwrap();
        assert_eq!(count, of_zoe.len());
        // And so it is loaded.
        let journal = Journal::over(log.clone(), Options::default());
        assert!(journal.peek(&story.livechat, Livechat::next_deadline).await.unwrap().is_some());
        journal.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_survives_byte_for_byte() {
    let every_control: String = (1..=0x1f).chain([0x7f, 0x80, 0x9f]).filter_map(char::from_u32).collect();
    let texts = [
        "l'été \"entre guillemets\" \\ et \\\\ puis \\u0000 \\n écrits en toutes lettres".to_owned(),
        "🙂👩‍👩‍👧‍👦🏳️‍🌈 e\u{301} \u{202e}droite à gauche\u{202c} \u{feff}\u{2028}\u{2029}\u{10ffff}\u{fffd}"
            .to_owned(),
        "une\nligne\r\net\tune autre\r".to_owned(),
        every_control,
        "'; DROP TABLE events; -- $1 ? {} {operator} NULL".to_owned(),
        "  \u{a0} espaces  ".to_owned(),
        "é".repeat(5_000),
        "🙂".repeat(5_000),
        "\u{1}".repeat(5_000),
    ];
    each_store(async |under_test| {
        let log = under_test.open().await;
        let sql = under_test.sql().await;
        let (mut story, mut entries) = Story::opened("support");
        let (zoe, more) = story.requests("zoe");
        entries.extend(more);
        // A log may hold any text: it was not always asked.
        for (number, _) in texts.iter().enumerate() {
            entries.extend(story.goes_on(by_visitor("zoe"), write(zoe, &format!("texte {number}"))));
        }
        let entries = chained_again(entries, |entry| {
            let number = texts.iter().enumerate().find_map(|(number, text)| {
                let written = serde_json::to_string(&format!("texte {number}")).unwrap();
                entry.payload.contains(&written).then_some((written, text))
            });
            match number {
                Some((written, text)) => {
                    entry.payload.replace(&written, &serde_json::to_string(text).unwrap())
                }
                None => entry.payload.clone(),
            }
        });
        log.append(&entries).await.unwrap();

        let stored = log.read().page(&story.livechat, 0, 1_000).await.unwrap();
        let records: Vec<_> = stored.iter().map(|record| decode(record).unwrap()).collect();
        let read: Vec<&str> = records.iter().filter_map(words).collect();
        assert_eq!(read, texts.each_ref());
        for (row, entry) in sql.rows(&story.livechat).await.iter().zip(&entries) {
            assert_eq!((&row.payload, &row.metadata), (&entry.payload, &entry.metadata));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opened_again_it_is_the_same_log() {
    each_store(async |under_test| {
        let (story, entries) = Story::opened("support");
        let log = under_test.open().await;
        log.append(&entries).await.unwrap();
        soon(log.close()).await;
        assert!(log.append(&entries).await.is_err());
        let log = under_test.open().await;
        assert_same(&log.read().page(&story.livechat, 0, 1_000).await.unwrap(), &entries);
        assert_ne!(log.read().head(&story.livechat).await.unwrap().unwrap().hash, GENESIS);
    })
    .await;
}
