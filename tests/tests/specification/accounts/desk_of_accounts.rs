//! A real server with people on it who sign in over HTTP.

use accounts::account::{self, Draft, Grant};
use accounts::password::{self, Parameters};
use api::mail::Options;
use api::server::Config;
use pupitre_tests::actors::Person;
use pupitre_tests::mailbox::Mailbox;
use pupitre_tests::server::Server;
use serde_json::{Value, json};

use super::stage::{GOOD, administrator, by_at, draft, secret};

/// See the module.
pub(super) struct Site {
    pub(super) server: Server,
    /// A server administrator.
    pub(super) ada: Person,
    /// The id of her account.
    pub(super) ada_id: String,
}

impl Site {
    /// Without mails.
    pub(super) async fn start() -> Self {
        Self::of(Server::start_with(cheap).await).await
    }

    /// With mails by this mail server.
    pub(super) async fn start_with(mailbox: &Mailbox) -> Self {
        Self::of(Server::start_with(|config| by_mail(config, &mailbox.url())).await).await
    }

    /// On a server that runs.
    pub(super) async fn of(server: Server) -> Self {
        let ada_id =
            made(&server, Draft { name: "Ada".to_owned(), ..administrator("ada@example.org") }).await;
        let ada = signed_in(&server, "ada@example.org", GOOD).await;
        Self { server, ada, ada_id }
    }

    /// Somebody with these roles, who has signed in; and the id of the account.
    pub(super) async fn somebody(&self, address: &str, roles: Vec<Grant>) -> (Person, String) {
        let id = made(&self.server, Draft { roles, ..draft(address) }).await;
        (signed_in(&self.server, address, GOOD).await, id)
    }

    /// Reads an account as the server administrator.
    pub(super) async fn account(&self, id: &str) -> Value {
        self.ada.get(&format!("/api/v1/accounts/{id}")).await.is(200)
    }

    /// What the audit trail says that was done with an account, the latest first.
    pub(super) async fn trail(&self, id: &str) -> Vec<String> {
        let page = self.ada.get(&format!("/api/v1/audit?account={id}")).await.is(200);
        let entries = page["items"].as_array().unwrap().iter();
        entries.map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
    }
}

/// Hashes of passwords that cost the least that is allowed.
pub(super) fn cheap(config: &mut Config) {
    config.account_options.passwords = Parameters { memory_kib: 7_168, passes: 5, lanes: 1 };
    config.base_url = Some("https://chat.example.org/".to_owned());
}

/// The same, with mails that are tried again at once.
pub(super) fn by_mail(config: &mut Config, url: &str) {
    cheap(config);
    let from = "Pupitre <chat@example.org>".parse().unwrap();
    let options = Options::new(url.parse().unwrap(), from);
    config.mail = Some(Options { pause: std::time::Duration::from_millis(1), ..options });
}

/// Makes an account with the password [`GOOD`]; gives its id.
async fn made(server: &Server, draft: Draft) -> String {
    let accounts = &server.app().accounts;
    let by = by_at(accounts.now());
    let made = password::create_with(accounts.database(), accounts.hasher(), &by, draft, &secret(GOOD)).await;
    made.unwrap().id.to_string()
}

/// Signs in as a program does.
pub(super) async fn signed_in(server: &Server, address: &str, password: &str) -> Person {
    let credentials = json!({ "address": address, "password": password, "on": "program" });
    let session = server.anybody().post("/api/v1/session", &credentials).await.is(201);
    server.bearer(session["tokens"]["access_token"].as_str().unwrap())
}

/// The secret of a link that was shown.
pub(super) fn shown(delivery: &Value, beginning: &str) -> String {
    assert_eq!(delivery["sent_to_mail"], false, "{delivery}");
    let link = delivery["link"].as_str().unwrap_or_else(|| panic!("no link in {delivery}"));
    link.strip_prefix(beginning).unwrap_or_else(|| panic!("{link}")).to_owned()
}

/// Does the account with this id still exist in the database?
pub(super) async fn exists(server: &Server, id: &str) -> bool {
    let id = accounts::AccountId(id.parse().unwrap());
    account::find(server.app().accounts.database(), id).await.unwrap().is_some()
}
