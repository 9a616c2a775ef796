//! The names of skills: rows hold their identifiers, and answers have both.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::settings::Skills;
use domain::text::Language;

use crate::conversations::Conversation;
use crate::figures::report::{Of, Report};
use crate::floor::{Changes, FloorConversation, FloorOperator, FloorView};
use crate::queue::{QueueChanges, QueueEntry, QueueLine, QueuePlace, QueueSnapshot};

/// The names of skills in the language of a reader. A deleted skill has no name. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct SkillNames(Arc<BTreeMap<String, String>>);

impl SkillNames {
    /// In this language; in another, if a skill has no name in it; by its identifier, if it has none.
    pub fn new(skills: &Skills, language: Language) -> Self {
        Self(Arc::new(skills.names(language)))
    }

    /// The same of what the board keeps.
    pub(crate) fn kept(skills: &BTreeMap<String, BTreeMap<Language, String>>, language: Language) -> Self {
        let name = |(id, names): (&String, &BTreeMap<Language, String>)| {
            let name = names.get(&language).or_else(|| names.values().next());
            (id.clone(), name.unwrap_or(id).clone())
        };
        Self(Arc::new(skills.iter().map(name).collect()))
    }

    /// The name of a skill.
    pub fn of(&self, skill: Option<&str>) -> Option<String> {
        self.0.get(skill?).cloned()
    }

    /// The names of these skills.
    pub fn all<'a>(&self, skills: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, String> {
        let named = skills.into_iter().filter_map(|id| Some((id.to_owned(), self.of(Some(id))?)));
        named.collect()
    }
}

/// Answers that mention skills.
pub trait Named {
    /// Adds their names.
    fn name_skills(&mut self, names: &SkillNames);
}

macro_rules! named_by_skill {
    ($($row:ty),+) => {$(
        impl Named for $row {
            fn name_skills(&mut self, names: &SkillNames) {
                self.skill_name = names.of(self.skill.as_deref());
            }
        }
    )+};
}

named_by_skill!(FloorConversation, Conversation, QueuePlace, QueueEntry, QueueLine);

impl Named for FloorOperator {
    fn name_skills(&mut self, names: &SkillNames) {
        self.skill_names = names.all(self.row.skills.iter().map(String::as_str));
    }
}

impl<T: Named> Named for Vec<T> {
    fn name_skills(&mut self, names: &SkillNames) {
        for one in self {
            one.name_skills(names);
        }
    }
}

impl Named for FloorView {
    fn name_skills(&mut self, names: &SkillNames) {
        self.operators.name_skills(names);
        self.conversations.name_skills(names);
        self.queue.name_skills(names);
    }
}

impl Named for Changes {
    fn name_skills(&mut self, names: &SkillNames) {
        self.operators.name_skills(names);
        self.conversations.name_skills(names);
    }
}

impl Named for QueueSnapshot {
    fn name_skills(&mut self, names: &SkillNames) {
        self.lines.name_skills(names);
        self.places.name_skills(names);
    }
}

impl Named for QueueChanges {
    fn name_skills(&mut self, names: &SkillNames) {
        self.lines.name_skills(names);
        self.entered.name_skills(names);
    }
}

impl Named for Report {
    fn name_skills(&mut self, names: &SkillNames) {
        for row in &mut self.rows {
            if let Of::Skill { skill, skill_name } = &mut row.of {
                *skill_name = names.of(skill.as_deref());
            }
        }
    }
}

impl FloorView {
    /// With the names of skills in this language.
    #[must_use]
    pub fn named(mut self, language: Language) -> Self {
        let names = SkillNames::kept(&self.livechat.skills, language);
        self.name_skills(&names);
        self
    }
}
