//! A query string that cannot be read, as a problem that names the parameter and what it allows.

use axum::extract::rejection::QueryRejection;
use domain::bilingual::both;

use crate::http::problem::Problem;
use crate::http::shape;

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        let message = rejection.body_text();
        let message = message.split_once("query string: ").map_or(message.as_str(), |(_, message)| message);
        let quoted = |text: &str| text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        if let Some(missing) = message.strip_prefix("missing field ") {
            return Self::field(quoted(missing).concat(), both("required", "obligatoire"));
        }
        let (field, message) = message.split_once(": ").unwrap_or(("query", message));
        let allowed = match message {
            message if message.contains("expected one of") || message.contains("expected `") => {
                shape::one_of(quoted(message).get(1..).unwrap_or_default())
            }
            message if message.contains("IP address") => both("an IP address", "une adresse IP"),
            message if message.contains("UUID") => both("a UUID", "un UUID"),
            message
                if message.contains("digit") || message.contains("number") || message.contains("integer") =>
            {
                both("a whole number, 0 or more", "un nombre entier, 0 ou plus")
            }
            message if message.contains("bool") => both("true or false", "true ou false"),
            _ => both("another value", "une autre valeur"),
        };
        Self::field(field, allowed)
    }
}
