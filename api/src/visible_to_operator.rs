//! What operators are shown of a request (spec.md §Visitor card): what the section lists, in its order, and nothing
//! else that shows the visitor's identity or page. Supervisors see requests and pages as they were sent.

use domain::event::Page as SentPage;
use domain::event::{HistoryLine, Request as SentRequest};
use domain::personal::Personal;
use domain::settings::VisitorCard;
use domain::settings::visitor_card::{CardField, CardLine};
use domain::text::Language;
use domain::{SkillId, VisitorId};
use projections::RequestedBy;
use serde::Serialize;
use utoipa::ToSchema;

/// A request, as operators are shown it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ShownRequest)]
pub struct Request {
    /// The visitor who asks.
    pub visitor: Visitor,
    /// The author of the request.
    pub requested_by: RequestedBy,
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

/// The visitor who asks: the name and the address are on the card, if they are listed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ShownVisitor)]
pub struct Visitor {
    /// As named by the site or the bot.
    pub id: VisitorId,
}

impl Request {
    /// What `card` shows of a request.
    pub fn of(sent: &SentRequest, requested_by: RequestedBy, card: &VisitorCard) -> Self {
        Self {
            visitor: Visitor { id: sent.visitor.id.clone() },
            requested_by,
            language: sent.language,
            skill: sent.skill.clone(),
            card: card.show(sent),
            history: sent.history.clone(),
        }
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
    pub fn of(sent: &SentPage, card: &VisitorCard) -> Option<Self> {
        Self::shown(Some(&sent.url), sent.title.as_ref(), card)
    }

    /// What `card` shows of the page on which a request was sent.
    pub fn of_request(sent: &SentRequest, card: &VisitorCard) -> Option<Self> {
        Self::shown(sent.card.page_url.as_ref(), sent.card.page_title.as_ref(), card)
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
