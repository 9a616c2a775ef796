//! Keys of programs (spec.md §Privacy and security): made once, shown once, for one livechat and what they are for,
//! and refused from the moment they are revoked or over.

use std::collections::BTreeSet;
use std::path::Path;

use accounts::api_keys::{ApiKeys, Created, Grant, Secret};
use accounts::{Database, database::accounts_beside};
use api::auth::{Proxies, Role};
use domain::event::ProgramRole;
use domain::id::ApiKeyId;
use domain::text::Name;
use domain::{LivechatId, Timestamp};
use futures::future::join_all;
use pupitre_tests::actors::{Answer, Ended, Feed, Livechat, Person, Transport};
use pupitre_tests::patience::{eventually, soon};
use pupitre_tests::postgres;
use pupitre_tests::process::{ServerProcess, run};
use pupitre_tests::server::{Server, seconds};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

const PROGRAM: &str = env!("CARGO_BIN_EXE_pupitre-under-test");

/// A key without its last use, which is noted a little later.
fn without_last_use(mut key: Value) -> Value {
    key.as_object_mut().expect("a key").remove("last_used_at");
    key
}

/// On both databases.
async fn servers() -> Vec<(Server, Option<postgres::Scratch>)> {
    let mut all = vec![(Server::start().await, None)];
    if let Some(database) = postgres::scratch().await {
        all.push((Server::start_on(database.url()).await, Some(database)));
    }
    all
}

/// A key that an administrator has just made, and the program that has it.
async fn key(livechat: &Livechat, asked: Value) -> (String, Person) {
    if asked["role"] == "supervisor" {
        let has_rows = async || livechat.supervisor().get("/board").await.status == 200;
        eventually("there are rows to read", has_rows).await;
    }
    let made = livechat.administrator().post("/api-keys", &asked).await.is(201);
    let secret = made["secret"].as_str().expect("a secret").to_owned();
    let id = made["key"]["id"].as_str().expect("an id").to_owned();
    (id, livechat.stranger(Some(secret)))
}

fn bot(name: &str) -> Value {
    json!({ "name": name, "role": "integration" })
}

fn hands_over(visitor: &str) -> Value {
    json!({ "visitor": { "id": visitor }, "language": "fr" })
}

async fn listed(livechat: &Livechat) -> Vec<Value> {
    let page = livechat.administrator().get("/api-keys?limit=200").await.is(200);
    page["items"].as_array().expect("keys").clone()
}

#[tokio::test]
async fn a_key_is_made_once_and_shown_once() {
    for (server, _database) in servers().await {
        let livechat = server.livechat("support").await;
        let ada = livechat.administrator();
        let asked = json!({
            "name": "Bot du site", "role": "integration",
            "scopes": ["conversations:write", "livechat:read", "conversations:read"],
            "expires_at": "2027-06-01T00:00:00Z", "networks": ["127.0.0.1", "192.0.2.9/24"],
        });
        let command = Uuid::now_v7().to_string();
        let made = ada.post_with_key(&command, "/api-keys", &asked).await.is(201);
        let secret = made["secret"].as_str().unwrap();
        assert!(secret.starts_with("pup_k_") && secret.len() == 55);
        let shown = json!({
            "id": command, "name": "Bot du site", "role": "integration",
            "scopes": ["conversations:read", "conversations:write", "livechat:read"],
            "networks": ["127.0.0.1/32", "192.0.2.0/24"], "start": &secret[..10], "state": "active",
            "created_at": "2027-01-15T12:00:00Z", "created_by": "ada", "expires_at": "2027-06-01T00:00:00Z",
        });
        assert_eq!(made["key"], shown);
        // Repeated, it is the same key, and its secret is gone.
        let again = ada.post_with_key(&command, "/api-keys", &asked).await.is(200);
        assert_eq!(again, json!({ "key": shown }));
        let other = json!({ "name": "Bot du site", "role": "analyst" });
        ada.post_with_key(&command, "/api-keys", &other).await.is_problem(409, "idempotency_key_used");
        assert_eq!(listed(&livechat).await, std::slice::from_ref(&shown));
        assert_eq!(ada.get(&format!("/api-keys/{command}")).await.is(200), shown);
        livechat.stranger(Some(secret.to_owned())).get("").await.is(200);
    }
}

#[tokio::test]
async fn a_command_that_is_not_recorded_makes_no_key() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let used = Uuid::now_v7().to_string();
    livechat.integration().post_with_key(&used, "/conversations", &hands_over("zoe")).await.is(201);
    let refused = livechat.administrator().post_with_key(&used, "/api-keys", &bot("Bot")).await;
    refused.is_problem(409, "idempotency_key_used");
    assert_eq!(listed(&livechat).await, [Value::Null; 0]);
    key(&livechat, bot("Bot")).await;
}

#[tokio::test]
async fn a_bot_hands_over_a_conversation_with_its_key_and_the_audit_says_so() {
    for (server, _database) in servers().await {
        let livechat = server.livechat("support").await;
        let mut alice = livechat.operator("alice").await;
        let (id, program) = key(&livechat, bot("Bot")).await;
        let requested = program.post("/conversations", &hands_over("zoe")).await.is(201);
        let token = requested["visitor_token"].as_str().unwrap().to_owned();
        let mut zoe =
            pupitre_tests::actors::Visitor::opens_page(livechat.stranger(Some(token)), requested).await;
        alice.picks_up(&zoe).await;
        alice.says(&zoe, "bonjour").await;
        zoe.hears("bonjour").await;
        livechat.administrator().delete(&format!("/api-keys/{id}")).await.is(200);
        let fresh = format!("at_least={}", server.position("support").await);
        let of = async |filter: &str| {
            let page = livechat.supervisor().get(&format!("/audit?{fresh}&{filter}")).await.is(200);
            page["items"].as_array().unwrap().clone()
        };
        let keys = of("action=livechat.api_key_changed").await;
        let told: Vec<_> = keys.iter().map(|entry| (&entry["actor"], &entry["data"])).collect();
        let created = json!({ "key": id, "change": { "created": { "name": "Bot", "role": "integration" } } });
        let revoked = json!({ "key": id, "change": "revoked" });
        assert_eq!(told, [(&json!("ada"), &revoked), (&json!("ada"), &created)]);
        let handed = of(&format!("actor=key:{id}")).await;
        let handed: Vec<_> = handed.iter().map(|entry| (&entry["role"], &entry["action"])).collect();
        assert!(handed.contains(&(&json!("integration"), &json!("conversation.requested"))), "{handed:?}");
    }
}

#[tokio::test]
async fn a_key_opens_no_other_livechat_and_does_not_tell_whether_there_is_one() {
    let server = Server::start().await;
    let (support, other) = (server.livechat("support").await, server.livechat("other").await);
    let (_, program) = key(&support, bot("Bot")).await;
    let secret = program.token().to_owned();
    let mut answers = vec![];
    for livechat in [other, server.uncreated("nowhere")] {
        let stranger = livechat.stranger(Some(secret.clone()));
        answers.push(stranger.post("/conversations", &hands_over("zoe")).await.is_problem(403, "forbidden"));
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn a_key_does_what_its_scopes_name_and_nothing_else() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let reads = json!({ "name": "Reader", "role": "integration", "scopes": ["livechat:read"] });
    let (_, reader) = key(&livechat, reads).await;
    reader.get("").await.is(200);
    let refused = reader.post("/conversations", &hands_over("zoe")).await;
    let refused = refused.is_problem(403, "insufficient_scope");
    assert!(refused["detail"].as_str().unwrap().contains("conversations:write"), "{refused}");
    let counts = json!({ "name": "Counter", "role": "supervisor", "scopes": ["figures:read"] });
    let (_, counter) = key(&livechat, counts).await;
    counter.get("/figures/definitions").await.is(200);
    for path in ["/board", "/floor", "/audit", "/settings", ""] {
        counter.get(path).await.is_problem(403, "insufficient_scope");
    }
}

#[tokio::test]
async fn a_program_that_reads_changes_nothing_and_no_program_manages_keys() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let visitor = livechat.visitor("zoe").await;
    let before = server.position("support").await;
    let (_, supervisor) = key(&livechat, json!({ "name": "Wallboard", "role": "supervisor" })).await;
    supervisor.get("/board").await.is(200);
    let text = json!({ "text": "bonjour" });
    supervisor.post(&visitor.path("/messages"), &text).await.is_problem(403, "forbidden");
    supervisor.post(&visitor.path("/end"), &Value::Null).await.is_problem(403, "forbidden");
    let (_, analyst) = key(&livechat, json!({ "name": "Warehouse", "role": "analyst" })).await;
    analyst.get("/figures/definitions").await.is(200);
    analyst.get("/board").await.is_problem(403, "forbidden");
    let (id, program) = key(&livechat, bot("Bot")).await;
    for person in [&supervisor, &analyst, &program] {
        person.get("/api-keys").await.is_problem(403, "forbidden");
        person.post("/api-keys", &bot("Mine")).await.is_problem(403, "forbidden");
        person.delete(&format!("/api-keys/{id}")).await.is_problem(403, "forbidden");
    }
    assert_eq!(server.position("support").await, before + 3, "three keys, and nothing else");
}

#[tokio::test]
async fn a_key_is_refused_from_the_very_moment_at_which_it_expires_and_its_feeds_end() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let end = json!({ "name": "Guest", "role": "supervisor", "expires_at": "2027-01-15T12:01:00Z" });
    let (id, guest) = key(&livechat, end).await;
    let mut feed = Feed::follow(&guest, Transport::Events, "/floor", None).await;
    feed.next().await;
    server.clock.advance(seconds(59));
    guest.get("/board").await.is(200);
    server.clock.advance(seconds(1));
    guest.get("/board").await.is_problem(401, "unauthorized");
    assert_eq!(feed.ends().await, Ended::Event("token_expired".into()));
    let ada = livechat.administrator();
    assert_eq!(ada.get(&format!("/api-keys/{id}")).await.is(200)["state"], "expired");
    // It is still the same key, and may be given more time.
    let later = json!({ "expires_at": "2027-01-15T13:00:00Z" });
    assert_eq!(ada.patch(&format!("/api-keys/{id}"), &later).await.is(200)["state"], "active");
    guest.get("/board").await.is(200);
    ada.patch(&format!("/api-keys/{id}"), &json!({ "expires_at": null })).await.is(200);
    server.clock.advance(seconds(100 * 86_400));
    guest.get("/board").await.is(200);
}

#[tokio::test]
async fn a_key_for_some_networks_is_refused_from_elsewhere() {
    let trusted = vec!["127.0.0.0/8".parse().unwrap()];
    let server = Server::start_behind(Proxies { trusted, ..Proxies::default() }).await;
    let livechat = server.livechat("support").await;
    let asked =
        json!({ "name": "Bot", "role": "integration", "networks": ["192.0.2.0/24", "2001:db8::/32"] });
    let (id, program) = key(&livechat, asked).await;
    let from = async |address: &str| {
        Answer::to(program.request(Method::GET, "").header("X-Forwarded-For", address)).await
    };
    for inside in ["192.0.2.1", "192.0.2.255", "2001:db8:ffff::1", "::ffff:192.0.2.1"] {
        from(inside).await.is(200);
    }
    for outside in ["192.0.3.1", "2001:db9::1", "127.0.0.1", "6.6.6.6, 192.0.3.1"] {
        from(outside).await.is_problem(403, "forbidden");
    }
    program.get("").await.is_problem(403, "forbidden");
    // A change counts at once.
    let ada = livechat.administrator();
    ada.patch(&format!("/api-keys/{id}"), &json!({ "networks": ["203.0.113.7"] })).await.is(200);
    from("192.0.2.1").await.is_problem(403, "forbidden");
    from("203.0.113.7").await.is(200);
    ada.patch(&format!("/api-keys/{id}"), &json!({ "networks": null })).await.is(200);
    from("192.0.2.1").await.is(200);
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once_and_its_open_feeds_end() {
    for (server, _database) in servers().await {
        let livechat = server.livechat("support").await;
        let (id, wallboard) = key(&livechat, json!({ "name": "Wallboard", "role": "supervisor" })).await;
        let (_, other) = key(&livechat, json!({ "name": "Other", "role": "supervisor" })).await;
        let mut feed = Feed::follow(&wallboard, Transport::Events, "/floor", None).await;
        let mut socket = Feed::follow(&wallboard, Transport::Socket, "/floor", None).await;
        let mut others = Feed::follow(&other, Transport::Events, "/floor", None).await;
        feed.next().await;
        socket.next().await;
        others.next().await;
        let ada = livechat.administrator();
        let revoked = without_last_use(ada.delete(&format!("/api-keys/{id}")).await.is(200));
        let fields = (&revoked["state"], &revoked["revoked_by"], &revoked["revoked_at"]);
        assert_eq!(fields, (&json!("revoked"), &json!("ada"), &json!("2027-01-15T12:00:00Z")));
        wallboard.get("/board").await.is_problem(401, "unauthorized");
        assert_eq!(feed.ends().await, Ended::Event("token_expired".into()));
        assert_eq!(socket.ends().await, Ended::Close(1008));
        livechat.visitor("zoe").await;
        others.next().await;
        // It is in the list for ever, and cannot be changed or revoked by another.
        let position = server.position("support").await;
        let grace = livechat.person(Role::Administrator, "grace");
        let again = grace.delete(&format!("/api-keys/{id}")).await.is(200);
        assert_eq!(without_last_use(again), revoked);
        let patch = json!({ "name": "Again" });
        grace.patch(&format!("/api-keys/{id}"), &patch).await.is_problem(409, "api_key_revoked");
        assert_eq!(server.position("support").await, position);
        assert_eq!(without_last_use(listed(&livechat).await[1].clone()), revoked);
    }
}

#[tokio::test]
async fn what_another_program_changes_counts_within_a_second() {
    for (server, _database) in servers().await {
        let livechat = server.livechat("support").await;
        let (id, wallboard) = key(&livechat, json!({ "name": "Wallboard", "role": "supervisor" })).await;
        let mut feed = Feed::follow(&wallboard, Transport::Events, "/floor", None).await;
        feed.next().await;
        let table = ApiKeys::new(Database::beside(server.database()).await.unwrap());
        let (support, id) = (LivechatId::parse("support").unwrap(), ApiKeyId(id.parse().unwrap()));
        table.revoke((&support, id), (Timestamp::default(), "somebody")).await.unwrap().unwrap();
        assert_eq!(feed.ends().await, Ended::Event("token_expired".into()));
        wallboard.get("/board").await.is_problem(401, "unauthorized");
    }
}

#[tokio::test]
async fn a_key_and_its_last_use_outlive_the_server() {
    for (mut server, _database) in servers().await {
        let livechat = server.livechat("support").await;
        let (id, program) = key(&livechat, bot("Bot")).await;
        let path = format!("/api-keys/{id}");
        let last_use = async || {
            let key = livechat.administrator().get(&path).await.is(200);
            key["last_used_at"].clone()
        };
        assert_eq!(last_use().await, Value::Null);
        program.get("").await.is(200);
        eventually("its use is noted", async || last_use().await == "2027-01-15T12:00:00Z").await;
        // To the minute, so that requests cost no write.
        server.clock.advance(seconds(59));
        program.get("").await.is(200);
        server.clock.advance(seconds(1));
        program.get("").await.is(200);
        server.restart().await;
        assert_eq!(last_use().await, "2027-01-15T12:01:00Z");
        program.post("/conversations", &hands_over("zoe")).await.is(201);
        livechat.administrator().delete(&path).await.is(200);
        server.restart().await;
        program.get("").await.is_problem(401, "unauthorized");
    }
}

#[tokio::test]
async fn a_thousand_keys_are_listed_page_by_page() {
    for (server, _database) in servers().await {
        let livechat = server.livechat("support").await;
        let table = ApiKeys::new(Database::open(&accounts_beside(server.database())).await.unwrap());
        let support = LivechatId::parse("support").unwrap();
        for number in 0..1_000 {
            let grant = Grant {
                name: Name::parse(format!("Bot {number}")).unwrap(),
                role: ProgramRole::Integration,
                scopes: None,
                expires_at: None,
                networks: vec![],
            };
            let which = (&support, ApiKeyId(Uuid::now_v7()));
            let secret = Secret::draw().unwrap();
            let made = table.create(which, &grant, &secret, (Timestamp::default(), "ada")).await;
            assert!(matches!(made.unwrap(), Created::New(_)));
        }
        let (mut names, mut cursor) = (vec![], String::new());
        loop {
            let page = livechat.administrator().get(&format!("/api-keys?limit=130{cursor}")).await.is(200);
            let items = page["items"].as_array().unwrap();
            names.extend(items.iter().map(|key| key["name"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_u64() else { break };
            assert_eq!(items.len(), 130);
            cursor = format!("&cursor={next}");
        }
        let expected: Vec<_> = (0..1_000).rev().map(|number| format!("Bot {number}")).collect();
        assert_eq!(names, expected);
    }
}

#[tokio::test]
async fn a_name_is_of_one_key_at_a_time() {
    for (server, _database) in servers().await {
        let livechat = server.livechat("support").await;
        let ada = livechat.administrator();
        let (first, _) = key(&livechat, bot("Émile")).await;
        let taken = ada.post("/api-keys", &bot("éMILE")).await.is_problem(409, "api_key_name_taken");
        assert_eq!(taken["errors"][0]["field"], "name");
        let (second, _) = key(&livechat, bot("Other")).await;
        let path = format!("/api-keys/{second}");
        ada.patch(&path, &json!({ "name": "émile" })).await.is_problem(409, "api_key_name_taken");
        // Elsewhere the name is free, and here once it is revoked.
        key(&server.livechat("other").await, bot("Émile")).await;
        ada.delete(&format!("/api-keys/{first}")).await.is(200);
        assert_eq!(ada.patch(&path, &json!({ "name": "Émile" })).await.is(200)["name"], "Émile");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_make_a_key_of_one_name_at_once_one_does() {
    for (server, _database) in servers().await {
        let livechat = server.livechat("support").await;
        let before = server.position("support").await;
        let tries = (0..8).map(|_| async {
            let asked = bot("Bot");
            livechat.administrator().post("/api-keys", &asked).await.status
        });
        let mut statuses = soon(join_all(tries)).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
        assert_eq!(listed(&livechat).await.len(), 1);
        assert_eq!(server.position("support").await, before + 1, "only one is in the audit");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_revoked_while_it_is_used_is_refused_from_the_answer_on() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    for round in 0..20 {
        let (id, program) = key(&livechat, bot(&format!("Bot {round}"))).await;
        let uses = join_all((0..4).map(|_| program.get("")));
        let path = format!("/api-keys/{id}");
        let ada = livechat.administrator();
        let (done, answers) = soon(futures::future::join(ada.delete(&path), uses)).await;
        done.is(200);
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 401)));
        program.get("").await.is_problem(401, "unauthorized");
    }
}

#[tokio::test]
async fn a_key_that_is_not_good_is_one_like_any_other() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let (id, revoked) = key(&livechat, bot("Revoked")).await;
    livechat.administrator().delete(&format!("/api-keys/{id}")).await.is(200);
    let end = json!({ "name": "Over", "role": "integration", "expires_at": "2027-01-15T12:00:01Z" });
    let (_, over) = key(&livechat, end).await;
    server.clock.advance(seconds(1));
    let unknown = Secret::draw().unwrap().reveal().to_owned();
    let mistyped = format!("{}x", &unknown[..unknown.len() - 1]);
    let mut answers = BTreeSet::new();
    for wrong in [revoked.token(), over.token(), &unknown, &mistyped, "pup_k_", "pup_k_é", "nonsense"] {
        let person = livechat.stranger(Some(wrong.to_owned()));
        answers.insert(person.get("").await.is_problem(401, "unauthorized").to_string());
        let elsewhere = server.uncreated("nowhere").stranger(Some(wrong.to_owned()));
        answers.insert(elsewhere.get("").await.is_problem(401, "unauthorized").to_string());
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn wrong_keys_count_as_wrong_tokens_and_good_ones_as_their_program() {
    let server = Server::start_with(|config| {
        config.rates.wrong_tokens = 3;
        config.rates.staff_requests = 5;
    })
    .await;
    let livechat = server.livechat("support").await;
    let (_, program) = key(&livechat, bot("Bot")).await;
    let (_, other) = key(&livechat, bot("Other")).await;
    let unknown = livechat.stranger(Some(Secret::draw().unwrap().reveal().to_owned()));
    for _ in 0..3 {
        unknown.get("").await.is_problem(401, "unauthorized");
    }
    unknown.get("").await.is_problem(429, "rate_limited");
    for _ in 0..5 {
        program.get("").await.is(200);
    }
    program.get("").await.is_problem(429, "rate_limited");
    other.get("").await.is(200);
}

#[tokio::test]
async fn every_wrong_field_of_a_key_is_named() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let ada = livechat.administrator();
    let fields = |problem: &Value| -> Vec<String> {
        let errors = problem["errors"].as_array().expect("errors").iter();
        errors.map(|error| error["field"].as_str().expect("a field").to_owned()).collect()
    };
    let wrong = json!({
        "name": " ", "role": "analyst", "scopes": ["conversations:write"], "expires_at": "2027-01-15T12:00:00Z",
        "networks": ["192.0.2.0/24", "somewhere"],
    });
    let refused = ada.post("/api-keys", &wrong).await.is_problem(422, "invalid_fields");
    assert_eq!(fields(&refused), ["name", "scopes", "expires_at", "networks[1]"]);
    let scopes = refused["errors"][1]["allowed"].as_str().unwrap();
    assert!(scopes.contains("figures:read") && !scopes.contains("write"), "{scopes}");
    for (asked, field) in [
        (json!({ "name": "Bot", "role": "operator" }), "role"),
        (json!({ "name": "Bot", "role": "administrator" }), "role"),
        (json!({ "name": "Bot", "role": "visitor" }), "role"),
        (json!({ "name": "Bot", "role": "integration", "scopes": [] }), "scopes"),
        (json!({ "name": "Bot", "role": "integration", "scopes": ["api-keys:write"] }), "scopes"),
        (json!({ "name": "Bot", "role": "integration", "expires_at": "2038-01-01T00:00:00Z" }), "expires_at"),
        (json!({ "name": "Bot", "role": "integration", "expires_at": "tomorrow" }), "expires_at"),
        (json!({ "name": "Bot", "role": "integration", "networks": vec!["192.0.2.1"; 21] }), "networks"),
        (json!({ "name": "Bot", "role": "integration", "secret": "mine" }), "secret"),
        (json!({ "role": "integration" }), "name"),
    ] {
        let refused = ada.post("/api-keys", &asked).await.is_problem(422, "invalid_fields");
        assert_eq!(fields(&refused), [field], "{asked}");
    }
    let (id, _) = key(&livechat, bot("Bot")).await;
    let path = format!("/api-keys/{id}");
    let refused = ada.patch(&path, &json!({ "role": "analyst" })).await.is_problem(422, "invalid_fields");
    assert_eq!(fields(&refused), ["role"]);
    let wrong = json!({ "name": "", "expires_at": "2020-01-01T00:00:00Z", "networks": ["x"] });
    let refused = ada.patch(&path, &wrong).await.is_problem(422, "invalid_fields");
    assert_eq!(fields(&refused), ["name", "expires_at", "networks[0]"]);
    for unknown in [Uuid::now_v7().to_string(), "x".to_owned()] {
        let path = format!("/api-keys/{unknown}");
        ada.get(&path).await.is_problem(404, "unknown_api_key");
        ada.patch(&path, &json!({})).await.is_problem(404, "unknown_api_key");
        ada.delete(&path).await.is_problem(404, "unknown_api_key");
    }
    // Nor those of another livechat.
    let other = server.livechat("other").await.administrator();
    other.get(&path).await.is_problem(404, "unknown_api_key");
    other.delete(&path).await.is_problem(404, "unknown_api_key");
    let nowhere = server.uncreated("nowhere").administrator();
    nowhere.get("/api-keys").await.is_problem(404, "unknown_livechat");
    nowhere.post("/api-keys", &bot("Bot")).await.is_problem(404, "unknown_livechat");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_open_the_database_makes_and_revokes_keys_on_the_command_line() {
    for (server, _database) in servers().await {
        let livechat = server.livechat("support").await;
        let called = async |command: &[&str]| {
            let place = ["api-keys", "--database", server.database(), "--log", "off"];
            let all: Vec<&str> = place.iter().chain(command).copied().collect();
            run(Path::new(PROGRAM), &all, "").await
        };
        let of_support = ["--livechat", "support"];
        let bot = ["create", "--name", "Bot", "--role", "integration", "--scope", "conversations:write"];
        let create = [&bot[..], &of_support].concat();
        let secret = called(&create).await.ended(0).stdout.trim().to_owned();
        let program = livechat.stranger(Some(secret.clone()));
        program.post("/conversations", &hands_over("zoe")).await.is(201);
        program.get("").await.is_problem(403, "insufficient_scope");
        assert!(called(&create).await.ended(1).stderr.contains("name"), "it is taken");
        let wrong = ["create", "--name", "Other", "--role", "analyst", "--scope", "conversations:write"];
        let refused = called(&[&wrong[..], &of_support].concat()).await.ended(1);
        assert!(refused.stderr.contains("figures:read"), "{}", refused.stderr);
        let shown = called(&[&["list"][..], &of_support].concat()).await.ended(0).stdout;
        let id = listed(&livechat).await[0]["id"].as_str().unwrap().to_owned();
        assert!(
            shown.starts_with(&format!("{id} {}…", &secret[..10])) && !shown.contains(&secret),
            "{shown}"
        );
        called(&[&["revoke", &id][..], &of_support].concat()).await.ended(0);
        eventually("the server has noticed", async || program.get("").await.status == 401).await;
        assert_eq!(listed(&livechat).await[0]["revoked_by"], "command line");
        let unknown = Uuid::now_v7().to_string();
        called(&[&["revoke", &unknown][..], &of_support].concat()).await.ended(1);
    }
}

#[tokio::test]
async fn the_secret_is_in_no_file_of_the_server_and_in_no_line_of_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let script = file("run");
    let log = file("log");
    let content = format!("#!/bin/sh\nexec \"{PROGRAM}\" \"$@\" > \"{0}\" 2>&1\n", log.display());
    std::fs::write(&script, content).unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let database = format!("sqlite://{}", file("pupitre.db").display());
    let options = ["--log", "trace"];
    let mut server = ServerProcess::start_with(&script, &database, &file("key"), &options).await;
    let livechat = server.livechat("support");
    livechat.is_created().await;
    let (_, wallboard) = key(&livechat, json!({ "name": "Wallboard", "role": "supervisor" })).await;
    wallboard.get("/board").await.is(200);
    let mut in_address = Feed::follow(&wallboard, Transport::Socket, "/floor", None).await;
    in_address.next().await;
    let secret = wallboard.token().to_owned();
    let mistyped = livechat.stranger(Some(format!("{}x", &secret[..54])));
    mistyped.get("/board").await.is_problem(401, "unauthorized");
    server.kill().await;
    assert!(std::fs::read_to_string(&log).unwrap().contains("DEBUG"), "nothing was logged");
    let files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let mut names = BTreeSet::new();
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        // What is beyond the start, by which people recognise it.
        let is_there = bytes.windows(30).any(|part| part == &secret.as_bytes()[12..42]);
        assert!(!is_there, "the secret is in {}", path.display());
        names.insert(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    let all = ["log", "pupitre.db", "pupitre.db-wal", "pupitre-accounts.db", "pupitre-accounts.db-wal"];
    assert!(all.iter().all(|name| names.contains(*name)), "{names:?}");
}
