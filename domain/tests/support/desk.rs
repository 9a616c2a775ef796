//! More words: what a desk can do besides talking, files, surveys, opening hours, and conversations kept open.

use std::collections::BTreeMap;

use chrono::DateTime;
use pupitre_domain::event::Cause;
use pupitre_domain::event::Closing;
use pupitre_domain::event::File;
use pupitre_domain::event::Profile;
use pupitre_domain::event::ReleaseReason;
use pupitre_domain::event::Request;
use pupitre_domain::event::Source;
use pupitre_domain::event::Voice;
use pupitre_domain::event::{Page, Presence};
use pupitre_domain::settings::opening_hours::{Exception, Schedule, TimeRange, Week};
use pupitre_domain::settings::surveys::{Answers, Audience};
use pupitre_domain::settings::{DeskOption, OpeningHours, Phrase, Section, Skill, Skills};
use pupitre_domain::text::{Address, Name, Text};
use pupitre_domain::{
    Action, Actor, ArticleId, Attention, ConversationAction, ConversationFact, Exchange, Fact, Flow,
    LivechatFact, OperatorFact, Rejection, SurveyId, SurveyStep, Timestamp, Visit,
};
use serde_json::{Value, json};

use super::{Outcome, Scene, Step, change, conversation, operator_id, plain_skill, profile, skill, visitor};

impl Scene {
    /// Time passes until `moment`, written as `2026-01-05T18:00:00+01:00`, and what falls due happens.
    pub(crate) fn at(self, moment: &str) -> Outcome {
        let time = instant(moment) - self.now();
        self.after(time)
    }
}

impl Outcome {
    /// Refused because this option is switched off, which the refusal names.
    pub(crate) fn then_option_off(self, key: &str) -> Scene {
        let told = self.result.as_ref().err().map(ToString::to_string).unwrap_or_default();
        assert_eq!(told, format!("the option {key} is switched off in the settings"));
        self.then_refused("option_off")
    }

    /// Exactly these facts, in this order, all by whoever acted.
    pub(crate) fn then_by_actor<const N: usize>(self, facts: [Fact; N]) -> Scene {
        let told: Vec<Fact> =
            self.events().iter().map(|event| super::without_revision(&event.fact)).collect();
        assert_eq!(super::json(&told), super::json(&Vec::from(facts)));
        assert!(self.events().iter().all(|event| event.by == self.by));
        self.scene
    }

    /// Exactly these facts, in this order: the first two by whoever acted, what follows by the system.
    pub(crate) fn then_first_two_by_actor<const N: usize>(self, facts: [Fact; N]) -> Scene {
        let told: Vec<Fact> =
            self.events().iter().map(|event| super::without_revision(&event.fact)).collect();
        assert_eq!(super::json(&told), super::json(&Vec::from(facts)));
        for (index, event) in self.events().iter().enumerate() {
            assert_eq!(event.by, if index < 2 { self.by.clone() } else { Actor::System });
        }
        self.scene
    }

    /// Refused because exactly these fields are wrong.
    pub(crate) fn then_wrong_fields(self, fields: &[&str]) -> Scene {
        match &self.result {
            Err(Rejection::Invalid(wrong)) => {
                assert_eq!(wrong.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), fields);
            }
            other => panic!("no field was named wrong: {other:?}"),
        }
        self.scene
    }

    /// The kinds of events, in order.
    pub(crate) fn then_kinds<const N: usize>(self, kinds: [&str; N]) -> Scene {
        let told: Vec<&str> = self.events().iter().map(|event| event.fact.name()).collect();
        assert_eq!(told, kinds);
        self.scene
    }
}

pub(crate) fn instant(moment: &str) -> Timestamp {
    DateTime::parse_from_rfc3339(moment).unwrap().to_utc()
}

/// A fact about the conversation of this visitor.
pub(crate) fn told(of: &str, operator: impl Into<Option<&'static str>>, fact: ConversationFact) -> Fact {
    Fact::conversation(conversation(of), operator.into().map(operator_id), fact)
}

/// A section as an administrator writes it.
pub(crate) fn section(name: &str, content: Value) -> Section {
    let mut section = json!({});
    section[name] = content;
    serde_json::from_value(section).unwrap()
}

/// The desk section with this option switched off.
pub(crate) fn without(option: DeskOption) -> Section {
    let mut desk = json!({});
    desk[option.key().trim_start_matches("desk.")] = json!(false);
    section("desk", desk)
}

/// The behaviour section with this choice switched on.
pub(crate) fn behaviour(choice: &str, on: bool) -> Section {
    let mut behaviour = json!({});
    behaviour[choice] = json!(on);
    section("behaviour", behaviour)
}

/// A profile with this name.
pub(crate) fn named(name: &str) -> Profile {
    Profile { name: Name::parse(name).unwrap(), ..profile(&[], None) }
}

/// A profile with this capacity and address.
pub(crate) fn with_address(address: &str) -> Profile {
    Profile { email: Some(Address::parse(address).unwrap().into()), ..profile(&[], None) }
}

/// The page at this address.
pub(crate) fn page(url: &str, title: Option<&str>) -> Page {
    Page { url: url.to_owned().into(), title: title.map(|title| title.to_owned().into()) }
}

pub(crate) fn write_internally(of: &str, text: &str) -> Action {
    Action::Conversation(conversation(of), ConversationAction::WriteInternally(Text::parse(text).unwrap()))
}

pub(crate) fn note_presence(of: &str, presence: Presence) -> Action {
    Action::Conversation(conversation(of), ConversationAction::NotePresence(presence))
}

pub(crate) fn change_page(of: &str, page: Page) -> Action {
    Action::Conversation(conversation(of), ConversationAction::ChangePage(page))
}

/// The visitor of a conversation is noted there.
pub(crate) fn is_seen(name: &str, presence: Presence) -> Step {
    Step::Do(visitor(name), note_presence(name, presence))
}

pub(crate) fn mark(of: &str, important: bool) -> Action {
    Action::Conversation(conversation(of), ConversationAction::MarkImportant(important))
}

pub(crate) fn call_manager(of: &str) -> Action {
    Action::Conversation(conversation(of), ConversationAction::CallManager(None))
}

pub(crate) fn take_call(of: &str) -> Action {
    Action::Conversation(conversation(of), ConversationAction::TakeCall)
}

pub(crate) fn settle_call(of: &str) -> Action {
    Action::Conversation(conversation(of), ConversationAction::SettleCall)
}

pub(crate) fn ask_for_file(of: &str) -> Action {
    Action::Conversation(conversation(of), ConversationAction::RequestFile(None))
}

pub(crate) fn contract() -> File {
    file("contract.pdf", 42_000, "application/pdf")
}

pub(crate) fn file(name: &str, bytes: u64, media_type: &str) -> File {
    File { name: Name::parse(name).unwrap().into(), bytes, media_type: media_type.to_owned() }
}

pub(crate) fn send_file(of: &str, file: File) -> Action {
    Action::Conversation(conversation(of), ConversationAction::SendFile(file))
}

pub(crate) fn mail_copy(of: &str) -> Action {
    Action::Conversation(conversation(of), ConversationAction::MailCopy)
}

pub(crate) fn answer_from(of: &str, id: &str) -> Action {
    Action::Conversation(conversation(of), ConversationAction::SendArticle(article(id)))
}

pub(crate) fn article(id: &str) -> ArticleId {
    ArticleId::parse(id).unwrap()
}

pub(crate) fn request_again(of: &str, request: Request) -> Action {
    Action::Conversation(conversation(of), ConversationAction::RequestAgain(Box::new(request)))
}

pub(crate) fn close(of: &str) -> Action {
    Action::Conversation(conversation(of), ConversationAction::Close)
}

pub(crate) fn marked(of: &str, operator: impl Into<Option<&'static str>>, important: bool) -> Fact {
    told(of, operator, ConversationFact::Attention(Attention::ImportanceMarked { important }))
}

pub(crate) fn posted_internally(of: &str, operator: &'static str, text: &str) -> Fact {
    let text = Text::parse(text).unwrap().into();
    told(of, operator, ConversationFact::Exchange(Exchange::InternalMessagePosted { text }))
}

pub(crate) fn presence_noted(
    of: &str,
    operator: impl Into<Option<&'static str>>,
    presence: Presence,
) -> Fact {
    told(of, operator, ConversationFact::Visit(Visit::VisitorPresence { presence }))
}

pub(crate) fn help_called(of: &str, operator: &'static str) -> Fact {
    told(of, operator, ConversationFact::Attention(Attention::HelpCalled { note: None }))
}

pub(crate) fn file_sent(of: &str, operator: &'static str, voice: Voice) -> Fact {
    told(of, operator, ConversationFact::Exchange(Exchange::FileSent { voice, file: contract() }))
}

/// A message taken from the article `sent`, after a redirection by `chosen`.
pub(crate) fn article_posted(
    of: &str,
    operator: &'static str,
    voice: Voice,
    text: &str,
    (chosen, sent): (&str, &str),
) -> Fact {
    let text = Text::parse(text).unwrap().into();
    let source = Some(Source { chosen: article(chosen), sent: article(sent) });
    told(
        of,
        operator,
        ConversationFact::Exchange(Exchange::MessagePosted { number: 1, voice, phrase: None, text, source }),
    )
}

/// The same message with another number.
pub(crate) fn numbered(mut message: Fact, to: u32) -> Fact {
    if let Fact::Conversation {
        fact: ConversationFact::Exchange(Exchange::MessagePosted { number, .. }),
        ..
    } = &mut message
    {
        *number = to;
    }
    message
}

pub(crate) fn released_from(of: &str, operator: &'static str, reason: ReleaseReason) -> Fact {
    told(of, operator, ConversationFact::Flow(Flow::Released { reason }))
}

pub(crate) fn released(of: &str, reason: ReleaseReason) -> Fact {
    told(of, None, ConversationFact::Flow(Flow::Released { reason }))
}

pub(crate) fn moved_up(of: &str, position: usize) -> Fact {
    told(of, None, ConversationFact::Flow(Flow::QueueAdvanced { position }))
}

pub(crate) fn left_behind_for(of: &str, from: &str, to: &'static str) -> Fact {
    let from = operator_id(from);
    told(
        of,
        to,
        ConversationFact::Flow(Flow::AutoTransferred { from, cause: Cause::Disconnected, hidden: false }),
    )
}

pub(crate) fn back_in_queue(of: &str, from: &str, position: usize) -> Fact {
    told(of, None, ConversationFact::Flow(Flow::ReturnedToQueue { from: operator_id(from), position }))
}

pub(crate) fn requested_again(of: &str, request: Request) -> Fact {
    told(of, None, ConversationFact::Flow(Flow::RequestedAgain(Box::new(request))))
}

pub(crate) fn stays_open(of: &str, operator: impl Into<Option<&'static str>>, until: Timestamp) -> Fact {
    told(of, operator, ConversationFact::Flow(Flow::KeptOpen { until }))
}

pub(crate) fn closed(of: &str) -> Fact {
    told(of, None, ConversationFact::Flow(Flow::Closed))
}

/// The reason and the sentence of a phrase that Pupitre said.
pub(crate) const fn phrase_of(fact: &Fact) -> Option<Phrase> {
    match fact {
        Fact::Conversation {
            fact: ConversationFact::Exchange(Exchange::MessagePosted { phrase, .. }),
            ..
        } => *phrase,
        Fact::Livechat(_) | Fact::Operator { .. } | Fact::Conversation { .. } => None,
    }
}

// Opening hours.

/// A day of the week with a range: `("monday", "09:00", "18:00")`.
pub(crate) type Range<'a> = (&'a str, &'a str, &'a str);

/// These ranges, and closed otherwise.
pub(crate) fn week(ranges: &[Range<'_>]) -> Week {
    let mut days: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (day, from, to) in ranges {
        days.entry(day).or_default().push(json!({"from": from, "to": to}));
    }
    serde_json::from_value(json!(days)).unwrap()
}

/// The opening hours of the livechat, in Paris.
pub(crate) fn hours(ranges: &[Range<'_>]) -> Section {
    Section::OpeningHours(OpeningHours { week: Some(week(ranges)), ..OpeningHours::default() })
}

/// The same hours every day, in Paris.
pub(crate) fn daily(from: &str, to: &str) -> Section {
    hours(&every_day(from, to))
}

pub(crate) fn every_day<'a>(from: &'a str, to: &'a str) -> [Range<'a>; 7] {
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map(|day| (day, from, to))
}

pub(crate) fn schedule(ranges: &[Range<'_>]) -> Schedule {
    Schedule { week: Some(week(ranges)), exceptions: vec![] }
}

/// A date with other ranges.
pub(crate) fn exception(date: &str, ranges: &[(&str, &str)]) -> Exception {
    let ranges = ranges.iter().map(|(from, to)| TimeRange::parse(from, to)).collect();
    Exception { date: date.parse().unwrap(), ranges, label: String::new() }
}

/// A skill with hours of its own.
pub(crate) fn skill_open(name: &str, ranges: &[Range<'_>]) -> Skill {
    Skill { hours: Some(schedule(ranges)), ..plain_skill(name) }
}

/// A skill with places of its own in the queue.
pub(crate) fn skill_with_places(name: &str, places: i64) -> Skill {
    Skill { queue_capacity: Some(places), ..plain_skill(name) }
}

pub(crate) fn list_of<const N: usize>(skills: [Skill; N]) -> Section {
    Section::Skills(Skills(skills.into()))
}

pub(crate) fn opened(of: Option<&str>) -> Fact {
    Fact::Livechat(LivechatFact::Opened { skill: of.map(skill) })
}

pub(crate) fn closed_for_the_day(of: Option<&str>) -> Fact {
    Fact::Livechat(LivechatFact::Closed { skill: of.map(skill) })
}

pub(crate) fn shift_started(name: &str) -> Fact {
    Fact::Operator { operator: operator_id(name), fact: OperatorFact::ShiftStarted }
}

pub(crate) fn shift_ended(name: &str) -> Fact {
    Fact::Operator { operator: operator_id(name), fact: OperatorFact::ShiftEnded }
}

// Surveys.

/// One survey for these people, with a mandatory rating `stars` and an optional text `why`.
pub(crate) fn survey(id: &str, audience: &str) -> Value {
    json!({
        "id": id, "name": "Satisfaction", "title": {"fr": "Votre avis"}, "audience": audience,
        "fields": [
            {"id": "stars", "label": {"fr": "Note"}, "kind": "rating", "mandatory": true},
            {"id": "why", "label": {"fr": "Pourquoi ?"}, "kind": "short_text"},
        ],
    })
}

/// The survey section with a survey `wrap_up` for operators and `opinion` for visitors.
pub(crate) fn two_surveys() -> Step {
    change(section("surveys", json!([survey("wrap_up", "operator"), survey("opinion", "visitor")])))
}

pub(crate) fn survey_id(id: &str) -> SurveyId {
    SurveyId::parse(id).unwrap()
}

pub(crate) fn rated(count: i64) -> Answers {
    answered_with(json!({"stars": {"rating": count}}))
}

pub(crate) fn answered_with(answers: Value) -> Answers {
    serde_json::from_value(answers).unwrap()
}

pub(crate) fn send_survey(of: &str, survey: &str) -> Action {
    Action::Conversation(conversation(of), ConversationAction::SendSurvey(survey_id(survey)))
}

pub(crate) fn open_survey(of: &str, audience: Audience) -> Action {
    Action::Conversation(conversation(of), ConversationAction::OpenSurvey(audience.into()))
}

pub(crate) fn cancel_survey(of: &str) -> Action {
    Action::Conversation(conversation(of), ConversationAction::CancelSurvey(None))
}

pub(crate) fn answer_survey(of: &str, audience: Audience, answers: Answers) -> Action {
    Action::Conversation(
        conversation(of),
        ConversationAction::AnswerSurvey(audience.into(), Box::new(answers)),
    )
}

pub(crate) fn close_survey(of: &str, audience: Audience) -> Action {
    Action::Conversation(conversation(of), ConversationAction::CloseSurvey(audience.into()))
}

/// Version 1 of `wrap_up` or of `opinion` waits.
pub(crate) fn survey_waits_for(of: &str, operator: &'static str, audience: Audience) -> Fact {
    let survey = survey_of(audience);
    told(
        of,
        operator,
        ConversationFact::Survey(SurveyStep::Asked { audience, segment: 1, survey, version: 1 }),
    )
}

pub(crate) fn survey_opened(of: &str, operator: &'static str, audience: Audience) -> Fact {
    told(of, operator, ConversationFact::Survey(SurveyStep::Opened { audience, segment: 1 }))
}

pub(crate) fn survey_answered(
    of: &str,
    operator: &'static str,
    audience: Audience,
    opened_at: Option<Timestamp>,
    answers: Answers,
) -> Fact {
    let survey = survey_of(audience);
    told(
        of,
        operator,
        ConversationFact::Survey(SurveyStep::Answered {
            audience,
            segment: 1,
            survey,
            version: 1,
            opened_at,
            answers,
        }),
    )
}

pub(crate) fn survey_closed_for(
    of: &str,
    operator: &'static str,
    audience: Audience,
    closing: Closing,
) -> Fact {
    let survey = survey_of(audience);
    told(
        of,
        operator,
        ConversationFact::Survey(SurveyStep::Closed { audience, segment: 1, survey, version: 1, closing }),
    )
}

/// The same about another segment of the conversation.
pub(crate) fn of_segment(number: u32, fact: Fact) -> Fact {
    let Fact::Conversation { conversation, operator, mut fact } = fact else { return fact };
    if let ConversationFact::Survey(
        SurveyStep::Asked { segment, .. }
        | SurveyStep::Opened { segment, .. }
        | SurveyStep::Cancelled { segment, .. }
        | SurveyStep::Answered { segment, .. }
        | SurveyStep::Closed { segment, .. },
    ) = &mut fact
    {
        *segment = number;
    }
    Fact::Conversation { conversation, operator, fact }
}

fn survey_of(audience: Audience) -> SurveyId {
    survey_id(match audience {
        Audience::Operator => "wrap_up",
        Audience::Visitor => "opinion",
    })
}
