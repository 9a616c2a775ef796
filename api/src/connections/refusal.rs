//! The answers where no route answers: problem documents, and how they become bytes. The client's language is unknown: they are in
//! English.

use std::fmt::Write;

use axum::http::{HeaderValue, StatusCode};
use domain::bilingual::both;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::headers::{ALWAYS, HSTS};
use super::wire::Wire;
use crate::http::problem::Problem;
use crate::limits::{LAST_WORDS_BYTES_MAX, LAST_WORDS_TIMEOUT};

/// The whole answer; the connection is closed after it.
pub(super) fn answer(problem: &Problem, hsts: Option<&HeaderValue>) -> Vec<u8> {
    metrics::counter!("http_problems_total", "code" => problem.code.clone()).increment(1);
    let body = serde_json::to_string(problem).unwrap_or_default();
    let mut head = format!(
        "HTTP/1.1 {} {}\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\nconnection: close\r\n",
        problem.status,
        reason(problem.status),
        body.len()
    );
    for (name, value) in ALWAYS {
        // Writing to a string cannot fail.
        let _ = write!(head, "{name}: {value}\r\n");
    }
    if let Some(hsts) = hsts.and_then(|hsts| hsts.to_str().ok()) {
        let _ = write!(head, "{HSTS}: {hsts}\r\n");
    }
    if let Some(seconds) = problem.retry_after {
        let _ = write!(head, "retry-after: {seconds}\r\n");
    }
    format!("{head}\r\n{body}").into_bytes()
}

fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or_default()
}

/// A request whose head did not come in time.
pub(super) fn head_too_slow() -> Problem {
    let detail = both(
        "the head of the request did not arrive in time",
        "l’en-tête de la requête n’est pas arrivé à temps",
    );
    Problem::new(StatusCode::REQUEST_TIMEOUT, "request_too_slow", detail)
}

/// An unsupported protocol.
pub(super) fn only_http_1() -> Problem {
    let detail = both(
        "this server speaks HTTP/1.1 only; put a proxy in front of it for other versions",
        "ce serveur ne parle que HTTP/1.1\u{202f}; placez un proxy devant lui pour les autres versions",
    );
    Problem::new(StatusCode::HTTP_VERSION_NOT_SUPPORTED, "http_version", detail)
}

/// The answer that replaces the bare status with which the library refuses a request it cannot parse.
pub(super) fn instead_of(written: &[u8]) -> Option<Problem> {
    const BARE_BYTES_MAX: usize = 250;
    let head = std::str::from_utf8(written).ok().filter(|head| head.len() <= BARE_BYTES_MAX)?;
    let status = head.strip_prefix("HTTP/1.1 ")?.split(' ').next()?;
    if !head.ends_with("\r\n\r\n") || head.contains(ALWAYS[1].0) {
        return None;
    }
    let (status, code, detail) = match status {
        "400" => (
            StatusCode::BAD_REQUEST,
            "malformed_request",
            both("this is no request of HTTP/1.1", "ce n’est pas une requête HTTP/1.1"),
        ),
        "414" => (
            StatusCode::URI_TOO_LONG,
            "uri_too_long",
            both("the address of the request is too long", "l’adresse de la requête est trop longue"),
        ),
        "431" => (
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "headers_too_large",
            both("the head of the request is too large", "l’en-tête de la requête est trop volumineux"),
        ),
        _ => return None,
    };
    Some(Problem::new(status, code, detail))
}

/// Turns a client away that may have sent a request already: closed with that unread, the system would discard the
/// answer.
pub(super) async fn turn_away(mut stream: Wire, problem: Problem, hsts: Option<&HeaderValue>) {
    let said = async {
        stream.write_all(&answer(&problem, hsts)).await?;
        stream.shutdown().await?;
        let mut unread = tokio::io::AsyncReadExt::take(&mut stream, LAST_WORDS_BYTES_MAX);
        let mut buffer = [0; 1_024];
        while unread.read(&mut buffer).await? > 0 {}
        Ok::<_, std::io::Error>(())
    };
    // A client that has gone needs no answer.
    let _ = tokio::time::timeout(LAST_WORDS_TIMEOUT, said).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_refusal_becomes_a_problem_document() {
        let bare =
            b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        let said = String::from_utf8(answer(&instead_of(bare).unwrap(), None)).unwrap();
        assert!(said.starts_with("HTTP/1.1 431 "), "{said}");
        assert!(said.contains("\r\nx-content-type-options: nosniff\r\n"), "{said}");
        assert!(said.contains("urn:pupitre:problem:headers_too_large"), "{said}");
    }

    #[test]
    fn what_a_route_says_is_left_as_it_is() {
        for said in [
            "HTTP/1.1 404 Not Found\r\nx-content-type-options: nosniff\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n",
            "HTTP/1.1 418 I'm a teapot\r\n\r\n",
            "{\"text\":\"HTTP/1.1 400 Bad Request\"}",
            "",
        ] {
            assert!(instead_of(said.as_bytes()).is_none(), "{said}");
        }
    }
}
