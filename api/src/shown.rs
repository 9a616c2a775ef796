//! What operators are shown of a request (spec.md §Visitor card): what the section lists, in its order, and
//! nothing else that says who the visitor is. Supervisors see requests as they were made.

use domain::conversation::request::{HistoryLine, Request as Made};
use domain::settings::VisitorCard;
use domain::settings::visitor_card::CardLine;
use domain::text::Language;
use domain::{SkillId, VisitorId};
use serde::Serialize;
use utoipa::ToSchema;

/// A request, as operators are shown it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ShownRequest)]
pub struct Request {
    /// Who asks.
    pub visitor: Visitor,
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
    pub fn of(made: &Made, card: &VisitorCard) -> Self {
        Self {
            visitor: Visitor { id: made.visitor.id.clone() },
            language: made.language,
            skill: made.skill.clone(),
            card: card.show(made),
            history: made.history.clone(),
        }
    }

    /// The same, of a request as a transcript has it; nothing, if it cannot be read.
    pub fn of_json(made: serde_json::Value, card: &VisitorCard) -> Option<serde_json::Value> {
        let made: Made = serde_json::from_value(made).ok()?;
        serde_json::to_value(Self::of(&made, card)).ok()
    }
}
