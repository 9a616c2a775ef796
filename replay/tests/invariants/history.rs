//! What the log alone says, followed event by event: who was given what, which clocks run, which messages
//! were numbered how, who was asked what. Each event is checked against the state just before it.

use std::collections::{BTreeMap, BTreeSet};

use domain::conversation::queue_progress::MILESTONES;
use domain::event::Bearer;
use domain::event::Cause;
use domain::event::DisconnectReason;
use domain::event::EndReason;
use domain::event::Presence;
use domain::event::ReleaseReason;
use domain::event::Target;
use domain::event::Voice;
use domain::settings::DeskOption;
use domain::settings::Status;
use domain::state::Conversation;
use domain::state::Operator;
use domain::state::timers::TimerKind;
use domain::{
    Actor, Attention, ConversationFact, ConversationId, Event, Exchange, Fact, Flow, Livechat, LivechatFact,
    Notice, OperatorFact, OperatorId, SkillId, SurveyStep, Timestamp, Visit,
};

use super::choice::{self, Answer};
use super::clocks::Turn;
use super::floor::{capacity_of, closes_at, free, has, is_free, is_open, waiting};
use super::known::{Known, Stage};
use super::long_waits::LongWaits;
use super::surveys;
use crate::support::{minutes, seconds};

type Checked = Result<(), String>;

#[derive(Default)]
pub(super) struct History {
    last: Option<Timestamp>,
    conversations: BTreeMap<ConversationId, Known>,
    long_waits: LongWaits,
    /// Operators above their capacity for a reason that the rules allow.
    excused: BTreeSet<OperatorId>,
    /// Operators who were disconnected in this story while their conversations go to others.
    gone: BTreeSet<OperatorId>,
    /// Conversations that ended in this story, and whether they are to be kept open.
    ended: BTreeMap<ConversationId, bool>,
}

/// One event about a conversation, and the state before it.
pub(super) struct Moment<'a> {
    pub(super) livechat: &'a Livechat,
    pub(super) event: &'a Event,
    pub(super) id: ConversationId,
    pub(super) operator: Option<&'a OperatorId>,
    /// Time has passed, and that is all that was asked.
    pub(super) tick: bool,
}

fn must(holds: bool, otherwise: &str) -> Checked {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}

impl History {
    /// Checks an event against the state just before it, and remembers what it means for the next.
    pub(super) fn before(&mut self, livechat: &Livechat, event: &Event, tick: bool) -> Checked {
        must(self.last.is_none_or(|last| event.may_follow(last)), "time goes backwards")?;
        self.last = Some(event.at);
        match &event.fact {
            Fact::Livechat(fact) => {
                self.time(fact, event.at);
                of_the_livechat(livechat, event, fact)
            }
            Fact::Operator { operator, fact } => self.of_an_operator(livechat, event, operator, fact, tick),
            Fact::Conversation { conversation, operator, fact } => {
                let moment = Moment { livechat, event, id: *conversation, operator: operator.as_ref(), tick };
                self.of_a_conversation(&moment, fact)
            }
        }
    }

    /// What time does to the clocks of everybody.
    fn time(&mut self, fact: &LivechatFact, at: Timestamp) {
        self.long_waits.time(fact, at, &mut self.conversations);
        for known in self.conversations.values_mut() {
            if let LivechatFact::ClockSetBack { from, to } = fact {
                known.clocks.set_back(*from, *to);
            } else if let LivechatFact::Interrupted { since, until } = fact {
                known.clocks.stand_still(*until - *since, at);
            }
        }
    }

    /// The state right after an event: what it says of the conversation is what the log says.
    pub(super) fn after(&mut self, livechat: &Livechat, event: &Event) -> Checked {
        self.long_waits.note(event.at, &mut self.conversations);
        let lowers = matches!(event.by, Actor::Administrator(_));
        for (id, operator) in livechat.operators() {
            if operator.load() <= capacity_of(livechat, operator) {
                self.excused.remove(id);
            } else if lowers {
                self.excused.insert(id.clone());
            }
        }
        let Fact::Conversation { conversation: id, operator, fact } = &event.fact else { return Ok(()) };
        let Some(known) = self.conversations.get(id) else { return Err("of an unknown conversation".into()) };
        match livechat.conversation(*id) {
            Some(state) => {
                let in_charge = state.operator() == operator.as_ref() || is_about_a_survey(fact);
                must(in_charge, "names another operator than the one in charge")?;
                known.agrees_with(state)?;
            }
            None => must(!known.is_live(), "the conversation is lost")?,
        }
        let Some(kept) = livechat.kept().get(id) else { return Ok(()) };
        let in_the_state = (Stage::Kept { until: kept.until }, &kept.operator, kept.messages);
        let in_the_log = (known.stage.clone(), &known.last_operator().cloned(), known.messages);
        must(in_the_state == in_the_log, "kept otherwise than the log says")
    }

    /// After all that follows from a command.
    pub(super) fn settled(&mut self, livechat: &Livechat) -> Checked {
        for id in std::mem::take(&mut self.gone) {
            let left = livechat.operator(&id).is_some_and(|gone| gone.connected_since.is_none());
            must(!left || livechat.operators()[&id].load() == 0, "left behind by an operator who is gone")?;
        }
        for (id, keep) in std::mem::take(&mut self.ended) {
            let known = &self.conversations[&id];
            must(
                matches!(known.stage, Stage::Kept { .. }) == keep,
                "kept open, or not, against the settings",
            )?;
            surveys::were_asked_at_the_end(livechat, known)?;
        }
        let replaced = self.conversations.values().any(|known| known.replaced);
        must(!replaced, "a survey was taken away and no other asked")?;
        for (id, operator) in livechat.operators() {
            let above = operator.load() > capacity_of(livechat, operator);
            must(!above || self.excused.contains(id), &format!("{id} has too many conversations"))?;
        }
        let (live, pending) = (
            self.conversations.values().filter(|known| known.is_live()).count(),
            self.conversations.values().map(|known| known.surveys.len()).sum::<usize>(),
        );
        must(live == livechat.conversations().count(), "the log knows of more who are live, or fewer")?;
        must(pending == livechat.pending_surveys().count(), "the log knows of more surveys, or fewer")
    }

    /// After time has passed: whatever was due has happened.
    pub(super) fn nothing_is_overdue(&self, livechat: &Livechat, now: Timestamp) -> Checked {
        for (id, known) in &self.conversations {
            if let Some(kind) = known.clocks.overdue(now).filter(|_| known.is_live()) {
                return Err(format!("{kind:?} of {id} was due and did not fire"));
            }
            let kept = matches!(known.stage, Stage::Kept { until } if until <= now);
            let asked = known.surveys.values().any(|asked| asked.closes_at.is_some_and(|at| at <= now));
            must(!kept && !asked, "a survey or what was kept open was due to be closed")?;
            let waits_in_vain =
                known.stage == Stage::Waiting && !is_open(livechat, known.skill.as_ref(), now);
            let for_somebody = known.came_back && livechat.is_attended();
            must(!waits_in_vain || for_somebody, "somebody waits for a service that is closed")?;
        }
        let lost = livechat.operators().values().any(|one| one.lost_until.is_some_and(|until| until <= now));
        must(!lost, "a lost operator was due to be disconnected")
    }

    fn of_an_operator(
        &mut self,
        livechat: &Livechat,
        event: &Event,
        id: &OperatorId,
        fact: &OperatorFact,
        tick: bool,
    ) -> Checked {
        let before = livechat.operator(id);
        let is = |what: fn(&Operator) -> bool| before.is_some_and(what);
        let by_administrator = matches!(event.by, Actor::Administrator(_));
        match fact {
            OperatorFact::Registered { .. } => must(by_administrator, "registered by somebody else"),
            OperatorFact::Connected => {
                must(is(|one| one.connected_since.is_none()), "connected twice")?;
                must(is(|one| !one.suspended), "connected while suspended")?;
                self.search(livechat, event, id, is(|one| one.status == Status::Searching));
                Ok(())
            }
            OperatorFact::ConnectionLost { until } => {
                let notice = livechat.settings().timeouts.disconnect_notice;
                let time = if notice > 0 { notice } else { 10 };
                must(*until == event.at + seconds(time), "lost for another time than what is set")?;
                must(is(|one| one.connected_since.is_some() && one.lost_until.is_none()), "lost twice")
            }
            OperatorFact::Reconnected => must(is(|one| one.lost_until.is_some()), "back and never lost"),
            OperatorFact::Disconnected { reason } => {
                must(is(|one| one.connected_since.is_some()), "disconnected twice")?;
                if tick {
                    let until = before.and_then(|one| one.lost_until);
                    must(until.is_some_and(|until| until <= event.at), "disconnected early")?;
                    must(*reason == DisconnectReason::ConnectionLost, "signed out by a timer")?;
                }
                if livechat.settings().behaviour.transfer_on_disconnect || is(|one| one.suspended) {
                    self.gone.insert(id.clone());
                }
                self.search(livechat, event, id, false);
                Ok(())
            }
            OperatorFact::StatusChanged { status } => {
                must(livechat.settings().statuses.enabled(*status), "takes a status that is off")?;
                must(before.is_some_and(|one| one.status != *status), "takes the same status")?;
                let searches = *status == Status::Searching && is(|one| one.connected_since.is_some());
                self.search(livechat, event, id, searches);
                Ok(())
            }
            OperatorFact::ShiftStarted => must(is(|one| !one.on_shift), "starts a shift twice"),
            OperatorFact::ShiftEnded => must(is(|one| one.on_shift), "ends a shift twice"),
            OperatorFact::Suspended => {
                self.gone.insert(id.clone());
                must(by_administrator, "suspended by somebody else")?;
                must(is(|one| !one.suspended), "suspended twice")
            }
            OperatorFact::Reinstated => {
                must(by_administrator, "reinstated by somebody else")?;
                // Or removed: then nobody was known.
                must(before.is_none_or(|one| one.suspended), "reinstated and never suspended")
            }
            OperatorFact::Removed => {
                self.gone.insert(id.clone());
                must(by_administrator, "removed by somebody else")?;
                must(before.is_some(), "removed and never registered")
            }
        }
    }

    /// An operator begins to look for information, or does not any more.
    fn search(&mut self, livechat: &Livechat, event: &Event, id: &OperatorId, searching: bool) {
        let timeouts = &livechat.settings().timeouts;
        for known in self.conversations.values_mut().filter(|one| one.on_desk_of() == Some(id)) {
            let answering = known.is_answering();
            known.clocks.turn(Turn::Search { searching, answering }, timeouts, event.at);
        }
    }

    #[expect(clippy::too_many_lines, reason = "a table, with one entry for each kind of event")]
    fn of_a_conversation(&mut self, moment: &Moment<'_>, fact: &ConversationFact) -> Checked {
        let Moment { livechat, event, id, operator, tick } = *moment;
        self.may_be_requested(moment, fact)?;
        let known = self.conversations.get_mut(&id).ok_or("of an unknown conversation")?;
        let timeouts = &livechat.settings().timeouts;
        let at = event.at;
        match fact {
            ConversationFact::Flow(Flow::Requested(_) | Flow::RequestedAgain(_)) => {
                known.clocks.turn(Turn::Requested, timeouts, at);
                Ok(())
            }
            ConversationFact::Flow(Flow::Refused { reason }) => {
                answers(livechat, known, at, &Answer::Refused(*reason))?;
                self.ended.insert(id, is_over(moment, known)?);
                Ok(())
            }
            ConversationFact::Flow(Flow::Queued { position }) => {
                answers(livechat, known, at, &Answer::Queued(*position))?;
                (known.stage, known.told) = (Stage::Waiting, Some(*position));
                Ok(())
            }
            ConversationFact::Flow(Flow::QueueAdvanced { position }) => {
                let place = waiting(livechat).iter().position(|(other, _)| *other == id);
                must(place.map(|place| place + 1) == Some(*position), "told a position of somebody else")?;
                must(MILESTONES.contains(position), "told a position that is not told")?;
                must(known.told.is_some_and(|told| told > *position), "told again, or a worse position")?;
                known.told = Some(*position);
                Ok(())
            }
            ConversationFact::Flow(Flow::Assigned) => {
                let to = operator.ok_or("given to nobody")?;
                match known.stage {
                    Stage::Requested => answers(livechat, known, at, &Answer::Given(to.clone()))?,
                    Stage::Waiting => {
                        choice::is_next_in_the_queue(livechat, id)?;
                        is_best(choice::best(livechat, known.skill.as_ref(), |_| true), to)?;
                    }
                    Stage::Desk { .. } | Stage::Kept { .. } | Stage::Over => {
                        return Err("given away while nobody waits".into());
                    }
                }
                known.given_to(to);
                known.clocks.turn(Turn::Assigned, timeouts, at);
                Ok(())
            }
            ConversationFact::Flow(Flow::AssignedByHand { forced }) => {
                let to = operator.ok_or("given to nobody")?;
                must(known.stage == Stage::Waiting, "given away while nobody waits")?;
                must(matches!(event.by, Actor::Supervisor(_)), "given away by somebody else")?;
                if given_by_hand(livechat, to, known.skill.as_ref(), *forced)? {
                    self.excused.insert(to.clone());
                }
                known.given_to(to);
                known.clocks.turn(Turn::Assigned, timeouts, at);
                Ok(())
            }
            ConversationFact::Flow(Flow::Left) => {
                match known.on_desk_of() {
                    None => must(known.stage == Stage::Waiting, "leaves a queue without being in it")?,
                    // On a tab that flashes the visitor waits, as in the queue.
                    Some(_) if !known.is_answering() => {}
                    Some(from) => {
                        is_next_of_a_disconnected(livechat, id, from)?;
                        let else_free = free(livechat, known.skill.as_ref()).any(|(one, _)| one != from);
                        must(!else_free, "dropped although somebody has room")?;
                        must(known.presence == Presence::LeftSite, "dropped although the visitor is there")?;
                    }
                }
                let gone = known.presence == Presence::LeftSite;
                let by_rule = event.by == Actor::System;
                must(!by_rule || gone, "put out of the queue while there")?;
                must(by_rule || known.stage != Stage::Waiting || !gone, "in the queue although gone")?;
                self.ended.insert(id, is_over(moment, known)?);
                Ok(())
            }
            ConversationFact::Flow(Flow::Released { reason }) => {
                match reason {
                    ReleaseReason::Unanswered => {
                        must(tick && !known.is_answered(), "released although answered, or by somebody")?;
                        known.clocks.fire(TimerKind::Unanswered, at)?;
                    }
                    ReleaseReason::LivechatClosed => {
                        must(livechat.is_shut(), "released from an open livechat")?;
                        match known.on_desk_of() {
                            None => {
                                let next = waiting(livechat).first().map(|(next, _)| *next);
                                must(next == Some(id), "somebody has waited for longer")?;
                            }
                            Some(from) => {
                                is_next_of_a_disconnected(livechat, id, from)?;
                                let skill = known.skill.as_ref();
                                let else_free = free(livechat, skill).any(|(one, _)| one != from);
                                must(!else_free, "released although somebody has room")?;
                            }
                        }
                    }
                    ReleaseReason::Closing => match known.on_desk_of() {
                        None => is_released_at_closing(livechat, id, known, at)?,
                        Some(from) => {
                            is_next_of_a_disconnected(livechat, id, from)?;
                            is_left_alone(livechat, known, from, at)?;
                        }
                    },
                }
                self.ended.insert(id, is_over(moment, known)?);
                Ok(())
            }
            ConversationFact::Flow(Flow::PickedUp) => {
                let Stage::Desk { operator: whose, picked_up: false } = &known.stage else {
                    return Err("picked up twice, or from nobody's desk".into());
                };
                must(event.by == Actor::Operator(whose.clone()), "picked up by somebody else")?;
                let searching = searches(livechat, Some(whose));
                known.picked_up_by = Some(whose.clone());
                known.stage = Stage::Desk { operator: whose.clone(), picked_up: true };
                known.clocks.turn(Turn::PickedUp { searching }, timeouts, at);
                Ok(())
            }
            ConversationFact::Exchange(Exchange::MessagePosted { number, voice, source, phrase, .. }) => {
                must(*number == known.messages + 1, "a message is missing, or told twice")?;
                known.messages = *number;
                must(phrase.is_some() == (*voice == Voice::System && source.is_none()), "whose words?")?;
                if source.is_some() {
                    is_permitted(moment, DeskOption::SearchKnowledge)?;
                    must(known.is_answering(), "an article from nobody")?;
                }
                said(livechat, known, (*voice, source.is_some()), at);
                Ok(())
            }
            ConversationFact::Exchange(Exchange::InternalMessagePosted { .. }) => {
                must(known.on_desk_of().is_some(), "an internal message about nobody's conversation")?;
                let in_charge =
                    event.by == known.on_desk_of().cloned().map_or(Actor::System, Actor::Operator);
                must(in_charge || matches!(event.by, Actor::Supervisor(_)), "an internal message by another")
            }
            ConversationFact::Visit(Visit::VisitorPresence { presence }) => {
                is_by_the_visitor(event, known)?;
                must(known.presence != *presence, "told where the visitor was already")?;
                known.presence = *presence;
                Ok(())
            }
            ConversationFact::Visit(Visit::PageChanged { .. }) => {
                is_by_the_visitor(event, known)?;
                known.pages += 1;
                Ok(())
            }
            ConversationFact::Exchange(Exchange::OperatorTyped) => {
                must(known.is_answering(), "types before the pick-up")?;
                must(
                    event.by == known.on_desk_of().cloned().map_or(Actor::System, Actor::Operator),
                    "who types?",
                )?;
                let running = known.clocks.deadline(TimerKind::AutoTransfer).ok_or("types for no clock")?;
                must(at + seconds(timeouts.auto_transfer) - running >= seconds(5), "types too often")?;
                known.clocks.turn(Turn::OperatorTyped, timeouts, at);
                Ok(())
            }
            ConversationFact::Exchange(Exchange::Typing { voice: Voice::Operator, until }) => {
                must(known.is_answering(), "types before the pick-up")?;
                must(
                    event.by == known.on_desk_of().cloned().map_or(Actor::System, Actor::Operator),
                    "who types?",
                )?;
                let wait = seconds(timeouts.auto_transfer);
                let running = known.clocks.deadline(TimerKind::AutoTransfer);
                let running = running.or(known.clocks.stranded.then_some(at)).ok_or("types for no clock")?;
                must(at + wait > running, "types although it counts already")?;
                must(*until == at + (wait / 10).min(seconds(5)), "counts for another time")?;
                known.clocks.turn(Turn::OperatorTypes { until: *until }, timeouts, at);
                Ok(())
            }
            ConversationFact::Exchange(Exchange::Typing { voice: Voice::Visitor | Voice::System, until }) => {
                is_by_the_visitor(event, known)?;
                let inactivity = timeouts.visitor_inactivity > 0;
                let clock = if inactivity { TimerKind::VisitorInactivity } else { TimerKind::FollowUp };
                let wait = minutes(if inactivity { timeouts.visitor_inactivity } else { timeouts.follow_up });
                let running = known.clocks.deadline(clock).ok_or("types for no clock")?;
                must(at + wait > running, "types although it counts already")?;
                must(*until == at + (wait / 10).min(seconds(30)), "counts for another time")?;
                known.clocks.turn(Turn::VisitorTypes { until: *until }, timeouts, at);
                Ok(())
            }
            ConversationFact::Flow(Flow::Transferred { from, target, forced, .. }) => {
                self.is_transferred(moment, from, target, *forced)
            }
            ConversationFact::Flow(Flow::AutoTransferred { from, cause, hidden }) => {
                must(*hidden != timeouts.auto_transfer_notice, "hidden, or not, against the setting")?;
                self.is_moved(moment, from, *cause)
            }
            ConversationFact::Flow(Flow::AutoTransferFailed { again_at }) => {
                let whose = known.on_desk_of().cloned().ok_or("on nobody's desk")?;
                must(operator == Some(&whose) && tick, "stays with somebody else")?;
                known.clocks.fire(TimerKind::AutoTransfer, at)?;
                let next = choice::best_untried(livechat, known.skill.as_ref(), &whose, &known.tried);
                must(next.is_none(), "stays although somebody could take it")?;
                must(again_at.is_none(), "tried again although nobody has come")?;
                known.clocks.stranded = true;
                Ok(())
            }
            ConversationFact::Flow(Flow::ReturnedToQueue { from, position }) => {
                must(known.on_desk_of() == Some(from), "taken from somebody who does not have it")?;
                is_next_of_a_disconnected(livechat, id, from)?;
                let else_free = free(livechat, known.skill.as_ref()).any(|(one, _)| one != from);
                must(!else_free, "sent back although somebody has room")?;
                must(known.presence != Presence::LeftSite, "sent back to wait although gone")?;
                must(!livechat.is_shut(), "sent back to wait in a livechat that is closed")?;
                let receives = choice::somebody_receives(livechat, known.skill.as_ref());
                let skill = known.skill.as_ref();
                let open = livechat.service_hours().is_open(skill) || is_open(livechat, skill, at);
                must(receives || open, "sent back to wait for a service that is closed")?;
                let place = livechat.conversation(id).map(|one| one.request);
                let ahead = waiting(livechat).iter().filter(|(_, one)| Some(one.request) < place).count();
                must(*position == ahead + 1, "sent back to another place than that of the request")?;
                (known.stage, known.told, known.came_back) = (Stage::Waiting, Some(*position), true);
                known.searching = false;
                known.previous = Some(from.clone());
                known.clocks.turn(Turn::BackToQueue, timeouts, at);
                Ok(())
            }
            ConversationFact::Notice(Notice::StillOnHold) => {
                must(tick, "said by somebody")?;
                known.clocks.fire_on_hold(at)?;
                known.clocks.turn(Turn::StillOnHold, timeouts, at);
                Ok(())
            }
            ConversationFact::Notice(Notice::FollowedUp) => {
                must(tick, "followed up by somebody")?;
                known.clocks.fire(TimerKind::FollowUp, at)
            }
            ConversationFact::Notice(Notice::SearchNoticed { again_at }) => {
                must(tick && known.is_answering(), "nobody searches")?;
                must(searches(livechat, known.on_desk_of()), "nobody searches")?;
                known.clocks.fire(TimerKind::SearchNotice, at)?;
                let period = timeouts.search_notice;
                must(*again_at == (period > 0).then(|| at + minutes(period)), "told again at another time")?;
                known.clocks.again(TimerKind::SearchNotice, at, *again_at);
                if again_at.is_none() {
                    known.clocks.turn(Turn::SearchIsToldNoMore, timeouts, at);
                }
                Ok(())
            }
            ConversationFact::Notice(Notice::OperatorSearches { searching }) => {
                must(known.is_answering(), "shown before the pick-up")?;
                must(known.searching != *searching, "shown as it was")?;
                must(searches(livechat, known.on_desk_of()) == *searching, "shown otherwise than it is")?;
                known.searching = *searching;
                Ok(())
            }
            ConversationFact::Notice(Notice::TimeoutAnnounced { ends_at }) => {
                must(tick, "announced by somebody")?;
                known.clocks.fire(TimerKind::TimeoutReminder, at)?;
                let end = known.clocks.deadline(TimerKind::VisitorInactivity);
                must(end == Some(*ends_at), "announces an end that is not the one that will come")
            }
            ConversationFact::Attention(Attention::ImportanceMarked { important }) => {
                is_permitted(moment, DeskOption::MarkImportant)?;
                must(known.important != *important, "marked as it was")?;
                known.important = *important;
                Ok(())
            }
            ConversationFact::Attention(Attention::HelpCalled { note }) => {
                is_permitted(moment, DeskOption::CallManager)?;
                let again = known.help.is_some() && note.is_none();
                must(!again && known.on_desk_of().is_some(), "called twice, or by nobody")?;
                known.help = Some(None);
                Ok(())
            }
            ConversationFact::Attention(Attention::HelpTaken) => {
                let Actor::Supervisor(taker) = &event.by else { return Err("helped by nobody".into()) };
                must(known.help == Some(None), "taken twice, or never called")?;
                known.help = Some(Some(taker.clone()));
                Ok(())
            }
            ConversationFact::Attention(Attention::HelpDone) => {
                must(known.help.is_some(), "settled twice, or never called")?;
                known.help = None;
                Ok(())
            }
            ConversationFact::Attention(Attention::PutOnHold) => {
                must(known.is_answering() && !known.clocks.on_hold, "put on hold twice, or by nobody")?;
                known.clocks.turn(Turn::PutOnHold, timeouts, at);
                Ok(())
            }
            ConversationFact::Attention(Attention::TakenBack) => {
                must(known.clocks.on_hold, "taken back without being on hold")?;
                known.clocks.turn(
                    Turn::TakenBack { searching: searches(livechat, known.on_desk_of()) },
                    timeouts,
                    at,
                );
                Ok(())
            }
            ConversationFact::Exchange(Exchange::FileRequested { note }) => {
                is_permitted(moment, DeskOption::RequestFile)?;
                let again = known.file_requested && note.is_none();
                must(known.is_answering() && !again, "asked twice, or by nobody")?;
                known.file_requested = true;
                said(livechat, known, (Voice::Operator, false), at);
                Ok(())
            }
            ConversationFact::Exchange(Exchange::FileSent { voice, file }) => {
                must(file.bytes > 0, "an empty file")?;
                said(livechat, known, (*voice, false), at);
                match voice {
                    Voice::Visitor => {
                        must(known.file_requested, "sent unasked")?;
                        known.file_requested = false;
                        Ok(())
                    }
                    Voice::Operator => {
                        must(known.is_answering(), "sent by nobody")?;
                        is_permitted(moment, DeskOption::SendFile)
                    }
                    Voice::System => Err("a file from nobody".into()),
                }
            }
            ConversationFact::Exchange(Exchange::CopyMailed { to }) => {
                is_permitted(moment, DeskOption::MailToSelf)?;
                let own = known.operator.as_ref().and_then(|id| livechat.operator(id));
                must(own.and_then(|own| own.profile.email.as_ref()) == Some(to), "mailed to somebody else")
            }
            ConversationFact::Survey(SurveyStep::Asked { audience, segment, survey, version }) => {
                surveys::asked(moment, known, (*segment, *audience), survey, *version)
            }
            ConversationFact::Survey(SurveyStep::Opened { audience, segment }) => {
                surveys::opened(moment, known, (*segment, *audience))
            }
            ConversationFact::Survey(SurveyStep::Cancelled { audience, segment }) => {
                surveys::cancelled(moment, known, (*segment, *audience))
            }
            ConversationFact::Survey(SurveyStep::Answered {
                audience,
                segment,
                survey,
                version,
                opened_at,
                answers: _,
            }) => surveys::answered(moment, known, (*segment, *audience), (survey, *version), *opened_at),
            ConversationFact::Survey(SurveyStep::Closed { audience, segment, survey, version, closing }) => {
                surveys::closed(moment, known, (*segment, *audience), (survey, *version), *closing)
            }
            ConversationFact::Flow(Flow::Ended { reason }) => {
                must(known.is_live(), "ended twice")?;
                let gives_up = *reason == EndReason::Visitor && !known.is_answering();
                must(!gives_up, "a visitor who gives up waiting has left, and not ended it")?;
                must((*reason == EndReason::Timeout) == tick, "ended by time, or not, for another reason")?;
                if *reason == EndReason::Timeout {
                    known.clocks.fire(TimerKind::VisitorInactivity, at)?;
                }
                self.ended.insert(id, is_over(moment, known)?);
                Ok(())
            }
            ConversationFact::Flow(Flow::KeptOpen { until }) => {
                must(self.ended.contains_key(&id) && known.stage == Stage::Over, "kept without an end")?;
                let hours = livechat.settings().behaviour.keep_open_hours;
                must(*until == at + minutes(hours * 60), "kept for another time than the setting")?;
                must(operator == known.last_operator(), "kept for somebody else than the last who had it")?;
                known.stage = Stage::Kept { until: *until };
                Ok(())
            }
            ConversationFact::Flow(Flow::Closed) => {
                let Stage::Kept { until } = known.stage else { return Err("closed and never kept".into()) };
                must(!tick || until <= at, "closed early")?;
                known.stage = Stage::Over;
                Ok(())
            }
        }
    }

    /// A request begins a conversation, or the next segment of one that was kept for the same visitor.
    fn may_be_requested(&mut self, moment: &Moment<'_>, fact: &ConversationFact) -> Checked {
        let id = moment.id;
        if let ConversationFact::Flow(Flow::Requested(request)) = fact {
            must(!self.conversations.contains_key(&id), "a conversation begins twice")?;
            let mine = |known: &&Known| known.visitor == request.visitor.id;
            let others = || self.conversations.values().filter(mine);
            must(!others().any(Known::is_live), "a visitor in two conversations")?;
            let kept = others().find(|known| matches!(known.stage, Stage::Kept { .. }));
            let known = Known::new(request, kept.and_then(|kept| kept.last_operator().cloned()));
            self.conversations.insert(id, known);
        }
        if let ConversationFact::Flow(Flow::RequestedAgain(request)) = fact {
            let known = self.conversations.get_mut(&id).ok_or("asked again for what never was")?;
            must(matches!(known.stage, Stage::Kept { .. }), "asked again for what was not kept")?;
            must(known.visitor == request.visitor.id, "asked again by somebody else")?;
            *known = known.again(request);
        }
        Ok(())
    }

    fn is_transferred(
        &mut self,
        moment: &Moment<'_>,
        from: &OperatorId,
        target: &Target,
        forced: bool,
    ) -> Checked {
        let Moment { livechat, event, id, operator, .. } = *moment;
        let to = operator.ok_or("given to nobody")?;
        let known = self.conversations.get_mut(&id).ok_or("unknown")?;
        must(known.on_desk_of() == Some(from) && to != from, "taken from somebody who does not have it")?;
        match target {
            Target::Skill(skill) => {
                is_best(choice::best(livechat, Some(skill), |id| id != from), to)?;
                known.skill = Some(skill.clone());
            }
            Target::Operator(named) => {
                is_permitted(moment, DeskOption::ListOperators)?;
                must(named == to, "given to another than the one named")?;
                if given_by_hand(livechat, to, known.skill.as_ref(), forced)? {
                    must(matches!(event.by, Actor::Supervisor(_)), "forced by somebody else")?;
                    self.excused.insert(to.clone());
                }
            }
        }
        known.given_to(to);
        known.clocks.turn(Turn::Moved { tried: None }, &livechat.settings().timeouts, event.at);
        Ok(())
    }

    fn is_moved(&mut self, moment: &Moment<'_>, from: &OperatorId, cause: Cause) -> Checked {
        let Moment { livechat, event, id, operator, tick } = *moment;
        let to = operator.ok_or("given to nobody")?;
        let known = self.conversations.get_mut(&id).ok_or("unknown")?;
        must(known.on_desk_of() == Some(from), "taken from somebody who does not have it")?;
        let skill = known.skill.clone();
        let best = choice::best_untried(livechat, skill.as_ref(), from, &known.tried);
        let tried = match cause {
            Cause::Inactive => {
                must(tick || known.clocks.stranded, "moved by somebody")?;
                must(
                    livechat.settings().timeouts.auto_transfer > 0 || !known.clocks.stranded,
                    "moved though off",
                )?;
                is_best(best, to)?;
                if !known.clocks.stranded {
                    known.clocks.fire(TimerKind::AutoTransfer, event.at)?;
                }
                let tried = known.tried.contains(to);
                if tried {
                    known.tried.clear();
                }
                known.tried.insert(from.clone());
                Some(tried)
            }
            Cause::Disconnected => {
                is_next_of_a_disconnected(livechat, id, from)?;
                is_best(best.or_else(|| choice::best(livechat, skill.as_ref(), |id| id != from)), to)?;
                None
            }
        };
        known.given_to(to);
        known.clocks.turn(Turn::Moved { tried }, &livechat.settings().timeouts, event.at);
        Ok(())
    }
}

/// Services open and close in turn; a change of hours alone, or their time, does it.
fn of_the_livechat(livechat: &Livechat, event: &Event, fact: &LivechatFact) -> Checked {
    let flips = |skill: Option<&SkillId>, open| {
        must(livechat.service_hours().is_open(skill) != open, "opens or closes twice")?;
        must(event.by == Actor::System, "opened or closed by somebody")
    };
    match fact {
        LivechatFact::Created { .. } => must(livechat.identity().is_none(), "created twice"),
        LivechatFact::SettingsChanged { section, .. } => {
            must(section.validate().is_ok(), "settings out of range")?;
            must(livechat.settings().section(section.name()) != **section, "settings as they were")
        }
        LivechatFact::Accessed { .. } => match event.by {
            Actor::Operator(_)
            | Actor::Supervisor(_)
            | Actor::Administrator(_)
            | Actor::Analyst(_)
            | Actor::Integration(_) => Ok(()),
            Actor::Visitor(_) | Actor::System => Err("read as staff by somebody else".into()),
        },
        LivechatFact::TokenIssued { bearer } => match (&event.by, bearer) {
            (Actor::Administrator(_), Bearer::Operator(_))
            | (Actor::Integration(_), Bearer::Visitor { .. }) => Ok(()),
            (_, bearer) => Err(format!("a token for {bearer:?} by {:?}", event.by)),
        },
        LivechatFact::ApiKeyChanged { .. } => {
            must(matches!(event.by, Actor::Administrator(_)), "a key of a program managed by somebody else")
        }
        LivechatFact::Opened { skill } => flips(skill.as_ref(), true),
        LivechatFact::Closed { skill } => flips(skill.as_ref(), false),
        LivechatFact::IdentityChanged { .. } => {
            must(livechat.identity().is_some(), "renamed before it was there")
        }
        LivechatFact::Shut => must(!livechat.is_shut(), "closed twice"),
        LivechatFact::Reopened => must(livechat.is_shut(), "reopened and never closed"),
        LivechatFact::ClockSetBack { .. } | LivechatFact::Interrupted { .. } => {
            must(event.by == Actor::System, "time told by somebody")
        }
    }
}

/// By the visitor, or the integration in the visitor's stead.
fn is_by_the_visitor(event: &Event, known: &Known) -> Checked {
    let theirs = event.by == Actor::Visitor(known.visitor.clone());
    must(theirs || matches!(event.by, Actor::Integration(_)), "told of the visitor by another")
}

/// It names who was in charge, and the surveys that still wait do so from now on. Whether the conversation is
/// to be kept open: for whoever has it, or had it before.
fn is_over(moment: &Moment<'_>, known: &mut Known) -> Result<bool, String> {
    must(moment.operator == known.on_desk_of(), "over on the desk of somebody else")?;
    surveys::begin_to_wait(moment.livechat, known, moment.event.at);
    known.stage = Stage::Over;
    Ok(moment.livechat.settings().behaviour.keep_open && known.last_operator().is_some())
}

/// The rules answer a request as they should.
fn answers(livechat: &Livechat, known: &Known, at: Timestamp, given: &Answer) -> Checked {
    must(known.stage == Stage::Requested, "answered and not asked")?;
    let right = choice::answer(livechat, known.skill.as_ref(), known.previous.as_ref(), at);
    must(right == *given, &format!("the answer should be {right:?}"))
}

fn is_best(best: Option<&OperatorId>, to: &OperatorId) -> Checked {
    must(best == Some(to), &format!("given to {to}, should be to {best:?}"))
}

/// Given by somebody to an operator who may have it; or forced on one who may not, and is there. Whether it was forced.
fn given_by_hand(
    livechat: &Livechat,
    to: &OperatorId,
    skill: Option<&SkillId>,
    forced: bool,
) -> Result<bool, String> {
    let receiver = livechat.operator(to).ok_or("given to nobody")?;
    let may = is_free(livechat, receiver) && has(receiver, skill);
    must(may != forced, "forced without need, or given to somebody who may not have it")?;
    must(!forced || receiver.connected_since.is_some(), "forced on somebody who is not there")?;
    Ok(forced)
}

/// The operator is disconnected, the conversations go to others, and this is the oldest of them.
fn is_next_of_a_disconnected(livechat: &Livechat, id: ConversationId, from: &OperatorId) -> Checked {
    let gone = livechat.operator(from).ok_or("nobody")?;
    must(gone.connected_since.is_none(), "taken from somebody who is there")?;
    let go = livechat.settings().behaviour.transfer_on_disconnect || gone.suspended;
    must(go, "moved although they stay")?;
    let place = |id: &ConversationId| livechat.conversation(*id).map(|one| one.request);
    must(gone.conversations.iter().min_by_key(|id| place(id)) == Some(&id), "an older one goes first")
}

/// The service is closed, the visitor waits, and nobody who has waited longer is still there.
fn is_released_at_closing(livechat: &Livechat, id: ConversationId, known: &Known, at: Timestamp) -> Checked {
    must(known.stage == Stage::Waiting, "released without waiting")?;
    let has_closed = |one: &Conversation| has_closed_on(livechat, one.skill.as_ref(), one.requested_at, at);
    let oldest = waiting(livechat).into_iter().find(|(_, one)| has_closed(one));
    must(oldest.is_some_and(|(oldest, _)| oldest == id), "released although open, or somebody waits longer")
}

/// The service is closed, and nobody else may receive what the one who has gone leaves.
fn is_left_alone(livechat: &Livechat, known: &Known, from: &OperatorId, at: Timestamp) -> Checked {
    let skill = known.skill.as_ref();
    must(
        !livechat.service_hours().is_open(skill),
        "released although nobody was told that the service is closed",
    )?;
    must(!is_open(livechat, skill, at), "released although the service is open")?;
    must(!choice::somebody_receives(livechat, skill), "released although somebody is left")?;
    must(livechat.operators()[from].connected_since.is_none(), "released although the operator is there")
}

/// Since the visitor asked, the service has closed; and that was told.
fn has_closed_on(livechat: &Livechat, skill: Option<&SkillId>, since: Timestamp, at: Timestamp) -> bool {
    let told = !livechat.service_hours().is_open(skill);
    let closed_since = closes_at(livechat, skill, since).is_some_and(|closed| closed <= at);
    told && (!is_open(livechat, skill, at) || !is_open(livechat, skill, since) || closed_since)
}

/// A survey is a matter of the operator who was in charge when it was asked.
const fn is_about_a_survey(fact: &ConversationFact) -> bool {
    matches!(
        fact,
        ConversationFact::Survey(
            SurveyStep::Opened { .. }
                | SurveyStep::Cancelled { .. }
                | SurveyStep::Answered { .. }
                | SurveyStep::Closed { .. }
        )
    )
}

/// Somebody had a word, which the clocks hear.
fn said(livechat: &Livechat, known: &mut Known, (voice, is_article): (Voice, bool), at: Timestamp) {
    let answering = known.is_answering();
    let searching = searches(livechat, known.on_desk_of());
    let turn = match voice {
        Voice::Visitor => {
            Turn::VisitorWrote { on_a_desk: known.on_desk_of().is_some(), answering, searching }
        }
        Voice::Operator => Turn::OperatorWrote { answering },
        Voice::System if is_article => Turn::OperatorWrote { answering },
        Voice::System => return,
    };
    known.clocks.turn(turn, &livechat.settings().timeouts, at);
}

fn searches(livechat: &Livechat, operator: Option<&OperatorId>) -> bool {
    operator
        .and_then(|id| livechat.operator(id))
        .is_some_and(|one| one.connected_since.is_some() && one.status == Status::Searching)
}

/// Operators do only what their desk offers.
fn is_permitted(moment: &Moment<'_>, option: DeskOption) -> Checked {
    let offered = moment.livechat.settings().desk.has(option);
    must(offered || !matches!(moment.event.by, Actor::Operator(_)), "an option of the desk that is off")
}
