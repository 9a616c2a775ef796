//! The language of an answer: the one of the two that `Accept-Language` prefers (RFC 9110 §12.5.4),
//! English where it names neither. The livechat's own language plays no part: many problems occur before the livechat
//! is known, and their readers write programs.
//!
//! [`negotiate`] reads the header once for all that happens within the request; a socket keeps what was asked for when
//! it was opened. Code that makes a [`Problem`](crate::http::problem::Problem) need not care: it holds both languages
//! ([`domain::bilingual`]) and is serialized in the reader's.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::text::Language;
use domain::{Livechat, LivechatId};
use journal::Journal;
use projections::SkillNames;

tokio::task_local! {
    static READER: Language;
}

/// The language of the request that is being answered; English outside of one.
pub fn of_reader() -> Language {
    READER.try_with(|language| *language).unwrap_or(Language::En)
}

/// Does something whose answers are in this language.
pub async fn speaking<F: Future>(language: Language, something: F) -> F::Output {
    READER.scope(language, something).await
}

/// Answers a request in the language of its `Accept-Language`.
pub async fn negotiate(request: Request, next: Next) -> Response {
    let language = liked_best(request.headers()).unwrap_or(Language::En);
    speaking(language, next.run(request)).await
}

/// The language of the two that the reader prefers by `Accept-Language`; none if it names neither.
#[derive(Clone, Copy, Debug)]
pub struct ReaderLanguage(pub Option<Language>);

impl ReaderLanguage {
    /// The language of the reader, or else that of the livechat: for multilingual texts of the livechat.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn or_livechats(
        self,
        journal: &Journal,
        livechat: &LivechatId,
    ) -> Result<Language, journal::Error> {
        if let Some(language) = self.0 {
            return Ok(language);
        }
        let own = |state: &Livechat| state.identity().map(|identity| identity.language);
        Ok(journal.peek(livechat, own).await?.unwrap_or_default())
    }

    /// The names of skills in that language.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn skill_names(
        self,
        journal: &Journal,
        livechat: &LivechatId,
    ) -> Result<SkillNames, journal::Error> {
        let names = |state: &Livechat| {
            let own = || state.identity().map(|identity| identity.language).unwrap_or_default();
            SkillNames::new(&state.settings().skills, self.0.unwrap_or_else(own))
        };
        journal.peek(livechat, names).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ReaderLanguage {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(liked_best(&parts.headers)))
    }
}

/// The best of `fr-CA, en;q=0.8`: the highest weight, and the first of those that weigh the same. The header may
/// come in several lines.
fn liked_best(headers: &HeaderMap) -> Option<Language> {
    let lines = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|line| line.to_str().ok());
    let mut best = None;
    for item in lines.flat_map(|line| line.split(',')) {
        let (tag, weight) = item.split_once(';').unwrap_or((item, "q=1"));
        let weight = weight.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
        let weight = weight.and_then(|(_, weight)| weight.trim().parse::<f32>().ok());
        // An invalid weight counts as 0.
        let weight = weight.filter(|weight| (0.0..=1.0).contains(weight)).unwrap_or(0.0);
        let language = match tag.trim().split('-').next().unwrap_or_default() {
            code if code.eq_ignore_ascii_case("fr") => Language::Fr,
            code if code.eq_ignore_ascii_case("en") => Language::En,
            _ => continue,
        };
        if weight > best.map_or(0.0, |(best, _)| best) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

/// An HTTP status in words: that of RFC 9110, or its usual French name.
pub fn title(status: StatusCode, language: Language) -> &'static str {
    let english = status.canonical_reason().unwrap_or("Problem");
    match language {
        Language::En => english,
        Language::Fr => match status.as_u16() {
            400 => "Requête incorrecte",
            401 => "Non authentifié",
            403 => "Interdit",
            404 => "Introuvable",
            405 => "Méthode non autorisée",
            406 => "Non acceptable",
            408 => "Délai d’attente de la requête dépassé",
            409 => "Conflit",
            410 => "Disparu",
            411 => "Longueur requise",
            412 => "Précondition non remplie",
            413 => "Contenu trop volumineux",
            414 => "Adresse trop longue",
            415 => "Type de média non pris en charge",
            422 => "Contenu non traitable",
            423 => "Verrouillé",
            426 => "Changement de protocole requis",
            428 => "Précondition requise",
            429 => "Trop de requêtes",
            431 => "En-têtes trop volumineux",
            500 => "Erreur interne du serveur",
            501 => "Non implémenté",
            503 => "Service indisponible",
            505 => "Version HTTP non prise en charge",
            504 => "Délai d’attente dépassé",
            507 => "Espace insuffisant",
            _ => english,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(lines: &[&'static str]) -> Option<Language> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::ACCEPT_LANGUAGE, line.parse().unwrap());
        }
        liked_best(&headers)
    }

    #[test]
    fn the_reader_is_answered_in_the_language_liked_best() {
        for (accepted, expected) in [
            ("fr", Some(Language::Fr)),
            ("en-GB,en;q=0.9,fr;q=0.8", Some(Language::En)),
            ("de, fr;q=0.5, en;q=0.7", Some(Language::En)),
            ("fr ; q = 0.9 , en;Q=0.5", Some(Language::Fr)),
            ("FR-ca", Some(Language::Fr)),
            ("fr;q=0, de", None),
            ("fr;q=7, en;q=0.1", Some(Language::En)),
            ("fr;q=NaN", None),
            ("de-DE, *;q=0.5", None),
            ("french", None),
            ("", None),
        ] {
            assert_eq!(best(&[accepted]), expected, "{accepted}");
        }
        assert_eq!(best(&["en;q=0.1", "fr"]), Some(Language::Fr));
        assert_eq!(best(&[]), None);
    }

    #[tokio::test]
    async fn outside_of_a_request_the_language_is_english() {
        assert_eq!(of_reader(), Language::En);
        assert_eq!(speaking(Language::Fr, async { of_reader() }).await, Language::Fr);
    }

    #[test]
    fn every_status_that_is_answered_has_a_french_name() {
        for status in [400, 401, 403, 404, 405, 408, 409, 412, 413, 415, 422, 429, 431, 500, 503] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_ne!(title(status, Language::Fr), title(status, Language::En), "{status}");
        }
    }
}
