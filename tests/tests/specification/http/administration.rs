//! Administration over HTTP: operators and livechats are read, changed field by field, suspended, removed, closed;
//! what others need stays (spec.md §Administration).

use api::auth::Role;
use pupitre_tests::actors::{Answer, Livechat, Socket};
use pupitre_tests::server::Server;
use reqwest::Method;
use serde_json::{Value, json};

/// The audit of one thing, newest first: the action and what it changed.
async fn audited(livechat: &Livechat, entity: &str, id: &str, position: u64) -> Vec<(String, Value)> {
    let path = format!("/audit?entity={entity}&entity_id={id}&at_least={position}");
    let page = livechat.administrator().get(&path).await.is(200);
    let items = page["items"].as_array().unwrap().iter();
    items.map(|entry| (entry["action"].as_str().unwrap().to_owned(), entry["changes"].clone())).collect()
}

fn position(done: &Value) -> u64 {
    done["position"].as_u64().unwrap()
}

#[tokio::test]
async fn a_profile_is_read_whole_and_changed_field_by_field() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("skills", json!([{ "id": "sales" }])).await;
    let whole = json!({
        "name": "Alice", "skills": ["sales"], "capacity": 2, "email": "alice@example.org",
        "hours": { "week": { "monday": [{ "from": "09:00", "to": "18:00" }] } },
    });
    let ada = livechat.administrator();
    ada.put("/operators/alice", &whole).await.is(200);
    let read = ada.get("/operators/alice").await;
    let etag = read.etag.clone().expect("an ETag");
    let before = read.is(200);
    assert_eq!(before["email"], "alice@example.org");

    // One field; the others stay. Null takes one away.
    ada.patch("/operators/alice", &json!({ "capacity": 5 })).await.is(200);
    let after = ada.get("/operators/alice").await;
    assert_ne!(after.etag.as_deref(), Some(etag.as_str()));
    let mut expected = before.clone();
    expected["capacity"] = json!(5);
    assert_eq!(after.is(200), expected);
    let done = ada.patch("/operators/alice", &json!({ "capacity": null, "email": null })).await.is(200);
    let after = ada.get("/operators/alice").await.is(200);
    assert_eq!((&after["capacity"], after.get("email")), (&Value::Null, None));
    assert_eq!((&after["skills"], &after["hours"]), (&before["skills"], &before["hours"]));
    let changes = &audited(&livechat, "operator", "alice", position(&done)).await[0];
    assert_eq!(changes.0, "operator.registered");
    assert!(changes.1.to_string().contains("/capacity"), "{changes:?}");

    // What was seen is not there any more.
    let stale = ada.patch_if_match(&etag, "/operators/alice", &json!({ "name": "Alicia" })).await;
    assert!(stale.is_problem(412, "profile_changed")["errors"][0]["field"] == "If-Match");
    ada.put_if_match(&etag, "/operators/alice", &whole).await.is_problem(412, "profile_changed");
    let etag = ada.get("/operators/alice").await.etag.unwrap();
    ada.patch_if_match(&etag, "/operators/alice", &json!({ "name": "Alicia" })).await.is(200);
    // What was read can be sent back.
    let read = ada.get("/operators/alice").await.is(200);
    ada.put("/operators/alice", &read).await.is(200);
}

#[tokio::test]
async fn a_patch_that_is_wrong_changes_nothing_and_names_the_field() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.registers("alice", json!({ "capacity": 2 })).await;
    let ada = livechat.administrator();
    let before = ada.get("/operators/alice").await.is(200);
    for (patch, field) in [
        (json!({ "name": null }), "name"),
        (json!({ "capacity": 11 }), "capacity"),
        (json!({ "capacity": "two" }), "capacity"),
        (json!({ "skills": ["magic"] }), "skills"),
        (json!({ "colour": "red" }), "colour"),
        (json!([]), "body"),
        (json!("Alice"), "body"),
    ] {
        let problem = ada.patch("/operators/alice", &patch).await.is_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["field"], field, "{patch}: {problem}");
    }
    assert_eq!(ada.get("/operators/alice").await.is(200), before);
    ada.patch("/operators/nobody", &json!({ "capacity": 2 })).await.is_problem(404, "unknown_operator");
    ada.get("/operators/nobody").await.is_problem(404, "unknown_operator");
}

#[tokio::test]
async fn a_repeated_patch_is_answered_as_the_first_time_whatever_others_changed_since() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.registers("alice", json!({})).await;
    let ada = livechat.administrator();
    let key = "01890a5d-ac96-774b-bcce-b302099a8057";
    let patch = async |body: Value| {
        let request = ada.request(Method::PATCH, "/operators/alice").header("Idempotency-Key", key);
        Answer::to(request.json(&body)).await
    };
    let first = patch(json!({ "capacity": 4 })).await.is(200);
    ada.patch("/operators/alice", &json!({ "email": "a@example.org" })).await.is(200);
    assert_eq!(patch(json!({ "capacity": 4 })).await.is(200), first);
    patch(json!({ "capacity": 5 })).await.is_problem(409, "idempotency_key_used");
    assert_eq!(ada.get("/operators/alice").await.is(200)["email"], "a@example.org");
}

#[tokio::test]
async fn one_field_of_a_section_is_changed_without_losing_the_others() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("timeouts", json!({ "visitor_inactivity": 30, "follow_up": 7 })).await;
    let ada = livechat.administrator();
    let done = ada.patch("/settings/timeouts", &json!({ "follow_up": 8 })).await;
    let etag = done.etag.clone().expect("an ETag");
    done.is(200);
    let read = ada.get("/settings/timeouts").await.is(200);
    assert_eq!((&read["visitor_inactivity"], &read["follow_up"]), (&json!(30), &json!(8)));
    // Null is the default again.
    ada.patch_if_match(&etag, "/settings/timeouts", &json!({ "follow_up": null })).await.is(200);
    assert_eq!(ada.get("/settings/timeouts").await.is(200)["follow_up"], 3);
    ada.patch_if_match(&etag, "/settings/timeouts", &json!({ "follow_up": 9 }))
        .await
        .is_problem(412, "settings_changed");
    let wrong = ada.patch("/settings/timeouts", &json!({ "follow_up": -1 })).await;
    assert_eq!(wrong.is_problem(422, "invalid_fields")["errors"][0]["field"], "follow_up");
    ada.patch("/settings/skills", &json!([{ "id": "sales" }])).await.is(200);
    ada.patch("/settings/skills", &json!({ "id": "sales" })).await.is_problem(422, "invalid_fields");
}

#[tokio::test]
async fn what_others_need_is_not_taken_out_and_they_are_named() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("skills", json!([{ "id": "sales" }, { "id": "technical" }])).await;
    livechat.registers("alice", json!({ "skills": ["sales"] })).await;
    let ada = livechat.administrator();
    let problem = ada.put("/settings/skills", &json!([])).await.is_problem(409, "in_use");
    assert_eq!(problem["errors"][0]["field"], "skills");
    assert!(problem["detail"].as_str().unwrap().contains("1 operator (alice)"), "{problem}");
    ada.put("/settings/skills", &json!([{ "id": "sales" }])).await.is(200);
}

#[tokio::test]
async fn operators_are_listed_page_by_page_with_those_who_are_not_there() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    for id in ["bob", "carol", "dave"] {
        livechat.registers(id, json!({})).await;
    }
    let alice = livechat.operator("alice").await;
    let ada = livechat.administrator();
    let ids = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|one| one["operator"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&ada.get("/operators").await.is(200)), ["alice", "bob", "carol", "dave"]);
    assert_eq!(ids(&ada.get("/operators?after=alice&limit=2").await.is(200)), ["bob", "carol"]);
    assert_eq!(ids(&ada.get("/operators?after=dave").await.is(200)), Vec::<String>::new());
    assert_eq!(ids(&alice.person.get("/operators").await.is(200)), ["alice"]);
    for wrong in ["limit=0", "limit=1001"] {
        ada.get(&format!("/operators?{wrong}")).await.is_problem(422, "invalid_fields");
    }
}

#[tokio::test]
async fn a_suspended_operator_loses_desk_and_token_until_reinstated() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator_with("alice", json!({ "capacity": 1 })).await;
    let visitor = livechat.visitor("zoe").await;
    alice.picks_up(&visitor).await;
    let ada = livechat.administrator();
    let done = ada.post("/operators/alice/suspend", &Value::Null).await.is(200);
    assert_eq!(alice.socket.close_code().await, Some(1008));
    alice.person.get("/desk/options").await.is_problem(403, "operator_suspended");
    ada.post("/operators/alice/tokens", &Value::Null).await.is_problem(403, "operator_suspended");
    let refused = Socket::try_open(&alice.person.socket("/desk")).await.err().expect("a refusal");
    refused.is_problem(403, "operator_suspended");
    let board = livechat.board(position(&done)).await;
    assert_eq!(board["queue"].as_array().unwrap().len(), 1, "{board}");
    let row = &board["operators"][0];
    assert!(row["suspended_since"].is_string() && row["load"] == 0, "{row}");

    let done = ada.post("/operators/alice/reinstate", &Value::Null).await.is(200);
    // The token of before stays bad; a new one is good.
    alice.person.get("/desk/options").await.is_problem(401, "unauthorized");
    let alice = livechat.desk("alice").await;
    assert_eq!(alice.snapshot["tabs"][0]["conversation"], visitor.conversation.as_str());
    let audit = audited(&livechat, "operator", "alice", position(&done)).await;
    let entries: Vec<&str> = audit.iter().map(|(action, _)| action.as_str()).collect();
    assert!(
        entries.contains(&"operator.suspended") && entries.contains(&"operator.reinstated"),
        "{entries:?}"
    );
    let suspended = audit.iter().find(|(action, _)| action == "operator.suspended").unwrap();
    assert!(suspended.1.to_string().contains("/suspended"), "{suspended:?}");
}

#[tokio::test]
async fn a_removed_operator_is_gone_and_past_events_keep_the_name() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator_with("alice", json!({ "capacity": 1 })).await;
    let visitor = livechat.visitor("zoe").await;
    alice.picks_up(&visitor).await;
    alice.says(&visitor, "Bonjour").await;
    let mut bob = livechat.operator_with("bob", json!({ "capacity": 1 })).await;
    let ada = livechat.administrator();
    let done = ada.delete("/operators/alice").await.is(200);
    assert_eq!(alice.socket.close_code().await, Some(1008));
    bob.sees_tab(&visitor).await;
    alice.person.get("/desk/options").await.is_problem(401, "unauthorized");
    alice.person.get(&visitor.path("/transcript")).await.is_problem(401, "unauthorized");
    ada.get("/operators/alice").await.is_problem(404, "unknown_operator");
    ada.delete("/operators/alice").await.is_problem(404, "unknown_operator");
    let board = livechat.board(position(&done)).await;
    let shown: Vec<&str> =
        board["operators"].as_array().unwrap().iter().map(|one| one["operator"].as_str().unwrap()).collect();
    assert_eq!(shown, ["bob"]);
    let transcript = visitor.path("/transcript?format=text");
    let told = livechat.supervisor().get(&transcript).await.is(200);
    assert!(told.as_str().unwrap().contains("Alice"), "{told}");

    // The identifier stays hers: nobody else reads what she had.
    let refused = ada.request(Method::PUT, "/operators/alice").header("Accept-Language", "fr");
    let refused = Answer::to(refused.json(&json!({ "name": "Alicia" }))).await;
    let refused = refused.is_problem(409, "identifier_taken");
    assert!(refused["detail"].as_str().unwrap().contains("rétablissez cet opérateur"), "{refused}");
    let refused = ada.put("/operators/alice", &json!({ "name": "Alicia" })).await;
    let refused = refused.is_problem(409, "identifier_taken");
    assert!(refused["detail"].as_str().unwrap().contains("reinstate that operator"), "{refused}");

    // She comes back as she was, with a new token, to what she had.
    let done = ada.post("/operators/alice/reinstate", &Value::Null).await.is(200);
    assert_eq!(ada.get("/operators/alice").await.is(200)["capacity"], 1);
    alice.person.get("/desk/options").await.is_problem(401, "unauthorized");
    let again = livechat.desk("alice").await;
    let own = visitor.path(&format!("/transcript?at_least={}", position(&done)));
    assert!(again.person.get(&own).await.is(200).to_string().contains("Bonjour"));
    let board = livechat.board(server.position("support").await).await;
    let shown = board["operators"].as_array().unwrap().iter().find(|one| one["operator"] == "alice").unwrap();
    assert_eq!((&shown["name"], &shown["status"]), (&json!("Alice"), &json!("available")));
    let entries = audited(&livechat, "operator", "alice", position(&done)).await;
    assert!(entries.iter().any(|(action, _)| action == "operator.reinstated"), "{entries:?}");
}

#[tokio::test]
async fn a_removal_is_for_the_revision_that_was_seen() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.registers("alice", json!({})).await;
    let ada = livechat.administrator();
    let seen = ada.get("/operators/alice").await.etag.unwrap();
    ada.patch("/operators/alice", &json!({ "capacity": 2 })).await.is(200);
    let remove = async |etag: &str| {
        Answer::to(ada.request(Method::DELETE, "/operators/alice").header("If-Match", etag)).await
    };
    let stale = remove(&seen).await.is_problem(412, "profile_changed");
    assert_eq!(stale["errors"][0]["field"], "If-Match");
    remove("three").await.is_problem(400, "invalid_header");
    let now = ada.get("/operators/alice").await.etag.unwrap();
    remove(&now).await.is(200);
    ada.get("/operators/alice").await.is_problem(404, "unknown_operator");
}

#[tokio::test]
async fn nothing_is_called_by_dots_alone() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let ada = livechat.administrator();
    // A path that is written so is normalised by every reader, but for what is encoded twice over.
    for name in ["...", "....", "%2e%2e%2e"] {
        let refused = ada.put(&format!("/operators/{name}"), &json!({ "name": "Alice" })).await;
        assert_eq!(refused.is_problem(422, "invalid_fields")["errors"][0]["field"], "operator", "{name}");
    }
    for (section, content, field) in [
        ("skills", json!([{ "id": ".." }]), "skills[0].id"),
        (
            "canned_replies",
            json!([{ "id": ".", "title": "t", "text": {}, "theme": "t" }]),
            "canned_replies[0].id",
        ),
        ("knowledge", json!([{ "id": "...", "title": "t", "body": "b", "theme": "t" }]), "knowledge[0].id"),
        (
            "surveys",
            json!([{ "id": "s", "name": "s", "title": { "fr": "t" }, "audience": "visitor",
                     "fields": [{ "id": "..", "label": { "fr": "l" }, "kind": "rating" }] }]),
            "surveys[0].fields[0].id",
        ),
    ] {
        let refused = ada.put(&format!("/settings/{section}"), &content).await;
        let refused = refused.is_problem(422, "invalid_fields").to_string();
        assert!(refused.contains(&format!("\"{field}\"")), "{refused}");
    }
    let asked = json!({ "visitor": { "id": ".." }, "language": "fr" });
    let refused = livechat.integration().post("/conversations", &asked).await;
    assert_eq!(refused.is_problem(422, "invalid_fields")["errors"][0]["field"], "visitor.id");
}

#[tokio::test]
async fn a_livechat_is_renamed_closed_and_reopened() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator_with("alice", json!({ "capacity": 1 })).await;
    let talks = livechat.visitor("zoe").await;
    alice.picks_up(&talks).await;
    let mut waits = livechat.visitor("yann").await;
    let ada = livechat.administrator();

    let change = json!({ "name": "Après-vente", "time_zone": "America/Montreal" });
    let done = ada.patch("", &change).await.is(200);
    let read = ada.get("").await.is(200);
    assert_eq!(
        (&read["name"], &read["language"], &read["time_zone"], &read["closed"]),
        (&json!("Après-vente"), &json!("fr"), &json!("America/Montreal"), &json!(false))
    );
    let renamed = &audited(&livechat, "livechat", "support", position(&done)).await[0];
    assert_eq!(renamed.0, "livechat.identity_changed");
    assert!(renamed.1.to_string().contains("Après-vente"), "{renamed:?}");
    for (wrong, field) in [
        (json!({ "name": null }), "name"),
        (json!({ "name": "" }), "name"),
        (json!({ "language": "de" }), "language"),
        (json!({ "time_zone": "Mars/Olympus" }), "time_zone"),
        (json!({ "closed": true }), "closed"),
    ] {
        let problem = ada.patch("", &wrong).await.is_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["field"], field, "{wrong}: {problem}");
    }

    ada.post("/close", &Value::Null).await.is(200);
    let released = waits.socket.hears(|frame| frame["type"] == "released").await;
    assert_eq!(released["reason"], "livechat_closed");
    let phrase = "Notre service de discussion est fermé jusqu’à nouvel ordre.";
    waits.socket.hears(|frame| frame["type"] == "message" && frame["text"] == phrase).await;
    for (language, phrase) in [("fr", phrase), ("en", "Our live chat is closed until further notice.")] {
        let example = json!({ "phrase": "livechat_closed", "language": language });
        let preview = ada.post("/settings/phrases/preview", &example).await.is(200);
        assert_eq!(preview["text"], phrase);
    }
    let request = json!({ "visitor": { "id": "lea" }, "language": "fr" });
    let refused = livechat.integration().post("/conversations", &request).await.is(201);
    assert_eq!((&refused["outcome"], &refused["reason"]), (&json!("refused"), &json!("livechat_closed")));
    alice.says(&talks, "Je suis toujours là").await;
    assert_eq!(ada.get("").await.is(200)["closed"], true);

    let done = ada.post("/reopen", &Value::Null).await.is(200);
    let request = json!({ "visitor": { "id": "max" }, "language": "fr" });
    assert_eq!(livechat.integration().post("/conversations", &request).await.is(201)["outcome"], "waiting");
    let entries = audited(&livechat, "livechat", "support", position(&done)).await;
    let entries: Vec<&str> = entries.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(entries[..2], ["livechat.reopened", "livechat.shut"]);
}

#[tokio::test]
async fn a_token_lists_its_own_livechat_and_no_other() {
    let server = Server::start().await;
    let support = server.livechat("support").await;
    let _sales = server.livechat("sales").await;
    let list = async |token: Option<&str>| {
        let request = server.anybody().request(Method::GET, "/api/v1/livechats");
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        Answer::to(request).await
    };
    for role in [Role::Administrator, Role::Supervisor, Role::Analyst, Role::Integration] {
        let items = list(Some(support.person(role, "somebody").token())).await.is(200)["items"].take();
        assert_eq!(items.as_array().unwrap().len(), 1);
        assert_eq!(items[0]["livechat"], "support");
    }
    list(Some(support.person(Role::Visitor, "zoe").token())).await.is_problem(403, "forbidden");
    list(None).await.is_problem(401, "unauthorized");
    list(Some("nonsense")).await.is_problem(401, "unauthorized");
}

#[tokio::test]
async fn a_supervisor_gives_a_visitor_who_waits_to_an_operator() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator_with("alice", json!({ "capacity": 1 })).await;
    let first = livechat.visitor("zoe").await;
    let waits = livechat.visitor("yann").await;
    alice.sees_tab(&first).await;
    let sophie = livechat.supervisor();
    let to_alice = json!({ "operator": "alice" });
    sophie.post(&waits.path("/assign"), &to_alice).await.is_problem(422, "operator_has_no_room");
    let forced = json!({ "operator": "alice", "force": true });
    let key = "01890a5d-ac96-774b-bcce-b302099a8058";
    let done = sophie.post_with_key(key, &waits.path("/assign"), &forced).await.is(200);
    assert_eq!(sophie.post_with_key(key, &waits.path("/assign"), &forced).await.is(200), done);
    alice.sees_tab(&waits).await;
    alice.picks_up(&waits).await;
    let path =
        format!("/audit?entity=conversation&entity_id={}&at_least={}", waits.conversation, position(&done));
    let audit = sophie.get(&path).await.is(200);
    let entry =
        audit["items"].as_array().unwrap().iter().find(|entry| entry["role"] == "supervisor").unwrap();
    assert_eq!(
        (&entry["action"], &entry["data"]["forced"]),
        (&json!("conversation.assigned_by_hand"), &json!(true))
    );
}
