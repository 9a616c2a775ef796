//! What the desk sees of a request: the facts that the section `visitor_card` lists, as far as they are known.

use crate::event::Request;
use crate::personal::Personal;
use crate::settings::VisitorCard;
use crate::settings::visitor_card::{CardField, CardLine};
use crate::text::{Address, Name};

impl VisitorCard {
    /// What the desk may see of a request: the facts listed, in order, that are known.
    pub fn show(&self, request: &Request) -> Vec<CardLine> {
        let line = |field: &CardField| {
            let value = field.of(request).filter(|value| !value.reveal().trim().is_empty())?;
            Some(CardLine { field: field.clone(), value })
        };
        self.0.iter().filter_map(line).collect()
    }
}

impl CardField {
    /// The value of this fact in a request.
    fn of(&self, request: &Request) -> Option<Personal<String>> {
        let Request { visitor, language, card, .. } = request;
        let named = |name: &Personal<Name>| Personal(name.reveal().as_str().to_owned());
        let address = |email: &Personal<Address>| Personal(email.reveal().as_str().to_owned());
        match self {
            Self::Name => visitor.name.as_ref().map(named),
            Self::Email => visitor.email.as_ref().map(address),
            Self::Language => Some(Personal(language.code().to_owned())),
            Self::PageUrl => card.page_url.clone(),
            Self::PageTitle => card.page_title.clone(),
            Self::Browser => card.browser.clone(),
            Self::System => card.system.clone(),
            Self::Referrer => card.referrer.clone(),
            Self::Country => card.country.clone(),
            Self::TimeOnSite => card.time_on_site_secs.map(|secs| Personal(secs.to_string())),
            Self::Variable(name) => card.variables.get(name).cloned(),
        }
    }
}
