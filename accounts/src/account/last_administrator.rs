//! The last enabled server administrator stays: without one, nobody could give anybody a role again.

use domain::bilingual::both;
use domain::field::FieldError;

use crate::account_id::AccountId;
use crate::database::Transaction;
use crate::error::Error;

/// Refuses what would leave no server administrator but `leaving`, saying so of `field`. Changes are made one at a time,
/// so two administrators cannot remove each other.
pub(super) async fn stays(
    transaction: &mut Transaction,
    leaving: AccountId,
    field: &str,
) -> Result<(), Error> {
    const OTHERS: &str =
        "SELECT COUNT(*) FROM account WHERE server_administrator = 1 AND disabled_at IS NULL AND id <> $1";
    const IS_ONE: &str =
        "SELECT COUNT(*) FROM account WHERE server_administrator = 1 AND disabled_at IS NULL AND id = $1";
    let count = |sql| sqlx::query_scalar::<_, i64>(sql).bind(leaving.to_string());
    let others = count(OTHERS).fetch_one(&mut **transaction).await?;
    let is_one = count(IS_ONE).fetch_one(&mut **transaction).await?;
    if is_one == 0 || others > 0 {
        return Ok(());
    }
    let allowed = both(
        "at least one enabled server administrator remains; make another one first",
        "il reste au moins un administrateur du serveur actif\u{202f}; nommez-en d’abord un autre",
    );
    Err(Error::Conflict(FieldError::new(field, allowed)))
}
