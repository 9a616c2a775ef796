//! Reading the log: the same in both databases but for the types of their driver.

/// Defines `Reader`, which reads from a pool of connections. The file that uses it
/// says how a time is stored: the type `Stamp`, and the functions `stamp` and `from_stamp`, and `record_stamp` for that
/// of a record; how a conversation is
/// read: the statement `CONVERSATION`; what reads pages: the type `Pages`; and, if there is a quicker way, how records
/// are read that are to be decoded.
macro_rules! reader {
    ($pool:ty, $row:ty $(, $records:item)?) => {
        struct Reader {
            pool: $pool,
            pages: Pages,
        }

        impl Reader {
            fn head_of(
                (livechat, sequence, hash, wake_at, attended): (String, i64, Vec<u8>, Option<Stamp>, bool),
            ) -> Option<Head> {
                Some(Head {
                    livechat: LivechatId::stored(&livechat).ok()?,
                    position: $crate::store::sql::from_sql(sequence),
                    hash: hash.try_into().ok()?,
                    wake_up: WakeUp { wake_at: wake_at.and_then(from_stamp), attended },
                })
            }

            fn stored(livechat: &LivechatId, row: &$row) -> Result<StoredRecord, sqlx::Error> {
                use sqlx::Row;
                Ok(StoredRecord {
                    livechat: livechat.clone(),
                    position: $crate::store::sql::from_sql(row.try_get("sequence")?),
                    event_type: row.try_get("event_type")?,
                    event_version: row.try_get("event_version")?,
                    payload: row.try_get("payload")?,
                    metadata: row.try_get("metadata")?,
                    hash: row.try_get("hash")?,
                })
            }

            fn linked(livechat: &LivechatId, row: &$row) -> Result<Linked, sqlx::Error> {
                use sqlx::Row;
                let previous: Option<Vec<u8>> = row.try_get("previous")?;
                Ok(Linked { stored: Self::stored(livechat, row)?, previous: previous.unwrap_or_default() })
            }

            /// The records that a query finds, as they come, up to the one with which they are long enough.
            async fn page_of<T: AsRef<StoredRecord>>(
                pool: &$pool,
                query: Statement<'_>,
                read: impl Fn(&$row) -> Result<T, sqlx::Error> + Send,
            ) -> Result<Vec<T>, StoreError> {
                use futures::TryStreamExt;
                let mut connection = pool.acquire().await?;
                let (mut page, mut bytes) = (Vec::new(), 0);
                let mut rows = query.fetch(&mut *connection);
                while bytes < $crate::store::stored_record::PAGE_BYTES
                    && let Some(row) = rows.try_next().await?
                {
                    let record = read(&row)?;
                    bytes += record.as_ref().bytes();
                    page.push(record);
                }
                drop(rows);
                if bytes >= $crate::store::stored_record::PAGE_BYTES {
                    // What is on its way still is of no use, and whoever comes next would have to wait for it.
                    connection.close_on_drop();
                }
                Ok(page)
            }
        }

        #[async_trait]
        impl Read for Reader {
            async fn page(
                &self,
                livechat: &LivechatId,
                after: Position,
                limit: usize,
            ) -> Result<Vec<StoredRecord>, StoreError> {
                self.pages.read(livechat, after, limit).await
            }

            $($records)?

            async fn conversation(
                &self,
                livechat: &LivechatId,
                conversation: ConversationId,
                after: Position,
                limit: usize,
            ) -> Result<Vec<Linked>, StoreError> {
                let query = sqlx::query(CONVERSATION)
                    .bind(Livechat::TYPE)
                    .bind(livechat.as_str())
                    .bind(conversation.0)
                    .bind($crate::store::sql::to_sql(after))
                    .bind(i64::try_from(limit).unwrap_or(i64::MAX));
                Self::page_of(&self.pool, query, |row| Self::linked(livechat, row)).await
            }

            async fn head(&self, livechat: &LivechatId) -> Result<Option<Head>, StoreError> {
                let row = sqlx::query_as($crate::store::sql::HEAD)
                    .bind(livechat.as_str())
                    .fetch_optional(&self.pool)
                    .await?;
                Ok(row.and_then(Self::head_of))
            }

            async fn heads(&self) -> Result<Vec<Head>, StoreError> {
                let rows = sqlx::query_as($crate::store::sql::HEADS).fetch_all(&self.pool).await?;
                Ok(rows.into_iter().filter_map(Self::head_of).collect())
            }

            async fn logs(&self) -> Result<Vec<LivechatId>, StoreError> {
                let rows: Vec<String> = sqlx::query_scalar($crate::store::sql::LOGS)
                    .bind(Livechat::TYPE)
                    .fetch_all(&self.pool)
                    .await?;
                Ok(rows.iter().filter_map(|livechat| LivechatId::stored(livechat).ok()).collect())
            }

            async fn waking(&self, until: Timestamp) -> Result<Vec<(LivechatId, Timestamp)>, StoreError> {
                let rows: Vec<(String, Stamp)> = sqlx::query_as($crate::store::sql::WAKING)
                    .bind(stamp(until))
                    .fetch_all(&self.pool)
                    .await?;
                Ok(rows
                    .into_iter()
                    .filter_map(|(livechat, at)| Some((LivechatId::stored(&livechat).ok()?, from_stamp(at)?)))
                    .collect())
            }

            async fn ahead(&self, of: Timestamp) -> Result<Vec<LivechatId>, StoreError> {
                let rows: Vec<String> = sqlx::query_scalar($crate::store::sql::AHEAD)
                    .bind(Livechat::TYPE)
                    .bind(record_stamp(of))
                    .fetch_all(&self.pool)
                    .await?;
                Ok(rows.iter().filter_map(|livechat| LivechatId::stored(livechat).ok()).collect())
            }

            async fn set_backs(&self, livechat: &LivechatId) -> Result<Vec<StoredRecord>, StoreError> {
                let rows = sqlx::query($crate::store::sql::SET_BACKS)
                    .bind(Livechat::TYPE)
                    .bind(livechat.as_str())
                    .fetch_all(&self.pool)
                    .await?;
                Ok(rows.iter().map(|row| Self::stored(livechat, row)).collect::<Result<_, _>>()?)
            }

            async fn last_heartbeat(&self) -> Result<Option<Timestamp>, StoreError> {
                let at: Option<Stamp> =
                    sqlx::query_scalar($crate::store::sql::LAST_HEARTBEAT).fetch_optional(&self.pool).await?;
                Ok(at.and_then(from_stamp))
            }

            async fn attended(&self) -> Result<Vec<LivechatId>, StoreError> {
                let rows: Vec<String> =
                    sqlx::query_scalar($crate::store::sql::ATTENDED).fetch_all(&self.pool).await?;
                Ok(rows.iter().filter_map(|livechat| LivechatId::stored(livechat).ok()).collect())
            }

            async fn snapshot(&self, livechat: &LivechatId) -> Result<Option<Snapshot>, StoreError> {
                let row: Option<(i64, i32, Vec<u8>, Vec<u8>, Vec<u8>)> =
                    sqlx::query_as($crate::store::sql::SNAPSHOT)
                        .bind(livechat.as_str())
                        .fetch_optional(&self.pool)
                        .await?;
                Ok(row.map(|(sequence, version, record_hash, checksum, state)| Snapshot {
                    position: $crate::store::sql::from_sql(sequence),
                    version,
                    record_hash,
                    checksum,
                    state,
                }))
            }

            async fn ping(&self) -> Result<(), StoreError> {
                sqlx::query($crate::store::sql::PING).fetch_optional(&self.pool).await?;
                Ok(())
            }
        }
    };
}

pub(super) use reader;
