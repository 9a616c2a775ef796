//! A conversation is read alone, and whole at any time: what is noted about where its records are is
//! filled in later, and what is not noted yet is found all the same.

use std::sync::Arc;

use domain::{Action, ConversationAction, ConversationId};
use journal::entry::Entry;
use journal::{Position, Store};
use pupitre_tests::patience::soon;
use pupitre_tests::store::{Sql, StoreUnderTest, each_store};

use super::story::{Story, by_operator, by_visitor, id, write};

const VISITORS: [&str; 3] = ["zoe", "yann", "xena"];

/// A livechat in which three visitors write, now one, now another.
struct Babble {
    log: Arc<dyn Store>,
    story: Story,
    conversations: Vec<ConversationId>,
    entries: Vec<Entry>,
}

impl Babble {
    async fn begin(log: Arc<dyn Store>) -> Self {
        let (mut story, mut entries) = Story::opened("support");
        let mut conversations = Vec::new();
        for visitor in VISITORS {
            let (conversation, more) = story.requests(visitor);
            conversations.push(conversation);
            entries.extend(more);
            entries.extend(story.goes_on(
                by_operator("alice"),
                Action::Conversation(conversation, ConversationAction::PickUp),
            ));
        }
        soon(log.append(&entries)).await.unwrap();
        Self { log, story, conversations, entries }
    }

    /// So many messages in one batch.
    async fn batch(&mut self, messages: usize) {
        let mut batch = Vec::new();
        for _ in 0..messages {
            // Neither in turns nor evenly.
            let who = [0, 0, 1, 0, 2, 1, 0][(self.story.position % 7) as usize];
            let message = write(self.conversations[who], "encore");
            batch.extend(self.story.goes_on(by_visitor(VISITORS[who]), message));
        }
        soon(self.log.append(&batch)).await.unwrap();
        self.entries.extend(batch);
    }

    /// Each conversation is what was recorded of it, from wherever it is read.
    async fn assert_whole(&self, log: &dyn Store) {
        let last = self.story.position;
        for conversation in &self.conversations {
            for after in [0, 10, last / 2, last.saturating_sub(1_001), last - 1, last] {
                let of_it =
                    |entry: &&Entry| entry.conversation == Some(*conversation) && entry.position > after;
                let positions: Vec<_> =
                    self.entries.iter().filter(of_it).map(|entry| entry.position).collect();
                assert_eq!(
                    self.read(log, *conversation, after, 100_000).await,
                    positions,
                    "after {after} of {last}"
                );
                let page: Vec<_> = positions.into_iter().take(10).collect();
                assert_eq!(self.read(log, *conversation, after, 10).await, page, "after {after} of {last}");
            }
        }
    }

    async fn read(
        &self,
        log: &dyn Store,
        conversation: ConversationId,
        after: Position,
        limit: usize,
    ) -> Vec<Position> {
        let records =
            log.read().conversation(&self.story.livechat, conversation, after, limit).await.unwrap();
        records.iter().map(|record| record.stored.position).collect()
    }
}

/// Up to where it is noted which conversation a record of the livechat concerns.
async fn noted(under_test: &StoreUnderTest) -> Position {
    const MARK: &str = "SELECT sequence FROM conversation_marks WHERE livechat = 'support'";
    let mark: Result<Option<i64>, _> = match under_test.sql().await {
        Sql::Sqlite(pool) => sqlx::query_scalar(MARK).fetch_optional(&pool).await,
        Sql::Postgres(pool) => sqlx::query_scalar(MARK).fetch_optional(&pool).await,
    };
    mark.unwrap().unwrap_or_default().try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_whole_after_every_batch_and_after_a_restart() {
    each_store(async |under_test| {
        let mut babble = Babble::begin(under_test.open().await).await;
        babble.assert_whole(babble.log.as_ref()).await;
        assert_eq!(noted(&under_test).await, 0);
        for messages in [1, 400, 573, 1, 1, 300, 2_500, 1] {
            babble.batch(messages).await;
            babble.assert_whole(babble.log.as_ref()).await;
            let (last, noted) = (babble.story.position, noted(&under_test).await);
            assert!(noted <= last && last - noted < 1_000, "noted up to {noted} of {last}");
        }
        babble.log.close().await;
        babble.assert_whole(under_test.open().await.as_ref()).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conversations_with_one_id_in_two_livechats_are_kept_apart() {
    each_store(async |under_test| {
        let log = under_test.open().await;
        let mut babble = Babble::begin(log.clone()).await;
        // The same records, but for whose they are.
        let mut others = babble.entries.clone();
        for entry in &mut others {
            entry.livechat = id("sales");
        }
        log.append(&others).await.unwrap();
        babble.batch(1_500).await;
        babble.assert_whole(log.as_ref()).await;
        let zoe = babble.conversations[0];
        let there = log.read().conversation(&id("sales"), zoe, 0, 1_000).await.unwrap();
        assert_eq!(there.len(), others.iter().filter(|entry| entry.conversation == Some(zoe)).count());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_index_of_conversations_can_be_lost() {
    each_store(async |under_test| {
        let mut babble = Babble::begin(under_test.open().await).await;
        babble.batch(1_500).await;
        let sql = under_test.sql().await;
        sql.execute("DELETE FROM conversation_marks").await.unwrap();
        babble.assert_whole(babble.log.as_ref()).await;
        // Everything is noted once more: the first records twice.
        babble.batch(1_000).await;
        babble.assert_whole(babble.log.as_ref()).await;
        sql.execute("DELETE FROM conversation_records").await.unwrap();
        sql.execute("DELETE FROM conversation_marks").await.unwrap();
        babble.assert_whole(babble.log.as_ref()).await;
        babble.batch(1_000).await;
        assert_eq!(noted(&under_test).await, babble.story.position);
        babble.assert_whole(babble.log.as_ref()).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_from_before_it_was_noted_is_noted_when_it_is_brought_up_to_date() {
    const BEFORE: &str = "DROP TABLE conversation_records; DROP TABLE conversation_marks;
        CREATE INDEX events_by_conversation ON events (conversation_id, sequence);";
    each_store(async |under_test| {
        let mut babble = Babble::begin(under_test.open().await).await;
        babble.batch(1_200).await;
        match under_test.sql().await {
            Sql::Sqlite(pool) => {
                sqlx::raw_sql(BEFORE).execute(&pool).await.unwrap();
                let now = include_str!("../../../../migrations/log/sqlite/0004_conversations.sql");
                sqlx::raw_sql(now).execute(&pool).await.unwrap();
            }
            Sql::Postgres(pool) => {
                sqlx::raw_sql(BEFORE).execute(&pool).await.unwrap();
                let now = include_str!("../../../../migrations/log/postgres/0005_conversations.sql");
                sqlx::raw_sql(now).execute(&pool).await.unwrap();
            }
        }
        assert_eq!(noted(&under_test).await, babble.story.position);
        babble.assert_whole(babble.log.as_ref()).await;
        babble.batch(1_200).await;
        babble.assert_whole(babble.log.as_ref()).await;
    })
    .await;
}
