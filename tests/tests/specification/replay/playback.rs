//! The past played again over the feeds.

use std::time::{Duration, Instant};

use api::auth::Role;
use pupitre_tests::actors::{Ended, Feed, FeedFrame, Floor, Livechat, Operator, Transport, Visitor};
use pupitre_tests::server::{Server, seconds};
use serde_json::{Value, json};

/// A conversation of a minute, with the operator, who stays.
async fn a_minute(server: &Server, livechat: &Livechat) -> (Visitor, Operator) {
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    for (pause, text) in [(20, "un"), (25, "deux"), (15, "trois")] {
        server.clock.advance(seconds(pause));
        visitor.says(text).await;
    }
    (visitor, alice)
}

async fn all_of(livechat: &Livechat, path: &str, after: Option<u64>) -> (Vec<FeedFrame>, String) {
    let supervisor = livechat.supervisor();
    let mut feed = Feed::follow(&supervisor, Transport::Events, path, after).await;
    let mut frames = vec![];
    loop {
        match feed.try_next().await {
            Ok(frame) => frames.push(frame),
            Err(Ended::Event(reason)) => return (frames, reason),
            Err(ended) => panic!("a feed ends with an event, not with {ended:?}"),
        }
    }
}

fn texts(frames: &[FeedFrame]) -> Vec<&str> {
    let said = frames.iter().filter(|frame| frame.data["voice"] != "system");
    said.filter_map(|frame| frame.data["text"].as_str()).collect()
}

#[tokio::test]
async fn a_conversation_is_played_again_at_its_intervals() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let (visitor, _alice) = a_minute(&server, &livechat).await;
    let begun = Instant::now();
    let (frames, reason) = all_of(&livechat, &visitor.path("/replay?speed=100&lang=fr"), None).await;
    assert!(
        begun.elapsed() >= Duration::from_millis(600),
        "a minute at a hundred times: {:?}",
        begun.elapsed()
    );
    assert_eq!(reason, "over");
    assert_eq!(frames[0].name, "snapshot");
    assert_eq!(frames[0].data["lines"], json!([]), "nothing had been said before");
    assert_eq!(texts(&frames[1..]), ["un", "deux", "trois"]);
    let words: Vec<&str> = frames.iter().filter_map(|frame| frame.data["words"].as_str()).collect();
    assert!(words.len() >= 3, "what happened is told in words: {words:?}");
    let positions: Vec<u64> = frames[1..].iter().filter_map(|frame| frame.id).collect();
    assert!(positions.is_sorted(), "{positions:?}");

    let begun = Instant::now();
    let (short, _) = all_of(&livechat, &visitor.path("/replay?speed=1&skip_idle=0.05s&lang=fr"), None).await;
    assert!(begun.elapsed() < Duration::from_secs(10), "pauses are cut: {:?}", begun.elapsed());
    assert_eq!(texts(&short), texts(&frames));
}

#[tokio::test]
async fn it_is_paused_by_closing_and_goes_on_from_any_position_or_step_by_step() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let (visitor, _alice) = a_minute(&server, &livechat).await;
    let (all, _) = all_of(&livechat, &visitor.path("/replay?speed=1000"), None).await;
    let line = all.iter().find(|frame| frame.data["text"] == "deux").unwrap();
    let (id, at) = (line.id.unwrap(), line.data["at"].as_str().unwrap());

    for from in [id.to_string(), at.to_owned()] {
        let (rest, _) =
            all_of(&livechat, &visitor.path(&format!("/replay?speed=1000&from={from}")), None).await;
        let so_far = rest[0].data["lines"].as_array().unwrap();
        assert_eq!(so_far.last().unwrap()["text"], "deux", "from {from}");
        assert_eq!(texts(&rest[1..]), ["trois"], "from {from}");
    }
    let (resumed, _) = all_of(&livechat, &visitor.path("/replay?speed=1000"), Some(id)).await;
    assert_eq!(texts(&resumed), ["trois"]);
    assert!(resumed.iter().all(|frame| frame.name != "snapshot"), "what was told is not told again");
    let (part, _) = all_of(&livechat, &visitor.path(&format!("/replay?speed=1000&to={id}")), None).await;
    assert_eq!(texts(&part), ["un", "deux"]);

    let (mut at, mut stepped) = (None, vec![]);
    loop {
        let (step, reason) = all_of(&livechat, &visitor.path("/replay?steps=1&speed=0.1"), at).await;
        stepped.extend(step.iter().filter(|frame| frame.name == "line").map(|frame| frame.data.clone()));
        if reason == "over" {
            break;
        }
        assert_eq!(reason, "stepped");
        at = step.last().unwrap().id;
    }
    let lines: Vec<Value> =
        all.iter().filter(|frame| frame.name == "line").map(|frame| frame.data.clone()).collect();
    assert_eq!(stepped, lines, "step by step it is the same");
}

#[tokio::test]
async fn the_floor_played_again_leads_to_the_boards_that_were() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let (visitor, _alice) = a_minute(&server, &livechat).await;
    let head = server.position("support").await;
    let board = livechat.board(head).await;
    for (transport, end) in
        [(Transport::Events, Ended::Event("over".into())), (Transport::Socket, Ended::Close(1000))]
    {
        let path = format!("/floor/replay?speed=1000&to={head}");
        let mut feed = Feed::follow(&livechat.supervisor(), transport, &path, None).await;
        let mut floor = Follower::default();
        while floor.0["position"].as_u64() != Some(head) {
            floor.put(feed.next().await);
        }
        assert_eq!(floor.board(), board, "{transport:?}");
        assert_eq!(feed.ends().await, end);
    }
    let picked_up = server.of_conversation("support", &visitor.conversation).await[3];
    let mut then = livechat.supervisor().get(&format!("/board?position={picked_up}")).await.is(200);
    // Which the floor has beside the board.
    assert_eq!(then.as_object_mut().unwrap().remove("help"), Some(json!([])));
    let (frames, _) =
        all_of(&livechat, &format!("/floor/replay?speed=1000&from={picked_up}&to={picked_up}"), None).await;
    let mut floor = Follower::default();
    floor.put(frames[0].clone());
    assert_eq!(floor.board(), then);

    let (steps, reason) = all_of(&livechat, &format!("/floor/replay?from={picked_up}&steps=2"), None).await;
    assert_eq!(reason, "stepped");
    let told: Vec<u64> =
        steps.iter().filter(|frame| frame.name == "change").filter_map(|frame| frame.id).collect();
    assert_eq!(told, [picked_up + 1, picked_up + 2]);
    assert_eq!(steps[1].data["happened"][0]["position"], picked_up + 1);
    assert!(!steps[1].data["happened"].to_string().contains("deux"), "nothing that was said");
}

/// A board and the changes put into it, by the words of the live feed.
#[derive(Default)]
struct Follower(Value);

impl Follower {
    fn put(&mut self, frame: FeedFrame) {
        let mut data = frame.data;
        if frame.name == "snapshot" {
            let fields = data.as_object_mut().unwrap();
            for beside in ["type", "at", "help"] {
                fields.remove(beside).unwrap();
            }
            self.0 = data;
            return;
        }
        Floor::put_change(&mut self.0, &data);
    }

    /// The rows, without where to resume.
    fn board(&self) -> Value {
        let mut board = self.0.clone();
        board.as_object_mut().unwrap().remove("resume_after");
        board
    }
}

#[tokio::test]
async fn what_cannot_be_played_is_refused_by_its_name_and_range() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let (visitor, _alice) = a_minute(&server, &livechat).await;
    let supervisor = livechat.supervisor();
    let head = server.position("support").await;
    for path in [visitor.path("/replay"), "/floor/replay".to_owned()] {
        for (what, field, allowed) in [
            ("speed=0", "speed", "0.1 to 1000"),
            ("speed=1001", "speed", "0.1 to 1000"),
            ("speed=fast", "speed", "0.1 to 1000"),
            ("skip_idle=-1", "skip_idle", "0 to 86400"),
            ("skip_idle=long", "skip_idle", "0 to 86400"),
            ("steps=0", "steps", "1 to 1000"),
            ("from=0", "from", &format!("1 to {head}")),
            ("from=2001-01-01T00:00:00Z", "from", "when the livechat was created"),
            ("to=1000000", "to", &format!("1 to {head}")),
            ("from=3&to=2", "to", "nothing before `from`"),
        ] {
            let problem = supervisor.get(&format!("{path}?{what}")).await.is_problem(422, "invalid_fields");
            let error = &problem["errors"][0];
            assert_eq!(error["field"], field, "{what}: {problem}");
            assert!(error["allowed"].as_str().unwrap().contains(allowed), "{what}: {problem}");
        }
        for role in [Role::Operator, Role::Analyst, Role::Integration] {
            livechat.person(role, "alice").get(&path).await.is_problem(403, "forbidden");
        }
    }
    let unknown = "/conversations/018f0000-0000-7000-8000-000000000000/replay";
    supervisor.get(unknown).await.is_problem(404, "unknown_conversation");
}

#[tokio::test]
async fn that_a_conversation_is_played_again_is_recorded_and_that_of_the_floor_is_not() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let (visitor, _alice) = a_minute(&server, &livechat).await;
    let before = server.position("support").await;
    all_of(&livechat, &visitor.path("/replay?speed=1000"), None).await;
    assert_eq!(server.position("support").await, before + 1);
    all_of(&livechat, "/floor/replay?speed=1000", None).await;
    assert_eq!(server.position("support").await, before + 1);
}
