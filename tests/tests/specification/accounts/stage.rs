//! What the tests of accounts begin with.

use accounts::account::{self, Account, Draft, Grant, Role};
use accounts::password::{self, Hasher, Parameters, SecretString};
use accounts::{AccountId, Actor, By, Database, Error};
use chrono::TimeDelta;
use domain::text::Language;
use domain::{LivechatId, OperatorId, Timestamp};
use pupitre_tests::server::Server;
use pupitre_tests::store::each_store;

/// A password that is accepted.
pub(super) const GOOD: &str = "violet tractor beneath 9 moons";
/// Another one.
pub(super) const BETTER: &str = "quiet lantern under 7 rivers";

/// Runs a test on the accounts of each database.
pub(super) async fn each_database(test: impl AsyncFn(Database)) {
    each_store(async |store| {
        let database = Database::beside(store.url()).await.unwrap();
        test(database.clone()).await;
        database.close().await;
    })
    .await;
}

/// So long after a Monday in January.
pub(super) fn after(delta: TimeDelta) -> Timestamp {
    "2026-01-05T09:00:00Z".parse::<Timestamp>().unwrap() + delta
}

/// The command line, on that Monday.
pub(super) fn by() -> By {
    by_at(after(TimeDelta::zero()))
}

pub(super) fn by_at(at: Timestamp) -> By {
    By { actor: Actor::CommandLine, at, network_address: Some("192.0.2.7".parse().unwrap()) }
}

pub(super) fn draft(address: &str) -> Draft {
    let (address, name) = (address.to_owned(), "Zoé Martin".to_owned());
    Draft { address, name, language: Language::Fr, server_administrator: false, roles: vec![] }
}

pub(super) fn administrator(address: &str) -> Draft {
    Draft { server_administrator: true, ..draft(address) }
}

pub(super) async fn created(database: &Database, draft: Draft) -> Account {
    account::create(database, &by(), draft).await.unwrap()
}

pub(super) fn grant(livechat: &str, role: Role) -> Grant {
    Grant { livechat: LivechatId::parse(livechat).unwrap(), role, operator: None }
}

pub(super) fn operator(livechat: &str, operator: &str) -> Grant {
    Grant { operator: Some(OperatorId::parse(operator).unwrap()), ..grant(livechat, Role::Operator) }
}

/// One that costs the least that is allowed.
pub(super) async fn hasher() -> Hasher {
    Hasher::new(Parameters { memory_kib: 7_168, passes: 5, lanes: 1 }, None).await.unwrap()
}

pub(super) fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

/// The fields that a refusal names.
pub(super) fn wrong_fields<T: std::fmt::Debug>(refused: Result<T, Error>) -> Vec<String> {
    let refusal = refused.unwrap_err();
    let Error::Wrong(fields) = refusal else { panic!("{refusal:?}") };
    fields.into_iter().map(|field| field.field).collect()
}

/// The field with which something else collides.
pub(super) fn conflict<T: std::fmt::Debug>(refused: Result<T, Error>) -> String {
    let refusal = refused.unwrap_err();
    let Error::Conflict(field) = refusal else { panic!("{refusal:?}") };
    field.field
}

/// A server with an account for somebody with these roles, whose password is [`GOOD`].
pub(super) async fn with_account(server: &Server, address: &str, roles: Vec<Grant>) -> AccountId {
    let accounts = &server.app().accounts;
    let (draft, by) = (Draft { roles, ..draft(address) }, by_at(accounts.now()));
    let password = secret(GOOD);
    let created = password::create_with(accounts.database(), accounts.hasher(), &by, draft, &password);
    created.await.unwrap().id
}

/// The code that the authenticator with this secret shows at this time.
pub(super) fn code(secret: &str, at: Timestamp) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(at.timestamp()).unwrap()).to_string()
}

/// Whose password it is.
pub(super) async fn checked(
    database: &Database,
    hasher: &Hasher,
    address: &str,
    password: &SecretString,
) -> Result<Option<AccountId>, Error> {
    Ok(password::check(database, hasher, address, password).await?.map(|right| right.account))
}
