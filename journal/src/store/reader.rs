//! Reading the log: the same in both databases but for the types of their driver.

/// Defines `Reader`, which answers the reading half of a store from a pool of connections.
macro_rules! reader {
    ($pool:ty, $row:ty, $repository:ty) => {
        struct Reader {
            pool: $pool,
            repository: $repository,
        }

        impl Reader {
            fn over(pool: $pool) -> Self {
                Self { repository: <$repository>::new(pool.clone()), pool }
            }

            async fn load(
                &self,
                livechat: &LivechatId,
                after: Position,
            ) -> Result<Vec<SerializedEvent>, StoreError> {
                use cqrs_es::persist::PersistedEventRepository;
                let after = usize::try_from(after).unwrap_or(usize::MAX);
                Ok(self.repository.get_last_events::<Livechat>(livechat.as_str(), after).await?)
            }

            async fn page(
                &self,
                livechat: &LivechatId,
                after: Position,
                limit: usize,
            ) -> Result<Vec<SerializedEvent>, StoreError> {
                let rows = sqlx::query($crate::store::sql::PAGE)
                    .bind(Livechat::TYPE)
                    .bind(livechat.as_str())
                    .bind($crate::store::to_sql(after))
                    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
                    .fetch_all(&self.pool)
                    .await?;
                Ok(rows.iter().map(Self::read).collect::<Result<_, _>>()?)
            }

            async fn conversation(
                &self,
                livechat: &LivechatId,
                conversation: ConversationId,
                after: Position,
                limit: usize,
            ) -> Result<Vec<SerializedEvent>, StoreError> {
                let rows = sqlx::query($crate::store::sql::CONVERSATION)
                    .bind(livechat.as_str())
                    .bind(conversation.to_string())
                    .bind($crate::store::to_sql(after))
                    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
                    .fetch_all(&self.pool)
                    .await?;
                Ok(rows.iter().map(Self::read).collect::<Result<_, _>>()?)
            }

            async fn head(&self, livechat: &LivechatId) -> Result<Option<Head>, StoreError> {
                let row: Option<(i64, Vec<u8>)> = sqlx::query_as($crate::store::sql::HEAD)
                    .bind(livechat.as_str())
                    .fetch_optional(&self.pool)
                    .await?;
                Ok(row
                    .and_then(|(sequence, hash)| $crate::store::head_of(livechat.as_str(), sequence, &hash)))
            }

            async fn heads(&self) -> Result<Vec<Head>, StoreError> {
                let rows: Vec<(String, i64, Vec<u8>)> =
                    sqlx::query_as($crate::store::sql::HEADS).fetch_all(&self.pool).await?;
                Ok(rows
                    .iter()
                    .filter_map(|(livechat, sequence, hash)| {
                        $crate::store::head_of(livechat, *sequence, hash)
                    })
                    .collect())
            }

            fn read(row: &$row) -> Result<SerializedEvent, sqlx::Error> {
                use sqlx::Row;
                Ok(SerializedEvent::new(
                    row.try_get("aggregate_id")?,
                    usize::try_from(row.try_get::<i64, _>("sequence")?).unwrap_or_default(),
                    row.try_get("aggregate_type")?,
                    row.try_get("event_type")?,
                    row.try_get("event_version")?,
                    row.try_get("payload")?,
                    row.try_get("metadata")?,
                ))
            }
        }
    };
}

pub(super) use reader;
