//! Answers: what is the name of the livechat, how many conversations does it accept, and is it open?

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::settings::skills::Skill;
use domain::settings::{Capacity, Section, Skills};
use domain::text::{Language, Name};
use domain::{Fact, LivechatFact, SkillId};
use journal::Record;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::encoding;
use crate::projection::{LivechatKey, Projection, Table};

/// The projection.
#[derive(Clone, Copy, Debug)]
pub struct FloorLivechats;

row! {
    table "floor_livechats", key [livechat];

    /// One livechat (spec.md §Capacity, §Opening hours).
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
    pub struct FloorLivechat {
        /// Its identifier.
        pub livechat: String,
        /// Its name, for people.
        pub name: String,
        /// The language phrases fall back to: `fr` or `en`.
        pub language: String,
        /// Conversations an operator handles at once, unless the operator has a capacity of their own.
        pub conversations_per_operator: i64,
        /// Visitors who may wait for each connected operator who may receive; 0 = no queue.
        pub queue_per_operator: i64,
        /// Within the opening hours, which requests without a skill follow, and with a skill that has none of
        /// its own.
        pub open: bool,
        /// Whether each skill that has opening hours of its own is open.
        pub openings: BTreeMap<String, bool>,
        /// The name of each skill, by identifier and language; nothing for a skill without a name.
        #[schema(value_type = BTreeMap<String, BTreeMap<String, String>>)]
        pub skills: BTreeMap<String, BTreeMap<Language, String>>,
        /// Since when it is closed by an administrator, whatever the hours; absent where it is not.
        #[serde(with = "encoding::millis_option")]
        pub shut_since: Option<DateTime<Utc>>,
        /// When it was created.
        #[serde(with = "encoding::millis")]
        pub created_at: DateTime<Utc>,
        /// The position in the log of the last event that concerned this row.
        pub position: i64,
    }
}

impl Projection for FloorLivechats {
    type Row = FloorLivechat;
    type Key = LivechatKey;

    const TABLE: Table = FloorLivechat::TABLE;

    fn keys(event: &Record) -> impl IntoIterator<Item = LivechatKey> {
        match &event.event.fact {
            Fact::Livechat(
                LivechatFact::Accessed { .. }
                | LivechatFact::TokenIssued { .. }
                | LivechatFact::ApiKeyChanged { .. }
                | LivechatFact::ClockSetBack { .. }
                | LivechatFact::Interrupted { .. },
            )
            | Fact::Operator { .. }
            | Fact::Conversation { .. } => None,
            Fact::Livechat(_) => Some(LivechatKey { livechat: event.livechat.clone() }),
        }
    }

    fn fold(
        row: Option<Box<FloorLivechat>>,
        _key: &LivechatKey,
        event: &Record,
    ) -> Option<Box<FloorLivechat>> {
        let Fact::Livechat(fact) = &event.event.fact else { return row };
        let row = match fact {
            LivechatFact::Created { name, language } => FloorLivechat::created(event, name, *language),
            LivechatFact::SettingsChanged { section, .. } => row?.with(section),
            LivechatFact::Accessed { .. }
            | LivechatFact::TokenIssued { .. }
            | LivechatFact::ApiKeyChanged { .. }
            | LivechatFact::ClockSetBack { .. }
            | LivechatFact::Interrupted { .. } => return row,
            LivechatFact::Opened { skill } => row?.opened(skill.as_ref(), true),
            LivechatFact::Closed { skill } => row?.opened(skill.as_ref(), false),
            LivechatFact::IdentityChanged { name, language } => {
                FloorLivechat { name: name.to_string(), language: encoding::word(language), ..*row? }
            }
            LivechatFact::Shut => FloorLivechat { shut_since: Some(event.event.at), ..*row? },
            LivechatFact::Reopened => FloorLivechat { shut_since: None, ..*row? },
        };
        Some(Box::new(FloorLivechat { position: encoding::position(event.position), ..row }))
    }
}

impl FloorLivechat {
    fn created(event: &Record, name: &Name, language: Language) -> Self {
        Self {
            livechat: event.livechat.to_string(),
            name: name.to_string(),
            language: encoding::word(&language),
            conversations_per_operator: 0,
            queue_per_operator: 0,
            open: true,
            openings: BTreeMap::new(),
            skills: BTreeMap::new(),
            shut_since: None,
            created_at: event.event.at,
            position: 0,
        }
        .with_capacity(&Capacity::default())
    }

    fn with(self, section: &Section) -> Self {
        match section {
            Section::Capacity(capacity) => self.with_capacity(capacity),
            Section::Skills(skills) => self.with_skills(skills),
            Section::Timeouts(_)
            | Section::Desk(_)
            | Section::Statuses(_)
            | Section::OperatorSurvey(_)
            | Section::VisitorSurvey(_)
            | Section::Surveys(_)
            | Section::Behaviour(_)
            | Section::OpeningHours(_)
            | Section::Phrases(_)
            | Section::VisitorCard(_)
            | Section::Knowledge(_)
            | Section::CannedReplies(_)
            | Section::Figures(_)
            | Section::Origins(_) => self,
        }
    }

    /// A skill that has just been given hours of its own is open or closed like the livechat, which it followed so far,
    /// until an event changes that.
    fn with_skills(self, skills: &Skills) -> Self {
        let with_hours = skills.0.iter().filter(|skill| skill.hours.is_some());
        let openings = with_hours.map(|skill| {
            let id = skill.id.to_string();
            let open = self.openings.get(&id).copied().unwrap_or(self.open);
            (id, open)
        });
        let names = |skill: &Skill| {
            let names = skill.name.iter().map(|(language, name)| (*language, name.to_string()));
            (skill.id.to_string(), names.collect())
        };
        Self { openings: openings.collect(), skills: skills.0.iter().map(names).collect(), ..self }
    }

    fn opened(mut self, skill: Option<&SkillId>, open: bool) -> Self {
        match skill {
            None => self.open = open,
            Some(skill) => {
                self.openings.insert(skill.to_string(), open);
            }
        }
        self
    }

    fn with_capacity(self, capacity: &Capacity) -> Self {
        Self {
            conversations_per_operator: capacity.conversations_per_operator,
            queue_per_operator: capacity.queue_per_operator,
            ..self
        }
    }
}
