//! What the segments of a conversation that was kept open leave to each other.

use pupitre_domain::settings::surveys::{Answers, Audience};
use pupitre_domain::settings::{Behaviour, OperatorSurvey, Section, Surveys};
use pupitre_domain::{Action, ConversationAction, ConversationFact, Fact, SurveyStep};

use crate::support::*;

fn asks_again(name: &str) -> Step {
    Step::Do(
        visitor(name),
        Action::Conversation(
            conversation(name),
            ConversationAction::RequestAgain(Box::new(plain_request(name, None))),
        ),
    )
}

fn answers_the_survey(name: &str, of: &str) -> Step {
    let answers = Box::new(Answers::default());
    Step::Do(
        operator(name),
        Action::Conversation(
            conversation(of),
            ConversationAction::AnswerSurvey(Audience::Operator.into(), answers),
        ),
    )
}

/// Operators are asked after each conversation, which stays open.
fn debriefed_and_kept_open() -> Step {
    let debrief = examples::survey("debrief", Audience::Operator);
    let survey = Some(debrief.id.clone());
    Step::All(vec![
        change(Section::Surveys(Surveys(vec![debrief]))),
        change(Section::OperatorSurvey(OperatorSurvey { survey, ..OperatorSurvey::default() })),
        change(Section::Behaviour(Behaviour { keep_open: true, ..Behaviour::default() })),
    ])
}

#[test]
fn an_answer_about_the_segment_before_is_none_about_this_one() {
    let ended = given([
        debriefed_and_kept_open(),
        connected("alice"),
        asks("zoe"),
        talks_to("alice", "zoe"),
        ends("alice", "zoe"),
        asks_again("zoe"),
        talks_to("alice", "zoe"),
        answers_the_survey("alice", "zoe"),
    ])
    .when(operator("alice"), end("zoe"))
    .then_whatever();
    let is_asked = |fact: &Fact| {
        matches!(fact, Fact::Conversation { fact: ConversationFact::Survey(SurveyStep::Asked { .. }), .. })
    };
    assert_eq!(ended.log.iter().filter(|event| is_asked(&event.fact)).count(), 2);
}
