//! What is scarce is shared by all livechats: one that takes all it can get leaves some to the others.

use pupitre_tests::actors::{Livechat, Person};
use pupitre_tests::patience::{eventually, soon};
use pupitre_tests::server::Server;
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// Three seconds of the past, which take half a minute at the lowest speed.
async fn with_a_past(server: &Server, id: &str) -> Livechat {
    let livechat = server.livechat(id).await;
    livechat.visitor("v").await;
    server.clock.advance(pupitre_tests::server::seconds(3));
    livechat.visitor("w").await;
    livechat
}

async fn asks(person: &Person, path: &str) -> Response {
    soon(person.request(Method::GET, path).send()).await.unwrap()
}

#[tokio::test]
async fn a_livechat_that_plays_all_it_can_leaves_playbacks_to_the_others() {
    let server = Server::start().await;
    let greedy = with_a_past(&server, "a").await.supervisor();
    let others = [with_a_past(&server, "b").await, with_a_past(&server, "c").await];
    let mut held = vec![];
    for _ in 0..60 {
        if server.app().playbacks.free() == 25 {
            break;
        }
        held.push(asks(&greedy, "/floor/replay?speed=0.1&from=1").await);
    }
    assert_eq!(held.len(), 25, "half of them, and not one more");
    let refused = asks(&greedy, "/floor/replay?speed=0.1&from=1").await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "too_many_playbacks");
    for other in others {
        let other = other.supervisor();
        for _ in 0..3 {
            held.push(asks(&other, "/floor/replay?speed=0.1&from=1").await);
            assert_eq!(held.last().unwrap().status(), 200);
        }
        other.get("/floor/replay?steps=1").await.is(200);
    }
    drop(held);
    eventually("there is room for all playbacks", async || server.app().playbacks.free() == 50).await;
    assert_eq!(asks(&greedy, "/floor/replay?steps=1").await.status(), 200);
}

#[tokio::test]
async fn a_livechat_whose_share_is_used_up_waits_and_the_others_do_not() {
    let server = Server::start().await;
    let (greedy, other) = (with_a_past(&server, "a").await, with_a_past(&server, "b").await);
    let app = server.app();
    let id = domain::LivechatId::parse("a").unwrap();
    let ask = async |livechat: &Livechat, path: &str| livechat.supervisor().get(path).await;
    let figures = "/figures?from=2020-01-01&until=2020-02-01";
    let table = "/audit?format=csv";
    let cases = [
        (&app.past_reads, "/board?position=1", "too_many_past_reads"),
        (&app.questions, figures, "too_many_queries"),
        (&app.questions, "/conversations/search?q=bonjour", "too_many_queries"),
        (&app.questions, "/audit", "too_many_queries"),
        (&app.exports, table, "too_many_exports"),
        (&app.work, "/board", "too_much_work"),
    ];
    for (share, path, code) in cases {
        let _held = (share.take(&id).await.unwrap(), share.take(&id).await.unwrap());
        let (waits, goes_on) = tokio::join!(ask(&greedy, path), ask(&other, path));
        assert_eq!(goes_on.status, 200, "{path}");
        assert!(waits.retry_after.is_some());
        waits.is_problem(429, code);
    }
    for (_, path, _) in cases {
        assert_eq!(ask(&greedy, path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_long_body_is_read_in_the_share_of_its_livechat_and_a_short_one_at_once() {
    let server = Server::start().await;
    let (greedy, other) = (with_a_past(&server, "a").await, with_a_past(&server, "b").await);
    let work = &server.app().work;
    let id = domain::LivechatId::parse("a").unwrap();
    let asks = |visitor: &str, lines: usize| {
        let line = json!({ "author": "bot", "text": "x".repeat(500) });
        json!({ "visitor": { "id": visitor }, "language": "fr", "history": vec![line; lines] })
    };
    // Routes of each kind that reads bodies.
    let long = json!({ "name": "Bob", "colour": "x".repeat(20_000) });
    let held = (work.take(&id).await.unwrap(), work.take(&id).await.unwrap());
    let (admin, bot, another) = (greedy.administrator(), greedy.integration(), other.integration());
    let (request, section) = (asks("long", 50), json!([{ "id": "x".repeat(20_000) }]));
    bot.post("/conversations", &asks("short", 2)).await.is(201);
    let (by_request, by_profile, by_section, elsewhere) = tokio::join!(
        bot.post("/conversations", &request),
        admin.put("/operators/bob", &long),
        admin.put("/settings/knowledge", &section),
        another.post("/conversations", &request),
    );
    for refused in [by_request, by_profile, by_section] {
        assert!(refused.retry_after.is_some());
        refused.is_problem(429, "too_much_work");
    }
    elsewhere.is(201);
    drop(held);
    bot.post("/conversations", &request).await.is(201);
    admin.put("/operators/bob", &long).await.is_problem(422, "invalid_fields");
}

#[tokio::test]
async fn of_a_section_with_very_many_faults_some_are_reported() {
    let server = Server::start().await;
    let livechat = server.livechat("a").await;
    let faults: serde_json::Map<String, Value> =
        (0..20_000).map(|n| (format!("k{n}"), json!({ "text": "x", "enabled": true }))).collect();
    let refused = livechat.administrator().put("/settings/phrases", &Value::Object(faults)).await;
    let refused = refused.is_problem(422, "invalid_fields");
    assert_eq!(refused["errors"].as_array().unwrap().len(), 50);
    assert_eq!(refused["errors"][0]["field"], "k0");
}
