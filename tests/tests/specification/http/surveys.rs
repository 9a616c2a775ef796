//! Surveys over HTTP: asked, shown again after a reload, opened, given up, answered, closed.

use pupitre_tests::actors::{Livechat, Operator, Visitor};
use pupitre_tests::server::Server;
use serde_json::{Value, json};

fn survey(id: &str, audience: &str) -> Value {
    json!({
        "id": id, "name": id, "title": { "fr": "Votre avis" }, "audience": audience,
        "fields": [{ "id": "note", "label": { "fr": "Note" }, "kind": "rating", "mandatory": true }],
    })
}

async fn at_work(server: &Server) -> (Livechat, Operator, Visitor) {
    let livechat = server.livechat("support").await;
    livechat.sets("surveys", json!([survey("wrap-up", "operator"), survey("opinion", "visitor")])).await;
    let mut alice = livechat.operator("alice").await;
    let visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    alice.says(&visitor, "bonjour").await;
    (livechat, alice, visitor)
}

fn note(rating: i64) -> Value {
    json!({ "answers": { "note": { "rating": rating } } })
}

#[tokio::test]
async fn the_operator_survey_waits_after_the_end_in_the_version_that_was_asked() {
    let server = Server::start().await;
    let (livechat, mut alice, visitor) = at_work(&server).await;
    livechat.sets("operator_survey", json!({ "survey": "wrap-up", "cancel_button": true })).await;
    assert_eq!(alice.person.get("/surveys/pending").await.is(200), json!([]));
    alice.ends(&visitor).await;
    let mut changed = survey("wrap-up", "operator");
    changed["fields"][0]["id"] = json!("grade");
    livechat.sets("surveys", json!([changed, survey("opinion", "visitor")])).await;

    let pending = alice.person.get("/surveys/pending").await.is(200);
    assert_eq!(pending.as_array().unwrap().len(), 1, "{pending}");
    assert_eq!(pending[0]["conversation"], visitor.conversation.as_str());
    assert_eq!(
        (&pending[0]["survey"]["version"], &pending[0]["survey"]["fields"][0]["id"]),
        (&json!(1), &json!("note"))
    );
    assert_eq!(pending[0]["opened_at"], Value::Null);

    alice.person.put(&visitor.path("/survey/opened"), &Value::Null).await.is(200);
    let opened = alice.person.get(&visitor.path("/survey")).await.is(200);
    assert!(opened["opened_at"].is_string(), "{opened}");
    alice.person.delete(&visitor.path("/survey/opened")).await.is(200);
    assert_eq!(alice.person.get(&visitor.path("/survey")).await.is(200)["opened_at"], Value::Null);

    let close = alice.person.post(&visitor.path("/survey/close"), &Value::Null).await;
    close.is_problem(403, "option_off");
    let wrong = alice.person.put(&visitor.path("/survey/answers"), &note(6)).await;
    assert_eq!(wrong.is_problem(422, "invalid_fields")["errors"][0]["field"], "answers.note");
    alice.person.put(&visitor.path("/survey/answers"), &note(4)).await.is(200);
    assert_eq!(alice.person.get("/surveys/pending").await.is(200), json!([]));
    let again = alice.person.put(&visitor.path("/survey/answers"), &note(4)).await;
    again.is_problem(404, "no_survey");
}

#[tokio::test]
async fn the_visitor_is_shown_the_survey_after_a_reload_and_may_close_it() {
    let server = Server::start().await;
    let (livechat, mut alice, mut visitor) = at_work(&server).await;
    livechat.sets("visitor_survey", json!({ "survey": "opinion" })).await;
    visitor.person.get(&visitor.path("/survey")).await.is_problem(404, "no_survey");
    alice.ends(&visitor).await;
    visitor.receives("survey").await;
    let waiting = visitor.person.get(&visitor.path("/survey")).await.is(200);
    assert_eq!(waiting["survey"]["id"], "opinion");
    assert!(waiting["closes_at"].is_string());
    let stranger = livechat.person(api::auth::Role::Visitor, "v2");
    stranger.get(&visitor.path("/survey")).await.is_problem(403, "not_your_conversation");
    let answers = stranger.put(&visitor.path("/survey/answers"), &note(1)).await;
    answers.is_problem(403, "not_your_conversation");
    visitor.person.post(&visitor.path("/survey/close"), &Value::Null).await.is(200);
    visitor.receives("survey_closed").await;
    visitor.person.get(&visitor.path("/survey")).await.is_problem(404, "no_survey");
}

#[tokio::test]
async fn an_operator_sends_a_survey_by_hand_once() {
    let server = Server::start().await;
    let (livechat, alice, mut visitor) = at_work(&server).await;
    let path = visitor.path("/surveys");
    let send = async |survey: &str| alice.person.post(&path, &json!({ "survey": survey })).await;
    send("opinion").await.is_problem(403, "option_off");
    livechat.sets("visitor_survey", json!({ "operator_may_send": true })).await;
    let options = alice.person.get("/desk/options").await.is(200);
    assert_eq!(options["visitor_surveys"], json!([{ "survey": "opinion", "name": "opinion" }]));
    send("wrap-up").await.is_problem(422, "unknown_survey");
    send("opinion").await.is(200);
    assert_eq!(visitor.receives("survey").await["survey"]["id"], "opinion");
    send("opinion").await.is_problem(409, "survey_sent");
    visitor.person.put(&visitor.path("/survey/opened"), &Value::Null).await.is(200);
    visitor.person.put(&visitor.path("/survey/answers"), &note(5)).await.is(200);
}

#[tokio::test]
async fn each_segment_of_a_conversation_that_is_kept_open_has_its_own_survey() {
    let server = Server::start().await;
    let (livechat, mut alice, visitor) = at_work(&server).await;
    livechat.sets("behaviour", json!({ "keep_open": true })).await;
    livechat.sets("visitor_survey", json!({ "survey": "opinion" })).await;
    livechat.sets("operator_survey", json!({ "survey": "wrap-up" })).await;
    alice.ends(&visitor).await;
    let request = json!({ "visitor": { "id": "v1" }, "language": "fr" });
    let bot = livechat.integration();
    bot.post(&visitor.path("/request-again"), &request).await.is(201);
    alice.picks_up(&visitor).await;
    alice.ends(&visitor).await;

    let segments = |waiting: &Value| -> Vec<Value> {
        waiting.as_array().unwrap().iter().map(|survey| survey["segment"].clone()).collect()
    };
    let waiting = bot.get(&visitor.path("/surveys")).await.is(200);
    assert_eq!(segments(&waiting), [json!(1), json!(2)]);
    let mut mine = segments(&alice.person.get("/surveys/pending").await.is(200));
    mine.sort_by_key(Value::as_i64);
    assert_eq!(mine, [json!(1), json!(2)]);
    // Without saying which, the last is shown, and none is answered.
    assert_eq!(bot.get(&visitor.path("/survey")).await.is(200)["segment"], 2);
    assert_eq!(bot.get(&visitor.path("/survey?segment=1")).await.is(200)["segment"], 1);
    bot.get(&visitor.path("/survey?segment=3")).await.is_problem(404, "no_survey");

    bot.put(&visitor.path("/survey/answers"), &note(5)).await.is_problem(409, "segment_needed");
    bot.put(&visitor.path("/survey/answers?segment=2"), &note(5)).await.is(200);
    bot.put(&visitor.path("/survey/answers?segment=2"), &note(5)).await.is_problem(404, "no_survey");
    bot.put(&visitor.path("/survey/answers?segment=1"), &note(2)).await.is(200);
    assert_eq!(bot.get(&visitor.path("/surveys")).await.is(200), json!([]));
    alice.person.put(&visitor.path("/survey/answers?segment=1"), &note(3)).await.is(200);
    let left = alice.person.get("/surveys/pending").await.is(200);
    assert_eq!(segments(&left), [json!(2)]);
}
