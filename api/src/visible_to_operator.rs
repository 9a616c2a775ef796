//! What operators are shown of a request (spec.md §Visitor card): what the section lists, in its order, and
//! nothing else that says who the visitor is or on which page. Supervisors see requests and pages as they were
//! told.

use domain::event::Page as Told;
use domain::event::{HistoryLine, Request as Made};
use domain::personal::Personal;
use domain::settings::VisitorCard;
use domain::settings::visitor_card::{CardField, CardLine};
use domain::text::Language;
use domain::{SkillId, VisitorId};
use projections::ToldBy;
use projections::transcript::Line;
use serde::Serialize;
use utoipa::ToSchema;

/// A request, as operators are shown it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ShownRequest)]
pub struct Request {
    /// Who asks.
    pub visitor: Visitor,
    /// Who told all this.
    pub told_by: ToldBy,
    /// In which language: what operators need to answer.
    pub language: Language,
    /// The skill the operator must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skill: Option<SkillId>,
    /// The visitor card: the facts listed in the settings that are known, in that order.
    pub card: Vec<CardLine>,
    /// The exchange with the bot before, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<HistoryLine>,
}

/// Who asks: the name and the address are on the card, if they are listed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ShownVisitor)]
pub struct Visitor {
    /// As named by the site or the bot.
    pub id: VisitorId,
}

impl Request {
    /// What `card` shows of a request.
    pub fn of(made: &Made, told_by: ToldBy, card: &VisitorCard) -> Self {
        Self {
            visitor: Visitor { id: made.visitor.id.clone() },
            told_by,
            language: made.language,
            skill: made.skill.clone(),
            card: card.show(made),
            history: made.history.clone(),
        }
    }

    /// The same, of a request as a transcript has it; nothing, if it cannot be read.
    pub fn of_line(line: &Line, card: &VisitorCard) -> Option<serde_json::Value> {
        serde_json::to_value(Self::of(&line.request()?, ToldBy::role(&line.role), card)).ok()
    }
}

/// The page that the visitor is on, as operators are shown it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ShownPage)]
pub struct Page {
    /// Its address, if the visitor card lists it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub url: Option<Personal<String>>,
    /// Its title, if the visitor card lists it and it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub title: Option<Personal<String>>,
}

impl Page {
    /// What `card` shows of a page; nothing, if that is nothing.
    pub fn of(told: &Told, card: &VisitorCard) -> Option<Self> {
        Self::shown(Some(&told.url), told.title.as_ref(), card)
    }

    /// What `card` shows of the page on which a request was made.
    pub fn of_request(made: &Made, card: &VisitorCard) -> Option<Self> {
        Self::shown(made.card.page_url.as_ref(), made.card.page_title.as_ref(), card)
    }

    /// What `card` shows of a page as a transcript has it; nothing, if it cannot be read.
    pub fn of_json(told: serde_json::Value, card: &VisitorCard) -> Option<serde_json::Value> {
        let told: Told = serde_json::from_value(told).ok()?;
        serde_json::to_value(Self::of(&told, card)?).ok()
    }

    fn shown(
        url: Option<&Personal<String>>,
        title: Option<&Personal<String>>,
        card: &VisitorCard,
    ) -> Option<Self> {
        let url = url.filter(|_| card.0.contains(&CardField::PageUrl)).cloned();
        let title = title.filter(|_| card.0.contains(&CardField::PageTitle)).cloned();
        (url.is_some() || title.is_some()).then_some(Self { url, title })
    }
}
