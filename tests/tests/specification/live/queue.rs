//! The queue, live: every waiting visitor, or for operators how many.

use std::collections::BTreeMap;

use api::auth::Role;
use pupitre_tests::actors::{Feed, FeedFrame, Livechat, Transport, Visitor};
use pupitre_tests::server::Server;
use serde_json::{Value, json};

/// A queue as a reader has it.
#[derive(Default)]
struct Queue {
    places: BTreeMap<u64, Value>,
    lines: Value,
    position: u64,
}

impl Queue {
    fn put(&mut self, frame: &FeedFrame) {
        if frame.name == "snapshot" {
            self.places.clear();
        }
        let left = frame.data["left"].as_array().cloned().unwrap_or_default();
        self.places.retain(|_, place| !left.contains(&place["conversation"]));
        for place in
            ["places", "entered"].into_iter().filter_map(|field| frame.data[field].as_array()).flatten()
        {
            self.places.insert(place["requested_position"].as_u64().unwrap(), place.clone());
        }
        self.lines = frame.data["lines"].clone();
        self.position = frame.id.unwrap();
        assert_eq!(frame.data["waiting"], self.places.len());
    }

    async fn caught_up(&mut self, feed: &mut Feed, position: u64) {
        while self.position < position {
            self.put(&feed.next().await);
        }
    }
}

async fn waits(livechat: &Livechat, id: &str, skill: Option<&str>) -> (Visitor, u64) {
    let visitor = livechat
        .requests(json!({ "visitor": { "id": id, "name": id }, "language": "fr", "skill": skill }))
        .await;
    assert_eq!(visitor.requested["outcome"], "waiting");
    let position = visitor.requested["position"].as_u64().unwrap();
    (visitor, position)
}

async fn crowded(server: &Server) -> Livechat {
    let livechat = server.livechat("support").await;
    livechat.sets("skills", json!([{ "id": "billing", "queue_capacity": 10 }])).await;
    livechat.sets("capacity", json!({ "conversations_per_operator": 1, "queue_per_operator": 5 })).await;
    livechat
}

#[tokio::test]
async fn entering_and_leaving_are_sent_and_lead_to_the_queue_that_is_read() {
    for transport in Transport::BOTH {
        let server = Server::start().await;
        let livechat = crowded(&server).await;
        let mut alice = livechat.operator_with("alice", json!({ "skills": ["billing"] })).await;
        let first = livechat.visitor("v1").await;
        alice.picks_up(&first).await;
        let (mut leaves, _) = waits(&livechat, "v2", None).await;
        let supervisor = livechat.supervisor();
        let mut feed = Feed::follow(&supervisor, transport, "/queue/live", None).await;
        let mut queue = Queue::default();
        queue.put(&feed.next().await);
        assert_eq!(queue.places.len(), 1);
        let (_billing, middle) = waits(&livechat, "v3", Some("billing")).await;
        queue.caught_up(&mut feed, middle).await;
        let (cut_at, lines) = (queue.position, queue.lines.clone());
        let since = "2027-01-15T12:00:00.000Z";
        let expected = json!([
            { "skill": null, "waiting": 1, "longest_since": since },
            { "skill": "billing", "skill_name": "billing", "waiting": 1, "longest_since": since },
        ]);
        assert_eq!(lines, expected);
        // What is said in conversations is nothing to the queue.
        alice.says(&first, "bonjour").await;
        leaves.leaves().await;
        let (_last, last) = waits(&livechat, "v4", Some("billing")).await;
        queue.caught_up(&mut feed, last).await;
        let read = supervisor.get(&format!("/queue?at_least={last}")).await.is(200);
        let column =
            |rows: Vec<&Value>| rows.iter().map(|row| row["conversation"].clone()).collect::<Vec<_>>();
        assert_eq!(
            column(queue.places.values().collect()),
            column(read.as_array().unwrap().iter().collect())
        );

        let mut resumed = Feed::follow(&supervisor, transport, "/queue/live", Some(cut_at)).await;
        let change = resumed.next().await;
        assert_eq!((change.name.as_str(), &change.data["left"]), ("change", &json!([leaves.conversation])));
        assert_eq!(change.data["entered"].as_array().unwrap().len(), 1);
        let end = alice.ends(&first).await;
        queue.caught_up(&mut feed, end).await;
        assert_eq!(queue.places.len(), 1, "the first is first");
    }
}

#[tokio::test]
async fn operators_see_how_many_wait_for_which_skill_and_no_names() {
    for transport in Transport::BOTH {
        let server = Server::start().await;
        let livechat = crowded(&server).await;
        let alice = livechat.operator_with("alice", json!({ "skills": ["billing"] })).await;
        let _served = livechat.visitor("v1").await;
        let mut feed = Feed::follow(&alice.person, transport, "/queue/live", None).await;
        assert_eq!(feed.next().await.data["waiting"], 0);
        let (_first, _) = waits(&livechat, "zoe", None).await;
        let (_second, position) = waits(&livechat, "yann", Some("billing")).await;
        let mut frame = feed.next().await;
        while frame.id < Some(position) {
            frame = feed.next().await;
        }
        let expected = json!({
            "type": "change",
            "resume_after": frame.mark,
            "position": frame.id,
            "waiting": 2,
            "lines": [
                { "skill": null, "waiting": 1 },
                { "skill": "billing", "skill_name": "billing", "waiting": 1 },
            ],
        });
        assert_eq!(frame.data, expected);
    }
}

#[tokio::test]
async fn the_queue_is_for_operators_supervisors_and_administrators() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    for role in [Role::Visitor, Role::Analyst, Role::Integration] {
        livechat.person(role, "somebody").get("/queue/live").await.is_problem(403, "forbidden");
    }
}
