//! The account that a path names.

use accounts::account;
use accounts::{Account, AccountId};

use crate::app::App;
use crate::http::problem::Problem;

/// The account, or the refusal.
///
/// # Errors
/// `unknown_account`; the database.
pub(super) async fn found(app: &App, id: AccountId) -> Result<Account, Problem> {
    let account = account::find(app.accounts.database(), id).await?;
    Ok(account.ok_or_else(AccountId::unknown)?)
}
