//! What an administrator says of an operator.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::SkillId;
use crate::personal::Personal;
use crate::settings::opening_hours::Schedule;
use crate::text::{Address, Name, Received};

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
