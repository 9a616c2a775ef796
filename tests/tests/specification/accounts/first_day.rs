//! A server that is set up from nothing, by its API alone: the first administrator, a livechat, two operators with a second
//! factor, the key of a bot, and a conversation.

use accounts::second_factor::SecondFactorRule;
use pupitre_tests::actors::Browser;
use pupitre_tests::patience::soon;
use pupitre_tests::server::Server;
use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{BETTER, GOOD, code};

/// The secret of a link.
fn secret_of(link: &str) -> &str {
    link.rsplit_once('=').expect("a secret").1
}

/// Sets up an authenticator.
async fn enrols(server: &Server, page: &mut Browser, password: &str) {
    let enrolment = page.post("/account/second-factor", &json!({ "password": password })).await.is(200);
    let code = code(enrolment["secret"].as_str().unwrap(), server.app().accounts.now());
    page.post("/account/second-factor/confirm", &json!({ "code": code })).await.is(200);
}

/// Invites an operator, who chooses a password, sets up an authenticator and opens a desk.
async fn joins(server: &Server, ada: &mut Browser, operator: &str) -> Browser {
    let path = format!("/livechats/support/operators/{operator}");
    ada.put(&path, &json!({ "name": operator })).await.is(200);
    let address = format!("{operator}@example.org");
    let roles = json!([{ "livechat": "support", "role": "operator", "operator": operator }]);
    let invited = json!({ "address": address, "name": operator, "language": "en", "roles": roles });
    let link =
        ada.post("/accounts", &invited).await.is(201)["invitation"]["link"].as_str().unwrap().to_owned();
    let mut page = server.browser();
    let used = json!({ "kind": "invitation", "secret": secret_of(&link), "password": BETTER });
    page.post("/links/use", &used).await.is(204);
    let waits = page.signs_in(&address, BETTER).await.is(201);
    assert_eq!(waits["second_factor_required"], true);
    page.get("/livechats/support/desk/options").await.is_problem(403, "second_factor_required");
    enrols(server, &mut page, BETTER).await;
    page.get("/livechats/support/desk/options").await.is(200);
    page
}

#[tokio::test]
async fn a_server_is_set_up_from_nothing_by_its_api_alone() {
    let server = Server::start_with(|config| {
        config.account_options.second_factor = SecondFactorRule::Everybody;
    })
    .await;
    let secret = server.setup_secret().expect("it is printed");
    let mut ada = server.browser();
    let first = json!({
        "secret": secret, "address": "ada@example.org", "name": "Ada", "language": "fr", "password": GOOD,
    });
    ada.post("/setup", &first).await.is(201);
    ada.signs_in("ada@example.org", GOOD).await.is(201);
    ada.put("/livechats/support", &json!({ "name": "Support", "language": "fr" }))
        .await
        .is_problem(403, "second_factor_required");
    enrols(&server, &mut ada, GOOD).await;
    ada.put("/livechats/support", &json!({ "name": "Support", "language": "fr" })).await.is(200);
    let mut alice = joins(&server, &mut ada, "alice").await;
    let mut bob = joins(&server, &mut ada, "bob").await;
    // Alice is there while her desk is open.
    let desk = alice.request(Method::GET, "/livechats/support/desk").header("Accept", "text/event-stream");
    let mut desk = soon(desk.send()).await.unwrap();
    assert_eq!(desk.status(), 200);
    soon(desk.chunk()).await.unwrap().expect("her desk as it is");

    let key = json!({ "name": "Bot of the site", "role": "integration" });
    let key = ada.post("/livechats/support/api-keys", &key).await.is(201)["secret"].clone();
    let bot = server.uncreated("support").stranger(key.as_str().map(str::to_owned));
    let asked = json!({ "visitor": { "id": "v-1", "name": "Zoe" }, "language": "en" });
    let asked = bot.post("/conversations", &asked).await.is(201);
    let talk = format!("/livechats/support/conversations/{}", asked["conversation"].as_str().unwrap());
    bob.post(&format!("{talk}/pick-up"), &Value::Null).await.is_problem(403, "not_your_conversation");
    alice.post(&format!("{talk}/pick-up"), &Value::Null).await.is(200);
    alice.post(&format!("{talk}/messages"), &json!({ "text": "Good morning" })).await.is(201);
    let zoe = asked["visitor_token"].as_str().unwrap().to_owned();
    let zoe = server.uncreated("support").stranger(Some(zoe));
    let said = format!("/conversations/{}/messages", asked["conversation"].as_str().unwrap());
    let said = zoe.post(&said, &json!({ "text": "Where is my parcel?" })).await.is(201);
    let transcript = format!("{talk}/transcript?format=text&at_least={}", said["position"]);
    let lines = ada.get(&transcript).await.is(200).as_str().unwrap().to_owned();
    assert!(lines.contains("Good morning") && lines.contains("Where is my parcel?"), "{lines}");
}
