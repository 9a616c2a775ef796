//! Register an operator, or change the profile. Administrators only.
//!
//! A capacity lowered below the running load takes nothing away: nothing new is assigned until the
//! load is under it.

use crate::Instant;
use crate::bilingual::both;
use crate::both;
use crate::event::{Fact, OperatorFact};
use crate::field::Check;
use crate::id::OperatorId;
use crate::limits::OPERATORS_MAX;
use crate::livechat::Livechat;
use crate::operator::{Operator, Profile, shift};
use crate::rejection::Rejection;
use crate::settings::capacity::CONVERSATIONS_PER_OPERATOR;

pub(crate) fn decide(
    livechat: &Livechat,
    id: &OperatorId,
    profile: &Profile,
) -> Result<Vec<Fact>, Rejection> {
    let known = livechat.operator(id);
    if known.is_some_and(|operator| operator.profile == *profile) {
        return Ok(vec![]);
    }
    let mut check = Check::new();
    if let Some(capacity) = &profile.capacity {
        check.range(
            "capacity",
            capacity,
            &CONVERSATIONS_PER_OPERATOR,
            both("conversations", "conversations"),
        );
    }
    for skill in &profile.skills {
        if !livechat.settings().skills.contains(skill) {
            check.wrong(
                "skills",
                both!(
                    "skills of this livechat only; {skill} is not one",
                    "uniquement des compétences de ce livechat\u{202f}; {skill} n’en est pas une"
                ),
            );
        }
    }
    if let Some(hours) = &profile.hours {
        hours.check("hours.", &mut check);
    }
    check.finish()?;
    if known.is_none() && livechat.operators().len() >= OPERATORS_MAX {
        return Err(Rejection::TooManyOperators(OPERATORS_MAX));
    }
    Ok(vec![Fact::Operator {
        operator: id.clone(),
        fact: OperatorFact::Registered { profile: Box::new(profile.clone()) },
    }])
}

/// Change the profile of an operator who is registered, made for the revision `expected` if that is told.
pub(crate) fn change(
    livechat: &Livechat,
    id: &OperatorId,
    profile: &Profile,
    expected: Option<u64>,
) -> Result<Vec<Fact>, Rejection> {
    let revision = livechat.known_operator(id)?.revision;
    if expected.is_some_and(|expected| expected != revision) {
        return Err(Rejection::ProfileChanged { operator: id.clone(), revision });
    }
    decide(livechat, id, profile)
}

pub(crate) fn evolve(livechat: &mut Livechat, at: Instant, id: &OperatorId, profile: &Profile) {
    livechat.staffing += 1;
    let change = livechat.staffing;
    if livechat.operator(id).is_some() {
        livechat.change_operator(id, |operator| {
            operator.profile = profile.clone();
            operator.revision = change;
        });
    } else {
        livechat.operators.insert(id.clone(), Operator::new(profile.clone(), change));
    }
    shift::plan(livechat, at, id);
}
