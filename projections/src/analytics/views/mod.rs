//! Every view there is, a file per subject. Names and columns stay; a new column comes at the end of its view.

mod audit;
mod contacts;
mod conversations;
mod livechats;
mod messages;
mod settings;
mod surveys;

use super::catalogue::View;

/// Every view. The first one is what the others are restricted by.
pub const VIEWS: &[View] = &[
    livechats::LIVECHATS,
    livechats::OPERATORS,
    conversations::CONVERSATIONS,
    conversations::VISITORS,
    contacts::CONTACTS,
    contacts::ASSIGNMENTS,
    contacts::OPERATOR_TIME,
    contacts::OPEN_ASSIGNMENTS,
    contacts::OPEN_OPERATOR_TIME,
    messages::MESSAGES,
    messages::TRANSCRIPTS,
    surveys::SURVEYS,
    surveys::SURVEY_ANSWERS,
    surveys::SURVEY_TEXTS,
    audit::AUDIT,
    settings::SETTINGS_HISTORY,
];
