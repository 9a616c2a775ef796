//! Pages of the log, read by its key.

use async_trait::async_trait;
use cqrs_es::Aggregate;
use domain::{Livechat, LivechatId};
use sqlx::PgPool;
use sqlx::postgres::{PgRow, Postgres};

use crate::log::record::Position;
use crate::log::store::dialect::{Value, statement};
use crate::log::store::error::StoreError;
use crate::log::store::pages::Pages;
use crate::log::store::reader::{page_of, stored};
use crate::log::store::sql::{self, limit_to_sql, to_sql};
use crate::log::store::stored_record::StoredRecord;

/// Reads pages of the log.
pub(crate) struct PostgresPages(pub(super) PgPool);

#[async_trait]
impl Pages for PostgresPages {
    async fn read(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<StoredRecord>, StoreError> {
        let values = [
            Value::Text(Livechat::TYPE),
            Value::Text(livechat.as_str()),
            Value::Number(to_sql(after)),
            Value::Number(limit_to_sql(limit)),
        ];
        let read = |row: &PgRow| stored::<Postgres>(livechat, row);
        page_of(&self.0, statement(sql::PAGE, &values), read).await
    }
}
