//! Why something cannot be removed from the settings: what still needs it, a few by name, and how many in all.

use std::fmt;

use crate::bilingual::Bilingual;
use crate::id::{ConversationId, OperatorId, SkillId, SurveyId};
use crate::settings::SectionName;
use crate::settings::surveys::Audience;

/// A thing that cannot be removed, and what needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InUse {
    /// The thing.
    pub thing: Thing,
    /// What needs it. Never empty.
    pub by: Users,
}

/// What cannot go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A skill.
    Skill(SkillId),
    /// A survey for this audience.
    Survey(SurveyId, Audience),
}

/// What needs a thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Users {
    /// Operators who have it.
    pub operators: Sample<OperatorId>,
    /// Conversations that ask for it, waiting or on a desk.
    pub conversations: Sample<ConversationId>,
    /// Conversations that asked for it and are kept open.
    pub kept: Sample<ConversationId>,
    /// Sections of the settings that name it.
    pub sections: Vec<SectionName>,
}

/// Some of many, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample<T> {
    /// At most five of them.
    pub named: Vec<T>,
    /// How many there are.
    pub count: usize,
}

impl<T> Default for Sample<T> {
    fn default() -> Self {
        Self { named: vec![], count: 0 }
    }
}

impl Users {
    pub(crate) fn is_empty(&self) -> bool {
        self.operators.count + self.conversations.count + self.kept.count + self.sections.len() == 0
    }
}

impl InUse {
    /// The section that the thing is defined in.
    pub const fn section(&self) -> SectionName {
        match self.thing {
            Thing::Skill(_) => SectionName::Skills,
            Thing::Survey(..) => SectionName::Surveys,
        }
    }
}

impl InUse {
    /// What needs it, in both languages.
    pub fn message(&self) -> Bilingual {
        Bilingual::new(self.to_string(), self.in_french())
    }

    pub(crate) fn in_french(&self) -> String {
        let thing = match &self.thing {
            Thing::Skill(id) => format!("la compétence {id} doit rester"),
            Thing::Survey(id, Audience::Operator) => {
                format!("le questionnaire {id} pour opérateurs doit rester")
            }
            Thing::Survey(id, Audience::Visitor) => {
                format!("le questionnaire {id} pour internautes doit rester")
            }
        };
        let sections: Vec<String> = self.by.sections.iter().map(|name| format!("section {name}")).collect();
        let all = [
            self.by.operators.told("opérateur", "opérateurs"),
            self.by.conversations.told("conversation", "conversations"),
            self.by.kept.told("conversation gardée ouverte", "conversations gardées ouvertes"),
            sections.join(", "),
        ];
        let all: Vec<String> = all.into_iter().filter(|part| !part.is_empty()).collect();
        format!("{thing}\u{a0}: utilisé par {}", all.join("\u{202f}; "))
    }
}

impl fmt::Display for InUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.thing {
            Thing::Skill(id) => write!(f, "the skill {id} stays: ")?,
            Thing::Survey(id, Audience::Operator) => write!(f, "the survey {id} for operators stays: ")?,
            Thing::Survey(id, Audience::Visitor) => write!(f, "the survey {id} for visitors stays: ")?,
        }
        let sections: Vec<String> = self.by.sections.iter().map(|name| format!("section {name}")).collect();
        let all = [
            self.by.operators.told("operator", "operators"),
            self.by.conversations.told("conversation", "conversations"),
            self.by.kept.told("conversation kept open", "conversations kept open"),
            sections.join(", "),
        ];
        let all: Vec<String> = all.into_iter().filter(|part| !part.is_empty()).collect();
        write!(f, "needed by {}", all.join("; "))
    }
}

impl<T: fmt::Display> Sample<T> {
    /// `2 operators (alice, bob)`, `7 operators (alice, …)`, or nothing.
    fn told(&self, one: &str, many: &str) -> String {
        if self.count == 0 {
            return String::new();
        }
        let mut named: Vec<String> = self.named.iter().map(ToString::to_string).collect();
        if self.count > named.len() {
            named.push("…".to_owned());
        }
        let noun = if self.count == 1 { one } else { many };
        format!("{} {noun} ({})", self.count, named.join(", "))
    }
}
