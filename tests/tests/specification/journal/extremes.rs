//! A log may hold times that no calendar has: they were not always checked. Everything that reads it goes on.

use api::auth::Role;
use domain::event::EndReason;
use domain::{Action, ConversationAction};
use journal::entry::Entry;
use pupitre_tests::patience::eventually;
use pupitre_tests::server::Server;
use pupitre_tests::store::{StoreUnderTest, each_store};

use super::story::{Story, by_operator, by_visitor, chained_again, write};

/// A conversation from its request to its end, in which a line of the bot was said at this time, and after the first
/// event everything happened at that one.
fn a_conversation(said_at: &str, happened_at: Option<&str>) -> (String, Vec<Entry>) {
    let (mut story, mut entries) = Story::opened("support");
    let (conversation, requested) = story.requests("zoe");
    entries.extend(requested);
    let acts = [
        (by_operator("alice"), Action::Conversation(conversation, ConversationAction::PickUp)),
        (by_visitor("zoe"), write(conversation, "bonjour")),
        (by_operator("alice"), write(conversation, "bonsoir")),
        (by_visitor("zoe"), Action::Conversation(conversation, ConversationAction::End)),
    ];
    for (by, act) in acts {
        entries.extend(story.goes_on(by, act));
    }
    let line = format!(r#"{{"at":"{said_at}","author":"bot","text":"robot"}}"#);
    let entries = chained_again(entries, |entry| {
        let mut payload: serde_json::Value = serde_json::from_str(&entry.payload).unwrap();
        if let Some(at) = happened_at.filter(|_| entry.position > 1) {
            payload["at"] = at.into();
        }
        let text = payload.to_string();
        if entry.event_type != "conversation.requested" {
            return text;
        }
        let said = text.replace(r#""language":"fr""#, &format!(r#""language":"fr","history":[{line}]"#));
        assert_ne!(said, text);
        said.replace(r#""history":[],"#, "")
    });
    (conversation.to_string(), entries)
}

#[tokio::test]
async fn a_log_with_moments_beyond_the_calendar_is_read_by_everything() {
    let cases = [
        ("+262142-12-31T23:59:59Z", None),
        ("-262143-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59.999Z", Some("9999-12-31T23:59:59.999Z")),
        ("0000-01-01T00:00:00Z", Some("+262142-12-31T23:59:59.500Z")),
    ];
    for (said_at, happened_at) in cases {
        each_store(async |store: StoreUnderTest| {
            let (conversation, entries) = a_conversation(said_at, happened_at);
            let log = store.open().await;
            log.append(&entries).await.unwrap();
            log.close().await;
            let server = Server::start_on(store.url()).await;
            let livechat = server.uncreated("support");
            let last = server.position("support").await;
            // What is read is whole, or not shown at all.
            let anybody = server.anybody();
            eventually("the server is ready", async || anybody.get("/readyz").await.status == 200).await;
            let one = format!("/conversations/{conversation}");
            let year = "from=2026-01-01T00:00:00Z&until=2026-12-31T00:00:00Z";
            let end = "from=9999-01-01T00:00:00Z&until=9999-12-31T23:59:59.999Z";
            let mut reads = vec![
                "/board".to_owned(),
                "/queue".to_owned(),
                format!("/board?position={last}"),
                "/conversations".to_owned(),
                "/conversations?sort=last_ended".to_owned(),
                "/conversations/search?q=bonsoir".to_owned(),
                "/conversations/search?q=robot".to_owned(),
                one.clone(),
                format!("{one}?position={last}"),
                "/audit".to_owned(),
                "/audit?format=csv".to_owned(),
                "/settings?position=2".to_owned(),
                "/settings/capacity/history".to_owned(),
                format!("{one}/replay?steps=1000"),
                "/floor/replay?steps=1000&from=1".to_owned(),
                "/figures?from=2026-01-01&until=2026-12-31&by=day".to_owned(),
                "/figures?from=9999-12-01&until=9999-12-31&by=hour&per=operator".to_owned(),
                "/figures?from=9999-12-01T00:00:00Z&until=9999-12-31T23:59:59Z&by=day&format=csv".to_owned(),
            ];
            for format in ["json", "text", "html"] {
                reads.push(format!("{one}/transcript?format={format}&lang=fr"));
                reads.push(format!("{one}/transcript?format={format}&lang=en&position={last}"));
            }
            let supervisor = livechat.supervisor();
            for read in &reads {
                let answer = supervisor.get(read).await;
                assert_eq!(answer.status, 200, "{said_at}: {read}: {answer:?}");
            }
            let analyst = livechat.person(Role::Analyst, "ann");
            for rows in ["contacts", "assignments", "operator_time", "surveys", "conversations"] {
                for period in [year, end] {
                    for format in ["csv", "parquet"] {
                        let request = analyst.request(
                            reqwest::Method::GET,
                            &format!("/exports/{rows}?{period}&format={format}"),
                        );
                        let answer = request.send().await.unwrap();
                        assert_eq!(answer.status(), 200, "{said_at}: {rows} {period} {format}");
                        // To its end.
                        answer.bytes().await.unwrap();
                    }
                }
            }
            let text = supervisor.get(&format!("{one}/transcript?format=text")).await.is(200);
            assert!(text.as_str().unwrap().contains("robot"));
            let ended = supervisor.get(&one).await.is(200);
            assert_eq!(ended["reason"], serde_json::to_value(EndReason::Visitor).unwrap(), "{ended}");
        })
        .await;
    }
}
