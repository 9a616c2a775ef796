//! What a reader may know of a transcript.
//!
//! Supervisors, administrators and analysts know everything. Operators know everything but what the visitor
//! card does not list. Visitors know what their page showed them: no internal message, no note, no call for
//! help, no survey of the operator, no name of staff but those of the operators introduced to them, by the pick-up or
//! by a transfer that was not hidden from them; and a supervisor who wrote in the operator's stead appears as the
//! operator.

use std::collections::{BTreeMap, BTreeSet};

use domain::event::Voice;
use domain::settings::surveys::Audience;
use domain::settings::{Settings, VisitorCard};
use domain::{ConversationFact, Exchange, Flow, Notice, SurveyStep, Visit};
use projections::RequestedBy;
use projections::transcript::Line;

use super::shown_line::{Content, Move, ShownLine};
use crate::auth::Role;
use crate::live::HiddenTransfers;
use crate::visible_to_operator;

/// The operators introduced to a visitor.
#[derive(Clone, Debug, Default)]
pub struct IntroducedOperators {
    /// The last one, by identifier.
    last: Option<String>,
    /// The changes since then that are hidden.
    hidden: HiddenTransfers,
    /// The operators heard or named in the lines at these positions, by identifier.
    pub speakers: BTreeMap<i64, String>,
}

/// Reduces the lines to what this role may know, under these settings. The preceding lines have been through here too,
/// so that it is known which operators were introduced to a visitor.
pub fn redact(
    role: Role,
    settings: &Settings,
    lines: Vec<Line>,
    introduced: &mut IntroducedOperators,
) -> Vec<ShownLine> {
    match role {
        Role::Visitor => lines.into_iter().filter_map(|line| for_visitor(line, introduced)).collect(),
        Role::Operator => lines.into_iter().map(|line| for_operator(line, &settings.visitor_card)).collect(),
        Role::Supervisor | Role::Administrator | Role::Analyst | Role::Integration => {
            lines.into_iter().map(ShownLine::whole).collect()
        }
    }
}

/// Of the request and of the pages after it, operators are shown what the visitor card lists.
fn for_operator(line: Line, card: &VisitorCard) -> ShownLine {
    let content = match &line.fact {
        ConversationFact::Flow(fact @ (Flow::Requested(request) | Flow::RequestedAgain(request))) => {
            let request = visible_to_operator::Request::of(request, RequestedBy::role(&line.role), card);
            let again = matches!(fact, Flow::RequestedAgain(_));
            Content::Request { again, request: Box::new(request) }
        }
        ConversationFact::Visit(Visit::PageChanged { page }) => {
            Content::Page(visible_to_operator::Page::of(page, card))
        }
        ConversationFact::Flow(_)
        | ConversationFact::Visit(_)
        | ConversationFact::Exchange(_)
        | ConversationFact::Notice(_)
        | ConversationFact::Attention(_)
        | ConversationFact::Survey(_) => return ShownLine::whole(line),
    };
    ShownLine::with(line, content)
}

/// What the visitor is shown of a line, if anything.
fn for_visitor(mut line: Line, introduced: &mut IntroducedOperators) -> Option<ShownLine> {
    if introduced.hidden.hides(&line.fact) {
        return None;
    }
    let (names_operator, voice) = (names_operator(&line.fact), voice(&line.fact));
    let content = visible_to_visitor(&line.fact)?;
    if names_operator {
        introduced.last.clone_from(&line.operator);
    }
    if let Some(operator) = &introduced.last
        && (names_operator || voice == Some(Voice::Operator))
    {
        introduced.speakers.insert(line.position, operator.clone());
    }
    line.operator = None;
    if line.role != "visitor" {
        line.author.clear();
    }
    if voice == Some(Voice::Operator) {
        "operator".clone_into(&mut line.role);
    }
    Some(ShownLine::with(line, content))
}

/// Is the visitor shown there which operator has the conversation?
const fn names_operator(fact: &ConversationFact) -> bool {
    matches!(
        fact,
        ConversationFact::Flow(Flow::PickedUp | Flow::Transferred { .. } | Flow::AutoTransferred { .. })
    )
}

/// The voice in which something was said or sent.
const fn voice(fact: &ConversationFact) -> Option<Voice> {
    match fact {
        ConversationFact::Exchange(
            Exchange::MessagePosted { voice, .. } | Exchange::FileSent { voice, .. },
        ) => Some(*voice),
        ConversationFact::Exchange(_)
        | ConversationFact::Flow(_)
        | ConversationFact::Notice(_)
        | ConversationFact::Attention(_)
        | ConversationFact::Visit(_)
        | ConversationFact::Survey(_) => None,
    }
}

/// What a visitor is shown of a fact.
fn visible_to_visitor(fact: &ConversationFact) -> Option<Content> {
    let is_shown = match fact {
        ConversationFact::Flow(Flow::Transferred { .. }) => return Some(Content::Moved(Move::Transferred)),
        ConversationFact::Flow(Flow::AutoTransferred { .. }) => {
            return Some(Content::Moved(Move::AutoTransferred));
        }
        ConversationFact::Flow(Flow::ReturnedToQueue { .. }) => {
            return Some(Content::Moved(Move::ReturnedToQueue));
        }
        ConversationFact::Flow(fact) => !matches!(fact, Flow::AutoTransferFailed { .. }),
        ConversationFact::Exchange(Exchange::MessagePosted { number, voice, phrase, text, .. }) => {
            let (number, voice, phrase, text) = (*number, *voice, *phrase, text.clone());
            let said = Exchange::MessagePosted { number, voice, phrase, text, source: None };
            return Some(Content::Fact(said.into()));
        }
        ConversationFact::Exchange(fact) => {
            matches!(fact, Exchange::FileRequested { .. } | Exchange::FileSent { .. })
        }
        ConversationFact::Notice(fact) => {
            matches!(fact, Notice::OperatorSearches { .. } | Notice::TimeoutAnnounced { .. })
        }
        ConversationFact::Survey(step) => matches!(
            step,
            SurveyStep::Asked { audience: Audience::Visitor, .. }
                | SurveyStep::Answered { audience: Audience::Visitor, .. }
                | SurveyStep::Closed { audience: Audience::Visitor, .. }
        ),
        ConversationFact::Attention(_) | ConversationFact::Visit(_) => false,
    };
    is_shown.then(|| Content::Fact(fact.clone()))
}

/// The operators that lines name.
pub fn operators(lines: &[Line]) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for line in lines {
        let from = line.fact.taken_from().map(domain::OperatorId::as_str);
        let author = (line.role == "operator").then_some(line.author.as_str());
        let all = [from, author, line.operator.as_deref()];
        named.extend(all.into_iter().flatten().map(str::to_owned));
    }
    named
}
