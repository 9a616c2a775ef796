//! No log, at any level, contains what people say, who they are, or what shows it (spec.md §Privacy and security),
//! wherever a client has put it and whatever is answered.

use api::auth::Role;
use pupitre_tests::actors::{Answer, Person, Socket, with_ticket};
use pupitre_tests::patience::soon;
use pupitre_tests::process::ServerProcess;
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::Message;

use super::private_files::program;

/// A server that logs all it can.
struct Site {
    server: ServerProcess,
    folder: TempDir,
}

impl Site {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = program(folder.path(), "077");
        let database = format!("sqlite://{}", folder.path().join("pupitre.db").display());
        let key = folder.path().join("key");
        let server =
            ServerProcess::start_with(&script, &database, &key, &["--log", "trace", "--wrong-tokens", "0"])
                .await;
        Self { server, folder }
    }

    #[track_caller]
    fn keeps_secret(&self, secrets: &[&str]) {
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap();
        assert!(log.contains("TRACE") || log.contains("DEBUG"), "nothing was logged at all: {log}");
        for secret in secrets {
            let line = log.lines().find(|line| line.contains(secret));
            assert!(line.is_none(), "{secret} is in the log: {line:?}");
        }
    }
}

#[tokio::test]
async fn no_log_line_contains_what_visitors_write_or_who_they_are() {
    let site = Site::start().await;
    let livechat = site.server.livechat("support");
    livechat.is_created().await;
    let mut alice = livechat.operator("alice").await;
    let mut zoe = livechat
        .requests(json!({
            "visitor": { "id": "v-1", "name": "SECRETNAME", "email": "secretmail@example.org" },
            "language": "fr",
            "card": { "page_url": "https://example.org/SECRETPAGE" }
        }))
        .await;
    alice.picks_up(&zoe).await;
    zoe.says("SECRETWORD").await;
    alice.says(&zoe, "SECRETANSWER").await;
    zoe.goes_to("https://example.org/SECRETPLACE", None).await;
    alice.hears(&zoe, "SECRETWORD").await;
    let search = livechat.supervisor().get("/conversations/search?q=SECRETWORD&colour=SECRETQUERY").await;
    assert!(search.status < 500);
    let token = zoe.person.token().to_owned();
    site.keeps_secret(&["SECRET", "secretmail", &token, token.rsplit('.').next().unwrap()]);
}

/// Everywhere in a request where somebody may put a secret, by mistake or on purpose.
fn everywhere(anybody: &Person, secret: &str) -> Vec<RequestBuilder> {
    let below = "/api/v1/livechats/support";
    let paths = [
        format!("/{secret}"),
        format!("/api/v1/{secret}?password={secret}"),
        format!("/api/v1/livechats/{secret}"),
        format!("/api/v1/livechats/{secret}/floor?ticket={secret}"),
        format!("{below}/{secret}"),
        format!("{below}/operators/{secret}"),
        format!("{below}/settings/{secret}"),
        format!("{below}/exports/{secret}"),
        format!("{below}/api-keys/{secret}"),
        format!("{below}/conversations/{secret}"),
        format!("{below}/tickets/{secret}?ticket={secret}"),
        format!("{below}/floor?access_token={secret}"),
        format!("{below}/floor?ticket={secret}"),
        format!("{below}/desk?ticket={secret}&after={secret}"),
        format!("{below}/board?ticket={secret}&{secret}=1"),
        format!("{below}/conversations?limit={secret}&order={secret}"),
        format!("/login?password={secret}"),
    ];
    let methods = [Method::GET, Method::POST, Method::PUT];
    let tried = paths.iter().flat_map(|path| methods.clone().map(|method| anybody.request(method, path)));
    let mut all: Vec<_> = tried.collect();
    for path in ["/floor", "/tickets", "/operators/alice", "/nothing", "/settings/timeouts"] {
        let request = |method| anybody.request(method, &format!("{below}{path}"));
        all.extend([
            request(Method::GET).bearer_auth(secret),
            request(Method::GET).header("Authorization", secret),
            request(Method::GET).basic_auth("ada", Some(secret)),
            request(Method::GET).header("Cookie", format!("session={secret}")),
            request(Method::GET).header("X-Request-Id", secret),
            request(Method::GET).header("Last-Event-ID", secret),
            request(Method::PUT).bearer_auth(secret).json(&json!({ "password": secret })),
            request(Method::POST).header("Idempotency-Key", secret).body(format!("{{\"password\": {secret}")),
            request(Method::POST).header("Content-Type", secret).body(secret.to_owned()),
            request(Method::GET).header("Origin", format!("https://{secret}.example.org")),
            request(Method::GET).header("User-Agent", secret).header("Referer", secret),
        ]);
    }
    all
}

#[tokio::test]
async fn no_log_line_contains_a_secret_wherever_it_was_sent() {
    let site = Site::start().await;
    let livechat = site.server.livechat("support");
    livechat.is_created().await;
    livechat.operator("alice").await;
    let ada = livechat.administrator();
    let asked = json!({ "name": "Wallboard", "role": "supervisor" });
    let key = ada.post("/api-keys", &asked).await.is(201)["secret"].as_str().unwrap().to_owned();
    let wallboard = livechat.stranger(Some(key.clone()));
    let ticket = wallboard.ticket().await;
    let password = "correct-horse-battery-staple";
    let token = livechat.supervisor().token().to_owned();
    // They are good, and used as they should be.
    let mut floor = Socket::open(&livechat.stranger(None).socket(&with_ticket("/floor", &ticket))).await;
    floor.hears(|frame| frame["type"] == "snapshot").await;
    for secret in [&key, &ticket, &wallboard.ticket().await, password, &token] {
        for request in everywhere(&site.server.anybody(), secret) {
            let status = soon(request.send()).await.unwrap().status().as_u16();
            assert!(status < 500, "{status}");
        }
        // Also from somebody who is let in, so that more of it is read.
        let field = json!({ secret: secret, "visitor_inactivity": secret });
        ada.put("/settings/timeouts", &field).await.is_problem(422, "invalid_fields");
        ada.post("/api-keys", &json!({ "name": 5, "role": secret })).await;
        let asked = ada.request(Method::GET, &format!("/operators/{secret}")).header("If-Match", secret);
        Answer::to(asked).await;
        let mut desk = Socket::open(&livechat.person(Role::Operator, "alice").socket("/desk")).await;
        desk.sends(Message::text(secret)).await;
        desk.hears(|frame| frame["type"] == "problem").await;
        desk.says(&json!({ "type": secret, "id": secret, secret: secret })).await;
        desk.hears(|frame| frame["type"] == "problem").await;
    }
    let signature = token.rsplit('.').next().unwrap();
    // What is beyond the start, by which people recognise a key.
    site.keeps_secret(&[&key[12..42], &ticket[8..40], password, signature]);
}
