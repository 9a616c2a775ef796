//! Random settings: every section that a rule depends on.

use domain::patch::Patch;
use domain::settings::opening_hours::{TimeRange, Week};
use domain::settings::surveys::{Audience, Survey, Surveys};
use domain::settings::surveys::{Field, FieldKind};
use domain::settings::{
    Behaviour, Capacity, OpeningHours, OperatorSurvey, Section, SectionName, Settings, Skill, Skills,
    Statuses, Timeouts, VisitorSurvey,
};
use domain::text::Language;
use domain::{FieldId, SkillId, SurveyId};
use serde_json::json;

use super::rng::SimRng;

/// The skills there are.
pub(super) const SKILLS: [&str; 3] = ["sales", "billing", "returns"];

/// The survey for each audience, and its only question.
const SURVEYS: [(&str, Audience); 2] = [("debrief", Audience::Operator), ("satisfaction", Audience::Visitor)];
const QUESTION: &str = "rating";

/// A section with new content.
pub(super) fn section(rng: &SimRng) -> Section {
    let yes = || rng.chance(500);
    match rng.below(9) {
        0 => Section::Capacity(Capacity {
            conversations_per_operator: rng.between(1, 4),
            queue_per_operator: rng.between(0, 4),
        }),
        1 | 2 => Section::Timeouts(timeouts(rng)),
        3 => Section::Statuses(Statuses {
            training: yes(),
            phone: yes(),
            with_supervisor: yes(),
            no_new_conversation: yes(),
            searching: rng.chance(800),
        }),
        4 => Section::Behaviour(Behaviour {
            redirects_as_operator: false,
            keep_open: yes(),
            keep_open_hours: 24,
            transfer_on_disconnect: yes(),
        }),
        5 => skills(rng),
        6 => Section::OperatorSurvey(OperatorSurvey {
            survey: yes().then(|| SurveyId::parse(SURVEYS[0].0).ok()).flatten(),
            complete_button: yes(),
            cancel_button: yes(),
            closable_unanswered: yes(),
            pending_hours: 96,
        }),
        7 => Section::VisitorSurvey(VisitorSurvey {
            survey: yes().then(|| SurveyId::parse(SURVEYS[1].0).ok()).flatten(),
            operator_may_send: yes(),
        }),
        _ => Section::OpeningHours(hours(rng)),
    }
}

/// A section with one field changed, and the patch that does it.
pub(super) fn patched(rng: &SimRng, settings: &Settings) -> Option<(Section, Patch)> {
    let (name, patch) = match rng.below(4) {
        0 => (SectionName::Capacity, json!({ "queue_per_operator": rng.between(0, 4) })),
        1 => (SectionName::Timeouts, json!({ "auto_transfer": rng.pick(&[0, 5, 20, 90])? })),
        2 => (SectionName::Timeouts, json!({ "unanswered": rng.pick(&[0, 1, 3])? })),
        _ => (SectionName::Behaviour, json!({ "transfer_on_disconnect": rng.chance(500) })),
    };
    let patch = Patch(patch);
    let mut stored = serde_json::to_value(settings.section(name)).ok()?;
    let content = stored.get_mut(name.as_str())?;
    *content = patch.apply(content.take());
    Some((serde_json::from_value(stored).ok()?, patch))
}

/// Timers that run out within a run, some of them off: every setting that has a unit, in short times of that unit.
pub(super) fn timeouts(rng: &SimRng) -> Timeouts {
    let mut stored = json!({ "auto_transfer_notice": rng.chance(500) });
    for range in Section::Timeouts(Timeouts::default()).ranges() {
        let in_minutes = range.unit.text(Language::En).starts_with("minutes");
        let short: &[i64] = if in_minutes { &[0, 1, 2, 3, 5] } else { &[0, 5, 20, 40, 90] };
        stored[&range.field] = json!(rng.pick(short));
    }
    let mut timeouts: Timeouts = serde_json::from_value(stored).unwrap_or(Timeouts::OFF);
    timeouts.timeout_reminder =
        if timeouts.visitor_inactivity == 0 { 0 } else { timeouts.timeout_reminder.min(40) };
    timeouts
}

/// All skills, in another order, some with a queue of their own.
pub(super) fn skills(rng: &SimRng) -> Section {
    let first = rng.below(SKILLS.len());
    let ids = SKILLS.iter().cycle().skip(first).take(SKILLS.len());
    let skill = |id: &&str| {
        let queue_capacity = rng.chance(300).then(|| rng.between(0, 2));
        Some(Skill { id: SkillId::parse(id).ok()?, name: [].into(), queue_capacity, hours: None })
    };
    Section::Skills(Skills(ids.filter_map(skill).collect()))
}

/// A survey for each audience; its question is mandatory or not, which makes another version of it.
pub(super) fn surveys(rng: &SimRng) -> Section {
    let text = || [(Language::Fr, "Votre avis ?".to_owned())].into();
    let survey = |(id, audience): (&str, Audience)| {
        Some(Survey {
            id: SurveyId::parse(id).ok()?,
            version: 0,
            name: id.to_owned(),
            title: text(),
            audience,
            fields: vec![Field {
                id: FieldId::parse(QUESTION).ok()?,
                label: text(),
                kind: FieldKind::Rating,
                mandatory: rng.chance(500),
                choices: vec![],
            }],
        })
    };
    Section::Surveys(Surveys(SURVEYS.into_iter().filter_map(survey).collect()))
}

/// The question of every survey.
pub(super) fn question() -> Option<FieldId> {
    FieldId::parse(QUESTION).ok()
}

/// Always open, or from some minute of this morning on, or until one.
fn hours(rng: &SimRng) -> OpeningHours {
    if rng.chance(600) {
        return OpeningHours::default();
    }
    let minute = rng.between(5, 59);
    let (from, to) = if rng.chance(700) {
        ("00:00".to_owned(), format!("10:{minute:02}"))
    } else {
        (format!("10:{minute:02}"), "23:59".to_owned())
    };
    let ranges = vec![TimeRange::parse(&from, &to)];
    let week = Week {
        monday: ranges.clone(),
        tuesday: ranges.clone(),
        wednesday: ranges.clone(),
        thursday: ranges.clone(),
        friday: ranges.clone(),
        saturday: ranges.clone(),
        sunday: ranges,
    };
    OpeningHours { week: Some(week), ..OpeningHours::default() }
}
