//! A supervisor reads a conversation live: the lines of its transcript, and that it was read is recorded.

use pupitre_tests::actors::{Feed, Socket, Transport};
use pupitre_tests::server::Server;
use serde_json::{Value, json};
use uuid::Uuid;

#[tokio::test]
async fn the_feed_sends_the_transcript_from_any_position_on() {
    for transport in Transport::BOTH {
        let server = Server::start().await;
        let livechat = server.livechat("support").await;
        let mut alice = livechat.operator("alice").await;
        let mut visitor = livechat.visitor("v1").await;
        alice.picks_up(&visitor).await;
        let middle = visitor.says("bonjour").await;
        let supervisor = livechat.supervisor();
        let path = visitor.path("/live");
        let mut whole = Feed::follow(&supervisor, transport, &path, None).await;
        let mut resumed = Feed::follow(&supervisor, transport, &path, Some(middle)).await;
        alice.says(&visitor, "je regarde").await;
        // Of another conversation.
        let other = livechat.visitor("v2").await;
        alice.picks_up(&other).await;
        let end = alice.ends(&visitor).await;

        let mut lines: Vec<Value> = vec![];
        while lines.last().is_none_or(|line| line["kind"] != "ended") {
            let line = whole.next().await;
            assert_eq!(line.name, "line");
            assert_eq!(line.id, line.data["position"].as_u64());
            lines.push(line.data);
        }
        let read = supervisor.get(&visitor.path(&format!("/transcript?at_least={end}"))).await.is(200);
        let read = read["lines"].as_array().unwrap();
        let untyped = |mut line: Value| {
            let fields = line.as_object_mut().unwrap();
            fields.retain(|name, _| name != "type" && name != "resume_after");
            line
        };
        let lines: Vec<Value> = lines.into_iter().map(untyped).collect();
        assert!(read.len() >= lines.len());
        for (line, read) in lines.iter().zip(read) {
            // What is read besides says the same in words.
            for (name, value) in line.as_object().unwrap() {
                assert_eq!(*value, read[name], "{name} of {line}");
            }
        }
        let rest: Vec<&Value> =
            lines.iter().filter(|line| line["position"].as_u64() > Some(middle)).collect();
        for line in rest {
            assert_eq!(untyped(resumed.next().await.data), *line);
        }
    }
}

#[tokio::test]
async fn that_it_is_read_is_recorded_each_time_it_is_opened() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let supervisor = livechat.supervisor();
    let before = server.position("support").await;
    let reads = async || {
        let id = domain::LivechatId::parse("support").unwrap();
        let log = server.app().journal.read(&id, before, 1_000).await.unwrap();
        let of = |record: &std::sync::Arc<journal::Record>| record.event.fact.name() == "livechat.accessed";
        log.iter().filter(|record| of(record)).count()
    };
    let mut feed = Feed::follow(&supervisor, Transport::Socket, &visitor.path("/live"), None).await;
    visitor.says("bonjour").await;
    while feed.next().await.data["text"] != "bonjour" {}
    assert_eq!(reads().await, 1);
    let mut again = Feed::follow(&supervisor, Transport::Events, &visitor.path("/live"), None).await;
    again.next().await;
    assert_eq!(reads().await, 2);
    let key = Uuid::now_v7().to_string();
    for _ in 0..2 {
        let request = supervisor.request(reqwest::Method::GET, &visitor.path("/live"));
        let mut answer = request.header("Idempotency-Key", &key).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.chunk().await.unwrap().is_some());
    }
    assert_eq!(reads().await, 4, "a key is for what is done: each reading is one of its own");
}

#[tokio::test]
async fn it_is_for_supervisors_and_of_this_livechat_only() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let elsewhere = server.livechat("elsewhere").await;
    let mut alice = livechat.operator("alice").await;
    let visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let path = visitor.path("/live");
    for person in [&alice.person, &visitor.person, &livechat.integration()] {
        person.get(&path).await.is_problem(403, "forbidden");
    }
    elsewhere.supervisor().get(&path).await.is_problem(404, "unknown_conversation");
    let nobody = format!("/conversations/{}/live", Uuid::now_v7());
    livechat.supervisor().get(&nobody).await.is_problem(404, "unknown_conversation");
}

#[tokio::test]
async fn a_read_only_feed_accepts_no_frame() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    for path in ["/floor", "/queue/live"] {
        let mut socket = Socket::open(&livechat.supervisor().socket(path)).await;
        let refusal = socket.is_refused(json!({ "type": "end" }), "invalid_fields").await;
        assert_eq!(refusal["errors"][0]["field"], "frame");
    }
}
