//! Changes an account.

use domain::text::Language;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::draft::Draft;
use super::find::in_transaction;
use super::last_administrator;
use super::person::Account;
use super::role::Grant;
use super::write;
use crate::account_id::AccountId;
use crate::audit::{Action, record};
use crate::by::By;
use crate::database::Database;
use crate::error::Error;
use crate::sessions::{EndReason, Ended, end_all};

const CHANGED: Action = Action("account.changed");

const UPDATE: &str = "UPDATE account SET address = $2, address_key = $3, name = $4, name_key = $5,
    search_key = $6, language = $7, server_administrator = $8 WHERE id = $1";

/// What is to be different; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountChange)]
pub struct Change {
    /// The e-mail address.
    #[serde(default)]
    pub address: Option<String>,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// The language.
    #[serde(default)]
    pub language: Option<Language>,
    /// May create livechats, and give roles in all of them.
    #[serde(default)]
    pub server_administrator: Option<bool>,
    /// All its roles.
    #[serde(default)]
    pub roles: Option<Vec<Grant>>,
}

/// Changes an account. What changes nothing is not recorded. With another address, links that were sent to the old one
/// are no longer valid.
///
/// # Errors
/// As of [`super::create()`]; [`Error::Unknown`]; [`Error::Conflict`] when it would demote the last enabled server
/// administrator.
pub async fn change(database: &Database, by: &By, id: AccountId, change: Change) -> Result<Account, Error> {
    const REVOKE: &str = "DELETE FROM one_time_link WHERE account = $1";
    let mut transaction = database.write().await?;
    let before = in_transaction(&mut transaction, id).await?;
    let draft = drafted(&before, change).checked()?;
    if before.server_administrator && !draft.server_administrator {
        last_administrator::stays(&mut transaction, id, "server_administrator").await?;
    }
    write::address_is_free(&mut transaction, id, &draft).await?;
    let mut details = Map::new();
    let mut changed = |field: &str, is_other: bool, value: Value| {
        if is_other {
            details.insert(field.to_owned(), value);
        }
    };
    // Who somebody is is not in the trail, only that it changed.
    let other_address = draft.address != *before.address.reveal();
    changed("address", other_address, json!(true));
    changed("name", draft.name != *before.name.reveal(), json!(true));
    changed("language", draft.language != before.language, json!(draft.language));
    let administers = draft.server_administrator;
    changed("server_administrator", administers != before.server_administrator, json!(administers));
    let roles = draft.sorted_roles();
    let other_roles = roles != before.roles;
    changed("roles", other_roles, json!({ "before": before.roles, "after": roles }));
    if details.is_empty() {
        return Ok(before);
    }
    sqlx::query(UPDATE)
        .bind(id.to_string())
        .bind(draft.address)
        .bind(draft.address_key)
        .bind(draft.name)
        .bind(draft.name_key)
        .bind(draft.search_key)
        .bind(draft.language.code())
        .bind(i64::from(draft.server_administrator))
        .execute(&mut *transaction)
        .await?;
    if other_roles {
        write::roles(&mut transaction, id, &draft.roles).await?;
    }
    if other_address {
        sqlx::query(REVOKE).bind(id.to_string()).execute(&mut *transaction).await?;
    }
    record(&mut transaction, by, CHANGED, Some(id), &Value::Object(details)).await?;
    let ended = if other_roles || administers != before.server_administrator {
        end_all(&mut transaction, id, None, EndReason::RolesChanged, by.at).await?
    } else {
        Ended::default()
    };
    let account = in_transaction(&mut transaction, id).await?;
    database.commit(transaction, ended).await?;
    Ok(account)
}

/// The whole account as it is to be.
fn drafted(before: &Account, change: Change) -> Draft {
    Draft {
        address: change.address.unwrap_or_else(|| before.address.reveal().clone()),
        name: change.name.unwrap_or_else(|| before.name.reveal().clone()),
        language: change.language.unwrap_or(before.language),
        server_administrator: change.server_administrator.unwrap_or(before.server_administrator),
        roles: change.roles.unwrap_or_else(|| before.roles.clone()),
    }
}
