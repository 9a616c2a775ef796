//! The frames of the visitor's socket, in both directions.

use chrono::{DateTime, Utc};
use domain::event::{EndReason, File, RefusalReason, ReleaseReason};
use domain::personal::Personal;
use domain::text::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::snapshot::WaitingSurvey;
use crate::live::signals::Sender;

/// What is sent to a visitor.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum VisitorFrame {
    /// All operators are busy.
    Queued {
        /// The place in the queue, from 1.
        queue_position: usize,
        /// The estimated wait in minutes, if it can be estimated.
        wait_minutes: Option<u32>,
    },
    /// The visitor has come forward in the queue, or has to wait again.
    QueueAdvanced {
        /// The place in the queue, from 1.
        queue_position: usize,
        /// The estimated wait in minutes, if it can be estimated.
        wait_minutes: Option<u32>,
    },
    /// An operator has been found, but has not answered yet.
    Assigned,
    /// The operator is there.
    PickedUp {
        /// The operator's name.
        operator: Option<String>,
    },
    /// A message; the visitor's own ones are sent as well.
    Message {
        /// Its number in the conversation, from 1 without gaps.
        number: u32,
        /// In whose voice.
        from: Sender,
        /// What was said.
        #[schema(value_type = String)]
        text: Text,
        /// The id of the command that sent it.
        command: Uuid,
    },
    /// Another operator takes over.
    Transferred {
        /// The new operator's name.
        operator: Option<String>,
    },
    /// Whether the operator is looking for information.
    Searching {
        /// Whether it is so.
        searching: bool,
    },
    /// The conversation ends soon if the visitor stays silent.
    TimeoutAnnounced {
        /// When.
        ends_at: DateTime<Utc>,
    },
    /// The operator asks for a file.
    FileRequested {
        /// Which one.
        note: Option<String>,
    },
    /// A file was sent; the visitor's own files are sent as well.
    File {
        /// The sender.
        from: Sender,
        /// What is known of it.
        file: File,
    },
    /// A survey waits for answers.
    Survey(WaitingSurvey),
    /// The survey does not wait any more: it was answered, or its time is over.
    SurveyClosed {
        /// The number of the segment of the conversation that it is about, from 1.
        segment: u32,
    },
    /// Nobody will answer.
    RequestRefused {
        /// Why.
        reason: RefusalReason,
    },
    /// Nobody answered, and nobody will.
    Released {
        /// Why.
        reason: ReleaseReason,
    },
    /// The visitor has left before the pick-up.
    Left,
    /// The livechat is over, and with it the conversation unless it is kept open.
    Ended {
        /// Why.
        reason: EndReason,
        /// Does the conversation go on with the bot? The frame `kept_open` says until when.
        kept_open: bool,
    },
    /// The conversation stays open: the visitor goes on with the bot and may ask again.
    KeptOpen {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// The conversation that was kept open is over.
    Closed,
}

/// What a visitor's page may say.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum VisitorCommand {
    /// A message.
    Message {
        /// Repeated with the same id, it is recorded once.
        id: Uuid,
        /// 1 to 5,000 characters.
        #[schema(value_type = String)]
        text: Text,
    },
    /// Give up waiting.
    Leave {
        /// See `message`.
        id: Uuid,
    },
    /// End the conversation.
    End {
        /// See `message`.
        id: Uuid,
    },
    /// The visitor is typing.
    Typing,
    /// The messages up to this number are on the screen.
    Delivered {
        /// The number of the last one.
        number: u32,
    },
    /// The visitor has looked at the messages up to this number.
    Read {
        /// The number of the last one.
        number: u32,
    },
    /// Whether the visitor looks at the page: it is, until this says otherwise. Of several pages of one visitor
    /// one is enough.
    Looking {
        /// Whether it is so.
        looking: bool,
    },
    /// The page of the site that the visitor is on; the same again is not recorded twice.
    Page {
        /// Its address: 1 to 2,000 characters.
        url: Personal<String>,
        /// Its title, if it has one: 1 to 2,000 characters.
        #[serde(default)]
        title: Option<Personal<String>>,
    },
}
