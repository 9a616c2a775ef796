//! What an administrator says of an operator, and what operators say they are doing.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::SkillId;
use crate::personal::Personal;
use crate::settings::hours::Schedule;
use crate::text::{Address, Name, Received};

/// What an operator is doing (spec.md §Statuses). No status touches running conversations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Receives new conversations.
    #[default]
    Available,
    /// Does not receive new conversations.
    OnBreak,
    /// Optional; does not receive new conversations.
    Training,
    /// Optional; does not receive new conversations.
    Phone,
    /// Optional; does not receive new conversations.
    WithSupervisor,
    /// Optional; does not receive new conversations.
    NoNewConversation,
    /// Optional; receives new conversations, and the visitors are shown that the operator is looking for
    /// information.
    Searching,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Available => "available",
            Self::OnBreak => "on_break",
            Self::Training => "training",
            Self::Phone => "phone",
            Self::WithSupervisor => "with_supervisor",
            Self::NoNewConversation => "no_new_conversation",
            Self::Searching => "searching",
        })
    }
}

impl Status {
    /// Every status, in the order of the settings page.
    pub const ALL: [Self; 7] = [
        Self::Available,
        Self::OnBreak,
        Self::Training,
        Self::Phone,
        Self::WithSupervisor,
        Self::NoNewConversation,
        Self::Searching,
    ];

    /// May an operator in this status be given a new conversation?
    pub const fn receives(self) -> bool {
        match self {
            Self::Available | Self::Searching => true,
            Self::OnBreak | Self::Training | Self::Phone | Self::WithSupervisor | Self::NoNewConversation => {
                false
            }
        }
    }
}

/// What an administrator says of an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The name visitors see.
    pub name: Name,
    /// What the operator can be asked about.
    #[serde(default)]
    pub skills: BTreeSet<SkillId>,
    /// The operator's own capacity, 1 to 10 conversations; it wins over the livechat's in both directions.
    #[serde(default)]
    pub capacity: Option<i64>,
    /// The operator's own address, where copies of conversations go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Personal<Address>>,
    /// The operator's own working hours, in the time zone of the livechat; without them, always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Schedule>,
}

impl Profile {
    pub(crate) fn read_texts(&mut self, texts: &mut Received) {
        texts.read("name", &mut self.name);
        texts.read_if_any("email", &mut self.email);
        if let Some(hours) = &mut self.hours {
            hours.read_texts("hours.", texts);
        }
    }
}
