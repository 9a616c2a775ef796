//! What the page itself says, in French and English.

use chrono::{Datelike, NaiveDate};
use domain::settings::visitor_card::CardField;
use domain::text::{Language, Name};
use projections::transcript::{Kind, Line};

const MONTHS_FR: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const fn pick(language: Language, fr: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Fr => fr,
        Language::En => en,
    }
}

pub(super) fn title(livechat: &Name, language: Language) -> String {
    match language {
        Language::Fr => format!("{livechat} — échange avec un internaute"),
        Language::En => format!("{livechat} — exchange with a visitor"),
    }
}

pub(super) const fn conversation(language: Language) -> &'static str {
    pick(language, "Conversation", "Conversation")
}

pub(super) const fn times(language: Language) -> &'static str {
    pick(language, "Heures du fuseau", "Times are those of")
}

pub(super) const fn visitor(language: Language) -> &'static str {
    pick(language, "Internaute", "Visitor")
}

pub(super) const fn operator(language: Language) -> &'static str {
    pick(language, "Conseiller", "Operator")
}

pub(super) const fn bot(language: Language) -> &'static str {
    pick(language, "Chatbot", "Chatbot")
}

pub(super) const fn automatic(language: Language) -> &'static str {
    pick(language, "Message automatique", "Automatic message")
}

pub(super) fn date(date: NaiveDate, language: Language) -> String {
    let (day, year, month) = (date.day(), date.year(), date.month0() as usize);
    match language {
        Language::Fr if day == 1 => format!("1er {} {year}", MONTHS_FR[month]),
        Language::Fr => format!("{day} {} {year}", MONTHS_FR[month]),
        Language::En => format!("{day} {} {year}", MONTHS_EN[month]),
    }
}

pub(super) const fn card_field(field: &CardField, language: Language) -> &str {
    match field {
        CardField::Name => pick(language, "Nom", "Name"),
        CardField::Email => pick(language, "Adresse e-mail", "E-mail address"),
        CardField::Language => pick(language, "Langue", "Language"),
        CardField::PageUrl => pick(language, "Adresse de la page", "Address of the page"),
        CardField::PageTitle => pick(language, "Titre de la page", "Title of the page"),
        CardField::Browser => pick(language, "Navigateur", "Browser"),
        CardField::System => pick(language, "Système", "System"),
        CardField::Referrer => pick(language, "Provenance", "Came from"),
        CardField::Country => pick(language, "Pays", "Country"),
        CardField::TimeOnSite => pick(language, "Temps passé sur le site", "Time on the site"),
        CardField::Variable(name) => name.as_str(),
    }
}

/// What happened between the messages, for those parts that a reader of the exchange needs.
pub(super) fn happened(line: &Line, operator: Option<&str>, language: Language) -> Option<String> {
    let who = operator.unwrap_or_else(|| self::operator(language));
    let data = |key: &str| line.data.as_ref().and_then(|data| data[key].as_str()).unwrap_or_default();
    let fr = language == Language::Fr;
    Some(match line.kind {
        Kind::Requested => pick(language, "Demande de livechat", "Livechat requested").to_owned(),
        Kind::RequestedAgain => {
            pick(language, "Nouvelle demande de livechat", "Livechat requested again").to_owned()
        }
        Kind::Refused => refused(data("reason"), language).to_owned(),
        Kind::Queued => pick(language, "Mise en file d'attente", "Waiting in the queue").to_owned(),
        Kind::Left => {
            pick(language, "L'internaute a quitté la file d'attente", "The visitor left the queue").to_owned()
        }
        Kind::Released => pick(language, "Personne n'a répondu", "Nobody answered").to_owned(),
        Kind::PickedUp if fr => format!("{who} prend la conversation en charge"),
        Kind::PickedUp => format!("{who} takes the conversation in charge"),
        Kind::Transferred if fr => format!("Transfert à {who}"),
        Kind::Transferred => format!("Transferred to {who}"),
        Kind::AutoTransferred if fr => format!("Transfert automatique à {who}"),
        Kind::AutoTransferred => format!("Automatically transferred to {who}"),
        Kind::ReturnedToQueue => pick(language, "Retour en file d'attente", "Back in the queue").to_owned(),
        Kind::FileRequested if fr => format!("Fichier demandé {}", data("note")).trim_end().to_owned(),
        Kind::FileRequested => format!("File asked for {}", data("note")).trim_end().to_owned(),
        Kind::FileSent => file(line, fr),
        Kind::Ended => ended(data("reason"), language).to_owned(),
        Kind::KeptOpen => {
            pick(language, "La conversation reste ouverte", "The conversation stays open").to_owned()
        }
        Kind::Closed => pick(language, "Conversation close", "Conversation closed").to_owned(),
        Kind::Message
        | Kind::InternalMessage
        | Kind::VisitorPresence
        | Kind::PageChanged
        | Kind::QueueAdvanced
        | Kind::Assigned
        | Kind::AutoTransferFailed
        | Kind::FollowedUp
        | Kind::SearchNoticed
        | Kind::OperatorSearches
        | Kind::TimeoutAnnounced
        | Kind::ImportanceMarked
        | Kind::HelpCalled
        | Kind::HelpTaken
        | Kind::HelpDone
        | Kind::CopyMailed
        | Kind::SurveyAsked
        | Kind::SurveyOpened
        | Kind::SurveyCancelled
        | Kind::SurveyAnswered
        | Kind::SurveyClosed => return None,
    })
}

fn refused(reason: &str, language: Language) -> &'static str {
    match reason {
        "queue_full" => {
            pick(language, "Refusée : la file d'attente est pleine", "Refused: the queue is full")
        }
        "queue_closed" => pick(
            language,
            "Refusée : la file d'attente est fermée, le service se termine bientôt",
            "Refused: the queue is closed, the service ends soon",
        ),
        "outside_hours" => {
            pick(language, "Refusée : en dehors des heures d'ouverture", "Refused: outside the opening hours")
        }
        _ => pick(language, "Refusée : aucun conseiller disponible", "Refused: no operator available"),
    }
}

fn ended(reason: &str, language: Language) -> &'static str {
    match reason {
        "visitor" => pick(language, "Fin du livechat par l'internaute", "Ended by the visitor"),
        "supervisor" => pick(language, "Fin du livechat par un superviseur", "Ended by a supervisor"),
        "timeout" => pick(
            language,
            "Fin du livechat : l'internaute ne répondait plus",
            "Ended: the visitor did not answer any more",
        ),
        _ => pick(language, "Fin du livechat par le conseiller", "Ended by the operator"),
    }
}

fn file(line: &Line, fr: bool) -> String {
    let file = line.data.as_ref();
    let name = file.and_then(|file| file["name"].as_str()).unwrap_or_default();
    let bytes = file.and_then(|file| file["bytes"].as_u64()).unwrap_or_default();
    match (line.voice.as_deref() == Some("visitor"), fr) {
        (true, true) => format!("Fichier de l'internaute : {name} ({bytes} octets)"),
        (true, false) => format!("File from the visitor: {name} ({bytes} bytes)"),
        (false, true) => format!("Fichier du conseiller : {name} ({bytes} octets)"),
        (false, false) => format!("File from the operator: {name} ({bytes} bytes)"),
    }
}
