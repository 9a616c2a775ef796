//! A phrase as a visitor would read it, for its editors (spec.md §Phrases).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use domain::bilingual::both;
use domain::field::Check;
use domain::limits::{CARD_VALUE_CHARACTERS_MAX, CARD_VARIABLES_MAX, PHRASE_CHARACTERS_MAX};
use domain::personal::Personal;
use domain::settings::phrases::fill_in::{OWN_VARIABLES, names};
use domain::settings::phrases::{Filled, Variables, fill_in};
use domain::settings::visitor_card::CardField;
use domain::settings::{Phrase, Settings};
use domain::text::Language;
use domain::{Rejection, both};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::http::request::Json;

/// Which phrase, and for which visitor. Fields left out of the example are unknown to it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PhraseExample)]
pub struct Example {
    /// Which phrase.
    phrase: Phrase,
    /// The language of the visitor.
    language: Language,
    /// A text that is not saved yet, of 1 to 1,000 characters; without it, the one in force.
    #[serde(default)]
    text: Option<String>,
    /// The name of the operator: `{operator}`.
    #[serde(default)]
    operator: Option<String>,
    /// The position in the queue, from 1 to 1,000,000: `{position}`.
    #[serde(default)]
    position: Option<i64>,
    /// The estimated wait in minutes, from 1 to 1,000,000: `{wait}`.
    #[serde(default)]
    wait: Option<i64>,
    /// The name of the visitor: `{visitor}`.
    #[serde(default)]
    visitor: Option<String>,
    /// Custom variables of the visitor card, at most 50.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    variables: BTreeMap<String, Personal<String>>,
}

/// What the visitor would read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Preview {
    /// The sentence; nothing, when nothing of it can be said.
    #[schema(required)]
    text: Option<String>,
    /// Whether the phrase is said at all; the sentence is shown either way.
    enabled: bool,
    /// The parts of the text that are left out for this visitor, as they are written.
    left_out: Vec<String>,
    /// The unknown variables that cause this.
    unknown: BTreeSet<String>,
    /// The variables that are neither Pupitre's, nor listed on the visitor card, nor in the example: misspelt, perhaps.
    /// Parts that depend on them are left out whenever the site does not send them.
    unlisted: BTreeSet<String>,
    /// Whether the ready-made text is used instead, because nothing of this one can be said.
    ready_made: bool,
}

/// A phrase as a visitor would read it: the one in force, or one that is not saved yet.
#[utoipa::path(
    post, path = "/settings/phrases/preview", tag = "settings", operation_id = "preview_phrase", request_body = Example,
    responses((status = 200, body = Preview))
)]
pub async fn preview(
    Reader { caller, app, .. }: Reader,
    Json(example): Json<Example>,
) -> Result<axum::Json<Preview>, Problem> {
    caller.may_call()?;
    example.check()?;
    let look = |state: &domain::Livechat| {
        state.identity().map(|identity| example.preview(state.settings(), identity.language))
    };
    let (_, preview) = app.journal.snapshot(&caller.livechat, look).await?;
    Ok(axum::Json(preview.ok_or(Rejection::UnknownLivechat)?))
}

impl Example {
    fn check(&self) -> Result<(), Rejection> {
        let mut check = Check::new();
        if let Some(text) = &self.text {
            check.text("text", text, PHRASE_CHARACTERS_MAX);
        }
        for (field, value) in [("operator", &self.operator), ("visitor", &self.visitor)] {
            if let Some(value) = value {
                check.text(field, value, CARD_VALUE_CHARACTERS_MAX);
            }
        }
        if let Some(position) = &self.position {
            check.range("position", position, &(1..=1_000_000), both("places", "places"));
        }
        if let Some(wait) = &self.wait {
            check.range("wait", wait, &(1..=1_000_000), both("minutes", "minutes"));
        }
        check.must(
            self.variables.len() <= CARD_VARIABLES_MAX,
            "variables",
            both("at most 50 variables", "50 variables au plus"),
        );
        let fits = |text: &str| text.chars().count() <= CARD_VALUE_CHARACTERS_MAX;
        check.must(
            self.variables.iter().all(|(name, value)| fits(name) && fits(value.reveal())),
            "variables",
            both!(
                "names and values of at most {CARD_VALUE_CHARACTERS_MAX} characters",
                "des noms et des valeurs de {CARD_VALUE_CHARACTERS_MAX} caractères au plus"
            ),
        );
        Ok(check.finish()?)
    }

    fn preview(&self, settings: &Settings, fallback: Language) -> Preview {
        let wording = settings.phrases.0.get(&self.phrase);
        let own = wording.and_then(|one| one.text.get(&self.language).or_else(|| one.text.get(&fallback)));
        let ready_made = self.phrase.ready_made(self.language);
        let text = self.text.as_deref().or(own.map(String::as_str)).unwrap_or(ready_made);
        let with = Variables {
            operator: self.operator.as_deref(),
            position: self.position.and_then(|position| position.try_into().ok()),
            wait: self.wait.and_then(|wait| wait.try_into().ok()),
            visitor: self.visitor.as_deref(),
            custom: Some(&self.variables),
        };
        let Filled { text: said, left_out, unknown } = fill_in(text, with);
        let gives_way = said.is_empty();
        let said = if gives_way { fill_in(ready_made, with).text } else { said };
        Preview {
            text: Some(said).filter(|said| !said.is_empty()),
            enabled: wording.is_none_or(|wording| wording.enabled),
            left_out,
            unknown,
            unlisted: names(text).map(Cow::into_owned).filter(|name| !self.knows(settings, name)).collect(),
            ready_made: gives_way,
        }
    }

    fn knows(&self, settings: &Settings, name: &str) -> bool {
        let listed = |field: &CardField| matches!(field, CardField::Variable(variable) if variable == name);
        OWN_VARIABLES.contains(&name)
            || self.variables.contains_key(name)
            || settings.visitor_card.0.iter().any(listed)
    }
}
