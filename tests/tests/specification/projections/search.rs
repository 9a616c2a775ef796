//! Full-text search: both databases find what looking at every line finds, and show it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::event::Voice;
use domain::event::{Card, HistoryAuthor, HistoryLine, Request, Visitor};
use domain::id::CommandId;
use domain::text::{Language, Text};
use domain::{
    Actor, ConversationFact, ConversationId, Event, Exchange, Fact, Flow, LivechatId, OperatorId, Timestamp,
    VisitorId,
};
use journal::Record;
use projections::conversations::{Cursor, Filter, Question, Sort};
use projections::search::{Extract, Found, Speaker};
use projections::text_search::{Term, each_word, is_ignored, stem};
use projections::{Queries, Runner};
use pupitre_tests::many;
use serde::Deserialize;
use uuid::Uuid;

use super::scratch::Scratch;
use super::story::slug;

/// Logs of livechats in which people only talk.
#[derive(Default)]
struct Talk {
    events: Vec<Arc<Record>>,
    positions: BTreeMap<LivechatId, u64>,
    conversations: u128,
    /// What was said in each conversation, line by line.
    said: BTreeMap<(LivechatId, u128), Vec<String>>,
}

impl Talk {
    fn record(
        &mut self,
        livechat: &str,
        by: Actor,
        operator: Option<&str>,
        id: u128,
        fact: ConversationFact,
    ) {
        let livechat = slug(livechat);
        let position = self.positions.entry(livechat.clone()).or_default();
        *position += 1;
        let at =
            Timestamp::from_timestamp_millis(1_795_388_339_123 + i64::try_from(*position).unwrap()).unwrap();
        let operator = operator.map(|operator| OperatorId::parse(operator).unwrap());
        let fact = Fact::conversation(ConversationId(Uuid::from_u128(id)), operator, fact);
        let command = CommandId(Uuid::from_u128(u128::from(*position)));
        let position = *position;
        let event = Event { at, by, fact };
        self.events.push(Arc::new(Record { livechat, position, command, address: None, event }));
    }

    /// A visitor asks, after this exchange with the bot: what the visitor said and what the bot said in turns.
    fn requested(&mut self, livechat: &str, history: &[&str]) -> u128 {
        self.conversations += 1;
        let id = self.conversations;
        let lines = history.iter().enumerate().map(|(index, text)| HistoryLine {
            at: None,
            author: if index % 2 == 0 { HistoryAuthor::Visitor } else { HistoryAuthor::Bot },
            text: Text::parse(*text).unwrap().into(),
        });
        let visitor = VisitorId::parse(&format!("visitor-{id}")).unwrap();
        let request = Request {
            visitor: Visitor::of(visitor.clone()),
            language: if id.is_multiple_of(2) { Language::Fr } else { Language::En },
            skill: None,
            card: Card::default(),
            history: lines.collect(),
        };
        let fact = ConversationFact::Flow(Flow::Requested(Box::new(request)));
        self.record(livechat, Actor::Visitor(visitor), None, id, fact);
        let said = self.said.entry((slug(livechat), id)).or_default();
        said.extend(history.iter().map(|text| (*text).to_owned()));
        id
    }

    fn says(&mut self, livechat: &str, id: u128, voice: Voice, text: &str) {
        let by = match voice {
            Voice::Visitor => Actor::Visitor(VisitorId::parse(&format!("visitor-{id}")).unwrap()),
            Voice::Operator => Actor::Operator(OperatorId::parse("alice").unwrap()),
            Voice::System => Actor::System,
        };
        let fact = ConversationFact::Exchange(Exchange::MessagePosted {
            number: 1,
            voice,
            phrase: None,
            text: Text::parse(text).unwrap().into(),
            source: None,
        });
        self.record(livechat, by, Some("alice"), id, fact);
        if voice != Voice::System {
            self.said.entry((slug(livechat), id)).or_default().push(text.to_owned());
        }
    }

    async fn on(&self, scratch: &Scratch) -> Queries {
        let database = scratch.open().await;
        Runner::new(database.clone()).apply(&self.events).await.unwrap();
        Queries::new(database)
    }

    /// The conversations in which everything is said, newest first, by looking at every line.
    fn naively(&self, livechat: &str, terms: &[Term]) -> Vec<u128> {
        let mut found: Vec<u128> = self
            .said
            .iter()
            .filter(|((of, _), lines)| {
                let lines: Vec<Vec<String>> = lines.iter().map(|line| stems(line)).collect();
                *of == slug(livechat) && terms.iter().all(|term| lines.iter().any(|line| is_in(term, line)))
            })
            .map(|((_, id), _)| *id)
            .collect();
        found.reverse();
        found
    }
}

fn stems(text: &str) -> Vec<String> {
    let mut all = vec![];
    each_word(text, |_, folded| {
        if !is_ignored(folded) {
            all.push(stem(folded).chars().take(64).collect());
        }
    });
    all
}

fn is_in(term: &Term, line: &[String]) -> bool {
    match term {
        Term::Word(word) => line.contains(word),
        Term::Prefix { begins, stem } => line.iter().any(|word| word.starts_with(begins) || word == stem),
        Term::Phrase { stems, open } => line.windows(stems.len()).any(|window| {
            let last = stems.len() - 1;
            window[..last] == stems[..last]
                && (window[last] == stems[last] || *open && window[last].starts_with(&stems[last]))
        }),
    }
}

fn asked(q: &str) -> Question {
    Question { filter: Filter::default(), sort: Sort::Newest, said: Term::parse(q).unwrap() }
}

async fn found(views: &Queries, livechat: &str, question: &Question, limit: usize) -> Vec<Found> {
    let livechat = slug(livechat);
    let (mut found, mut cursor) = (vec![], None);
    loop {
        let page = views.search(&livechat, question, cursor, limit, None).await.unwrap();
        assert!(page.items.len() <= limit);
        found.extend(page.items);
        let Some(next) = page.next else { return found };
        cursor = Some(Cursor::parse(&next, &livechat, question).expect("its own cursor"));
    }
}

fn ids(found: &[Found]) -> Vec<u128> {
    found.iter().map(|found| Uuid::parse_str(&found.conversation.conversation).unwrap().as_u128()).collect()
}

/// An extract with what is marked in brackets.
fn marked(found: &Found) -> Vec<String> {
    let told = |piece: &projections::text_search::Fragment| {
        if piece.marked { format!("[{}]", piece.text) } else { piece.text.clone() }
    };
    found.extracts.iter().map(|extract| extract.pieces.iter().map(told).collect()).collect()
}

/// Conversations in two livechats with the same words in different places.
fn talk() -> Talk {
    let mut talk = Talk::default();
    let zoe = talk.requested("support", &["Je voudrais une résiliation", "De quel contrat s'agit-il ?"]);
    talk.says("support", zoe, Voice::System, "Bienvenue au remboursement");
    talk.says("support", zoe, Voice::Operator, "Bonjour, je regarde votre contrat habitation.");
    talk.says("support", zoe, Voice::Visitor, "Merci ! L'œuvre entière, et l'ÉTÉ prochain…");
    let yann = talk.requested("support", &[]);
    talk.says("support", yann, Voice::Visitor, "RESILIATIONS de la carte bancaire");
    talk.says("support", yann, Voice::Operator, "Votre carte, et aussi le relevé bancaire ?");
    let elsewhere = talk.requested("ventes", &["résiliation secrète"]);
    talk.says("ventes", elsewhere, Voice::Operator, "carte bancaire");
    let wanda = talk.requested("support", &[]);
    talk.says(
        "support",
        wanda,
        Voice::Visitor,
        "carte de visite ; virement bancaire. 50% d'intérêt_s 'quote' \"x\" \\ a:b*",
    );
    talk.says("support", wanda, Voice::Visitor, "日本語 のテスト ½ ﷺ नमस्ते");
    talk.says("support", wanda, Voice::Visitor, &"mot".repeat(1_600));
    let hesitant = talk.requested("support", &["…", "?!"]);
    talk.says("support", hesitant, Voice::Visitor, "de la");
    // A livechat whose name begins as another's and ends as a word does.
    let prefixed = talk.requested("support-carte", &[]);
    talk.says("support-carte", prefixed, Voice::Visitor, "la carte");
    let capital = talk.requested("Support", &[]);
    talk.says("Support", capital, Voice::Visitor, "la carte majuscule");
    talk
}

#[tokio::test]
async fn both_databases_find_what_looking_at_every_line_finds() {
    let talk = talk();
    let queries = [
        "resiliation",
        "résiliations",
        "RÉSILIATION contrat",
        "carte",
        "cartes bancaires",
        "\"carte bancaire\"",
        "«\u{a0}carte bancaire\u{a0}» resil*",
        "bancaire carte relevé",
        "resil*",
        "re*",
        "contrats habitat*",
        "oeuvre",
        "œuvre ete",
        "remboursement",
        "secrete",
        "50",
        "interet",
        "\"50 interet\"",
        "quote x",
        "a:b",
        "日本語",
        "テスト*",
        "नमस्ते",
        "½",
        "ﷺ",
        "majuscule",
        "support",
        "support/carte",
        "inconnu",
        &"mot".repeat(66),
        &format!("{}*", "mot".repeat(20)),
        "s'agit",
        "l'été",
        "virement \"carte visite\"",
    ];
    for scratch in Scratch::each().await {
        let views = talk.on(&scratch).await;
        let mut hits = 0;
        for query in queries {
            let question = match Term::parse(query) {
                Ok(said) => Question { said, ..Question::default() },
                Err(wrong) => panic!("{query}: {wrong}"),
            };
            for livechat in ["support", "ventes", "support-carte", "Support", "nobody"] {
                let expected = talk.naively(livechat, &question.said);
                hits += expected.len();
                for limit in [1, 200] {
                    let found = found(&views, livechat, &question, limit).await;
                    assert_eq!(ids(&found), expected, "{} {livechat} {query}", scratch.kind);
                    for found in &found {
                        assert!(!found.extracts.is_empty() && found.extracts.len() <= 3, "{found:?}");
                        let is_marked = |one: &Extract| one.pieces.iter().any(|piece| piece.marked);
                        assert!(found.extracts.iter().all(is_marked), "{query}: {found:?}");
                        assert_eq!(found.conversation.livechat, livechat, "an island");
                    }
                }
            }
        }
        assert!(hits > 40, "words worth looking for: {hits}");
    }
}

/// What is said in scripts of their own habits: looked for, and which line answers.
const SCRIPTS: &[(&str, &[&str])] = &[
    (
        "注文した商品がまだ届いていません",
        &["商品", "届いて", "注文した商品がまだ届いていません", "品", "\"注文した商品\""],
    ),
    ("我的订单还没有收到，请帮我查一下", &["订单", "收到", "订", "查一下"]),
    (
        "주문이 늦어지고 있습니다",
        &["주문", "늦어지고 주문", "늦어", "\u{110C}\u{116E}\u{1106}\u{116E}\u{11AB}"],
    ),
    ("ฉันต้องการขอเงินคืน", &["เงินคืน", "ต้องการ", "เงิน"]),
    ("ຂ້ອຍຕ້ອງການເງິນຄືນ", &["ເງິນຄືນ"]),
    ("ខ្ញុំចង់បានលុយវិញ", &["លុយ", "ខ្ញុំ"]),
    ("ကျွန်တော်ပစ္စည်းမရသေးပါ", &["ပစ္စည်း"]),
    ("བོད་ཡིག་གི་ཡི་གེ", &["བོད་ཡིག"]),
    ("スマートフォンのｶﾞﾗｽが割れた", &["ガラス", "スマート", "割れ"]),
    ("Die Straße nach Łódź, Ærø", &["strasse", "LODZ", "aero", "STRASSE łódź"]),
    ("İstanbul'dan Iğdır'a", &["istanbul", "igdir"]),
    ("Η Οδός και ο Οδυσσεύς", &["ΟΔΟΣ", "οδος", "οδυσσευσ"]),
    ("Зелёная мука\u{301} и чай", &["зеленая", "мука", "ЧАЙ"]),
    ("طلبتُ مُحَمَّد إلى المكتبة رقم ٤٥٦٧", &["محمد", "المكتبه", "الي", "4567"]),
    ("می\u{200c}خواهم کتاب", &["میخواهم", "كتاب"]),
    ("שָׁלוֹם עולם", &["שלום", "עולם"]),
    ("मेरी क़लम १२३", &["कलम", "123"]),
    ("Đường về nhà", &["duong", "ve nha"]),
    ("résil\u{ad}ia\u{200b}tion ﬁnale", &["resiliation", "finale"]),
    ("ＡＢＣ１２３", &["abc123"]),
    ("חיילי צה\"ל עם ג'ירפה", &["צהל", "צה״ל", "צה\"ל", "צה''ל", "גירפה", "ג׳ירפה", "\"צה\"ל עם ג'ירפה\""]),
    ("Листя м’яти, об'єкт", &["м'яти", "мяти", "мʼяти", "обєкт"]),
    ("C’est aujourd'hui", &["aujourd’hui", "aujourdʼhui", "hui"]),
    ("ᠬᠡᠯ\u{180e}ᠡ ᠭ\u{180b}ᠠ", &["ᠬᠡᠯᠡ", "ᠭᠠ", "ᠭ\u{180d}ᠠ"]),
    ("មិ\u{17b4}ន", &["មិន"]),
];

/// Nothing answers to these.
const NOWHERE: &[&str] = &["品商", "订收", "かき", "чаи", "कलम २", "\"商品 订单\""];

#[tokio::test]
async fn words_are_found_in_every_script_and_alike_on_both_databases() {
    let mut talk = Talk::default();
    let ids_of: Vec<u128> = SCRIPTS
        .iter()
        .map(|(line, _)| {
            let id = talk.requested("support", &[]);
            talk.says("support", id, Voice::Visitor, line);
            id
        })
        .collect();
    for scratch in Scratch::each().await {
        let views = talk.on(&scratch).await;
        for ((line, queries), id) in SCRIPTS.iter().zip(&ids_of) {
            for query in *queries {
                let found = found(&views, "support", &asked(query), 200).await;
                assert_eq!(ids(&found), [*id], "{} {query} in {line}", scratch.kind);
                let shown: Vec<String> = found[0].extracts.iter().map(|one| text(&one.pieces)).collect();
                assert_eq!(shown, [*line]);
                assert!(found[0].extracts[0].pieces.iter().any(|piece| piece.marked), "{query}");
            }
        }
        for query in NOWHERE {
            assert!(found(&views, "support", &asked(query), 200).await.is_empty(), "{query}");
        }
        let marks = async |query: &str| marked(&found(&views, "support", &asked(query), 50).await[0]);
        assert_eq!(marks("届いて").await, ["注文した商品がまだ[届いて]いません"]);
        assert_eq!(marks("주문").await, ["[주문]이 늦어지고 있습니다"]);
    }
}

fn text(pieces: &[projections::text_search::Fragment]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

#[tokio::test]
async fn a_hit_is_shown_with_its_words_marked_who_said_it_and_where() {
    let talk = talk();
    for scratch in Scratch::each().await {
        let views = talk.on(&scratch).await;
        let hits = found(&views, "support", &asked("résiliations contrat"), 50).await;
        assert_eq!(ids(&hits), [1]);
        assert_eq!(
            marked(&hits[0]),
            [
                "Je voudrais une [résiliation]",
                "De quel [contrat] s'agit-il ?",
                "Bonjour, je regarde votre [contrat] habitation."
            ]
        );
        let extracts = &hits[0].extracts;
        let told: Vec<_> = extracts
            .iter()
            .map(|one| (one.position, one.voice, one.author.as_deref(), one.at.is_some()))
            .collect();
        assert_eq!(
            told,
            [
                (1, Speaker::Visitor, None, false),
                (1, Speaker::Bot, None, false),
                (3, Speaker::Operator, Some("alice"), true)
            ]
        );
        let marks = async |query: &str| marked(&found(&views, "support", &asked(query), 50).await[0]);
        assert_eq!(marks("oeuvre ete").await, ["Merci ! L'[œuvre] entière, et l'[ÉTÉ] prochain…"]);
        assert_eq!(marks("\"carte bancaire\"").await, ["RESILIATIONS de la [carte] [bancaire]"]);
        assert_eq!(marks("relev*").await, ["Votre carte, et aussi le [relevé] bancaire ?"]);
        assert_eq!(marks("relevé resiliation").await.len(), 2, "a line for each word");
    }
}

#[tokio::test]
async fn a_search_can_be_filtered_and_what_is_computed_again_is_found_once() {
    let talk = talk();
    for scratch in Scratch::each().await {
        let views = talk.on(&scratch).await;
        let mut question = asked("carte");
        assert_eq!(ids(&found(&views, "support", &question, 1).await), [4, 2]);
        question.filter.visitor = Some(VisitorId::parse("visitor-2").unwrap());
        assert_eq!(ids(&found(&views, "support", &question, 1).await), [2]);
        question.filter.language = Some(Language::En);
        assert!(found(&views, "support", &question, 50).await.is_empty());

        // Rows of an older version are deleted, and what was said with them.
        let schema = if scratch.kind == "SQLite" { "" } else { "projections." };
        scratch.execute(&format!("UPDATE {schema}checkpoints SET version = 0")).await;
        let empty = Queries::new(scratch.open().await);
        assert!(found(&empty, "support", &asked("carte"), 50).await.is_empty());
        let views = talk.on(&scratch).await;
        assert_eq!(ids(&found(&views, "support", &asked("carte"), 50).await), [4, 2]);
        if scratch.kind == "SQLite" {
            scratch.execute("INSERT INTO search_index (search_index) VALUES ('integrity-check')").await;
        }
    }
}

#[tokio::test]
async fn among_many_conversations_frequent_and_rare_words_are_found_alike() {
    const COUNT: u64 = 24_000;
    for scratch in Scratch::each().await {
        let database = scratch.open().await;
        many::conversations(&scratch.url, "support", COUNT).await;
        many::conversations(&scratch.url, "ventes", 300).await;
        let views = Queries::new(database);
        // The numbers of those that have each word, as they were made.
        let with = |fits: &dyn Fn(u64) -> bool| (1..=COUNT).rev().filter(|n| fits(*n)).collect::<Vec<_>>();
        let has = |n: u64, number: u64| n * 7_919 % 5_003 == number;
        for (query, expected) in [
            ("bonjour", with(&|_| true)),
            ("mot17", with(&|n| has(n, 17))),
            ("bonjour mot17 dossier", with(&|n| has(n, 17))),
            ("livraison", with(&|n| n % 4 == 0)),
            ("livraisons mot23", with(&|n| n % 4 == 0 && has(n, 23))),
            ("\"mot23 facture\"", with(&|n| n % 4 != 0 && has(n, 23))),
            ("\"dossier mot23\"", vec![]),
            (
                "mot230*",
                with(&|n| {
                    [230].contains(&(n * 7_919 % 5_003)) || (2_300..=2_309).contains(&(n * 7_919 % 5_003))
                }),
            ),
            ("facture livraison", vec![]),
            ("absent bonjour", vec![]),
        ] {
            let question = asked(query);
            let mut all = found(&views, "support", &question, 200).await;
            all.truncate(500);
            let numbers: Vec<u64> =
                ids(&all).iter().map(|id| u64::try_from(id & 0xffff_ffff_ffff).unwrap()).collect();
            let expected: Vec<u64> = expected.into_iter().take(500).collect();
            assert_eq!(numbers, expected, "{} {query}", scratch.kind);
        }
        // What is rare is read from the full-text index.
        let plans = views.explain_conversations(&slug("support"), &asked("mot17"), None).await.unwrap();
        let probe = plans.iter().find(|plan| plan[0].contains("AS probed")).unwrap();
        let index =
            if scratch.kind == "SQLite" { "search_index VIRTUAL TABLE" } else { "search_lines_by_word" };
        assert!(probe[1..].iter().any(|step| step.contains(index)), "{}", probe.join("\n"));
    }
}

#[derive(Deserialize)]
struct Chat {
    messages: Vec<Said>,
}

#[derive(Deserialize)]
struct Said {
    text: String,
    from: String,
}

/// `PUPITRE_CONVERSATIONS`, or the chats beside the project if they are there.
fn chats() -> Option<Vec<Chat>> {
    const BESIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/ubuntu-support.jsonl");
    let path = std::env::var("PUPITRE_CONVERSATIONS").unwrap_or_else(|_| BESIDE.to_owned());
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text.lines().take(400).map(|line| serde_json::from_str(line).unwrap()).collect()),
        Err(error) => {
            eprintln!(
                "SKIPPED: no real conversations at {path} ({error}); PUPITRE_CONVERSATIONS names a file"
            );
            None
        }
    }
}

#[tokio::test]
async fn real_conversations_are_found_as_by_looking_at_every_line() {
    let Some(chats) = chats() else { return };
    let mut talk = Talk::default();
    let mut words: BTreeMap<String, usize> = BTreeMap::new();
    for chat in &chats {
        let id = talk.requested("support", &[]);
        for said in chat.messages.iter().filter(|said| Text::parse(said.text.as_str()).is_ok()) {
            let voice = if said.from == "visitor" { Voice::Visitor } else { Voice::Operator };
            talk.says("support", id, voice, &said.text);
            let once: BTreeSet<String> = stems(&said.text).into_iter().collect();
            for stem in once {
                *words.entry(stem).or_default() += 1;
            }
        }
    }
    // Frequent, middling and rare ones; and pairs that follow one another somewhere.
    let mut by_count: Vec<&String> = words.keys().filter(|word| word.chars().count() > 1).collect();
    by_count.sort_by_key(|word| (std::cmp::Reverse(words[*word]), (*word).clone()));
    let step = (by_count.len() / 40).max(1);
    let some: Vec<&str> =
        by_count.iter().take(8).chain(by_count.iter().step_by(step)).map(|word| word.as_str()).collect();
    let mut queries: Vec<Vec<Term>> = some.iter().map(|word| vec![Term::Word((*word).to_owned())]).collect();
    queries
        .extend(some.windows(2).map(|two| two.iter().map(|word| Term::Word((*word).to_owned())).collect()));
    queries.extend(some.iter().map(|word| {
        let begins: String = word.chars().take(3).collect();
        vec![Term::Prefix { stem: begins.clone(), begins }]
    }));
    let lines: Vec<Vec<String>> = talk.said.values().flatten().map(|line| stems(line)).collect();
    queries.extend(
        lines
            .iter()
            .filter(|line| line.len() > 3)
            .step_by(97)
            .map(|line| vec![Term::Phrase { stems: line[1..3].to_vec(), open: false }]),
    );
    assert!(queries.len() > 100, "{}", queries.len());
    for scratch in Scratch::each().await {
        let views = talk.on(&scratch).await;
        let mut hits = 0;
        for said in &queries {
            let expected = talk.naively("support", said);
            hits += expected.len();
            let question = Question { said: said.clone(), ..Question::default() };
            let found = found(&views, "support", &question, 200).await;
            assert_eq!(ids(&found), expected, "{} {said:?}", scratch.kind);
            assert!(found.iter().all(|one| !one.extracts.is_empty()), "{said:?}");
        }
        assert!(hits > 1_000, "{hits}");
    }
}
