//! The token of a visitor: it opens one conversation, even when others claim to be the same visitor (spec.md §Privacy and
//! security).

use api::auth::{Role, VisitorPass};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{ConversationId, LivechatId, VisitorId};
use pupitre_tests::actors::{Answer, Livechat, Operator, Person, Visitor};
use pupitre_tests::server::Server;
use serde_json::{Value, json};

const CARD: &str = "ma carte finit par 4242";

/// A conversation of this visitor that is over, in which something private was said.
async fn over(livechat: &Livechat, alice: &mut Operator, request: Value) -> (Visitor, u64) {
    let mut visitor = livechat.requests(request).await;
    alice.picks_up(&visitor).await;
    visitor.says(CARD).await;
    let position = visitor.ends().await;
    (visitor, position)
}

fn claimed(id: &str) -> Value {
    json!({ "visitor": { "id": id }, "language": "fr" })
}

fn vouched_for(id: &str) -> Value {
    json!({ "visitor": { "id": id, "authenticated": true }, "language": "fr" })
}

/// What it can be asked for: all that a visitor may read, and change.
async fn every_door_is_shut(stranger: &Person, visitor: &Visitor) {
    for path in ["", "/transcript", "/transcript?format=html", "/transcript?format=text", "/survey"] {
        stranger.get(&visitor.path(path)).await.is_problem(403, "not_your_conversation");
    }
    let text = json!({ "text": "c’est moi" });
    let file = json!({ "name": "a.pdf", "bytes": 1, "media_type": "application/pdf" });
    for (path, body) in [
        ("/messages", &text),
        ("/leave", &Value::Null),
        ("/end", &Value::Null),
        ("/close", &Value::Null),
        ("/files", &file),
        ("/request-again", &claimed("noor@example.org")),
        ("/visitor-tokens", &Value::Null),
        ("/survey/close", &Value::Null),
    ] {
        stranger.post(&visitor.path(path), body).await.is_problem(403, "not_your_conversation");
    }
    let socket = format!("/visitor?conversation={}", visitor.conversation);
    stranger.get(&socket).await.is_problem(403, "not_your_conversation");
}

#[tokio::test]
async fn an_unauthenticated_claim_of_an_address_opens_no_earlier_or_later_conversation() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let (first, _) = over(&livechat, &mut alice, claimed("noor@example.org")).await;
    let second = livechat.requests(claimed("noor@example.org")).await;
    every_door_is_shut(&second.person, &first).await;
    every_door_is_shut(&first.person, &second).await;
    let position = &second.requested["position"];
    second.person.get(&second.path(&format!("/transcript?at_least={position}"))).await.is(200);
}

#[tokio::test]
async fn a_token_without_a_conversation_requests_one_and_opens_none() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let (first, _) = over(&livechat, &mut alice, claimed("noor")).await;
    let noor = livechat.person(Role::Visitor, "noor");
    every_door_is_shut(&noor, &first).await;
    let asked = noor.post("/conversations", &claimed("noor")).await.is(201);
    let own =
        format!("/conversations/{}?at_least={}", asked["conversation"].as_str().unwrap(), asked["position"]);
    noor.get(&own).await.is_problem(403, "not_your_conversation");
    let with_it = livechat.stranger(asked["visitor_token"].as_str().map(str::to_owned));
    with_it.get(&own).await.is(200);
}

#[tokio::test]
async fn a_visitor_authenticated_both_times_reads_the_other_conversation_and_changes_nothing() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let (known, _) = over(&livechat, &mut alice, vouched_for("noor")).await;
    let (claimed, position) = over(&livechat, &mut alice, claimed("noor")).await;
    let again = livechat.requests(vouched_for("noor")).await;
    let read = again.person.get(&known.path(&format!("/transcript?at_least={position}"))).await.is(200);
    assert!(read.to_string().contains(CARD));
    every_door_is_shut(&again.person, &claimed).await;
    every_door_is_shut(&claimed.person, &known).await;
    let text = json!({ "text": "encore moi" });
    again.person.post(&known.path("/messages"), &text).await.is_problem(403, "not_your_conversation");
    let other = livechat.requests(vouched_for("ivan")).await;
    every_door_is_shut(&other.person, &known).await;
}

#[tokio::test]
async fn a_visitor_does_not_vouch_for_the_visitor() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let _alice = livechat.operator("alice").await;
    let noor = livechat.person(Role::Visitor, "noor");
    let refused = noor.post("/conversations", &vouched_for("noor")).await;
    refused.is_problem(422, "invalid_fields");
}

#[tokio::test]
async fn a_lost_token_is_had_again_through_the_integration_and_the_audit_says_so() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let (visitor, position) = over(&livechat, &mut alice, claimed("noor")).await;
    let token = livechat.integration().post(&visitor.path("/visitor-tokens"), &Value::Null).await.is(201);
    let noor = livechat.stranger(token["token"].as_str().map(str::to_owned));
    noor.get(&visitor.path(&format!("/transcript?at_least={position}"))).await.is(200);
    let entries = livechat
        .administrator()
        .get(&format!("/audit?action=livechat.token_issued&at_least={}", server.position("support").await))
        .await
        .is(200);
    let entry = &entries["items"][0];
    assert_eq!(
        (&entry["role"], &entry["actor"], &entry["entity"], &entry["entity_id"]),
        (&json!("integration"), &json!("bot"), &json!("conversation"), &json!(visitor.conversation)),
        "{entries}"
    );
    let unknown = format!("/conversations/{}/visitor-tokens", uuid::Uuid::now_v7());
    livechat.integration().post(&unknown, &Value::Null).await.is_problem(404, "unknown_conversation");
}

#[tokio::test]
async fn a_token_issued_for_an_operator_is_audited_once_however_often_it_is_requested() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.registers("alice", json!({})).await;
    let key = uuid::Uuid::now_v7().to_string();
    for _ in 0..2 {
        let request = livechat.administrator().request(reqwest::Method::POST, "/operators/alice/tokens");
        let answer = request.header("Idempotency-Key", &key).send().await.unwrap();
        assert_eq!(answer.status(), 201);
    }
    let position = server.position("support").await;
    let path = format!("/audit?action=livechat.token_issued&at_least={position}");
    let entries = livechat.administrator().get(&path).await.is(200);
    assert_eq!(entries["items"].as_array().unwrap().len(), 1, "{entries}");
    assert_eq!(entries["items"][0]["entity_id"], "alice");
    livechat
        .administrator()
        .post("/operators/bob/tokens", &Value::Null)
        .await
        .is_problem(404, "unknown_operator");
}

#[tokio::test]
async fn a_visitor_renews_the_token_for_a_week_and_not_for_ever() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let visitor = livechat.requests(claimed("noor")).await;
    let own = visitor.path("/visitor-tokens");
    let renewed = visitor.person.post(&own, &Value::Null).await.is(201);
    let page = livechat.stranger(renewed["token"].as_str().map(str::to_owned));
    page.post(&own, &Value::Null).await.is(201);
    let support = LivechatId::parse("support").unwrap();
    let pass = VisitorPass {
        visitor: VisitorId::parse("noor").unwrap(),
        conversation: ConversationId(visitor.conversation.parse().unwrap()),
        authenticated: false,
    };
    let issued_before = |days| {
        let (first, until) = (Utc::now() - days, Utc::now() + TimeDelta::hours(1));
        let (token, _) = server.app().key.issue_to_visitor(&support, &pass, Some(first), until).unwrap();
        livechat.stranger(Some(token))
    };
    // The last one ends with the week.
    let last = issued_before(TimeDelta::days(7) - TimeDelta::hours(2)).post(&own, &Value::Null).await.is(201);
    let ends: chrono::DateTime<Utc> = last["expires_at"].as_str().unwrap().parse().unwrap();
    assert!(ends - Utc::now() <= TimeDelta::hours(2), "{ends}");
    let over = issued_before(TimeDelta::days(7));
    over.post(&own, &Value::Null).await.is_problem(403, "token_not_renewable");
}

#[tokio::test]
async fn an_unauthenticated_claim_of_an_identifier_does_not_block_its_authenticated_visitor() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let _alice = livechat.operator("alice").await;
    let claimed_it = livechat.requests(claimed("noor")).await;
    let noor = livechat.requests(vouched_for("noor")).await;
    assert_ne!(noor.conversation, claimed_it.conversation);
    every_door_is_shut(&claimed_it.person, &noor).await;
    every_door_is_shut(&noor.person, &claimed_it).await;
    // A second one of either is one too many, and names the own one.
    for (request, own) in [(claimed("noor"), &claimed_it), (vouched_for("noor"), &noor)] {
        let refused = livechat.integration().post("/conversations", &request).await;
        let refused = refused.is_problem(409, "already_in_conversation");
        assert!(refused["detail"].as_str().unwrap().contains(&own.conversation), "{refused}");
    }
}

/// A token that a repeated or new request was answered with: when the first of its kind was issued, and its end, from
/// now.
fn times(server: &Server, answer: Answer) -> (TimeDelta, TimeDelta) {
    let answer = answer.is(201);
    let token = answer["visitor_token"].as_str().or_else(|| answer["token"].as_str()).unwrap();
    let claims = server.app().key.check(token).unwrap().claims;
    let end = DateTime::from_timestamp(claims.exp, 0).unwrap();
    (Utc::now() - claims.first_issued(), end - Utc::now())
}

fn about(found: TimeDelta, expected: TimeDelta) -> bool {
    (found - expected).abs() < TimeDelta::minutes(2)
}

#[tokio::test]
async fn a_request_that_is_repeated_gains_no_time() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let askers = [livechat.integration(), livechat.person(Role::Visitor, "noor")];
    let keys = [uuid::Uuid::now_v7().to_string(), uuid::Uuid::now_v7().to_string()];
    let ask = async |asker: usize| {
        askers[asker].post_with_key(&keys[asker], "/conversations", &claimed("noor")).await
    };
    for asker in 0..2 {
        let (first, end) = times(&server, ask(asker).await);
        assert!(about(first, TimeDelta::zero()) && about(end, TimeDelta::hours(24)), "{first} {end}");
    }
    for (later, age, left) in [
        (TimeDelta::days(2), TimeDelta::days(2), TimeDelta::hours(24)),
        (TimeDelta::hours(108), TimeDelta::hours(156), TimeDelta::hours(12)),
    ] {
        server.clock.advance(later);
        for asker in 0..2 {
            let (first, end) = times(&server, ask(asker).await);
            assert!(about(first, age) && about(end, left), "{first} {end}");
        }
    }
    server.clock.advance(TimeDelta::hours(12));
    for asker in 0..2 {
        ask(asker).await.is_problem(403, "token_not_renewable");
    }
}

#[tokio::test]
async fn asking_with_a_token_gains_it_no_time() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("behaviour", json!({ "keep_open": true })).await;
    let mut alice = livechat.operator("alice").await;
    let key = uuid::Uuid::now_v7().to_string();
    let noor = livechat.person(Role::Visitor, "noor");
    noor.post_with_key(&key, "/conversations", &claimed("noor")).await.is(201);
    let support = LivechatId::parse("support").unwrap();
    let conversation = ConversationId(key.parse().unwrap());
    let issued_before = |days, visitor: &str| {
        let pass =
            VisitorPass { visitor: VisitorId::parse(visitor).unwrap(), conversation, authenticated: false };
        let (first, until) = (Utc::now() - TimeDelta::days(days), Utc::now() + TimeDelta::hours(1));
        let (token, _) = server.app().key.issue_to_visitor(&support, &pass, Some(first), until).unwrap();
        livechat.stranger(Some(token))
    };
    // The same again, whatever was first.
    let same = async |days| {
        issued_before(days, "noor").post_with_key(&key, "/conversations", &claimed("noor")).await
    };
    let (first, end) = times(&server, same(6).await);
    assert!(about(first, TimeDelta::days(6)) && about(end, TimeDelta::hours(24)), "{first} {end}");
    same(8).await.is_problem(403, "token_not_renewable");
    // The next segment of the one that was kept open.
    alice.socket.does(json!({ "type": "pick_up", "conversation": key })).await;
    alice.socket.does(json!({ "type": "end", "conversation": key })).await;
    let again = format!("/conversations/{key}/request-again");
    let (first, _) = times(&server, issued_before(3, "noor").post(&again, &claimed("noor")).await);
    assert!(about(first, TimeDelta::days(3)), "{first}");
    // Another one.
    let (first, _) = times(&server, issued_before(3, "ivan").post("/conversations", &claimed("ivan")).await);
    assert!(about(first, TimeDelta::days(3)), "{first}");
}

#[tokio::test]
async fn a_token_that_is_asked_for_again_with_the_same_key_gains_no_time() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.registers("alice", json!({})).await;
    let visitor = livechat.requests(claimed("noor")).await;
    let keys = [uuid::Uuid::now_v7().to_string(), uuid::Uuid::now_v7().to_string()];
    let of_visitor = async || {
        livechat.integration().post_with_key(&keys[0], &visitor.path("/visitor-tokens"), &json!({})).await
    };
    let of_alice = async || {
        livechat.administrator().post_with_key(&keys[1], "/operators/alice/tokens", &json!({})).await
    };
    let (first, end) = times(&server, of_visitor().await);
    assert!(about(first, TimeDelta::zero()) && about(end, TimeDelta::hours(24)), "{first} {end}");
    assert!(about(times(&server, of_alice().await).1, TimeDelta::hours(12)));
    server.clock.advance(TimeDelta::hours(10));
    let (first, end) = times(&server, of_visitor().await);
    assert!(about(first, TimeDelta::hours(10)) && about(end, TimeDelta::hours(24)), "{first} {end}");
    assert!(about(times(&server, of_alice().await).1, TimeDelta::hours(2)));
    server.clock.advance(TimeDelta::days(7));
    of_visitor().await.is_problem(403, "token_not_renewable");
    // With a key of its own it is an entry of its own.
    livechat.integration().post(&visitor.path("/visitor-tokens"), &json!(null)).await.is(201);
}
