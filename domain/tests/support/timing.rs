//! The words of the clocks: what sets them, what they make happen, and when they fall due.

use chrono::TimeDelta;
use pupitre_domain::event::Cause;
use pupitre_domain::event::Closing;
use pupitre_domain::event::DisconnectReason;
use pupitre_domain::event::ReleaseReason;
use pupitre_domain::event::Voice;
use pupitre_domain::settings::Status;
use pupitre_domain::settings::knowledge::{Article, Knowledge};
use pupitre_domain::settings::surveys::{Audience, Survey, Surveys};
use pupitre_domain::settings::{Behaviour, Section, Statuses, Timeouts, VisitorSurvey};
use pupitre_domain::state::timers::TimerKind;
use pupitre_domain::{
    Action, Actor, ArticleId, ConversationAction, ConversationFact, Exchange, Fact, Flow, Notice,
    OperatorFact, SurveyId, SurveyStep, Timestamp,
};
use serde_json::json;

use super::{Scene, Step, change, clocks_off, conversation, operator, operator_id, start, supervisor};
use super::{change_status, connect, transfer_to, write};

// Settings.

/// A timeouts section in which every clock is off but those that `set` sets.
pub(crate) fn only(set: impl FnOnce(&mut Timeouts)) -> Section {
    let mut timeouts = clocks_off();
    set(&mut timeouts);
    Section::Timeouts(timeouts)
}

/// Every clock on, each with its own time.
pub(crate) fn all_clocks() -> Section {
    Section::Timeouts(Timeouts { unanswered: 30, ..Timeouts::default() })
}

pub(crate) fn every_status() -> Section {
    Section::Statuses(Statuses {
        training: true,
        phone: true,
        with_supervisor: true,
        no_new_conversation: true,
        searching: true,
    })
}

/// The conversations of who is disconnected stay.
pub(crate) fn without_transfer_on_disconnect() -> Section {
    Section::Behaviour(Behaviour { transfer_on_disconnect: false, ..Behaviour::default() })
}

pub(crate) fn kept_open() -> Section {
    Section::Behaviour(Behaviour { keep_open: true, ..Behaviour::default() })
}

/// One article, `prices`.
pub(crate) fn an_article() -> Section {
    let article = json!({"id": "prices", "title": "Tarifs", "body": "Voici nos tarifs.", "theme": "Aide"});
    Section::Knowledge(Knowledge(vec![serde_json::from_value::<Article>(article).unwrap()]))
}

/// Visitors are asked one question at the end.
pub(crate) fn visitors_are_asked() -> Step {
    let survey = json!({
        "id": "stars", "name": "Satisfaction", "title": {"fr": "Votre avis"}, "audience": "visitor",
        "fields": [{"id": "stars", "label": {"fr": "Une note"}, "kind": "rating"}],
    });
    let survey: Survey = serde_json::from_value(survey).unwrap();
    let sent = VisitorSurvey { survey: Some(stars()), operator_may_send: true };
    Step::All(vec![change(Section::Surveys(Surveys(vec![survey]))), change(Section::VisitorSurvey(sent))])
}

pub(crate) fn stars() -> SurveyId {
    SurveyId::parse("stars").unwrap()
}

// Steps and actions.

pub(crate) fn takes(name: &str, status: Status) -> Step {
    Step::Do(operator(name), change_status(name, status))
}

pub(crate) fn lose_connection(name: &str) -> Action {
    Action::LoseConnection(operator_id(name))
}

pub(crate) fn loses_connection(name: &str) -> Step {
    Step::Do(Actor::System, lose_connection(name))
}

pub(crate) fn comes_back(name: &str) -> Step {
    Step::Do(operator(name), connect(name))
}

pub(crate) fn transfers(name: &str, of: &str, to: &str) -> Step {
    Step::Do(operator(name), transfer_to(of, to))
}

pub(crate) fn supervisor_answers(of: &str) -> Step {
    Step::Do(supervisor(), write(of, "Bonjour"))
}

pub(crate) fn send_article(of: &str) -> Action {
    Action::Conversation(
        conversation(of),
        ConversationAction::SendArticle(ArticleId::parse("prices").unwrap()),
    )
}

pub(crate) fn type_in(of: &str) -> Action {
    Action::Conversation(conversation(of), ConversationAction::Type)
}

// Facts.

fn about(of: &str, operator: Option<&str>, fact: ConversationFact) -> Fact {
    Fact::conversation(conversation(of), operator.map(operator_id), fact)
}

fn of_operator(name: &str, fact: OperatorFact) -> Fact {
    Fact::Operator { operator: operator_id(name), fact }
}

pub(crate) fn connection_lost(name: &str, until: Timestamp) -> Fact {
    of_operator(name, OperatorFact::ConnectionLost { until })
}

pub(crate) fn reconnected(name: &str) -> Fact {
    of_operator(name, OperatorFact::Reconnected)
}

/// A lost desk did not come back in time.
pub(crate) fn disconnected(name: &str) -> Fact {
    of_operator(name, OperatorFact::Disconnected { reason: DisconnectReason::ConnectionLost })
}

/// By rule, from an inactive operator.
pub(crate) fn moved_from_inactive(of: &str, from: &str, to: &str) -> Fact {
    moved_by_rule(of, from, to, Cause::Inactive)
}

/// By rule, from an operator who is gone.
pub(crate) fn moved_from_disconnected(of: &str, from: &str, to: &str) -> Fact {
    moved_by_rule(of, from, to, Cause::Disconnected)
}

fn moved_by_rule(of: &str, from: &str, to: &str, cause: Cause) -> Fact {
    about(
        of,
        Some(to),
        ConversationFact::Flow(Flow::AutoTransferred { from: operator_id(from), cause, hidden: false }),
    )
}

/// Nobody can take it: it stays until somebody can.
pub(crate) fn stays(of: &str, operator: &str) -> Fact {
    about(of, Some(operator), ConversationFact::Flow(Flow::AutoTransferFailed { again_at: None }))
}

pub(crate) fn returned_to_queue(of: &str, from: &str, position: usize) -> Fact {
    about(of, None, ConversationFact::Flow(Flow::ReturnedToQueue { from: operator_id(from), position }))
}

pub(crate) fn advanced(of: &str, position: usize) -> Fact {
    about(of, None, ConversationFact::Flow(Flow::QueueAdvanced { position }))
}

/// The operator types: it counts until that moment.
pub(crate) fn typed(of: &str, operator: &str, until: Timestamp) -> Fact {
    about(of, Some(operator), ConversationFact::Exchange(Exchange::Typing { voice: Voice::Operator, until }))
}

/// The visitor types: it counts until that moment.
pub(crate) fn visitor_typed(of: &str, operator: &str, until: Timestamp) -> Fact {
    about(of, Some(operator), ConversationFact::Exchange(Exchange::Typing { voice: Voice::Visitor, until }))
}

pub(crate) fn followed_up(of: &str, operator: &str) -> Fact {
    about(of, Some(operator), ConversationFact::Notice(Notice::FollowedUp))
}

pub(crate) fn search_noticed(of: &str, operator: &str, again_at: Timestamp) -> Fact {
    about(of, Some(operator), ConversationFact::Notice(Notice::SearchNoticed { again_at: Some(again_at) }))
}

pub(crate) fn search_noticed_last(of: &str, operator: &str) -> Fact {
    about(of, Some(operator), ConversationFact::Notice(Notice::SearchNoticed { again_at: None }))
}

/// The visitor is shown that the operator looks for information, or not any more.
pub(crate) fn shown_searching(of: &str, operator: &str, searching: bool) -> Fact {
    about(of, Some(operator), ConversationFact::Notice(Notice::OperatorSearches { searching }))
}

/// Nobody picked up in time; `operator` has it on a desk that flashes, or nobody.
pub(crate) fn released_unanswered(of: &str, operator: Option<&str>) -> Fact {
    about(of, operator, ConversationFact::Flow(Flow::Released { reason: ReleaseReason::Unanswered }))
}

pub(crate) fn survey_asked(of: &str, operator: &str) -> Fact {
    let fact = ConversationFact::Survey(SurveyStep::Asked {
        audience: Audience::Visitor,
        segment: 1,
        survey: stars(),
        version: 1,
    });
    about(of, Some(operator), fact)
}

pub(crate) fn survey_closed(of: &str, operator: &str, closing: Closing) -> Fact {
    let (audience, survey) = (Audience::Visitor, stars());
    about(
        of,
        Some(operator),
        ConversationFact::Survey(SurveyStep::Closed { audience, segment: 1, survey, version: 1, closing }),
    )
}

// What runs.

impl Scene {
    /// When this clock of the visitor's conversation falls due, since the start of the story.
    pub(crate) fn due(&self, visitor: &str, clock: TimerKind) -> Option<TimeDelta> {
        let live = self.livechat.conversation(conversation(visitor))?;
        live.timers.deadline(clock).map(|at| at - start())
    }
}
