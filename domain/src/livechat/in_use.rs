//! In use: what others still need cannot vanish under them (spec.md §Routing, *These must always hold*).
//!
//! | what goes | who needs it | the rule |
//! |---|---|---|
//! | a skill | visitors who wait for it or have it on a desk, conversations that are kept open, operators who have it | refused |
//! | a survey, or its audience | the sections `operator_survey` and `visitor_survey` | refused |
//! | a survey | one that waits for answers | stays in the version it was asked in, until it is answered or closed |
//! | an article | an article that redirects to it | refused, by the section itself |
//! | a status | operators who are in it | they move to `on_break` (`operator/change_status.rs`) |
//! | hours of a skill | those who wait for it | the hours of the livechat hold for them (`openings.rs`) |
//! | an operator | conversations, surveys | they go on by the rules (`operator/remove.rs`) |
//!
//! Whoever is refused is told who needs it, a few by name and all by number.

use std::fmt;

use super::Livechat;
use crate::bilingual::Bilingual;
use crate::id::{ConversationId, OperatorId, SkillId, SurveyId};
use crate::rejection::Rejection;
use crate::settings::surveys::Audience;
use crate::settings::{Section, SectionName, Settings, Skills, Surveys};

/// How many of those who need a thing are told by name.
const NAMED_MAX: usize = 5;

/// A thing that cannot go, and who needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InUse {
    /// The thing.
    pub thing: Thing,
    /// Who needs it. Never empty.
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

/// Who needs a thing.
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

/// Checks a section, valid in itself, for what it lacks and somebody needs.
pub(super) fn check(livechat: &Livechat, section: &Section) -> Result<(), Rejection> {
    let in_use = match section {
        Section::Skills(new) => skills(livechat, new),
        Section::Surveys(new) => surveys(livechat.settings(), new),
        Section::Capacity(_)
        | Section::Timeouts(_)
        | Section::Desk(_)
        | Section::Statuses(_)
        | Section::OperatorSurvey(_)
        | Section::VisitorSurvey(_)
        | Section::Behaviour(_)
        | Section::OpeningHours(_)
        | Section::Phrases(_)
        | Section::VisitorCard(_)
        | Section::Knowledge(_)
        | Section::CannedReplies(_)
        | Section::Figures(_)
        | Section::Origins(_) => vec![],
    };
    if in_use.is_empty() { Ok(()) } else { Err(Rejection::InUse(in_use)) }
}

/// Skills that this section takes out although somebody has or needs them.
fn skills(livechat: &Livechat, new: &Skills) -> Vec<InUse> {
    let before = &livechat.settings().skills.0;
    let gone = before.iter().map(|skill| &skill.id).filter(|skill| !new.contains(skill));
    let needed = gone.map(|skill| InUse {
        thing: Thing::Skill(skill.clone()),
        by: Users {
            operators: sample(
                livechat
                    .operators()
                    .iter()
                    .filter(|(_, operator)| operator.profile.skills.contains(skill))
                    .map(|(id, _)| id.clone()),
            ),
            conversations: sample(
                livechat
                    .conversations()
                    .filter(|(_, conversation)| conversation.skill.as_ref() == Some(skill))
                    .map(|(id, _)| *id),
            ),
            kept: sample(
                livechat
                    .kept()
                    .iter()
                    .filter(|(_, kept)| kept.skill.as_ref() == Some(skill))
                    .map(|(id, _)| *id),
            ),
            sections: vec![],
        },
    });
    needed.filter(|one| !one.by.is_empty()).collect()
}

/// Surveys that are chosen in another section and that this one lacks, or has for somebody else.
fn surveys(settings: &Settings, new: &Surveys) -> Vec<InUse> {
    let chosen = [
        (&settings.operator_survey.survey, Audience::Operator, SectionName::OperatorSurvey),
        (&settings.visitor_survey.survey, Audience::Visitor, SectionName::VisitorSurvey),
    ];
    let chosen = chosen.into_iter().filter_map(|(id, audience, by)| Some((id.as_ref()?, audience, by)));
    let lacking = chosen.filter(|(id, audience, _)| !new.has_for(id, *audience));
    lacking
        .map(|(id, audience, section)| InUse {
            thing: Thing::Survey(id.clone(), audience),
            by: Users { sections: vec![section], ..Users::default() },
        })
        .collect()
}

/// The first of all in order, and how many there are, without keeping all.
fn sample<T: Ord>(all: impl Iterator<Item = T>) -> Sample<T> {
    let mut sample = Sample::default();
    for one in all {
        sample.count += 1;
        let at = sample.named.binary_search(&one).unwrap_or_else(|at| at);
        if at < NAMED_MAX {
            sample.named.insert(at, one);
            sample.named.truncate(NAMED_MAX);
        }
    }
    sample
}

impl<T> Default for Sample<T> {
    fn default() -> Self {
        Self { named: vec![], count: 0 }
    }
}

impl Users {
    fn is_empty(&self) -> bool {
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
    /// Who needs it, in both languages.
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
