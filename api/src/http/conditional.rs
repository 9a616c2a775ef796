//! Conditional requests (RFC 9110 §13): a resource names its revision in an `ETag`; a read that knows it
//! already is answered 304, and a change made for another one is refused.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::bilingual::both;
use domain::field::FieldError;

use crate::http::problem::Problem;

/// The revision of a resource, as an `ETag`: `"3"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision(pub u64);

impl Revision {
    /// The answer, with the revision in its `ETag`.
    pub fn on(self, answer: impl IntoResponse) -> Response {
        let mut response = answer.into_response();
        response.headers_mut().insert(header::ETAG, self.value());
        response
    }

    fn value(self) -> HeaderValue {
        // Digits in quotes are always a header value.
        HeaderValue::from_str(&format!("\"{}\"", self.0)).unwrap_or(HeaderValue::from_static("\"0\""))
    }
}

/// The revision that a change was made for: the `If-Match` of the request. Nothing when it is absent or
/// `*`: then whatever is in force is replaced.
#[derive(Clone, Copy, Debug)]
pub struct IfMatch(pub Option<u64>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(header::IF_MATCH).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(Self(None)),
            (Some(value), None) if value == "*" => Ok(Self(None)),
            (Some(value), None) => revision(value).map(|revision| Self(Some(revision))).ok_or_else(malformed),
            (Some(_), Some(_)) => Err(malformed()),
        }
    }
}

fn malformed() -> Problem {
    let error = FieldError::new(
        "If-Match",
        both(
            "one revision in quotes, such as \"3\", or *",
            "une révision entre guillemets droits, telle que \"3\", ou *",
        ),
    );
    Problem::new(StatusCode::BAD_REQUEST, "invalid_header", error.message()).with_fields([error])
}

/// Programs that strip the quotes send the number alone: it is unambiguous.
fn revision(value: &HeaderValue) -> Option<u64> {
    let text = value.to_str().ok()?;
    let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let digits = quoted.unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// The revision the reader has already: the `If-None-Match` of the request.
#[derive(Clone, Debug)]
pub struct IfNoneMatch(HeaderMap);

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        const NAME: HeaderName = header::IF_NONE_MATCH;
        Ok(Self(parts.headers.get_all(NAME).iter().map(|value| (NAME, value.clone())).collect()))
    }
}

impl IfNoneMatch {
    /// The answer at this revision, or 304 without it when the reader has that revision already.
    pub fn answer(&self, revision: Revision, answer: impl IntoResponse) -> Response {
        if self.has(revision) { revision.on(StatusCode::NOT_MODIFIED) } else { revision.on(answer) }
    }

    fn has(&self, revision: Revision) -> bool {
        let tag = revision.value();
        self.0.values().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(
            |one| {
                // For a read, a weak tag is as good as a strong one.
                let one = one.trim();
                one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn read<T: FromRequestParts<()>>(name: &str, values: &[&str]) -> Result<T, T::Rejection> {
        let mut request = Request::builder();
        for value in values {
            request = request.header(name, *value);
        }
        T::from_request_parts(&mut request.body(()).unwrap().into_parts().0, &()).await
    }

    #[tokio::test]
    async fn a_change_is_for_one_revision_or_for_any() {
        for (values, expected) in [
            (&[][..], None),
            (&["*"], None),
            (&["\"0\""], Some(0)),
            (&["\"12\""], Some(12)),
            (&["3"], Some(3)),
        ] {
            assert_eq!(read::<IfMatch>("if-match", values).await.unwrap().0, expected, "{values:?}");
        }
    }

    #[tokio::test]
    async fn what_is_no_revision_is_malformed_and_the_header_is_named() {
        let too_large = "\"99999999999999999999\"";
        let wrong: [&[&str]; 8] = [
            &["\"3"],
            &["W/\"3\""],
            &["\"three\""],
            &["\"+3\""],
            &["\"\""],
            &["\"1\", \"2\""],
            &["\"1\"", "\"2\""],
            &[too_large],
        ];
        for values in wrong {
            let problem = read::<IfMatch>("if-match", values).await.unwrap_err();
            assert_eq!((problem.status, problem.code.as_str()), (400, "invalid_header"), "{values:?}");
            assert_eq!(problem.errors[0].field, "If-Match");
        }
    }

    #[tokio::test]
    async fn a_reader_with_the_current_revision_gets_no_body() {
        for (values, has) in [
            (&["\"3\""][..], true),
            (&["W/\"3\""], true),
            (&["\"1\", \"3\""], true),
            (&["\"1\"", "\"3\""], true),
            (&["*"], true),
            (&[], false),
            (&["\"13\""], false),
            (&["nonsense"], false),
        ] {
            let known: IfNoneMatch = read("if-none-match", values).await.unwrap();
            assert_eq!(known.has(Revision(3)), has, "{values:?}");
        }
    }
}
