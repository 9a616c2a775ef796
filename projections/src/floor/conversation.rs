//! One live conversation: the row, and where it stands.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::running_totals::RunningTotals;
use super::shares;
use crate::encoding;
use crate::requested_by::RequestedBy;

/// Where a live conversation stands (spec.md §The life of a conversation).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FloorConversationState)]
pub enum State {
    /// Asked for; the answer of the rules follows at once.
    Requested,
    /// In the queue.
    Waiting,
    /// On an operator's desk, flashing.
    Assigned,
    /// In an operator's charge.
    PickedUp,
}

/// Whose turn it is to speak. The system's phrases are nobody's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Owes {
    /// The operator: the last word is the visitor's, or nobody has answered the request.
    Operator,
    /// The visitor: the last word is the operator's.
    Visitor,
    /// Nobody: the last word is that of an operator who has passed the conversation on, and the new
    /// one has said nothing yet. The visitor's inactivity does not run either then.
    Nobody,
}

/// How a conversation came to the operator in charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AssignedBy)]
pub enum AssignedBy {
    /// At the request, or from the queue.
    Assigned,
    /// Somebody passed it on.
    Transferred,
    /// The operator before did not pick up or answer in time.
    Inactive,
    /// The operator before was disconnected.
    Disconnected,
}

column_types! {
    Text: State, Owes, AssignedBy;
    Json: RunningTotals;
}

row! {
    table "floor_conversations", key [livechat, conversation];

    /// One live conversation; the row goes away when it is over.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
    pub struct FloorConversation {
        /// In which livechat.
        pub livechat: String,
        /// The conversation's identifier, a UUID.
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
        /// Who is in charge.
        pub operator: Option<String>,
        /// How it came to the operator in charge; absent when nobody is.
        pub assigned_by: Option<AssignedBy>,
        /// Asked for again after it was kept open.
        pub again: bool,
        /// When it was requested, or asked for again.
        #[serde(with = "encoding::millis")]
        pub requested_at: DateTime<Utc>,
        /// The position of the request in the log: the order among requests at the same time.
        pub requested_position: i64,
        /// When the operator in charge was given it.
        #[serde(with = "encoding::millis_option")]
        pub assigned_at: Option<DateTime<Utc>>,
        /// When the operator in charge picked it up.
        #[serde(with = "encoding::millis_option")]
        pub picked_up_at: Option<DateTime<Utc>>,
        /// When it came back to the queue, if it waits because its operator was disconnected.
        #[serde(with = "encoding::millis_option")]
        pub returned_to_queue_at: Option<DateTime<Utc>>,
        /// Since when its operator is inactive and nobody else has room for it.
        #[serde(with = "encoding::millis_option")]
        pub auto_transfer_failed_at: Option<DateTime<Utc>>,
        /// Marked as important.
        pub important: bool,
        /// Since when the operator asks the manager for help, if that is not settled.
        #[serde(with = "encoding::millis_option")]
        pub help_called_at: Option<DateTime<Utc>>,
        /// The supervisor who takes care of it.
        pub help_taken_by: Option<String>,
        /// The visitor is shown that the operator is looking for information.
        pub searching: bool,
        /// Since when the operator in charge has it on hold.
        #[serde(with = "encoding::millis_option")]
        pub on_hold_since: Option<DateTime<Utc>>,
        /// Where the visitor is: `here`, `away` (not looking for 3 minutes), `left_site`.
        pub presence: String,
        /// The address of the page that the visitor is on, if known.
        pub page_url: Option<String>,
        /// Its title, if known.
        pub page_title: Option<String>,
        /// When somebody last did something in it: request, pick-up, transfer, message, file, a question for
        /// one. What Pupitre does or says by itself does not count.
        #[serde(with = "encoding::millis")]
        pub last_activity_at: DateTime<Utc>,
        /// Whose turn it is to speak.
        pub owes_answer: Owes,
        /// Since when: the request, or the last message or file of the other side.
        #[serde(with = "encoding::millis_option")]
        pub owed_since: Option<DateTime<Utc>>,
        /// Messages since it was requested, or asked for again, in every voice.
        pub messages: i64,
        /// What the figures will say of it.
        pub running_totals: RunningTotals,
        /// The position in the log of the last event that concerned this row.
        pub position: i64,
    }
}

impl FloorConversation {
    /// What each operator has done in it by `now`.
    pub(crate) fn shares(&self, now: DateTime<Utc>) -> shares::Shares {
        shares::until(&self.totals(now).operators, self.operator.as_deref(), self.picked_up_at, now)
    }

    /// What was counted so far, with the time on hold if it is.
    pub(crate) fn totals(&self, now: DateTime<Utc>) -> RunningTotals {
        let mut totals = self.running_totals.clone();
        totals.held_until(now, self.on_hold_since, self.operator.as_deref());
        totals
    }
}
