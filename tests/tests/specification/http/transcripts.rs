//! The transcript of a conversation: lines, plain text, and a page to print (spec.md §History, audit, analysts).

use api::auth::Role;
use pupitre_tests::actors::{Answer, Feed, Livechat, Operator, Person, Transport, Visitor};
use pupitre_tests::server::Server;
use reqwest::Method;
use serde_json::{Value, json};

use super::exchange::Exchange;

async fn talked(server: &Server) -> (Livechat, Operator, Visitor, u64) {
    let livechat = server.livechat("support").await;
    livechat.sets("opening_hours", json!({ "time_zone": "Asia/Tokyo" })).await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat
        .requests(json!({
            "visitor": { "id": "v1", "name": "Zoé" }, "language": "fr",
            "card": { "page_title": "Panier", "variables": { "client": "42" } },
            "history": [{ "author": "bot", "text": "Que puis-je pour vous ?" }],
        }))
        .await;
    alice.picks_up(&visitor).await;
    visitor.says("<script>alert(\"a & b\")</script>").await;
    alice.says(&visitor, "une ligne\n12:00:00  Zoé: une autre").await;
    let position = alice.ends(&visitor).await;
    (livechat, alice, visitor, position)
}

async fn printed(person: &Person, path: &str, language: &str) -> Answer {
    Answer::to(person.request(Method::GET, path).header("Accept-Language", language)).await
}

#[tokio::test]
async fn on_paper_it_is_a_page_that_runs_nothing_and_escapes_everything() {
    let server = Server::start().await;
    let (_livechat, alice, visitor, position) = talked(&server).await;
    let path = visitor.path(&format!("/transcript?format=html&at_least={position}"));
    let response = alice.person.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    assert!(response.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    assert_eq!(response.headers()["cache-control"], "no-store");
    let page = response.text().await.unwrap();
    assert!(page.contains("&lt;script&gt;alert(&quot;a &amp; b&quot;)&lt;/script&gt;"), "{page}");
    assert!(!page.contains("<script"), "{page}");
    assert!(page.starts_with("<!doctype html>\n<html lang=\"fr\">") && page.ends_with("</html>\n"), "{page}");
    for shown in [
        "Que puis-je pour vous ?",
        "<b><bdi>Alice</bdi></b>",
        "<b><bdi>Zoé</bdi></b>",
        "Panier",
        "prend la conversation en charge",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    for tag in ["section", "ol", "li", "dl", "div", "header", "main", "p", "b", "small", "h1", "h2", "time"] {
        let count = |mark: &str| page.matches(mark).count();
        let opened = count(&format!("<{tag}>")) + count(&format!("<{tag} "));
        assert_eq!(opened, count(&format!("</{tag}>")), "<{tag}>: {page}");
    }
}

#[tokio::test]
async fn it_is_in_the_language_asked_for_or_else_that_of_the_reader_or_the_livechat() {
    let server = Server::start().await;
    let (_livechat, alice, visitor, position) = talked(&server).await;
    for (asked, accepted, shown) in [
        ("", "en-GB,fr;q=0.5", "Ended by the operator"),
        ("", "fr", "Fin du livechat par le conseiller"),
        ("", "de", "Fin du livechat par le conseiller"),
        ("&lang=en", "fr", "Ended by the operator"),
    ] {
        for format in ["html", "text", "json"] {
            let path = format!("/transcript?format={format}&at_least={position}{asked}");
            let page = printed(&alice.person, &visitor.path(&path), accepted).await.is(200);
            assert!(page.to_string().contains(shown), "{asked} {accepted}: {page}");
        }
    }
    alice.person.get(&visitor.path("/transcript?lang=de")).await.is_problem(422, "invalid_fields");
}

#[tokio::test]
async fn its_times_are_those_of_the_livechat_and_say_so() {
    let server = Server::start().await;
    let (_livechat, alice, visitor, position) = talked(&server).await;
    let path = visitor.path(&format!("/transcript?format=text&at_least={position}"));
    let answer = printed(&alice.person, &path, "en").await;
    assert_eq!(answer.content_type, "text/plain; charset=utf-8");
    let page = answer.is(200);
    let page = page.as_str().unwrap();
    // Noon in UTC is nine in the evening in Tokyo.
    assert!(page.contains("Time zone: Asia/Tokyo"), "{page}");
    assert!(page.contains("Friday 15\u{a0}January 2027"), "{page}");
    assert!(page.contains("\n21:00:00  Alice: une ligne\n"), "{page}");
    assert!(!page.contains("\n12:00:00"), "a second line of a message is no entry: {page}");
    let lines = alice.person.get(&visitor.path("/transcript")).await.is(200);
    assert_eq!(lines["time_zone"], "Asia/Tokyo");
    assert_eq!(lines["lines"][0]["at"], "2027-01-15T12:00:00.000Z");
    assert_eq!(lines["lines"][0]["local_time"], "2027-01-15T21:00:00.000+09:00");
}

#[tokio::test]
async fn it_shows_operators_what_the_card_lists_and_supervisors_everything() {
    let server = Server::start().await;
    let (livechat, alice, visitor, position) = talked(&server).await;
    livechat.sets("visitor_card", json!(["page_title"])).await;
    let path = visitor.path(&format!("/transcript?format=text&at_least={position}"));
    let to_operator = printed(&alice.person, &path, "en").await.is(200);
    let to_operator = to_operator.as_str().unwrap();
    assert!(to_operator.contains("Panier") && to_operator.contains("Visitor: <script>"), "{to_operator}");
    assert!(!to_operator.contains("Variable “client”: 42"), "{to_operator}");
    let to_supervisor = printed(&livechat.supervisor(), &path, "en").await.is(200);
    let to_supervisor = to_supervisor.as_str().unwrap();
    assert!(
        to_supervisor.contains("Visitor: Zoé") && to_supervisor.contains("Variable “client”: 42"),
        "{to_supervisor}"
    );
    let to_visitor = printed(&visitor.person, &path, "en").await.is(200);
    assert!(
        to_visitor.as_str().unwrap().contains("Alice: une ligne"),
        "the name that was shown: {to_visitor}"
    );
}

#[tokio::test]
async fn another_format_is_refused() {
    let server = Server::start().await;
    let (_livechat, alice, visitor, _) = talked(&server).await;
    alice.person.get(&visitor.path("/transcript?format=pdf")).await.is_problem(422, "invalid_fields");
}

/// What the staff reads, in the order in which it happened.
const SHOWN_TO_STAFF: [&str; 32] = [
    "Chatbot\u{a0}: Que puis-je pour vous ?",
    "Zoé (internaute)\u{a0}: Renvoyer un article",
    "— Demande de livechat (bot, chatbot)",
    "— Attribuée à Alice",
    "— Alice prend la conversation en charge",
    "Message automatique\u{a0}: Bonjour, Alice est à votre écoute.",
    "Zoé (internaute)\u{a0}: Bonjour ! <script>",
    "Alice\u{a0}: une ligne",
    "— L’internaute va à la page\u{a0}: Retours — https://exemple.fr/retours",
    "— L’internaute ne regarde plus la page",
    "— L’internaute est de retour sur la page",
    "Alice (message interne)\u{a0}: Elle a déjà écrit hier.",
    "sophie, superviseur (message interne)\u{a0}: Proposez-lui un geste.",
    "Alice (écrit par sophie, superviseur)\u{a0}: Nous vous offrons les frais de port.",
    "— Conversation marquée comme importante (Alice)",
    "— Appel au superviseur\u{a0}: «\u{a0}Au-delà de ma limite\u{a0}» (Alice)",
    "— Appel au superviseur pris en charge (sophie, superviseur)",
    "— Appel au superviseur réglé (Alice)",
    "— Fichier demandé à l’internaute\u{a0}: «\u{a0}La facture\u{a0}» (Alice)",
    "— Fichier de l’internaute\u{a0}: facture.pdf (2,4\u{a0}Mo, application/pdf) (Zoé)",
    "— Transfert\u{a0}: Alice\u{a0}→ Bob (compétence\u{a0}: facturation)\u{a0}: «\u{a0}Cliente fidèle\u{a0}» (Alice)",
    "— Bob prend la conversation en charge",
    "Bob\u{a0}: Votre remboursement part aujourd’hui.",
    "— Fin du livechat par le conseiller (Bob)",
    "— Questionnaire proposé au conseiller\u{a0}: «\u{a0}Bilan\u{a0}»",
    "— Questionnaire proposé à l’internaute\u{a0}: «\u{a0}Votre avis\u{a0}»",
    "— Questionnaire rempli par l’internaute\u{a0}: «\u{a0}Votre avis\u{a0}» (Zoé)",
    "Comment était-ce ? 4\u{a0}/\u{a0}5",
    "Pourquoi ? Le ton, La rapidité",
    "Un mot\u{a0}: Merci à Bob",
    "— Questionnaire rempli par le conseiller\u{a0}: «\u{a0}Bilan\u{a0}» (Bob)",
    "Sujet\u{a0}: Retour d’un article",
];

#[tokio::test]
async fn the_staff_reads_everything_that_was_said_and_happened() {
    let server = Server::start().await;
    let exchange = Exchange::happens(&server).await;
    let [_, staff @ ..] = exchange.readers();
    for reader in staff {
        let page = exchange.read(&reader, "text", "fr").await;
        let mut rest = page.as_str().unwrap();
        for shown in SHOWN_TO_STAFF {
            let (_, after) =
                rest.split_once(shown).unwrap_or_else(|| panic!("{shown} is not in\n{page:#}\n{rest}"));
            rest = after;
        }
    }
}

#[tokio::test]
async fn the_visitor_reads_what_the_page_reported() {
    let server = Server::start().await;
    let exchange = Exchange::happens(&server).await;
    let [visitor, ..] = exchange.readers();
    for format in ["text", "html", "json"] {
        let page = exchange.read(&visitor, format, "fr").await.to_string();
        for shown in [
            "Nous vous offrons les frais de port.",
            "Votre remboursement part",
            "Transfert à un autre conseiller",
            "facture.pdf",
            "Merci à Bob",
            "Le ton, La rapidité",
        ] {
            assert!(page.contains(shown), "{format}: {shown} in {page}");
        }
        for secret in [
            "déjà écrit hier",
            "un geste",
            "sophie",
            "alice",
            "superviseur",
            "supervisor",
            "Au-delà",
            "Cliente fidèle",
            "mportante",
            "Retour d’un article",
            "Bilan",
            "facturation",
            "/retours",
        ] {
            assert!(!page.contains(secret), "{format}: {secret} in {page}");
        }
    }
}

#[tokio::test]
async fn lines_to_work_with_say_the_same_as_the_page() {
    let server = Server::start().await;
    let exchange = Exchange::happens(&server).await;
    let supervisor = exchange.livechat.supervisor();
    let shown = exchange.read(&supervisor, "json", "en").await;
    assert_eq!((&shown["language"], &shown["next"]), (&json!("en"), &Value::Null));
    let lines = shown["lines"].as_array().unwrap();
    let page = exchange.read(&supervisor, "text", "en").await;
    let page = page.as_str().unwrap().replace("\n        │ ", "\n");
    for line in lines {
        let is_said = ["message", "internal_message"].contains(&line["kind"].as_str().unwrap());
        assert_eq!((line["text"].is_string(), line["words"].is_string()), (is_said, !is_said), "{line}");
        let words = line[if is_said { "text" } else { "words" }].as_str().unwrap();
        assert!(page.contains(words), "{words}: {page}");
        let time = &line["local_time"].as_str().unwrap()[11..19];
        assert!(page.contains(&format!("\n{time}  ")), "{time}: {page}");
    }
    let of = |kind: &str| lines.iter().find(|line| line["kind"] == kind).unwrap();
    assert_eq!(
        of("transferred")["words"],
        "Transferred: Alice\u{a0}→ Bob (skill: facturation): “Cliente fidèle”"
    );
    assert_eq!(of("transferred")["by"], "Alice");
    let stead = lines.iter().find(|line| line["role"] == "supervisor" && line["kind"] == "message").unwrap();
    assert_eq!((&stead["by"], &stead["aside"]), (&json!("Alice"), &json!("written by sophie, supervisor")));
    assert_eq!(
        of("survey_answered")["answers"],
        json!([
            { "question": "How was it?", "answer": "4\u{a0}/\u{a0}5" },
            { "question": "Why?", "answer": "The tone, Speed" },
            { "question": "A word", "answer": "Merci à Bob" },
        ]),
        "as it was asked, and not as it is now"
    );
}

#[tokio::test]
async fn a_long_one_is_whole_however_many_pages_it_takes() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    for turn in 0..1_100 {
        visitor.says(&format!("message {turn}.")).await;
    }
    let position = alice.ends(&visitor).await;
    for format in ["text", "html"] {
        let path = visitor.path(&format!("/transcript?format={format}&at_least={position}"));
        let page = livechat.supervisor().get(&path).await.is(200);
        let page = page.as_str().unwrap();
        for turn in 0..1_100 {
            assert_eq!(page.matches(&format!("message {turn}.")).count(), 1, "message {turn}");
        }
        assert!(format == "text" || page.matches("<h2>").count() == 1 && page.ends_with("</html>\n"));
    }
}

#[tokio::test]
async fn a_visitor_reads_the_names_that_operators_had_when_they_spoke() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    alice.says(&visitor, "un").await;
    let ada = livechat.administrator();
    ada.patch("/operators/alice", &json!({ "name": "Alice B." })).await.is(200);
    alice.says(&visitor, "deux").await;
    // What is no name changes none.
    ada.patch("/operators/alice", &json!({ "capacity": 2 })).await.is(200);
    alice.says(&visitor, "trois").await;
    alice.ends(&visitor).await;
    ada.patch("/operators/alice", &json!({ "name": "Alice Carrel" })).await.is(200);
    let names = async |position: &Value| {
        let path = visitor.path(&format!("/transcript?at_least={position}"));
        let read = visitor.person.get(&path).await.is(200);
        let lines = read["lines"].as_array().unwrap().iter();
        let said =
            lines.filter(|line| ["un", "deux", "trois"].contains(&line["text"].as_str().unwrap_or_default()));
        said.map(|line| line["by"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let position = json!(server.position("support").await);
    assert_eq!(names(&position).await, ["Alice", "Alice B.", "Alice B."]);
    // Nor does a visitor who comes back, whatever the name is then.
    ada.delete("/operators/alice").await.is(200);
    ada.post("/operators/alice/reinstate", &Value::Null).await.is(200);
    let done = ada.patch("/operators/alice", &json!({ "name": "Zelda" })).await.is(200);
    assert_eq!(names(&done["position"]).await, ["Alice", "Alice B.", "Alice B."]);
    for format in ["text", "html"] {
        let page =
            printed(&visitor.person, &visitor.path(&format!("/transcript?format={format}")), "fr").await;
        let page = page.is(200).to_string();
        assert!(page.contains("Alice B.") && !page.contains("Carrel") && !page.contains("Zelda"), "{page}");
    }
}

/// Every place in an answer that shows the name, the address or the exchange with the bot of a visitor.
fn claims(answer: &Value) -> Vec<&Value> {
    match answer {
        Value::Object(fields) => {
            let shows = fields.get("visitor_name").is_some_and(|name| !name.is_null())
                || fields.get("history").is_some()
                || fields.get("voice").is_some_and(|voice| voice == "bot");
            let own = shows.then_some(answer);
            own.into_iter().chain(fields.values().flat_map(claims)).collect()
        }
        Value::Array(all) => all.iter().flat_map(claims).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => vec![],
    }
}

#[tokio::test]
async fn every_view_of_a_visitor_says_where_the_details_come_from() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator_with("alice", json!({ "capacity": 1 })).await;
    let sophie = livechat.supervisor();
    for (number, role) in ["visitor", "integration"].into_iter().enumerate() {
        let person = |id: &str| match role {
            "visitor" => livechat.person(Role::Visitor, id),
            _ => livechat.integration(),
        };
        let request = |id: &str| {
            json!({ "visitor": { "id": id, "name": "Directeur" }, "language": "fr",
                "history": [{ "author": "bot", "text": "Votre remboursement est accordé." }] })
        };
        let (one, other) = (format!("a{number}"), format!("b{number}"));
        let requested = person(&one).post("/conversations", &request(&one)).await.is(201);
        let talks = livechat.stranger(requested["visitor_token"].as_str().map(str::to_owned));
        let talks = Visitor::opens_page(talks, requested).await;
        alice.picks_up(&talks).await;
        let waits = person(&other).post("/conversations", &request(&other)).await.is(201);
        let position = &waits["position"];
        let mut shown = vec![];
        for path in [
            format!("/board?at_least={position}"),
            format!("/board?position={position}"),
            format!("/queue?at_least={position}"),
            format!("/conversations?at_least={position}&limit=2"),
            format!("/conversations/search?q=remboursement&at_least={position}&limit=2"),
            talks.path("?"),
            talks.path("/transcript?"),
        ] {
            shown.push((path.clone(), sophie.get(&path).await.is(200)));
        }
        for path in [talks.path(""), talks.path("/transcript")] {
            shown.push((path.clone(), alice.person.get(&path).await.is(200)));
        }
        let replay = talks.path("/replay?speed=1000");
        for path in [
            "/floor",
            "/queue/live",
            "/floor/replay?speed=1000&from=2",
            replay.as_str(),
            &talks.path("/live"),
        ] {
            let mut feed = Feed::follow(&sophie, Transport::Socket, path, None).await;
            let frame = loop {
                let frame = feed.next().await;
                if !claims(&frame.data).is_empty() {
                    break frame;
                }
            };
            shown.push((path.to_owned(), frame.data));
        }
        let desk =
            Feed::follow(&alice.person, Transport::Socket, "/desk", None).await.next_of(&["snapshot"]).await;
        shown.push(("/desk".to_owned(), desk.data));
        for (path, answer) in &shown {
            let claims = claims(answer);
            assert!(!claims.is_empty(), "{path} shows something: {answer}");
            let own = claims.iter().filter(|claim| {
                let of = claim.to_string();
                // Of the time before, there is what the others wrote.
                number == 0 || !["\"a0\"", "\"b0\""].iter().any(|id| of.contains(id))
            });
            let shown: Vec<_> = own.map(|claim| &claim["requested_by"]).collect();
            assert!(shown.iter().any(|shown| **shown == role), "{path}: {claims:?}");
            assert!(claims.iter().all(|claim| claim["requested_by"].is_string()), "{path}: {claims:?}");
        }
        let audit = format!("/audit?action=conversation.requested&limit=1&at_least={position}");
        assert_eq!(sophie.get(&audit).await.is(200)["items"][0]["data"]["requested_by"], role);
        alice.ends(&talks).await;
        let id = waits["conversation"].as_str().unwrap();
        let own = livechat.stranger(waits["visitor_token"].as_str().map(str::to_owned));
        own.post(&format!("/conversations/{id}/leave"), &Value::Null).await;
        own.post(&format!("/conversations/{id}/end"), &Value::Null).await;
    }
    let analyst = livechat.person(Role::Analyst, "ann");
    let year = "from=2000-01-01T00:00:00Z&until=2000-12-31T00:00:00Z";
    let table = analyst.get(&format!("/exports/conversations?{year}&format=csv")).await.is(200).to_string();
    assert!(table.contains("requested_by"), "{table}");
}

#[tokio::test]
async fn what_the_visitor_handed_in_is_shown_to_the_staff_as_the_visitors_claim() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let request = |id: &str| {
        json!({
            "visitor": { "id": id, "name": "Directeur" }, "language": "fr",
            "history": [{ "author": "bot", "text": "Votre remboursement est accordé." }],
        })
    };
    let mut alice = livechat.operator("alice").await;
    for (by, is_claim, role) in [
        (livechat.person(Role::Visitor, "v1"), true, "visitor"),
        (livechat.integration(), false, "integration"),
    ] {
        let requested = by.post("/conversations", &request("v1")).await.is(201);
        let own = livechat.stranger(requested["visitor_token"].as_str().map(str::to_owned));
        let visitor = Visitor::opens_page(own, requested).await;
        let tab = alice.sees_tab(&visitor).await;
        assert_eq!(tab["requested_by"], role, "{tab}");
        alice.picks_up(&visitor).await;
        let position = alice.ends(&visitor).await;
        let path = visitor.path(&format!("/transcript?format=text&at_least={position}"));
        let staff = printed(&livechat.supervisor(), &path, "fr").await.is(200).to_string();
        assert_eq!(staff.contains("Chatbot (selon l’internaute)"), is_claim, "{staff}");
        assert_eq!(staff.contains("Directeur (selon l’internaute)"), is_claim, "{staff}");
        let visitors = printed(&visitor.person, &path, "fr").await.is(200).to_string();
        assert!(!visitors.contains("selon"), "{visitors}");
    }
}
