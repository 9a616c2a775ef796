//! What a reader may know of a transcript.
//!
//! Supervisors, administrators and analysts know everything. Operators know everything but what the visitor
//! card does not list. Visitors know what their page told them: no internal message, no note, no call for
//! help, no survey of the operator, no name of staff but those they were told, by the pick-up or by a transfer that was
//! not hidden from them; and a supervisor who wrote in the operator's stead is the operator.

use std::collections::BTreeMap;

use domain::settings::{Settings, VisitorCard};
use projections::transcript::{Kind, Line};

use crate::auth::Role;
use crate::live::HiddenTransfers;
use crate::visible_to_operator;

/// The operators whom a visitor was told of.
#[derive(Clone, Debug, Default)]
pub struct IntroducedOperators {
    /// The last one, by identifier.
    last: Option<String>,
    /// What is hidden of the changes since.
    hidden: HiddenTransfers,
    /// Who was speakers in the lines at these positions, by identifier.
    pub speakers: BTreeMap<i64, String>,
}

/// Leaves in the lines what somebody in this role may know, under these settings. The lines before these have been
/// through here too, so that it is known whom a visitor was told of.
pub fn redact(role: Role, settings: &Settings, lines: &mut Vec<Line>, introduced: &mut IntroducedOperators) {
    match role {
        Role::Visitor => lines.retain_mut(|line| {
            !is_hidden(&mut introduced.hidden, line) && redact_for_visitor(line, introduced)
        }),
        Role::Operator => {
            for line in lines.iter_mut() {
                redact_for_operator(line, &settings.visitor_card);
            }
        }
        Role::Supervisor | Role::Administrator | Role::Analyst | Role::Integration => {}
    }
}

/// Of the request and of the pages after it, operators are told what the visitor card lists.
fn redact_for_operator(line: &mut Line, card: &VisitorCard) {
    if matches!(line.kind, Kind::Requested | Kind::RequestedAgain) {
        line.data = visible_to_operator::Request::of_line(line, card);
    } else if line.kind == Kind::PageChanged {
        line.data = line.data.take().and_then(|page| visible_to_operator::Page::of_json(page, card));
    }
}

/// Is the visitor told there who the operator is?
const fn names_operator(kind: Kind) -> bool {
    matches!(kind, Kind::PickedUp | Kind::Transferred | Kind::AutoTransferred)
}

/// What a visitor is told of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visibility {
    /// All of it.
    Whole,
    /// That it happened, or what was said.
    WithoutData,
    Nothing,
}

/// Whether the visitor is not shown that somebody else has it (`auto_transfer_notice`).
fn is_hidden(hidden: &mut HiddenTransfers, line: &Line) -> bool {
    match line.kind {
        Kind::AutoTransferred if line.data.as_ref().is_some_and(|data| data["hidden"] == true) => {
            hidden.changes()
        }
        Kind::PickedUp => hidden.is_picked_up(),
        Kind::AutoTransferred | Kind::Transferred => {
            hidden.is_shown();
            false
        }
        Kind::ReturnedToQueue | Kind::RequestedAgain => {
            hidden.waits_again();
            false
        }
        Kind::Requested
        | Kind::Refused
        | Kind::Queued
        | Kind::QueueAdvanced
        | Kind::Assigned
        | Kind::Left
        | Kind::Released
        | Kind::Message
        | Kind::OperatorSearches
        | Kind::TimeoutAnnounced
        | Kind::FileRequested
        | Kind::FileSent
        | Kind::Ended
        | Kind::KeptOpen
        | Kind::Closed
        | Kind::SurveyAsked
        | Kind::SurveyAnswered
        | Kind::SurveyClosed
        | Kind::InternalMessage
        | Kind::VisitorPresence
        | Kind::PageChanged
        | Kind::AutoTransferFailed
        | Kind::FollowedUp
        | Kind::SearchNoticed
        | Kind::ImportanceMarked
        | Kind::HelpCalled
        | Kind::HelpTaken
        | Kind::HelpDone
        | Kind::CopyMailed
        | Kind::SurveyOpened
        | Kind::SurveyCancelled => false,
    }
}

fn visible_to_visitor(line: &Line) -> Visibility {
    let audience = || line.data.as_ref().and_then(|data| data["audience"].as_str());
    match line.kind {
        Kind::Requested
        | Kind::RequestedAgain
        | Kind::Refused
        | Kind::Queued
        | Kind::QueueAdvanced
        | Kind::Assigned
        | Kind::Left
        | Kind::Released
        | Kind::PickedUp
        | Kind::OperatorSearches
        | Kind::TimeoutAnnounced
        | Kind::FileRequested
        | Kind::FileSent
        | Kind::Ended
        | Kind::KeptOpen
        | Kind::Closed => Visibility::Whole,
        Kind::SurveyAsked | Kind::SurveyAnswered | Kind::SurveyClosed if audience() == Some("visitor") => {
            Visibility::Whole
        }
        Kind::Message | Kind::Transferred | Kind::AutoTransferred | Kind::ReturnedToQueue => {
            Visibility::WithoutData
        }
        Kind::SurveyAsked
        | Kind::SurveyAnswered
        | Kind::SurveyClosed
        | Kind::InternalMessage
        | Kind::VisitorPresence
        | Kind::PageChanged
        | Kind::AutoTransferFailed
        | Kind::FollowedUp
        | Kind::SearchNoticed
        | Kind::ImportanceMarked
        | Kind::HelpCalled
        | Kind::HelpTaken
        | Kind::HelpDone
        | Kind::CopyMailed
        | Kind::SurveyOpened
        | Kind::SurveyCancelled => Visibility::Nothing,
    }
}

/// Leaves of a line what a visitor is told; tells whether that is anything.
fn redact_for_visitor(line: &mut Line, introduced: &mut IntroducedOperators) -> bool {
    let told = visible_to_visitor(line);
    if told != Visibility::Nothing && names_operator(line.kind) {
        introduced.last.clone_from(&line.operator);
    }
    if let Some(operator) = &introduced.last
        && (names_operator(line.kind) || line.voice.as_deref() == Some("operator"))
    {
        introduced.speakers.insert(line.position, operator.clone());
    }
    if told == Visibility::WithoutData {
        line.data = None;
    }
    line.operator = None;
    if line.role != "visitor" {
        line.author.clear();
    }
    if line.voice.as_deref() == Some("operator") {
        "operator".clone_into(&mut line.role);
    }
    told != Visibility::Nothing
}
