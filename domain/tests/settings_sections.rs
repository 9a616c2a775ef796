//! Every section of the settings: recorded whole, in force at once, and refused with all its wrong fields named.

use pupitre_domain::settings::{Section, SectionName, Settings};
use serde_json::{Value, json};

use crate::support::*;

fn monday(from: &str, to: &str) -> Value {
    json!({"monday": [{"from": from, "to": to}]})
}

/// A change of each section that is allowed. The two surveys exist.
fn allowed(name: SectionName) -> Value {
    match name {
        SectionName::Capacity => json!({"conversations_per_operator": 10, "queue_per_operator": 0}),
        SectionName::Timeouts => {
            json!({"visitor_inactivity": 1_440, "timeout_reminder": 3_600, "unanswered": 1})
        }
        SectionName::Desk => json!({"print": false, "augmented": true}),
        SectionName::Statuses => json!({"training": true, "searching": true}),
        SectionName::OperatorSurvey => json!({"survey": "wrap_up", "complete_button": true}),
        SectionName::VisitorSurvey => json!({"survey": "opinion", "operator_may_send": true}),
        SectionName::Surveys => {
            json!([survey("wrap_up", "operator"), survey("opinion", "visitor"), survey("other", "visitor")])
        }
        SectionName::Behaviour => json!({"redirects_as_operator": true, "keep_open": true}),
        SectionName::OpeningHours => json!({
            "time_zone": "Europe/Madrid",
            "week": monday("09:00", "18:00"),
            "exceptions": [{"date": "2026-12-25", "label": "Noël"}],
        }),
        SectionName::Phrases => {
            json!({"welcome": {"enabled": false}, "queued": {"text": {"fr": "{position}"}}})
        }
        SectionName::VisitorCard => json!(["name", {"variable": "contract"}]),
        SectionName::Knowledge => json!([{"id": "vpn", "title": "VPN", "body": "…", "theme": "IT"}]),
        SectionName::CannedReplies => {
            json!([{"id": "hi", "title": "Salut", "text": {"fr": "Bonjour"}, "theme": "Accueil", "published": true}])
        }
        SectionName::Skills => {
            json!([{"id": "sales", "queue_capacity": 3, "hours": {"week": monday("20:00", "02:00")}}])
        }
        SectionName::Figures => json!({"reference_concurrency": 10, "service_level_seconds": 3_600}),
        SectionName::Origins => json!({"allowed": ["https://www.example.org", "http://localhost:3000"]}),
    }
}

/// A content of each section that is refused, and the fields that are named; none where whatever can be read is
/// allowed.
fn refused_content(name: SectionName) -> (Value, Vec<&'static str>) {
    match name {
        SectionName::Capacity => (
            json!({"conversations_per_operator": 11, "queue_per_operator": -1}),
            vec!["conversations_per_operator", "queue_per_operator"],
        ),
        SectionName::Timeouts => (
            json!({
                "visitor_inactivity": 1_441, "timeout_reminder": 3_601, "follow_up": -1, "search_notice": 1_441,
                "auto_transfer": 3_601, "disconnect_notice": -1, "unanswered": 1_441, "pending_survey": 10_081,
                "queue_closing": -1,
            }),
            vec![
                "visitor_inactivity",
                "timeout_reminder",
                "follow_up",
                "search_notice",
                "auto_transfer",
                "disconnect_notice",
                "unanswered",
                "pending_survey",
                "queue_closing",
            ],
        ),
        SectionName::OperatorSurvey | SectionName::VisitorSurvey => {
            (json!({"survey": "lost"}), vec!["survey"])
        }
        SectionName::Surveys => refused_surveys(),
        SectionName::OpeningHours => (
            json!({
                "time_zone": "Europe/Atlantis",
                "week": {"monday": [{"from": "9h", "to": "18:00"}, {"from": "10:00", "to": "10:00"}]},
                "exceptions": [{"date": "1999-12-31"}, {"date": "2026-12-25"}, {"date": "2026-12-25"}],
            }),
            vec![
                "time_zone",
                "week.monday[0].from",
                "week.monday[1].to",
                "exceptions[0].date",
                "exceptions[2].date",
            ],
        ),
        SectionName::Phrases => (
            json!({"welcome": {"text": {"fr": "", "en": "a\u{0}"}}, "queued": {"text": {"fr": "é".repeat(1_001)}}}),
            vec!["welcome.text.fr", "welcome.text.en", "queued.text.fr"],
        ),
        SectionName::VisitorCard => {
            (json!(["name", "name", {"variable": ""}]), vec!["visitor_card[1]", "visitor_card[2].variable"])
        }
        SectionName::Knowledge => (
            json!([
                {"id": "a", "title": "", "theme": "IT", "redirects_to": "b"},
                {"id": "b", "title": "B", "theme": "", "redirects_to": "a"},
                {"id": "c", "title": "C", "theme": "IT"},
            ]),
            vec![
                "knowledge[0].title",
                "knowledge[1].theme",
                "knowledge[2].body",
                "knowledge[0].redirects_to",
                "knowledge[1].redirects_to",
            ],
        ),
        SectionName::CannedReplies => (
            json!([
                {"id": "a", "title": "", "text": {}, "theme": ""},
                {"id": "a", "title": "A", "text": {"fr": ""}, "theme": "t"},
            ]),
            vec![
                "canned_replies[0].title",
                "canned_replies[0].text",
                "canned_replies[0].theme",
                "canned_replies[1].id",
                "canned_replies[1].text.fr",
            ],
        ),
        SectionName::Skills => (
            json!([
                {"id": "sales", "queue_capacity": 1_001, "hours": {"week": monday("09:00", "25:00")}},
                {"id": "sales", "queue_capacity": -1},
            ]),
            vec![
                "skills",
                "skills[0].queue_capacity",
                "skills[0].hours.week.monday[0].to",
                "skills[1].queue_capacity",
            ],
        ),
        SectionName::Figures => (
            json!({"reference_concurrency": 0, "service_level_seconds": 3_601}),
            vec!["reference_concurrency", "service_level_seconds"],
        ),
        SectionName::Origins => (
            json!({"allowed": ["https://a.org", "*", "https://b.org/page", "https://a.org"]}),
            vec!["allowed[1]", "allowed[2]", "allowed[3]"],
        ),
        SectionName::Desk | SectionName::Statuses | SectionName::Behaviour => (json!({}), vec![]),
    }
}

fn refused_surveys() -> (Value, Vec<&'static str>) {
    let mut bad = survey("bad", "visitor");
    bad["name"] = json!("");
    bad["title"] = json!({});
    bad["fields"][1]["label"]["fr"] = json!("");
    bad["fields"][0]["choices"] = json!([{"id": "red", "label": {"fr": "Rouge"}}]);
    (
        json!([bad.clone(), {"id": "bad", "name": "", "title": {"fr": "?"}, "audience": "visitor", "fields": []}]),
        vec![
            "surveys[0].name",
            "surveys[0].title",
            "surveys[0].fields[0].choices",
            "surveys[0].fields[1].label.fr",
            "surveys[1].id",
            "surveys[1].name",
            "surveys[1].fields",
        ],
    )
}

#[test]
fn every_section_is_recorded_whole_and_in_force_at_once() {
    for name in SectionName::ALL {
        let new = section(name.as_str(), allowed(*name));
        let scene = given([two_surveys()]).when(administrator(), settings(new)).then_whatever();
        let in_force = scene.livechat.settings().section(*name);
        let recorded = settings_changed(in_force.clone());
        assert!(scene.log.iter().any(|event| without_revision(&event.fact) == recorded), "{name:?}");
        let scene = scene.restarted();
        assert_eq!(scene.livechat.settings().section(*name), in_force);
        scene.when(administrator(), settings(in_force)).then_nothing();
    }
}

#[test]
fn a_section_leaves_the_others_as_they_are() {
    for name in SectionName::ALL {
        let before = given([two_surveys()]);
        let new = section(name.as_str(), allowed(*name));
        let after = before.clone().when(administrator(), settings(new)).then_whatever();
        for other in SectionName::ALL.iter().filter(|other| *other != name) {
            let section = |scene: &Scene| scene.livechat.settings().section(*other);
            assert_eq!(section(&after), section(&before), "{name:?} changed {other:?}");
        }
    }
}

#[test]
fn every_wrong_field_of_every_section_is_named_and_nothing_is_half_applied() {
    for name in SectionName::ALL {
        let (content, wrong) = refused_content(*name);
        if wrong.is_empty() {
            continue;
        }
        let scene = given([two_surveys()]);
        let recorded = scene.log.len();
        let wrongs = settings(section(name.as_str(), content));
        let scene = scene.when(administrator(), wrongs).then_wrong_fields(&wrong);
        assert_eq!(scene.log.len(), recorded);
    }
}

#[test]
fn an_unknown_key_is_refused_in_every_section() {
    for name in SectionName::ALL {
        let mut content = allowed(*name);
        let inside = if content.is_array() { content.get_mut(0).unwrap() } else { &mut content };
        if inside.is_object() {
            inside["invented"] = json!(true);
        } else {
            content = json!(["invented"]);
        }
        let mut whole = json!({});
        whole[name.as_str()] = content;
        assert!(serde_json::from_value::<Section>(whole).is_err(), "{name:?}");
    }
}

#[test]
fn what_a_file_leaves_out_keeps_its_default() {
    for name in SectionName::ALL {
        let default = Settings::default().section(*name);
        let stored = serde_json::to_value(&default).unwrap();
        let empty = if stored[name.as_str()].is_array() { json!([]) } else { json!({}) };
        if *name != SectionName::VisitorCard {
            assert_eq!(section(name.as_str(), empty), default, "{name:?}");
        }
    }
}

#[test]
fn the_ready_made_settings_are_what_is_in_force_from_the_start() {
    for name in SectionName::ALL {
        given_ready_made([])
            .when(administrator(), settings(Settings::default().section(*name)))
            .then_nothing();
    }
}

#[test]
fn nobody_but_an_administrator_changes_any_section() {
    for name in SectionName::ALL {
        for actor in
            [visitor("zoe"), operator("alice"), supervisor(), analyst(), bot(), pupitre_domain::Actor::System]
        {
            given([two_surveys()])
                .when(actor, settings(section(name.as_str(), allowed(*name))))
                .then_refused("forbidden");
        }
    }
}
