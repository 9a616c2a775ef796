//! One conversation: the row, and its state.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::encoding;
use crate::requested_by::RequestedBy;

/// Where a conversation stands (spec.md §The life of a conversation).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConversationState)]
pub enum State {
    /// Asked for; the answer of the rules follows at once.
    Requested,
    /// In the queue.
    Waiting,
    /// On an operator's desk.
    Assigned,
    /// In an operator's charge.
    PickedUp,
    /// Over: refused.
    Refused,
    /// Over: the visitor gave up waiting.
    Left,
    /// Over: released without an answer.
    Released,
    /// Over, and closed if it was kept open.
    Ended,
    /// The livechat is over; the conversation is kept open, so that the visitor may ask again.
    KeptOpen,
}

column_types! { Text: State; }

impl State {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::Requested,
        Self::Waiting,
        Self::Assigned,
        Self::PickedUp,
        Self::Refused,
        Self::Left,
        Self::Released,
        Self::Ended,
        Self::KeptOpen,
    ];

    /// Has a conversation in this state ended?
    pub const fn is_over(self) -> bool {
        match self {
            Self::Requested | Self::Waiting | Self::Assigned | Self::PickedUp => false,
            Self::Refused | Self::Left | Self::Released | Self::Ended | Self::KeptOpen => true,
        }
    }
}

row! {
    table "conversations", key [livechat, conversation];

    /// One conversation.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
    pub struct Conversation {
        /// In which livechat.
        pub livechat: String,
        /// Its identifier, a UUID.
        pub conversation: String,
        /// The visitor's identifier.
        pub visitor: String,
        /// The visitor's name, if known.
        pub visitor_name: Option<String>,
        /// Who made the request: the details of a `visitor` are claims that nobody has checked.
        pub requested_by: RequestedBy,
        /// The visitor's language: `fr` or `en`.
        pub language: String,
        /// The skill asked for, by the request or by the last transfer to a skill.
        pub skill: Option<String>,
        /// What the skill is called, in the language of the reader; it is not kept with the row.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub skill_name: Option<String> = no column,
        /// Where it stands.
        pub state: State,
        /// Why the last segment was refused (`no_operator`, `queue_full`, …), released (`unanswered`, `closing`),
        /// left before an operator picked up (`gave_up`, or `left_site` without a word) or has ended (`visitor`,
        /// `operator`, `supervisor`, `timeout`).
        pub reason: Option<String>,
        /// Who is in charge, or last was.
        pub operator: Option<String>,
        /// How often it was passed on, in whichever way.
        pub transfers: i64,
        /// How often it was transferred by hand.
        pub transfers_manual: i64,
        /// How often it was passed on because the operator was inactive.
        pub transfers_inactive: i64,
        /// How often it was passed on because the operator was disconnected.
        pub transfers_disconnected: i64,
        /// How often it came back to the queue because the operator was disconnected.
        pub returns_to_queue: i64,
        /// Marked as important, as last said.
        pub important: bool,
        /// Calls for help to the manager.
        pub help_calls: i64,
        /// Files sent by the visitor.
        pub files_visitor: i64,
        /// Files sent by the operator.
        pub files_operator: i64,
        /// How often it was requested: 1, and one more each time that the visitor asked again after it was
        /// kept open.
        pub segments: i64,
        /// When it was first requested.
        #[serde(with = "encoding::millis")]
        pub requested_at: DateTime<Utc>,
        /// The position of the request in the log: newest first is by this.
        pub requested_position: i64,
        /// When it was last requested: the same, unless the visitor asked again.
        #[serde(with = "encoding::millis")]
        pub last_requested_at: DateTime<Utc>,
        /// When an operator was first given it.
        #[serde(with = "encoding::millis_option")]
        pub assigned_at: Option<DateTime<Utc>>,
        /// When an operator first picked it up.
        #[serde(with = "encoding::millis_option")]
        pub picked_up_at: Option<DateTime<Utc>>,
        /// When the last segment was over, in whichever way; absent while one is live.
        #[serde(with = "encoding::millis_option")]
        pub ended_at: Option<DateTime<Utc>>,
        /// Until when the visitor may ask again, while it is kept open.
        #[serde(with = "encoding::millis_option")]
        pub kept_open_until: Option<DateTime<Utc>>,
        /// Milliseconds from the first request to the first pick-up, or to the end of the first segment if there was
        /// none. Asking again does not change it.
        pub wait_ms: Option<i64>,
        /// Messages in the visitor's voice.
        pub messages_visitor: i64,
        /// Messages in the operator's voice.
        pub messages_operator: i64,
        /// Phrases of Pupitre itself.
        pub messages_system: i64,
        /// The position in the log of the last event about it.
        pub position: i64,
    }
}
