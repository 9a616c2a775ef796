//! What may follow what in a conversation (spec.md §The life of a conversation), and whether the state says
//! the same.

use domain::event::Cause;
use domain::event::Voice;
use domain::state::Operator;
use domain::{Attention, ConversationFact, ConversationId, Exchange, Flow, Livechat, Notice, OperatorId};

use super::violation::{Broken, Invariant, must};

/// What the log says of one conversation.
#[derive(Debug)]
pub(super) struct Life {
    stage: Stage,
    messages: u32,
    /// The best position in the queue announced to the visitor.
    announced: usize,
    /// The operator looks for information.
    searching: bool,
    /// Nobody could take it from its inactive operator.
    stranded: bool,
}

/// Where a conversation stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    Requested,
    Waiting,
    Desk { operator: Option<OperatorId>, picked_up: bool },
    Kept,
    Over,
}

impl Stage {
    const fn is_live(&self) -> bool {
        match self {
            Self::Requested | Self::Waiting | Self::Desk { .. } => true,
            Self::Kept | Self::Over => false,
        }
    }

    fn on_desk_of(&self) -> Option<&OperatorId> {
        match self {
            Self::Desk { operator, .. } => operator.as_ref(),
            Self::Requested | Self::Waiting | Self::Kept | Self::Over => None,
        }
    }
}

fn life(holds: bool, otherwise: &'static str) -> Result<(), Broken> {
    must(holds, Invariant::Life, || otherwise)
}

impl Life {
    /// A conversation begins with a request, and with nothing else.
    pub(super) fn begun_by(fact: &ConversationFact) -> Result<Self, Broken> {
        life(
            matches!(fact, ConversationFact::Flow(Flow::Requested(_))),
            "of a conversation that was never requested",
        )?;
        Ok(Self { stage: Stage::Requested, messages: 0, announced: 0, searching: false, stranded: false })
    }

    /// May an automatic transfer come without its timer? Yes, when there is room at last for one that no operator could
    /// take; and in logs from before searching counted as activity.
    pub(super) const fn may_pass_on_without_a_timer(&self, fact: &ConversationFact) -> bool {
        let passes_on = matches!(
            fact,
            ConversationFact::Flow(
                Flow::AutoTransferred { cause: Cause::Inactive, .. } | Flow::AutoTransferFailed { .. }
            )
        );
        passes_on && (self.stranded || self.searching)
    }

    /// A conversation as the state has it, whatever the log says; numbers that the state does not have continue.
    pub(super) fn of(after: &Livechat, id: ConversationId, before: Option<&Self>) -> Self {
        let messages = before.map_or(0, |before| before.messages);
        // The next position announced is a better one.
        let announced = usize::MAX;
        let Some(live) = after.conversation(id) else {
            let stage = if after.kept().contains_key(&id) { Stage::Kept } else { Stage::Over };
            return Self { stage, messages, announced, searching: false, stranded: false };
        };
        let stage = match live.operator() {
            Some(operator) => {
                Stage::Desk { operator: Some(operator.clone()), picked_up: live.answering().is_some() }
            }
            None if live.is_waiting() => Stage::Waiting,
            None => Stage::Requested,
        };
        let (searching, stranded) = (live.searching, live.stranded);
        Self { stage, messages: live.messages, announced, searching, stranded }
    }

    /// Goes on with `fact`. The operator in charge afterwards is taken from the event by [`Life::agrees_with`], so in
    /// between it is on no desk.
    #[expect(clippy::too_many_lines, reason = "a table, with one entry for each kind of event")]
    pub(super) fn next(&mut self, fact: &ConversationFact) -> Result<(), Broken> {
        let live = self.stage.is_live();
        let desk = matches!(self.stage, Stage::Desk { .. });
        if let ConversationFact::Notice(Notice::OperatorSearches { searching }) = fact {
            self.searching = *searching;
        }
        if matches!(fact, ConversationFact::Flow(Flow::AutoTransferFailed { .. })) {
            self.stranded = true;
        } else if fact.taken_from().is_some() || matches!(fact, ConversationFact::Flow(Flow::PickedUp)) {
            (self.stranded, self.searching) = (false, false);
        }
        let unclaimed = || Stage::Desk { operator: None, picked_up: false };
        match fact {
            ConversationFact::Flow(Flow::Requested(_)) => life(false, "a conversation begins twice"),
            ConversationFact::Flow(Flow::RequestedAgain(_)) => {
                life(self.stage == Stage::Kept, "asked again for what was not kept open")?;
                self.stage = Stage::Requested;
                Ok(())
            }
            ConversationFact::Flow(Flow::Refused { .. }) => {
                life(self.stage == Stage::Requested, "refused without asking")?;
                self.stage = Stage::Over;
                Ok(())
            }
            ConversationFact::Flow(Flow::Queued { position }) => {
                life(self.stage == Stage::Requested, "queued without asking")?;
                (self.stage, self.announced) = (Stage::Waiting, *position);
                Ok(())
            }
            ConversationFact::Flow(Flow::QueueAdvanced { position }) => {
                life(self.stage == Stage::Waiting, "comes forward in a queue without being in it")?;
                must(
                    *position < self.announced,
                    Invariant::QueueOrder,
                    || "announced the same position or a worse one",
                )?;
                self.announced = *position;
                Ok(())
            }
            ConversationFact::Flow(Flow::Assigned | Flow::AssignedByHand { .. }) => {
                life(
                    matches!(self.stage, Stage::Requested | Stage::Waiting),
                    "given away while nobody waits",
                )?;
                self.stage = unclaimed();
                Ok(())
            }
            ConversationFact::Flow(Flow::Left | Flow::Released { .. }) => {
                life(desk || self.stage == Stage::Waiting, "leaves without waiting")?;
                self.stage = Stage::Over;
                Ok(())
            }
            ConversationFact::Flow(Flow::PickedUp) => {
                let Stage::Desk { picked_up, .. } = &mut self.stage else {
                    return Err((Invariant::Life, "picked up from nobody's desk".to_owned()));
                };
                life(!*picked_up, "picked up twice")?;
                *picked_up = true;
                Ok(())
            }
            ConversationFact::Exchange(Exchange::MessagePosted { number, voice, .. }) => {
                life(live || *voice == Voice::System, "somebody speaks after the end")?;
                must(*number == self.messages + 1, Invariant::Messages, || {
                    format!("message {number} follows message {}", self.messages)
                })?;
                self.messages = *number;
                Ok(())
            }
            ConversationFact::Flow(
                Flow::Transferred { from, .. }
                | Flow::AutoTransferred { from, .. }
                | Flow::ReturnedToQueue { from, .. },
            ) => {
                let whose = self.stage.on_desk_of();
                must(whose == Some(from), Invariant::Place, || {
                    format!("taken from {from}, who does not have it")
                })?;
                if let ConversationFact::Flow(Flow::ReturnedToQueue { position, .. }) = fact {
                    (self.stage, self.announced) = (Stage::Waiting, *position);
                } else {
                    self.stage = unclaimed();
                }
                Ok(())
            }
            ConversationFact::Exchange(
                Exchange::InternalMessagePosted { .. }
                | Exchange::OperatorTyped
                | Exchange::Typing { .. }
                | Exchange::FileRequested { .. },
            )
            | ConversationFact::Flow(Flow::AutoTransferFailed { .. })
            | ConversationFact::Notice(_)
            | ConversationFact::Attention(Attention::HelpCalled { .. }) => {
                life(desk, "about a conversation on nobody's desk")
            }
            // The operator who was in charge may do these after the end.
            ConversationFact::Attention(Attention::ImportanceMarked { .. })
            | ConversationFact::Exchange(Exchange::CopyMailed { .. })
            | ConversationFact::Survey(_) => Ok(()),
            ConversationFact::Visit(_)
            | ConversationFact::Attention(_)
            | ConversationFact::Exchange(Exchange::FileSent { .. }) => {
                life(live, "about a conversation that is over")
            }
            ConversationFact::Flow(Flow::Ended { .. }) => {
                life(live, "ended twice")?;
                self.stage = Stage::Over;
                Ok(())
            }
            ConversationFact::Flow(Flow::KeptOpen { .. }) => {
                life(self.stage == Stage::Over, "kept open without an end")?;
                self.stage = Stage::Kept;
                Ok(())
            }
            ConversationFact::Flow(Flow::Closed) => {
                life(self.stage == Stage::Kept, "closed and never kept open")?;
                self.stage = Stage::Over;
                Ok(())
            }
        }
    }

    /// Is the conversation where the log says, and nowhere else? `operator` is the one in charge according to the event.
    pub(super) fn agrees_with(
        &mut self,
        after: &Livechat,
        id: ConversationId,
        operator: Option<&OperatorId>,
        fact: &ConversationFact,
    ) -> Result<(), Broken> {
        let place = |holds, otherwise: &str| must(holds, Invariant::Place, || format!("{otherwise}: {id}"));
        let state = after.conversation(id);
        if let Stage::Desk { operator: whose @ None, .. } = &mut self.stage {
            let Some(to) = operator else {
                return Err((Invariant::Place, "given to nobody".to_owned()));
            };
            *whose = Some(to.clone());
            is_given(after, id, to, fact)?;
        }
        if let Some(from) = fact.taken_from() {
            let kept = after.operator(from).is_some_and(|from| from.conversations.contains(&id));
            place(!kept, "still on the desk it was taken from")?;
        }
        let Some(state) = state else {
            place(!self.stage.is_live(), "live by the log, and not in the state")?;
            place(
                after.kept().contains_key(&id) == (self.stage == Stage::Kept),
                "kept open against the log",
            )?;
            let left_over = |one: &Operator| one.conversations.contains(&id);
            let on_a_desk = operator.and_then(|id| after.operator(id)).is_some_and(left_over);
            return place(!on_a_desk, "over, and on a desk");
        };
        let in_the_state = (state.is_waiting(), state.operator(), state.answering().is_some());
        let in_the_log = match &self.stage {
            Stage::Requested => (false, None, false),
            Stage::Waiting => (true, None, false),
            Stage::Desk { operator, picked_up } => (false, operator.as_ref(), *picked_up),
            Stage::Kept | Stage::Over => return place(false, "over by the log, and live in the state"),
        };
        place(in_the_state == in_the_log, "somewhere else than the log says")?;
        must(state.messages == self.messages, Invariant::Messages, || {
            format!("{} messages by the log, {} by the state", self.messages, state.messages)
        })?;
        // A survey belongs to the operator who was in charge when it was asked.
        place(state.operator() == operator || is_about_a_survey(fact), "the event names another operator")?;
        if let Some(operator) = state.operator() {
            let has = after.operator(operator).is_some_and(|one| one.conversations.contains(&id));
            place(has, "not on the desk of who has it")?;
        }
        let of_visitor = after.conversation_of(&state.visitor, state.vouched);
        place(of_visitor == Some(id), "not the conversation of its visitor")
    }
}

/// The operator may have it, and no visitor who has waited longer could have been served instead.
fn is_given(
    after: &Livechat,
    id: ConversationId,
    to: &OperatorId,
    fact: &ConversationFact,
) -> Result<(), Broken> {
    let forced = matches!(
        fact,
        ConversationFact::Flow(
            Flow::Transferred { forced: true, .. } | Flow::AssignedByHand { forced: true }
        )
    );
    if forced {
        return Ok(());
    }
    let (Some(receiver), Some(state)) = (after.operator(to), after.conversation(id)) else {
        return Err((Invariant::Place, format!("given to {to}, who is unknown")));
    };
    let shared = after.settings().capacity.conversations_per_operator;
    let capacity = usize::try_from(receiver.profile.capacity.unwrap_or(shared)).unwrap_or(0);
    must(receiver.conversations.len() <= capacity, Invariant::Capacity, || {
        format!("{to} has {} conversations of {capacity}", receiver.conversations.len())
    })?;
    let has = |skill: Option<&_>| skill.is_none_or(|skill| receiver.profile.skills.contains(skill));
    let there = receiver.connected_since.is_some() && receiver.lost_until.is_none();
    let at_work = there && receiver.status.receives() && receiver.on_shift && !receiver.suspended;
    let may = at_work && has(state.skill.as_ref());
    must(may, Invariant::Requirement, || format!("{to} may not have it"))?;
    if matches!(fact, ConversationFact::Flow(Flow::Assigned)) && !after.queue().is_empty() {
        // One that was kept open goes to its previous operator without waiting.
        let place = state.place(id);
        let older = after.queue().heads().into_iter().find(|(head, skill)| *head < place && has(*skill));
        let whose = older.map_or_else(String::new, |(older, _)| older.conversation.to_string());
        must(older.is_none(), Invariant::QueueOrder, || format!("it was the turn of {whose}"))?;
    }
    Ok(())
}

const fn is_about_a_survey(fact: &ConversationFact) -> bool {
    matches!(fact, ConversationFact::Survey(_))
}
