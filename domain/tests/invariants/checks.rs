//! What every state must satisfy, told from operators and conversations alone.

use std::collections::BTreeSet;

use pupitre_domain::conversation::queue_progress::MILESTONES;
use pupitre_domain::event::Presence;
use pupitre_domain::settings::Status;
use pupitre_domain::state::Operator;
use pupitre_domain::state::queue::{Place, Queue};
use pupitre_domain::state::roster::Roster;
use pupitre_domain::state::timers::{Deadlines, TimerOwner};
use pupitre_domain::state::{Conversation, Phase};
use pupitre_domain::{ConversationId, Livechat, OperatorId, SkillId, Timestamp};

use super::moves::VISITORS;
use crate::support::visitor_id;

/// Everything below, in the order in which a failure explains most.
pub(super) fn all(livechat: &Livechat) -> Result<(), String> {
    each_conversation_is_somewhere_once(livechat)?;
    those_kept_open_are_nobody_s_work(livechat)?;
    who_may_not_be_here_is_not(livechat)?;
    what_somebody_needs_is_there(livechat)?;
    nobody_waits_in_vain(livechat)?;
    nobody_waits_who_has_left_the_site(livechat)?;
    who_has_come_forward_was_told(livechat)?;
    every_status_is_enabled(livechat)?;
    every_survey_that_waits_is_known(livechat)?;
    indexes_are_those_of_the_state(livechat)
}

/// Connected, in a status that receives, within working hours, not suspended. Written anew here: the rules have their own.
pub(super) fn receives(operator: &Operator) -> bool {
    operator.connected_since.is_some()
        && matches!(operator.status, Status::Available | Status::Searching)
        && operator.on_shift
        && !operator.suspended
}

/// May be given a conversation now.
pub(super) fn is_free(livechat: &Livechat, operator: &Operator) -> bool {
    receives(operator)
        && operator.lost_until.is_none()
        && operator.conversations.len() < capacity_of(livechat, operator)
}

/// The operator's own capacity, else that of the livechat.
pub(super) fn capacity_of(livechat: &Livechat, operator: &Operator) -> usize {
    let shared = livechat.settings().capacity.conversations_per_operator;
    usize::try_from(operator.profile.capacity.unwrap_or(shared)).unwrap()
}

pub(super) fn has(operator: &Operator, skill: Option<&SkillId>) -> bool {
    skill.is_none_or(|skill| operator.profile.skills.contains(skill))
}

/// The operators who may be given a conversation with this skill now.
pub(super) fn free<'a>(
    livechat: &'a Livechat,
    skill: Option<&'a SkillId>,
) -> impl Iterator<Item = (&'a OperatorId, &'a Operator)> {
    livechat.operators().iter().filter(move |(_, one)| is_free(livechat, one) && has(one, skill))
}

/// Live conversations that wait, oldest first.
pub(super) fn waiting(livechat: &Livechat) -> Vec<(ConversationId, &Conversation)> {
    let waits = |conversation: &Conversation| conversation.phase == Phase::Waiting;
    let mut waiting: Vec<_> =
        livechat.conversations().filter(|(_, one)| waits(one)).map(|(id, one)| (*id, one)).collect();
    waiting.sort_unstable_by_key(|(_, one)| one.request);
    waiting
}

/// What the calendar says, of the skill if it has hours of its own, else of the livechat.
pub(super) fn is_open(livechat: &Livechat, skill: Option<&SkillId>, at: Timestamp) -> bool {
    let settings = livechat.settings();
    let skills = &settings.skills.0;
    let own = skills.iter().find(|one| Some(&one.id) == skill).and_then(|one| one.hours.as_ref());
    match own {
        Some(hours) => hours.calendar(&settings.opening_hours.time_zone).is_open(at),
        None => settings.opening_hours.calendar().is_open(at),
    }
}

/// When that opening ends.
pub(super) fn closes_at(livechat: &Livechat, skill: Option<&SkillId>, at: Timestamp) -> Option<Timestamp> {
    let settings = livechat.settings();
    let skills = &settings.skills.0;
    let own = skills.iter().find(|one| Some(&one.id) == skill).and_then(|one| one.hours.as_ref());
    match own {
        Some(hours) => hours.calendar(&settings.opening_hours.time_zone).closes_at(at),
        None => settings.opening_hours.calendar().closes_at(at),
    }
}

/// After time has passed, the hours are those of the calendars, and every change that comes is planned.
pub(super) fn hours_are_those_of_the_calendars(livechat: &Livechat, now: Timestamp) -> Result<(), String> {
    for (skill, changes_at) in livechat.service_hours().changes() {
        if livechat.service_hours().is_open(skill) != is_open(livechat, skill, now) {
            return Err(format!("the service {skill:?} is open or closed against its hours"));
        }
        if changes_at.is_some_and(|at| at <= now) {
            return Err(format!("the service {skill:?} should have changed at {changes_at:?}"));
        }
        if changes_at.is_none() && closes_at(livechat, skill, now).is_some() {
            return Err(format!("the service {skill:?} closes and does not know it"));
        }
    }
    let zone = &livechat.settings().opening_hours.time_zone;
    for (name, operator) in livechat.operators() {
        let within = operator.profile.hours.as_ref().is_none_or(|hours| hours.calendar(zone).is_open(now));
        if operator.on_shift != within {
            return Err(format!("{name} is at work or not against the hours"));
        }
        if operator.shift_changes_at.is_some_and(|at| at <= now) {
            return Err(format!("the shift of {name} should have changed"));
        }
        let closes = operator.profile.hours.as_ref().and_then(|hours| hours.calendar(zone).closes_at(now));
        if operator.shift_changes_at.is_none() && closes.is_some() {
            return Err(format!("the shift of {name} ends and nobody knows it"));
        }
    }
    Ok(())
}

fn each_conversation_is_somewhere_once(livechat: &Livechat) -> Result<(), String> {
    for (id, conversation) in livechat.conversations() {
        let desks: BTreeSet<_> = livechat
            .operators()
            .iter()
            .filter(|(_, operator)| operator.conversations.contains(id))
            .map(|(name, _)| name)
            .collect();
        let expected: BTreeSet<_> = match &conversation.phase {
            Phase::Requested => return Err(format!("{id} was requested and not answered")),
            Phase::Waiting => BTreeSet::new(),
            Phase::Assigned { operator, .. } => [operator].into(),
        };
        if desks != expected {
            return Err(format!("{id} is on the desks {desks:?}, it should be on {expected:?}"));
        }
        if livechat.conversation_of(&conversation.visitor, conversation.vouched) != Some(*id) {
            return Err(format!("{id} is not the conversation of its visitor"));
        }
        if livechat.recently_ended().contains(*id) || livechat.kept().contains_key(id) {
            return Err(format!("{id} is live and over"));
        }
    }
    for (name, operator) in livechat.operators() {
        if let Some(id) = operator.conversations.iter().find(|id| livechat.conversation(**id).is_none()) {
            return Err(format!("{name} has {id}, which is not live"));
        }
        if operator.connected_since.is_none() && operator.lost_until.is_some() {
            return Err(format!("{name} is lost and not connected"));
        }
    }
    for visitor in VISITORS {
        if let Some(id) = livechat.conversation_of(&visitor_id(visitor), false)
            && livechat.conversation(id).is_none_or(|live| live.visitor != visitor_id(visitor))
        {
            return Err(format!("{visitor} is said to be in {id}"));
        }
    }
    let connected = livechat.operators().values().any(|one| one.connected_since.is_some());
    if livechat.is_attended() == connected { Ok(()) } else { Err("attended by nobody".into()) }
}

fn those_kept_open_are_nobody_s_work(livechat: &Livechat) -> Result<(), String> {
    for (id, kept) in livechat.kept() {
        if livechat.kept_of(&kept.visitor, kept.vouched) != Some(*id) {
            return Err(format!("{id} is kept and not for its visitor"));
        }
        if let Some(live) = livechat.conversation_of(&kept.visitor, kept.vouched) {
            return Err(format!("{id} is kept for a visitor who is in {live}"));
        }
        if !livechat.recently_ended().contains(*id) {
            return Err(format!("{id} is kept and not over"));
        }
    }
    let kept_for = |visitor| livechat.kept_of(&visitor_id(visitor), false).is_some();
    if VISITORS.iter().filter(|visitor| kept_for(visitor)).count() == livechat.kept().len() {
        Ok(())
    } else {
        Err("visitors and what is kept for them do not agree".into())
    }
}

/// Who is suspended has no desk and no conversation, and who was removed is forgotten.
fn who_may_not_be_here_is_not(livechat: &Livechat) -> Result<(), String> {
    for (name, operator) in livechat.operators() {
        if operator.suspended && (operator.connected_since.is_some() || operator.load() > 0) {
            return Err(format!("{name} is suspended and at work"));
        }
        if operator.removed {
            return Err(format!("{name} was removed and is still known"));
        }
    }
    if livechat.is_shut() && !waiting(livechat).is_empty() {
        return Err("somebody waits in a livechat that is closed".into());
    }
    Ok(())
}

/// Skills, surveys and articles do not vanish under those who need them.
fn what_somebody_needs_is_there(livechat: &Livechat) -> Result<(), String> {
    let settings = livechat.settings();
    let of_operators = livechat.operators().values().flat_map(|one| &one.profile.skills);
    let of_conversations = livechat.conversations().filter_map(|(_, one)| one.skill.as_ref());
    let of_kept = livechat.kept().values().filter_map(|kept| kept.skill.as_ref());
    let mut needed = of_operators.chain(of_conversations).chain(of_kept);
    if let Some(gone) = needed.find(|id| !settings.skills.0.iter().any(|one| one.id == **id)) {
        return Err(format!("somebody needs the skill {gone}, which is gone"));
    }
    let chosen = [&settings.operator_survey.survey, &settings.visitor_survey.survey];
    let mut chosen = chosen.into_iter().flatten();
    if let Some(gone) = chosen.find(|id| !settings.surveys.0.iter().any(|one| one.id == **id)) {
        return Err(format!("the survey {gone} is chosen, and gone"));
    }
    let articles = &settings.knowledge.0;
    let mut redirected = articles.iter().filter_map(|one| one.redirects_to.as_ref());
    match redirected.find(|id| !articles.iter().any(|one| one.id == **id)) {
        Some(gone) => Err(format!("an article redirects to {gone}, which is gone")),
        None => Ok(()),
    }
}

fn nobody_waits_in_vain(livechat: &Livechat) -> Result<(), String> {
    for (id, conversation) in waiting(livechat) {
        if let Some((name, _)) = free(livechat, conversation.skill.as_ref()).next() {
            return Err(format!("{id} waits while {name} has room"));
        }
    }
    Ok(())
}

fn nobody_waits_who_has_left_the_site(livechat: &Livechat) -> Result<(), String> {
    // Whom an operator had answered goes on to the next one, like anybody.
    let in_vain = |one: &Conversation| one.is_waiting() || (one.waits_for_pick_up() && !one.is_answered());
    let gone = livechat.conversations().filter(|(_, one)| one.presence == Presence::LeftSite);
    match gone.into_iter().find(|(_, one)| in_vain(one)) {
        None => Ok(()),
        Some((id, _)) => Err(format!("{id} waits and the visitor has left the site")),
    }
}

/// Whoever stands at a milestone was told so, or better.
fn who_has_come_forward_was_told(livechat: &Livechat) -> Result<(), String> {
    for (index, (id, one)) in waiting(livechat).into_iter().enumerate() {
        if MILESTONES.contains(&(index + 1)) && one.announced_position.is_none_or(|told| told > index + 1) {
            return Err(format!("{id} is at {} and was told {:?}", index + 1, one.announced_position));
        }
    }
    Ok(())
}

fn every_status_is_enabled(livechat: &Livechat) -> Result<(), String> {
    let on = &livechat.settings().statuses;
    for (name, operator) in livechat.operators() {
        let enabled = match operator.status {
            Status::Available | Status::OnBreak => true,
            Status::Training => on.training,
            Status::Phone => on.phone,
            Status::WithSupervisor => on.with_supervisor,
            Status::NoNewConversation => on.no_new_conversation,
            Status::Searching => on.searching,
        };
        if !enabled {
            return Err(format!("{name} is in the status {}, which is off", operator.status));
        }
    }
    Ok(())
}

/// Its version can be read, and it is of a segment that was.
fn every_survey_that_waits_is_known(livechat: &Livechat) -> Result<(), String> {
    for (key, pending) in livechat.pending_surveys() {
        let (id, audience) = (key.conversation, key.audience);
        let survey = livechat.survey(&pending.survey, pending.version);
        if survey.is_none_or(|survey| survey.audience != audience || survey.version != pending.version) {
            return Err(format!("{id} waits for a survey of a version that is gone"));
        }
        let live = livechat.conversation(id).is_some();
        if !live && !livechat.recently_ended().contains(id) {
            return Err(format!("a survey waits for {id}, which is unknown"));
        }
        let segments = livechat.conversation(id).map(|live| live.segment);
        if key.segment == 0 || segments.is_some_and(|last| key.segment > last) {
            return Err(format!("a survey of segment {} of {id} waits, which never was", key.segment));
        }
    }
    Ok(())
}

fn indexes_are_those_of_the_state(livechat: &Livechat) -> Result<(), String> {
    let mut roster = Roster::default();
    for (id, operator) in livechat.operators() {
        roster.add(id, operator, livechat.settings());
    }
    let mut queue = Queue::default();
    for (id, one) in waiting(livechat) {
        let place = Place { requested_at: one.requested_at, request: one.request, conversation: id };
        queue.enter(place, one.skill.as_ref());
    }
    let mut deadlines = Deadlines::default();
    for (whose, at) in all_deadlines(livechat) {
        deadlines.moved(whose, None, at);
    }
    if roster != *livechat.roster() {
        return Err(format!("the roster is {:?}, it should be {roster:?}", livechat.roster()));
    }
    if queue != *livechat.queue() {
        return Err(format!("the queue is {:?}, it should be {queue:?}", livechat.queue()));
    }
    if deadlines != *livechat.deadlines() {
        return Err(format!("the deadlines are {:?}, they should be {deadlines:?}", livechat.deadlines()));
    }
    Ok(())
}

fn all_deadlines(livechat: &Livechat) -> Vec<(TimerOwner, Option<Timestamp>)> {
    let mut all = vec![];
    for (id, conversation) in livechat.conversations() {
        all.push((TimerOwner::Conversation(*id), conversation.next_timer().map(|(at, _)| at)));
    }
    for (id, operator) in livechat.operators() {
        all.push((TimerOwner::LostOperator(id.clone()), operator.lost_until));
        all.push((TimerOwner::Shift(id.clone()), operator.shift_changes_at));
    }
    for (skill, changes_at) in livechat.service_hours().changes() {
        all.push((TimerOwner::OpeningHours(skill.cloned()), changes_at));
    }
    for (key, pending) in livechat.pending_surveys() {
        all.push((TimerOwner::Survey(key), pending.closes_at));
    }
    for (id, kept) in livechat.kept() {
        all.push((TimerOwner::Kept(*id), Some(kept.until)));
    }
    all
}
