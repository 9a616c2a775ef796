//! Full-text search over HTTP: what each role finds, and what is refused.

use api::auth::Role;
use pupitre_tests::actors::{Livechat, Operator, Person, Visitor};
use pupitre_tests::server::Server;
use serde_json::{Value, json};

async fn found(person: &Person, query: &str) -> Vec<Value> {
    person.get(&format!("/conversations/search?{query}")).await.is(200)["items"].as_array().unwrap().clone()
}

async fn visitors(person: &Person, query: &str) -> Vec<String> {
    let found = found(person, query).await;
    found.iter().map(|one| one["conversation"]["visitor"].as_str().unwrap().to_owned()).collect()
}

/// Alice had `v1`, which is over, and has `v2`; Bob has `v3`. Everybody speaks of a termination.
async fn a_day(server: &Server) -> (Livechat, Vec<Operator>, Vec<Visitor>) {
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator_with("alice", json!({ "capacity": 1 })).await;
    let request = json!({
        "visitor": { "id": "v1", "name": "Zoé" }, "language": "fr",
        "history": [{ "author": "visitor", "text": "ma résiliation" }, { "author": "bot", "text": "Un instant" }],
    });
    let mut v1 = livechat.requests(request).await;
    alice.picks_up(&v1).await;
    v1.says("Où en est-elle ?").await;
    alice.says(&v1, "Votre résiliation est faite").await;
    alice.ends(&v1).await;
    let request = json!({ "visitor": { "id": "v2", "name": "Yann" }, "language": "fr" });
    let mut v2 = livechat.requests(request).await;
    alice.picks_up(&v2).await;
    v2.says("RESILIATIONS en cours").await;
    let mut bob = livechat.operator("bob").await;
    let mut v3 = livechat.visitor("v3").await;
    bob.picks_up(&v3).await;
    v3.says("résilier ou pas, telle est la résiliation").await;
    (livechat, vec![alice, bob], vec![v1, v2, v3])
}

#[tokio::test]
async fn each_role_finds_what_it_may_read() {
    let server = Server::start().await;
    let (livechat, desks, visitors_) = a_day(&server).await;
    let fresh = format!("q=resiliation&at_least={}", server.position("support").await);
    assert_eq!(visitors(&livechat.supervisor(), &fresh).await, ["v3", "v2", "v1"], "newest first");
    assert_eq!(visitors(&livechat.administrator(), &fresh).await, ["v3", "v2", "v1"]);
    assert_eq!(visitors(&livechat.person(Role::Analyst, "ann"), &fresh).await, ["v1"], "what is over");
    let [alice, bob] = &desks[..] else { panic!("two desks") };
    assert_eq!(visitors(&alice.person, &fresh).await, ["v2", "v1"], "her own");
    assert_eq!(visitors(&bob.person, &fresh).await, ["v3"]);
    assert_eq!(visitors(&bob.person, &format!("{fresh}&operator=alice")).await, [""; 0]);
    assert_eq!(visitors(&alice.person, &format!("{fresh}&operator=alice&state=ended")).await, ["v1"]);
    for person in [&visitors_[0].person, &livechat.integration()] {
        person.get("/conversations/search?q=resiliation").await.is_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn a_hit_shows_who_said_it_when_and_where() {
    let server = Server::start().await;
    let (livechat, desks, _visitors) = a_day(&server).await;
    let fresh = format!("at_least={}", server.position("support").await);
    let supervisor = livechat.supervisor();
    let found_ = found(&supervisor, &format!("q=r%C3%A9siliations+instant&{fresh}")).await;
    assert_eq!(found_.len(), 1);
    assert_eq!(found_[0]["conversation"]["visitor_name"], "Zoé");
    let extracts = found_[0]["extracts"].as_array().unwrap();
    let pieces: Vec<&Value> = extracts.iter().map(|one| &one["pieces"]).collect();
    assert_eq!(
        json!(pieces),
        json!([
            [{ "text": "ma ", "marked": false }, { "text": "résiliation", "marked": true }],
            [{ "text": "Un ", "marked": false }, { "text": "instant", "marked": true }],
            [
                { "text": "Votre ", "marked": false },
                { "text": "résiliation", "marked": true },
                { "text": " est faite", "marked": false }
            ],
        ])
    );
    let shown: Vec<_> =
        extracts.iter().map(|one| (one["voice"].as_str().unwrap(), one["author"].as_str())).collect();
    assert_eq!(shown, [("visitor", None), ("bot", None), ("operator", Some("alice"))]);
    let conversation = found_[0]["conversation"]["conversation"].as_str().unwrap();
    let transcript = supervisor.get(&format!("/conversations/{conversation}/transcript")).await.is(200);
    for (extract, kind) in extracts.iter().zip(["requested", "requested", "message"]) {
        let lines = transcript["lines"].as_array().unwrap();
        let line = lines.iter().find(|line| line["position"] == extract["position"]).unwrap();
        assert_eq!(line["kind"], kind);
        assert!(kind != "message" || line["at"] == extract["at"], "{extract}");
    }

    // What the visitor card does not list is not sent to the desk.
    livechat.sets("visitor_card", json!(["language"])).await;
    let shown = found(&desks[0].person, &format!("q=resiliation&{fresh}")).await;
    assert!(shown.iter().all(|one| one["conversation"]["visitor_name"].is_null()), "{shown:?}");
}

#[tokio::test]
async fn words_phrases_beginnings_and_filters_narrow_the_search() {
    let server = Server::start().await;
    let (livechat, _desks, _visitors) = a_day(&server).await;
    let supervisor = livechat.supervisor();
    let fresh = format!("q=resiliation&at_least={}", server.position("support").await);
    assert_eq!(visitors(&supervisor, &fresh).await.len(), 3);
    for (query, expected) in [
        ("q=r%C3%A9siliation+cours", &["v2"][..]),
        ("q=%22r%C3%A9siliation+faite%22", &["v1"]),
        ("q=%22faite+r%C3%A9siliation%22", &[]),
        ("q=resil*", &["v3", "v2", "v1"]),
        ("q=resilier", &["v3"]),
        ("q=nulle+part", &[]),
        ("q=resiliation&state=ended", &["v1"]),
        ("q=resiliation&operator=bob", &["v3"]),
        ("q=resiliation&visitor=v2", &["v2"]),
        ("q=resiliation&reason=operator", &["v1"]),
    ] {
        assert_eq!(visitors(&supervisor, query).await, expected, "{query}");
    }
    let first = supervisor.get("/conversations/search?q=resiliation&limit=2").await.is(200);
    let next = first["next"].as_str().unwrap();
    assert_eq!(visitors(&supervisor, &format!("q=resiliation&limit=2&cursor={next}")).await, ["v1"]);
    let refused = supervisor.get(&format!("/conversations/search?q=autre&cursor={next}")).await;
    assert_eq!(refused.is_problem(422, "invalid_fields")["errors"][0]["field"], "cursor");
}

#[tokio::test]
async fn what_cannot_be_looked_for_is_refused() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let supervisor = livechat.supervisor();
    let long = format!("q={}", "x".repeat(201));
    let many = format!("q={}", "mot+".repeat(17));
    for (query, field, allowed) in [
        ("", "q", "required"),
        ("q=", "q", "at least one word"),
        ("q=de+la", "q", "at least one word that says something"),
        ("q=a*", "q", "at least 2 letters or digits before *"),
        ("q=%22carte", "q", "quotation marks in pairs"),
        (&long, "q", "at most 200 characters"),
        (&many, "q", "at most 16 words"),
        ("q=carte&sort=oldest", "sort", "nothing"),
        ("q=carte&state=lost", "state", "one or more of"),
        ("q=carte&limit=201", "limit", "1 to 200"),
        ("q=carte&query=x", "query", "nothing"),
    ] {
        let refused = supervisor.get(&format!("/conversations/search?{query}")).await;
        let problem = refused.is_problem(422, "invalid_fields");
        let named = problem["errors"].as_array().unwrap().iter().find(|error| error["field"] == field);
        let shown = named.and_then(|error| error["allowed"].as_str()).unwrap_or_default();
        assert!(shown.contains(allowed), "{query}: {problem:#}");
    }
}

#[tokio::test]
async fn a_search_never_crosses_over_to_another_livechat() {
    let server = Server::start().await;
    let (_north, _desks, _visitors) = a_day(&server).await;
    let south = server.livechat("support-2").await;
    let mut alice = south.operator("alice").await;
    let mut visitor = south.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let position = visitor.says("une résiliation du sud").await;
    let found_ = found(&south.supervisor(), &format!("q=resiliation&at_least={position}")).await;
    assert_eq!(found_.len(), 1);
    assert_eq!(found_[0]["conversation"]["conversation"], visitor.conversation.as_str());
    for query in ["q=instant", "q=support", "q=resil*"] {
        let found = found(&south.supervisor(), query).await;
        assert!(found.iter().all(|one| one["conversation"]["livechat"] == "support-2"), "{query} {found:?}");
    }
}

/// What is said, and what is looked for in it: found or not.
const ONE_RULE: &[(&str, &[(&str, bool)])] = &[
    (
        "Votre carte bleue. Le virement bancaire arrive.",
        &[
            ("carte bancaire", true),
            ("\"carte bancaire\"", false),
            ("\"carte bleue\"", true),
            ("\"virement bancaire arrive\"", true),
            ("vireme", false),
            ("vireme*", true),
            ("virements CARTES", true),
            ("absent", false),
        ],
    ),
    ("東京の話と京阪と阪神", &[("東京", true), ("東京阪神", false), ("京阪と阪神", true), ("神", true)]),
    (
        "我想查询一下昨天下午三点在你们网站上购买的那台笔记本电脑的快递",
        &[
            ("昨天下午三点在你们网站上购买的那台笔记本电脑", true),
            ("昨天下午三点在你们网站上购买的那台笔记本电话", false),
        ],
    ),
    ("தமிழ்நாடு", &[("தமிழ்", false), ("தமிழ்*", true), ("தமிழ்நாடு", true)]),
    ("צה\"ל וג'ירפה", &[("צהל", true), ("צה״ל גירפה", false), ("צה\"ל וגירפה", true)]),
    ("aujourd'hui, м'ята", &[("aujourd’hui", true), ("мята", true), ("мʼята", true)]),
];

#[tokio::test]
async fn conversations_articles_and_canned_replies_are_searched_by_one_rule() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let (mut articles, mut replies) = (vec![], vec![]);
    for (number, (text, _)) in ONE_RULE.iter().enumerate() {
        let history = json!([{ "author": "visitor", "text": text }]);
        let request =
            json!({ "visitor": { "id": format!("k{number}") }, "language": "fr", "history": history });
        let visitor = livechat.requests(request).await;
        alice.picks_up(&visitor).await;
        alice.ends(&visitor).await;
        let id = format!("k{number}");
        articles.push(json!({ "id": id, "title": "…", "theme": "t", "body": text }));
        replies
            .push(json!({ "id": id, "title": "…", "theme": "t", "published": true, "text": { "fr": text } }));
    }
    livechat.sets("knowledge", json!(articles)).await;
    livechat.sets("canned_replies", json!(replies)).await;
    let position = server.position("support").await;
    let supervisor = livechat.supervisor();
    let encoded = |q: &str| q.bytes().fold(String::new(), |all, byte| all + &format!("%{byte:02X}"));
    for (number, (text, queries)) in ONE_RULE.iter().enumerate() {
        let id = json!(format!("k{number}"));
        for (query, expected) in *queries {
            let q = format!("q={}", encoded(query));
            let said = visitors(&supervisor, &format!("{q}&at_least={position}")).await;
            let written = supervisor.get(&format!("/knowledge?{q}")).await.is(200);
            let ready = supervisor.get(&format!("/canned-replies?{q}")).await.is(200);
            let in_reply =
                |theme: &Value| theme["replies"].as_array().unwrap().iter().any(|reply| reply["id"] == id);
            let found = [
                said.iter().any(|visitor| id == **visitor),
                written.as_array().unwrap().iter().any(|article| article["id"] == id),
                ready.as_array().unwrap().iter().any(in_reply),
            ];
            assert_eq!(found, [*expected; 3], "{query} in {text}");
        }
    }
    let many = "mot ".repeat(17);
    for query in ["a*", "\"carte", "de la", "?!", many.as_str(), "x".repeat(201).as_str()] {
        let mut shown = vec![];
        for path in ["/conversations/search", "/knowledge", "/canned-replies"] {
            let answer = supervisor.get(&format!("{path}?q={}", encoded(query))).await;
            shown.push(answer.is_problem(422, "invalid_fields")["errors"].clone());
        }
        assert!(shown[0] == shown[1] && shown[1] == shown[2], "{query}: {shown:?}");
    }
}
