//! What a reader may know of a transcript.
//!
//! Supervisors, administrators and analysts know everything. Operators know everything but what the visitor
//! card does not list. Visitors know what their page told them: no internal message, no note, no call for
//! help, no survey of the operator, no name of staff but the one they were introduced by; and a supervisor
//! who wrote in the operator's stead is the operator.

use domain::settings::{Settings, VisitorCard};
use projections::transcript::{Kind, Line};

use crate::auth::Role;
use crate::shown;

/// Leaves in the lines what somebody in this role may know, under these settings.
pub fn to(role: Role, settings: &Settings, lines: &mut Vec<Line>) {
    match role {
        Role::Visitor => {
            lines.retain(|line| is_told_to_visitor(line, settings));
            lines.iter_mut().for_each(as_told_to_visitor);
        }
        Role::Operator => {
            for line in lines.iter_mut() {
                as_told_to_operator(line, &settings.visitor_card);
            }
        }
        Role::Supervisor | Role::Administrator | Role::Analyst | Role::Integration => {}
    }
}

/// Of the request and of the pages after it, operators are told what the visitor card lists.
fn as_told_to_operator(line: &mut Line, card: &VisitorCard) {
    match line.kind {
        Kind::Requested | Kind::RequestedAgain => {
            line.data = line.data.take().and_then(|request| shown::Request::of_json(request, card));
        }
        Kind::PageChanged => {
            line.data = line.data.take().and_then(|page| shown::Page::of_json(page, card));
        }
        Kind::Refused
        | Kind::Queued
        | Kind::QueueAdvanced
        | Kind::Assigned
        | Kind::Left
        | Kind::Released
        | Kind::PickedUp
        | Kind::Message
        | Kind::InternalMessage
        | Kind::VisitorPresence
        | Kind::Transferred
        | Kind::AutoTransferred
        | Kind::AutoTransferFailed
        | Kind::ReturnedToQueue
        | Kind::FollowedUp
        | Kind::SearchNoticed
        | Kind::OperatorSearches
        | Kind::TimeoutAnnounced
        | Kind::ImportanceMarked
        | Kind::HelpCalled
        | Kind::HelpTaken
        | Kind::HelpDone
        | Kind::FileRequested
        | Kind::FileSent
        | Kind::CopyMailed
        | Kind::SurveyAsked
        | Kind::SurveyOpened
        | Kind::SurveyCancelled
        | Kind::SurveyAnswered
        | Kind::SurveyClosed
        | Kind::Ended
        | Kind::KeptOpen
        | Kind::Closed => {}
    }
}

fn is_told_to_visitor(line: &Line, settings: &Settings) -> bool {
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
        | Kind::Message
        | Kind::Transferred
        | Kind::ReturnedToQueue
        | Kind::OperatorSearches
        | Kind::TimeoutAnnounced
        | Kind::FileRequested
        | Kind::FileSent
        | Kind::Ended
        | Kind::KeptOpen
        | Kind::Closed => true,
        Kind::AutoTransferred => settings.timeouts.auto_transfer_notice,
        Kind::SurveyAsked | Kind::SurveyAnswered | Kind::SurveyClosed => audience() == Some("visitor"),
        Kind::InternalMessage
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

fn as_told_to_visitor(line: &mut Line) {
    line.operator = None;
    match line.kind {
        Kind::Transferred | Kind::AutoTransferred | Kind::ReturnedToQueue | Kind::Message => line.data = None,
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
        | Kind::SurveyAsked
        | Kind::SurveyAnswered
        | Kind::SurveyClosed
        | Kind::Ended
        | Kind::KeptOpen
        | Kind::Closed
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
        | Kind::SurveyCancelled => {}
    }
    if line.role != "visitor" {
        line.author.clear();
    }
    if line.voice.as_deref() == Some("operator") {
        "operator".clone_into(&mut line.role);
    }
}
