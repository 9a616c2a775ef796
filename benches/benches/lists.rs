//! How long a page of the list of conversations and of the search takes:
//! `cargo bench --package pupitre-benches --bench lists`.
//!
//! A million conversations of one livechat, each with two messages, are written straight into the tables. Then
//! each question is asked again and again, its first page and the one after it in turns, by one reader.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::time::Instant;

use clap::Parser;
use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;
use domain::text::Language;
use domain::{FieldId, LivechatId, OperatorId, SkillId, SurveyId, VisitorId};
use hdrhistogram::Histogram;
use projections::Queries;
use projections::conversations::{AnswerFilter, Answered, Cursor, Filter, Question, Reason, Sort, State};
use projections::text_search::Term;
use pupitre_benches::database::{Database, Kind};
use pupitre_tests::many;

/// A minute.
const LONGEST_MICROS: u64 = 60_000_000;

#[derive(Parser)]
struct Arguments {
    /// Which database; both, one after the other, by default.
    #[arg(long, value_enum)]
    database: Option<Kind>,
    /// Conversations of the livechat.
    #[arg(long, default_value_t = 1_000_000)]
    conversations: u64,
    /// How often each question is asked.
    #[arg(long, default_value_t = 400)]
    rounds: usize,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let kinds = arguments.database.map_or_else(|| vec![Kind::Postgres, Kind::Sqlite], |kind| vec![kind]);
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN);
    table.set_header(["database", "question", "found", "p50", "p99", "worst"]);
    for kind in kinds {
        let database = Database::fresh(kind).await;
        let views = projections::Database::open(&database.url()).await.unwrap();
        let began = Instant::now();
        many::conversations(&database.url(), "support", arguments.conversations).await;
        println!("{kind:?}: {} conversations in {:.0?}", arguments.conversations, began.elapsed());
        let views = Queries::new(views);
        for (name, question) in questions() {
            let (found, took) = asked(&views, &question, arguments.rounds).await;
            let ms = |quantile: f64| milliseconds(took.value_at_quantile(quantile));
            let kind = format!("{kind:?}");
            table.add_row([&kind, name, &found, &ms(0.5), &ms(0.99), &milliseconds(took.max())]);
        }
    }
    println!("{table}");
}

fn milliseconds(micros: u64) -> String {
    format!("{:.1} ms", std::time::Duration::from_micros(micros).as_secs_f64() * 1_000.0)
}

/// Asks for the first page and the one after it in turns; tells how many were on the first, with a + if there
/// are more.
async fn asked(views: &Queries, question: &Question, rounds: usize) -> (String, Histogram<u64>) {
    let livechat = LivechatId::parse("support").unwrap();
    let mut took = Histogram::new_with_max(LONGEST_MICROS, 3).unwrap();
    let (mut cursor, mut found) = (None, String::new());
    for round in 0..=rounds {
        let began = Instant::now();
        let (count, next) = if question.said.is_empty() {
            let page = views.conversations(&livechat, question, cursor, 50).await.unwrap();
            (page.items.len(), page.next)
        } else {
            let page = views.search(&livechat, question, cursor, 50, None).await.unwrap();
            (page.items.len(), page.next)
        };
        // The first one opens the connection.
        if round > 0 {
            took.saturating_record(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
        }
        if round == 0 {
            found = format!("{count}{}", if next.is_some() { "+" } else { "" });
        }
        cursor = if cursor.is_none() {
            next.and_then(|next| Cursor::parse(&next, &livechat, question))
        } else {
            None
        };
    }
    (found, took)
}

fn questions() -> Vec<(&'static str, Question)> {
    let all = Filter::default;
    let ask = |filter, sort| Question { filter, sort, said: vec![] };
    let said = |q: &str| Question { said: Term::parse(q).unwrap(), ..Question::default() };
    let operator = |id| Some(OperatorId::parse(id).unwrap());
    let skill = |id| Some(SkillId::parse(id).unwrap());
    let rating = |range| {
        let field = Some((FieldId::parse("note").unwrap(), AnswerFilter::Rating(range)));
        Some(Answered { survey: SurveyId::parse("satisfaction").unwrap(), field })
    };
    let newest = |filter| ask(filter, Sort::Newest);
    vec![
        ("newest", newest(all())),
        ("longest wait", ask(all(), Sort::LongestWait)),
        ("last ended", ask(all(), Sort::LastEnded)),
        ("those that are over (analyst)", newest(Filter { over_only: true, ..all() })),
        ("one operator (1 in 50)", newest(Filter { operator: operator("operator-7"), ..all() })),
        (
            "one operator, longest wait",
            ask(Filter { operator: operator("operator-7"), ..all() }, Sort::LongestWait),
        ),
        (
            "a guest (1 in 5,000), longest wait",
            ask(Filter { operator: operator("guest"), ..all() }, Sort::LongestWait),
        ),
        ("a visitor", newest(Filter { visitor: Some(VisitorId::parse("visitor-77").unwrap()), ..all() })),
        (
            "states and reasons",
            newest(Filter {
                states: vec![State::Ended, State::Refused],
                reasons: vec![Reason::Supervisor, Reason::QueueFull],
                ..all()
            }),
        ),
        (
            "a skill, in English",
            newest(Filter { skill: skill("billing"), language: Some(Language::En), ..all() }),
        ),
        (
            "a rare skill and transferred",
            newest(Filter { skill: skill("rare"), transferred: Some(true), ..all() }),
        ),
        ("waited over 590 s", newest(Filter { wait_over_secs: Some(590), ..all() })),
        ("visitors' rating 1 (1 in 80)", newest(Filter { answered: rating(1..=1), ..all() })),
        (
            "rating 1, a guest, last ended",
            ask(Filter { answered: rating(1..=1), operator: operator("guest"), ..all() }, Sort::LastEnded),
        ),
        ("search: a word in every conversation", said("bonjour")),
        ("search: a word in 1 of 4", said("livraison")),
        ("search: a word in 1 of 5,000", said("mot17")),
        ("search: three words, one rare", said("bonjour mot17 dossier")),
        ("search: two frequent words, never together", said("facture livraison")),
        ("search: a phrase", said("\"commande mot17\"")),
        ("search: the beginning of a word", said("mot230*")),
        ("search: nothing", said("introuvable")),
        (
            "search: a rare word of one operator",
            Question { filter: Filter { operator: operator("operator-7"), ..all() }, ..said("mot17") },
        ),
    ]
}
