//! A conversation under observation: which operator had it when, and what each act in it had to wait for.

use domain::{Action, Actor, ConversationAction, ConversationFact, Flow, OperatorId, Timestamp};

use super::behaviour::{Needs, Order, Seen};

/// A conversation under observation.
pub(super) struct Tracked {
    pub(super) segment: usize,
    /// When the last act was, and how far the log was then.
    pub(super) last: (Timestamp, Order),
    pub(super) assignments: Vec<TrackedAssignment>,
    pub(super) first_pick_up: Option<Timestamp>,
    /// When it ended.
    pub(super) over: Option<Timestamp>,
    pub(super) ended_by_a_step: bool,
}

/// A time that an operator had it.
pub(super) struct TrackedAssignment {
    pub(super) operator: OperatorId,
    pub(super) since: Timestamp,
    pub(super) picked_up: Option<(Timestamp, Order)>,
    pub(super) ended: Option<(Timestamp, Order)>,
}

impl Tracked {
    pub(super) fn follow(
        &mut self,
        at: Timestamp,
        order: Order,
        operator: Option<&OperatorId>,
        fact: &ConversationFact,
    ) {
        let is_given = matches!(
            fact,
            ConversationFact::Flow(
                Flow::Assigned
                    | Flow::AssignedByHand { .. }
                    | Flow::Transferred { .. }
                    | Flow::AutoTransferred { .. }
            )
        );
        if (is_given || fact.is_end() || matches!(fact, ConversationFact::Flow(Flow::ReturnedToQueue { .. })))
            && let Some(assignment) = self.assignments.last_mut()
        {
            assignment.ended.get_or_insert((at, order));
        }
        if let (true, Some(operator)) = (is_given, operator) {
            let operator = operator.clone();
            self.assignments.push(TrackedAssignment { operator, since: at, picked_up: None, ended: None });
        }
        if *fact == ConversationFact::Flow(Flow::PickedUp) {
            self.first_pick_up.get_or_insert(at);
            if let Some(assignment) = self.assignments.last_mut() {
                assignment.picked_up = Some((at, order));
            }
        }
    }

    /// What an act waits for, besides the act before it.
    ///
    /// Operators answer what they have picked up; before that they can pass it on, mark it, call for help. What the
    /// visitor says before the pick-up is said while waiting, from the request on; everything later is part of
    /// the talk. A supervisor can only step in for an operator.
    pub(super) fn needs(&self, by: &Actor, action: &Action) -> Needs {
        let is_picked_up = self.assignments.last().is_some_and(|assignment| assignment.picked_up.is_some());
        let once_answered = if self.first_pick_up.is_some() { Needs::Answered } else { Needs::Nothing };
        match by {
            Actor::Operator(_) if is_picked_up => Needs::PickedUp,
            Actor::Operator(_) => Needs::Desk,
            Actor::Supervisor(_)
                if matches!(
                    action,
                    Action::Conversation(
                        _,
                        ConversationAction::Write(..)
                            | ConversationAction::WriteInternally(..)
                            | ConversationAction::Transfer(..)
                    )
                ) =>
            {
                Needs::Desk
            }
            Actor::Supervisor(_)
            | Actor::Visitor(_)
            | Actor::Administrator(_)
            | Actor::Analyst(_)
            | Actor::Integration(_)
            | Actor::System => once_answered,
        }
    }

    /// How long each operator who could have done this had for it; the last one did it now.
    pub(super) fn attempts(&self, needs: Needs, at: Timestamp) -> Vec<Seen> {
        let (last, order) = self.last;
        let seen =
            |since: Timestamp, until: Timestamp, happened| Seen { delay: until - since.max(last), happened };
        let can = |assignment: &TrackedAssignment| match needs {
            Needs::Nothing | Needs::Answered => None,
            Needs::Desk => Some(assignment.since),
            Needs::PickedUp => assignment.picked_up.map(|(at, _)| at),
        };
        let since_the_last_act =
            |assignment: &&TrackedAssignment| assignment.ended.is_none_or(|(_, ended)| ended > order);
        let assignments = self.assignments.iter().filter(since_the_last_act);
        let attempts: Vec<Seen> = assignments
            .filter_map(|assignment| {
                let since = can(assignment)?;
                Some(match assignment.ended {
                    Some((ended, _)) => seen(since, ended, false),
                    None => seen(since, at, true),
                })
            })
            .collect();
        if attempts.last().is_some_and(|attempt| attempt.happened) {
            return attempts;
        }
        let since = self.first_pick_up.filter(|_| needs == Needs::Answered);
        vec![seen(since.unwrap_or(last), at, true)]
    }
}
