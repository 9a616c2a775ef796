//! Screens as they were, over HTTP: floors that were recorded live are compared with what is read of them later.

use api::auth::Role;
use chrono::SecondsFormat;
use domain::Timestamp;
use journal::Clock;
use pupitre_tests::actors::Livechat;
use pupitre_tests::server::{Server, minutes, seconds};
use serde_json::{Value, json};

/// A screen at one time.
struct Record {
    position: u64,
    at: Timestamp,
    board: Value,
    queue: Value,
    conversation: Value,
}

fn rfc3339(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

async fn record(server: &Server, livechat: &Livechat, conversation: &str) -> Record {
    let position = server.position("support").await;
    let supervisor = livechat.supervisor();
    let mut floor = livechat.floor().await;
    let followed = floor.caught_up(position).await;
    assert_eq!(*followed, livechat.board(position).await, "the feed and the board agree");
    let board = supervisor.get(&format!("/board?at_least={position}")).await.is(200);
    let queue = supervisor.get(&format!("/queue?at_least={position}")).await.is(200);
    let path = format!("/conversations/{conversation}?at_least={position}");
    let conversation = supervisor.get(&path).await.is(200);
    Record { position, at: server.clock.now(), board, queue, conversation }
}

#[tokio::test]
async fn every_screen_is_rendered_as_it_was() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("capacity", json!({ "conversations_per_operator": 1, "queue_per_operator": 5 })).await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    let id = visitor.conversation.clone();
    let mut recorded = vec![record(&server, &livechat, &id).await];
    let mut step = async |server: &Server| {
        recorded.push(record(server, &livechat, &id).await);
        server.clock.advance(seconds(7));
    };
    step(&server).await;
    alice.picks_up(&visitor).await;
    step(&server).await;
    visitor.says("bonjour").await;
    step(&server).await;
    let second = livechat.visitor("v2").await;
    step(&server).await;
    alice.says(&visitor, "bonjour !").await;
    let bob = livechat.operator_with("bob", json!({ "capacity": 2 })).await;
    step(&server).await;
    alice.transfers(&visitor, json!({ "operator": "bob" }), None).await;
    step(&server).await;
    livechat.sets("capacity", json!({ "conversations_per_operator": 3 })).await;
    step(&server).await;
    alice.is_now("on_break").await;
    step(&server).await;
    visitor.ends().await;
    step(&server).await;
    drop((bob, second));

    let supervisor = livechat.supervisor();
    for then in &recorded {
        for when in [format!("position={}", then.position), format!("at={}", rfc3339(then.at))] {
            let board = supervisor.get(&format!("/board?{when}")).await.is(200);
            assert_eq!(board, then.board, "{when}");
            assert_eq!(supervisor.get(&format!("/queue?{when}")).await.is(200), then.queue, "{when}");
            let path = format!("/conversations/{id}?{when}");
            assert_eq!(supervisor.get(&path).await.is(200), then.conversation, "{when}");
        }
    }
    let waited = recorded.iter().filter(|then| then.queue != json!([])).count();
    assert!(waited > 0, "somebody waited in between");
}

#[tokio::test]
async fn a_transcript_ends_where_it_ended_then_and_reading_it_is_recorded() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let position = visitor.says("un").await;
    server.clock.advance(minutes(1));
    alice.says(&visitor, "deux").await;

    let supervisor = livechat.supervisor();
    let path = visitor.path(&format!("/transcript?position={position}"));
    let before = server.position("support").await;
    let transcript = supervisor.get(&path).await.is(200);
    let lines = transcript["lines"].as_array().unwrap();
    assert_eq!(lines.last().unwrap()["text"], "un");
    assert_eq!(server.position("support").await, before + 1, "the read is an event");
    let text =
        supervisor.get(&visitor.path(&format!("/transcript?format=text&position={position}"))).await.is(200);
    let text = text.as_str().unwrap();
    assert!(text.contains("un") && !text.contains("deux"), "{text}");
}

#[tokio::test]
async fn settings_are_read_as_of_a_position() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let before = server.position("support").await;
    let at = server.clock.now();
    server.clock.advance(minutes(1));
    livechat.sets("capacity", json!({ "conversations_per_operator": 7 })).await;
    let supervisor = livechat.supervisor();
    let capacity = |when: String| {
        let supervisor = supervisor.clone();
        async move { supervisor.get(&format!("/settings/capacity?{when}")).await.is(200) }
    };
    assert_eq!(capacity(format!("position={before}")).await["conversations_per_operator"], 3);
    assert_eq!(capacity(format!("position={}", before + 1)).await["conversations_per_operator"], 7);
    for when in [format!("position={before}"), format!("at={}", rfc3339(at))] {
        let all = supervisor.get(&format!("/settings?{when}")).await.is(200);
        assert_eq!(all["position"], before);
        assert_eq!(all["revisions"]["capacity"], 0);
        assert_eq!(all["settings"]["capacity"]["conversations_per_operator"], 3);
    }
}

#[tokio::test]
async fn a_time_that_is_not_in_the_past_is_refused_with_its_field_and_range() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let supervisor = livechat.supervisor();
    let created = server.clock.now();
    server.clock.advance(minutes(5));
    let visitor = livechat.visitor("v1").await;
    let head = server.position("support").await;
    let now = server.clock.now();
    let refused = async |when: String, field: &str, allowed: &str| {
        for path in ["/board", "/queue", "/settings", &visitor.path(""), &visitor.path("/transcript")] {
            let problem = supervisor.get(&format!("{path}?{when}")).await.is_problem(422, "invalid_fields");
            let error = &problem["errors"][0];
            assert_eq!(error["field"], field, "{path}?{when}: {problem}");
            assert!(error["allowed"].as_str().unwrap().contains(allowed), "{path}?{when}: {problem}");
        }
    };
    let range = format!("{}, when the livechat was created, to {}", rfc3339(created), rfc3339(now));
    refused(format!("at={}", rfc3339(now + seconds(1))), "at", &range).await;
    refused(format!("at={}", rfc3339(created - seconds(1))), "at", &range).await;
    refused("at=yesterday".into(), "at", "RFC 3339").await;
    for position in ["0", &(head + 1).to_string(), "-1", "1.5", "x", "99999999999999999999999"] {
        refused(format!("position={position}"), "position", &format!("1 to {head}")).await;
    }
    refused(format!("at={}&position=1", rfc3339(created)), "position", "nothing, where `at` is given").await;
    let nowhere = server.uncreated("nowhere").supervisor();
    nowhere.get("/board?position=1").await.is_problem(404, "unknown_livechat");
    let unknown = "/conversations/018f0000-0000-7000-8000-000000000000?position=1";
    supervisor.get(unknown).await.is_problem(404, "unknown_conversation");
}

#[tokio::test]
async fn only_roles_that_see_the_floor_see_its_past() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let paths = ["/board".to_owned(), "/queue".into(), visitor.path(""), visitor.path("/transcript")];
    for path in &paths {
        for role in [Role::Operator, Role::Analyst, Role::Integration] {
            let person = livechat.person(role, "alice");
            person.get(&format!("{path}?position=2")).await.is_problem(403, "forbidden");
        }
    }
    livechat.administrator().get("/board?position=2").await.is(200);
}
