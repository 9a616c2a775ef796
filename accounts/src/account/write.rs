//! Writes what a draft says, or says which field collides with another account.

use domain::bilingual::both;
use domain::both;
use domain::field::FieldError;

use super::draft::Checked;
use super::role::Grant;
use crate::account_id::AccountId;
use crate::database::Transaction;
use crate::error::Error;

/// Refuses an address of another account.
pub(super) async fn address_is_free(
    transaction: &mut Transaction,
    id: AccountId,
    draft: &Checked,
) -> Result<(), Error> {
    const TAKEN: &str = "SELECT COUNT(*) FROM account WHERE address_key = $1 AND id <> $2";
    let count = sqlx::query_scalar(TAKEN).bind(draft.address_key.clone()).bind(id.to_string());
    let taken: i64 = count.fetch_one(&mut **transaction).await?;
    if taken == 0 {
        return Ok(());
    }
    let allowed = both("an address that no other account has", "une adresse qu’aucun autre compte n’a");
    Err(Error::Conflict(FieldError::new("address", allowed)))
}

/// Replaces the roles of an account.
pub(super) async fn roles(
    transaction: &mut Transaction,
    id: AccountId,
    roles: &[Grant],
) -> Result<(), Error> {
    const DELETE: &str = "DELETE FROM account_role WHERE account = $1";
    const TAKEN: &str = "SELECT COUNT(*) FROM account_role WHERE livechat = $1 AND operator_id = $2";
    const INSERT: &str =
        "INSERT INTO account_role (account, livechat, role, operator_id) VALUES ($1, $2, $3, $4)";
    sqlx::query(DELETE).bind(id.to_string()).execute(&mut **transaction).await?;
    for (index, grant) in roles.iter().enumerate() {
        let operator = grant.operator.as_ref().map(ToString::to_string);
        if let Some(operator) = &operator {
            let count = sqlx::query_scalar(TAKEN).bind(grant.livechat.to_string()).bind(operator.clone());
            let taken: i64 = count.fetch_one(&mut **transaction).await?;
            if taken > 0 {
                return Err(is_somebody_else(index, operator));
            }
        }
        sqlx::query(INSERT)
            .bind(id.to_string())
            .bind(grant.livechat.to_string())
            .bind(grant.role.name())
            .bind(operator)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

fn is_somebody_else(index: usize, operator: &str) -> Error {
    let allowed = both!(
        "an operator who is no other account; {operator} is one",
        "un opérateur qui n’est pas déjà un autre compte, ce que {operator} est"
    );
    Error::Conflict(FieldError::new(format!("roles[{index}].operator"), allowed))
}
