//! Answers: which mails are waiting to be sent (spec.md §Desk options, `mail_to_self`)?
//!
//! One row per requested mail. A row holds a personal address: it is for the program that delivers
//! mail, never for a screen. Nothing is delivered from here yet, so every row is pending.

use chrono::{DateTime, Utc};
use domain::{ConversationFact, Exchange, Fact, LivechatId};
use journal::{Position, Record};
use serde::{Deserialize, Serialize};

use crate::database::{Select, Transaction};
use crate::encoding;
use crate::error::Error;
use crate::page::{PAGE_MAX, Page};
use crate::projection::{EventKey, Projection, Table};

/// The projection.
#[derive(Clone, Copy, Debug)]
pub struct Outbox;

/// What a mail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A copy of a conversation, for the operator who was in charge.
    Copy,
}

/// What has become of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It has not been sent yet.
    Pending,
}

column_types! { Text: Kind, State; }

row! {
    table "outbox", key [livechat, position];

    /// One mail.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct Mail {
        /// In which livechat.
        pub livechat: String,
        /// The position of the event in the log.
        pub position: i64,
        /// The conversation it is about, a UUID.
        pub conversation: String,
        /// The operator who asked for it.
        pub operator: Option<String>,
        /// The address it goes to: personal.
        pub recipient: String,
        /// When it was asked for.
        #[serde(with = "encoding::millis")]
        pub at: DateTime<Utc>,
        /// What it is.
        pub kind: Kind,
        /// What has become of it.
        pub state: State,
    }
}

impl Projection for Outbox {
    type Row = Mail;
    type Key = EventKey;

    const TABLE: Table = Mail::TABLE;

    const APPEND_ONLY: bool = true;

    fn keys(event: &Record) -> impl IntoIterator<Item = EventKey> {
        matches!(
            &event.event.fact,
            Fact::Conversation { fact: ConversationFact::Exchange(Exchange::CopyMailed { .. }), .. }
        )
        .then(|| EventKey::of(event))
    }

    fn fold(row: Option<Box<Mail>>, key: &EventKey, event: &Record) -> Option<Box<Mail>> {
        let Fact::Conversation {
            conversation,
            operator,
            fact: ConversationFact::Exchange(Exchange::CopyMailed { to }),
        } = &event.event.fact
        else {
            return row;
        };
        Some(Box::new(Mail {
            livechat: key.livechat.to_string(),
            position: key.position,
            conversation: conversation.to_string(),
            operator: operator.as_ref().map(ToString::to_string),
            recipient: to.reveal().to_string(),
            at: event.event.at,
            kind: Kind::Copy,
            state: State::Pending,
        }))
    }
}

/// Oldest first, at most [`PAGE_MAX`].
pub(crate) async fn pending(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    after: Position,
    limit: usize,
) -> Result<Page<Mail>, Error> {
    let limit = limit.clamp(1, PAGE_MAX);
    let select = Select::from(Outbox::TABLE)
        .equal("livechat", livechat)
        .equal("state", &encoding::word(&State::Pending))
        .after("position", encoding::position(after))
        .order("position");
    Ok(Page::of(transaction.page(select, limit).await?, |row: &Mail| row.position))
}
