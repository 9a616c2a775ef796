//! The fixed texts of a transcript, in French and English, with the spaces that French typography requires.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};
use std::borrow::Cow;

use domain::settings::visitor_card::CardField;
use domain::text::{Language, isolated, one_line};

/// Between the parts of a list.
pub(super) const LIST: &str = ", ";

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
const DAYS_FR: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
const DAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Of two texts, the one in this language.
pub(super) const fn pick(language: Language, fr: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Fr => fr,
        Language::En => en,
    }
}

/// The separator between a label and its value.
pub(super) const fn colon(language: Language) -> &'static str {
    pick(language, "\u{a0}: ", ": ")
}

/// User text within a sentence: on one line, and reversing nothing beside it.
pub(super) fn within(text: &str) -> String {
    isolated(&one_line(text)).into_owned()
}

/// A text in quotation marks.
pub(super) fn quoted(text: &str, language: Language) -> String {
    let text = within(text);
    match language {
        Language::Fr => format!("«\u{a0}{text}\u{a0}»"),
        Language::En => format!("“{text}”"),
    }
}

pub(super) fn title(day: NaiveDate, language: Language) -> String {
    match language {
        Language::Fr => format!("Échange du {}", date(day, language)),
        Language::En => format!("Conversation of {}", date(day, language)),
    }
}

pub(super) const fn page(language: Language) -> &'static str {
    pick(language, "Page", "Page")
}

pub(super) const fn conversation(language: Language) -> &'static str {
    pick(language, "Conversation", "Conversation")
}

pub(super) const fn times(language: Language) -> &'static str {
    pick(language, "Fuseau horaire", "Time zone")
}

pub(super) const fn requested_at(language: Language) -> &'static str {
    pick(language, "Demande", "Requested")
}

pub(super) const fn ended_at(language: Language) -> &'static str {
    pick(language, "Fin", "Ended")
}

pub(super) const fn important(language: Language) -> &'static str {
    pick(language, "Importante", "Important")
}

pub(super) const fn yes(language: Language) -> &'static str {
    pick(language, "oui", "yes")
}

pub(super) const fn visitor(language: Language) -> &'static str {
    pick(language, "Internaute", "Visitor")
}

/// Beside the name of a visitor.
pub(super) const fn on_the_side_of_the_visitor(language: Language) -> &'static str {
    pick(language, "internaute", "visitor")
}

pub(super) const fn operator(language: Language) -> &'static str {
    pick(language, "Conseiller", "Operator")
}

pub(super) const fn bot(language: Language) -> &'static str {
    pick(language, "Chatbot", "Chatbot")
}

/// What only the visitor says.
pub(super) fn claimed(what: &str, language: Language) -> String {
    format!("{what} {}", pick(language, "(selon l’internaute)", "(according to the visitor)"))
}

pub(super) const fn automatic(language: Language) -> &'static str {
    pick(language, "Message automatique", "Automatic message")
}

pub(super) const fn internal(language: Language) -> &'static str {
    pick(language, "message interne", "internal message")
}

pub(super) const fn unanswered(language: Language) -> &'static str {
    pick(language, "sans réponse", "not answered")
}

/// A member of staff who is not an operator.
pub(super) fn staff(role: &str, id: &str, language: Language) -> String {
    let role = match role {
        "supervisor" => pick(language, "superviseur", "supervisor"),
        "administrator" => pick(language, "administrateur", "administrator"),
        "analyst" => pick(language, "analyste", "analyst"),
        "integration" => pick(language, "chatbot", "chatbot"),
        other => other,
    };
    format!("{id}, {role}")
}

pub(super) fn written_by(role: &str, id: &str, language: Language) -> String {
    format!("{} {}", pick(language, "écrit par", "written by"), staff(role, id, language))
}

pub(super) fn from_article(id: &str, language: Language) -> String {
    format!("{} {}", pick(language, "article", "article"), quoted(id, language))
}

/// The language of a visitor.
pub(super) fn language(code: &str, language: Language) -> &str {
    match code {
        "fr" => pick(language, "français", "French"),
        "en" => pick(language, "anglais", "English"),
        other => other,
    }
}

/// With the day of the week.
pub(super) fn day(day: NaiveDate, language: Language) -> String {
    let weekday = day.weekday().num_days_from_monday() as usize;
    let weekday = match language {
        Language::Fr => DAYS_FR[weekday],
        Language::En => DAYS_EN[weekday],
    };
    format!("{weekday} {}", date(day, language))
}

fn date(date: NaiveDate, language: Language) -> String {
    let (day, year, month) = (date.day(), date.year(), date.month0() as usize);
    match language {
        Language::Fr if day == 1 => format!("1er\u{a0}{} {year}", MONTHS_FR[month]),
        Language::Fr => format!("{day}\u{a0}{} {year}", MONTHS_FR[month]),
        Language::En => format!("{day}\u{a0}{} {year}", MONTHS_EN[month]),
    }
}

pub(super) fn time(at: DateTime<FixedOffset>) -> String {
    at.format("%H:%M:%S").to_string()
}

/// A day and a time of it.
pub(super) fn date_and_time(at: DateTime<FixedOffset>, language: Language) -> String {
    format!("{}, {}", date(at.date_naive(), language), time(at))
}

/// Seconds, in the units that people count in.
pub(super) fn duration(secs: u64) -> String {
    match (secs / 3_600, secs % 3_600 / 60, secs % 60) {
        (0, 0, secs) => format!("{secs}\u{a0}s"),
        (0, minutes, secs) => format!("{minutes}\u{a0}min {secs:02}\u{a0}s"),
        (hours, minutes, _) => format!("{hours}\u{a0}h {minutes:02}\u{a0}min"),
    }
}

/// The name of a fact of the visitor card. A variable is named by the site: its name is quoted, so that it never passes
/// for a built-in fact.
pub(super) fn card_field(field: &CardField, language: Language) -> Cow<'static, str> {
    let name = match field {
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
        CardField::Variable(name) => {
            return Cow::Owned(match language {
                Language::Fr => format!("Variable «\u{a0}{name}\u{a0}»"),
                Language::En => format!("Variable “{name}”"),
            });
        }
    };
    Cow::Borrowed(name)
}
