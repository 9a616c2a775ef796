//! What the administrators of a random story set: every section, mostly with values that are allowed.

use chrono::NaiveDate;
use domain::patch::Patch;
use domain::settings::canned_replies::CannedReply;
use domain::settings::knowledge::Article;
use domain::settings::opening_hours::{Exception, Schedule, TimeRange, TimeZone, Week};
use domain::settings::surveys::{Audience, Field, FieldKind, Survey};
use domain::settings::visitor_card::CardField;
use domain::settings::{
    Behaviour, CannedReplies, Desk, Figures, Knowledge, OpeningHours, OperatorSurvey, Origins, Phrases,
    Section, SectionName, Skill, Skills, Statuses, Surveys, Timeouts, VisitorCard, VisitorSurvey,
};
use domain::text::Language;
use domain::{ArticleId, FieldId, ReplyId, SurveyId};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::moves::SKILLS;
use crate::support::*;

/// For whom each survey is. The last one is never defined.
pub(super) const SURVEYS: [(&str, Audience); 4] = [
    ("debrief", Audience::Operator),
    ("report", Audience::Operator),
    ("satisfaction", Audience::Visitor),
    ("nowhere", Audience::Visitor),
];
/// The second redirects to the first; the last one is never defined.
pub(super) const ARTICLES: [&str; 3] = ["returns", "refunds", "nowhere"];
/// The question of every survey.
pub(super) const QUESTION: &str = "rating";

/// Ranges around the moments at which stories start, on the wall clock of Paris; the last is no time.
const RANGES: [(&str, &str); 9] = [
    ("00:00", "24:00"),
    ("10:02", "10:05"),
    ("09:00", "10:03"),
    ("00:52", "02:30"),
    ("01:52", "02:20"),
    ("02:15", "02:45"),
    ("02:00", "03:10"),
    ("22:00", "01:00"),
    ("24:30", "10:00"),
];

pub(super) fn section() -> impl Strategy<Value = Section> {
    let figures = (0..12_i64, select(vec![0, 1, 60, 3_601]));
    let limits = (0..5_i64, 0..4_i64).prop_map(|(each, waiting)| capacity(each, waiting));
    prop_oneof![
        2 => limits,
        4 => timeouts_section(),
        1 => prop::collection::vec(prop::bool::weighted(0.8), 10).prop_map(|on| Section::Desk(desk(&on))),
        2 => prop::collection::vec(prop::bool::weighted(0.7), 5).prop_map(|on| Section::Statuses(statuses(&on))),
        1 => (survey_choice(), any::<(bool, bool, bool)>()).prop_map(|(survey, buttons)| {
            Section::OperatorSurvey(operator_survey(survey, buttons))
        }),
        1 => (survey_choice(), any::<bool>()).prop_map(|(survey, operator_may_send)| {
            Section::VisitorSurvey(VisitorSurvey { survey, operator_may_send })
        }),
        1 => prop::collection::vec((0..3_usize, any::<bool>()), 0..4).prop_map(|these| surveys(&these)),
        2 => any::<(bool, bool, bool)>().prop_map(|(redirects_as_operator, keep_open, transfer_on_disconnect)| {
            let keep_open_hours = if redirects_as_operator { 1 } else { 24 };
            Section::Behaviour(Behaviour {
                redirects_as_operator,
                keep_open,
                keep_open_hours,
                transfer_on_disconnect,
            })
        }),
        3 => opening_hours(),
        1 => any::<bool>().prop_map(|on| if on { Section::Phrases(Phrases::default()) } else { silence() }),
        1 => prop::collection::vec(0..10_usize, 0..3).prop_map(|facts| visitor_card(&facts)),
        1 => any::<bool>().prop_map(knowledge),
        1 => any::<bool>().prop_map(canned_replies),
        1 => figures.prop_map(|(reference_concurrency, service_level_seconds)| {
            Section::Figures(Figures { reference_concurrency, service_level_seconds, ..Figures::default() })
        }),
        1 => select(vec!["https://example.org", "nonsense"]).prop_map(|origin| {
            Section::Origins(Origins { allowed: vec![origin.to_owned()] })
        }),
        3 => prop::collection::vec((0..SKILLS.len(), prop::option::of(0..3_i64), maybe_hours()), 0..3)
            .prop_map(|these| Section::Skills(Skills(these.into_iter().map(one_skill).collect()))),
    ]
}

/// Some fields of a section, with values that are mostly allowed.
pub(super) fn patch() -> impl Strategy<Value = (SectionName, Value)> {
    let number = |fields: &'static [&'static str], values: Vec<i64>| {
        (select(fields), select(values)).prop_map(|(field, value)| json!({ field: value }))
    };
    let choice = |fields: &'static [&'static str]| {
        (select(fields), any::<bool>()).prop_map(|(field, on)| json!({ field: on }))
    };
    let minutes =
        number(&["visitor_inactivity", "follow_up", "search_notice", "unanswered"], vec![0, 1, 3, -1]);
    let seconds = number(&["auto_transfer", "disconnect_notice", "timeout_reminder"], vec![0, 5, 60, 3_601]);
    let behaviour = choice(&["keep_open", "transfer_on_disconnect"]);
    let survey = choice(&["complete_button", "cancel_button", "closable_unanswered"]);
    let statuses = choice(&["searching", "phone", "training"]);
    prop_oneof![
        2 => minutes.prop_map(|patch| (SectionName::Timeouts, patch)),
        2 => seconds.prop_map(|patch| (SectionName::Timeouts, patch)),
        1 => choice(&["auto_transfer_notice"]).prop_map(|patch| (SectionName::Timeouts, patch)),
        2 => number(&["conversations_per_operator", "queue_per_operator"], vec![0, 1, 3])
            .prop_map(|patch| (SectionName::Capacity, patch)),
        2 => behaviour.prop_map(|patch| (SectionName::Behaviour, patch)),
        1 => survey.prop_map(|patch| (SectionName::OperatorSurvey, patch)),
        1 => statuses.prop_map(|patch| (SectionName::Statuses, patch)),
        1 => Just((SectionName::OpeningHours, json!({ "week": null }))),
    ]
}

/// A section with the fields of a patch.
pub(super) fn patched(section: Section, patch: &Patch) -> Section {
    let name = section.name().as_str();
    let mut stored = serde_json::to_value(section).unwrap();
    stored[name] = patch.apply(stored[name].take());
    serde_json::from_value(stored).unwrap()
}

/// Minutes and seconds that stories last, and now and then some that are out of range.
fn timeouts_section() -> impl Strategy<Value = Section> {
    let minutes = || prop_oneof![6 => 0..4_i64, 1 => select(vec![-1, 30, 1_441])];
    let seconds = || prop_oneof![8 => select(vec![0, 5, 20, 60, 119]), 1 => select(vec![-1, 3_601])];
    let of_visitors = (minutes(), seconds(), minutes(), minutes());
    let of_operators = (seconds(), any::<bool>(), seconds(), minutes(), minutes());
    (of_visitors, of_operators, minutes(), minutes()).prop_map(|(visitors, operators, survey, closing)| {
        let (visitor_inactivity, timeout_reminder, follow_up, search_notice) = visitors;
        let (auto_transfer, auto_transfer_notice, disconnect_notice, unanswered, hold_phrase) = operators;
        Section::Timeouts(Timeouts {
            visitor_inactivity,
            timeout_reminder,
            follow_up,
            search_notice,
            hold_phrase,
            auto_transfer,
            auto_transfer_notice,
            disconnect_notice,
            unanswered,
            pending_survey: survey,
            queue_closing: closing,
        })
    })
}

fn desk(on: &[bool]) -> Desk {
    Desk {
        print: on[0],
        mail_to_self: on[1],
        mark_important: on[2],
        call_manager: on[3],
        list_operators: on[4],
        search_knowledge: on[5],
        canned_replies: on[6],
        request_file: on[7],
        send_file: on[8],
        augmented: on[9],
    }
}

pub(super) fn statuses(on: &[bool]) -> Statuses {
    Statuses {
        training: on[0],
        phone: on[1],
        with_supervisor: on[2],
        no_new_conversation: on[3],
        searching: on[4],
    }
}

fn survey_choice() -> impl Strategy<Value = Option<SurveyId>> {
    prop::option::weighted(0.8, (0..SURVEYS.len()).prop_map(survey_id))
}

const fn operator_survey(survey: Option<SurveyId>, buttons: (bool, bool, bool)) -> OperatorSurvey {
    let (complete_button, cancel_button, closable_unanswered) = buttons;
    let pending_hours = if cancel_button { 1 } else { 0 };
    OperatorSurvey { survey, complete_button, cancel_button, closable_unanswered, pending_hours }
}

/// These surveys, each with the question mandatory or not: that makes another version of it.
pub(super) fn surveys(these: &[(usize, bool)]) -> Section {
    let text = || [(Language::Fr, "Votre avis ?".to_owned())].into();
    let one = |(index, mandatory): &(usize, bool)| Survey {
        id: survey_id(*index),
        version: 0,
        name: SURVEYS[*index].0.to_owned(),
        title: text(),
        audience: SURVEYS[*index].1,
        fields: vec![Field {
            id: FieldId::parse(QUESTION).unwrap(),
            label: text(),
            kind: FieldKind::Rating,
            mandatory: *mandatory,
            choices: vec![],
        }],
    };
    Section::Surveys(Surveys(these.iter().map(one).collect()))
}

fn opening_hours() -> impl Strategy<Value = Section> {
    let zones = prop_oneof![8 => Just("Europe/Paris"), 1 => Just("UTC"), 1 => Just("Paris")];
    (zones, prop::option::of(schedule())).prop_map(|(zone, schedule)| {
        let Schedule { week, exceptions } = schedule.unwrap_or_default();
        Section::OpeningHours(OpeningHours { time_zone: TimeZone(zone.to_owned()), week, exceptions })
    })
}

pub(super) fn maybe_hours() -> impl Strategy<Value = Option<Schedule>> {
    prop::option::weighted(0.3, schedule())
}

fn schedule() -> impl Strategy<Value = Schedule> {
    (prop::option::weighted(0.8, ranges(1)), prop::option::weighted(0.3, (0..4_usize, ranges(0)))).prop_map(
        |(ranges, exception)| Schedule {
            week: ranges.map(every_day),
            exceptions: exception.map(|(date, ranges)| exceptional(date, ranges)).into_iter().collect(),
        },
    )
}

fn ranges(at_least: usize) -> impl Strategy<Value = Vec<TimeRange>> {
    prop::collection::vec(range(), at_least..3)
}

pub(super) fn range() -> impl Strategy<Value = TimeRange> {
    select(RANGES.as_slice()).prop_map(|(from, to)| TimeRange::parse(from, to))
}

/// The same ranges every day of the week.
pub(super) fn every_day(ranges: Vec<TimeRange>) -> Week {
    Week {
        monday: ranges.clone(),
        tuesday: ranges.clone(),
        wednesday: ranges.clone(),
        thursday: ranges.clone(),
        friday: ranges.clone(),
        saturday: ranges.clone(),
        sunday: ranges,
    }
}

/// The days on which stories start, and the one after the first.
fn exceptional(index: usize, ranges: Vec<TimeRange>) -> Exception {
    let (month, day) = [(1, 5), (1, 6), (3, 29), (10, 25)][index];
    Exception { date: NaiveDate::from_ymd_opt(2026, month, day).unwrap(), ranges, label: String::new() }
}

fn visitor_card(facts: &[usize]) -> Section {
    Section::VisitorCard(VisitorCard(facts.iter().map(|fact| CardField::BUILT_IN[*fact].clone()).collect()))
}

/// Two articles, the second of which redirects to the first; in a circle, that is refused.
pub(super) fn knowledge(in_a_circle: bool) -> Section {
    let article = |index: usize, redirects_to: Option<usize>| Article {
        id: article_id(index),
        title: "Retours".to_owned(),
        body: "Sous 30 jours.".into(),
        theme: "Commandes".to_owned(),
        language: None,
        redirects_to: redirects_to.map(article_id),
    };
    Section::Knowledge(Knowledge(vec![article(0, in_a_circle.then_some(1)), article(1, Some(0))]))
}

fn canned_replies(published: bool) -> Section {
    Section::CannedReplies(CannedReplies(vec![CannedReply {
        id: ReplyId::parse("thanks").unwrap(),
        title: "Remerciements".to_owned(),
        text: [(Language::Fr, "Merci !".into())].into(),
        theme: "Politesse".to_owned(),
        published,
    }]))
}

fn one_skill((index, queue_capacity, hours): (usize, Option<i64>, Option<Schedule>)) -> Skill {
    Skill { queue_capacity, hours, ..plain_skill(SKILLS[index]) }
}

pub(super) fn survey_id(index: usize) -> SurveyId {
    SurveyId::parse(SURVEYS[index].0).unwrap()
}

pub(super) fn article_id(index: usize) -> ArticleId {
    ArticleId::parse(ARTICLES[index]).unwrap()
}
