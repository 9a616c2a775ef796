//! The keys that sign tokens: a rotation signs nobody out, a retired key ends at once what it signed, and whatever
//! happens to the key file, a server that runs goes on with the keys it has.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use api::auth::Role;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use pupitre_tests::actors::{Ended, Feed, Livechat, Operator, Person, Socket, Transport};
use pupitre_tests::patience::eventually;
use pupitre_tests::process::{Finished, ServerProcess, run};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::limits::private_files::program;

const PROGRAM: &str = env!("CARGO_BIN_EXE_pupitre-under-test");

/// A server with a key file, and what it logs.
struct Site {
    server: ServerProcess,
    folder: TempDir,
}

impl Site {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = program(folder.path(), "077");
        let database = format!("sqlite://{}", folder.path().join("pupitre.db").display());
        let key = folder.path().join("key");
        let server = ServerProcess::start_with(&script, &database, &key, &["--log", "trace"]).await;
        Self { server, folder }
    }

    fn key_file(&self) -> PathBuf {
        self.folder.path().join("key")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    async fn keys(&self, arguments: &[&str]) -> Finished {
        let file = self.key_file();
        let all = [&["keys"][..], arguments, &["--key-file", file.to_str().unwrap()]].concat();
        run(Path::new(PROGRAM), &all, "").await
    }

    /// The key that signs, after another was added.
    async fn rotates(&self) -> String {
        let done = self.keys(&["rotate", "--json"]).await.ended(0).json();
        done["signs"].as_str().unwrap().to_owned()
    }

    /// The id of each key, oldest first.
    async fn ids(&self) -> Vec<String> {
        let list = self.keys(&["list", "--json"]).await.ended(0).json();
        list["keys"].as_array().unwrap().iter().map(|key| key["id"].as_str().unwrap().to_owned()).collect()
    }

    /// A supervisor with a token that is signed on the command line, with the newest key.
    async fn newcomer(&self, livechat: &Livechat) -> Person {
        self.signed(livechat, "supervisor", "nora").await
    }

    async fn signed(&self, livechat: &Livechat, role: &str, subject: &str) -> Person {
        let file = self.key_file();
        let who = ["--livechat", "support", "--role", role, "--subject", subject];
        let all = [&["token", "--key-file", file.to_str().unwrap()][..], &who].concat();
        let token = run(Path::new(PROGRAM), &all, "").await.ended(0).stdout;
        livechat.stranger(Some(token.trim().to_owned()))
    }

    async fn support(&self) -> Livechat {
        let livechat = self.server.livechat("support");
        livechat.is_created().await;
        livechat
    }
}

/// What the head of a token says.
fn header(token: &str) -> Value {
    let head = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    serde_json::from_slice(&head).unwrap()
}

/// The key that the server signs with.
async fn signs(livechat: &Livechat, operator: &Operator) -> String {
    let path = format!("/operators/{}/tokens", operator.id);
    let answer = livechat.administrator().post(&path, &Value::Null).await.is(201);
    header(answer["token"].as_str().unwrap())["kid"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_signs_nobody_out_and_refuses_no_request() {
    let site = Site::start().await;
    let livechat = site.support().await;
    let mut alice = livechat.operator("alice").await;
    let mut zoe = livechat.visitor("zoe").await;
    let [first] = &site.ids().await[..] else { panic!("one key at first") };
    assert_eq!(signs(&livechat, &alice).await, *first);
    let old = livechat.supervisor();
    for expected in 2..=4 {
        let newest = site.rotates().await;
        // At once, whether the server has noticed or not; those before are as good as ever.
        let newcomer = site.newcomer(&livechat).await;
        assert_eq!(header(newcomer.token())["kid"], newest.as_str());
        for (person, path) in [(&newcomer, "/queue"), (&old, "/queue"), (&alice.person, "/canned-replies")] {
            person.get(path).await.is(200);
        }
        eventually("the server signs with the new key", async || {
            old.get("/queue").await.is(200);
            signs(&livechat, &alice).await == newest
        })
        .await;
        let ids = site.ids().await;
        assert_eq!((ids.len(), &ids[0], ids.last()), (expected, first, Some(&newest)));
    }
    // On the sockets that were open from the beginning.
    alice.picks_up(&zoe).await;
    zoe.says("bonjour").await;
    alice.hears(&zoe, "bonjour").await;
    let renewed = zoe.person.post(&zoe.path("/visitor-tokens"), &Value::Null).await;
    assert_ne!(header(renewed.is(201)["token"].as_str().unwrap())["kid"], first.as_str());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retired_key_ends_within_a_second_what_it_signed_and_nothing_else() {
    let site = Site::start().await;
    let livechat = site.support().await;
    livechat.registers("alice", json!({})).await;
    let zoe = livechat.visitor("zoe").await;
    let mut visitor = zoe.page(0).await;
    let mut feeds = vec![];
    for (path, role, subject) in [
        ("/floor", Role::Supervisor, "sophie"),
        ("/queue/live", Role::Supervisor, "sophie"),
        ("/desk", Role::Operator, "alice"),
    ] {
        for transport in Transport::BOTH {
            let person = livechat.person(role, subject);
            let mut feed = Feed::follow(&person, transport, path, None).await;
            feed.next().await;
            feeds.push((path, transport, feed));
        }
    }
    let old = livechat.supervisor();
    let first = site.ids().await.remove(0);
    let newest = site.rotates().await;
    let newcomer = site.newcomer(&livechat).await;
    let mut goes_on = Feed::follow(&newcomer, Transport::Socket, "/floor", None).await;
    let mut with_ticket = Socket::open(&old.socket_with_ticket("/floor").await).await;
    let (gone, good) = (old.socket_with_ticket("/floor").await, newcomer.socket_with_ticket("/floor").await);

    let refused = site.keys(&["retire", &first]).await.ended(1).stderr;
    assert!(refused.contains("--now") && refused.contains(&first), "{refused}");
    old.get("/queue").await.is(200);
    let refused = site.keys(&["retire", &newest, "--now"]).await.ended(1).stderr;
    assert!(refused.contains("rotate first"), "{refused}");

    let done = site.keys(&["retire", &first, "--now", "--json"]).await.ended(0).json();
    let retired = Instant::now();
    assert_eq!(done, json!({ "retired": first }));
    for (path, transport, feed) in &mut feeds {
        let expected = match transport {
            Transport::Events => Ended::Event("token_expired".into()),
            Transport::Socket => Ended::Close(1008),
        };
        assert_eq!(feed.ends().await, expected, "{path}");
    }
    assert_eq!(visitor.close_code().await, Some(1008));
    assert_eq!(with_ticket.close_code().await, Some(1008));
    // A second, and some for a busy machine; a ping comes after fifteen.
    assert!(retired.elapsed() < Duration::from_secs(3), "{:?}", retired.elapsed());
    for gone in [&old, &zoe.person] {
        gone.get("/queue").await.is_problem(401, "unauthorized");
    }
    newcomer.get("/queue").await.is(200);
    let refused = Socket::try_open(&gone).await.err().expect("a refusal");
    refused.is_problem(401, "unauthorized");
    Socket::open(&good).await;
    let ada = site.signed(&livechat, "administrator", "ada").await;
    ada.put("/operators/bob", &json!({ "name": "Bob" })).await.is(200);
    goes_on.next_of(&["change"]).await;
    site.keys(&["retire", &first, "--now"]).await.ended(1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_whose_time_is_over_checks_no_more() {
    let site = Site::start().await;
    let livechat = site.support().await;
    let old = livechat.supervisor();
    let mut feed = Feed::follow(&old, Transport::Events, "/floor", None).await;
    site.rotates().await;
    let file = site.key_file();
    let mut document: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let soon = Utc::now() + TimeDelta::seconds(2);
    document["former"][0]["checks_until"] = json!(soon);
    // The one who keeps the file lays it out otherwise.
    fs::write(&file, document.to_string().replacen('{', "{\n ", 1)).unwrap();
    assert_eq!(feed.ends().await, Ended::Event("token_expired".into()));
    assert!(Utc::now() >= soon);
    old.get("/queue").await.is_problem(401, "unauthorized");
    let first = site.ids().await.remove(0);
    assert!(site.keys(&["list"]).await.ended(0).stdout.contains("(over)"));
    // Then it needs no --now; a rotation would drop it as well.
    site.keys(&["retire", &first]).await.ended(0);
    assert_eq!(site.ids().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_file_that_cannot_be_read_leaves_the_keys_in_memory_in_force() {
    let site = Site::start().await;
    let livechat = site.support().await;
    let old = livechat.supervisor();
    site.rotates().await;
    let file = site.key_file();
    let good = fs::read_to_string(&file).unwrap();
    let secret = good.split('"').find(|text| text.len() > 60).unwrap();
    let replaces = |content: &str, mode: u32| {
        let new = site.folder.path().join("another");
        fs::write(&new, content).unwrap();
        fs::set_permissions(&new, Permissions::from_mode(mode)).unwrap();
        fs::rename(&new, &file).unwrap();
    };
    let errors = || site.log().matches("the keys in memory stay in force").count();
    let mut expected = 0;
    for (content, mode) in [
        (&good[..good.len() / 2], 0o600),
        ("", 0o600),
        ("no document, and yet long enough to be the bytes of one secret", 0o600),
        (&good[..], 0o660),
    ] {
        replaces(content, mode);
        expected += 1;
        eventually("the error is in the log", async || errors() == expected).await;
        old.get("/queue").await.is(200);
    }
    fs::remove_file(&file).unwrap();
    eventually("the error is in the log", async || errors() > expected).await;
    old.get("/queue").await.is(200);
    // Repaired, it is followed again.
    replaces(&good, 0o600);
    let newest = site.rotates().await;
    let newcomer = site.newcomer(&livechat).await;
    assert_eq!(header(newcomer.token())["kid"], newest.as_str());
    newcomer.get("/queue").await.is(200);
    assert_eq!(errors(), expected + 1, "each is reported once");
    assert!(!site.log().contains(secret), "no secret is in the log");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_whose_head_names_anything_else_is_just_an_invalid_token() {
    let site = Site::start().await;
    let livechat = site.support().await;
    let good = livechat.supervisor().token().to_owned();
    let [head, claims, signature] = &good.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let id = header(&good)["kid"].clone();
    assert_eq!(header(&good)["alg"], "HS256");
    let long = "a".repeat(6_000);
    for (alg, kid) in [
        ("none", &id),
        ("None", &id),
        ("HS384", &id),
        ("RS256", &id),
        ("ES256", &id),
        ("HS256", &json!("../../../../etc/passwd")),
        ("HS256", &json!("' OR '1'='1")),
        ("HS256", &json!("0123456789abcdef")),
        ("HS256", &json!(long)),
        ("HS256", &json!(7)),
        ("HS256", &json!([id])),
        ("HS256", &Value::Null),
    ] {
        let forged = URL_SAFE_NO_PAD.encode(json!({ "typ": "JWT", "alg": alg, "kid": kid }).to_string());
        for token in [format!("{forged}.{claims}.{signature}"), format!("{forged}.{claims}.")] {
            let stranger = livechat.stranger(Some(token));
            stranger.get("/queue").await.is_problem(401, "unauthorized");
        }
    }
    // As it was, it is good.
    livechat.stranger(Some(format!("{head}.{claims}.{signature}"))).get("/queue").await.is(200);
}

#[tokio::test]
async fn the_commands_show_what_the_keys_are_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    let path = file.to_str().unwrap();
    let keys = async |arguments: &[&str]| {
        let all = [&["keys"][..], arguments, &["--key-file", path]].concat();
        run(Path::new(PROGRAM), &all, "").await
    };
    // There is nothing to list or to rotate before a server has made a key.
    for command in ["list", "rotate"] {
        assert!(keys(&[command]).await.ended(1).stderr.contains("cannot be read"));
        assert!(!file.exists());
    }
    fs::write(&file, "s".repeat(64)).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    let is_of_root = fs::metadata(&file).unwrap().uid() == 0;
    if is_of_root {
        // As it is handed to a server that does not run as root.
        std::os::unix::fs::chown(&file, Some(0), Some(1_000)).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
    }
    let rights = || fs::metadata(&file).map(|about| (about.uid(), about.gid(), about.mode())).unwrap();
    let before = rights();

    let hours = |until: &Value| {
        let until: DateTime<Utc> = until.as_str().unwrap().parse().unwrap();
        (until - Utc::now() + TimeDelta::minutes(30)).num_hours()
    };
    let once = keys(&["rotate", "--json"]).await.ended(0).json();
    assert_eq!(hours(&once["before"]["checks_until"]), 8_760);
    let twice = keys(&["rotate", "--json", "--keep-hours", "24"]).await.ended(0).json();
    assert_eq!((&twice["before"]["id"], hours(&twice["before"]["checks_until"])), (&once["signs"], 24));
    assert_eq!(rights(), before, "owner, group and mode stay");
    let listed = keys(&["list", "--json"]).await.ended(0).json();
    let listed = listed["keys"].as_array().unwrap();
    assert_eq!(listed.iter().map(|key| &key["signs"]).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(
        [&listed[0]["id"], &listed[1]["id"], &listed[2]["id"]],
        [&once["before"]["id"], &once["signs"], &twice["signs"]]
    );
    assert_eq!((hours(&listed[0]["checks_until"]), &listed[2]["checks_until"]), (8_760, &Value::Null));
    let read = keys(&["list"]).await.ended(0).stdout;
    let kept = fs::read_to_string(&file).unwrap();
    let secrets = kept.split('"').filter(|text| text.len() > 60).collect::<Vec<_>>();
    assert_eq!(secrets.len(), 3);
    let rotated = keys(&["rotate"]).await.ended(0).stdout;
    for secret in secrets.into_iter().chain(["ssss", "c3Nz"]) {
        for printed in [&read, &rotated, &format!("{listed:?}{once}{twice}")] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
    for wrong in [&["rotate", "--keep-hours", "23"][..], &["rotate", "--keep-hours", "8761"], &["retire"]] {
        keys(wrong).await.ended(2);
    }
    for unknown in ["../key", "0123456789abcdef"] {
        keys(&["retire", unknown, "--now"]).await.ended(1);
    }
}
