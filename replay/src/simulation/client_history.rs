//! The request of each client, and its answer: an acknowledged command is in the log exactly once, one that was
//! not acknowledged at most once, one that was refused not at all, and a repeated one gets the same answer as the first
//! time.

use std::collections::BTreeMap;

use domain::id::CommandId;
use domain::{Action, Actor, LivechatId};
use journal::{Error, Position, Receipt, Record};

use super::disk::Disk;

/// A command, and its outcome.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) livechat: LivechatId,
    pub(super) by: Actor,
    pub(super) action: Action,
    /// Two of its copies were in flight at the same time: one may be refused and the other not.
    pub(super) overlapping: bool,
    /// Its records: the first position, and how many.
    recorded: Option<(Position, usize)>,
    /// The last final answer, in flight or arrived.
    answer: Option<Answer>,
}

/// What the journal answered, when that was final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Done: the first position, and how many records.
    Done(Position, usize),
    /// Nothing had to be done.
    Nothing,
    /// A rule refuses it.
    Refused,
    /// The database does not hold it.
    Unwritable,
}

/// All commands of a run.
#[derive(Debug, Default)]
pub(super) struct ClientHistory(BTreeMap<CommandId, Asked>);

impl Asked {
    /// Is it in the log, and does the client know it?
    pub(super) const fn is_done(&self) -> bool {
        matches!(self.answer, Some(Answer::Done(..)))
    }
}

impl ClientHistory {
    /// A client is about to send a command.
    pub(super) fn begin(&mut self, id: CommandId, livechat: LivechatId, by: Actor, action: Action) {
        let asked = Asked { livechat, by, action, overlapping: false, recorded: None, answer: None };
        self.0.insert(id, asked);
    }

    /// The client got no answer, and asks again: a refusal that never arrived is not binding, and by now the rules may
    /// allow it.
    pub(super) fn asks_again(&mut self, id: CommandId) {
        if let Some(asked) = self.0.get_mut(&id)
            && asked.answer == Some(Answer::Refused)
        {
            asked.answer = None;
        }
    }

    pub(super) fn get_mut(&mut self, id: CommandId) -> Option<&mut Asked> {
        self.0.get_mut(&id)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The log has a command for the first time, and must not again. Returns what was asked; nothing when
    /// the journal did it by itself.
    pub(super) fn recorded(&mut self, first: &Record, count: usize) -> Result<Option<Action>, String> {
        let Some(asked) = self.0.get_mut(&first.command) else {
            let by_itself = first.event.by == Actor::System;
            return if by_itself { Ok(None) } else { Err("nobody asked for this".to_owned()) };
        };
        if let Some((before, _)) = asked.recorded {
            return Err(format!(
                "{} was done at {before} and again at {}: {:?}",
                first.command, first.position, asked.action
            ));
        }
        if asked.livechat != first.livechat || asked.by != first.event.by {
            return Err(format!("{} was asked by somebody else, or elsewhere", first.command));
        }
        if !asked.action.is_recorded_as(&first.event.fact) {
            return Err(format!("record {} is not what was asked", first.position));
        }
        asked.recorded = Some((first.position, count));
        match asked.answer {
            Some(Answer::Refused) if !asked.overlapping => {
                Err(format!("{} was refused and is recorded at {}", first.command, first.position))
            }
            Some(Answer::Unwritable) => Err(format!("{} cannot be written and was", first.command)),
            Some(Answer::Refused | Answer::Done(..) | Answer::Nothing) | None => {
                Ok(Some(asked.action.clone()))
            }
        }
    }

    /// The journal answers. Returns whether the client is done.
    pub(super) fn answered(
        &mut self,
        id: CommandId,
        answer: &Result<Receipt, Error>,
        disk: &Disk,
    ) -> Result<bool, String> {
        let Some(asked) = self.0.get_mut(&id) else { return Err("an answer to nobody".to_owned()) };
        let answer = match answer {
            Ok(receipt) => {
                let durable = disk.head(&asked.livechat);
                if receipt.position > durable {
                    return Err(format!(
                        "{id} is answered at {} and the log ends at {durable}",
                        receipt.position
                    ));
                }
                match receipt.records.first() {
                    None => Answer::Nothing,
                    Some(first) => Answer::Done(first.position, receipt.records.len()),
                }
            }
            Err(Error::Rejected(domain::Rejection::KeyUsed)) => {
                return Err(format!("{id} was asked again, and is taken for another command"));
            }
            Err(Error::Rejected(_)) => Answer::Refused,
            Err(Error::Unwritable(_)) => Answer::Unwritable,
            Err(Error::Overloaded | Error::NotDurable(_) | Error::Closed | Error::Store(_)) => {
                return Ok(false);
            }
            Err(error @ (Error::Damaged { .. } | Error::Unreadable(_))) => {
                return Err(format!("the log is found to be damaged: {error}"));
            }
        };
        match (answer, asked.recorded) {
            (Answer::Done(first, count), recorded) => {
                if recorded != Some((first, count)) {
                    return Err(format!(
                        "{id} is answered with {count} records from {first}, and the log has {recorded:?}"
                    ));
                }
            }
            (Answer::Refused | Answer::Unwritable, Some(_)) if asked.overlapping => {}
            (Answer::Nothing | Answer::Refused | Answer::Unwritable, Some((at, _))) => {
                return Err(format!("{id} is done at {at}, and answered {answer:?}"));
            }
            (Answer::Nothing | Answer::Refused | Answer::Unwritable, None) => {}
        }
        if let Some(before @ Answer::Done(..)) = asked.answer
            && before != answer
            && !asked.overlapping
        {
            return Err(format!("{id} was answered {before:?}, and then {answer:?}"));
        }
        asked.answer = Some(answer);
        Ok(true)
    }

    /// Nothing is in flight: the answers must match the log.
    pub(super) fn close(&self) -> Result<(), String> {
        for (id, asked) in &self.0 {
            let told = match asked.answer {
                Some(Answer::Done(first, count)) => asked.recorded == Some((first, count)),
                Some(Answer::Refused | Answer::Unwritable) => asked.recorded.is_none() || asked.overlapping,
                Some(Answer::Nothing) | None => true,
            };
            if !told {
                return Err(format!(
                    "{id} was answered {:?}, and the log has {:?}",
                    asked.answer, asked.recorded
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use domain::{Event, Fact, OperatorFact, OperatorId, Rejection};

    use super::*;

    /// An operator asks to connect, is refused, asks again or not, and the log says that the operator is connected.
    fn refused_and_recorded(asks_again: bool) -> Result<Option<Action>, String> {
        let (livechat, id) = (LivechatId::parse("support").unwrap(), CommandId(uuid::Uuid::from_u128(1)));
        let operator = OperatorId::parse("alice").unwrap();
        let by = Actor::Operator(operator.clone());
        let mut history = ClientHistory::default();
        history.begin(id, livechat.clone(), by.clone(), Action::ConnectOperator(operator.clone()));
        let refused = Err(Error::Rejected(Rejection::UnknownOperator(operator.clone())));
        assert_eq!(history.answered(id, &refused, &Disk::default()), Ok(true));
        if asks_again {
            history.asks_again(id);
        }
        let fact = Fact::Operator { operator, fact: OperatorFact::Connected };
        let event = Event { at: domain::Timestamp::UNIX_EPOCH, by, fact };
        history.recorded(&Record { livechat, position: 1, command: id, address: None, event }, 1)
    }

    #[test]
    fn a_refusal_binds_the_client_that_received_it() {
        let broken = refused_and_recorded(false).unwrap_err();
        assert!(broken.contains("was refused and is recorded at 1"), "{broken}");
    }

    #[test]
    fn a_refusal_that_never_arrived_binds_nobody() {
        assert!(refused_and_recorded(true).unwrap().is_some());
    }
}
