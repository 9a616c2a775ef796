//! The audit over HTTP (spec.md §History, audit, analysts): who did what, when, from where, on what, what it
//! changed, and who read what.

use api::auth::{Proxies, ProxyHeader, Role};
use journal::archive;
use pupitre_tests::actors::{Answer, Livechat, Person};
use pupitre_tests::postgres;
use pupitre_tests::server::{Server, minutes};
use reqwest::Method;
use serde_json::{Value, json};

use super::exchange::Exchange;

/// Every entry that a filter finds, newest first, page by page.
async fn entries(reader: &Person, filter: &str) -> Vec<Value> {
    let (mut found, mut cursor) = (vec![], String::new());
    loop {
        let page = reader.get(&format!("/audit?limit=7&{filter}{cursor}")).await.is(200);
        found.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_u64() else { return found };
        cursor = format!("&cursor={next}");
    }
}

/// On both databases.
async fn servers() -> Vec<(Server, Option<postgres::Scratch>)> {
    let mut all = vec![(Server::start().await, None)];
    if let Some(database) = postgres::scratch().await {
        all.push((Server::start_on(database.url()).await, Some(database)));
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_audit_entry_shows_the_values_before_and_after() {
    for (server, _database) in servers().await {
        let exchange = Exchange::happens(&server).await;
        let livechat = &exchange.livechat;
        let supervisor = livechat.supervisor();
        livechat.sets("capacity", json!({ "conversations_per_operator": 5 })).await;
        livechat.sets("capacity", json!({ "conversations_per_operator": 4, "queue_per_operator": 0 })).await;
        livechat.registers("alice", json!({ "skills": ["facturation"], "capacity": 2 })).await;
        supervisor.put("/operators/alice/status", &json!({ "status": "on_break" })).await.is(200);
        let fresh = format!("at_least={}", server.position("support").await);
        let changes = async |filter: &str| {
            let found = entries(&supervisor, &format!("{fresh}&{filter}")).await;
            found.iter().rev().map(|entry| entry["changes"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(
            changes("entity=settings&entity_id=capacity").await,
            [
                json!([{ "path": "/conversations_per_operator", "before": 3, "after": 5 }]),
                json!([
                    { "path": "/conversations_per_operator", "before": 5, "after": 4 },
                    { "path": "/queue_per_operator", "before": 2, "after": 0 },
                ]),
            ]
        );
        let profile = changes("entity=operator&entity_id=alice&action=operator.registered").await;
        assert_eq!(
            profile,
            [
                json!([
                    { "path": "/name" }, { "path": "/skills", "after": [] },
                    { "path": "/status", "after": "available" },
                ]),
                json!([
                    { "path": "/capacity", "after": 2 },
                    { "path": "/skills", "before": [], "after": ["facturation"] },
                ]),
            ]
        );
        let status = changes("action=operator.status_changed").await;
        assert_eq!(status, [json!([{ "path": "/status", "before": "available", "after": "on_break" }])]);
        let id = &exchange.visitor.conversation;
        let step = async |action: &str| {
            changes(&format!("entity=conversation&entity_id={id}&action=conversation.{action}")).await
        };
        assert_eq!(
            step("transferred").await,
            [json!([
                { "path": "/operator", "before": "alice", "after": "bob" },
                { "path": "/state", "before": "picked_up", "after": "assigned" },
            ])]
        );
        let important = json!([{ "path": "/important", "after": true }]);
        assert_eq!(step("importance_marked").await, [important]);
        assert_eq!(
            step("ended").await,
            [json!([
                { "path": "/operator", "before": "bob" },
                { "path": "/state", "before": "picked_up", "after": "ended" },
            ])]
        );
        assert_eq!(step("internal_message_posted").await, [json!([]), json!([])]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_by_staff_is_recorded_with_reader_and_address_and_a_visitors_is_not() {
    for (mut server, _database) in servers().await {
        let exchange = Exchange::happens(&server).await;
        let id = exchange.visitor.conversation.clone();
        exchange.livechat.registers("carol", json!({})).await;
        for reader in exchange.readers() {
            for format in ["json", "text", "html"] {
                exchange.read(&reader, format, "en").await;
            }
        }
        // What is refused is not shown, and so not read; nor is a page without a line.
        let carol = exchange.livechat.person(Role::Operator, "carol");
        carol.get(&exchange.visitor.path("/transcript")).await.is_problem(403, "forbidden");
        let supervisor = exchange.livechat.supervisor();
        let nothing = format!("/transcript?after={}", exchange.position);
        supervisor.get(&exchange.visitor.path(&nothing)).await.is(200);
        // A page from the middle is a read as well as one from the beginning.
        supervisor.get(&exchange.visitor.path("/transcript?after=20")).await.is(200);
        let last = server.position("support").await;
        let found = entries(&supervisor, &format!("action=livechat.accessed&at_least={last}")).await;
        let told: Vec<_> = found
            .iter()
            .rev()
            .map(|entry| {
                assert_eq!((&entry["entity"], &entry["entity_id"]), (&json!("conversation"), &json!(id)));
                assert_eq!(entry["address"], "127.0.0.1", "{entry}");
                assert_eq!(entry["data"]["transcript"]["conversation"], json!(id));
                let part = |value: &Value| value.as_str().unwrap().to_owned();
                [part(&entry["role"]), part(&entry["actor"]), part(&entry["data"]["transcript"]["form"])]
            })
            .collect();
        let staff =
            [("operator", "bob"), ("supervisor", "sophie"), ("administrator", "ada"), ("analyst", "ann")];
        let all = staff.iter().flat_map(|who| ["json", "text", "html"].map(|form| (*who, form)));
        let again = [(("supervisor", "sophie"), "json")];
        let expected: Vec<[String; 3]> =
            all.chain(again).map(|((role, actor), form)| [role, actor, form].map(str::to_owned)).collect();
        assert_eq!(told, expected);
        let url = server.database().to_owned();
        server.stop().await;
        let log = journal::store::open(&url).await.unwrap();
        assert!(archive::verify(log.as_ref(), None, &|_, _| {}).await.unwrap().is_whole());
    }
}

#[tokio::test]
async fn a_read_that_cannot_be_recorded_is_not_shown() {
    let server = Server::start().await;
    let exchange = Exchange::happens(&server).await;
    server.app().journal.close().await;
    for format in ["json", "text", "html"] {
        let path = exchange.visitor.path(&format!("/transcript?format={format}"));
        exchange.livechat.supervisor().get(&path).await.is_problem(503, "shutting_down");
    }
}

type Like = Box<dyn Fn(&Value) -> bool>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audit_is_filtered_by_every_part_of_an_entry() {
    for (server, _database) in servers().await {
        let exchange = Exchange::happens(&server).await;
        let supervisor = exchange.livechat.supervisor();
        let all = entries(&supervisor, &format!("at_least={}", exchange.position)).await;
        assert_eq!(all.len() as u64, exchange.position);
        let at = |entry: &Value| entry["at"].as_str().unwrap().to_owned();
        let (from, until) = (at(&all[all.len() / 2]), at(&all[3]));
        let id = exchange.visitor.conversation.clone();
        let is = |field: &'static str, value: &'static str| move |entry: &Value| entry[field] == value;
        let actions = ["conversation.transferred", "operator.registered"];
        let filters: [(String, Like); 10] = [
            ("entity=conversation".into(), Box::new(is("entity", "conversation"))),
            ("entity=settings&entity_id=surveys".into(), Box::new(is("entity_id", "surveys"))),
            (format!("entity_id={id}"), Box::new(move |entry| entry["entity_id"] == id.as_str())),
            ("role=supervisor".into(), Box::new(is("role", "supervisor"))),
            ("actor=alice".into(), Box::new(is("actor", "alice"))),
            ("address=127.0.0.1".into(), Box::new(is("address", "127.0.0.1"))),
            (
                format!("action={}", actions.join(",")),
                Box::new(move |entry| actions.contains(&entry["action"].as_str().unwrap())),
            ),
            (format!("from={from}"), {
                let from = from.clone();
                Box::new(move |entry| at(entry) >= from)
            }),
            (format!("until={until}"), {
                let until = until.clone();
                Box::new(move |entry| at(entry) < until)
            }),
            (
                format!("from={from}&until={until}&role=operator"),
                Box::new(move |entry| at(entry) >= from && at(entry) < until && entry["role"] == "operator"),
            ),
        ];
        for (filter, like) in filters {
            let expected: Vec<_> = all.iter().filter(|entry| like(entry)).cloned().collect();
            assert!(!expected.is_empty() && expected.len() < all.len(), "{filter} filters nothing or all");
            assert_eq!(entries(&supervisor, &filter).await, expected, "{filter}");
        }
        assert_eq!(entries(&supervisor, "from=2030-01-01T00:00:00Z").await, [] as [Value; 0]);
        assert_eq!(entries(&supervisor, "address=192.0.2.1").await, [] as [Value; 0]);
        assert!(all.iter().all(|entry| (entry["role"] == "visitor") <= entry["address"].is_null()));
    }
}

#[tokio::test]
async fn a_wrong_filter_is_named() {
    let server = Server::start().await;
    let supervisor = server.livechat("support").await.supervisor();
    let many = format!("action={}", vec!["a"; 21].join(","));
    for (filter, field) in [
        ("from=yesterday", "from"),
        ("until=2027-02-29", "until"),
        ("address=localhost", "address"),
        ("entity=planet", "entity"),
        ("format=xls", "format"),
        (many.as_str(), "action"),
        ("limit=0", "limit"),
    ] {
        let problem = supervisor.get(&format!("/audit?{filter}")).await.is_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["field"], field, "{filter}");
    }
}

/// The rows of a table, as RFC 4180 has them.
fn rows(table: &str) -> Vec<Vec<String>> {
    let table = table.strip_prefix('\u{feff}').expect("a byte order mark");
    let (mut rows, mut row, mut cell) = (vec![], vec![], String::new());
    let (mut letters, mut quoted) = (table.chars().peekable(), false);
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => assert_eq!(letters.peek(), Some(&'\n')),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            letter => cell.push(letter),
        }
    }
    assert!(row.is_empty() && cell.is_empty() && !quoted, "the last line ends");
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_has_the_rows_of_the_pages_and_is_recorded_as_an_export() {
    for (server, _database) in servers().await {
        let exchange = Exchange::happens(&server).await;
        let mut visitor = exchange.visitor;
        let supervisor = exchange.livechat.supervisor();
        // More than one page of the database.
        let busy = exchange.livechat.visitor("v2").await;
        let mut bob = exchange.bob;
        bob.picks_up(&busy).await;
        for turn in 0..220 {
            bob.says(&busy, &format!("=message {turn}")).await;
        }
        let last = server.position("support").await;
        for filter in [
            "",
            "role=operator&",
            "entity=settings&",
            "from=2027-01-15T12:01:00Z&until=2027-01-15T12:02:00Z&",
        ] {
            let expected = entries(&supervisor, &format!("{filter}at_least={last}")).await;
            let before = server.position("support").await;
            let path = format!("/audit?{filter}format=csv&at_least={last}");
            let answer = supervisor.get(&path).await;
            assert_eq!(answer.content_type, "text/csv; charset=utf-8; header=present; separator=comma");
            let table = answer.is(200);
            let mut rows = rows(table.as_str().unwrap()).into_iter();
            let columns = rows.next().unwrap();
            let found: Vec<Value> = rows
                .map(|row| {
                    let cells = columns.iter().zip(row).map(|(column, cell)| {
                        let value = match column.as_str() {
                            "position" | "changes" | "data" => serde_json::from_str(&cell).unwrap(),
                            "address" if cell.is_empty() => Value::Null,
                            _ => json!(cell),
                        };
                        (column.clone(), value)
                    });
                    let mut entry: serde_json::Map<_, _> = cells.collect();
                    entry.insert("livechat".to_owned(), json!("support"));
                    Value::Object(entry)
                })
                .collect();
            // The exports before are entries too.
            let expected: Vec<_> =
                if filter.is_empty() { entries(&supervisor, "").await.split_off(1) } else { expected };
            assert_eq!(found.len(), expected.len(), "{filter}");
            assert_eq!(found, expected, "{filter}");
            let after = server.position("support").await;
            assert_eq!(after, before + 1, "one event for one export");
            let export = entries(&supervisor, &format!("action=livechat.accessed&at_least={after}")).await;
            let data = &export[0]["data"]["export"];
            assert_eq!((&data["what"], &data["form"]), (&json!("audit"), &json!("csv")));
            assert_eq!(data["from"].is_string(), filter.starts_with("from"));
        }
        visitor.types().await;
    }
}

/// From where the audit says that the capacity was changed, when it was with these headers.
async fn address_of(livechat: &Livechat, capacity: usize, lines: &[(&str, &str)]) -> Value {
    let content = json!({ "conversations_per_operator": capacity });
    let request = livechat.administrator().request(Method::PUT, "/settings/capacity");
    let mut request = request.json(&content);
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    let position = Answer::to(request).await.is(200)["position"].clone();
    let audit = format!("/audit?limit=1&at_least={position}");
    let mut page = livechat.supervisor().get(&audit).await.is(200);
    assert_eq!(page["items"][0]["position"], position);
    page["items"][0]["address"].take()
}

#[tokio::test]
async fn a_forwarded_address_from_an_untrusted_peer_is_ignored() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let lines =
        [("X-Forwarded-For", "192.0.2.7"), ("Forwarded", "for=192.0.2.7"), ("X-Real-IP", "192.0.2.7")];
    assert_eq!(address_of(&livechat, 5, &lines).await, "127.0.0.1");
}

#[tokio::test]
async fn what_our_proxies_say_is_believed_as_far_as_they_know_it() {
    let trusted = vec!["127.0.0.0/8".parse().unwrap()];
    let server = Server::start_behind(Proxies { trusted, header: ProxyHeader::XForwardedFor }).await;
    let livechat = server.livechat("support").await;
    for (value, expected, capacity) in [
        ("192.0.2.7", "192.0.2.7", 4),
        ("6.6.6.6, 192.0.2.7", "192.0.2.7", 5),
        ("2001:db8::7, 127.0.0.9", "2001:db8::7", 6),
        ("nonsense", "127.0.0.1", 7),
    ] {
        let lines = [("X-Forwarded-For", value), ("Forwarded", "for=6.6.6.6")];
        assert_eq!(address_of(&livechat, capacity, &lines).await, expected, "{value}");
    }
}

#[tokio::test]
async fn the_work_of_a_desk_is_done_from_an_address_too_and_a_visitors_is_kept_nowhere() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let position = visitor.says("bonjour").await;
    server.clock.advance(minutes(1));
    let analyst = livechat.person(Role::Analyst, "ann");
    analyst.get("/audit").await.is_problem(403, "forbidden");
    for entry in entries(&livechat.supervisor(), &format!("at_least={position}")).await {
        let expected = match entry["role"].as_str().unwrap() {
            "visitor" | "system" => Value::Null,
            _ => json!("127.0.0.1"),
        };
        assert_eq!(entry["address"], expected, "{entry}");
    }
}
