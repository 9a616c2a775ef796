//! Conversations by the thousand, written straight into the tables of the projections: what a service of some
//! years has, without the years.
//!
//! Most have ended; the last 200 are live. Some words are said in every conversation, some in one of thousands, and
//! so it is with operators, skills, reasons and answers.

use sqlx::{Executor, PgPool, SqlitePool};

/// Writes so many conversations of one livechat, each with two messages, and lets the database look at them.
pub async fn conversations(url: &str, livechat: &str, count: u64) {
    if url.starts_with("sqlite") {
        let pool = SqlitePool::connect(url).await.expect("SQLite opens");
        for statement in statements(&Dialect::SQLITE, livechat, count) {
            pool.execute(&*statement).await.expect("rows are written");
        }
        pool.close().await;
    } else {
        let pool = PgPool::connect(url).await.expect("PostgreSQL opens");
        for statement in statements(&Dialect::POSTGRES, livechat, count) {
            pool.execute(&*statement).await.expect("rows are written");
        }
        pool.execute("VACUUM ANALYZE").await.expect("the tables are looked at");
        pool.close().await;
    }
}

/// How the databases differ.
struct Dialect {
    schema: &'static str,
    /// So many seconds after the beginning, as a column holds it.
    time: fn(&str) -> String,
    /// A number in 12 hexadecimal digits.
    hex: &'static str,
    json: &'static str,
}

impl Dialect {
    const SQLITE: Self = Self {
        schema: "",
        time: |secs| format!("strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + {secs}, 'unixepoch')"),
        hex: "printf('%012x', n)",
        json: "",
    };
    const POSTGRES: Self = Self {
        schema: "projections.",
        time: |secs| format!("to_timestamp(1700000000 + {secs})"),
        hex: "lpad(to_hex(n), 12, '0')",
        json: "::jsonb",
    };
}

fn statements(dialect: &Dialect, livechat: &str, count: u64) -> Vec<String> {
    let Dialect { schema, time, hex, json } = dialect;
    let live = count.saturating_sub(200);
    let numbers = format!(
        "WITH RECURSIVE numbers (n) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})"
    );
    // Some thousand words, of which each is in one of some thousand conversations.
    let rare = "'mot' || (n * 7919 % 5003)";
    let state = format!(
        "CASE WHEN n > {live} THEN CASE n % 3 WHEN 0 THEN 'waiting' WHEN 1 THEN 'assigned' ELSE 'picked_up' END \
         WHEN n % 100 < 8 THEN 'refused' WHEN n % 100 < 12 THEN 'left' WHEN n % 100 = 12 THEN 'released' \
         ELSE 'ended' END"
    );
    let conversation = format!("'00000000-0000-7000-8000-' || {hex}");
    let requested = time("n * 30");
    let ended = time("(n * 30 + 60 + n * 31 % 1200)");
    let conversations = format!(
        "INSERT INTO {schema}conversations (livechat, conversation, visitor, visitor_name, language, skill, state, \
         reason, operator, transfers, transfers_manual, transfers_inactive, transfers_disconnected, \
         returns_to_queue, important, help_calls, files_visitor, files_operator, segments, requested_at, \
         requested_position, last_requested_at, assigned_at, picked_up_at, ended_at, kept_open_until, wait_ms, \
         messages_visitor, messages_operator, messages_system, position)
         {numbers} SELECT '{livechat}', {conversation}, 'visitor-' || (n % ({count} / 3 + 1)), NULL, \
         CASE WHEN n % 10 < 7 THEN 'fr' ELSE 'en' END, \
         CASE WHEN n % 5000 = 4007 THEN 'rare' WHEN n % 20 = 0 THEN 'billing' WHEN n % 20 = 1 THEN 'refunds' END, state, \
         CASE state WHEN 'refused' THEN CASE n % 2 WHEN 0 THEN 'queue_full' ELSE 'outside_hours' END \
         WHEN 'released' THEN 'closing' WHEN 'ended' THEN CASE WHEN n % 1000 = 999 THEN 'supervisor' \
         WHEN n % 3 = 0 THEN 'visitor' ELSE 'operator' END END, \
         CASE WHEN state IN ('picked_up', 'assigned', 'ended') THEN \
         CASE WHEN n % 4000 = 3015 THEN 'guest' ELSE 'operator-' || (n * 7919 % 40) END END, \
         CASE WHEN n % 11 = 0 THEN 1 ELSE 0 END, 0, 0, 0, 0, n % 997 = 0, 0, 0, 0, 1, requested, n * 20, requested, \
         NULL, NULL, CASE WHEN n <= {live} THEN ended END, NULL, \
         CASE WHEN state <> 'waiting' THEN n * 48271 % 600000 END, 1, 1, 0, n * 20 + 10 \
         FROM (SELECT n, {state} AS state, {requested} AS requested, {ended} AS ended FROM numbers) AS made"
    );
    let surveys = format!(
        "INSERT INTO {schema}survey_answers (livechat, position, conversation, operator, audience, survey, version, \
         asked_at, opened_at, at, closing, answers) {numbers} SELECT '{livechat}', n * 20 + 11, {conversation}, NULL, \
         CASE WHEN n % 8 = 0 THEN 'visitor' ELSE 'operator' END, \
         CASE WHEN n % 8 = 0 THEN 'satisfaction' ELSE 'bilan' END, 1, {requested}, NULL, {requested}, \
         CASE WHEN n % 16 = 0 THEN 'expired' END, CASE WHEN n % 16 <> 0 THEN (CASE n % 8 WHEN 0 THEN \
         '{{\"note\":{{\"rating\":' || (1 + n / 8 % 5) || '}},\"motifs\":{{\"choices\":[\"prix\",\"delai\"]}}}}' ELSE \
         '{{\"objet\":{{\"choice\":\"' || CASE WHEN n % 3 = 0 THEN 'panne' ELSE 'facture' END || '\"}}}}' END){json} END \
         FROM numbers WHERE n % 4 = 0"
    );
    let search_line = |place: u64, stems: &str| {
        format!(
            "INSERT INTO {schema}search_lines (livechat, conversation, position, line, stems) {numbers} \
             SELECT '{livechat}', {conversation}, n * 20 + {place}, 0, {stems} FROM numbers"
        )
    };
    let text = |place: u64, voice: &str, text: &str| {
        format!(
            "INSERT INTO {schema}transcript (livechat, conversation, position, at, kind, role, author, operator, \
             voice, number, phrase, text, data, command) {numbers} SELECT '{livechat}', {conversation}, \
             n * 20 + {place}, {requested}, 'message', '{voice}', 'somebody', NULL, '{voice}', 1, NULL, {text}, NULL, \
             '00000000-0000-7000-8000-000000000000' FROM numbers"
        )
    };
    let asks =
        format!("'bonjour command ' || {rare} || CASE WHEN n % 4 = 0 THEN ' livraison' ELSE ' factur' END");
    let answers = format!("'bonjour regard dossier ' || {rare} || 'b'");
    let asked = format!(
        "'Bonjour, ma commande ' || {rare} || CASE WHEN n % 4 = 0 THEN ' : la livraison' ELSE ' : la facture' END"
    );
    let answered = format!("'Bonjour, je regarde le dossier ' || {rare} || 'b'");
    vec![
        conversations,
        surveys,
        text(2, "visitor", &asked),
        text(3, "operator", &answered),
        search_line(2, &asks),
        search_line(3, &answers),
        format!(
            "INSERT INTO {schema}checkpoints (livechat, position, version) VALUES ('{livechat}', {}, {})",
            count * 20 + 20,
            projections::runner::VERSION
        ),
    ]
}
