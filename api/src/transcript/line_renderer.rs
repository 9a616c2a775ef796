//! How lines are put into words: for one reader, with a language, a time zone and names.

use std::collections::BTreeMap;

use domain::SkillId;
use domain::settings::opening_hours::TimeZone;
use domain::text::Language;
use projections::RequestedBy;

use super::shown_line::ShownLine;
use super::surveys::KnownSurveys;
use super::wording;

/// See the module.
#[derive(Clone, Debug)]
pub struct LineRenderer {
    /// The language of the reader.
    pub language: Language,
    /// The time zone of the livechat.
    pub zone: TimeZone,
    /// The name of the visitor, if the reader may know.
    pub visitor: Option<String>,
    /// Whether the reader is one of the staff.
    pub to_staff: bool,
    /// The names of the operators that the lines name; none for a visitor.
    pub operators: BTreeMap<String, String>,
    /// The names of skills, in the language of the reader.
    pub skills: BTreeMap<String, String>,
    /// For a visitor: the operators heard in the lines at these positions, by the names that the visitor knows them by.
    pub introduced: BTreeMap<i64, String>,
    /// The surveys that the lines mention.
    pub surveys: KnownSurveys,
}

impl LineRenderer {
    /// What a request says of the visitor; the staff is warned where that is the visitor's own claim.
    pub(super) fn claimed(&self, what: &str, request: &ShownLine) -> String {
        match RequestedBy::role(&request.role) {
            RequestedBy::Visitor if self.to_staff => wording::claimed(what, self.language),
            RequestedBy::Visitor | RequestedBy::Integration => what.to_owned(),
        }
    }

    /// The name of the visitor, or the word for one.
    pub(super) fn visitor(&self) -> &str {
        self.visitor.as_deref().unwrap_or_else(|| wording::visitor(self.language))
    }

    /// The name of an operator; without one the identifier, and without that the word for an operator.
    pub(super) fn operator<'a>(&'a self, id: Option<&'a str>) -> &'a str {
        match id {
            Some(id) => self.operators.get(id).map_or(id, String::as_str),
            None => wording::operator(self.language),
        }
    }

    /// The name of the operator of a line, for the visitor who reads it; none for the staff, or where no operator was
    /// named.
    pub(super) fn introduced(&self, line: &ShownLine) -> Option<&str> {
        self.introduced.get(&line.position).map(String::as_str)
    }

    /// The name of a skill; its identifier if it has no name.
    pub(super) fn skill<'a>(&'a self, id: &'a SkillId) -> &'a str {
        self.skills.get(id.as_str()).map_or(id.as_str(), String::as_str)
    }
}
