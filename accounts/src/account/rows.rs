//! Accounts as they are stored.

use std::collections::HashMap;

use domain::text::Language;
use domain::{LivechatId, OperatorId};
use sqlx::any::AnyRow;
use sqlx::{Any, Executor, FromRow, Row};

use super::person::Account;
use super::role::{Grant, Role};
use crate::account_id::AccountId;
use crate::database::read_time;
use crate::error::Error;

/// What is read of an account, from the table under this name.
macro_rules! columns {
    () => {
        "account.id, account.address, account.name, account.language, account.server_administrator,
         CASE WHEN account.password_hash IS NULL THEN 0 ELSE 1 END AS has_password, account.created_at, account.disabled_at,
         account.last_sign_in_at"
    };
}

pub(super) use columns;

/// An account without its roles.
#[derive(FromRow)]
pub(super) struct Stored {
    id: String,
    address: String,
    name: String,
    language: String,
    server_administrator: i64,
    has_password: i64,
    created_at: i64,
    disabled_at: Option<i64>,
    last_sign_in_at: Option<i64>,
}

impl Stored {
    fn account(self) -> Result<Account, Error> {
        let language = Language::ALL.into_iter().find(|language| language.code() == self.language);
        Ok(Account {
            id: AccountId::stored(&self.id)?,
            address: self.address.into(),
            name: self.name.into(),
            language: language.ok_or(Error::Stored("its language"))?,
            server_administrator: self.server_administrator != 0,
            roles: vec![],
            has_password: self.has_password != 0,
            created: read_time(self.created_at),
            disabled: self.disabled_at.map(read_time),
            last_sign_in: self.last_sign_in_at.map(read_time),
        })
    }
}

/// Completes rows with their roles, in the order of the rows.
pub(super) async fn with_roles<'c>(
    executor: impl Executor<'c, Database = Any>,
    rows: Vec<Stored>,
) -> Result<Vec<Account>, Error> {
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let places = (1..=rows.len()).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT account, livechat, role, operator_id FROM account_role WHERE account IN ({places})
         ORDER BY account, livechat, role"
    );
    let mut query = sqlx::query(&sql);
    for row in &rows {
        query = query.bind(row.id.clone());
    }
    let mut roles: HashMap<AccountId, Vec<Grant>> = HashMap::new();
    for row in query.fetch_all(executor).await? {
        let (account, grant) = grant(&row)?;
        roles.entry(account).or_default().push(grant);
    }
    let complete = |row: Stored| {
        let mut account = row.account()?;
        account.roles = roles.remove(&account.id).unwrap_or_default();
        account.roles.sort();
        Ok(account)
    };
    rows.into_iter().map(complete).collect()
}

fn grant(row: &AnyRow) -> Result<(AccountId, Grant), Error> {
    let text = |column| row.try_get::<String, _>(column);
    let operator: Option<String> = row.try_get("operator_id")?;
    let operator = operator.as_deref().map(OperatorId::stored).transpose();
    let grant = Grant {
        livechat: LivechatId::stored(&text("livechat")?).map_err(|_| Error::Stored("a livechat"))?,
        role: Role::of_name(&text("role")?).ok_or(Error::Stored("a role"))?,
        operator: operator.map_err(|_| Error::Stored("an operator"))?,
    };
    Ok((AccountId::stored(&text("account")?)?, grant))
}
