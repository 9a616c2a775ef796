//! Creates an account. It has no password yet: its holder sets one by a link ([`crate::link`]).

use serde_json::json;

use super::draft::Draft;
use super::find::in_transaction;
use super::person::Account;
use super::write;
use crate::account_id::AccountId;
use crate::audit::{Action, record};
use crate::by::By;
use crate::database::{Database, Transaction, stored_time};
use crate::error::Error;

const CREATED: Action = Action("account.created");

const INSERT: &str = "INSERT INTO account
    (id, address, address_key, name, name_key, search_key, language, server_administrator, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// Creates an account.
///
/// # Errors
/// [`Error::Wrong`] names every wrong field; [`Error::Conflict`] an address or an operator that another account has;
/// the database.
pub async fn create(database: &Database, by: &By, draft: Draft) -> Result<Account, Error> {
    let mut transaction = database.write().await?;
    let account = insert(&mut transaction, by, draft).await?;
    transaction.commit().await?;
    Ok(account)
}

/// Creates an account in a transaction.
pub(crate) async fn insert(transaction: &mut Transaction, by: &By, draft: Draft) -> Result<Account, Error> {
    let draft = draft.checked()?;
    let id = AccountId::new(by.at);
    write::address_is_free(transaction, id, &draft).await?;
    sqlx::query(INSERT)
        .bind(id.to_string())
        .bind(draft.address)
        .bind(draft.address_key)
        .bind(draft.name)
        .bind(draft.name_key)
        .bind(draft.search_key)
        .bind(draft.language.code())
        .bind(i64::from(draft.server_administrator))
        .bind(stored_time(by.at))
        .execute(&mut **transaction)
        .await?;
    write::roles(transaction, id, &draft.roles).await?;
    let details = json!({ "server_administrator": draft.server_administrator, "roles": draft.roles });
    record(transaction, by, CREATED, Some(id), &details).await?;
    in_transaction(transaction, id).await
}
