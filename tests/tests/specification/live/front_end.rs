//! What a front end needs and gets without asking: what the desk may show, colleagues, receipts, and everything at once
//! when a page opens.

use pupitre_tests::actors::{Feed, Operator, Person, Socket, Transport, Visitor};
use pupitre_tests::server::Server;
use serde_json::{Value, json};

#[tokio::test]
async fn a_desk_is_sent_at_once_what_it_may_show_and_changes_of_its_operator() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("skills", json!([{ "id": "sales", "name": { "fr": "Ventes", "en": "Sales" } }])).await;
    let mut alice = livechat.operator("alice").await;
    let options = &alice.snapshot["options"];
    assert_eq!(options["options"]["print"], true);
    let sales = json!({ "skill": "sales", "name": "Ventes", "names": { "fr": "Ventes", "en": "Sales" } });
    assert_eq!(options["skills"], json!([sales]));

    livechat.sets("desk", json!({ "print": false })).await;
    let frame = alice.socket.hears(|frame| frame["type"] == "options").await;
    assert_eq!(frame["options"]["options"]["print"], false);
    livechat.sets("statuses", json!({ "training": true })).await;
    let frame = alice.socket.hears(|frame| frame["type"] == "options").await;
    assert!(frame["options"]["statuses"].as_array().unwrap().contains(&json!("training")), "{frame}");
    livechat.sets("skills", json!([{ "id": "sales" }, { "id": "technical" }])).await;
    let frame = alice.socket.hears(|frame| frame["type"] == "options").await;
    assert_eq!(frame["options"]["skills"][1]["skill"], "technical");

    livechat.sets("capacity", json!({ "conversations_per_operator": 7 })).await;
    let frame = alice.socket.hears(|frame| frame["type"] == "profile").await;
    assert_eq!(frame["operator"]["capacity"], 7);
    livechat.registers("alice", json!({ "skills": ["sales"], "capacity": 2 })).await;
    let frame = alice.socket.hears(|frame| frame["type"] == "profile").await;
    assert_eq!(
        (&frame["operator"]["capacity"], &frame["operator"]["skills"]),
        (&json!(2), &json!(["sales"]))
    );
    let status = json!({ "status": "on_break" });
    livechat.supervisor().put("/operators/alice/status", &status).await.is(200);
    let frame = alice.socket.hears(|frame| frame["type"] == "status").await;
    assert_eq!(frame["status"], "on_break");

    // What concerns no desk is not sent, and a desk that resumes has missed nothing.
    livechat.sets("figures", json!({ "reference_concurrency": 4 })).await;
    let before = alice.socket.last_position();
    livechat.sets("desk", json!({ "print": true })).await;
    let mut resumed = Socket::open(&alice.person.socket(&format!("/desk?after={before}"))).await;
    let frame = resumed.hears(|frame| frame["type"] == "options").await;
    assert_eq!(frame["options"]["options"]["print"], true);
    assert!(resumed.heard().iter().all(|frame| frame["type"] != "snapshot"));
}

#[tokio::test]
async fn delivered_and_read_are_sent_to_the_other_side_and_recorded_nowhere() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("phrases", json!({ "welcome": { "enabled": false } })).await;
    let mut alice = livechat.operator("alice").await;
    let mut zoe = livechat.visitor("zoe").await;
    alice.picks_up(&zoe).await;
    zoe.says("Bonjour").await;
    alice.says(&zoe, "Bonjour Zoé").await;
    let before = server.position("support").await;

    zoe.socket.says(&json!({ "type": "delivered", "number": 2 })).await;
    let frame = alice.socket.hears(|frame| frame["type"] == "receipt").await;
    let conversation = zoe.conversation.as_str();
    assert_eq!(
        frame,
        json!({ "type": "receipt", "conversation": conversation, "by": "visitor", "receipt": "delivered", "number": 2 })
    );
    zoe.socket.says(&json!({ "type": "read", "number": 2 })).await;
    let frame = alice.socket.hears(|frame| frame["type"] == "receipt").await;
    assert_eq!((&frame["receipt"], &frame["number"]), (&json!("read"), &json!(2)));
    alice.socket.says(&json!({ "type": "read", "conversation": conversation, "number": 1 })).await;
    let frame = zoe.socket.hears(|frame| frame["type"] == "receipt").await;
    assert_eq!(frame, json!({ "type": "receipt", "by": "operator", "receipt": "read", "number": 1 }));

    // Of messages that do not exist, and of conversations of others, nothing is sent.
    let mut bob = livechat.operator("bob").await;
    for number in [0, 3, 4_294_967_295_u32] {
        zoe.socket.says(&json!({ "type": "read", "number": number })).await;
        alice.socket.says(&json!({ "type": "read", "conversation": conversation, "number": number })).await;
    }
    bob.socket.says(&json!({ "type": "read", "conversation": conversation, "number": 1 })).await;
    zoe.socket.says(&json!({ "type": "delivered", "number": 1 })).await;
    let frame = alice.socket.hears(|frame| frame["type"] == "receipt").await;
    assert_eq!((&frame["receipt"], &frame["number"]), (&json!("delivered"), &json!(1)));
    alice.socket.says(&json!({ "type": "delivered", "conversation": conversation, "number": 1 })).await;
    let frame = zoe.socket.hears(|frame| frame["type"] == "receipt").await;
    assert_eq!((&frame["receipt"], &frame["number"]), (&json!("delivered"), &json!(1)));
    let after = server.position("support").await;
    assert_eq!(after, before + 3, "only Bob was registered, given a token, and has come");
}

#[tokio::test]
async fn colleagues_are_sent_while_they_may_be_seen() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let alice = livechat.operator("alice").await;
    let ids = |frame: &Value| -> Vec<String> {
        let all = frame["operators"].as_array().unwrap().iter();
        all.map(|one| one["operator"].as_str().unwrap().to_owned()).collect()
    };
    for (transport, name) in Transport::BOTH.into_iter().zip(["bob", "carl"]) {
        let both = || ["alice", name].map(str::to_owned).to_vec();
        let mut feed = Feed::follow(&alice.person, transport, "/colleagues", None).await;
        let mut of_sophie = Feed::follow(&livechat.supervisor(), transport, "/colleagues", None).await;
        assert_eq!(ids(&feed.next().await.data), ["alice"]);
        assert_eq!(ids(&of_sophie.next().await.data), ["alice"]);
        let mut bob = livechat.operator(name).await;
        let frame = feed.next().await.data;
        assert_eq!((ids(&frame), &frame["operators"][1]["has_room"]), (both(), &json!(true)));
        bob.is_now("on_break").await;
        let frame = feed.next().await.data;
        assert_eq!(
            (&frame["operators"][1]["status"], &frame["operators"][1]["has_room"]),
            (&json!("on_break"), &json!(false))
        );
        livechat.sets("desk", json!({ "list_operators": false })).await;
        let frame = feed.next().await.data;
        assert_eq!((&frame["listed"], ids(&frame).len()), (&json!(false), 0));
        livechat.sets("desk", json!({})).await;
        assert_eq!(ids(&feed.next().await.data), both());
        livechat.administrator().delete(&format!("/operators/{name}")).await.is(200);
        assert_eq!(ids(&feed.next().await.data), ["alice"]);
    }
}

#[tokio::test]
async fn a_desk_that_opens_has_all_of_the_state_of_its_tabs() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("statuses", json!({ "searching": true })).await;
    let fields = json!([{ "id": "note", "label": { "fr": "Note" }, "kind": "rating" }]);
    let survey =
        json!({ "id": "s", "name": "S", "title": { "fr": "S" }, "audience": "visitor", "fields": fields });
    livechat.sets("surveys", json!([survey])).await;
    livechat.sets("visitor_survey", json!({ "operator_may_send": true })).await;
    let mut alice = livechat.operator("alice").await;
    let mut zoe = livechat.visitor("zoe").await;
    alice.picks_up(&zoe).await;
    let fresh = async || livechat.desk("alice").await.snapshot["tabs"][0].take();
    let tab = fresh().await;
    assert_eq!(
        (&tab["help_called"], &tab["help_taken"], &tab["file_requested"], &tab["searching"], &tab["surveys"]),
        (&json!(false), &json!(false), &json!(false), &json!(false), &json!([]))
    );
    assert!(tab.get("ends_at").is_none() && tab.get("unanswered_since").is_none(), "{tab}");

    alice.person.post(&zoe.path("/call-for-help"), &json!({})).await.is(200);
    livechat.supervisor().post(&zoe.path("/call-for-help/take"), &Value::Null).await.is(200);
    alice.person.post(&zoe.path("/file-requests"), &json!({})).await.is(200);
    alice.person.post(&zoe.path("/surveys"), &json!({ "survey": "s" })).await.is(200);
    alice.is_now("searching").await;
    zoe.says("Alors ?").await;
    let tab = fresh().await;
    assert_eq!(
        (&tab["help_called"], &tab["help_taken"], &tab["file_requested"], &tab["searching"]),
        (&json!(true), &json!(true), &json!(true), &json!(true))
    );
    assert_eq!(
        tab["surveys"],
        json!([{ "segment": 1, "audience": "visitor", "survey": "s", "version": 1, "opened": false }])
    );
    assert!(tab["unanswered_since"].is_string(), "{tab}");
    livechat.supervisor().post(&zoe.path("/call-for-help/settle"), &Value::Null).await.is(200);
    alice.says(&zoe, "Voilà").await;
    let tab = fresh().await;
    assert_eq!((&tab["help_called"], tab.get("unanswered_since")), (&json!(false), None));
}

#[tokio::test]
async fn the_first_frame_of_the_floor_has_the_totals_of_today() {
    for transport in Transport::BOTH {
        let server = Server::start().await;
        let livechat = server.livechat("support").await;
        let mut feed = Feed::follow(&livechat.supervisor(), transport, "/floor", None).await;
        let first = feed.next().await;
        assert_eq!((first.name.as_str(), &first.data["today"]["requested"]), ("snapshot", &json!(0)));
    }
}

#[tokio::test]
async fn a_visitor_s_page_that_opens_has_everything_at_once_and_goes_on_from_there() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator_with("alice", json!({ "capacity": 1 })).await;
    let mut zoe = livechat.visitor("zoe").await;
    let yann = livechat.visitor("yann").await;
    let open = async |person: &Person, conversation: &str| {
        let url = person.socket(&format!("/visitor?conversation={conversation}&snapshot=true"));
        let mut socket = Socket::open(&url).await;
        let page = socket.hears(|frame| frame["type"] == "snapshot").await;
        (socket, page)
    };
    let (_, page) = open(&yann.person, &yann.conversation).await;
    assert_eq!((&page["state"]["is"], &page["queue_position"]), (&json!("waiting"), &json!(1)));
    let (_, page) = open(&zoe.person, &zoe.conversation).await;
    assert_eq!((&page["state"]["is"], page.get("operator")), (&json!("assigned"), None));

    alice.picks_up(&zoe).await;
    zoe.says("Bonjour").await;
    alice.says_internally(&zoe, "Elle est pressée").await;
    alice.says(&zoe, "Bonjour Zoé").await;
    alice.person.post(&zoe.path("/file-requests"), &json!({ "note": "Le contrat" })).await.is(200);
    let (mut socket, page) = open(&zoe.person, &zoe.conversation).await;
    assert_eq!((&page["state"]["is"], &page["operator"]), (&json!("picked_up"), &json!("Alice")));
    let said: Vec<&str> =
        page["messages"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap()).collect();
    assert!(said.ends_with(&["Bonjour", "Bonjour Zoé"]), "{said:?}");
    assert!(!page.to_string().contains("pressée"), "{page}");
    assert_eq!(page["file_requested"]["note"], "Le contrat");
    alice.says(&zoe, "Vous êtes là ?").await;
    let next = socket.hears(|frame| !frame["at"].is_null()).await;
    assert_eq!(next["text"], "Vous êtes là ?", "nothing is sent twice");
    alice.ends(&zoe).await;
    let (_, page) = open(&zoe.person, &zoe.conversation).await;
    assert_eq!(page["state"], json!({ "is": "ended", "reason": "operator" }));
    // As it was: everything from the beginning, without a snapshot.
    let all = zoe.page(0).await;
    assert!(all.heard().iter().all(|frame| frame["type"] != "snapshot"));
}

#[tokio::test]
async fn a_page_that_opens_shows_who_is_typing_until_something_is_said() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut zoe = livechat.visitor("zoe").await;
    alice.picks_up(&zoe).await;
    let desk = async |alice: &Operator| {
        let mut desk = Socket::open(&alice.person.socket("/desk")).await;
        desk.hears(|frame| frame["type"] == "snapshot").await["tabs"][0]["typing"].clone()
    };
    let page = async |zoe: &Visitor| {
        let url = format!("/visitor?conversation={}&snapshot=true", zoe.conversation);
        let mut page = Socket::open(&zoe.person.socket(&url)).await;
        page.hears(|frame| frame["type"] == "snapshot").await["typing"].clone()
    };
    assert_eq!((desk(&alice).await, page(&zoe).await), (json!(false), json!(false)));

    zoe.types().await;
    alice.socket.hears(|frame| frame["type"] == "typing").await;
    assert_eq!((desk(&alice).await, page(&zoe).await), (json!(true), json!(false)));
    zoe.says("Bonjour").await;
    assert_eq!(desk(&alice).await, false);

    alice.types(&zoe).await;
    zoe.socket.hears(|frame| frame["type"] == "typing").await;
    zoe.says("Vous êtes là ?").await;
    assert_eq!((desk(&alice).await, page(&zoe).await), (json!(false), json!(true)));
    alice.says(&zoe, "Oui").await;
    assert_eq!(page(&zoe).await, false);

    // The next operator is shown the same.
    zoe.types().await;
    alice.socket.hears(|frame| frame["type"] == "typing").await;
    let bob = livechat.operator("bob").await;
    alice.transfers(&zoe, json!({ "operator": "bob" }), None).await;
    assert_eq!(desk(&bob).await, true);
}

#[tokio::test]
async fn a_visitor_s_page_that_opens_shows_every_survey_that_waits() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("behaviour", json!({ "keep_open": true })).await;
    let survey = json!({ "id": "s", "name": "S", "title": { "fr": "S" }, "audience": "visitor",
        "fields": [{ "id": "note", "label": { "fr": "Note" }, "kind": "rating" }] });
    livechat.sets("surveys", json!([survey])).await;
    livechat.sets("visitor_survey", json!({ "survey": "s" })).await;
    let mut alice = livechat.operator("alice").await;
    let mut zoe = livechat.visitor("zoe").await;
    alice.picks_up(&zoe).await;
    alice.ends(&zoe).await;
    zoe.receives("kept_open").await;
    let segments = async |person: &Person| {
        let url = format!("/visitor?conversation={}&snapshot=true", zoe.conversation);
        let mut page = Socket::open(&person.socket(&url)).await;
        let page = page.hears(|frame| frame["type"] == "snapshot").await;
        let waiting = page["surveys"].as_array().unwrap().iter();
        waiting.map(|one| (one["segment"].as_u64().unwrap(), one["survey"]["id"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(segments(&zoe.person).await, [(1, json!("s"))]);
    let request = json!({ "visitor": { "id": "zoe" }, "language": "fr" });
    let again = livechat.integration().post(&zoe.path("/request-again"), &request).await.is(201);
    let person = livechat.stranger(again["visitor_token"].as_str().map(str::to_owned));
    alice.sees_tab(&zoe).await;
    alice.picks_up(&zoe).await;
    alice.ends(&zoe).await;
    assert_eq!(segments(&person).await, [(1, json!("s")), (2, json!("s"))]);
}

#[tokio::test]
async fn a_page_that_opens_on_a_long_conversation_has_the_newest_of_it_and_says_how_much_there_is_besides() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("phrases", json!({ "welcome": { "enabled": false } })).await;
    let mut alice = livechat.operator("alice").await;
    let mut zoe = livechat.visitor("zoe").await;
    alice.picks_up(&zoe).await;
    for number in 1..=230 {
        zoe.says(&format!("n° {number}")).await;
        if number % 100 == 0 {
            alice.says_internally(&zoe, "Elle écrit beaucoup").await;
        }
    }
    let url = zoe.person.socket(&format!("/visitor?conversation={}&snapshot=true", zoe.conversation));
    let page = async || Socket::open(&url).await.hears(|frame| frame["type"] == "snapshot").await;
    let tab = async || {
        let mut desk = Socket::open(&alice.person.socket("/desk")).await;
        desk.hears(|frame| frame["type"] == "snapshot").await["tabs"][0].clone()
    };
    for frame in [page().await, tab().await] {
        let messages = frame["messages"].as_array().unwrap();
        assert_eq!((messages.len(), &frame["earlier_messages"]), (200, &json!(30)));
        assert_eq!((&messages[0]["number"], &messages[199]["text"]), (&json!(31), &json!("n° 230")));
        assert_eq!(frame["earlier_files"], 0);
    }
    assert_eq!(tab().await["internal_messages"].as_array().unwrap().len(), 2);

    // What is long counts by its bytes, in whatever script.
    for _ in 0..400 {
        zoe.says(&"漢".repeat(5_000)).await;
    }
    for frame in [page().await, tab().await] {
        let messages = frame["messages"].as_array().unwrap();
        assert_eq!(messages.last().unwrap()["number"], 630);
        assert!(messages.len() < 30 && frame.to_string().len() < 300_000, "{}", messages.len());
        assert_eq!(
            messages.len() + usize::try_from(frame["earlier_messages"].as_u64().unwrap()).unwrap(),
            630
        );
    }
    // Those before are in the transcript, page by page.
    let first = page().await["messages"][0]["position"].as_u64().unwrap();
    let (mut said, mut after, mut pages) = (0, Some(0), 0);
    while let Some(from) = after {
        let frame = zoe.person.get(&zoe.path(&format!("/transcript?after={from}"))).await.is(200);
        let lines = frame["lines"].as_array().unwrap();
        let messages = lines.iter().filter(|line| line["kind"] == "message");
        said += messages.filter(|line| line["position"].as_u64().unwrap() < first).count();
        after = frame["next"].as_u64().filter(|next| *next < first);
        pages += 1;
        assert!(frame.to_string().len() < 5_500_000, "some MiB at most");
    }
    assert_eq!(pages, 2, "a page of long lines ends before the thousandth");
    assert_eq!(json!(said), page().await["earlier_messages"]);
}
