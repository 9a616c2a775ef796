//! Settings: changed by command, validated as a whole section, in force at once.

use pupitre_domain::settings::{Capacity, Phrase, Section, SectionName, Settings, Skills, Timeouts};
use pupitre_domain::text::Language;
use pupitre_domain::{Fact, LivechatFact, Rejection};

use crate::support::*;

#[test]
fn an_administrator_changes_a_section_and_the_others_stay_as_they_are() {
    let scene = given([change(capacity(5, 5))])
        .when(administrator(), settings(timeouts(20, 30)))
        .then([settings_changed(timeouts(20, 30))]);
    assert_eq!(
        scene.livechat.settings().capacity,
        Capacity { conversations_per_operator: 5, queue_per_operator: 5 }
    );
}

#[test]
fn a_change_to_what_is_in_force_records_nothing() {
    given([]).when(administrator(), settings(Section::Capacity(Capacity::default()))).then_nothing();
    given([]).when(administrator(), settings(timeouts(10, 60))).then_nothing();
    given_ready_made([])
        .when(administrator(), settings(Section::Timeouts(Timeouts::default())))
        .then_nothing();
    given([]).when(administrator(), settings(skills(&[]))).then_nothing();
}

#[test]
fn only_an_administrator_changes_settings() {
    for actor in [visitor("zoe"), operator("alice"), supervisor(), bot()] {
        given([]).when(actor, settings(capacity(5, 5))).then_refused("forbidden");
    }
}

#[test]
fn every_wrong_field_of_a_section_is_named_and_nothing_is_half_applied() {
    let scene = given([])
        .when(administrator(), settings(capacity(0, 101)))
        .then_wrong(["conversations_per_operator", "queue_per_operator"]);
    assert_eq!(scene.livechat.settings().capacity, Capacity::default());
}

#[test]
fn the_reminder_is_shorter_than_the_inactivity() {
    for wrong in [timeouts(1, 60), timeouts(1, 61)] {
        given([]).when(administrator(), settings(wrong)).then_wrong(["timeout_reminder"]);
    }
    given([]).when(administrator(), settings(timeouts(1, 59))).then([settings_changed(timeouts(1, 59))]);
}

#[test]
fn with_the_inactivity_off_there_is_nothing_to_be_shorter_than() {
    given([]).when(administrator(), settings(timeouts(0, 60))).then([settings_changed(timeouts(0, 60))]);
}

#[test]
fn the_inactivity_is_at_most_a_day_and_the_reminder_at_most_an_hour() {
    given([])
        .when(administrator(), settings(timeouts(1_440, 3_600)))
        .then([settings_changed(timeouts(1_440, 3_600))]);
    given([])
        .when(administrator(), settings(timeouts(1_441, 3_601)))
        .then_wrong(["visitor_inactivity", "timeout_reminder"]);
}

#[test]
fn a_livechat_has_each_skill_once_and_at_most_200() {
    given([]).when(administrator(), settings(skills(&["sales", "sales"]))).then_wrong(["skills"]);
    let many = |count: usize| {
        let one = |n: usize| plain_skill(&format!("s{n}"));
        Section::Skills(Skills((0..count).map(one).collect()))
    };
    given([]).when(administrator(), settings(many(200))).then([settings_changed(many(200))]);
    given([]).when(administrator(), settings(many(201))).then_wrong(["skills"]);
}

#[test]
fn a_phrase_has_1_to_1000_characters_in_each_language() {
    for text in [String::new(), "a\0b".to_owned(), "é".repeat(1_001)] {
        given([])
            .when(administrator(), settings(phrase(Phrase::Welcome, true, &[(Language::En, &text)])))
            .then_wrong(["welcome.text.en"]);
    }
    let longest = phrase(Phrase::Welcome, true, &[(Language::En, &"é".repeat(1_000))]);
    given([]).when(administrator(), settings(longest.clone())).then([settings_changed(longest)]);
}

#[test]
fn a_section_in_a_file_may_leave_out_what_keeps_its_default_but_not_invent_a_key() {
    let section: Capacity = serde_json::from_str(r#"{"queue_per_operator": 7}"#).unwrap();
    assert_eq!(section, Capacity { conversations_per_operator: 3, queue_per_operator: 7 });
    assert!(serde_json::from_str::<Capacity>(r#"{"queue_per_operators": 7}"#).is_err());
    assert!(serde_json::from_str::<Timeouts>(r#"{"visitor_inactivity_min": 7}"#).is_err());
}

#[test]
fn the_revision_of_a_section_counts_its_changes() {
    let scene = given_ready_made([
        change(capacity(4, 4)),
        change(capacity(5, 5)),
        // In force already.
        change(capacity(5, 5)),
        change(timeouts(20, 30)),
    ])
    .restarted();
    let revisions = [SectionName::Capacity, SectionName::Timeouts, SectionName::Skills]
        .map(|name| scene.livechat.revision(name));
    assert_eq!(revisions, [2, 1, 0]);
}

#[test]
fn a_change_carries_the_revision_it_makes() {
    let mut scene = given([change(capacity(4, 4)), change(timeouts(20, 30))]);
    for (revision, section) in [(2, capacity(5, 5)), (3, capacity(6, 6))] {
        scene = scene.when(administrator(), settings(section.clone())).then([settings_changed(section)]);
        let last = scene.log.last().map(|event| event.fact.clone());
        let Some(Fact::Livechat(LivechatFact::SettingsChanged { revision: told, .. })) = last else {
            panic!("{last:?}");
        };
        assert_eq!(told, Some(revision));
        assert_eq!(scene.livechat.revision(SectionName::Capacity), revision);
    }
}

#[test]
fn a_change_made_for_the_revision_in_force_is_done() {
    given([])
        .when(administrator(), settings_at(0, capacity(4, 4)))
        .then([settings_changed(capacity(4, 4))])
        .when(administrator(), settings_at(1, capacity(5, 5)))
        .then([settings_changed(capacity(5, 5))])
        .when(administrator(), settings_at(2, capacity(5, 5)))
        .then_nothing();
}

#[test]
fn a_change_made_for_another_revision_is_refused_with_the_revision_in_force() {
    let past = [change(capacity(4, 4)), change(timeouts(20, 30))];
    let scene =
        given(past).when(administrator(), settings_at(0, capacity(5, 5))).then_refused("settings_changed");
    for revision in [0, 2, u64::MAX] {
        let refused = scene.livechat.clone().handle_command(&pupitre_domain::Command {
            at: scene.now(),
            by: administrator(),
            action: settings_at(revision, capacity(5, 5)),
        });
        let in_force = Rejection::SettingsChanged { section: SectionName::Capacity, revision: 1 };
        assert_eq!(refused.unwrap_err(), in_force);
    }
    // Also one that would change nothing: its author has not seen what is in force.
    scene.when(administrator(), settings_at(0, capacity(4, 4))).then_refused("settings_changed");
}

#[test]
fn wrong_fields_are_named_whatever_the_revision() {
    given([change(capacity(4, 4))])
        .when(administrator(), settings_at(0, capacity(0, 4)))
        .then_wrong(["conversations_per_operator"]);
}

#[test]
fn every_section_is_in_the_list_of_sections() {
    let settings = serde_json::to_value(Settings::default()).unwrap();
    let mut named: Vec<String> = SectionName::ALL.iter().map(ToString::to_string).collect();
    named.sort();
    let mut fields: Vec<String> = settings.as_object().unwrap().keys().cloned().collect();
    fields.sort();
    assert_eq!(named, fields);
    for name in SectionName::ALL {
        assert_eq!(Settings::default().section(*name).name(), *name);
    }
}
