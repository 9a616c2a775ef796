//! Exports: all rows of a period, in order, the same in each format, for the roles that may, and recorded.

use std::collections::BTreeMap;

use api::auth::Role;
use chrono::{DateTime, SecondsFormat};
use parquet::basic::{LogicalType, Repetition};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, RowAccessor};
use parquet::schema::parser::parse_message_type;
use projections::export::ExportKind;
use projections::projection::Kind;
use pupitre_tests::actors::{Livechat, Operator, Person, Visitor};
use pupitre_tests::patience::{PATIENCE, eventually, soon};
use pupitre_tests::server::{Server, minutes};
use pupitre_tests::store::{self, Sql, StoreUnderTest};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Bytes;

/// The clock of the tests begins in it.
const YEAR: &str = "from=2027-01-01T00:00:00Z&until=2028-01-01T00:00:00%2B01:00";

fn analyst(livechat: &Livechat) -> Person {
    livechat.person(Role::Analyst, "ann")
}

async fn asked(person: &Person, path: &str) -> Response {
    soon(person.request(Method::GET, path).send()).await.unwrap()
}

async fn taken(person: &Person, path: &str) -> Vec<u8> {
    let response = asked(person, path).await;
    assert_eq!(response.status(), 200, "{path}");
    soon(response.bytes()).await.unwrap().to_vec()
}

/// An export that has begun and is not read any further: next to nothing of it finds room on the way.
async fn begun(server: &Server, livechat: &Livechat, path: &str) -> impl Sized {
    let mut connection = server.bytes().await;
    let token = format!("Authorization: Bearer {}\r\n", analyst(livechat).token());
    connection.asks("GET", &format!("/api/v1/livechats/support{path}"), &token).await;
    assert!(connection.closes_or_answers().await.starts_with(b"HTTP/1.1 200"));
    connection
}

/// The cells of each row by column, and the columns in order.
type Table = (Vec<String>, Vec<BTreeMap<String, String>>);

fn csv(bytes: &[u8]) -> Table {
    assert!(bytes.starts_with("\u{feff}".as_bytes()), "a byte order mark");
    let mut reader = csv::Reader::from_reader(bytes);
    let columns: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader
        .records()
        .map(|row| columns.iter().cloned().zip(row.unwrap().iter().map(str::to_owned)).collect());
    (columns.clone(), rows.collect())
}

fn parquet(bytes: Vec<u8>) -> Table {
    let reader = SerializedFileReader::new(Bytes::from(bytes)).unwrap();
    let schema = reader.metadata().file_metadata().schema_descr();
    let columns = schema.columns().iter().map(|column| column.name().to_owned()).collect();
    let rows = reader
        .get_row_iter(None)
        .unwrap()
        .map(|row| row.unwrap().get_column_iter().map(|(name, field)| (name.clone(), text(field))).collect());
    (columns, rows.collect())
}

/// A value as CSV has it.
fn text(field: &Field) -> String {
    if let Field::TimestampMillis(millis) = field {
        let at = DateTime::from_timestamp_millis(*millis).unwrap();
        at.to_rfc3339_opts(SecondsFormat::Millis, true)
    } else if let Field::Str(text) = field {
        text.clone()
    } else if let Field::Long(number) = field {
        number.to_string()
    } else if let Field::Bool(flag) = field {
        flag.to_string()
    } else {
        assert_eq!(*field, Field::Null, "no column holds anything else");
        String::new()
    }
}

/// Two conversations that are over, one of them refused, and one that goes on; a survey that was answered; a
/// status that has changed.
async fn a_day(server: &Server) -> (Livechat, Operator, [Visitor; 3]) {
    let livechat = server.livechat("support").await;
    let field = json!({ "id": "avis", "label": { "fr": "Votre avis ?" }, "kind": "long_text" });
    let survey = json!({
        "id": "satisfaction", "name": "Satisfaction", "title": { "fr": "Alors ?" }, "audience": "visitor",
        "fields": [field],
    });
    livechat.sets("surveys", json!([survey])).await;
    livechat.sets("visitor_survey", json!({ "survey": "satisfaction" })).await;
    let refused = livechat.visitor("v1").await;
    let mut alice = livechat.operator("alice").await;
    let over = livechat.visitor("v2").await;
    server.clock.advance(minutes(1));
    alice.picks_up(&over).await;
    alice.says(&over, "bonjour").await;
    alice.ends(&over).await;
    let answers = json!({ "answers": { "avis": { "text": "=1+1, \"merci\"\r\nà vous" } } });
    over.person.put(&over.path("/survey/answers"), &answers).await.is(200);
    server.clock.advance(minutes(5));
    alice.is_now("on_break").await;
    alice.is_now("available").await;
    let live = livechat.visitor("v3").await;
    (livechat, alice, [refused, over, live])
}

#[tokio::test]
async fn ended_contacts_are_exported_in_the_order_of_their_positions() {
    let server = Server::start().await;
    let (livechat, _alice, [refused, over, _live]) = a_day(&server).await;
    let last = server.position("support").await;
    let path = format!("/exports/contacts?{YEAR}&at_least={last}");
    let response = asked(&analyst(&livechat), &path).await;
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/csv; charset=utf-8; header=present; separator=comma");
    assert_eq!(header("content-disposition"), "attachment; filename=\"contacts.csv\"");
    assert_eq!(header("cache-control"), "no-store");
    let bytes = response.bytes().await.unwrap();
    assert!(bytes.ends_with(b"\r\n"), "RFC 4180 ends lines so");
    let (_, rows) = csv(&bytes);
    let column = |name: &str| rows.iter().map(|row| row[name].as_str()).collect::<Vec<_>>();
    assert_eq!(column("visitor"), ["v1", "v2"], "what goes on is not there");
    assert_eq!(column("conversation"), [&refused.conversation, &over.conversation]);
    assert_eq!(column("outcome"), ["refused", "ended"]);
    assert_eq!(column("answered_by"), ["", "alice"]);
    assert_eq!(column("requested_at"), ["2027-01-15T12:00:00.000Z"; 2]);
    assert_eq!(column("handle_ms"), ["0", "0"]);
    assert_eq!(column("important"), ["false", "false"]);
    let positions: Vec<u64> = column("position").iter().map(|position| position.parse().unwrap()).collect();
    assert!(positions.is_sorted());

    // The end of a period is not part of it, its beginning is.
    for (from, until, count) in [
        ("2027-01-15T12:00:00Z", "2027-01-15T12:00:00.001Z", 2),
        ("2027-01-15T11:59:59Z", "2027-01-15T12:00:00Z", 0),
        ("2027-01-15T12:00:00.001Z", "2027-01-16T00:00:00Z", 0),
    ] {
        let bytes = taken(&analyst(&livechat), &format!("/exports/contacts?from={from}&until={until}")).await;
        assert_eq!(csv(&bytes).1.len(), count, "from {from} until {until}");
    }
}

#[tokio::test]
async fn each_form_has_the_same_columns_and_the_same_rows() {
    store::each_store(async |store: StoreUnderTest| {
        let server = Server::start_on(store.url()).await;
        let (livechat, _alice, _) = a_day(&server).await;
        let last = server.position("support").await;
        for rows in ExportKind::ALL {
            let name = rows.name();
            let path = format!("/exports/{name}?{YEAR}&at_least={last}");
            let text = csv(&taken(&analyst(&livechat), &path).await);
            let binary = taken(&analyst(&livechat), &format!("{path}&format=parquet")).await;
            assert_eq!(text, parquet(binary.clone()), "{name}");
            assert!(!text.1.is_empty(), "{name}: a day that leaves some");
            let names: Vec<&str> = rows.columns().iter().map(|column| column.name).collect();
            assert_eq!(text.0, names, "{name}");
            assert!(!names.contains(&"visitor_name"), "{name}: nobody counts by it");

            let reader = SerializedFileReader::new(Bytes::from(binary)).unwrap();
            let schema = reader.metadata().file_metadata().schema_descr();
            for (column, told) in rows.columns().iter().zip(schema.columns()) {
                let info = told.self_type().get_basic_info();
                let logical = told.logical_type_ref();
                let fits = match column.kind {
                    Kind::Text => logical == Some(&LogicalType::String),
                    Kind::Json => logical == Some(&LogicalType::Json),
                    Kind::Time => matches!(logical, Some(LogicalType::Timestamp(_))),
                    Kind::Integer | Kind::Flag => logical.is_none(),
                };
                assert!(fits, "{name}.{}: {logical:?}", column.name);
                let required = column.kind == Kind::Flag || rows.is_required(column.name);
                assert_eq!(info.repetition() == Repetition::REQUIRED, required, "{name}.{}", column.name);
            }
        }
        let surveys = taken(&analyst(&livechat), &format!("/exports/surveys?{YEAR}")).await;
        let (_, rows) = csv(&surveys);
        let answers: Value = serde_json::from_str(&rows[0]["answers"]).unwrap();
        assert_eq!(
            answers["avis"]["text"], "=1+1, \"merci\"\nà vous",
            "as it was answered, lines ended in one way"
        );
    })
    .await;
}

#[tokio::test]
async fn an_export_is_recorded_before_it_is_sent() {
    let server = Server::start().await;
    let (livechat, _alice, _) = a_day(&server).await;
    taken(&analyst(&livechat), &format!("/exports/operator_time?{YEAR}&format=parquet")).await;
    let last = server.position("support").await;
    let path = format!("/audit?action=livechat.accessed&at_least={last}");
    let audit = livechat.supervisor().get(&path).await.is(200);
    let entry = &audit["items"][0];
    assert_eq!((&entry["role"], &entry["actor"]), (&json!("analyst"), &json!("ann")));
    assert_eq!(
        entry["data"],
        json!({ "export": {
            "what": "operator_time", "form": "parquet",
            "from": "2027-01-01T00:00:00Z", "until": "2027-12-31T23:00:00Z",
        } })
    );
    // One that is refused is not.
    analyst(&livechat).get("/exports/assignments").await.is_problem(422, "invalid_fields");
    assert_eq!(server.position("support").await, last);
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_with_what_can() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    server.livechat("ventes").await;
    let ann = analyst(&livechat);
    for (path, field) in [
        ("/exports/assignments", "from"),
        ("/exports/assignments?from=2027-01-01T00:00:00Z", "until"),
        ("/exports/assignments?from=yesterday&until=2027-01-01T00:00:00Z", "from"),
        ("/exports/assignments?from=2027-01-01T00:00:00Z&until=2027-01-01", "until"),
        ("/exports/assignments?from=2027-01-01T00:00:00Z&until=2027-01-01T00:00:00Z", "until"),
        ("/exports/assignments?from=2027-01-02T00:00:00Z&until=2027-01-01T00:00:00Z", "until"),
        ("/exports/assignments?from=2027-01-01T00:00:00Z&until=2028-02-05T00:00:01Z", "until"),
        ("/exports/assignments?from=2027-01-01T00:00:00Z&until=2027-02-01T00:00:00Z&format=xls", "format"),
    ] {
        let problem = ann.get(path).await.is_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["field"], field, "{path}: {problem}");
    }
    let longest = "/exports/assignments?from=2027-01-01T00:00:00Z&until=2028-02-05T00:00:00Z";
    assert_eq!(csv(&taken(&ann, longest).await).1, [], "400 days are allowed, and nothing is a file too");
    assert_eq!(parquet(taken(&ann, &format!("{longest}&format=parquet")).await).1, []);
    let unknown = ann.get(&format!("/exports/audit?{YEAR}")).await.is_problem(404, "unknown_rows");
    assert!(unknown["detail"].as_str().unwrap().contains("operator_time"), "{unknown}");
    let elsewhere = livechat.stranger(Some(server.livechat("autre").await.supervisor().token().to_owned()));
    elsewhere.get(&format!("/exports/assignments?{YEAR}")).await.is_problem(403, "forbidden");
}

/// Copies of the one contact that there is: positions count on from 1,000.
async fn many_contacts(store: &StoreUnderTest, count: usize) {
    let columns: Vec<&str> = ExportKind::Contacts.columns().iter().map(|column| column.name).collect();
    let copied: Vec<&str> =
        columns.iter().map(|name| if *name == "position" { "1000 + n" } else { name }).collect();
    let sql = |schema: &str| {
        format!(
            "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {count})
             INSERT INTO {schema}contacts ({}) SELECT {} FROM {schema}contacts CROSS JOIN counted WHERE true",
            columns.join(", "),
            copied.join(", "),
        )
    };
    match store.sql().await {
        Sql::Sqlite(_) => {
            let pool = sqlx::SqlitePool::connect(&api::server::views_beside(store.url())).await.unwrap();
            sqlx::query(&sql("")).execute(&pool).await.unwrap();
            pool.close().await;
        }
        Sql::Postgres(pool) => {
            sqlx::query(&sql("projections.")).execute(&pool).await.unwrap();
            pool.close().await;
        }
    }
}

fn positions_of_csv(bytes: &[u8]) -> Vec<i64> {
    let mut reader = csv::Reader::from_reader(bytes);
    let column = reader.headers().unwrap().iter().position(|name| name == "position").unwrap();
    reader.records().map(|row| row.unwrap()[column].parse().unwrap()).collect()
}

#[tokio::test]
async fn many_rows_come_as_a_stream_that_ends_when_nobody_reads_it() {
    const MANY: usize = 60_000;
    store::each_store(async |store: StoreUnderTest| {
        let server = Server::start_on(store.url()).await;
        let livechat = server.livechat("support").await;
        livechat.visitor("v1").await;
        let last = server.position("support").await;
        let path = format!("/exports/contacts?{YEAR}&at_least={last}");
        assert_eq!(csv(&taken(&analyst(&livechat), &path).await).1.len(), 1);
        many_contacts(&store, MANY).await;

        let text = taken(&analyst(&livechat), &path).await;
        let found = positions_of_csv(&text);
        assert_eq!(found.len(), MANY + 1);
        assert!(found[1..].windows(2).all(|pair| pair[0] + 1 == pair[1]));
        let binary = taken(&analyst(&livechat), &format!("{path}&format=parquet")).await;
        let reader = SerializedFileReader::new(Bytes::from(binary)).unwrap();
        assert!(reader.num_row_groups() >= 3, "no more than some thousand rows are held at once");
        let only = parse_message_type("message rows { REQUIRED INT64 position; }").unwrap();
        let positions = reader.get_row_iter(Some(only)).unwrap();
        assert!(positions.map(|row| row.unwrap().get_long(0).unwrap()).eq(found));

        // A livechat alone has two of three; a client that goes away makes room, whether all was sent or not.
        let (first, second) =
            (begun(&server, &livechat, &path).await, begun(&server, &livechat, &path).await);
        let refused = analyst(&livechat).get(&path).await;
        let waits = refused.retry_after.is_some();
        refused.is_problem(429, "too_many_exports");
        assert!(waits, "nobody is told when to ask again");
        drop((first, second));
        eventually("there is room for three exports", async || server.app().exports.free() == 3).await;
        if let Sql::Postgres(pool) = store.sql().await {
            let reading = "SELECT count(*) FROM pg_stat_activity
                           WHERE datname = current_database() AND query LIKE 'FETCH%' AND state <> 'idle'";
            tokio::time::timeout(PATIENCE, async {
                while sqlx::query_scalar::<_, i64>(reading).fetch_one(&pool).await.unwrap() > 0 {}
            })
            .await
            .expect("the query ends");
            pool.close().await;
        }
        let text = taken(&analyst(&livechat), &path).await;
        assert_eq!(positions_of_csv(&text).len(), MANY + 1, "the rooms are free again");
    })
    .await;
}
