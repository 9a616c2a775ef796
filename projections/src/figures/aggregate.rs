//! What is counted of one part of the period and one slice: the sums and lists that figures are computed from.

use std::collections::BTreeMap;

use domain::id::FieldId;
use domain::settings::surveys::{Answer, Answers, Audience, RATING};
use serde::Deserialize;

use super::inputs::{AssignmentInput, ContactInput, SurveyInput};
use super::samples::Samples;
use crate::assignments::UnassignedBy;
use crate::contact_metrics::ContactMetrics;
use crate::contacts::Outcome;
use crate::encoding;
use crate::floor::conversation::AssignedBy;
use crate::floor::responses::millis;
use crate::floor::shares::Share;

/// What contacts are measured against.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Limits {
    /// Milliseconds within which an answer is in time.
    pub(super) in_time_ms: i64,
    /// Milliseconds of waiting up to which an abandonment is short; 0: none is.
    pub(super) short_abandon_ms: i64,
}

/// One part of the period, one slice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Aggregate {
    pub(super) contacts: Contacts,
    pub(super) assignments: Assignments,
    pub(super) time: Time,
    pub(super) visitor_surveys: Surveys,
    pub(super) operator_surveys: Surveys,
    pub(super) questions: BTreeMap<(String, FieldId), Question>,
}

/// Of the contacts that were requested then.
#[derive(Clone, Debug, Default)]
pub(super) struct Contacts {
    pub(super) requested: i64,
    pub(super) again: i64,
    pub(super) queued: i64,
    pub(super) open: i64,
    pub(super) waiting: i64,
    /// Those that were not refused; by operator, those that the operator picked up first.
    pub(super) taken_in: i64,
    pub(super) abandoned: i64,
    pub(super) abandoned_short: i64,
    pub(super) abandoned_while_ringing: i64,
    outcomes: BTreeMap<Outcome, i64>,
    reasons: BTreeMap<(Outcome, String), i64>,
    pub(super) answered: i64,
    pub(super) answered_typed: i64,
    pub(super) answered_in_time: i64,
    pub(super) metrics: ContactMetrics,
    pub(super) important: i64,
    pub(super) responses: i64,
    pub(super) response_ms: i64,
    pub(super) response_worst_ms: i64,
    pub(super) wait_served: Samples,
    pub(super) wait_left: Samples,
    pub(super) to_assignment: Samples,
    pub(super) first_answer: Samples,
    pub(super) first_reply: Samples,
    pub(super) duration: Samples,
    pub(super) handle: Samples,
}

impl Contacts {
    pub(super) fn outcome(&self, outcome: Outcome) -> i64 {
        self.outcomes.get(&outcome).copied().unwrap_or_default()
    }

    pub(super) fn reason(&self, outcome: Outcome, reason: &str) -> i64 {
        self.reasons.get(&(outcome, reason.to_owned())).copied().unwrap_or_default()
    }

    /// Adds one.
    pub(super) fn add(&mut self, contact: &ContactInput, limits: Limits) {
        self.requested += 1;
        self.again += i64::from(contact.again);
        self.queued += i64::from(contact.queued);
        self.waiting += i64::from(contact.waiting);
        self.taken_in += i64::from(contact.outcome != Some(Outcome::Refused));
        self.went(contact);
        if contact.is_abandoned() {
            self.abandoned(contact, limits);
        }
        if let Some(at) = contact.assigned_at {
            self.to_assignment.add(contact.since_request(at));
        }
        self.picked_up(contact, limits);
        self.first_answered(contact);
        self.first_replied(contact);
        if let (Some(ended_at), Some(_)) = (contact.ended_at, contact.picked_up_at) {
            self.duration.add(contact.since_request(ended_at));
            self.handle.add(contact.handle_ms);
        }
        self.metrics.add(&contact.metrics());
        self.responses += contact.responses;
        self.response_ms += contact.response_ms;
        self.response_worst_ms = self.response_worst_ms.max(contact.response_worst_ms);
    }

    /// Its outcome, or that it has not ended, and whether it is important.
    pub(super) fn went(&mut self, contact: &ContactInput) {
        match (contact.outcome, &contact.reason) {
            (None, _) => self.open += 1,
            (Some(outcome), reason) => {
                *self.outcomes.entry(outcome).or_default() += 1;
                let reason = reason.clone().unwrap_or_default();
                *self.reasons.entry((outcome, reason)).or_default() += 1;
            }
        }
        self.important += i64::from(contact.important);
    }

    fn abandoned(&mut self, contact: &ContactInput, limits: Limits) {
        let Some(waited_ms) = contact.ended_at.map(|at| contact.since_request(at)) else { return };
        self.abandoned += 1;
        self.abandoned_short +=
            i64::from(limits.short_abandon_ms > 0 && waited_ms <= limits.short_abandon_ms);
        self.abandoned_while_ringing += i64::from(contact.operator_at_end.is_some());
        self.wait_left.add(waited_ms);
    }

    /// It was picked up, if it was.
    pub(super) fn picked_up(&mut self, contact: &ContactInput, limits: Limits) {
        let Some(at) = contact.picked_up_at else { return };
        let waited_ms = contact.since_request(at);
        self.answered += 1;
        self.answered_in_time += i64::from(waited_ms <= limits.in_time_ms);
        self.wait_served.add(waited_ms);
    }

    /// The visitor had a typed answer, if so.
    pub(super) fn first_answered(&mut self, contact: &ContactInput) {
        if let Some(at) = contact.first_answer_at {
            self.answered_typed += i64::from(contact.picked_up_at.is_some());
            self.first_answer.add(contact.since_request(at));
        }
    }

    /// The visitor had any answer, if so.
    pub(super) fn first_replied(&mut self, contact: &ContactInput) {
        if let Some(at) = contact.first_reply_at {
            self.first_reply.add(contact.since_request(at));
        }
    }

    /// What an operator did in a contact, which is over or not.
    pub(super) fn share(&mut self, share: &Share, is_over: bool) {
        if share.picked_up && is_over {
            self.handle.add(share.handle_ms);
        }
        self.metrics.add(&share.metrics());
        self.responses += share.responses.count;
        self.response_ms += share.responses.sum_ms;
        self.response_worst_ms = self.response_worst_ms.max(share.responses.worst_ms);
    }
}

/// Of the assignments that began then.
#[derive(Clone, Debug, Default)]
pub(super) struct Assignments {
    pub(super) count: i64,
    pub(super) picked_up: i64,
    pub(super) assigned_transferred: i64,
    pub(super) assigned_inactive: i64,
    pub(super) assigned_disconnected: i64,
    pub(super) unassigned_transferred: i64,
    pub(super) unassigned_inactive: i64,
    pub(super) unassigned_disconnected: i64,
    pub(super) unassigned_left: i64,
    pub(super) messages: i64,
    pub(super) handle: Samples,
}

impl Assignments {
    pub(super) fn add(&mut self, assignment: &AssignmentInput) {
        self.count += 1;
        match assignment.assigned_by {
            AssignedBy::Assigned => {}
            AssignedBy::Transferred => self.assigned_transferred += 1,
            AssignedBy::Inactive => self.assigned_inactive += 1,
            AssignedBy::Disconnected => self.assigned_disconnected += 1,
        }
        match assignment.unassigned_by {
            Some(UnassignedBy::Transferred) => self.unassigned_transferred += 1,
            Some(UnassignedBy::Inactive) => self.unassigned_inactive += 1,
            Some(UnassignedBy::Disconnected | UnassignedBy::ReturnedToQueue) => {
                self.unassigned_disconnected += 1;
            }
            Some(UnassignedBy::Left) => self.unassigned_left += i64::from(assignment.picked_up_at.is_none()),
            Some(UnassignedBy::Released | UnassignedBy::Ended) | None => {}
        }
        if let Some(at) = assignment.picked_up_at {
            self.picked_up += 1;
            if assignment.unassigned_by.is_some() {
                self.handle.add(millis(at, assignment.until));
            }
        }
        self.messages += assignment.messages;
    }
}

/// What lies within the part of the period, whenever it began.
#[derive(Clone, Debug, Default)]
pub(super) struct Time {
    /// Milliseconds in conversations that were picked up.
    pub(super) conversation_ms: i64,
    /// Milliseconds connected, by status.
    pub(super) status_ms: BTreeMap<String, i64>,
    /// The most operators connected at once.
    pub(super) operators_max: i64,
}

impl Time {
    pub(super) fn online_ms(&self) -> i64 {
        self.status_ms.values().sum()
    }
}

/// Of the surveys of one audience that were asked then.
#[derive(Clone, Debug, Default)]
pub(super) struct Surveys {
    pub(super) sent: i64,
    pub(super) answered: i64,
    pub(super) fill_ms: i64,
    pub(super) filled: i64,
    /// Ratings in answers, to whichever question.
    pub(super) ratings: i64,
    /// Their sum.
    pub(super) rating_sum: i64,
}

/// Of one question of a survey.
#[derive(Clone, Debug, Default)]
pub(super) struct Question {
    /// Answers that were not left blank.
    pub(super) answers: i64,
    /// How often each choice or rating was answered; nothing of texts.
    pub(super) distribution: BTreeMap<String, i64>,
    /// The sum of the ratings; nothing when it is no rating.
    pub(super) ratings: Option<i64>,
}

impl Question {
    fn add(&mut self, answer: &Answer) {
        if answer.is_blank() {
            return;
        }
        self.answers += 1;
        match answer {
            Answer::Text(_) => {}
            Answer::Choice(choice) => self.chose(choice.to_string()),
            Answer::Choices(choices) => choices.iter().for_each(|choice| self.chose(choice.to_string())),
            Answer::Rating(rating) => {
                for possible in RATING {
                    self.distribution.entry(possible.to_string()).or_default();
                }
                self.chose(rating.to_string());
                *self.ratings.get_or_insert(0) += rating;
            }
        }
    }

    fn chose(&mut self, choice: String) {
        *self.distribution.entry(choice).or_default() += 1;
    }
}

impl Aggregate {
    pub(super) fn survey(&mut self, survey: &SurveyInput) {
        let is_of_visitor = survey.audience == encoding::word(&Audience::Visitor);
        let surveys = if is_of_visitor { &mut self.visitor_surveys } else { &mut self.operator_surveys };
        surveys.sent += 1;
        let Some(answers) = &survey.answers else { return };
        surveys.answered += 1;
        if let (Some(opened_at), Some(at)) = (survey.opened_at, survey.at) {
            surveys.filled += 1;
            surveys.fill_ms += millis(opened_at, at);
        }
        // The log holds only validated answers, so parsing cannot fail.
        let Ok(Answers(answers)) = Answers::deserialize(answers) else { return };
        for (field, answer) in &answers {
            if let (true, Answer::Rating(rating)) = (is_of_visitor, answer) {
                self.visitor_surveys.ratings += 1;
                self.visitor_surveys.rating_sum += rating;
            }
            self.questions.entry((survey.survey.clone(), field.clone())).or_default().add(answer);
        }
    }

    /// Puts the lists in order, once all is counted.
    pub(super) fn sort(&mut self) {
        self.times().into_iter().for_each(Samples::sort);
    }

    /// Keeps sums and forgets the lists, where no percentiles are asked for.
    pub(super) fn drop_samples(&mut self) {
        self.times().into_iter().for_each(Samples::clear);
    }

    const fn times(&mut self) -> [&mut Samples; 8] {
        let contacts = &mut self.contacts;
        [
            &mut contacts.wait_served,
            &mut contacts.wait_left,
            &mut contacts.to_assignment,
            &mut contacts.first_answer,
            &mut contacts.first_reply,
            &mut contacts.duration,
            &mut contacts.handle,
            &mut self.assignments.handle,
        ]
    }
}
