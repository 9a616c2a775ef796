//! A livechat, and how people come to it.

use std::sync::Arc;

use api::auth::Role;
use serde_json::{Value, json};

use super::{Floor, Operator, Person, Visitor};
use crate::server::Site;

/// A livechat on a server.
#[derive(Clone)]
pub struct Livechat {
    /// Its identifier.
    pub id: String,
    site: Arc<Site>,
}

impl Livechat {
    pub(crate) fn new(site: Arc<Site>, id: &str) -> Self {
        Self { id: id.to_owned(), site }
    }

    /// Somebody with a token of this livechat.
    pub fn person(&self, role: Role, subject: &str) -> Person {
        let token = self.site.token(&self.id, role, subject);
        Person::new(self.site.clone(), &self.id, Some(token))
    }

    /// The same livechat, for somebody with a token of another, or none.
    pub fn stranger(&self, token: Option<String>) -> Person {
        Person::new(self.site.clone(), &self.id, token)
    }

    /// Changes settings and accounts.
    pub fn administrator(&self) -> Person {
        self.person(Role::Administrator, "ada")
    }

    /// Sees the whole floor.
    pub fn supervisor(&self) -> Person {
        self.person(Role::Supervisor, "sophie")
    }

    /// Hands visitors over.
    pub fn integration(&self) -> Person {
        self.person(Role::Integration, "bot")
    }

    /// Creates it, in French.
    pub async fn is_created(&self) {
        self.administrator().put("", &json!({ "name": "Support", "language": "fr" })).await.is(200);
    }

    /// An administrator changes a section of the settings.
    pub async fn sets(&self, section: &str, content: Value) {
        self.administrator().put(&format!("/settings/{section}"), &content).await.is(200);
    }

    /// An operator, registered and at the desk: named as the identifier with a capital.
    pub async fn operator(&self, id: &str) -> Operator {
        self.operator_with(id, json!({})).await
    }

    /// An operator with skills or a capacity, registered and at the desk.
    pub async fn operator_with(&self, id: &str, profile: Value) -> Operator {
        self.registers(id, profile).await;
        self.desk(id).await
    }

    /// An administrator registers an operator.
    pub async fn registers(&self, id: &str, mut profile: Value) {
        profile["name"] = Value::from(name(id));
        self.administrator().put(&format!("/operators/{id}"), &profile).await.is(200);
    }

    /// A registered operator opens the desk.
    pub async fn desk(&self, id: &str) -> Operator {
        let tokens = format!("/operators/{id}/tokens");
        let answer = self.administrator().post(&tokens, &Value::Null).await.is(201);
        let token = answer["token"].as_str().expect("a token").to_owned();
        Operator::sits_down(id, self.stranger(Some(token))).await
    }

    /// A French visitor, handed over by the bot, whose page is open.
    pub async fn visitor(&self, id: &str) -> Visitor {
        self.requests(json!({ "visitor": { "id": id }, "language": "fr" })).await
    }

    /// A visitor, handed over by the bot with this request, whose page is open.
    pub async fn requests(&self, request: Value) -> Visitor {
        let answer = self.integration().post("/conversations", &request).await.is(201);
        let token = answer["visitor_token"].as_str().expect("a token").to_owned();
        Visitor::opens_page(self.stranger(Some(token)), answer).await
    }

    /// The floor, as a supervisor follows it.
    pub async fn floor(&self) -> Floor {
        Floor::follow(&self.supervisor(), None).await
    }

    /// Waits until the rows are as of this position.
    pub async fn is_projected(&self, position: u64) {
        self.supervisor().get(&format!("/audit?limit=1&at_least={position}")).await.is(200);
    }

    /// The board at this position or later, as a supervisor reads it.
    pub async fn board(&self, at_least: u64) -> Value {
        let mut floor = self.supervisor().get(&format!("/board?at_least={at_least}")).await.is(200);
        assert!(floor.as_object_mut().and_then(|floor| floor.remove("help")).is_some(), "calls for help");
        floor
    }
}

fn name(id: &str) -> String {
    let mut letters = id.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
