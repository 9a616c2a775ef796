//! The knowledge and the canned replies, as they are searched.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::ArticleId;
use domain::settings::canned_replies::{CannedReplies, CannedReply};
use domain::settings::knowledge::{Article, Knowledge};
use domain::text::Language;
use pupitre_projections::knowledge_index::{Hit, Index, search_canned_replies};
use pupitre_projections::text_search::Term;
use serde_json::{Value, json};

fn article(id: &str, title: &str, body: &str) -> Article {
    serde_json::from_value(json!({"id": id, "title": title, "body": body, "theme": "Aide"})).unwrap()
}

fn id(id: &str) -> ArticleId {
    ArticleId::parse(id).unwrap()
}

fn redirects(from: &str, to: &str) -> Article {
    Article { redirects_to: Some(id(to)), ..article(from, "Renvoi", "") }
}

fn written_in(language: Language, article: Article) -> Article {
    Article { language: Some(language), ..article }
}

fn terms(query: &str) -> Vec<Term> {
    Term::parse(query).unwrap()
}

fn hits<const N: usize>(articles: [Article; N], query: &str) -> Vec<Hit> {
    Index::new(&Knowledge(articles.into())).search(&terms(query), None, 10)
}

fn found<const N: usize>(articles: [Article; N], query: &str) -> Vec<String> {
    hits(articles, query).into_iter().map(|hit| hit.article.to_string()).collect()
}

/// The extract of the only article, with the marked words between brackets.
fn extract(body: &str, query: &str) -> String {
    let hits = hits([article("a", "Titre", body)], query);
    let bracketed = |marked, text: &str| if marked { format!("[{text}]") } else { text.to_owned() };
    hits[0].extract.iter().map(|piece| bracketed(piece.marked, &piece.text)).collect()
}

// Search: what is found.

#[test]
fn case_accents_and_ligatures_make_no_difference() {
    let articles = || {
        [
            article("fr", "Éligibilité à la fibre", "Où vérifier"),
            article("heart", "Cœur de réseau", "…"),
            article("en", "Résumé of the CONTRACT", "…"),
        ]
    };
    assert_eq!(found(articles(), "eligibilite fibre"), ["fr"]);
    assert_eq!(found(articles(), "ÉLIGIBILITÉ"), ["fr"]);
    assert_eq!(found(articles(), "coeur"), ["heart"]);
    assert_eq!(found(articles(), "contract resume"), ["en"]);
}

#[test]
fn all_words_are_needed_wherever_they_are() {
    let articles =
        || [article("a", "Facture", "payer par carte"), article("b", "Facture", "payer par chèque")];
    assert_eq!(found(articles(), "facture carte"), ["a"]);
    assert_eq!(found(articles(), "carte chèque"), [""; 0]);
}

#[test]
fn a_word_is_whole_unless_a_star_says_otherwise() {
    let articles = || [article("a", "Résiliation", "du contrat"), article("b", "Contrainte", "résiliation")];
    assert_eq!(found(articles(), "résiliation contr*"), ["a", "b"]);
    assert_eq!(found(articles(), "contr* résiliation"), ["a", "b"]);
    assert_eq!(found(articles(), "résiliation contr"), [""; 0]);
    assert_eq!(found(articles(), "des*"), [""; 0]);
    assert_eq!(found([article("a", "Description", "des")], "des*"), ["a"]);
}

#[test]
fn words_between_quotation_marks_follow_one_another_in_the_title_or_in_the_body() {
    let articles = || {
        [
            article("apart", "Aide", "Votre carte bleue. Le virement bancaire arrive."),
            article("title", "Carte bancaire", "…"),
            article("body", "Aide", "Payer par la carte, bancaire ou pas : carte bancaire."),
            article("both", "La carte", "Bancaire, ou bleue."),
        ]
    };
    assert_eq!(found(articles(), "carte bancaire"), ["title", "both", "body", "apart"]);
    assert_eq!(found(articles(), "\"carte bancaire\""), ["title", "body"]);
    assert_eq!(found(articles(), "«\u{a0}carte bancaire\u{a0}» payer"), ["body"]);
    assert_eq!(found(articles(), "\"bancaire carte\""), ["body"]);
    assert_eq!(found(articles(), "\"virement inconnu\""), [""; 0]);
    assert_eq!(
        extract("La carte, puis : carte bancaire.", "\"carte bancaire\""),
        "La carte, puis : [carte] [bancaire]."
    );
}

#[test]
fn letters_without_spaces_are_found_in_their_order_however_many() {
    let long = "我想查询一下昨天下午三点在你们网站上购买的那台笔记本电脑的快递到底什么时候能够送到";
    let articles = || [article("ja", "話", "東京の話と京阪と阪神"), article("zh", "订单", long)];
    assert_eq!(found(articles(), "東京"), ["ja"]);
    assert_eq!(found(articles(), "東京阪神"), [""; 0]);
    assert_eq!(found(articles(), long), ["zh"]);
    assert_eq!(found(articles(), &long.replace("送到", "送走")), [""; 0]);
    assert_eq!(found(articles(), "神"), ["ja"]);
}

#[test]
fn plural_and_feminine_are_found_by_one_another() {
    for (written, asked) in [
        ("factures", "facture livraison"),
        ("facture", "factures livraison"),
        ("réseaux", "réseau livraison"),
        ("companies", "company livraison"),
        ("professionnelle", "professionnels livraison"),
    ] {
        assert_eq!(found([article("a", written, "livraison")], asked), ["a"], "{asked}");
    }
}

#[test]
fn words_that_say_nothing_are_ignored_and_elisions_are_not_words() {
    let articles = || [article("a", "Annuler l'abonnement", "dès aujourd'hui")];
    assert_eq!(found(articles(), "comment annuler mon abonnement"), ["a"]);
    assert_eq!(found(articles(), "how to annuler the abonnement"), ["a"]);
    assert_eq!(found(articles(), "annuler d’abonnement"), ["a"]);
}

#[test]
fn nothing_asked_for_nothing_found() {
    let knowledge = Knowledge(vec![article("a", "Titre", "Texte")]);
    assert!(Index::new(&knowledge).search(&[], None, 10).is_empty());
    assert!(Index::new(&knowledge).search(&terms("titre"), None, 0).is_empty());
    assert!(Index::new(&Knowledge::default()).search(&terms("titre"), None, 10).is_empty());
}

#[test]
fn articles_in_another_language_are_left_out() {
    let knowledge = Knowledge(vec![
        written_in(Language::Fr, article("fr", "Contact", "…")),
        written_in(Language::En, article("en", "Contact", "…")),
        article("any", "Contact", "…"),
    ]);
    let found = |language| -> Vec<String> {
        Index::new(&knowledge)
            .search(&terms("contact"), language, 10)
            .into_iter()
            .map(|hit| hit.article.to_string())
            .collect()
    };
    assert_eq!(found(Some(Language::Fr)), ["fr", "any"]);
    assert_eq!(found(Some(Language::En)), ["en", "any"]);
    assert_eq!(found(None), ["fr", "en", "any"]);
}

#[test]
fn an_article_that_redirects_is_found_by_its_own_words() {
    assert_eq!(found([redirects("old", "new"), article("new", "Nouveau", "texte")], "renvoi"), ["old"]);
}

// Search: in which order.

#[test]
fn the_title_weighs_more_than_the_body_however_often_it_is_there() {
    let often = "fibre ".repeat(50);
    assert_eq!(
        found([article("body", "Autre", &often), article("title", "Fibre", "…")], "fibre"),
        ["title", "body"]
    );
}

#[test]
fn more_often_in_the_body_is_better_up_to_a_point() {
    let times = |id: &str, times: usize| article(id, "Titre", &"fibre ".repeat(times));
    assert_eq!(
        found([times("once", 1), times("often", 50), times("five", 5), times("twice", 2)], "fibre"),
        ["often", "five", "twice", "once"]
    );
}

#[test]
fn a_whole_word_is_better_than_one_that_starts_like_it() {
    assert_eq!(
        found([article("port", "Portable", "…"), article("whole", "Port", "…")], "port*"),
        ["whole", "port"]
    );
}

#[test]
fn a_rare_word_weighs_more_than_a_frequent_one() {
    let mut articles: Vec<Article> = (0..14).map(|n| article(&format!("n{n}"), "Autre", "facture")).collect();
    articles.push(article("frequent", "Facture", "duplicata"));
    articles.push(article("rare", "Duplicata", "facture"));
    let hits = Index::new(&Knowledge(articles)).search(&terms("facture duplicata"), None, 10);
    let order: Vec<&str> = hits.iter().map(|hit| hit.article.as_str()).collect();
    assert_eq!(order, ["rare", "frequent"]);
    assert!(hits[0].score > hits[1].score);
}

#[test]
fn equals_come_in_the_order_of_the_section_and_the_best_are_kept() {
    let knowledge = Knowledge(["c", "a", "b"].map(|id| article(id, "Même titre", "même texte")).into());
    let index = Index::new(&knowledge);
    let order: Vec<String> =
        index.search(&terms("titre"), None, 2).into_iter().map(|hit| hit.article.to_string()).collect();
    assert_eq!(order, ["c", "a"]);
}

// Search: what a hit shows.

#[test]
fn the_words_asked_for_are_marked_as_they_are_written() {
    assert_eq!(
        extract("Les Résiliations de contrat : résilier.", "resiliation contrat"),
        "Les [Résiliations] de [contrat] : résilier."
    );
    assert_eq!(extract("Contrat, contraire, autre", "contra*"), "[Contrat], [contraire], autre");
}

#[test]
fn found_by_its_title_an_article_shows_how_it_begins() {
    assert_eq!(extract("Le texte.", "titre"), "Le texte.");
    assert_eq!(extract("", "titre"), "");
}

#[test]
fn the_passage_with_most_of_the_words_is_shown() {
    let far = "autre chose ".repeat(60);
    let body = format!("carte {far}la carte bancaire est refusée {far}");
    let extract = extract(&body, "carte bancaire refusée");
    assert!(extract.starts_with('…') && extract.ends_with('…'), "{extract}");
    assert!(extract.contains("la [carte] [bancaire] est [refusée] autre"), "{extract}");
    assert!(extract.len() < 300, "{}", extract.len());
}

#[test]
fn a_word_without_end_is_cut_between_two_characters() {
    let extract = extract(&"é".repeat(10_000), "titre");
    assert_eq!(extract, format!("{}…", "é".repeat(120)));
    let marked = hits([article("a", "T", &format!("x {}", "é".repeat(9_000)))], &"é".repeat(200));
    assert_eq!(marked.len(), 1, "a word is known by its first 64 characters");
}

// Canned replies.

fn reply(id: &str, theme: &str, text: Value) -> CannedReply {
    let mut reply = json!({"id": id, "title": format!("Title of {id}"), "theme": theme, "published": true});
    reply["text"] = text;
    serde_json::from_value(reply).unwrap()
}

fn draft(id: &str, theme: &str) -> CannedReply {
    CannedReply { published: false, ..reply(id, theme, json!({"fr": "…"})) }
}

/// The replies that are found, best first.
fn replies_found(replies: &[CannedReply], query: &str) -> Vec<String> {
    let replies = CannedReplies(replies.to_vec());
    let terms = Term::parse(query).unwrap();
    let themes = search_canned_replies(&replies, &terms, Language::En, Language::Fr);
    themes.into_iter().flat_map(|theme| theme.replies).map(|reply| reply.id.to_string()).collect()
}

#[test]
fn they_are_searched_as_articles_are_in_every_script() {
    let all = [
        reply(
            "refund",
            "Money",
            json!({"en": "Your refund is on its way.", "fr": "Votre remboursement arrive."}),
        ),
        reply("delay", "Parcels", json!({"en": "Refunds take time; your parcel is late."})),
        reply("ja", "Parcels", json!({"en": "注文した商品がまだ届いていません"})),
        reply("th", "Money", json!({"en": "ฉันต้องการขอเงินคืน"})),
        reply("fr", "Money", json!({"fr": "Échéance prélevée"})),
        draft("refund-draft", "Money"),
    ];
    assert_eq!(replies_found(&all, "REFUND"), ["refund", "delay"]);
    assert_eq!(replies_found(&all, "refunds late"), ["delay"]);
    assert_eq!(replies_found(&all, "refu*"), ["refund", "delay"]);
    assert_eq!(replies_found(&all, "refu"), [""; 0]);
    assert_eq!(replies_found(&all, "\"refund is on its way\""), ["refund"]);
    assert_eq!(replies_found(&all, "\"way refund\""), [""; 0]);
    assert_eq!(replies_found(&all, "商品届"), [""; 0]);
    assert_eq!(replies_found(&all, "商品"), ["ja"]);
    assert_eq!(replies_found(&all, "届いて"), ["ja"]);
    assert_eq!(replies_found(&all, "注"), ["ja"]);
    assert_eq!(replies_found(&all, "เงินคืน"), ["th"]);
    assert_eq!(replies_found(&all, "echeance"), ["fr"], "in the language it will be sent in");
    assert_eq!(replies_found(&all, "remboursement"), [""; 0]);
    assert_eq!(replies_found(&all, "inconnu"), [""; 0]);
}
