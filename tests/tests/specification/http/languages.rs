//! Problems are in the language of the client: `title`, `detail` and what a field allows, in English and in French;
//! the code and the fields are the same in both.

use std::path::Path;

use pupitre_tests::actors::{Answer, Socket};
use pupitre_tests::server::Server;
use reqwest::Method;
use serde_json::{Value, json};

use super::bad_input::Scene;

#[tokio::test]
async fn a_problem_speaks_the_language_liked_best() {
    let Scene { livechat, .. } = Scene::set().await;
    let ask = async |language: Option<&str>| {
        let wrong = json!({ "conversations_per_operator": 11 });
        let request = livechat.administrator().request(Method::PUT, "/settings/capacity").json(&wrong);
        let request = match language {
            Some(language) => request.header("Accept-Language", language),
            None => request,
        };
        let response = request.send().await.unwrap();
        let headers = response.headers().clone();
        assert_eq!(headers["vary"], "Accept-Language");
        let language = headers["content-language"].to_str().unwrap().to_owned();
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem["code"], "invalid_fields");
        assert_eq!(problem["errors"][0]["field"], "conversations_per_operator");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (language, text(&problem["title"]), text(&problem["detail"]), text(&problem["errors"][0]["allowed"]))
    };
    let english = (
        "en".to_owned(),
        "Unprocessable Entity".to_owned(),
        "conversations_per_operator: 1 to 10 conversations".to_owned(),
        "1 to 10 conversations".to_owned(),
    );
    let french = (
        "fr".to_owned(),
        "Contenu non traitable".to_owned(),
        "conversations_per_operator\u{a0}: 1 à 10 conversations".to_owned(),
        "1 à 10 conversations".to_owned(),
    );
    for language in ["fr", "fr-CA, en;q=0.8", "de, en;q=0.3, fr;q=0.4", "FR", "*;q=0.1, fr;q=0.2"] {
        assert_eq!(ask(Some(language)).await, french, "{language}");
    }
    for language in
        [None, Some("en"), Some("de"), Some("*"), Some("fr;q=0"), Some("fr;q=0.1, en-GB"), Some("")]
    {
        assert_eq!(ask(language).await, english, "{language:?}");
    }
}

#[tokio::test]
async fn every_kind_of_refusal_has_both_languages() {
    let Scene { livechat, alice, gone, .. } = Scene::set().await;
    let (admin, alice, bot) = (livechat.administrator(), &alice.person, livechat.integration());
    let nobody = livechat.stranger(None);
    for (who, method, path, body) in [
        (&nobody, Method::GET, "/board", None),
        (alice, Method::GET, "/settings", None),
        (alice, Method::PUT, "/settings/capacity", Some("{}")),
        (&bot, Method::POST, "/conversations", Some("{")),
        (&bot, Method::POST, "/conversations", Some(r#"{"visitor":{"id":"two words"},"language":"fr"}"#)),
        (&bot, Method::POST, "/conversations", Some(r#"{"visitor":{"id":"v"},"language":5}"#)),
        (&bot, Method::POST, gone.path("/messages").as_str(), Some(r#"{"text":"a"}"#)),
        (&admin, Method::GET, "/nowhere", None),
        (&admin, Method::DELETE, "/settings", None),
        (&admin, Method::GET, "/conversations/none", None),
        (&admin, Method::GET, "/conversations?limit=0", None),
    ] {
        let told = async |language: &str| {
            let mut request = who.request(method.clone(), path).header("Accept-Language", language);
            if let Some(body) = body {
                request = request.header("Content-Type", "application/json").body(body);
            }
            Answer::to(request).await.body
        };
        let (english, french) = (told("en").await, told("fr").await);
        assert_eq!(english["code"], french["code"], "{method} {path}");
        for key in ["title", "detail"] {
            assert_ne!(english[key], french[key], "{method} {path}: {key} of {french:#}");
        }
    }
}

#[tokio::test]
async fn a_socket_speaks_the_language_that_it_was_opened_in() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let visitor = livechat.visitor("v1").await;
    for (language, allowed) in [("fr", "1 à 5000 caractères"), ("en", "1 to 5000 characters")] {
        let path = format!("/visitor?conversation={}", visitor.conversation);
        let mut socket = Socket::open_in(&visitor.person.socket(&path), language).await;
        let problem = socket.is_refused(json!({ "type": "message", "text": "" }), "invalid_fields").await;
        let told = problem["errors"][0]["allowed"].as_str().unwrap();
        assert!(told.starts_with(allowed), "{language}: {problem:#}");
    }
}

#[test]
fn french_texts_have_typographic_apostrophes_and_spaces() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut texts = vec![];
    for folder in ["domain/src", "projections/src", "replay/src", "api/src", "cli/src"] {
        french_in(&root.join(folder), &mut texts);
    }
    assert!(texts.len() > 100, "{}", texts.len());
    for text in texts {
        let wrong = [" :", " ;", " !", " ?", "'"].into_iter().find(|wrong| text.contains(wrong));
        assert_eq!(wrong, None, "{text}");
    }
}

/// The second text of every `both(…)` and `both!(…)`.
fn french_in(folder: &Path, texts: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            french_in(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            if path.ends_with("french.rs") {
                let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
                texts.extend(
                    lines
                        .filter_map(|line| after_literal(line.split_once('"')?.1))
                        .map(|(text, _)| text.to_owned()),
                );
            }
            for (at, found) in source.match_indices("both") {
                let rest = source[at + found.len()..].trim_start_matches('!');
                let Some(rest) = rest.strip_prefix('(') else { continue };
                let Some(rest) = rest.trim_start().strip_prefix('"').and_then(after_literal) else {
                    continue;
                };
                let Some(rest) = rest.1.trim_start().strip_prefix(',') else { continue };
                let french = rest.trim_start().strip_prefix('"').and_then(after_literal);
                texts.extend(french.map(|(french, _)| french.to_owned()));
            }
        }
    }
}

/// A literal up to its closing quotation mark, and what comes after.
fn after_literal(rest: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    let end = rest.char_indices().find(|(_, character)| {
        let ends = *character == '"' && !escaped;
        escaped = *character == '\\' && !escaped;
        ends
    });
    end.map(|(end, _)| (&rest[..end], &rest[end + 1..]))
}
