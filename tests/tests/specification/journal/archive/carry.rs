//! An export holds the log byte for byte, and an import makes the same log of it in any database.

use std::path::Path;

use journal::archive::{self, Defect, Error, Exported, Imported, Problem, Target};
use journal::entry::{GENESIS, WakeUp, chain, hex};
use journal::store::StoreError;
use journal::{Position, Store};
use pupitre_tests::store::{StoreUnderTest, each_store, on_postgres, sqlite};

use super::super::floor::Floor;
use super::super::story::{Story, by_visitor, id, write};
use super::{export, import, with_messages};

/// A scratch folder, and a file in it that is not there yet.
fn scratch() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.jsonl");
    (folder, file)
}

/// An empty log in the other database, where there is one.
async fn other_than(store: &StoreUnderTest) -> StoreUnderTest {
    if store.url().starts_with("sqlite:") { on_postgres().await.unwrap_or_else(sqlite) } else { sqlite() }
}

/// Where each livechat ends, whatever it waits for.
async fn heads(log: &dyn Store) -> Vec<(String, Position, [u8; 32])> {
    let heads = log.read().heads().await.unwrap();
    heads.into_iter().map(|head| (head.livechat.to_string(), head.position, head.hash)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_is_the_same_in_the_other_database_and_a_journal_goes_on_with_it() {
    Box::pin(each_store(async |under_test| {
        let from = under_test.open().await;
        let floor = Floor::over(from.clone()).await;
        let zoe = floor.conversation("zoe").await;
        for text in ["l'été", "🙂\n\t\"\\\"\u{1}", &"é".repeat(5_000)] {
            floor.does(by_visitor("zoe"), write(zoe, text)).await.unwrap();
        }
        // More than one batch.
        let (long, entries) = with_messages("long", 4_100);
        from.append(&entries).await.unwrap();
        // Of a version before there was an upcaster: it stays what it is.
        let (old, mut entries) = Story::opened("old");
        entries[1].event_version = "0.9".into();
        super::verify::reseal(&mut entries);
        from.append(&entries).await.unwrap();
        let (_folder, file) = scratch();
        let count = under_test.sql().await.count().await;
        assert_eq!(export(from.as_ref(), &file).await.unwrap(), Exported { found: 0, written: count });

        let target = other_than(&under_test).await;
        let to = target.open().await;
        assert_eq!(import(to.as_ref(), &file).await.unwrap(), Imported { found: 0, written: count });
        for livechat in [&floor.livechat, &long.livechat, &old.livechat] {
            let (here, there) = (under_test.sql().await, target.sql().await);
            assert_eq!(there.rows(livechat).await, here.rows(livechat).await);
        }
        assert_eq!(heads(to.as_ref()).await, heads(from.as_ref()).await);
        for (livechat, conversation) in
            [(&floor.livechat, zoe), (&long.livechat, *long.state.conversations().next().unwrap().0)]
        {
            let here = from.read().conversation(livechat, conversation, 0, 10_000).await.unwrap();
            assert_eq!(to.read().conversation(livechat, conversation, 0, 10_000).await.unwrap(), here);
            assert!(here.len() > 3);
        }
        assert!(to.read().heads().await.unwrap().iter().all(|head| head.wake_up == WakeUp::UNKNOWN));
        assert!(archive::verify(to.as_ref(), None, &|_, _| {}).await.unwrap().is_whole());

        let again = Floor::again(to.clone());
        assert_eq!(again.state().await, floor.state().await);
        again.says("zoe", zoe, "me revoilà").await.unwrap();
        assert_eq!(again.state().await, again.folded().await);
        assert!(archive::verify(to.as_ref(), None, &|_, _| {}).await.unwrap().is_whole());
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_that_was_cut_off_anywhere_ends_in_the_same_bytes() {
    each_store(async |under_test| {
        let log = under_test.open().await;
        for livechat in ["a", "b", "c"] {
            log.append(&with_messages(livechat, 5).1).await.unwrap();
        }
        let (_folder, file) = scratch();
        export(log.as_ref(), &file).await.unwrap();
        let whole = std::fs::read(&file).unwrap();
        let mut streamed = tempfile::tempfile().unwrap();
        let target = Target::Stream(Box::new(streamed.try_clone().unwrap()));
        archive::export(log.as_ref(), target, &|_, _| {}).await.unwrap();
        let mut bytes = Vec::new();
        std::io::Seek::rewind(&mut streamed).unwrap();
        std::io::Read::read_to_end(&mut streamed, &mut bytes).unwrap();
        assert!(bytes == whole);

        let second_line = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        for cut in [0, 5, second_line - 1, second_line, second_line + 30, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&file, &whole[..cut]).unwrap();
            let done = export(log.as_ref(), &file).await.unwrap();
            assert!(std::fs::read(&file).unwrap() == whole, "cut at {cut}");
            assert_eq!(done.found + done.written, under_test.sql().await.count().await);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exports_and_imports_that_are_repeated_carry_what_is_new() {
    each_store(async |under_test| {
        let log = under_test.open().await;
        let (mut one, entries) = Story::opened("one");
        log.append(&entries).await.unwrap();
        log.append(&Story::opened("two").1).await.unwrap();
        let (_folder, file) = scratch();
        export(log.as_ref(), &file).await.unwrap();
        let before = std::fs::read(&file).unwrap();
        let target = other_than(&under_test).await;
        let to = target.open().await;
        assert_eq!(import(to.as_ref(), &file).await.unwrap(), Imported { found: 0, written: 8 });
        assert_eq!(import(to.as_ref(), &file).await.unwrap(), Imported { found: 8, written: 0 });
        assert_eq!(export(log.as_ref(), &file).await.unwrap(), Exported { found: 8, written: 0 });
        assert!(std::fs::read(&file).unwrap() == before);

        let new = one.requests("zoe").1;
        log.append(&new).await.unwrap();
        let new = new.len() as u64;
        assert_eq!(export(log.as_ref(), &file).await.unwrap(), Exported { found: 8, written: new });
        assert!(std::fs::read(&file).unwrap().starts_with(&before));
        assert_eq!(import(to.as_ref(), &file).await.unwrap(), Imported { found: 8, written: new });
        assert_eq!(heads(to.as_ref()).await, heads(log.as_ref()).await);
        // The older file holds nothing new, and nothing else.
        std::fs::write(&file, &before).unwrap();
        assert_eq!(import(to.as_ref(), &file).await.unwrap(), Imported { found: 8, written: 0 });
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_history_of_the_same_livechat_is_refused_in_both_directions() {
    each_store(async |under_test| {
        let log = under_test.open().await;
        log.append(&with_messages("support", 3).1).await.unwrap();
        let (_folder, file) = scratch();
        export(log.as_ref(), &file).await.unwrap();
        let before = std::fs::read(&file).unwrap();
        // The same by other commands, as long, shorter and longer.
        for messages in [3, 1, 6] {
            let other = other_than(&under_test).await;
            let other_log = other.open().await;
            other_log.append(&with_messages("support", messages).1).await.unwrap();
            let (rows, is_other) = (other.sql().await.rows(&id("support")).await, |error: &Error| {
                matches!(error, Error::AnotherHistory { livechat, .. } if *livechat == id("support"))
            });
            let error = import(other_log.as_ref(), &file).await.unwrap_err();
            assert!(is_other(&error), "{error}");
            assert_eq!(other.sql().await.rows(&id("support")).await, rows);
            let error = export(other_log.as_ref(), &file).await.unwrap_err();
            assert!(is_other(&error), "{error}");
            assert!(std::fs::read(&file).unwrap() == before);
        }
        // A log that has never heard of the livechat does not go on from the file either.
        let error = export(other_than(&under_test).await.open().await.as_ref(), &file).await.unwrap_err();
        assert!(matches!(error, Error::AnotherHistory { .. }), "{error}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_line_is_refused_by_its_number_and_nothing_of_the_file_is_imported() {
    each_store(async |under_test| {
        let log = under_test.open().await;
        let (_, entries) = with_messages("support", 6);
        log.append(&entries).await.unwrap();
        let (_folder, file) = scratch();
        export(log.as_ref(), &file).await.unwrap();
        let whole = std::fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = whole.lines().collect();
        let bad: Vec<(usize, Vec<String>, &str)> = vec![
            (8, edited(&lines, 8, |line| line.replace("n° ", "n°  ")), "hash"),
            (7, edited(&lines, 7, |line| line.replace("1.0", "1.1")), "hash"),
            (6, edited(&lines, 6, |line| line[..line.len() / 2].to_owned()), "no record"),
            (5, edited(&lines, 5, |_| String::new()), "no record"),
            (5, edited(&lines, 5, |_| lines[5].to_owned()), "record 6 stands in its place"),
            (9, edited(&lines, 9, |_| lines[2].to_owned()), "record 3 stands in its place"),
            (4, edited(&lines, 4, |line| line.replace(r#""hash":""#, r#""hash":"g"#)), "hexadecimal"),
        ];
        for (number, lines, why) in bad {
            std::fs::write(&file, lines.join("\n") + "\n").unwrap();
            assert_refused(&file, number, why).await;
            // Nor does an export go on after it.
            let error = export(log.as_ref(), &file).await.unwrap_err();
            assert!(matches!(error, Error::Line { line, .. } if line == number as u64), "{error}");
        }
        std::fs::write(&file, &whole[..whole.len() - 20]).unwrap();
        assert_refused(&file, lines.len(), "incomplete").await;
    })
    .await;
}

/// The lines with one of them, from 1, changed.
fn edited(lines: &[&str], number: usize, edit: impl Fn(&str) -> String) -> Vec<String> {
    let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    let before = std::mem::take(&mut lines[number - 1]);
    lines[number - 1] = edit(&before);
    assert_ne!(lines[number - 1], before);
    lines
}

async fn assert_refused(file: &Path, number: usize, why: &str) {
    let target = sqlite();
    let to = target.open().await;
    let error = import(to.as_ref(), file).await.unwrap_err();
    let (number, text) = (number as u64, error.to_string());
    assert!(text.starts_with(&format!("line {number}: ")) && text.contains(why), "{text}");
    assert_eq!(target.sql().await.count().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_carried_exactly_is_not_carried() {
    each_store(async |under_test| {
        let log = under_test.open().await;
        let odd = |livechat: &str, change: fn(&str) -> String| {
            let (story, mut entries) = Story::opened(livechat);
            entries[2].payload = change(&entries[2].payload);
            (story.livechat, entries)
        };
        // Each comes before those that are there already.
        for (livechat, mut entries) in [
            odd("second", |payload| payload.replacen(',', ",\n", 1)),
            odd("first", |payload| format!("{payload} ")),
        ] {
            super::verify::reseal(&mut entries);
            log.append(&entries).await.unwrap();
            let (_folder, file) = scratch();
            let error = export(log.as_ref(), &file).await.unwrap_err();
            let Error::Defective(problem) = error else { panic!("{error}") };
            assert_eq!((problem.position, matches!(problem.defect, Defect::Unportable(_))), (3, true));
            assert_eq!(problem.livechat, livechat);
            assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 2);
        }
        // Nor is a log left out because nobody can tell where it ends.
        under_test.sql().await.execute("DELETE FROM heads WHERE livechat = 'second'").await.unwrap();
        let (_folder, file) = scratch();
        let error = export(log.as_ref(), &file).await.unwrap_err();
        assert!(matches!(error, Error::Defective(Problem { defect: Defect::Headless, .. })), "{error}");
        // A file of something else is left alone, even when it has no line end at all.
        let (_folder, file) = scratch();
        std::fs::write(&file, "my diary").unwrap();
        assert!(matches!(export(log.as_ref(), &file).await, Err(Error::Line { line: 1, .. })));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "my diary");
    })
    .await;
}

/// Lines of records that are chained as they should be, whatever they tell.
fn sealed(events: &[(&str, &str, &str)]) -> String {
    let (mut hash, mut lines) = (GENESIS, String::new());
    for ((at, kind, fact), position) in events.iter().zip(1..) {
        let payload = format!(r#"{{"at":"{at}","by":{{"administrator":"root"}},"fact":{fact}}}"#);
        let metadata = r#"{"command":"018f0000-0000-7000-8000-000000000000"}"#;
        hash = chain(&hash, position, [kind, "1.0", &payload, metadata]);
        lines.push_str(&format_args!(
            r#"{{"livechat":"l","position":{position},"type":"{kind}","version":"1.0","payload":{payload},"metadata":{metadata},"hash":"{}"}}"#,
            hex(&hash)
        ).to_string());
        lines.push('\n');
    }
    lines
}

const CREATED: &str = r#"{"livechat":{"created":{"name":"n","language":"en"}}}"#;
const REGISTERED: &str = r#"{"operator":{"operator":"a","fact":{"registered":{"profile":{"name":"a","skills":[],"capacity":null}}}}}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_verification_finds_fault_with_is_not_imported() {
    let (early, late) = ("2021-01-01T08:00:00Z", "2021-01-02T08:00:00Z");
    let created = (early, "livechat.created", CREATED);
    let good = sealed(&[created, (late, "operator.registered", REGISTERED)]);
    let cases: Vec<(&str, String, &str)> = vec![
        (
            "older",
            sealed(&[(late, "livechat.created", CREATED), (early, "operator.registered", REGISTERED)]),
            "its time does not follow",
        ),
        (
            "mistyped",
            sealed(&[created, (late, "conversation.ended", REGISTERED)]),
            "is called conversation.ended",
        ),
        ("unknown", sealed(&[created, (late, "livechat.burnt", r#"{"livechat":"burnt"}"#)]), "record 2"),
        (
            "a NUL in a text",
            sealed(&[
                created,
                (late, "operator.registered", &REGISTERED.replace("\"name\":\"a\"", r#""name":"a\u0000b""#)),
            ]),
            "l, record 2: it has a NUL in a text, which the database cannot keep",
        ),
        (
            "a name of no livechat",
            good.replace("\"livechat\":\"l\"", "\"livechat\":\"l l\""),
            "livechat: 1 to 64 characters among letters, digits, - _ . @ :, more than dots at line 1",
        ),
        ("no time", sealed(&[("yesterday", "livechat.created", CREATED)]), "record 1"),
        ("marked", format!("\u{feff}{good}"), "byte order mark"),
        ("cut off", good.trim_end()[..good.len() - 9].to_owned(), "incomplete"),
        (
            "without a beginning",
            good.lines().nth(1).unwrap().to_owned() + "\n",
            "record 2 stands in its place",
        ),
    ];
    for (what, text, why) in cases {
        let (_folder, file) = scratch();
        std::fs::write(&file, &text).unwrap();
        let target = sqlite();
        let to = target.open().await;
        let error = import(to.as_ref(), &file).await.unwrap_err().to_string();
        assert!(error.contains(why), "{what}: {error}");
        assert!(!error.contains("caractères") && !error.contains('\u{2063}'), "one language: {error}");
        assert_eq!(target.sql().await.count().await, 0, "{what}");
    }
    for (bytes, why) in [
        (&b"\x1f\x8b\x08\0\n"[..], "gzip"),
        (b"SQLite format 3\0\n", "SQLite"),
        (b"\xff\xfe{\0\n\0", "UTF-16"),
    ] {
        let (_folder, file) = scratch();
        std::fs::write(&file, bytes).unwrap();
        let error = import(sqlite().open().await.as_ref(), &file).await.unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    let (_folder, file) = scratch();
    std::fs::write(&file, "").unwrap();
    let error = import(sqlite().open().await.as_ref(), &file).await.unwrap_err();
    assert!(matches!(error, Error::Empty), "{error}");
    // The same lines, as another system ends them, are the same records.
    std::fs::write(&file, good.replace('\n', "\r\n")).unwrap();
    let target = sqlite();
    let to = target.open().await;
    assert_eq!(import(to.as_ref(), &file).await.unwrap(), Imported { found: 0, written: 2 });
    assert!(archive::verify(to.as_ref(), None, &|_, _| {}).await.unwrap().is_whole());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_no_log_is_refused_and_left_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("empty.db", b"");
    write("text.db", b"my diary, which is no database");
    let pool = sqlx::SqlitePool::connect(&format!("{}?mode=rwc", url("other.db"))).await.unwrap();
    sqlx::query("CREATE TABLE diary (day TEXT)").execute(&pool).await.unwrap();
    pool.close().await;
    let open = async |name: &str| journal::store::open_existing(&url(name)).await.map(drop).unwrap_err();
    for name in ["empty.db", "text.db", "other.db"] {
        let before = std::fs::read(folder.path().join(name)).unwrap();
        let error = open(name).await;
        assert!(matches!(error, StoreError::NotALog { .. }), "{name}: {error}");
        assert!(std::fs::read(folder.path().join(name)).unwrap() == before, "{name}");
    }
    assert!(matches!(open("nothing.db").await, StoreError::Missing(_)));
    assert!(!folder.path().join("nothing.db").exists());
    // A server does not begin in somebody else's database either; in an empty file it may.
    for name in ["text.db", "other.db"] {
        let error = journal::store::open(&url(name)).await.map(drop).unwrap_err();
        assert!(matches!(error, StoreError::NotALog { .. }), "{name}: {error}");
    }
    journal::store::open(&url("empty.db")).await.unwrap().close().await;
    journal::store::open_existing(&url("empty.db")).await.unwrap().close().await;
}
