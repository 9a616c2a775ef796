//! The headers that every answer carries, wherever it comes from: a route, the limit of something, a panic, or the
//! library that reads requests.
//!
//! An answer that has one of them already keeps its own: a page defines itself what may run on it. There is no header
//! that names the server or its version.

use axum::http::header::Entry;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The headers, with their purpose.
pub const ALWAYS: [(&str, &str); 8] = [
    // Answers are about people: no browser or proxy keeps them.
    ("cache-control", "no-store"),
    // Content sent as text is never run as another type.
    ("x-content-type-options", "nosniff"),
    // Nothing in an answer runs, loads, or is shown within another page.
    (
        "content-security-policy",
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("x-frame-options", "DENY"),
    // An address may have a token in it.
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// The header that tells browsers to come by TLS only. It is on answers that came over TLS.
pub const HSTS: &str = "strict-transport-security";

/// Adds those that are missing.
pub fn complete(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        if let Entry::Vacant(entry) = headers.entry(HeaderName::from_static(name)) {
            entry.insert(HeaderValue::from_static(value));
        }
    }
}
