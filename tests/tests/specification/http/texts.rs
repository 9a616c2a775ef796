//! Names, lines, texts and addresses over HTTP and the sockets: what nobody can read, what forges a line or turns a
//! direction is refused with its field; transcripts on paper cannot be forged.

use pupitre_tests::actors::{Answer, Feed, Livechat, Operator, Person, Socket, Transport, Visitor};
use pupitre_tests::server::Server;
use reqwest::Method;
use serde_json::{Value, json};

async fn in_conversation(server: &Server, name: &str) -> (Livechat, Operator, Visitor) {
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let request = json!({ "visitor": { "id": "v1", "name": name }, "language": "fr" });
    let visitor = livechat.requests(request).await;
    alice.picks_up(&visitor).await;
    (livechat, alice, visitor)
}

async fn printed(livechat: &Livechat, visitor: &Visitor, server: &Server, format: &str) -> String {
    let position = server.position("support").await;
    let path = visitor.path(&format!("/transcript?format={format}&lang=fr&at_least={position}"));
    livechat.supervisor().get(&path).await.is(200).as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_message_that_shows_nothing_is_refused_on_every_way_in() {
    let server = Server::start().await;
    let (_livechat, alice, mut visitor) = in_conversation(&server, "Zoé").await;
    for blank in
        [" ", "\u{a0}", "\u{200b}", "\u{202e}\u{202c}", "\u{3164}", "\u{fe0f}", "\u{2800}", "\u{301}"]
    {
        let body = json!({ "text": blank });
        for person in [&visitor.person, &alice.person] {
            let answer = person.post(&visitor.path("/messages"), &body).await;
            answer.is_problem(422, "invalid_fields");
        }
        alice.person.post(&visitor.path("/internal-messages"), &body).await.is_problem(422, "invalid_fields");
        let frame = json!({ "type": "message", "text": blank });
        visitor.socket.is_refused(frame, "invalid_fields").await;
    }
    let said =
        visitor.person.post(&visitor.path("/messages"), &json!({ "text": " 👩\u{200d}🚀 \r\n" })).await;
    said.is(201);
    visitor.hears("👩\u{200d}🚀").await;
}

#[tokio::test]
async fn the_same_command_is_the_same_however_it_is_tidied() {
    let server = Server::start().await;
    let (_livechat, _alice, visitor) = in_conversation(&server, "Zoé").await;
    let key = "0197a6d0-3f4c-7c2e-9d1b-5a4e8f0c1234";
    let body = json!({ "text": "  bonjour\r\n" });
    let first = visitor.person.post_with_key(key, &visitor.path("/messages"), &body).await.is(201);
    let second = visitor.person.post_with_key(key, &visitor.path("/messages"), &body).await.is(201);
    assert_eq!(first, second);
    let tidy = json!({ "text": "bonjour" });
    assert_eq!(visitor.person.post_with_key(key, &visitor.path("/messages"), &tidy).await.is(201), first);
}

#[tokio::test]
async fn nothing_that_is_wrong_in_a_request_a_profile_or_a_section_is_half_taken() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let admin = livechat.administrator();
    let fields = |answer: Value| -> Vec<String> {
        let errors = answer["errors"].as_array().unwrap();
        errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
    };
    let profile = json!({ "name": "Bob\n12:00:00  Alice", "email": "a@example.org\nBcc: b@example.net" });
    assert_eq!(fields(admin.put("/operators/bob", &profile).await.is(422)), ["name", "email"]);
    let request = json!({
        "visitor": { "id": "v1", "name": "Zoe\u{202e}", "email": "zoe@" }, "language": "en",
        "card": { "page_title": "a\u{2028}12:00:00  Alice: b" },
        "history": [{ "author": "bot", "text": "\u{200b}" }],
    });
    let wrong = fields(livechat.integration().post("/conversations", &request).await.is(422));
    assert_eq!(wrong, ["visitor.name", "visitor.email", "card.page_title", "history[0].text"]);
    let skills = json!([{ "id": "a", "name": { "fr": "\u{200b}" }, "queue_capacity": 5_000 }]);
    let wrong = fields(admin.put("/settings/skills", &skills).await.is(422));
    assert_eq!(wrong, ["skills[0].name.fr", "skills[0].queue_capacity"]);
    assert_eq!(admin.get("/settings/skills").await.is(200), json!([]));
}

#[tokio::test]
async fn on_paper_nothing_that_was_said_passes_for_somebody_elses_word() {
    let server = Server::start().await;
    let (livechat, _alice, mut visitor) = in_conversation(&server, "Zoé").await;
    for between in ["\n", "\r\n", "\r", "\u{2028}", "\u{2029}", "\u{85}", "\u{b}"] {
        visitor.says(&format!("a{between}12:00:00  Alice\u{a0}: oui")).await;
        visitor.receives("message").await;
    }
    visitor.says("\u{1b}[2J\u{1b}[31mrouge\u{9b}0m").await;
    visitor.receives("message").await;
    let text = printed(&livechat, &visitor, &server, "text").await;
    let forged = text.lines().filter(|line| line.contains("Alice\u{a0}: oui"));
    assert!(
        forged.clone().count() == 7 && forged.clone().all(|line| line.starts_with("        │ ")),
        "{text}"
    );
    assert!(text.contains("[2J[31mrouge0m"));
    for paper in [&text, &printed(&livechat, &visitor, &server, "html").await] {
        assert!(!paper.chars().any(|c| c.is_control() && c != '\n'), "{paper:?}");
    }
}

#[tokio::test]
async fn every_direction_is_apart_from_what_is_beside_it() {
    let server = Server::start().await;
    let (livechat, mut alice, mut visitor) = in_conversation(&server, "نور").await;
    visitor.says("أريد إلغاء الطلب رقم 4567.").await;
    alice.hears(&visitor, "أريد إلغاء الطلب رقم 4567.").await;
    visitor.says("invoice\u{202e}fdp.exe \u{2067}x").await;
    let text = printed(&livechat, &visitor, &server, "text").await;
    assert!(
        text.contains("\u{2068}نور\u{2069} (internaute)\u{a0}: \u{2068}أريد إلغاء الطلب رقم 4567.\u{2069}"),
        "{text}"
    );
    let page = printed(&livechat, &visitor, &server, "html").await;
    assert!(page.contains("<b><bdi>نور</bdi></b>"), "{page}");
    assert!(page.contains("dir=\"auto\">أريد"), "{page}");
    assert!(!text.contains('\u{202e}') && !page.contains('\u{202e}'));
    assert_eq!(text.matches(['\u{2066}', '\u{2067}', '\u{2068}']).count(), text.matches('\u{2069}').count());
}

#[tokio::test]
async fn the_visitor_reads_the_names_shown_during_the_conversation() {
    let server = Server::start().await;
    let (livechat, mut alice, visitor) = in_conversation(&server, "Zoé").await;
    alice.says(&visitor, "Bonjour").await;
    let sophie = livechat.supervisor();
    sophie.post(&visitor.path("/messages"), &json!({ "text": "En effet" })).await.is(201);
    let mut bob = livechat.operator("bob").await;
    let to = json!({ "to": { "operator": "bob" }, "note": "secret" });
    alice.person.post(&visitor.path("/transfer"), &to).await.is(200);
    bob.picks_up(&visitor).await;
    bob.says(&visitor, "Je prends la suite").await;
    let position = bob.ends(&visitor).await;
    let path =
        |format: &str| visitor.path(&format!("/transcript?format={format}&lang=fr&at_least={position}"));
    let text = visitor.person.get(&path("text")).await.is(200);
    let text = text.as_str().unwrap();
    for told in [
        "Alice prend la conversation en charge",
        "Alice\u{a0}: Bonjour",
        "Alice\u{a0}: En effet",
        "Transfert à un autre conseiller, Bob",
        "Bob\u{a0}: Je prends la suite",
        "Conseiller\u{a0}: Bob",
    ] {
        assert!(text.contains(told), "{told} is not in\n{text}");
    }
    for hidden in ["alice", "bob", "sophie", "superviseur", "secret"] {
        assert!(!text.contains(hidden), "{hidden} is in\n{text}");
    }
    // A page from the middle knows which operators were introduced before it.
    let all = visitor.person.get(&path("json")).await.is(200);
    let lines = all["lines"].as_array().unwrap();
    let last =
        lines.iter().rev().find(|line| line["kind"] == "message" && line["voice"] == "operator").unwrap();
    assert_eq!(last["by"], "Bob");
    let after = last["position"].as_i64().unwrap() - 1;
    let rest = visitor.person.get(&format!("{}&after={after}", path("json"))).await.is(200);
    assert_eq!(rest["lines"][0]["by"], "Bob");
}

#[tokio::test]
async fn skills_are_shown_by_name_in_the_language_of_the_reader() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let skills = json!([
        { "id": "bill", "name": { "fr": "Facturation", "en": "Billing" } },
        { "id": "fr-only", "name": { "fr": "Retours" } },
        { "id": "bare" },
    ]);
    livechat.sets("skills", skills).await;
    let mut alice = livechat.operator_with("alice", json!({ "skills": ["bill", "bare"] })).await;
    let request = json!({ "visitor": { "id": "v1" }, "language": "fr", "skill": "bill" });
    let visitor = livechat.requests(request).await;
    alice.picks_up(&visitor).await;
    let position = alice.ends(&visitor).await;
    let text = async |lang: &str| {
        let path = visitor.path(&format!("/transcript?format=text&lang={lang}&at_least={position}"));
        alice.person.get(&path).await.is(200).as_str().unwrap().to_owned()
    };
    assert!(text("fr").await.contains("Demande de livechat, compétence\u{a0}: Facturation"));
    assert!(text("en").await.contains("Livechat requested, skill: Billing"));
    let options = alice.person.get("/desk/options").await.is(200);
    assert_eq!(
        options["skills"],
        json!([
            { "skill": "bill", "name": "Facturation", "names": { "fr": "Facturation", "en": "Billing" } },
            { "skill": "fr-only", "name": "Retours", "names": { "fr": "Retours" } },
            { "skill": "bare", "name": "bare", "names": {} },
        ])
    );
}

/// What is read in a language.
async fn read_in(person: &Person, language: &str, path: &str) -> Value {
    Answer::to(person.request(Method::GET, path).header("Accept-Language", language)).await.is(200)
}

/// The first frame over a socket in a language.
async fn first_in(person: &Person, language: &str, path: &str) -> Value {
    let mut socket = Socket::open_in(&person.socket(path), language).await;
    socket
        .hears(|frame| ["snapshot", "colleagues"].contains(&frame["type"].as_str().unwrap_or_default()))
        .await
}

#[tokio::test]
async fn skills_have_their_names_beside_them_wherever_they_are_shown() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat
        .sets(
            "skills",
            json!([{ "id": "bill", "name": { "fr": "Facturation", "en": "Billing" } }, { "id": "bare" }]),
        )
        .await;
    let mut alice =
        livechat.operator_with("alice", json!({ "skills": ["bill", "bare"], "capacity": 1 })).await;
    let request = |id: &str, skill: &str| {
        json!({ "visitor": { "id": id }, "language": "fr", "skill": skill,
            "history": [{ "author": "visitor", "text": "pomme" }] })
    };
    let talks = livechat.requests(request("v1", "bill")).await;
    alice.picks_up(&talks).await;
    let waits = livechat.requests(request("v2", "bill")).await;
    let bare = livechat.requests(request("v3", "bare")).await;
    let position = bare.requested["position"].as_u64().unwrap();
    let sophie = livechat.supervisor();
    for (language, name) in [("fr", "Facturation"), ("en", "Billing"), ("de", "Facturation")] {
        let names = json!({ "bill": name, "bare": "bare" });
        let board = read_in(&sophie, language, &format!("/board?at_least={position}")).await;
        let floor = first_in(&sophie, language, "/floor").await;
        let past = read_in(&sophie, language, &format!("/board?position={position}")).await;
        let played = first_in(&sophie, language, &format!("/floor/replay?from={position}")).await;
        for board in [board, floor, past, played] {
            assert_eq!(board["operators"][0]["skill_names"], names, "{language} {board}");
            let rows = board["conversations"].as_array().unwrap().iter();
            let told: Vec<_> = rows.map(|row| (&row["skill"], &row["skill_name"])).collect();
            let (bill, called) = (json!("bill"), json!(name));
            assert_eq!(
                told,
                [(&bill, &called), (&bill, &called), (&json!("bare"), &json!("bare"))],
                "{language}"
            );
            assert_eq!(board["queue"][0]["skill_name"], name, "{language}");
        }
        assert_eq!(read_in(&sophie, language, "/queue").await[0]["skill_name"], name, "{language}");
        let queue = first_in(&sophie, language, "/queue/live").await;
        assert_eq!(queue["places"][0]["skill_name"], name, "{language}");
        let lengths = first_in(&alice.person, language, "/queue/live").await;
        for queue in [queue, lengths] {
            let lines: Vec<_> =
                queue["lines"].as_array().unwrap().iter().map(|line| &line["skill_name"]).collect();
            assert_eq!(lines, [&json!("bare"), &json!(name)], "{language}");
        }
        let listed =
            read_in(&sophie, language, &format!("/conversations?skill=bill&at_least={position}")).await;
        assert_eq!(listed["items"][0]["skill_name"], name, "{language}");
        let one = read_in(&sophie, language, &waits.path("")).await;
        assert_eq!((&one["skill"], &one["skill_name"]), (&json!("bill"), &json!(name)), "{language}");
        let found = read_in(&sophie, language, "/conversations/search?q=pomme&skill=bill").await;
        assert_eq!(found["items"][0]["conversation"]["skill_name"], name, "{language}");
        let figures = "/figures?from=2020-01-01&until=2020-01-02&per=skill";
        let figures = read_in(&sophie, language, figures).await;
        let rows = figures["rows"].as_array().unwrap().iter();
        let called: Vec<_> =
            rows.filter(|row| row["skill"] == "bill").map(|row| &row["skill_name"]).collect();
        assert!(called.iter().all(|told| **told == name), "{language} {called:?}");
        assert_eq!(read_in(&sophie, language, "/operators").await[0]["skill_names"], names, "{language}");
        let colleagues = first_in(&sophie, language, "/colleagues").await;
        assert_eq!(colleagues["operators"][0]["skill_names"], names, "{language}");
        let desk = first_in(&alice.person, language, "/desk").await;
        assert_eq!(desk["operator"]["skill_names"], names, "{language}");
        assert_eq!(desk["options"]["skills"][0]["name"], name, "{language}");
        assert_eq!(desk["tabs"][0]["skill_name"], name, "{language}");
    }
}

#[tokio::test]
async fn a_renamed_skill_is_sent_again_on_the_feeds() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("skills", json!([{ "id": "bill", "name": { "fr": "Facturation" } }])).await;
    let alice = livechat.operator_with("alice", json!({ "skills": ["bill"], "capacity": 1 })).await;
    let request = |id: &str| json!({ "visitor": { "id": id }, "language": "fr", "skill": "bill" });
    let _both = [livechat.requests(request("v1")).await, livechat.requests(request("v2")).await];
    let (sophie, alice) = (livechat.supervisor(), &alice.person);
    let mut feeds = vec![];
    for (who, path) in [(&sophie, "/floor"), (&sophie, "/queue/live"), (alice, "/queue/live")] {
        let mut feed = Feed::follow(who, Transport::Socket, path, None).await;
        feed.next_of(&["snapshot"]).await;
        feeds.push(feed);
    }
    livechat.sets("skills", json!([{ "id": "bill", "name": { "fr": "Factures" } }])).await;
    let [floor, queue, lengths] = feeds.as_mut_slice() else { panic!("three feeds") };
    let change = floor.next_of(&["change"]).await.data;
    let rows = change["conversations"].as_array().unwrap();
    assert!(rows.len() == 2 && rows.iter().all(|row| row["skill_name"] == "Factures"), "{change}");
    assert_eq!(change["operators"][0]["skill_names"], json!({ "bill": "Factures" }));
    let change = queue.next_of(&["change"]).await.data;
    assert_eq!(change["entered"][0]["skill_name"], "Factures", "{change}");
    assert_eq!(lengths.next_of(&["change"]).await.data["lines"][0]["skill_name"], "Factures");
}

#[tokio::test]
async fn canned_replies_are_searched() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let reply = |id: &str, title: &str, theme: &str, text: &str| json!({ "id": id, "title": title, "theme": theme, "text": { "fr": text }, "published": true });
    livechat
        .sets(
            "canned_replies",
            json!([
                reply("a", "Délai", "Colis", "Votre remboursement arrive."),
                reply("b", "Remboursements", "Argent", "Sous dix jours."),
                reply("c", "日本語", "Colis", "注文した商品がまだ届いていません"),
            ]),
        )
        .await;
    let alice = livechat.operator("alice").await;
    let found = async |q: &str| {
        let themes = alice.person.get(&format!("/canned-replies?q={q}")).await.is(200);
        let themes = themes.as_array().unwrap().clone();
        let replies = themes.iter().flat_map(|theme| theme["replies"].as_array().unwrap().clone());
        replies.map(|reply| reply["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("REMBOURSEMENT").await, ["b", "a"], "the title weighs more");
    assert_eq!(found("%E5%95%86%E5%93%81").await, ["c"]);
    assert_eq!(found("inconnu").await, [""; 0]);
    assert_eq!(found("").await, ["a", "c", "b"], "all of them, by theme");
}
