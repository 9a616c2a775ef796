//! How figures are asked for: forms, formats, bad input, roles, islands.

use std::collections::BTreeMap;

use api::auth::Role;
use pupitre_tests::actors::{Livechat, Operator};
use pupitre_tests::server::{Server, seconds};
use reqwest::Method;
use serde_json::{Value, json};

/// The server's clock starts at 2027-01-15, 12:00 in UTC and 13:00 in Paris.
const PERIOD: &str = "from=2027-01-15&until=2027-01-16";

/// A conversation that ended, with its survey answered, and one that goes on.
async fn busy(server: &Server, id: &str) -> (Livechat, Operator, u64) {
    let livechat = server.livechat(id).await;
    let label = json!({ "fr": "Alors ?" });
    let fields = json!([{ "id": "note", "label": label, "kind": "rating" }]);
    let survey =
        json!({ "id": "avis", "name": "Avis", "title": label, "audience": "visitor", "fields": fields });
    livechat.sets("surveys", json!([survey])).await;
    livechat.sets("visitor_survey", json!({ "survey": "avis" })).await;
    let mut alice = livechat.operator("alice").await;
    let first = livechat.visitor("v1").await;
    server.clock.advance(seconds(10));
    alice.picks_up(&first).await;
    server.clock.advance(seconds(5));
    alice.says(&first, "bonjour").await;
    alice.ends(&first).await;
    let answers = json!({ "answers": { "note": { "rating": 4 } } });
    first.person.put(&first.path("/survey/answers"), &answers).await.is(200);
    let second = livechat.visitor("v2").await;
    alice.picks_up(&second).await;
    server.clock.advance(seconds(30));
    let position = server.position(id).await;
    (livechat, alice, position)
}

/// A table by column: lines are split where no quotes are, since nothing here needs them.
fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    assert!(text.ends_with("\r\n") && !text.contains('"'));
    let mut lines =
        text.trim_end().split("\r\n").map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().unwrap();
    lines
        .map(|cells| {
            assert_eq!(cells.len(), header.len());
            header.iter().cloned().zip(cells).collect()
        })
        .collect()
}

#[tokio::test]
async fn the_table_has_the_numbers_of_the_answer() {
    let server = Server::start().await;
    let (livechat, _alice, position) = busy(&server, "support").await;
    let analyst = livechat.person(Role::Analyst, "ann");
    for (by, per) in [
        ("total", "livechat"),
        ("hour", "livechat"),
        ("day", "operator"),
        ("total", "operator"),
        ("hour", "skill"),
    ] {
        let path = format!("/figures?{PERIOD}&by={by}&per={per}&at_least={position}");
        let answer = analyst.get(&path).await.is(200);
        let csv = analyst.get(&format!("{path}&format=csv")).await;
        assert!(csv.content_type.starts_with("text/csv"), "{}", csv.content_type);
        let lines = table(csv.is(200).as_str().unwrap());
        let rows = answer["rows"].as_array().unwrap();
        assert_eq!(lines.len(), rows.len());
        for (line, row) in lines.iter().zip(rows) {
            let mut expected = BTreeMap::new();
            let mut cell = |column: &str, value: &Value| {
                let text = match value {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                        value.to_string()
                    }
                };
                expected.insert(column.to_owned(), text);
            };
            for column in ["from", "until"].into_iter().chain((per != "livechat").then_some(per)) {
                cell(column, &row[column]);
            }
            for (name, value) in row["figures"].as_object().unwrap() {
                cell(name, value);
            }
            for question in row["questions"].as_array().unwrap() {
                let column = format!(
                    "survey.{}.{}",
                    question["survey"].as_str().unwrap(),
                    question["field"].as_str().unwrap()
                );
                cell(&format!("{column}.answers"), &question["answers"]);
                cell(&format!("{column}.mean"), &question["mean"]);
                for (choice, count) in question["distribution"].as_object().unwrap() {
                    cell(&format!("{column}.{choice}"), count);
                }
            }
            let line: BTreeMap<_, _> = line
                .iter()
                .filter(|(name, value)| !(name.starts_with("survey.") && value.is_empty()))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            assert_eq!(line, expected);
        }
    }
}

#[tokio::test]
async fn an_interval_that_is_not_over_counts_up_to_now() {
    let server = Server::start().await;
    let (livechat, _alice, position) = busy(&server, "support").await;
    let analyst = livechat.person(Role::Analyst, "ann");
    let ask = async |position: u64, more: &str| {
        analyst.get(&format!("/figures?{PERIOD}&at_least={position}{more}")).await.is(200)
    };
    let answer = ask(position, "").await;
    assert_eq!(answer["time_zone"], "Europe/Paris");
    assert_eq!(
        (&answer["from"], &answer["until"]),
        (&json!("2027-01-15T00:00:00+01:00"), &json!("2027-01-16T00:00:00+01:00"))
    );
    assert_eq!(
        (&answer["by"], &answer["per"], &answer["service_level_s"]),
        (&json!("total"), &json!("livechat"), &json!(60))
    );
    let figures = &answer["rows"][0]["figures"];
    for (name, value) in [
        ("requested", json!(2)),
        ("open", json!(1)),
        ("answered", json!(2)),
        ("pick_up_worst_s", json!(10)),
        ("first_answer_mean_s", json!(15)),
        ("conversation_time_s", json!(35)),
        ("online_time_s", json!(45)),
        ("visitor_surveys_rate", json!(1)),
        ("satisfaction_mean", json!(4)),
        ("service_level", json!(1)),
    ] {
        assert_eq!(figures[name], value, "{name}");
    }
    assert_eq!(ask(position, "&service_level=9").await["rows"][0]["figures"]["service_level"], 0.5);
    livechat.sets("figures", json!({ "service_level_seconds": 9, "reference_concurrency": 1 })).await;
    let answer = ask(server.position("support").await, "").await;
    assert_eq!(answer["rows"][0]["figures"]["service_level"], 0.5);
    assert_eq!(answer["rows"][0]["figures"]["occupancy"], 0.777_778, "35 s ÷ 45 s");
}

#[tokio::test]
async fn a_wrong_question_names_what_is_wrong_with_it() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let analyst = livechat.person(Role::Analyst, "ann");
    for (question, field, allowed) in [
        ("until=2027-01-16", "from", "or a date such as 2026-01-31"),
        ("from=2027-01-15", "until", "a time as in RFC 3339"),
        ("from=yesterday&until=2027-01-16", "from", "from 1970 to 9999"),
        ("from=1969-12-31&until=1970-01-02", "from", "from 1970 to 9999"),
        ("from=+262142-12-31&until=2027-01-01", "from", "from 1970 to 9999"),
        ("from=2027-01-15T10:00:00&until=2027-01-16", "from", "a time as in RFC 3339"),
        ("from=2027-01-16&until=2027-01-16", "until", "a time after from"),
        ("from=2027-01-16&until=2027-01-15", "until", "a time after from"),
        ("from=2027-01-01&until=2028-02-06", "until", "at most 400 days after from"),
        ("from=2027-01-01&until=2027-03-05&by=hour", "until", "at most 62 days after from"),
        ("from=2027-01-15&until=2027-01-16&by=week", "by", "hour, day or total"),
        ("from=2027-01-15&until=2027-01-16&per=visitor", "per", "livechat, operator or skill"),
        ("from=2027-01-15&until=2027-01-16&format=xml", "format", "json or csv"),
        ("from=2027-01-15&until=2027-01-16&format=csv&separator=%3B", "separator", "comma, semicolon or tab"),
        ("from=2027-01-15&until=2027-01-16&service_level=0", "service_level", "1 to 3600 seconds"),
        ("from=2027-01-15&until=2027-01-16&service_level=3601", "service_level", "1 to 3600 seconds"),
        ("from=2027-01-15&until=2027-01-16&service_level=soon", "service_level", "1 to 3600 seconds"),
    ] {
        let problem = analyst.get(&format!("/figures?{question}")).await.is_problem(422, "invalid_fields");
        let errors = problem["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{question}: {problem:#}");
        assert_eq!(errors[0]["field"], field, "{question}");
        assert!(errors[0]["allowed"].as_str().unwrap().contains(allowed), "{question}: {problem:#}");
    }
    let problem = analyst.get("/figures?by=week&format=xml").await.is_problem(422, "invalid_fields");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 4, "all at once");
    // The longest periods that are allowed; a plus that was not escaped is one.
    for question in [
        "from=2027-01-01&until=2028-02-05",
        "from=2027-01-01&until=2027-03-04&by=hour",
        "from=2027-03-01&until=2027-05-02&by=hour",
        "from=2027-01-15T00:00:00+01:00&until=2027-01-15T23:00:00Z",
    ] {
        analyst.get(&format!("/figures?{question}")).await.is(200);
    }
    let nobody = server.uncreated("nowhere").person(Role::Analyst, "ann");
    nobody.get(&format!("/figures?{PERIOD}")).await.is_problem(404, "unknown_livechat");
}

#[tokio::test]
async fn the_figures_of_one_livechat_say_nothing_of_another() {
    let server = Server::start().await;
    let (_, _north_alice, _) = busy(&server, "north").await;
    let south = server.livechat("south").await;
    let _bob = south.operator("bob").await;
    let position = server.position("south").await;
    let analyst = south.person(Role::Analyst, "ann");
    for per in ["livechat", "operator", "skill"] {
        let path = format!("/figures?{PERIOD}&per={per}&at_least={position}");
        let answer = analyst.get(&path).await.is(200);
        assert!(!answer.to_string().contains("alice"), "{answer:#}");
        for row in answer["rows"].as_array().unwrap() {
            assert_eq!((&row["figures"]["requested"], &row["questions"]), (&json!(0), &json!([])));
        }
    }
    let stranger = server.uncreated("north").stranger(Some(analyst.token().to_owned()));
    stranger.get(&format!("/figures?{PERIOD}")).await.is_problem(403, "forbidden");
}

#[tokio::test]
async fn taking_a_table_away_is_recorded_and_looking_is_not() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let analyst = livechat.person(Role::Analyst, "ann");
    let before = server.position("support").await;
    analyst.get(&format!("/figures?{PERIOD}&at_least={before}")).await.is(200);
    assert_eq!(server.position("support").await, before);
    let request = analyst.request(Method::GET, &format!("/figures?{PERIOD}&format=csv"));
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-disposition"], "attachment; filename=\"figures.csv\"");
    let after = server.position("support").await;
    assert_eq!(after, before + 1);
    let audit =
        livechat.supervisor().get(&format!("/audit?action=livechat.accessed&at_least={after}")).await.is(200);
    assert_eq!(audit["items"][0]["actor"], "ann");
    assert!(audit["items"][0]["data"].to_string().contains("figures"), "{audit:#}");
}

#[tokio::test]
async fn the_definitions_describe_every_figure_in_both_languages() {
    let server = Server::start().await;
    let (livechat, _alice, position) = busy(&server, "support").await;
    let supervisor = livechat.supervisor();
    let defined = supervisor.get("/figures/definitions").await.is(200);
    let answer = supervisor.get(&format!("/figures?{PERIOD}&at_least={position}")).await.is(200);
    let told: Vec<&Value> =
        defined["figures"].as_array().unwrap().iter().map(|figure| &figure["name"]).collect();
    assert_eq!(told.len(), answer["rows"][0]["figures"].as_object().unwrap().len());
    for figure in defined["figures"].as_array().unwrap() {
        assert!(answer["rows"][0]["figures"].get(figure["name"].as_str().unwrap()).is_some(), "{figure}");
        for words in ["label", "formula"] {
            for language in ["fr", "en"] {
                assert!(!figure[words][language].as_str().unwrap().is_empty(), "{figure}");
            }
        }
    }
}
