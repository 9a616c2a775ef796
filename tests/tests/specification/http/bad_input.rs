//! Requests that are wrong, each with its answer: a problem document with a stable code that names
//! every wrong field and what it allows. Nothing is recorded by any of them.
//!
//! [`Wrong`] is a line of the tables here and in [`bad_values`](super::bad_values).

use pupitre_tests::actors::{Answer, Livechat, Operator, Person, Visitor};
use pupitre_tests::server::Server;
use reqwest::Method;

/// A wrong request, what it is answered, and the fields that must be named with what they allow.
pub(super) struct Wrong<'a> {
    pub what: &'a str,
    pub who: &'a Person,
    pub method: Method,
    pub path: String,
    pub header: Option<(&'a str, &'a str)>,
    pub body: String,
    pub answer: (u16, &'a str),
    pub fields: &'a [(&'a str, &'a str)],
}

impl Wrong<'_> {
    async fn is_refused(&self) {
        let mut request = self.who.request(self.method.clone(), &self.path);
        if let Some((name, value)) = self.header {
            request = request.header(name, value);
        }
        if !self.body.is_empty() {
            request = request.header("Content-Type", "application/json").body(self.body.clone());
        }
        eprintln!("{}", self.what);
        let problem = Answer::to(request).await.is_problem(self.answer.0, self.answer.1);
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        for (field, allowed) in self.fields {
            let named = errors.iter().any(|error| {
                error["field"] == *field
                    && error["allowed"].as_str().is_some_and(|text| text.contains(allowed))
            });
            assert!(named, "{field} ({allowed}) is not named in {problem:#}");
        }
        assert_eq!(errors.len(), self.fields.len(), "{problem:#}");
    }
}

/// Checks every line of a table, and that none of them left a trace.
pub(super) async fn all_are_refused(server: &Server, lines: &[Wrong<'_>]) {
    let before = server.position("support").await;
    for line in lines {
        line.is_refused().await;
        assert_eq!(server.position("support").await, before, "{} was recorded", line.what);
    }
}

/// A livechat with everything to go wrong with.
pub(super) struct Scene {
    pub server: Server,
    pub livechat: Livechat,
    /// To be held on to: a desk that is closed is recorded as lost.
    pub alice: Operator,
    /// In a conversation that Alice has picked up.
    pub visitor: Visitor,
    /// Whose conversation is over.
    pub gone: Visitor,
}

impl Scene {
    pub(super) async fn set() -> Self {
        let server = Server::start().await;
        let livechat = server.livechat("support").await;
        let mut alice = livechat.operator("alice").await;
        let mut gone = livechat.visitor("v-gone").await;
        alice.picks_up(&gone).await;
        gone.ends().await;
        let visitor = livechat.visitor("v1").await;
        alice.picks_up(&visitor).await;
        Self { server, livechat, alice, visitor, gone }
    }
}

const TEXT: &str = r#"{"text":"bonjour"}"#;

#[tokio::test]
async fn an_unknown_client_or_one_of_another_livechat_is_refused() {
    let Scene { server, livechat, alice, visitor, .. } = Scene::set().await;
    let other = server.livechat("sales").await;
    let from_elsewhere = livechat.stranger(Some(other.supervisor().token().to_owned()));
    let without = livechat.stranger(None);
    let forged = livechat.stranger(Some(format!("{}x", alice.person.token())));
    let line = |what, who, answer| Wrong {
        what,
        who,
        method: Method::GET,
        path: "/board".to_owned(),
        header: None,
        body: String::new(),
        answer,
        fields: &[],
    };
    let messages = |what, who, answer| Wrong {
        method: Method::POST,
        path: visitor.path("/messages"),
        body: TEXT.to_owned(),
        ..line(what, who, answer)
    };
    let lines = [
        line("no token", &without, (401, "unauthorized")),
        line("a forged token", &forged, (401, "unauthorized")),
        line("a token of another livechat", &from_elsewhere, (403, "forbidden")),
        messages("a message without a token", &without, (401, "unauthorized")),
        messages("a message with a token of another livechat", &from_elsewhere, (403, "forbidden")),
    ];
    all_are_refused(&server, &lines).await;
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let Scene { server, livechat, alice, visitor, .. } = Scene::set().await;
    let nowhere = server.uncreated("nowhere");
    let (administrator, supervisor) = (livechat.administrator(), livechat.supervisor());
    let (nowhere_administrator, nowhere_supervisor) = (nowhere.administrator(), nowhere.supervisor());
    let nowhere_integration = nowhere.integration();
    let line = |what, who, method, path: &str, body: &str, answer| Wrong {
        what,
        who,
        method,
        path: path.to_owned(),
        header: None,
        body: body.to_owned(),
        answer,
        fields: &[],
    };
    let unknown = "/conversations/00000000-0000-7000-8000-000000000000";
    let request = r#"{"visitor":{"id":"v9"},"language":"fr"}"#;
    let to_nobody = r#"{"to":{"operator":"nobody"}}"#;
    let operator: &[_] = &[("operator", "an operator registered in this livechat")];
    let (get, put, post) = (Method::GET, Method::PUT, Method::POST);
    let mut lines = vec![
        line("a livechat", &nowhere_administrator, get.clone(), "", "", (404, "unknown_livechat")),
        line(
            "its settings",
            &nowhere_administrator,
            get.clone(),
            "/settings/capacity",
            "",
            (404, "unknown_livechat"),
        ),
        line("its board", &nowhere_supervisor, get.clone(), "/board", "", (404, "unknown_livechat")),
        line("its queue", &nowhere_supervisor, get.clone(), "/queue", "", (404, "unknown_livechat")),
        line("its audit", &nowhere_supervisor, get.clone(), "/audit", "", (404, "unknown_livechat")),
        line(
            "its conversations",
            &nowhere_supervisor,
            get.clone(),
            "/conversations",
            "",
            (404, "unknown_livechat"),
        ),
        line(
            "a request there",
            &nowhere_integration,
            post.clone(),
            "/conversations",
            request,
            (404, "unknown_livechat"),
        ),
        line(
            "a setting there",
            &nowhere_administrator,
            put.clone(),
            "/settings/capacity",
            "{}",
            (404, "unknown_livechat"),
        ),
        line("a section", &administrator, get.clone(), "/settings/weather", "", (404, "unknown_section")),
        line("a conversation", &supervisor, get.clone(), unknown, "", (404, "unknown_conversation")),
        line(
            "no conversation id at all",
            &supervisor,
            get.clone(),
            "/conversations/42",
            "",
            (404, "unknown_conversation"),
        ),
        line(
            "its transcript",
            &supervisor,
            get.clone(),
            &format!("{unknown}/transcript"),
            "",
            (404, "unknown_conversation"),
        ),
        line("an address", &supervisor, get, "/weather", "", (404, "not_found")),
        line("a method", &supervisor, Method::DELETE, "/board", "", (405, "method_not_allowed")),
    ];
    for (what, step, body) in [
        ("a message to it", "messages", TEXT),
        ("its pick-up", "pick-up", ""),
        ("its transfer", "transfer", to_nobody),
        ("its end", "end", ""),
    ] {
        let path = format!("{unknown}/{step}");
        lines.push(line(what, &alice.person, post.clone(), &path, body, (404, "unknown_conversation")));
    }
    let transfer = visitor.path("/transfer");
    for (what, who, method, path, body) in [
        ("a transfer to nobody", &alice.person, post.clone(), transfer.as_str(), to_nobody),
        ("a token for nobody", &administrator, post, "/operators/nobody/tokens", ""),
        ("a status of nobody", &supervisor, put, "/operators/nobody/status", r#"{"status":"on_break"}"#),
    ] {
        let line = line(what, who, method, path, body, (404, "unknown_operator"));
        lines.push(Wrong { fields: operator, ..line });
    }
    all_are_refused(&server, &lines).await;
    assert_eq!(server.position("nowhere").await, 0);
}

#[tokio::test]
async fn a_conversation_that_is_over_takes_nothing_more_from_either_side() {
    let Scene { server, livechat, alice, gone, .. } = Scene::set().await;
    let (supervisor, integration) = (livechat.supervisor(), livechat.integration());
    let mut lines = vec![];
    let to_bob = r#"{"to":{"operator":"bob"}}"#;
    for (what, who, step, body) in [
        ("the visitor writes", &gone.person, "/messages", TEXT),
        ("the operator writes", &alice.person, "/messages", TEXT),
        ("a supervisor writes", &supervisor, "/messages", TEXT),
        ("the bot writes", &integration, "/messages", TEXT),
        ("the visitor leaves", &gone.person, "/leave", ""),
        ("the visitor ends", &gone.person, "/end", ""),
        ("the operator ends", &alice.person, "/end", ""),
        ("the operator picks up", &alice.person, "/pick-up", ""),
        ("the operator transfers", &alice.person, "/transfer", to_bob),
    ] {
        lines.push(Wrong {
            what,
            who,
            method: Method::POST,
            path: gone.path(step),
            header: None,
            body: body.to_owned(),
            answer: (409, "conversation_over"),
            fields: &[],
        });
    }
    all_are_refused(&server, &lines).await;
}
