//! Register an operator, or change the profile. Administrators only.
//!
//! A capacity lowered below the running load takes nothing away: nothing new is assigned until the
//! load is under it.
//!
//! The identifier of a removed operator is never reused: the new operator could read what the former one had. An
//! operator who comes back is reinstated (`suspend.rs`). An older log may have reused one anyway: then the new operator
//! inherits nothing from the former one.

use crate::Timestamp;
use crate::bilingual::both;
use crate::both;
use crate::event::Profile;
use crate::event::{Fact, OperatorFact};
use crate::field::Check;
use crate::id::OperatorId;
use crate::limits::OPERATORS_MAX;
use crate::operator::shift;
use crate::rejection::Rejection;
use crate::settings::capacity::CONVERSATIONS_PER_OPERATOR;
use crate::state::Livechat;
use crate::state::Operator;

pub(crate) fn decide(
    livechat: &Livechat,
    id: &OperatorId,
    profile: &Profile,
) -> Result<Vec<Fact>, Rejection> {
    if livechat.former().contains_key(id) {
        return Err(Rejection::IdentifierTaken(id.clone()));
    }
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
    if known.is_none() {
        has_place(livechat)?;
    }
    Ok(vec![Fact::Operator {
        operator: id.clone(),
        fact: OperatorFact::Registered { profile: Box::new(profile.clone()) },
    }])
}

/// Whether one more operator may be registered.
pub(super) fn has_place(livechat: &Livechat) -> Result<(), Rejection> {
    if livechat.operators().len() >= OPERATORS_MAX {
        return Err(Rejection::TooManyOperators(OPERATORS_MAX));
    }
    Ok(())
}

/// Change the profile of a registered operator, made for the revision `expected` if given.
pub(crate) fn change(
    livechat: &Livechat,
    id: &OperatorId,
    profile: &Profile,
    expected: Option<u64>,
) -> Result<Vec<Fact>, Rejection> {
    is_expected(livechat, id, expected)?;
    decide(livechat, id, profile)
}

/// Whether the profile is at the revision that the command was made for, if given.
pub(super) fn is_expected(
    livechat: &Livechat,
    id: &OperatorId,
    expected: Option<u64>,
) -> Result<(), Rejection> {
    let revision = livechat.known_operator(id)?.revision;
    if expected.is_some_and(|expected| expected != revision) {
        return Err(Rejection::ProfileChanged { operator: id.clone(), revision });
    }
    Ok(())
}

pub(crate) fn evolve(livechat: &mut Livechat, at: Timestamp, id: &OperatorId, profile: &Profile) {
    livechat.staffing += 1;
    let change = livechat.staffing;
    if livechat.operator(id).is_some() {
        livechat.change_operator(id, |operator| {
            operator.profile = profile.clone();
            operator.revision = change;
        });
    } else {
        if livechat.former.remove(id).is_some() {
            livechat.disown(id);
        }
        livechat.operators.insert(id.clone(), Operator::new(profile.clone(), change));
    }
    shift::plan(livechat, at, id);
}
