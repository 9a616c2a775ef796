//! Lists accounts by name.

use data_encoding::BASE64URL_NOPAD;
use domain::LivechatId;
use domain::both;
use domain::field::FieldError;
use sqlx::Row;

use super::keys::folded;
use super::person::Account;
use super::role::Role;
use super::rows::{columns, with_roles};
use crate::database::Database;
use crate::error::Error;
use crate::limits::SEARCH_CHARACTERS_MAX;
use crate::page::{self, Page};

/// Which accounts: those that meet everything that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// With a role in this livechat.
    pub livechat: Option<LivechatId>,
    /// With this role, in the livechat if one is given.
    pub role: Option<Role>,
    /// Server administrators, or all others.
    pub server_administrator: Option<bool>,
    /// Disabled ones, or those that are not.
    pub disabled: Option<bool>,
    /// With this in the name or the address, without regard to case and accents: at most 254 characters.
    pub text: Option<String>,
}

const SELECT: &str = concat!(
    "SELECT ",
    columns!(),
    ", account.name_key FROM account
    WHERE (account.name_key, account.id) > ($1, $2)
      AND ($3 IS NULL AND $4 IS NULL OR EXISTS (
          SELECT 1 FROM account_role WHERE account_role.account = account.id
             AND ($3 IS NULL OR account_role.livechat = $3) AND ($4 IS NULL OR account_role.role = $4)))
      AND ($5 IS NULL OR account.server_administrator = $5)
      AND ($6 IS NULL OR (account.disabled_at IS NOT NULL) = ($6 = 1))
      AND ($7 IS NULL OR account.search_key LIKE $7 ESCAPE '!')
    ORDER BY account.name_key, account.id LIMIT $8"
);

/// A page of accounts, by name. Accounts that are renamed meanwhile may be in two pages or in none.
///
/// # Errors
/// [`Error::Wrong`] for a number of rows out of 1 to 200, a text that is too long, or a cursor of something else; the
/// database.
pub async fn list(
    database: &Database,
    filter: &Filter,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<Account>, Error> {
    let limit = page::limit(limit)?;
    let (name, id) = after.map_or(Ok((String::new(), String::new())), place)?;
    let rows = sqlx::query(SELECT)
        .bind(name)
        .bind(id)
        .bind(filter.livechat.as_ref().map(ToString::to_string))
        .bind(filter.role.map(Role::name))
        .bind(filter.server_administrator.map(i64::from))
        .bind(filter.disabled.map(i64::from))
        .bind(filter.text.as_deref().map(pattern).transpose()?)
        .bind(page::one_more(limit))
        .fetch_all(database.read())
        .await?;
    let mut cursors = vec![];
    let mut stored = vec![];
    for row in &rows {
        cursors.push(cursor(row.try_get("name_key")?, row.try_get("id")?));
        stored.push(sqlx::FromRow::from_row(row)?);
    }
    let accounts = with_roles(database.read(), stored).await?;
    let page = Page::of(accounts.into_iter().zip(cursors).collect(), limit, |(_, cursor)| cursor.clone());
    Ok(Page { items: page.items.into_iter().map(|(account, _)| account).collect(), next: page.next })
}

/// What is looked for, as LIKE reads it.
fn pattern(text: &str) -> Result<String, Error> {
    let max = SEARCH_CHARACTERS_MAX;
    if text.chars().count() > max || text.contains('\0') {
        let allowed = both!("at most {max} characters, without NUL", "{max} caractères au plus, sans NUL");
        return Err(Error::wrong(FieldError::new("text", allowed)));
    }
    let mut pattern = String::from("%");
    for character in folded(text.trim()).chars() {
        if "%_!".contains(character) {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    Ok(pattern)
}

/// Separates the two parts of a cursor; neither has it.
const BETWEEN: char = '\n';

fn cursor(name: &str, id: &str) -> String {
    BASE64URL_NOPAD.encode(format!("{id}{BETWEEN}{name}").as_bytes())
}

/// Where a page begins: after this name and id.
fn place(cursor: &str) -> Result<(String, String), Error> {
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|text| !text.contains('\0'));
    let place = text.as_deref().and_then(|text| text.split_once(BETWEEN));
    place.map(|(id, name)| (name.to_owned(), id.to_owned())).ok_or_else(page::wrong_cursor)
}
