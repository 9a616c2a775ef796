//! Tables that are opened by a double click: every CSV says in which code it is written and what separates its cells.

use pupitre_tests::actors::Person;
use pupitre_tests::server::Server;
use reqwest::Method;
use serde_json::json;

const PERIOD: &str = "from=2027-01-01T00:00:00Z&until=2027-02-01T00:00:00Z";

async fn paths(server: &Server) -> [String; 7] {
    let last = server.position("support").await;
    [
        format!("/audit?format=csv&at_least={last}"),
        format!("/figures?{PERIOD}&format=csv&at_least={last}"),
        format!("/exports/contacts?{PERIOD}&at_least={last}"),
        format!("/exports/assignments?{PERIOD}&at_least={last}"),
        format!("/exports/operator_time?{PERIOD}&at_least={last}"),
        format!("/exports/surveys?{PERIOD}&at_least={last}"),
        format!("/exports/conversations?{PERIOD}&at_least={last}"),
    ]
}

async fn taken(person: &Person, path: &str) -> (String, String) {
    let answer = person.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    (kind, String::from_utf8(answer.bytes().await.unwrap().to_vec()).unwrap())
}

#[tokio::test]
async fn every_table_begins_with_a_byte_order_mark_and_says_its_separator() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let _alice = livechat.operator("alice").await;
    let _zoe = livechat.visitor("zoe").await;
    let administrator = livechat.administrator();
    for path in paths(&server).await {
        let ways = [("", "comma", ','), ("semicolon", "semicolon", ';'), ("tab", "tab", '\t')];
        let mut columns = vec![];
        for (asked, named, separator) in ways {
            let asked = if asked.is_empty() { String::new() } else { format!("&separator={asked}") };
            let (kind, text) = taken(&administrator, &format!("{path}{asked}")).await;
            assert_eq!(kind, format!("text/csv; charset=utf-8; header=present; separator={named}"), "{path}");
            let table = text.strip_prefix('\u{feff}').expect("a byte order mark");
            assert!(!table.contains('\u{feff}'), "one mark, at the beginning: {path}");
            assert!(table.ends_with("\r\n"), "{path}");
            let header = table.split("\r\n").next().unwrap();
            columns.push(header.split(separator).map(str::to_owned).collect::<Vec<_>>());
        }
        assert!(columns[0].len() > 4 && columns.iter().all(|header| *header == columns[0]), "{columns:?}");
    }
}

#[tokio::test]
async fn another_separator_is_refused_by_name() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    for path in paths(&server).await {
        let answer = livechat.administrator().get(&format!("{path}&separator=pipe")).await;
        let problem = answer.is(422);
        assert!(problem["errors"].to_string().contains("separator"), "{path}: {problem:#}");
    }
    let capacity = json!({ "conversations_per_operator": 5 });
    let position =
        livechat.administrator().put("/settings/capacity", &capacity).await.is(200)["position"].clone();
    assert_eq!(position, server.position("support").await, "what was refused is not recorded as taken");
}
