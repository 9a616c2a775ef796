//! In use: what is still needed cannot be removed (spec.md §Routing, *These must always hold*).
//!
//! | what goes | who needs it | the rule |
//! |---|---|---|
//! | a skill | visitors who wait for it or have it on a desk, conversations that are kept open, operators who have it | refused |
//! | a survey, or its audience | the sections `operator_survey` and `visitor_survey` | refused |
//! | a survey | one that waits for answers | stays in the version it was asked in, until it is answered or closed |
//! | an article | an article that redirects to it | refused, by the section itself |
//! | a status | operators who are in it | they move to `on_break` (`operator/change_status.rs`) |
//! | hours of a skill | those who wait for it | the hours of the livechat hold for them (`service_hours.rs`) |
//! | an operator | conversations, surveys | they go on by the rules (`operator/remove.rs`) |
//!
//! The refusal lists what still needs it: a few by name, and how many in all.

use crate::rejection::Rejection;
use crate::rejection::in_use::InUse;
use crate::rejection::in_use::Sample;
use crate::rejection::in_use::Thing;
use crate::rejection::in_use::Users;
use crate::settings::surveys::Audience;
use crate::settings::{Section, SectionName, Settings, Skills, Surveys};
use crate::state::Livechat;

/// How many dependents a refusal lists by name.
const NAMED_MAX: usize = 5;

/// Checks a section, valid in itself, for what it lacks and something else needs.
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

/// Skills that this section removes although they are still in use.
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

/// Surveys that are chosen in another section and that this one lacks, or has for another audience.
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
