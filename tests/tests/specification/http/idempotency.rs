//! A command repeated with the same `Idempotency-Key` is done once and answered as the first time,
//! also by a server that was restarted in between.

use pupitre_tests::actors::{Answer, Person};
use pupitre_tests::server::Server;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// All but the token, which is signed anew.
fn without_token(answer: Answer) -> Value {
    let mut body = answer.is(201);
    assert!(body["visitor_token"].is_string());
    body["visitor_token"].take();
    body
}

#[tokio::test]
async fn a_repeated_request_opens_one_conversation() {
    let mut server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let (integration, key) = (livechat.integration(), Uuid::now_v7().to_string());
    let request = json!({ "visitor": { "id": "v1" }, "language": "fr" });
    let first = without_token(integration.post_with_key(&key, "/conversations", &request).await);
    assert_eq!((&first["conversation"], &first["outcome"]), (&json!(key), &json!("assigned")));
    let before = server.of_conversation("support", &key).await;

    let again = without_token(integration.post_with_key(&key, "/conversations", &request).await);
    assert_eq!(again, first);
    server.restart().await;
    let later = without_token(integration.post_with_key(&key, "/conversations", &request).await);
    assert_eq!(later, first);
    assert_eq!(server.of_conversation("support", &key).await, before);
    alice.comes_back().await;
    assert_eq!(livechat.desk("alice").await.snapshot["operator"]["load"], 1);
}

#[tokio::test]
async fn a_repeated_message_is_written_once() {
    let mut server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let key = Uuid::now_v7().to_string();
    let (path, text) = (visitor.path("/messages"), json!({ "text": "bonjour" }));
    let first = visitor.person.post_with_key(&key, &path, &text).await.is(201);
    let again = visitor.person.post_with_key(&key, &path, &text).await.is(201);
    assert_eq!(again, first);
    // Something else in between, so that an answer made up from the present would differ.
    let other = visitor.person.post(&path, &json!({ "text": "encore" })).await.is(201);
    assert_ne!(other["number"], first["number"]);
    server.restart().await;
    let later = visitor.person.post_with_key(&key, &path, &text).await.is(201);
    assert_eq!(later, first);

    let position = server.position("support").await;
    let read = visitor.path(&format!("/transcript?at_least={position}"));
    let transcript = visitor.person.get(&read).await.is(200);
    let lines = transcript["lines"].as_array().unwrap();
    assert_eq!(lines.iter().filter(|line| line["text"] == "bonjour").count(), 1);
}

#[tokio::test]
async fn a_message_sent_again_on_another_connection_is_written_once() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let message = json!({ "type": "message", "id": Uuid::now_v7().to_string(), "text": "bonjour" });
    let first = visitor.socket.asks(message.clone()).await;
    visitor.comes_back().await;
    let again = visitor.socket.asks(message.clone()).await;
    assert_eq!(again, first);
    let over_http = json!({ "text": "bonjour" });
    let key = message["id"].as_str().unwrap();
    let answer = visitor.person.post_with_key(key, &visitor.path("/messages"), &over_http).await.is(201);
    assert_eq!(answer["position"], first["position"]);
    alice.says(&visitor, "je vous écoute").await;
    alice.hears(&visitor, "je vous écoute").await;
    let heard = alice.socket.heard().iter().filter(|frame| frame["text"] == "bonjour");
    assert_eq!(heard.count(), 1);
}

#[tokio::test]
async fn many_at_once_with_one_key_are_done_once() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let _alice = livechat.operator("alice").await;
    let visitor = livechat.visitor("v1").await;
    let key = Uuid::now_v7().to_string();
    let (path, text) = (visitor.path("/messages"), json!({ "text": "bonjour" }));
    let sending = (0..20).map(|_| visitor.person.post_with_key(&key, &path, &text));
    let answers = futures::future::join_all(sending).await;
    assert!(
        answers.iter().all(|answer| answer.status == 201 && answer.body == answers[0].body),
        "{answers:?}"
    );
    assert_eq!(answers[0].body["number"], 1);
    assert_eq!(visitor.person.post(&path, &text).await.is(201)["number"], 2);
}

#[tokio::test]
async fn a_key_used_for_something_else_or_by_somebody_else_is_refused() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let key = Uuid::now_v7().to_string();
    visitor
        .person
        .post_with_key(&key, &visitor.path("/messages"), &json!({ "text": "bonjour" }))
        .await
        .is(201);
    let position = server.position("support").await;

    let other_text = json!({ "text": "autre chose" });
    let reused = visitor.person.post_with_key(&key, &visitor.path("/messages"), &other_text).await;
    reused.is_problem(409, "idempotency_key_used");
    // Nobody gets a token for another visitor by repeating a key of his own.
    let victim = json!({ "visitor": { "id": "victim" }, "language": "fr" });
    let stolen = visitor.person.post_with_key(&key, "/conversations", &victim).await;
    stolen.is_problem(409, "idempotency_key_used");
    assert_eq!(server.position("support").await, position);
}

/// A text that is not as it is kept: blanks around, several in a row, accents of their own.
const UNTIDY: &str = "  Le\u{301}a   E\u{301}te\u{301} ";

/// Sends the same command twice with one key.
async fn twice(person: &Person, method: Method, path: &str, body: Value) -> Value {
    let key = Uuid::now_v7().to_string();
    let send = async || {
        let request = person.request(method.clone(), path).header("Idempotency-Key", &key).json(&body);
        Answer::to(request).await
    };
    let (first, again) = (send().await, send().await);
    assert!((200..300).contains(&first.status), "{method} {path}: {first:?}");
    assert_eq!(again.status, first.status, "{method} {path}: {again:?}");
    let (mut first, mut again) = (first.body, again.body);
    // Tokens are signed anew.
    for answer in [&mut first, &mut again] {
        if let Some(token) = answer.get_mut("visitor_token") {
            token.take();
        }
    }
    assert_eq!(again, first, "{method} {path}");
    first
}

#[tokio::test]
async fn a_repeated_command_is_the_same_however_untidy_its_texts_are() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let (ada, bot) = (livechat.administrator(), livechat.integration());
    let (put, merge, post) = (Method::PUT, Method::PATCH, Method::POST);

    let named = |name: &str| json!({ "fr": name, "en": name });
    let survey = |id: &str, audience: &str| {
        json!({ "id": id, "name": UNTIDY, "title": named(UNTIDY), "audience": audience, "fields": [
            { "id": "words", "label": named(UNTIDY), "kind": "long_text" } ] })
    };
    for (section, content) in [
        ("skills", json!([{ "id": "sales", "name": named(UNTIDY) }])),
        ("surveys", json!([survey("s", "visitor"), survey("o", "operator")])),
        ("visitor_survey", json!({ "operator_may_send": true })),
        ("visitor_card", json!(["name", { "variable": UNTIDY }])),
        ("knowledge", json!([{ "id": "a", "title": UNTIDY, "body": UNTIDY, "theme": UNTIDY }])),
        (
            "canned_replies",
            json!([{ "id": "c", "title": UNTIDY, "text": named(UNTIDY), "theme": UNTIDY, "published": true }]),
        ),
        ("phrases", json!({ "welcome": { "text": named(UNTIDY) } })),
        ("opening_hours", json!({ "exceptions": [{ "date": "2030-05-01", "label": UNTIDY, "ranges": [] }] })),
    ] {
        let path = format!("/settings/{section}");
        let read = ada.get(&path).await;
        twice(&ada, put.clone(), &path, content.clone()).await;
        assert_ne!(ada.get(&path).await.etag, read.etag, "{section}");
        // Field by field; a list is one field.
        let nothing = if content.is_object() { json!({}) } else { json!([]) };
        ada.put(&path, &nothing).await.is(200);
        twice(&ada, merge.clone(), &path, content).await;
    }
    twice(&ada, put.clone(), "/operators/alice", json!({ "name": UNTIDY, "email": "alice@EXAMPLE.org" }))
        .await;
    ada.patch("/operators/alice", &json!({ "name": "Alice", "email": null })).await.is(200);
    twice(&ada, merge.clone(), "/operators/alice", json!({ "name": UNTIDY, "email": "alice@EXAMPLE.org" }))
        .await;
    twice(&ada, merge, "", json!({ "name": UNTIDY })).await;

    let alice = livechat.operator("alice").await;
    let _bob = livechat.operator("bob").await;
    livechat.supervisor().put("/operators/bob/status", &json!({ "status": "on_break" })).await.is(200);
    let request = json!({
        "visitor": { "id": "zoe", "name": UNTIDY, "email": "zoe@EXAMPLE.org" }, "language": "fr",
        "card": { "page_title": UNTIDY, "variables": { UNTIDY: UNTIDY } },
        "history": [{ "author": "visitor", "text": UNTIDY }],
    });
    let asked = twice(&bot, post.clone(), "/conversations", request.clone()).await;
    let conversation = format!("/conversations/{}", asked["conversation"].as_str().unwrap());
    let below = |path: &str| format!("{conversation}{path}");
    alice.person.post(&below("/pick-up"), &Value::Null).await.is(200);
    twice(&bot, post.clone(), &below("/messages"), json!({ "text": UNTIDY })).await;
    twice(&alice.person, post.clone(), &below("/messages"), json!({ "text": UNTIDY })).await;
    twice(&alice.person, post.clone(), &below("/internal-messages"), json!({ "text": UNTIDY })).await;
    twice(&alice.person, post.clone(), &below("/call-for-help"), json!({ "note": UNTIDY })).await;
    twice(&alice.person, post.clone(), &below("/file-requests"), json!({ "note": UNTIDY })).await;
    livechat.supervisor().put("/operators/bob/status", &json!({ "status": "available" })).await.is(200);
    let transfer = json!({ "to": { "operator": "bob" }, "note": UNTIDY });
    twice(&alice.person, post.clone(), &below("/transfer"), transfer).await;
    let bob = livechat.person(api::auth::Role::Operator, "bob");
    bob.post(&below("/pick-up"), &Value::Null).await.is(200);
    bob.post(&below("/surveys"), &json!({ "survey": "s" })).await.is(200);
    let token = bot.post(&below("/visitor-tokens"), &Value::Null).await.is(201)["token"].clone();
    let zoe = livechat.stranger(token.as_str().map(str::to_owned));
    let answers = json!({ "answers": { "words": { "text": UNTIDY } } });
    twice(&zoe, put, &below("/survey/answers"), answers).await;
}
