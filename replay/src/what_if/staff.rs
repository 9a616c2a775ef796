//! More operators, or fewer.
//!
//! An additional operator is connected when a colleague is, in the same statuses, with the same skills, capacity and
//! hours: the first one as the operator who was connected longest, the second as the next, and so on. To have fewer,
//! the operator who was connected longest is left out, then the next: the absence of those who work is the one that is
//! felt.

use std::collections::BTreeSet;

use domain::settings::Status;
use domain::{Action, Actor, Livechat, OperatorId};

use super::behaviour::{Behaviour, TimedAct};
use super::error::Error;

/// The operators added, and those left out.
#[derive(Debug, Default)]
pub(super) struct Staff {
    /// The operators that are added, and whom each works like.
    pub(super) added: Vec<(OperatorId, OperatorId)>,
    pub(super) removed: BTreeSet<OperatorId>,
}

impl Staff {
    /// This many operators more, or fewer.
    ///
    /// # Errors
    /// When no operator was connected as a model for them, or not that many.
    pub(super) fn of(operators: i64, behaviour: &Behaviour, before: &Livechat) -> Result<Self, Error> {
        let mut connected: Vec<(&OperatorId, i64)> = behaviour
            .online_ms
            .iter()
            .map(|(id, millis)| (id, *millis))
            .filter(|(_, millis)| *millis > 0)
            .collect();
        connected.sort_by_key(|(id, millis)| (-millis, *id));
        let there = connected.len();
        let count = usize::try_from(operators.unsigned_abs()).unwrap_or(usize::MAX);
        let mut staff = Self::default();
        if operators == 0 {
            return Ok(staff);
        }
        if operators < 0 {
            if count >= there {
                return Err(Error::Wrong(format!("operators: fewer than the {there} who were connected")));
            }
            staff.removed = connected.into_iter().take(count).map(|(id, _)| id.clone()).collect();
            return Ok(staff);
        }
        let room = domain::limits::OPERATORS_MAX.saturating_sub(before.operators().len());
        if there == 0 || count > room {
            return Err(Error::Wrong(format!(
                "operators: at most {room} more, and somebody connected whom they could work like"
            )));
        }
        let models = connected.iter().map(|(id, _)| (*id).clone()).cycle();
        let names = (1..).filter_map(|number| OperatorId::parse(&format!("added-{number}")).ok());
        let free = names.filter(|name| before.operator(name).is_none());
        staff.added = free.zip(models).take(count).collect();
        Ok(staff)
    }

    /// Commands to run before anything else happens.
    pub(super) fn first(&self, before: &Livechat, administrator: &Actor) -> Vec<(Actor, Action)> {
        let mut done = vec![];
        // An operator registered later never connects.
        for id in self.removed.iter().filter(|id| before.operator(id).is_some()) {
            let by = Actor::Operator(id.clone());
            let reason = domain::event::DisconnectReason::SignedOut;
            done.push((by, Action::DisconnectOperator(id.clone(), reason)));
        }
        for (id, model) in &self.added {
            let Some(like) = before.operator(model) else { continue };
            let by = Actor::Operator(id.clone());
            let profile = Box::new(like.profile.clone());
            done.push((administrator.clone(), Action::RegisterOperator(id.clone(), profile)));
            if like.status != Status::Available {
                done.push((by.clone(), Action::ChangeStatus(id.clone(), like.status)));
            }
            if like.connected_since.is_some() && like.lost_until.is_none() {
                done.push((by, Action::ConnectOperator(id.clone())));
            }
        }
        done
    }

    /// What is done instead of a past act: nothing by an absent operator, and the same by an added one.
    pub(super) fn instead(&self, act: &TimedAct) -> Vec<(Actor, Action)> {
        let as_it_was = (act.by.clone(), act.action.clone());
        let Some(who) = concerned(&act.action) else { return vec![as_it_was] };
        let is_registration = matches!(act.action, Action::RegisterOperator(..));
        let mut done = vec![];
        if is_registration || !self.removed.contains(who) {
            done.push(as_it_was);
        }
        for (id, _) in self.added.iter().filter(|(_, model)| model == who) {
            let by = match &act.by {
                Actor::Operator(_) => Actor::Operator(id.clone()),
                by @ (Actor::Visitor(_)
                | Actor::Supervisor(_)
                | Actor::Administrator(_)
                | Actor::Analyst(_)
                | Actor::Integration(_)
                | Actor::System) => by.clone(),
            };
            done.push((by, renamed(&act.action, id)));
        }
        done
    }
}

/// The operator that an action connects, disconnects or changes.
const fn concerned(action: &Action) -> Option<&OperatorId> {
    if let Action::ConnectOperator(id)
    | Action::LoseConnection(id)
    | Action::DisconnectOperator(id, _)
    | Action::ChangeStatus(id, _)
    | Action::RegisterOperator(id, _)
    | Action::SuspendOperator(id)
    | Action::ReinstateOperator(id)
    | Action::RemoveOperator(id, _) = action
    {
        Some(id)
    } else {
        None
    }
}

/// The same by another operator.
fn renamed(action: &Action, id: &OperatorId) -> Action {
    let mut action = action.clone();
    if let Action::ConnectOperator(who)
    | Action::LoseConnection(who)
    | Action::DisconnectOperator(who, _)
    | Action::ChangeStatus(who, _)
    | Action::RegisterOperator(who, _)
    | Action::SuspendOperator(who)
    | Action::ReinstateOperator(who)
    | Action::RemoveOperator(who, _) = &mut action
    {
        *who = id.clone();
    }
    action
}
