//! The surveys of a conversation, as its log tells them (spec.md §Operator survey, §Visitor survey).

use domain::event::Closing;
use domain::settings::surveys::Audience;
use domain::{Actor, Livechat, SurveyId, Timestamp};

use super::history::Moment;
use super::known::{Asked, Known};
use crate::support::minutes;

type Checked = Result<(), String>;

fn must(holds: bool, otherwise: &str) -> Checked {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}

/// In the version in force, of a conversation that an operator answered: of the visitor once per segment, of
/// an operator until it is answered. What was asked of the operator before is replaced first.
pub(super) fn asked(
    moment: &Moment<'_>,
    known: &mut Known,
    of: (u32, Audience),
    survey: &SurveyId,
    version: u32,
) -> Checked {
    let (segment, audience) = of;
    must(segment == known.segment, "a survey about another segment")?;
    let defined = moment.livechat.settings().surveys.get(survey);
    let defined = defined.ok_or("a survey that is not defined")?;
    must(defined.version == version && defined.audience == audience, "a survey for somebody else")?;
    must(known.is_answered(), "a survey about nothing")?;
    must(moment.operator == known.picked_up_by.as_ref(), "a survey about somebody else's work")?;
    must(!known.surveys.contains_key(&of), "asked while it waits")?;
    match audience {
        Audience::Visitor => must(known.surveyed.insert(audience), "asked twice")?,
        Audience::Operator => {
            must(!known.surveyed.contains(&audience), "asked although it was answered")?;
            known.replaced = false;
        }
    }
    let closes_at = if known.is_live() { None } else { deadline(moment.livechat, moment.event.at, audience) };
    let operator = moment.operator.cloned();
    let asked = Asked { survey: survey.clone(), version, operator, opened_at: None, closes_at };
    known.surveys.insert(of, asked);
    Ok(())
}

pub(super) fn opened(moment: &Moment<'_>, known: &mut Known, of: (u32, Audience)) -> Checked {
    is_the_one_asked(moment, known, of)?;
    let asked = known.surveys.get_mut(&of).ok_or("opened and never asked")?;
    must(asked.opened_at.is_none(), "opened twice")?;
    asked.opened_at = Some(moment.event.at);
    Ok(())
}

pub(super) fn cancelled(moment: &Moment<'_>, known: &mut Known, of: (u32, Audience)) -> Checked {
    is_the_one_asked(moment, known, of)?;
    must(of.1 == Audience::Operator, "cancelled by a visitor")?;
    must(moment.livechat.settings().operator_survey.cancel_button, "cancelled without a button")?;
    let asked = known.surveys.get_mut(&of).ok_or("cancelled and never asked")?;
    must(asked.opened_at.take().is_some(), "cancelled and never opened")
}

pub(super) fn answered(
    moment: &Moment<'_>,
    known: &mut Known,
    of: (u32, Audience),
    survey: (&SurveyId, u32),
    opened_at: Option<Timestamp>,
) -> Checked {
    is_the_one_asked(moment, known, of)?;
    let asked = known.surveys.remove(&of).ok_or("answered twice, or never asked")?;
    must((&asked.survey, asked.version) == survey, "answers another survey than the one asked")?;
    // What was asked at the end of the segment before says nothing of this one.
    if of == (known.segment, Audience::Operator) && known.is_live() {
        known.surveyed.insert(Audience::Operator);
    }
    must(asked.opened_at == opened_at, "opened at another moment")
}

pub(super) fn closed(
    moment: &Moment<'_>,
    known: &mut Known,
    of: (u32, Audience),
    survey: (&SurveyId, u32),
    closing: Closing,
) -> Checked {
    let expires = closing == Closing::Expired;
    let removed = of.1 == Audience::Operator && matches!(moment.event.by, Actor::Administrator(_));
    if removed {
        let asked = moment.operator.and_then(|id| moment.livechat.operator(id));
        must(closing == Closing::ByHand, "closed by an administrator who removed nobody")?;
        must(asked.is_none_or(|one| one.removed), "closed for an operator who is still here")?;
    } else if closing == Closing::ByHand {
        is_the_one_asked(moment, known, of)?;
        let closable = moment.livechat.settings().operator_survey.closable_unanswered;
        must(of.1 == Audience::Visitor || closable, "closed although it may not be")?;
    }
    let asked = known.surveys.remove(&of).ok_or("closed twice, or never asked")?;
    if closing == Closing::Replaced {
        must(of == (known.segment, Audience::Operator), "replaced for a visitor, or of another segment")?;
        must(asked.operator != known.picked_up_by, "replaced for the same operator")?;
        known.replaced = true;
    }
    must(moment.operator == asked.operator.as_ref(), "closed for another operator than the one asked")?;
    must((&asked.survey, asked.version) == survey, "closes another survey than the one asked")?;
    let is_due = asked.closes_at.is_some_and(|at| at <= moment.event.at);
    must(!expires || (is_due && moment.tick), "expires early")
}

/// The conversation is over: from now on they wait for so long. Whoever waits already is not asked again.
pub(super) fn begin_to_wait(livechat: &Livechat, known: &mut Known, at: Timestamp) {
    let segment = known.segment;
    let of_this = known.surveys.iter().filter(|((of, _), _)| *of == segment);
    let waiting = of_this.filter(|((_, audience), asked)| waits(known, *audience, asked));
    known.waited = waiting.map(|((_, audience), _)| *audience).collect();
    // What waits since a segment before keeps its own time.
    for ((_, audience), asked) in known.surveys.iter_mut().filter(|((of, _), _)| *of == segment) {
        asked.closes_at = asked.closes_at.or_else(|| deadline(livechat, at, *audience));
    }
}

/// The surveys that the settings choose were asked, by hand or at the end, if an operator answered.
pub(super) fn were_asked_at_the_end(livechat: &Livechat, known: &Known) -> Checked {
    let (for_operator, for_visitor) = (
        livechat.settings().operator_survey.survey.is_some(),
        livechat.settings().visitor_survey.survey.is_some(),
    );
    for (audience, chosen) in [(Audience::Operator, for_operator), (Audience::Visitor, for_visitor)] {
        let waits =
            known.surveys.get(&(known.segment, audience)).is_some_and(|asked| waits(known, audience, asked));
        let asked = known.surveyed.contains(&audience) || known.waited.contains(&audience) || waits;
        // Nobody is asked in the place of an operator who was removed.
        let gone = audience == Audience::Operator
            && known.picked_up_by.as_ref().is_some_and(|id| livechat.operator(id).is_none());
        must(!known.is_answered() || !chosen || asked || gone, "a survey was forgotten at the end")?;
    }
    Ok(())
}

/// It waits for the visitor, or for the operator who had the conversation last.
fn waits(known: &Known, audience: Audience, asked: &Asked) -> bool {
    match audience {
        Audience::Operator => asked.operator == known.picked_up_by,
        Audience::Visitor => true,
    }
}

fn deadline(livechat: &Livechat, at: Timestamp, audience: Audience) -> Option<Timestamp> {
    let for_visitors = livechat.settings().timeouts.pending_survey;
    match audience {
        Audience::Operator => {
            let section = &livechat.settings().operator_survey;
            let leaves = section.closable_unanswered && section.pending_hours > 0;
            leaves.then(|| at + minutes(section.pending_hours * 60))
        }
        Audience::Visitor => (for_visitors > 0).then(|| at + minutes(for_visitors)),
    }
}

fn is_the_one_asked(moment: &Moment<'_>, known: &Known, of: (u32, Audience)) -> Checked {
    let audience = of.1;
    let asked = known.surveys.get(&of).ok_or("never asked")?;
    let is_asked = match (&moment.event.by, audience) {
        (Actor::Operator(me), Audience::Operator) => asked.operator.as_ref() == Some(me),
        (Actor::Visitor(me), Audience::Visitor) => known.visitor == *me,
        (Actor::Integration(_), Audience::Visitor) => true,
        // Opened before the end, it is asked first: what follows is by the same operator.
        (
            Actor::Operator(_)
            | Actor::Visitor(_)
            | Actor::Integration(_)
            | Actor::Supervisor(_)
            | Actor::Administrator(_)
            | Actor::Analyst(_)
            | Actor::System,
            Audience::Operator | Audience::Visitor,
        ) => false,
    };
    must(is_asked, "by somebody who was not asked")
}
